"""The ReplicaSet controller against a real API server and etcd: as many Pods as are asked for, and whose they are.

Source: the Kubernetes documentation's page on ReplicaSets; pkg/controller/replicaset.
"""

from typing import Any

import pytest
from rollout_lab import RolloutLab, pod, replica_set

from orrery.client import ApiClient, ApiWatch
from orrery.controllers.own_writes import OwnWrites
from orrery.controllers.replicaset import ReplicaSetController
from orrery.kernel import MILLISECOND, sleep
from orrery.machinery.objects import controller_of, find_condition, name_of, uid_of
from orrery.machinery.resources import PODS, REPLICASETS, Resource


def lab_of(replicas: int, **options: Any) -> RolloutLab:
    """A ReplicaSet "web" of so many Pods, all of them Ready."""
    spec = options.pop("spec", {})
    lab = RolloutLab(kinds=(ReplicaSetController,), **options)
    lab.apply(replica_set(replicas, **spec))
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == replicas)
    return lab


def test_it_makes_pods_of_its_template_with_itself_as_their_controller() -> None:
    lab = lab_of(3)
    web = lab.get(REPLICASETS)
    for one in lab.pods():
        assert name_of(one).startswith("web-") and one["metadata"]["generateName"] == "web-"
        assert one["metadata"]["labels"] == {"app": "web"}
        assert one["metadata"]["ownerReferences"] == [{
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": uid_of(web), "controller": True,
            "blockOwnerDeletion": True,
        }]
    assert web["status"] == {
        "replicas": 3, "fullyLabeledReplicas": 3, "readyReplicas": 3, "availableReplicas": 3, "terminatingReplicas": 0,
        "observedGeneration": 1,
    }
    assert sorted(lab.messages("SuccessfulCreate")) == sorted(f"Created pod: {name_of(one)}" for one in lab.pods())


def test_it_never_makes_one_pod_too_many_however_late_its_cache_hears_of_them() -> None:
    lab = RolloutLab(kinds=(ReplicaSetController,))
    lab.apply(replica_set(12))
    poke(lab, "made")
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == 12)
    assert lab.bounds.most == 12
    assert len(lab.messages("SuccessfulCreate")) == 12 and lab.messages("SuccessfulDelete") == []


