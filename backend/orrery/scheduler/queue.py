"""The scheduling queue: which Pod is next, and which wait for what.

    active         ready to be tried, highest priority first, then longest waiting
    back-off       to be tried again when its back-off ends (1 s, doubled with each failure, at most 10 s), or as soon
                   as the active queue is empty
    errors         as back-off, for Pods whose cycle or binding broke; their back-off is always waited for
    unschedulable  refused by some plugins; waits for a cluster event that one of these says may help, or five minutes

Events that happen while a Pod is in its cycle (*in flight*) are remembered, so that one that arrives between the
snapshot and the refusal still wakes it.

A state machine without a clock: every method takes ``now``; ``next_time`` says when ``advance`` has something to do.
Source: kube-scheduler ``backend/queue``; the early pop from back-off is the feature SchedulerPopFromBackoffQ.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from orrery.kernel import NO_CAUSE, SECOND, Cause
from orrery.scheduler.changes import UNSCHEDULED_POD, ClusterEvent, pod_change
from orrery.scheduler.framework import Framework
from orrery.scheduler.nodeinfo import Object, PodInfo

INITIAL_BACKOFF_NS = 1 * SECOND
MAX_BACKOFF_NS = 10 * SECOND
UNSCHEDULABLE_TIMEOUT_NS = 300 * SECOND
TIMED_OUT = "UnschedulableTimeout"


@dataclass(slots=True, eq=False)
class QueuedPod:
    """A Pod in the queue: since when, how often it was tried, who refused it, and what put it there."""

    pod: PodInfo
    since_ns: int
    cause: Cause = NO_CAUSE
    attempts: int = 0
    refusals: int = 0
    errors: int = 0
    refused_by: tuple[str, ...] = ()
    woken_by: str = ""  # the cluster event that brought it back, by Kubernetes' name

    def backoff_ends_ns(self, initial_ns: int, max_ns: int) -> int:
        """When the Pod may be tried again; errors in a row count instead of refusals if there are any."""
        count = self.errors or self.refusals
        return self.since_ns + (min(max_ns, initial_ns << min(count - 1, 32)) if count else 0)


@dataclass(slots=True)
class _Heap:
    """Pods by a rank given when they are put in; taking one out from the middle leaves a dead entry behind."""

    members: dict[str, QueuedPod] = field(default_factory=dict)
    _heap: list[tuple[int, int, int, QueuedPod]] = field(default_factory=list)
    _sequence: int = 0

    def push(self, item: QueuedPod, first: int, second: int) -> None:
        self._sequence += 1
        self.members[item.pod.uid] = item
        heapq.heappush(self._heap, (first, second, self._sequence, item))

    def head(self) -> tuple[int, QueuedPod] | None:
        while self._heap and self.members.get(self._heap[0][3].pod.uid) is not self._heap[0][3]:
            heapq.heappop(self._heap)
        return (self._heap[0][0], self._heap[0][3]) if self._heap else None

    def pop(self) -> QueuedPod | None:
        if self.head() is None:
            return None
        item = heapq.heappop(self._heap)[3]
        del self.members[item.pod.uid]
        return item

    def first(self, limit: int) -> list[QueuedPod]:
        """The first ``limit`` members, in order, without sorting the rest."""
        heap = self._heap
        found: list[QueuedPod] = []
        frontier = [(heap[0][:3], 0)] if heap else []
        while frontier and len(found) < limit:
            _, index = heapq.heappop(frontier)
            item = heap[index][3]
            if self.members.get(item.pod.uid) is item:
                found.append(item)
            for child in range(2 * index + 1, min(2 * index + 3, len(heap))):
                heapq.heappush(frontier, (heap[child][:3], child))
        return found


class SchedulingQueue:
    """All Pods that wait for a node. Times are virtual nanoseconds."""

    def __init__(
        self,
        framework: Framework,
        *,
        initial_backoff_ns: int = INITIAL_BACKOFF_NS,
        max_backoff_ns: int = MAX_BACKOFF_NS,
        unschedulable_timeout_ns: int = UNSCHEDULABLE_TIMEOUT_NS,
        pop_from_backoff: bool = True,
    ) -> None:
        self._framework = framework
        self._initial_backoff_ns = initial_backoff_ns
        self._max_backoff_ns = max_backoff_ns
        self._unschedulable_timeout_ns = unschedulable_timeout_ns
        self._pop_from_backoff = pop_from_backoff
        self._active = _Heap()
        self._backoff = _Heap()
        self._errors = _Heap()
        self._unschedulable: dict[str, QueuedPod] = {}
        self._in_flight: dict[str, list[tuple[ClusterEvent, Cause]]] = {}

    def __contains__(self, uid: str) -> bool:
        heaps = (self._active, self._backoff, self._errors)
        return uid in self._unschedulable or any(uid in heap.members for heap in heaps)

    def add(self, pod: PodInfo, now: int, cause: Cause = NO_CAUSE) -> None:
        """A new Pod without a node: straight to the active queue."""
        if pod.uid not in self and pod.uid not in self._in_flight:
            self._activate(QueuedPod(pod, now, cause))

    def update(self, old: Object, pod: PodInfo, now: int, cause: Cause = NO_CAUSE) -> None:
        """A waiting Pod was changed; the change may itself cure what plugins held against it."""
        event = pod_change(UNSCHEDULED_POD, old, pod.object)
        if pod.uid in self._in_flight:
            self._in_flight[pod.uid].append((event, cause))
            return
        item = self._unschedulable.get(pod.uid)
        if item is not None:
            item.pod = pod
            if self._framework.may_cure(pod, item.refused_by, event):
                self._wake(item, now, cause, event.label)
            return
        for heap in (self._active, self._backoff, self._errors):
            waiting = heap.members.get(pod.uid)
            if waiting is not None:
                waiting.pod = pod
                return
        self.add(pod, now, cause)

    def delete(self, uid: str) -> None:
        """The Pod is gone or has a node: nothing to schedule any more."""
        for heap in (self._active, self._backoff, self._errors):
            heap.members.pop(uid, None)
        self._unschedulable.pop(uid, None)

    def pop(self, now: int) -> QueuedPod | None:
        """The next Pod to try, now in flight until ``done`` or ``refuse``; None if all wait for something."""
        self.advance(now)
        item = self._active.pop()
        if item is None and self._pop_from_backoff:
            item = self._backoff.pop()
        if item is not None:
            item.attempts += 1
            self._in_flight[item.pod.uid] = []
        return item

    def done(self, uid: str) -> None:
        """The Pod left the queue for good: it was bound, or need not be scheduled any more."""
        self._in_flight.pop(uid, None)

    def refuse(self, item: QueuedPod, refused_by: Sequence[str], now: int) -> None:
        """Take back a Pod whose try failed. Without plugins to blame it was an error, and back-off alone decides."""
        uid = item.pod.uid
        seen = self._in_flight.pop(uid, [])
        item.since_ns = now
        item.refused_by = tuple(refused_by)
        item.woken_by = ""
        if not refused_by:
            item.errors += 1
            self._errors.push(item, self.backoff_ends_ns(item), item.since_ns)
            return
        item.errors = 0
        item.refusals += 1
        for event, cause in seen:
            if self._framework.may_cure(item.pod, item.refused_by, event):
                self._requeue(item, now, cause, event.label)
                return
        self._unschedulable[uid] = item

    def move(self, event: ClusterEvent, now: int, cause: Cause = NO_CAUSE) -> int:
        """Something changed in the cluster: wake every Pod that it may help; returns how many that were."""
        if not event.actions:
            return 0
        for seen in self._in_flight.values():
            seen.append((event, cause))
        may_cure = self._framework.may_cure
        woken = [item for item in self._unschedulable.values() if may_cure(item.pod, item.refused_by, event)]
        for item in woken:
            self._wake(item, now, cause, event.label)
        return len(woken)

    def advance(self, now: int) -> None:
        """Do what falls due: end back-offs, and retry Pods that have been unschedulable for five minutes."""
        for heap in (self._backoff, self._errors):
            while (head := heap.head()) is not None and head[0] <= now:
                ready = heap.pop()
                assert ready is not None
                self._activate(ready)
        while self._unschedulable:
            # Kept in the order in which they were refused, so the first is the oldest.
            oldest = next(iter(self._unschedulable.values()))
            if self.retry_ns(oldest) > now:
                break
            self._wake(oldest, now, NO_CAUSE, TIMED_OUT)

    def next_time(self) -> int | None:
        """When ``advance`` has something to do next, if nothing else happens."""
        times = [head[0] for heap in (self._backoff, self._errors) if (head := heap.head()) is not None]
        if self._unschedulable:
            oldest = next(iter(self._unschedulable.values()))
            times.append(self.retry_ns(oldest))
        return min(times, default=None)

    def contents(self, limit: int = 1000) -> tuple[list[QueuedPod], list[QueuedPod], list[QueuedPod]]:
        """The first Pods that are active, in back-off (errors too) and unschedulable, in order."""
        unschedulable = list(islice(self._unschedulable.values(), limit))
        backoff = (self._backoff.first(limit) + self._errors.first(limit))[:limit]
        return self._active.first(limit), backoff, unschedulable

    def backoff_ends_ns(self, item: QueuedPod) -> int:
        """When that Pod's back-off ends."""
        return item.backoff_ends_ns(self._initial_backoff_ns, self._max_backoff_ns)

    def retry_ns(self, item: QueuedPod) -> int:
        """When an unschedulable Pod is tried again though nothing has changed."""
        return item.since_ns + self._unschedulable_timeout_ns

    def sizes(self) -> tuple[int, int, int]:
        """How many are active, in back-off (errors too) and unschedulable."""
        backoff = len(self._backoff.members) + len(self._errors.members)
        return len(self._active.members), backoff, len(self._unschedulable)

    def _activate(self, item: QueuedPod) -> None:
        self._active.push(item, -item.pod.priority, item.since_ns)

    def _wake(self, item: QueuedPod, now: int, cause: Cause, event: str) -> None:
        del self._unschedulable[item.pod.uid]
        self._requeue(item, now, cause, event)

    def _requeue(self, item: QueuedPod, now: int, cause: Cause, event: str) -> None:
        item.woken_by = event
        if cause.flow:
            item.cause = cause
        ends = self.backoff_ends_ns(item)
        if ends <= now:
            self._activate(item)
        else:
            self._backoff.push(item, ends, item.since_ns)
