"""What is said of a Pod after its cycle: the condition of one that found no node, and the texts of its Events."""

from __future__ import annotations

from orrery.machinery.objects import find_condition
from orrery.scheduler.nodeinfo import Object

UNSCHEDULABLE = "Unschedulable"
SCHEDULER_ERROR = "SchedulerError"
MESSAGE_LIMIT = 1024


def scheduled_message(pod_key: str, node: str) -> str:
    """The text of the Scheduled event."""
    return f"Successfully assigned {pod_key} to {node}"


def shortened(message: str) -> str:
    """At most as long as an Event's note may be."""
    return message if len(message) <= MESSAGE_LIMIT else message[: MESSAGE_LIMIT - 4] + " ..."


def condition_patch(pod: Object, reason: str, message: str, now: str) -> Object | None:
    """The patch of the Pod's status that says ``PodScheduled: False``; None where the Pod says so already."""
    condition: Object = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
    generation = pod["metadata"].get("generation")
    if generation:
        condition["observedGeneration"] = generation
    old = find_condition(pod, "PodScheduled") or {}
    if all(old.get(name) == value for name, value in condition.items()):
        return None
    since = now if old.get("status") != "False" else old.get("lastTransitionTime", now)
    return {"status": {"conditions": [condition | {"lastProbeTime": None, "lastTransitionTime": since}]}}