def delay_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on Pods come to every cache 200 ms late; all else comes at once."""
    prompt = ApiWatch.next

    async def late(self: ApiWatch) -> Any:
        kind, obj = await prompt(self)
        if "containers" in obj.get("spec", {}):
            await sleep(200 * MILLISECOND)
        return kind, obj

    monkeypatch.setattr(ApiWatch, "next", late)


def poke(lab: RolloutLab, word: str) -> None:
    """Writes to the set, each of which asks for another sync while Pods are still being made or deleted."""
    for number in range(40):
        lab.change({"metadata": {"labels": {"touched": f"{word}-{number}"}}}, REPLICASETS)


def test_a_cache_that_hears_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = RolloutLab(kinds=(ReplicaSetController,))
    delay_the_cache(monkeypatch)
    lab.apply(replica_set(12))
    poke(lab, "made")
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == 12)
    assert lab.bounds.most == 12
    lab.bounds.begin()
    lab.scale(5, REPLICASETS)
    poke(lab, "deleted")
    lab.run(20)
    assert len(lab.pods()) == 5 and lab.bounds.fewest_ready == 5
    assert len(lab.messages("SuccessfulDelete")) == 7


def test_not_to_wait_for_it_is_seen_when_that_bug_is_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OwnWrites, "are_seen", lambda self, key: True)
    lab = RolloutLab(kinds=(ReplicaSetController,))
    delay_the_cache(monkeypatch)
    lab.apply(replica_set(12))
    poke(lab, "made")
    lab.run(10)
    assert lab.bounds.most > 12


def test_what_fails_for_all_is_tried_once_and_said() -> None:
    """Slow start: the first batch is one Pod; where it fails the other nineteen are not even asked for."""
    lab = RolloutLab(kinds=(ReplicaSetController,))
    spec = {"containers": [{"name": "main", "image": "nginx:1"}], "serviceAccountName": "nobody"}
    lab.apply(replica_set(20, template={"metadata": {"labels": {"app": "web"}}, "spec": spec}))
    lab.run(0.02)
    failed = lab.messages("FailedCreate")
    assert 1 <= len(failed) < 20
    assert failed[0].startswith("Error creating: pods ") and 'serviceaccount "nobody" not found' in failed[0]
    status = lab.get(REPLICASETS)["status"]
    (condition,) = status["conditions"]
    assert (condition["type"], condition["status"], condition["reason"]) == ("ReplicaFailure", "True", "FailedCreate")
    assert status["replicas"] == 0


def test_slow_start_doubles_its_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_ns: dict[int, int] = {}
    create = ApiClient.create

    async def counted(self: ApiClient, resource: Resource, obj: Any, **options: Any) -> Any:
        if resource is PODS:
            asked_ns[self.process.now_ns] = asked_ns.get(self.process.now_ns, 0) + 1
        return await create(self, resource, obj, **options)

    monkeypatch.setattr(ApiClient, "create", counted)
    lab = lab_of(10)
    assert list(asked_ns.values()) == [1, 2, 4, 3]
    (first,) = [one for one in lab.acted if one.actions == ["create 10"]]
    assert (first.key, first.observed, first.difference) == ("default/web", "0 Pods", "10 are wanted")


def test_scaled_down_it_deletes_what_is_of_least_use() -> None:
    lab = lab_of(3)
    lame = name_of(lab.pods()[1])
    lab.make_ready(lame, False)
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == 2)
    lab.scale(2, REPLICASETS)
    lab.until(lambda: len(lab.list(PODS)) == 2)
    assert lame not in map(name_of, lab.pods())
    assert lab.messages("SuccessfulDelete") == [f"Deleted pod: {lame}"]
    cheap = name_of(lab.pods()[1])
    lab.change({"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "-1"}}}, PODS, cheap)
    lab.run(1)
    lab.scale(1, REPLICASETS)
    lab.until(lambda: len(lab.list(PODS)) == 1)
    assert cheap not in map(name_of, lab.pods())


def test_a_pod_on_its_way_out_is_replaced_at_once_and_counted_apart() -> None:
    lab = lab_of(2, gone_after_s=20)
    lab.do(lab.api.delete(PODS, name_of(lab.pods()[0]), "default"))
    lab.run(5)
    status = lab.get(REPLICASETS)["status"]
    assert (status["replicas"], status["readyReplicas"], status["terminatingReplicas"]) == (2, 2, 1)
    lab.run(20)
    assert lab.get(REPLICASETS)["status"]["terminatingReplicas"] == 0
    assert len(lab.list(PODS)) == 2


def test_an_orphan_that_the_selector_picks_is_adopted_and_not_made_again() -> None:
    lab = RolloutLab(kinds=(ReplicaSetController,))
    lab.apply(pod("stray", app="web"))
    lab.apply(pod("other", app="other"))
    lab.apply(replica_set(2))
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == 2)
    owned = lab.owned(lab.get(REPLICASETS))
    assert len(owned) == 2 and "stray" in owned
    assert controller_of(lab.get(PODS, "other")) is None
    adopted = [one for one in lab.acted if one.actions == ["adopted it"]]
    assert [one.observed for one in adopted] == ["an orphan, stray"]


def test_a_pod_of_another_controller_is_left_alone() -> None:
    lab = RolloutLab(kinds=(ReplicaSetController,))
    foreign = pod("foreign", app="web")
    foreign["metadata"]["ownerReferences"] = [
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "else", "uid": "else", "controller": True}
    ]
    lab.apply(foreign)
    lab.apply(replica_set(1))
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == 1)
    assert lab.owned(lab.get(REPLICASETS)) != ["foreign"] and len(lab.pods()) == 2
    assert (controller_of(lab.get(PODS, "foreign")) or {})["uid"] == "else"


def test_a_release_leaves_the_other_owners_of_a_pod_alone() -> None:
    lab = lab_of(2)
    name = name_of(lab.pods()[0])
    other = {"apiVersion": "v1", "kind": "ConfigMap", "name": "keeper", "uid": "keeper"}
    lab.change({"metadata": {"ownerReferences": [other]}}, PODS, name)
    lab.change({"metadata": {"labels": {"app": "other"}}}, PODS, name)
    lab.until(lambda: controller_of(lab.get(PODS, name)) is None)
    assert [owner["uid"] for owner in lab.get(PODS, name)["metadata"]["ownerReferences"]] == ["keeper"]
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == 2)
    assert len(lab.pods()) == 3


def test_a_pod_is_available_when_it_has_been_ready_for_long_enough() -> None:
    lab = RolloutLab(kinds=(ReplicaSetController,))
    lab.apply(replica_set(1, minReadySeconds=10))
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == 1)
    assert "availableReplicas" not in lab.get(REPLICASETS)["status"]
    lab.run(6)
    lab.scale(2, REPLICASETS)  # a second Pod, ready six seconds after the first
    lab.run(5)
    assert lab.get(REPLICASETS)["status"]["availableReplicas"] == 1
    lab.run(6)
    assert lab.get(REPLICASETS)["status"]["availableReplicas"] == 2, "each Pod is looked at when its own time has come"


def test_it_goes_on_where_it_was_after_a_crash() -> None:
    lab = RolloutLab(kinds=(ReplicaSetController,))
    lab.apply(replica_set(40))
    lab.until(lambda: lab.bounds.most >= 9, step_s=0.001)
    lab.crash_manager()
    lab.run(5)
    assert 9 <= len(lab.pods()) < 40, "it died between two batches"
    lab.restart_manager()
    lab.until(lambda: lab.get(REPLICASETS)["status"].get("readyReplicas", 0) == 40)
    assert lab.bounds.most == 40


def test_nothing_is_written_when_nothing_is_to_be_done() -> None:
    lab = lab_of(3)
    before = lab.get(REPLICASETS)["metadata"]["resourceVersion"]
    acted = len(lab.acted)
    lab.run(300)
    assert lab.get(REPLICASETS)["metadata"]["resourceVersion"] == before and len(lab.acted) == acted
    assert find_condition(lab.get(REPLICASETS), "ReplicaFailure") is None


def test_a_set_that_is_being_deleted_takes_nothing_back_though_its_cache_does_not_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What an orphaning deletion lets go must stay let go: or it would be collected with the set."""
    lab = lab_of(2)
    prompt = ApiWatch.next

    async def late(self: ApiWatch) -> Any:
        kind, obj = await prompt(self)
        if "template" in obj.get("spec", {}):
            await sleep(5_000 * MILLISECOND)
        return kind, obj

    monkeypatch.setattr(ApiWatch, "next", late)
    lab.change({"metadata": {"labels": {"seen": "at-once"}}}, REPLICASETS)  # ends the wait that had begun before
    lab.run(1)
    lab.delete(REPLICASETS, "web", propagation="Orphan")
    names = sorted(map(name_of, lab.pods()))
    for name in names:  # what the garbage collector does
        lab.change({"metadata": {"ownerReferences": [{"$patch": "replace"}]}}, PODS, name)
    lab.run(2)
    assert [controller_of(one) for one in lab.pods()] == [None, None]
    assert sorted(map(name_of, lab.pods())) == names
