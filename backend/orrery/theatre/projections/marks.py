"""Marks: what is worth a point on the time line and a sentence for the audience.

The sentences themselves are the browser's, one for each kind and language; here is only what happened.
"""

from orrery.etcd.events import EtcdApplied, RaftStateChanged, VotesCounted
from orrery.kernel import FlowStarted, ProcessExited
from orrery.machinery.objects import dig, find_condition, pod_is_ready
from orrery.machinery.resources import DEPLOYMENTS, NODES, PODS
from orrery.scheduler.events import SchedulingDecision
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.objects import Objects, Stored
from orrery.theatre.projections.workloads import readiness
from orrery.theatre.records import Mark, MarkKind
from orrery.theatre.stage import Stage

_MENDING = ("restart", "resume", "heal")


class Marks:
    """Turns events into marks."""

    def __init__(self, stage: Stage, objects: Objects) -> None:
        self._stage = stage
        self._count = 0
        self._leaders: dict[str, int] = {}  # member: term that it leads
        self._standing: dict[str, int] = {}  # member: term that it stands for
        objects.watch(self._changed)

    def handlers(self) -> Handlers:
        return {
            FlowStarted: self._flow_started,
            ProcessExited: self._process_exited,
            RaftStateChanged: self._raft_changed,
            VotesCounted: self._votes_counted,
            SchedulingDecision: self._decided,
        }

    def _mark(
        self, t_ns: int, flow: int, kind: MarkKind, subject: str, *, prominent: bool = False, **args: str | int
    ) -> None:
        self._count += 1
        self._stage.mark(
            Mark(id=self._count, t_ns=t_ns, kind=kind, flow=flow, subject=subject, args=args, prominent=prominent)
        )

    # -- people

    def _flow_started(self, event: FlowStarted) -> None:
        if event.kind == "fault":
            mends = event.title.startswith(_MENDING)
            self._mark(
                event.time_ns, event.flow, "heal" if mends else "fault", event.subject, prominent=True,
                fault=event.title.partition(" ")[0],
            )
        elif event.kind == "request":
            self._mark(event.time_ns, event.flow, "request", event.subject, title=event.title)

    def _process_exited(self, event: ProcessExited) -> None:
        if event.source in self._leaders:
            term = self._leaders.pop(event.source)
            self._mark(event.time_ns, event.flow, "no-leader", event.source, prominent=True, term=term)
        if not event.crashed and event.restart_ns:
            self._mark(event.time_ns, event.flow, "component-crash", event.source, prominent=True, reason=event.reason)

    # -- consensus

    def _raft_changed(self, event: RaftStateChanged) -> None:
        member = event.member
        if event.role == "leader":
            self._leaders = {member: event.term}
            self._mark(event.time_ns, event.flow, "leader", member, prominent=True, term=event.term)
        elif self._leaders.pop(member, None) is not None:
            self._mark(event.time_ns, event.flow, "no-leader", member, prominent=True, term=event.term)

    def _votes_counted(self, event: VotesCounted) -> None:
        if not event.pre and self._standing.get(event.member) != event.term:
            self._standing[event.member] = event.term
            self._mark(event.time_ns, event.flow, "election", event.member, term=event.term, needed=event.needed)

    # -- objects

    def _changed(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        either = after or before
        assert either is not None
        if either.resource is DEPLOYMENTS:
            self._deployment(event, before, after)
        elif either.resource is NODES and before is not None and after is not None:
            self._node(event, before, after)
        elif either.resource is PODS:
            self._pod(event, before, after)

    def _deployment(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        if after is None:
            assert before is not None
            self._mark(event.time_ns, event.flow, "delete", _key(before), prominent=True, what="Deployment")
            return
        replicas = dig(after.document, "spec", "replicas", default=1)
        if before is None:
            self._mark(event.time_ns, event.flow, "deploy", _key(after), prominent=True, replicas=replicas)
        elif (was := dig(before.document, "spec", "replicas", default=1)) != replicas:
            self._mark(event.time_ns, event.flow, "scale", _key(after), prominent=True, replicas=replicas, before=was)

    def _node(self, event: EtcdApplied, before: Stored, after: Stored) -> None:
        was, now = readiness(before.document), readiness(after.document)
        if was == now:
            return
        kind: MarkKind = "node-ready" if now == "True" else "node-not-ready"
        self._mark(event.time_ns, event.flow, kind, after.name, prominent=True, status=now)

    def _pod(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        if after is None:
            return
        pod = after.document
        if pod_is_ready(pod) and (before is None or not pod_is_ready(before.document)):
            node = str(dig(pod, "spec", "nodeName", default=""))
            self._mark(event.time_ns, event.flow, "pod-running", _key(after), node=node)
        target = find_condition(pod, "DisruptionTarget")
        if target is not None and (before is None or find_condition(before.document, "DisruptionTarget") is None):
            self._mark(
                event.time_ns, event.flow, "eviction", _key(after), prominent=True,
                node=str(dig(pod, "spec", "nodeName", default="")), reason=str(target.get("reason", "")),
            )

    # -- scheduling

    def _decided(self, event: SchedulingDecision) -> None:
        if event.selected is None:
            self._mark(
                event.time_ns, event.flow, "unschedulable", event.pod, prominent=True, nodes=event.all_nodes,
                message=event.message,
            )
            return
        total = next((node.total for node in event.nodes if node.node == event.selected), None)
        self._mark(
            event.time_ns, event.flow, "scheduled", event.pod, node=event.selected, score=total or 0,
            nodes=event.feasible,
        )


def _key(stored: Stored) -> str:
    return f"{stored.namespace}/{stored.name}"
