"""The Deployment controller against a real API server and etcd, with a kubelet that is slow, quick or broken.

Source: the Kubernetes documentation's page on Deployments; pkg/controller/deployment; what kubectl's rollout reads.
"""

from itertools import cycle
from typing import Any

import pytest
from rollout_lab import RolloutLab, deployment, image_of, pod, replica_set, rolling

from orrery.client import ApiWatch
from orrery.controllers import deployment_plan as plan
from orrery.controllers.own_writes import OwnWrites
from orrery.kernel import MILLISECOND, sleep
from orrery.machinery.objects import annotations_of, controller_of, labels_of, name_of, uid_of
from orrery.machinery.resources import DEPLOYMENTS, PODS, REPLICASETS


def lab_of(
    replicas: int, *, seed: int = 1, ready_after_s: float = 1, gone_after_s: float = 1, **spec: Any
) -> RolloutLab:
    """A Deployment "web" of nginx:1, all of it there; bounds are counted from now on."""
    lab = RolloutLab(seed=seed, ready_after_s=ready_after_s, gone_after_s=gone_after_s)
    lab.apply(deployment(replicas, **spec))
    lab.until(lambda: lab.rolled_out("nginx:1", replicas), 60)
    lab.run(1)
    lab.bounds.begin()
    return lab


def test_it_makes_a_replica_set_named_by_its_template() -> None:
    lab = lab_of(3)
    web = lab.get()
    (rs,) = lab.list(REPLICASETS)
    digest = labels_of(rs)[plan.HASH]
    assert name_of(rs) == f"web-{digest}" and labels_of(rs) == {"app": "web", plan.HASH: digest}
    assert rs["spec"]["selector"] == {"matchLabels": {"app": "web", plan.HASH: digest}}
    assert labels_of(rs["spec"]["template"]) == {"app": "web", plan.HASH: digest}
    assert (controller_of(rs) or {})["uid"] == uid_of(web) and (controller_of(rs) or {})["blockOwnerDeletion"]
    assert annotations_of(rs) == {plan.REVISION: "1", plan.DESIRED: "3", plan.MAXIMUM: "4"}
    assert annotations_of(web) == {plan.REVISION: "1"}
    assert web["metadata"]["generation"] == 1, "nothing of what is wanted was changed by writing the revision"
    assert lab.messages("ScalingReplicaSet") == [f"Scaled up replica set {name_of(rs)} from 0 to 3"]


def test_when_it_is_complete_its_status_says_so() -> None:
    lab = lab_of(3)
    (rs,) = lab.list(REPLICASETS)
    status = lab.get()["status"]
    conditions = status.pop("conditions")
    assert status == {
        "observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3,
        "terminatingReplicas": 0,
    }
    assert [one["type"] for one in conditions] == ["Available", "Progressing"]
    assert lab.condition("Available") == (
        "True", "MinimumReplicasAvailable", "Deployment has minimum availability."
    )
    assert lab.condition("Progressing") == (
        "True", "NewReplicaSetAvailable", f'ReplicaSet "{name_of(rs)}" has successfully progressed.'
    )


def test_conditions_tell_the_rollout_from_its_beginning_to_its_end() -> None:
    lab = RolloutLab(ready_after_s=3)
    told: list[tuple[str, str, str]] = []
    lab.apply(deployment(2))
    for _ in range(100):
        lab.run(0.05)
        for kind in ("Progressing", "Available"):
            one = lab.condition(kind)
            if one[0] and one not in told:
                told.append(one)
    (rs,) = lab.list(REPLICASETS)
    of_progress = [one for one in told if "inimum" not in one[1]]
    assert [one[1] for one in of_progress][-2:] == ["ReplicaSetUpdated", "NewReplicaSetAvailable"]
    assert of_progress[-2][2] == f'ReplicaSet "{name_of(rs)}" is progressing.'
    assert [one[1] for one in told if "inimum" in one[1]] == ["MinimumReplicasUnavailable", "MinimumReplicasAvailable"]


BOUNDS = [
    (replicas, surge, unavailable)
    for replicas in (1, 2, 5, 8) for surge, unavailable in ((1, 0), (0, 1), ("25%", "25%"), (3, 2), ("100%", 0))
]


@pytest.mark.parametrize(("replicas", "surge", "unavailable"), BOUNDS)
def test_a_rolling_update_keeps_its_bounds(replicas: int, surge: int | str, unavailable: int | str) -> None:
    lab = lab_of(replicas, strategy=rolling(surge, unavailable))
    over, missing = plan.limits(lab.get())
    lab.delays_s = cycle([0.01, 2.0, 0.3, 0.05, 5.0, 0.7])
    lab.update("nginx:2")
    lab.until(lambda: lab.rolled_out("nginx:2", replicas), 300)
    assert lab.bounds.most <= replicas + over
    assert lab.bounds.fewest_ready >= replicas - missing
    assert sorted(lab.sizes().items()) == [("nginx:1", 0), ("nginx:2", replicas)]


