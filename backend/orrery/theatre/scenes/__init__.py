"""Scenes: one file each, and one line in SCENES, whose order is that of a class. See `scene.py` for what a scene is.

    scene.py       what a scene is, and how it runs without an audience
    player.py      how it runs for one
    looks.py       what scenes look at          ears.py        what they hear of the trace
    talk.py        requests that they send      manifests.py   objects that they apply
    table.py       clearing up after an earlier playing

A scene changes a cluster by acts alone, and looks at it by projections and the trace.
"""

from orrery.theatre.scenes import (
    admission,
    apiserver_crash,
    atomic_claim,
    commands,
    crash_loop,
    custom_scheduler,
    drain,
    etcd_store,
    first_deployment,
    four_members,
    garbage_collection,
    image_pull,
    leader_crash,
    lease_expiry,
    lecture_cluster,
    namespace_deletion,
    node_affinity,
    one_door,
    partition,
    pod_creation,
    pod_life,
    probes,
    quorum_loss,
    relist,
    rest_api,
    rolling_update,
    scheduler_decision,
    scheduler_failover,
    self_healing,
    service,
    slow_link,
    taints,
    two_writers,
    watch,
    who_may,
    worker_crash,
)
from orrery.theatre.scenes.player import ScenePlayer
from orrery.theatre.scenes.scene import Scene, SceneFailed, run_headless

SCENES: dict[str, Scene] = {
    module.SCENE.id: module.SCENE
    for module in (
        # the whole
        first_deployment, pod_creation, one_door, self_healing, rolling_update, service,
        # what fails, and how it heals
        leader_crash, quorum_loss, partition, worker_crash, apiserver_crash, scheduler_failover, slow_link, drain,
        # the API server
        rest_api, who_may, admission, watch, relist, two_writers,
        # etcd
        etcd_store, atomic_claim, lease_expiry, four_members,
        # the scheduler
        scheduler_decision, taints, node_affinity, custom_scheduler,
        # controllers and nodes
        garbage_collection, namespace_deletion, pod_life, image_pull, crash_loop, probes,
        # the lecture's own cluster
        lecture_cluster, commands,
    )
}

__all__ = ["SCENES", "Scene", "SceneFailed", "ScenePlayer", "run_headless"]
