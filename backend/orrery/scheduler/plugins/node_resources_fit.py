"""NodeResourcesFit: enough room, and the emptier the better.

Filter: what the Pod asks for must fit into what the node can give (``status.allocatable``) less what the Pods there
ask for; the number of Pods counts too. Every lack is named. Where the node could not hold the Pod even when empty,
the refusal is UnschedulableAndUnresolvable: evicting others would not help.
Score (LeastAllocated): the mean over cpu and memory of the share that would stay free, 0..100, in integers.
Containers without a request count as 100m and 200Mi here, so that they spread.
Source: kube-scheduler ``plugins/noderesources/fit.go``, ``least_allocated.go``, ``resource_allocation.go``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orrery.scheduler.changes import ASSIGNED_POD, NODE, UNSCHEDULED_POD, Action, ClusterEvent, Object
from orrery.scheduler.framework import (
    MAX_NODE_SCORE,
    SUCCESS,
    Code,
    EventHint,
    FilterCheck,
    FilterPlugin,
    ScorePlugin,
    Scorer,
    Status,
)
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.remedies import Remedy, remedy
from orrery.scheduler.requests import CPU, EPHEMERAL_STORAGE, MEMORY, PODS, amounts, is_scalar, pod_requests

DEFAULT_RESOURCES: tuple[tuple[str, int], ...] = ((CPU, 1), (MEMORY, 1))
_FIRST = (CPU, MEMORY, EPHEMERAL_STORAGE)
_BYTES = (MEMORY, EPHEMERAL_STORAGE)
_MIB = 1024 * 1024


class _Check(FilterCheck):
    __slots__ = ("requests",)

    def __init__(self, requests: list[tuple[str, int]]) -> None:
        self.requests = requests

    def filter(self, node: NodeInfo) -> Status:
        allocatable, requested = node.allocatable, node.requested
        reasons: list[str] = []
        hopeless = False
        if len(node.pods) + 1 > allocatable.get(PODS, 0):
            reasons.append("Too many pods")
        for name, amount in self.requests:
            capacity = allocatable.get(name, 0)
            if amount > capacity - requested.get(name, 0):
                reasons.append(f"Insufficient {name}")
                hopeless = hopeless or amount > capacity
        if not reasons:
            return SUCCESS
        return Status(Code.UNSCHEDULABLE_AND_UNRESOLVABLE if hopeless else Code.UNSCHEDULABLE, tuple(reasons))

    def remedies(self, node: NodeInfo) -> Sequence[Remedy]:
        found: list[Remedy] = []
        allowed, there = node.allocatable.get(PODS, 0), len(node.pods)
        if there + 1 > allowed:
            leaving = _least_important(node, there + 1 - allowed) if allowed else []
            for pod in leaving:
                node = node.without_pod(pod.uid, node.generation)
            found.append(
                remedy("pods-leave", count=len(leaving), pods=", ".join(pod.key for pod in leaving))
                if leaving
                else remedy("allow-pods", count=there + 1)
            )
        for name, asked in self.requests:
            free = node.allocatable.get(name, 0) - node.requested.get(name, 0)
            if asked > free:
                found.append(_asking_less(name, asked, asked - free))
        return found


def _least_important(node: NodeInfo, count: int) -> list[PodInfo]:
    """The Pods that would go first: of the lowest priority, the latest to come."""
    latest_first = list(node.pods.values())[::-1]
    return sorted(latest_first, key=lambda pod: pod.priority)[:count]


def _asking_less(name: str, asked: int, less: int) -> Remedy:
    """How much less would do; nothing at all where the node has none free."""
    if less >= asked:
        return remedy("ask-none", resource=name)
    if name != CPU and name not in _BYTES:
        return remedy("ask-less", resource=name, amount=less, asked=asked, text=f"{less:,}")
    if name == CPU:
        return remedy("ask-less", resource=name, amount=less, asked=asked, text=f"{less:,}m")
    whole = -(-less // _MIB)  # said in whole Mi, rounded up, so that it stays true
    text = f"{whole:,}Mi" if whole * _MIB < asked else f"{less:,}"
    return remedy("ask-less", resource=name, amount=less, asked=asked, text=text)


class _LeastAllocated(Scorer):
    __slots__ = ("requests", "resources")

    def __init__(self, pod: PodInfo, resources: Sequence[tuple[str, int]]) -> None:
        self.requests = pod.nonzero_requests
        self.resources = resources

    def score(self, node: NodeInfo) -> int:
        total = weights = 0
        for name, weight in self.resources:
            asked = self.requests.get(name, 0)
            capacity = node.allocatable.get(name, 0)
            if capacity == 0 or (asked == 0 and is_scalar(name)):
                continue
            used = node.nonzero_requested.get(name, 0) + asked
            total += weight * _least(used, capacity)
            weights += weight
        return total // weights if weights else 0


def _least(used: int, capacity: int) -> int:
    return 0 if used > capacity else (capacity - used) * MAX_NODE_SCORE // capacity


class NodeResourcesFit(FilterPlugin, ScorePlugin):
    """Refuses nodes without room for the Pod; prefers those with the most left over.

    ``resources`` are (name, weight) pairs that count for the score. Extended resources named in
    ``ignored_resources``, or whose domain is in ``ignored_groups``, are left to somebody else.
    """

    name = "NodeResourcesFit"
    weight = 1
    points = ("PreFilter", "Filter", "PreScore", "Score")

    def __init__(
        self,
        *,
        resources: Sequence[tuple[str, int]] = DEFAULT_RESOURCES,
        ignored_resources: Sequence[str] = (),
        ignored_groups: Sequence[str] = (),
    ) -> None:
        self.resources = tuple(resources)
        self.ignored_resources = tuple(ignored_resources)
        self.ignored_groups = tuple(ignored_groups)

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        return _Check(self._counted(pod.requests))

    def _counted(self, requests: Mapping[str, int]) -> list[tuple[str, int]]:
        names = [name for name in _FIRST if requests.get(name)]
        names += sorted(name for name, amount in requests.items() if amount and name not in _FIRST)
        return [(name, requests[name]) for name in names if not self._ignored(name)]

    def _ignored(self, name: str) -> bool:
        if "/" not in name or "kubernetes.io/" in name:
            return False
        return name in self.ignored_resources or name.split("/", 1)[0] in self.ignored_groups

    def pre_score(self, pod: PodInfo, snapshot: Snapshot, feasible: Sequence[NodeInfo]) -> Scorer | Status:
        return _LeastAllocated(pod, self.resources)

    def hints(self) -> Sequence[EventHint]:
        return (
            EventHint(ASSIGNED_POD, Action.DELETE, lambda pod, event: True),
            EventHint(ASSIGNED_POD, Action.UPDATE_RESOURCES, _other_pod_shrank),
            EventHint(UNSCHEDULED_POD, Action.UPDATE_RESOURCES, lambda pod, event: True),
            EventHint(NODE, Action.ADD | Action.UPDATE_ALLOCATABLE, _node_could_hold),
        )


def _other_pod_shrank(pod: PodInfo, event: ClusterEvent) -> bool:
    if event.old is None or event.new is None:
        return False
    before, after = pod_requests(event.old.get("spec") or {}), pod_requests(event.new.get("spec") or {})
    return any(amount and before.get(name, 0) > after.get(name, 0) for name, amount in pod.requests.items())


def _node_could_hold(pod: PodInfo, event: ClusterEvent) -> bool:
    """True if the node, when empty, could hold the Pod, and has more of something that the Pod needs than before."""

    def capacity(node: Object | None) -> Mapping[str, int]:
        return amounts((node.get("status") or {}).get("allocatable")) if node else {}

    before, after = capacity(event.old), capacity(event.new)
    if after.get(PODS, 0) < 1 or any(amount > after.get(name, 0) for name, amount in pod.requests.items()):
        return False
    needed = [name for name, amount in pod.requests.items() if amount] + [PODS]
    return event.old is None or any(after.get(name, 0) > before.get(name, 0) for name in needed)
