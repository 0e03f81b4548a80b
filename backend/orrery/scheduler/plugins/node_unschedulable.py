"""NodeUnschedulable: a cordoned node (``spec.unschedulable``) takes no new Pods, unless they tolerate it."""

from __future__ import annotations

from collections.abc import Sequence

from orrery.machinery.tolerations import NO_SCHEDULE, tolerates
from orrery.scheduler.changes import NODE, UNSCHEDULED_POD, Action, ClusterEvent
from orrery.scheduler.framework import SUCCESS, EventHint, FilterCheck, FilterPlugin, Status, unresolvable
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.remedies import Remedy, remedy

REASON = "node(s) were unschedulable"
TAINT = {"key": "node.kubernetes.io/unschedulable", "effect": NO_SCHEDULE}


def _tolerated(pod: PodInfo) -> bool:
    return any(tolerates(toleration, TAINT) for toleration in pod.tolerations)


class _Check(FilterCheck):
    __slots__ = ("tolerated",)

    def __init__(self, tolerated: bool) -> None:
        self.tolerated = tolerated

    def filter(self, node: NodeInfo) -> Status:
        return unresolvable(REASON) if node.unschedulable and not self.tolerated else SUCCESS

    def remedies(self, node: NodeInfo) -> Sequence[Remedy]:
        return (remedy("uncordon"),)


class NodeUnschedulable(FilterPlugin):
    """Refuses cordoned nodes."""

    name = "NodeUnschedulable"
    points = ("Filter",)

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        return _Check(_tolerated(pod))

    def hints(self) -> Sequence[EventHint]:
        return (
            EventHint(NODE, Action.ADD | Action.UPDATE_TAINTS, _node_opened),
            EventHint(UNSCHEDULED_POD, Action.UPDATE_TOLERATIONS, lambda pod, event: _tolerated(pod)),
        )


def _node_opened(pod: PodInfo, event: ClusterEvent) -> bool:
    closed_before = event.old is None or bool((event.old.get("spec") or {}).get("unschedulable"))
    closed_now = event.new is None or bool((event.new.get("spec") or {}).get("unschedulable"))
    return closed_before and not closed_now