def test_bounds_broken_by_a_planted_bug_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = lab_of(4, strategy=rolling(1, 1))
    monkeypatch.setattr(plan, "scale_down_old", lambda deployment, new, old: {name_of(rs): 0 for rs in old})
    lab.update("nginx:2")
    lab.until(lambda: lab.rolled_out("nginx:2", 4))
    assert lab.bounds.fewest_ready < 3
    monkeypatch.setattr(plan, "new_size", lambda deployment, sets, new: plan.replicas(deployment))
    lab.bounds.begin()
    lab.update("nginx:3")
    lab.until(lambda: lab.rolled_out("nginx:3", 4))
    assert lab.bounds.most > 5


def test_every_step_of_a_rolling_update_is_an_event() -> None:
    lab = lab_of(3, strategy=rolling(1, 0))
    lab.update("nginx:2")
    lab.until(lambda: lab.rolled_out("nginx:2", 3))
    old, new = (name_of(lab.sets()[image]) for image in ("nginx:1", "nginx:2"))
    assert lab.messages("ScalingReplicaSet")[1:] == [
        f"Scaled up replica set {new} from 0 to 1", f"Scaled down replica set {old} from 3 to 2",
        f"Scaled up replica set {new} from 1 to 2", f"Scaled down replica set {old} from 2 to 1",
        f"Scaled up replica set {new} from 2 to 3", f"Scaled down replica set {old} from 1 to 0",
    ]
    assert {one.controller for one in lab.acted} == {"deployment", "replicaset"}


def test_a_rollout_of_a_broken_image_stops_where_availability_begins_to_suffer() -> None:
    lab = lab_of(4, strategy=rolling("25%", "25%"), progressDeadlineSeconds=20)
    lab.broken = lambda one: image_of(one) == "nginx:typo"
    lab.update("nginx:typo")
    lab.run(40)
    assert lab.sizes() == {"nginx:1": 3, "nginx:typo": 2}
    assert lab.bounds.fewest_ready >= 3
    name = name_of(lab.sets()["nginx:typo"])
    assert lab.condition("Progressing") == (
        "False", "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.'
    )
    assert lab.condition("Available")[0] == "True"
    lab.update("nginx:3")  # what never became ready goes first
    lab.until(lambda: lab.rolled_out("nginx:3", 4))
    assert lab.bounds.fewest_ready >= 3 and lab.condition("Progressing")[1] == "NewReplicaSetAvailable"


def test_an_undo_wakes_the_old_set_and_gives_it_a_new_revision() -> None:
    lab = lab_of(2)
    lab.update("nginx:2")
    lab.until(lambda: lab.rolled_out("nginx:2", 2))
    first = name_of(lab.sets()["nginx:1"])
    lab.update("nginx:1")  # what kubectl rollout undo writes
    lab.until(lambda: lab.rolled_out("nginx:1", 2))
    sets = lab.sets()
    assert len(sets) == 2 and name_of(sets["nginx:1"]) == first
    assert [plan.revision(sets[image]) for image in ("nginx:2", "nginx:1")] == [2, 3]
    assert annotations_of(sets["nginx:1"])[plan.REVISION_HISTORY] == "1"
    assert annotations_of(lab.get())[plan.REVISION] == "3"


def test_a_restart_makes_a_new_set_of_the_same_image() -> None:
    lab = lab_of(2)
    stamp = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:01:00Z"}
    lab.change({"spec": {"template": {"metadata": {"annotations": stamp}}}})
    lab.until(lambda: len(lab.list(REPLICASETS)) == 2 and lab.rolled_out("nginx:1", 2))
    assert all(annotations_of(one) == stamp for one in lab.pods())


def test_only_so_much_history_is_kept() -> None:
    lab = lab_of(1, revisionHistoryLimit=2)
    for number in range(2, 7):
        lab.update(f"nginx:{number}")
        lab.until(lambda number=number: lab.rolled_out(f"nginx:{number}", 1))
    lab.run(5)
    assert sorted(lab.sets()) == ["nginx:4", "nginx:5", "nginx:6"]


def test_scaling_changes_the_size_and_begins_no_rollout() -> None:
    lab = lab_of(3)
    lab.scale(6)
    lab.until(lambda: lab.rolled_out("nginx:1", 6))
    (rs,) = lab.list(REPLICASETS)
    assert annotations_of(rs)[plan.DESIRED] == "6" and annotations_of(rs)[plan.MAXIMUM] == "8"
    assert plan.revision(rs) == 1
    lab.scale(0)
    lab.until(lambda: lab.list(PODS) == [])
    lab.scale(2)
    lab.until(lambda: lab.rolled_out("nginx:1", 2))
    assert [message.split(" from ")[1] for message in lab.messages("ScalingReplicaSet")] == [
        "0 to 3", "3 to 6", "6 to 0", "0 to 2"
    ]


