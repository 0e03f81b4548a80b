"""TaintToleration: hard taints keep Pods away, soft ones make a node less liked.

Filter: the first NoSchedule or NoExecute taint that is not tolerated refuses the node. Score: the number of
PreferNoSchedule taints that are not tolerated, turned round so that the fewest scores 100.
Source: kube-scheduler ``plugins/tainttoleration``; the message is the one of v1.35 and later, which no longer names
the taint.
"""

from __future__ import annotations

from collections.abc import Sequence

from orrery.machinery.tolerations import (
    NO_EXECUTE,
    NO_SCHEDULE,
    PREFER_NO_SCHEDULE,
    tolerates,
    untolerated,
)
from orrery.scheduler.changes import NODE, UNSCHEDULED_POD, Action, ClusterEvent, Object
from orrery.scheduler.describe import taint_text
from orrery.scheduler.framework import (
    SUCCESS,
    EventHint,
    FilterCheck,
    FilterPlugin,
    ScorePlugin,
    Scorer,
    Status,
    default_normalize,
    unresolvable,
)
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.remedies import Remedy, distinct, remedy

REASON = "node(s) had untolerated taint(s)"
HARD = (NO_SCHEDULE, NO_EXECUTE)

_KUBERNETES = "node.kubernetes.io/"
_CORDONED = _KUBERNETES + "unschedulable"
_LOST = (_KUBERNETES + "not-ready", _KUBERNETES + "unreachable")
_STRAINED = tuple(_KUBERNETES + each for each in (
    "memory-pressure", "disk-pressure", "pid-pressure", "network-unavailable",
))  # fmt: skip


class _Check(FilterCheck):
    __slots__ = ("tolerations",)

    def __init__(self, tolerations: list[Object]) -> None:
        self.tolerations = tolerations

    def filter(self, node: NodeInfo) -> Status:
        if node.taints and untolerated(node.taints, self.tolerations, HARD) is not None:
            return unresolvable(REASON)
        return SUCCESS

    def remedies(self, node: NodeInfo) -> Sequence[Remedy]:
        against = (taint for taint in node.taints if untolerated((taint,), self.tolerations, HARD) is not None)
        return distinct(_remedy(taint) for taint in against)


def _remedy(taint: Object) -> Remedy:
    """What Kubernetes itself put on the node goes when its cause does; what people put there has to be tolerated."""
    key = taint.get("key", "")
    if key == _CORDONED:
        return remedy("uncordon")
    if key in _LOST:
        return remedy("recover")
    if key in _STRAINED:
        return remedy("relieve", taint=key)
    return remedy("tolerate", taint=taint_text(taint))


class _Scorer(Scorer):
    __slots__ = ("tolerations",)

    def __init__(self, tolerations: list[Object]) -> None:
        self.tolerations = [each for each in tolerations if each.get("effect") in (None, "", PREFER_NO_SCHEDULE)]

    def score(self, node: NodeInfo) -> int:
        return sum(
            1
            for taint in node.taints
            if taint.get("effect") == PREFER_NO_SCHEDULE
            and not any(tolerates(each, taint) for each in self.tolerations)
        )

    def normalize(self, scores: list[int]) -> list[int]:
        return default_normalize(scores, reverse=True)


class TaintToleration(FilterPlugin, ScorePlugin):
    """Refuses nodes with taints that the Pod does not tolerate; prefers those with the fewest soft ones."""

    name = "TaintToleration"
    weight = 3
    points = ("Filter", "PreScore", "Score", "NormalizeScore")

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        return _Check(pod.tolerations)

    def pre_score(self, pod: PodInfo, snapshot: Snapshot, feasible: Sequence[NodeInfo]) -> Scorer | Status:
        return _Scorer(pod.tolerations)

    def hints(self) -> Sequence[EventHint]:
        return (
            EventHint(NODE, Action.ADD | Action.UPDATE_TAINTS, _node_became_tolerable),
            EventHint(UNSCHEDULED_POD, Action.UPDATE_TOLERATIONS, lambda pod, event: True),
        )


def _node_became_tolerable(pod: PodInfo, event: ClusterEvent) -> bool:
    def refused(node: Object | None) -> bool:
        taints = (node.get("spec") or {}).get("taints") or () if node else ()
        return node is None or untolerated(taints, pod.tolerations, HARD) is not None

    return refused(event.old) and not refused(event.new)
