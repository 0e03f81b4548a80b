"""Rollouts in a whole cluster: within their limits, back and forth, held, scaled in the middle, and given up on.

The limits are watched from outside, at every write that etcd applied, and the watcher is shown to see a planted bug.
"""

from typing import Any

import pytest
from controllers_lab import NEW, OLD, Limits, Ownership, World

from orrery.controllers import deployment_plan
from orrery.kernel import SECOND
from orrery.machinery.objects import annotations_of, find_condition, meta, name_of
from orrery.machinery.resources import DEPLOYMENTS, PODS, REPLICASETS
from orrery.machinery.time import parse_time


def rolling(surge: int | str, unavailable: int | str) -> dict[str, Any]:
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}


@pytest.mark.parametrize(
    ("surge", "unavailable", "most", "fewest"), [("25%", "25%", 5, 3), (0, 1, 4, 3), (1, 0, 5, 4), ("100%", 0, 8, 4)]
)
def test_a_rolling_update_stays_within_surge_and_unavailable(
    surge: int | str, unavailable: int | str, most: int, fewest: int
) -> None:
    limits, ownership = Limits(), Ownership()
    world = World(checkers=(limits, ownership))
    world.deployed(4, strategy=rolling(surge, unavailable))
    limits.begin()
    world.set_image(NEW)
    world.settle(NEW, 4)
    assert (limits.most, limits.fewest_ready) == (most, fewest)
    assert (ownership.broken, ownership.excess) == ([], 0)
    assert world.sizes() == {1: 0, 2: 4}
    assert world.condition() == ("True", "NewReplicaSetAvailable")


def test_the_limits_are_seen_to_be_broken_when_a_bug_is_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment_plan, "scale_down_old", lambda _, new, old: {name_of(rs): 0 for rs in old})
    limits = Limits()
    world = World(checkers=(limits,))
    world.deployed(4)
    limits.begin()
    world.set_image(NEW)
    world.settle(NEW, 4)
    assert limits.fewest_ready < 3


def test_an_undo_brings_the_former_set_back_as_a_new_revision() -> None:
    world = World()
    world.deployed(2)
    first = name_of(world.all(REPLICASETS)[0])
    world.set_image(NEW)
    world.settle(NEW, 2)
    world.set_image(OLD)
    world.settle(OLD, 2)
    assert world.sizes() == {2: 0, 3: 2}
    back = next(rs for rs in world.all(REPLICASETS) if name_of(rs) == first)
    assert annotations_of(back)[deployment_plan.REVISION_HISTORY] == "1"
    assert annotations_of(world.deployment())[deployment_plan.REVISION] == "3"


def test_a_change_in_the_middle_of_a_rollout_rolls_over_the_one_that_was_on_its_way() -> None:
    limits = Limits()
    world = World(checkers=(limits,))
    world.deployed(4)
    limits.begin()
    world.set_image("nginx:1.26")
    world.run(0.3)
    world.set_image(NEW)
    world.settle(NEW, 4)
    assert world.sizes() == {1: 0, 2: 0, 3: 4}
    assert limits.most <= 5 and limits.fewest_ready >= 3


def test_recreate_waits_until_every_old_pod_is_gone() -> None:
    world = World()
    world.deployed(3, strategy={"type": "Recreate"})
    together: list[int] = []

    def check(kind: Any, old: Any, new: Any) -> None:
        if kind is PODS:
            images = [pod["spec"]["containers"][0]["image"] for pod in world.all(PODS)]
            together.append(min(images.count(OLD), images.count(NEW)))

    world.checkers = (check,)
    world.set_image(NEW)
    world.settle(NEW, 3)
    assert max(together) == 0, "Pods that are still terminating count too"


def test_a_paused_deployment_holds_its_template_but_not_its_size() -> None:
    world = World()
    world.deployed(2)
    world.set_image(NEW, paused=True)
    world.run(10)
    assert world.is_settled(OLD, 2) is False and world.ready(OLD) == 2 and world.sizes() == {1: 2}
    assert world.condition() == ("Unknown", "DeploymentPaused")
    world.change({"replicas": 3})
    world.until(lambda: world.ready(OLD) == 3)
    world.change({"paused": False})
    world.until(lambda: world.condition() != ("Unknown", "DeploymentPaused"), step_s=0.02)
    world.settle(NEW, 3)
    assert world.condition() == ("True", "NewReplicaSetAvailable")


