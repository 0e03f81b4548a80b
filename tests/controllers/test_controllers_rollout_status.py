"""What a Deployment says of its rollout.

Sources: "Deployment status" in Kubernetes' documentation (Progressing, Complete, Failed Deployment, Pausing and
Resuming); pkg/controller/deployment/progress.go.
"""

from typing import Any

from controller_objects import deployment, replica_set

from orrery.controllers import deployment_status as told
from orrery.kernel import SECOND
from orrery.machinery.time import parse_time

NOW = "2026-01-01T00:10:00Z"
NOW_NS = parse_time(NOW)


def progressing(reason: str, value: str = "True", since: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    return {
        "type": "Progressing", "status": value, "reason": reason, "message": "", "lastUpdateTime": since,
        "lastTransitionTime": since,
    }


def said(status: dict[str, Any], kind: str = "Progressing") -> tuple[str, str, str] | None:
    condition = told.condition_in(status["conditions"], kind)
    return None if condition is None else (condition["status"], condition["reason"], condition["message"])


def rollout(wanted: dict[str, Any], *sets: dict[str, Any]) -> dict[str, Any]:
    return told.rollout_status_of(wanted, sets[0], list(sets[1:]), NOW_NS, NOW)


def test_counts_are_sums_of_the_sets_and_zeros_are_left_out() -> None:
    new = replica_set("new", 3, 1, readyReplicas=2, terminatingReplicas=0)
    old = replica_set("old", 2, 2, readyReplicas=2, terminatingReplicas=4)
    assert told.counts_of(deployment(4), new, [old]) == {
        "observedGeneration": 1, "replicas": 5, "updatedReplicas": 3, "readyReplicas": 4, "availableReplicas": 3,
        "unavailableReplicas": 2, "terminatingReplicas": 4,
    }
    assert told.counts_of(deployment(4), None, [replica_set("old", 0)]) == {"observedGeneration": 1}


def test_a_rollout_is_complete_when_all_are_new_and_available_and_the_generation_was_seen() -> None:
    done = {"updatedReplicas": 3, "replicas": 3, "availableReplicas": 3, "observedGeneration": 1}
    assert told.is_complete(deployment(3), done)
    for field, short in (
        ("updatedReplicas", 2), ("replicas", 4), ("availableReplicas", 2), ("observedGeneration", 0),
    ):  # fmt: skip
        assert not told.is_complete(deployment(3), {**done, field: short})


def test_a_complete_rollout_says_that_the_new_set_is_available() -> None:
    status = rollout(deployment(3, status={"conditions": [progressing("ReplicaSetUpdated")]}), replica_set("new", 3))
    message = 'ReplicaSet "new" has successfully progressed.'
    assert said(status) == ("True", "NewReplicaSetAvailable", message)
    message = "Deployment has minimum availability."
    assert said(status, "Available") == ("True", "MinimumReplicasAvailable", message)


def test_more_available_pods_are_progress_and_restart_the_deadline() -> None:
    stored = {"availableReplicas": 1, "replicas": 3, "updatedReplicas": 3, "conditions": [
        progressing("ReplicaSetUpdated"),
    ]}  # fmt: skip
    status = rollout(deployment(3, status=stored), replica_set("new", 3, 2))
    assert said(status) == ("True", "ReplicaSetUpdated", 'ReplicaSet "new" is progressing.')
    condition = told.condition_in(status["conditions"], "Progressing")
    assert condition is not None
    assert (condition["lastUpdateTime"], condition["lastTransitionTime"]) == (NOW, "2026-01-01T00:00:00Z")


def stuck(**spec: Any) -> dict[str, Any]:
    stored = {"availableReplicas": 2, "replicas": 3, "updatedReplicas": 3, "conditions": [
        progressing("ReplicaSetUpdated"),
    ]}  # fmt: skip
    return deployment(3, status=stored, **spec)


def test_without_progress_for_the_deadline_it_says_so_but_not_a_moment_before() -> None:
    late = rollout(stuck(progressDeadlineSeconds=599), replica_set("new", 3, 2))
    assert said(late) == ("False", "ProgressDeadlineExceeded", 'ReplicaSet "new" has timed out progressing.')
    assert said(rollout(stuck(), replica_set("new", 3, 2))) == ("True", "ReplicaSetUpdated", "")


def test_a_deployment_without_a_deadline_says_nothing_of_progress() -> None:
    assert said(rollout(stuck(progressDeadlineSeconds=told.UNSET), replica_set("new", 3, 2))) is None


def test_a_rollout_that_was_completed_cannot_time_out_when_pods_fail_later() -> None:
    stored = {"replicas": 3, "updatedReplicas": 3, "conditions": [progressing("NewReplicaSetAvailable")]}
    status = rollout(deployment(3, status=stored), replica_set("new", 3, 0))
    assert said(status) == ("True", "NewReplicaSetAvailable", "")
    assert said(status, "Available") == (
        "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.",
    )


def test_it_is_looked_at_again_when_the_deadline_may_be_over_and_not_after() -> None:
    status = rollout(stuck(progressDeadlineSeconds=700), replica_set("new", 3, 2))
    assert told.look_again_ns(stuck(progressDeadlineSeconds=700), status, NOW_NS) == 101 * SECOND
    late = rollout(stuck(progressDeadlineSeconds=10), replica_set("new", 3, 2))
    assert told.look_again_ns(stuck(progressDeadlineSeconds=10), late, NOW_NS) is None


def test_pausing_and_resuming_are_said_once_and_stop_the_clock() -> None:
    paused = told.pause_condition(stuck(paused=True), NOW)
    assert paused is not None and paused["reason"] == "DeploymentPaused"
    halted = stuck(paused=True)
    halted["status"]["conditions"] = [paused]
    assert told.pause_condition(halted, NOW) is None
    halted["spec"]["paused"] = False
    resumed = told.pause_condition(halted, NOW)
    assert resumed is not None
    assert (resumed["status"], resumed["reason"], resumed["lastUpdateTime"]) == ("Unknown", "DeploymentResumed", NOW)


def test_a_set_that_cannot_make_pods_is_told_on_the_deployment_until_it_can() -> None:
    failing = replica_set("new", 3, 0)
    failing["status"]["conditions"] = [{
        "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "quota",
        "lastTransitionTime": NOW,
    }]  # fmt: skip
    status = rollout(deployment(3), failing)
    assert said(status, "ReplicaFailure") == ("True", "FailedCreate", "quota")
    healed = rollout(deployment(3, status=status), replica_set("new", 3))
    assert said(healed, "ReplicaFailure") is None


def test_a_status_that_has_nothing_new_is_equal_to_the_old_one() -> None:
    first = rollout(deployment(3), replica_set("new", 3, 1))
    later_ns = NOW_NS + 5 * SECOND
    again = told.rollout_status_of(
        deployment(3, status=first), replica_set("new", 3, 1), [], later_ns, "2026-01-01T00:10:05Z"
    )
    assert again == first