def test_scaling_in_mid_rollout_is_shared_in_proportion_and_the_rollout_goes_on() -> None:
    lab = lab_of(10, strategy=rolling(3, 2))
    lab.broken = lambda one: image_of(one) == "nginx:2"
    lab.update("nginx:2")
    lab.until(lambda: lab.sizes() == {"nginx:1": 8, "nginx:2": 5})
    lab.scale(15)
    lab.until(lambda: lab.sizes() == {"nginx:1": 11, "nginx:2": 7})  # the example of the Deployment page
    lab.run(5)
    assert lab.sizes() == {"nginx:1": 11, "nginx:2": 7}
    lab.broken = lambda one: False
    lab.update("nginx:3")
    lab.until(lambda: lab.rolled_out("nginx:3", 15))


def test_recreate_ends_all_of_the_old_before_anything_of_the_new() -> None:
    lab = lab_of(3, gone_after_s=5, strategy={"type": "Recreate"})
    lab.update("nginx:2")
    lab.until(lambda: lab.sizes() == {"nginx:1": 0})
    lab.run(3)
    assert "nginx:2" not in lab.sizes(), "the old Pods are still on their way out"
    lab.until(lambda: lab.rolled_out("nginx:2", 3))
    assert (lab.bounds.most, lab.bounds.fewest_ready) == (3, 0)


def test_while_it_is_paused_it_scales_and_does_not_roll_out() -> None:
    lab = lab_of(2)
    lab.update("nginx:2", paused=True)
    lab.run(10)
    assert lab.sizes() == {"nginx:1": 2}
    assert lab.condition("Progressing") == ("Unknown", "DeploymentPaused", "Deployment is paused")
    lab.scale(4)
    lab.until(lambda: lab.get()["status"].get("availableReplicas") == 4)
    lab.run(2)
    settled = lab.get()["metadata"]["resourceVersion"]
    lab.run(100)
    assert lab.get()["metadata"]["resourceVersion"] == settled, "nothing is written while nothing happens"
    lab.change({"spec": {"paused": False}})
    lab.until(lambda: lab.rolled_out("nginx:2", 4))
    assert lab.condition("Progressing")[1] == "NewReplicaSetAvailable"


def test_what_is_written_beside_the_template_reaches_the_set_that_is_there() -> None:
    lab = lab_of(2)
    lab.change({"metadata": {"annotations": {"kubernetes.io/change-cause": "first"}}, "spec": {"minReadySeconds": 3}})
    lab.run(5)
    (rs,) = lab.list(REPLICASETS)
    assert annotations_of(rs)["kubernetes.io/change-cause"] == "first" and rs["spec"]["minReadySeconds"] == 3
    lab.update("nginx:2")
    lab.until(lambda: lab.rolled_out("nginx:2", 2))
    assert annotations_of(lab.sets()["nginx:1"])["kubernetes.io/change-cause"] == "first"


def test_an_orphaned_set_of_its_template_is_adopted() -> None:
    lab = lab_of(2)
    pods = sorted(map(name_of, lab.pods()))
    (rs,) = lab.list(REPLICASETS)
    lab.change({"metadata": {"ownerReferences": [{"$patch": "replace"}]}}, REPLICASETS, name_of(rs))
    lab.until(lambda: controller_of(lab.get(REPLICASETS, name_of(rs))) is not None)
    lab.run(5)
    assert sorted(map(name_of, lab.pods())) == pods and len(lab.list(REPLICASETS)) == 1


def test_a_set_whose_labels_no_longer_match_is_released_and_another_is_made() -> None:
    lab = lab_of(2)
    (rs,) = lab.list(REPLICASETS)
    lab.change({"metadata": {"labels": {"app": "other"}}}, REPLICASETS, name_of(rs))
    lab.until(lambda: controller_of(lab.get(REPLICASETS, name_of(rs))) is None)
    lab.until(lambda: lab.get()["status"].get("collisionCount") == 1)
    lab.until(lambda: len(lab.list(REPLICASETS)) == 2)


