"""What a Deployment says of its rollout: counts and conditions, as plain functions.

A rollout counts as progressing while its numbers get better. If they have not for `progressDeadlineSeconds`, the
condition Progressing turns False (ProgressDeadlineExceeded); the rollout is not given up for that.

Source: Kubernetes, pkg/controller/deployment/progress.go and sync.go, util/deployment_util.go.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.deployment_plan import count, limits, replicas, total
from orrery.kernel import SECOND
from orrery.machinery.objects import conditions_of, dig, meta, name_of
from orrery.machinery.time import parse_time

Document = dict[str, Any]

UNSET = 2**31 - 1  # a deadline or a history limit of so much is none

AVAILABLE = "Available"
PROGRESSING = "Progressing"
REPLICA_FAILURE = "ReplicaFailure"


def counts_of(deployment: Document, new: Document | None, old: list[Document]) -> Document:
    """The counts of the Deployment's status; zeros are left out, as Kubernetes leaves them out."""
    sets = [*old, *([new] if new is not None else [])]
    available = sum(count(rs, "availableReplicas") for rs in sets)
    counts = {
        "replicas": sum(count(rs, "replicas") for rs in sets),
        "updatedReplicas": count(new, "replicas") if new is not None else 0,
        "readyReplicas": sum(count(rs, "readyReplicas") for rs in sets),
        "availableReplicas": available,
        "unavailableReplicas": max(0, total(sets) - available),
    }
    status: Document = {"observedGeneration": meta(deployment).get("generation", 0)}
    status.update({name: number for name, number in counts.items() if number})
    if all(dig(rs, "status", "terminatingReplicas") is not None for rs in sets):
        status["terminatingReplicas"] = sum(count(rs, "terminatingReplicas") for rs in sets)
    return status


def status_of(deployment: Document, new: Document | None, old: list[Document], now: str) -> Document:
    """The status without a judgement of progress: how it is told while paused, scaled or deleted."""
    status = counts_of(deployment, new, old)
    if dig(deployment, "status", "collisionCount") is not None:
        status["collisionCount"] = deployment["status"]["collisionCount"]
    _, max_unavailable = limits(deployment)
    if status.get("availableReplicas", 0) >= replicas(deployment) - max_unavailable:
        message = "Deployment has minimum availability."
        available = _condition(AVAILABLE, "True", "MinimumReplicasAvailable", message, now)
    else:
        message = "Deployment does not have minimum availability."
        available = _condition(AVAILABLE, "False", "MinimumReplicasUnavailable", message, now)
    status["conditions"] = put_condition(conditions_of(deployment), available)
    return status


def rollout_status_of(
    deployment: Document, new: Document | None, old: list[Document], now_ns: int, now: str
) -> Document:
    """The status, with how the rollout gets on. `now_ns`: unix time."""
    status = status_of(deployment, new, old, now)
    conditions = status["conditions"]
    if not has_deadline(deployment):
        conditions = without(conditions, PROGRESSING)
    elif not _was_complete(deployment, status):
        conditions = _progress(deployment, status, new, now_ns, now)
    failure = _failure(new, old, now)
    conditions = without(conditions, REPLICA_FAILURE) if failure is None else put_condition(conditions, failure)
    return {**status, "conditions": conditions}


def _progress(deployment: Document, status: Document, new: Document | None, now_ns: int, now: str) -> list[Document]:
    conditions: list[Document] = status["conditions"]
    subject = f'ReplicaSet "{name_of(new)}"' if new is not None else f'Deployment "{name_of(deployment)}"'
    if is_complete(deployment, status):
        message = f"{subject} has successfully progressed."
        return put_condition(conditions, progressing("True", "NewReplicaSetAvailable", message, now))
    if is_progressing(deployment, status):
        condition = progressing("True", "ReplicaSetUpdated", f"{subject} is progressing.", now)
        current = condition_in(conditions, PROGRESSING)
        if current is not None and current["status"] == "True":  # only lastUpdateTime tells of further progress
            condition["lastTransitionTime"] = current.get("lastTransitionTime", now)
        return [*without(conditions, PROGRESSING), condition]
    if has_timed_out(deployment, now_ns):
        message = f"{subject} has timed out progressing."
        return put_condition(conditions, progressing("False", "ProgressDeadlineExceeded", message, now))
    return conditions


