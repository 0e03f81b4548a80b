"""NodeName: a Pod that names its node fits only there."""

from __future__ import annotations

from collections.abc import Sequence

from orrery.scheduler.changes import NODE, Action
from orrery.scheduler.framework import SUCCESS, EventHint, FilterCheck, FilterPlugin, Status, unresolvable
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.remedies import Remedy, remedy

REASON = "node(s) didn't match the requested node name"


class _Check(FilterCheck):
    __slots__ = ("wanted",)

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted

    def filter(self, node: NodeInfo) -> Status:
        return SUCCESS if self.wanted in ("", node.name) else unresolvable(REASON)

    def remedies(self, node: NodeInfo) -> Sequence[Remedy]:
        return (remedy("name-node"),)


class NodeName(FilterPlugin):
    """Refuses every node but the one that ``spec.nodeName`` names."""

    name = "NodeName"
    points = ("Filter",)

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        return _Check(pod.node_name)

    def hints(self) -> Sequence[EventHint]:
        return (
            EventHint(
                NODE,
                Action.ADD,
                lambda pod, event: event.new is not None and event.new["metadata"]["name"] == pod.node_name,
            ),
        )
