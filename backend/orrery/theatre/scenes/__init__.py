"""Scenes: one file each, and a place in CHAPTERS, whose order is that of a class. See `scene.py` for what a scene is.

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
from orrery.theatre.scenes.scene import Chapter, Scene, SceneFailed, Words, run_headless

CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "whole", Words(ko="클러스터 전체", en="The whole"), (
            first_deployment.SCENE, pod_creation.SCENE, one_door.SCENE, self_healing.SCENE, rolling_update.SCENE,
            service.SCENE,
        ),
    ),
    Chapter(
        "failure", Words(ko="고장과 회복", en="What fails, and how it heals"), (
            leader_crash.SCENE, quorum_loss.SCENE, partition.SCENE, worker_crash.SCENE, apiserver_crash.SCENE,
            scheduler_failover.SCENE, slow_link.SCENE, drain.SCENE,
        ),
    ),
    Chapter(
        "api", Words(ko="API 서버", en="The API server"), (
            rest_api.SCENE, who_may.SCENE, admission.SCENE, watch.SCENE, relist.SCENE, two_writers.SCENE,
        ),
    ),
    Chapter(
        "etcd", Words(ko="etcd", en="etcd"), (
            etcd_store.SCENE, atomic_claim.SCENE, lease_expiry.SCENE, four_members.SCENE,
        ),
    ),
    Chapter(
        "scheduler", Words(ko="스케줄러", en="The scheduler"), (
            scheduler_decision.SCENE, taints.SCENE, node_affinity.SCENE, custom_scheduler.SCENE,
        ),
    ),
    Chapter(
        "nodes", Words(ko="컨트롤러와 노드", en="Controllers and nodes"), (
            garbage_collection.SCENE, namespace_deletion.SCENE, pod_life.SCENE, image_pull.SCENE, crash_loop.SCENE,
            probes.SCENE,
        ),
    ),
    Chapter(
        "lecture", Words(ko="강의의 클러스터", en="The lecture's own cluster"), (
            lecture_cluster.SCENE, commands.SCENE,
        ),
    ),
)

SCENES: dict[str, Scene] = {scene.id: scene for chapter in CHAPTERS for scene in chapter.scenes}

__all__ = ["CHAPTERS", "SCENES", "Chapter", "Scene", "SceneFailed", "ScenePlayer", "run_headless"]