def is_complete(deployment: Document, status: Document) -> bool:
    """Whether everything is up to date and available."""
    wanted = replicas(deployment)
    return bool(
        status.get("updatedReplicas", 0) == wanted and status.get("replicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
        and status.get("observedGeneration", 0) >= meta(deployment).get("generation", 0)
    )


def is_progressing(deployment: Document, status: Document) -> bool:
    """Whether the new status is nearer to the end than the one that is stored."""
    old = deployment.get("status") or {}

    def left(of: Document) -> int:
        return int(of.get("replicas", 0)) - int(of.get("updatedReplicas", 0))

    return (
        status.get("updatedReplicas", 0) > old.get("updatedReplicas", 0) or left(status) < left(old)
        or status.get("readyReplicas", 0) > old.get("readyReplicas", 0)
        or status.get("availableReplicas", 0) > old.get("availableReplicas", 0)
    )


def has_deadline(deployment: Document) -> bool:
    return deadline_ns(deployment) < UNSET * SECOND


def deadline_ns(deployment: Document) -> int:
    return int(dig(deployment, "spec", "progressDeadlineSeconds", default=600)) * SECOND


def has_timed_out(deployment: Document, now_ns: int) -> bool:
    """Whether no progress was seen for the deadline; a rollout that was completed cannot time out any more."""
    current = condition_in(conditions_of(deployment), PROGRESSING)
    if not has_deadline(deployment) or current is None or current.get("reason") == "NewReplicaSetAvailable":
        return False
    if current.get("reason") == "ProgressDeadlineExceeded":
        return True
    return _updated_ns(current) + deadline_ns(deployment) < now_ns


def look_again_ns(deployment: Document, status: Document, now_ns: int) -> int | None:
    """How long until the rollout may have timed out; None where that need not be looked at."""
    current = condition_in(status["conditions"], PROGRESSING)
    if not has_deadline(deployment) or current is None or is_complete(deployment, status):
        return None
    if current.get("reason") == "ProgressDeadlineExceeded":
        return None
    return max(0, _updated_ns(current) + deadline_ns(deployment) - now_ns) + SECOND


def pause_condition(deployment: Document, now: str) -> Document | None:
    """The condition that says that the Deployment was paused or resumed, if it does not say so yet. The clock of the
    deadline stands still while it is paused."""
    current = condition_in(conditions_of(deployment), PROGRESSING)
    reason = current.get("reason", "") if current is not None else ""
    if not has_deadline(deployment) or reason == "ProgressDeadlineExceeded":
        return None
    paused = bool(dig(deployment, "spec", "paused"))
    if paused and reason != "DeploymentPaused":
        return progressing("Unknown", "DeploymentPaused", "Deployment is paused", now)
    if not paused and reason == "DeploymentPaused":
        return progressing("Unknown", "DeploymentResumed", "Deployment is resumed", now)
    return None


def progressing(value: str, reason: str, message: str, now: str) -> Document:
    return _condition(PROGRESSING, value, reason, message, now)


def put_condition(conditions: list[Document], new: Document) -> list[Document]:
    """The conditions with this one last; as they were if it says nothing new."""
    current = condition_in(conditions, new["type"])
    if current is not None and (current["status"], current.get("reason")) == (new["status"], new["reason"]):
        return conditions
    if current is not None and current["status"] == new["status"]:
        new = {**new, "lastTransitionTime": current.get("lastTransitionTime", new["lastTransitionTime"])}
    return [*without(conditions, new["type"]), new]


def condition_in(conditions: list[Document], kind: str) -> Document | None:
    return next((condition for condition in conditions if condition["type"] == kind), None)


def without(conditions: list[Document], kind: str) -> list[Document]:
    return [condition for condition in conditions if condition["type"] != kind]


def _was_complete(deployment: Document, status: Document) -> bool:
    """Whether the rollout had ended before: then Pods that come and go are no rollout."""
    current = condition_in(conditions_of(deployment), PROGRESSING)
    return (
        current is not None and current.get("reason") == "NewReplicaSetAvailable"
        and status.get("replicas", 0) == status.get("updatedReplicas", 0)
    )


def _failure(new: Document | None, old: list[Document], now: str) -> Document | None:
    """That Pods could not be made or deleted, as a ReplicaSet says it: the new one first."""
    for rs in ([new] if new is not None else []) + old:
        condition = condition_in(conditions_of(rs), REPLICA_FAILURE)
        if condition is not None:
            since = condition.get("lastTransitionTime", now)
            return {**condition, "lastTransitionTime": since, "lastUpdateTime": since}
    return None


def _updated_ns(condition: Document) -> int:
    return parse_time(condition["lastUpdateTime"]) if condition.get("lastUpdateTime") else 0


def _condition(kind: str, value: str, reason: str, message: str, now: str) -> Document:
    return {
        "type": kind, "status": value, "reason": reason, "message": message, "lastUpdateTime": now,
        "lastTransitionTime": now,
    }
