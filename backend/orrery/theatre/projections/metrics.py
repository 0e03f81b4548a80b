"""Metrics: what the trace tells of rates, durations, depths and states, sampled once a virtual second.

Nearly the whole trace are messages. They are only laid aside as they come, which costs next to nothing, and are read
before anything else is: an event of another kind, a look from outside.
"""

from orrery.apiserver.events import RequestAudited
from orrery.controllers.events import WorkChanged
from orrery.etcd.events import EtcdApplied, RaftLogChanged, RaftStateChanged
from orrery.kernel import SECOND, MessageDropped, MessageSent
from orrery.machinery.objects import dig
from orrery.machinery.resources import NODES, PODS
from orrery.raft import Append
from orrery.scheduler.events import QueueChanged
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.machines import Machines
from orrery.theatre.projections.objects import Objects, Stored
from orrery.theatre.projections.workloads import readiness
from orrery.theatre.records import MetricsReply
from orrery.theatre.series import Sample, Series

QUEUES = ("active", "backoff", "unschedulable")
APPENDED_MOST = 10_000  # entries that wait for their commit


class Metrics:
    """Gathers one sample at a time; `series` has those of the past."""

    def __init__(self, objects: Objects, machines: Machines) -> None:
        self.series = Series()
        self._objects = objects
        self._machines = machines
        self._sample = Sample()
        self._unread: list[MessageSent] = []
        self._messages: dict[str, int] = {}  # by protocol
        self._next_ns = SECOND
        self._states_are_old = True
        self._states: dict[str, int] = {}
        self._queues: dict[str, tuple[int, int, int]] = {}  # by scheduler
        self._commit = 0
        self._appended = 0
        self._appended_ns: dict[int, int] = {}  # by index: when the leader first sent the entry
        self._beats: dict[tuple[str, str], int] = {}  # leader and follower: when the last heartbeat was sent
        self._answers: dict[int, tuple[int, int]] = {}  # message on its way back: when it arrives, the round trip
        objects.watch(self._changed)

    def handlers(self) -> Handlers:
        return {
            MessageSent: self._unread.append,
            MessageDropped: self._dropped,
            RaftStateChanged: self._raft_changed,
            RaftLogChanged: self._log_changed,
            RequestAudited: self._audited,
            QueueChanged: self._queue_changed,
            WorkChanged: self._work_changed,
        }

    def between(self, from_ns: int, to_ns: int, points: int) -> MetricsReply:
        """Every series between two instants, in at most about so many steps."""
        self._catch_up(0)
        return self.series.between(from_ns, to_ns, points)

    # -- sampling

    def _catch_up(self, now_ns: int) -> None:
        """Reads what was laid aside, and ends the second if it is over."""
        unread, counts = self._unread, self._messages
        for event in unread:
            if event.time_ns >= self._next_ns:
                self._close(event.time_ns)
                counts = self._messages
            protocol = event.protocol
            counts[protocol] = counts.get(protocol, 0) + 1
            if protocol == "raft":
                self._raft_sent(event)
        unread.clear()
        if now_ns >= self._next_ns:
            self._close(now_ns)

    def _close(self, now_ns: int) -> None:
        """The second is over."""
        sample, self._sample = self._sample, Sample()
        sample.counts.update({f"messages/{protocol}": many for protocol, many in self._messages.items()})
        self._messages = {}
        for message, (arrives_ns, round_trip_ns) in [*self._answers.items()]:
            if arrives_ns <= now_ns:
                del self._answers[message]
                sample.took("raft", round_trip_ns)
        for scheduler, depths in self._queues.items():
            self._deepest(sample, scheduler, depths)
        if self._states_are_old:
            self._states, self._states_are_old = self._look(), False
        sample.states = dict(self._states)
        self.series.add(self._next_ns // SECOND - 1, sample)
        self._next_ns = now_ns - now_ns % SECOND + SECOND

    def _look(self) -> dict[str, int]:
        states = dict.fromkeys(("pods/Pending", "pods/Running", "nodes/True", "nodes/False", "nodes/Unknown"), 0)
        for pod in self._objects.all_of(PODS):
            name = f"pods/{dig(pod.document, 'status', 'phase', default='Pending')}"
            states[name] = states.get(name, 0) + 1
        for node in self._objects.all_of(NODES):
            states[f"nodes/{readiness(node.document)}"] += 1
        return states

    # -- messages

    def _raft_sent(self, event: MessageSent) -> None:
        kind, body = event.kind, event.body
        if kind == "Heartbeat":
            self._beats[event.source, event.target] = event.time_ns
        elif kind == "HeartbeatReply":
            sent_ns = self._beats.pop((event.target, event.source), None)
            if sent_ns is not None:
                self._answers[event.message] = (event.arrives_ns, event.arrives_ns - sent_ns)
        elif isinstance(body, Append) and body.entries and body.entries[-1].index > self._appended:
            for entry in body.entries:
                self._appended_ns.setdefault(entry.index, event.time_ns)
            self._appended = body.entries[-1].index
            while len(self._appended_ns) > APPENDED_MOST:
                del self._appended_ns[next(iter(self._appended_ns))]

    def _dropped(self, event: MessageDropped) -> None:
        self._catch_up(event.time_ns)
        self._answers.pop(event.message, None)

    # -- consensus

    def _raft_changed(self, event: RaftStateChanged) -> None:
        self._catch_up(event.time_ns)
        if event.role == "leader":  # what earlier leaders sent may be sent again, as other entries
            self._appended = self._commit
            self._appended_ns.clear()

    def _log_changed(self, event: RaftLogChanged) -> None:
        if event.commit <= self._commit:
            return
        self._catch_up(event.time_ns)
        self._sample.count("commits", event.commit - self._commit)
        for index in range(self._commit + 1, event.commit + 1):
            sent_ns = self._appended_ns.pop(index, None)
            if sent_ns is not None:
                self._sample.took("commit", event.time_ns - sent_ns)
        self._commit = event.commit

    # -- API, scheduler, controllers

    def _audited(self, event: RequestAudited) -> None:
        self._catch_up(event.time_ns)
        sample = self._sample
        sample.count(f"verb/{event.verb}")
        sample.count(f"code/{event.code}")
        if event.verb != "watch":  # which lasts for as long as somebody watches
            sample.took("api", event.latency_ns)

    def _queue_changed(self, event: QueueChanged) -> None:
        self._catch_up(event.time_ns)
        self._queues[event.source] = event.counts
        self._deepest(self._sample, event.source, event.counts)

    def _deepest(self, sample: Sample, scheduler: str, depths: tuple[int, int, int]) -> None:
        if self._machines.leads.get(scheduler) is not False:  # who does not lead only keeps its queue warm
            for name, depth in zip(QUEUES, depths, strict=True):
                sample.peak(f"queue/{name}", depth)

    def _work_changed(self, event: WorkChanged) -> None:
        self._catch_up(event.time_ns)
        self._sample.peak(f"work/{event.controller}", event.waiting + (event.change == "taken"))

    def _changed(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        either = after or before
        assert either is not None
        if either.resource is PODS or either.resource is NODES:
            self._states_are_old = True
        placed = either.resource is PODS and before is not None and after is not None and _node(after) != ""
        if placed and before is not None and _node(before) == "":
            self._sample.took("scheduling", event.time_ns - before.created_ns)


def _node(pod: Stored) -> str:
    return str(dig(pod.document, "spec", "nodeName", default=""))