def test_a_name_that_is_taken_makes_another_hash() -> None:
    lab = RolloutLab()
    lab.apply(deployment(1))
    lab.until(lambda: lab.rolled_out("nginx:1", 1))
    taken = name_of(lab.list(REPLICASETS)[0])
    lab.delete(DEPLOYMENTS, "web")
    lab.delete(REPLICASETS, taken)
    lab.run(2)
    squatter = replica_set(0, name=taken)
    squatter["spec"]["selector"] = {"matchLabels": {"app": "else"}}
    squatter["spec"]["template"]["metadata"]["labels"] = {"app": "else"}
    lab.apply(squatter)
    lab.apply(deployment(1))
    lab.until(lambda: lab.get()["status"].get("availableReplicas") == 1)
    assert lab.get()["status"]["collisionCount"] == 1
    names = sorted(name_of(rs) for rs in lab.list(REPLICASETS))
    assert len(names) == 2 and taken in names


def test_a_stranger_among_its_labels_is_no_replica() -> None:
    lab = lab_of(2)
    lab.apply(pod("stranger", app="web"))
    lab.run(5)
    assert controller_of(lab.get(PODS, "stranger")) is None, "the hash label is not on it"
    assert lab.get()["status"]["replicas"] == 2


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.02, 0.03, 0.1, 0.75, 0.8, 1.5])
def test_a_manager_that_dies_in_mid_rollout_is_carried_on_within_the_bounds(after_s: float) -> None:
    lab = lab_of(5, strategy=rolling(1, 1), ready_after_s=0.7)
    lab.update("nginx:2")
    lab.run(after_s)
    lab.crash_manager()
    lab.run(10)
    assert not lab.rolled_out("nginx:2", 5)
    lab.restart_manager()
    lab.until(lambda: lab.rolled_out("nginx:2", 5))
    assert lab.bounds.most <= 6 and lab.bounds.fewest_ready >= 4
    assert sorted(lab.sizes().items()) == [("nginx:1", 0), ("nginx:2", 5)]


def test_one_seed_is_one_history() -> None:
    def history() -> list[tuple[str, str, tuple[str, ...]]]:
        lab = lab_of(4, seed=7)
        lab.update("nginx:2")
        lab.until(lambda: lab.rolled_out("nginx:2", 4))
        return [(one.key, one.difference, tuple(one.actions)) for one in lab.acted]

    assert history() == history()


def test_a_set_that_was_just_scaled_down_is_not_counted_on_for_pods_that_are_about_to_go() -> None:
    """Four wanted, three may be missing; the first set was told to keep one, and its status still counts four."""

    def sized(name: str, replicas: int, available: int) -> dict[str, Any]:
        return {"metadata": {"name": name}, "spec": {"replicas": replicas}, "status": {"availableReplicas": available}}

    web = deployment(4, strategy=rolling(2, 3))
    new, first, second = sized("c", 3, 0), sized("a", 1, 4), sized("b", 2, 0)
    assert plan.scale_down_old(web, new, [first, second]) == {"b": 0}


@pytest.mark.parametrize("between_s", [0.0, 0.002, 0.005, 0.02])
@pytest.mark.parametrize(("replicas", "surge", "unavailable"), [(4, 2, 3), (8, 2, 4), (6, 3, 1)])
def test_a_second_update_on_the_heels_of_the_first_keeps_the_bounds(
    replicas: int, surge: int, unavailable: int, between_s: float
) -> None:
    lab = lab_of(replicas, strategy=rolling(surge, unavailable))
    lab.delays_s = cycle([0.01, 0.5, 2.0, 0.1])
    lab.update("nginx:2")
    lab.run(between_s)
    lab.update("nginx:3")
    lab.until(lambda: lab.rolled_out("nginx:3", replicas), 300)
    assert lab.bounds.most <= replicas + surge
    assert lab.bounds.fewest_ready >= replicas - unavailable


def test_it_takes_each_step_once_however_late_its_cache_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = lab_of(3, strategy=rolling(1, 0))
    assert _steps_with_a_late_cache(lab, monkeypatch) == [2, 2, 1, 3, 0]  # old and new in turn


def test_to_take_a_step_again_is_seen_when_that_bug_is_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = lab_of(3, strategy=rolling(1, 0))
    monkeypatch.setattr(OwnWrites, "are_seen", lambda self, key: True)
    assert len(_steps_with_a_late_cache(lab, monkeypatch)) > 5


def _steps_with_a_late_cache(lab: RolloutLab, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    prompt = ApiWatch.next

    async def late(self: ApiWatch) -> Any:
        kind, obj = await prompt(self)
        if "template" in obj.get("spec", {}) and "strategy" not in obj["spec"]:
            await sleep(50 * MILLISECOND)
        return kind, obj

    monkeypatch.setattr(ApiWatch, "next", late)
    lab.acted.clear()
    lab.update("nginx:2")
    lab.until(lambda: lab.rolled_out("nginx:2", 3))
    actions = [action for one in lab.acted if one.controller == "deployment" for action in one.actions]
    return [int(action.split(" to ")[1]) for action in actions if " to " in action]
