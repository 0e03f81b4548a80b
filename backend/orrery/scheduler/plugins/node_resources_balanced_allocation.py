"""NodeResourcesBalancedAllocation: rather a node whose resources are used evenly.

With the Pod on it, each resource of the node is used to some fraction (at most 1). The score is
``(1 - standard deviation of the fractions) * 100``, so full memory beside idle cores scores low. Only declared
requests count. A Pod without any is not scored: it would be sent to the same node again and again
(kubernetes/kubernetes#129138).

Since v1.36 Kubernetes weighs this against the balance without the Pod, so that a node is liked for what the Pod would
better and not for what it is already: ``50 + (50 + with - without) / 2`` (kubernetes/kubernetes#135573). That is
``relative=True``.
Source: kube-scheduler ``plugins/noderesources/balanced_allocation.go``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from orrery.scheduler.framework import MAX_NODE_SCORE, SKIP, ScorePlugin, Scorer, Status
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.requests import CPU, MEMORY, is_scalar

DEFAULT_RESOURCES = (CPU, MEMORY)


class _Scorer(Scorer):
    __slots__ = ("relative", "requests")

    def __init__(self, requests: list[tuple[str, int]], relative: bool) -> None:
        self.requests = requests
        self.relative = relative

    def score(self, node: NodeInfo) -> int:
        before: list[float] = []
        after: list[float] = []
        for name, asked in self.requests:
            capacity = node.allocatable.get(name, 0)
            if capacity == 0 or (asked == 0 and is_scalar(name)):
                continue
            used = node.requested.get(name, 0)
            before.append(min(1.0, used / capacity))
            after.append(min(1.0, (used + asked) / capacity))
        if not self.relative:
            return _balance(after)
        half = MAX_NODE_SCORE // 2
        return half + (half + _balance(after) - _balance(before)) // 2


def _balance(fractions: list[float]) -> int:
    return int((1 - _deviation(fractions)) * MAX_NODE_SCORE)


def _deviation(fractions: list[float]) -> float:
    # Two and more are worked out as Kubernetes does, so that rounding agrees to the last digit.
    if len(fractions) < 2:
        return 0.0
    if len(fractions) == 2:
        return abs((fractions[0] - fractions[1]) / 2)
    total = squares = 0.0
    for fraction in fractions:
        total += fraction
    mean = total / len(fractions)
    for fraction in fractions:
        squares += (fraction - mean) * (fraction - mean)
    return sqrt(squares / len(fractions))


class NodeResourcesBalancedAllocation(ScorePlugin):
    """Prefers nodes whose ``resources`` would be used to like fractions; ``relative``: to liker ones than before."""

    name = "NodeResourcesBalancedAllocation"
    weight = 1
    points = ("PreScore", "Score")

    def __init__(self, *, resources: Sequence[str] = DEFAULT_RESOURCES, relative: bool = False) -> None:
        self.resources = tuple(resources)
        self.relative = relative

    def pre_score(self, pod: PodInfo, snapshot: Snapshot, feasible: Sequence[NodeInfo]) -> Scorer | Status:
        requests = [(name, pod.requests.get(name, 0)) for name in self.resources]
        return _Scorer(requests, self.relative) if any(amount for _, amount in requests) else SKIP