def test_scaling_in_the_middle_of_a_rollout_is_shared_by_the_sets() -> None:
    world = World()
    world.deployed(10, strategy=rolling(3, 2))
    world.set_image("nginx:does-not-exist")
    world.run(20)
    assert world.sizes() == {1: 8, 2: 5}
    world.change({"replicas": 15})
    world.run(20)
    assert world.sizes() == {1: 11, 2: 7}
    assert world.ready(OLD) == 11


def test_a_status_says_what_kubectl_reads_and_events_what_was_done() -> None:
    world = World()
    world.deployed(3)
    world.run(5)
    web = world.deployment()
    assert {k: v for k, v in web["status"].items() if k != "conditions"} == {
        "observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3,
        "terminatingReplicas": 0,
    }
    assert meta(web)["generation"] == 1, "to note the revision is no new generation"
    assert [c["type"] for c in web["status"]["conditions"]] == ["Available", "Progressing"]
    (message,) = world.told("ScalingReplicaSet")
    assert message.startswith("Scaled up replica set web-") and message.endswith(" from 0 to 3")
    assert sorted(world.told("SuccessfulCreate")) == sorted(f"Created pod: {name_of(p)}" for p in world.all(PODS))


def test_a_rollout_that_gets_nowhere_is_said_to_have_timed_out_and_goes_on_when_it_can() -> None:
    world = World()
    world.deployed(2, progressDeadlineSeconds=30)
    world.set_image("nginx:does-not-exist")
    world.run(28)
    assert world.condition() == ("True", "ReplicaSetUpdated")
    world.until(lambda: world.condition() == ("False", "ProgressDeadlineExceeded"), limit_s=10)
    world.set_image(NEW)
    world.settle(NEW, 2)
    assert world.condition() == ("True", "NewReplicaSetAvailable")


def test_pods_count_as_available_when_they_have_been_ready_for_min_ready_seconds() -> None:
    world = World()
    world.create(3, minReadySeconds=20)
    world.until(lambda: world.ready() == 3, step_s=0.5)
    late_ns = max(
        parse_time((find_condition(pod, "Ready") or {})["lastTransitionTime"]) for pod in world.all(PODS)
    )
    world.until(lambda: world.deployment()["status"].get("availableReplicas") == 3, step_s=0.25)
    waited_s = (world.kernel.epoch_s * SECOND + world.kernel.now_ns - late_ns) / SECOND
    assert 20 <= waited_s <= 20.5
    world.change({"minReadySeconds": 5})
    world.run(2)
    (rs,) = world.all(REPLICASETS)
    assert rs["spec"]["minReadySeconds"] == 5


def test_history_is_kept_up_to_its_limit() -> None:
    world = World()
    world.deployed(1, revisionHistoryLimit=1)
    for image in ("nginx:1.25", "nginx:1.26", NEW):
        world.set_image(image)
        world.settle(image, 1)
    world.run(5)
    assert world.sizes() == {3: 0, 4: 1}


def test_a_change_cause_is_carried_to_the_set_of_its_revision() -> None:
    world = World()
    world.deployed(1)
    world.change({}, annotations={"kubernetes.io/change-cause": "the first"})
    world.run(3)
    assert [annotations_of(rs)["kubernetes.io/change-cause"] for rs in world.all(REPLICASETS)] == ["the first"]


def test_a_name_that_is_taken_by_another_template_is_a_collision_and_gives_another_name() -> None:
    world = World()
    world.deployed(1)
    (rs,) = world.all(REPLICASETS)
    world.ask(lambda api: api.delete(DEPLOYMENTS, "web", "default", propagation="Orphan"))
    world.until(lambda: not world.all(DEPLOYMENTS))
    relabel = {"metadata": {"labels": {"app": "other"}}}
    world.ask(lambda api: api.patch(REPLICASETS, name_of(rs), relabel, "default"))
    world.create(1)
    world.until(lambda: len(world.all(REPLICASETS)) == 2, limit_s=20)
    world.run(5)
    assert world.deployment()["status"]["collisionCount"] == 1
    assert world.condition("Available")[0] == "True"


def test_what_a_deployment_causes_belongs_to_its_flow() -> None:
    world = World()
    flows: list[int] = []

    async def create(api: Any) -> None:
        from cluster_lab import deployment

        flows.append(world.cluster.client.start_flow(kind="request", title="create", subject="web"))
        await api.create(DEPLOYMENTS, deployment())

    world.ask(create)
    world.settle(OLD, 3)
    assert [flow for _, flow in world.creations] == flows * 3
