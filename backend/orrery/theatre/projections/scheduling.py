"""Scheduling: the scheduler's profile and queues, every decision with all its reasons, and its binding."""

from collections.abc import Iterable
from dataclasses import dataclass

from orrery.etcd.events import EtcdApplied
from orrery.machinery.objects import dig
from orrery.machinery.resources import PODS
from orrery.scheduler.decision import NodeVerdict as Verdict
from orrery.scheduler.events import (
    BindingEnded,
    BindingRequested,
    QueueChanged,
    SchedulerStarted,
    SchedulingDecision,
    Waiting,
)
from orrery.scheduler.remedies import Remedy as Found
from orrery.scheduler.remedies import WayIn as FoundWay
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.objects import Objects, Stored
from orrery.theatre.projections.workloads import Workloads
from orrery.theatre.records import (
    Amount,
    BindingRecord,
    Constraint,
    DecisionRecord,
    Filter,
    Hints,
    NodeVerdict,
    Point,
    QueueRecord,
    Refusal,
    Remedy,
    SchedulerRecord,
    Scorer,
    WaitingPod,
    WayIn,
)
from orrery.theatre.stage import Stage

DECISIONS_KEPT = 60
_REFUSING = ("Unschedulable", "UnschedulableAndUnresolvable", "Error")


@dataclass(slots=True)
class _Binding:
    event: BindingRequested
    answer: BindingEnded | None = None
    stored_ns: int | None = None
    revision: int | None = None


class Scheduling:
    """Keeps the last decisions on the stage, and their bindings with them."""

    def __init__(self, stage: Stage, workloads: Workloads, objects: Objects) -> None:
        self._stage = stage
        self._workloads = workloads
        self._kept: list[int] = []
        self._profiles: dict[str, SchedulerStarted] = {}
        self._bindings: dict[int, _Binding] = {}  # by the decision's event
        self._binding_of: dict[str, int] = {}  # by the Pod's uid, until it is stored
        objects.watch(self._changed)

    def handlers(self) -> Handlers:
        return {
            SchedulerStarted: self._started,
            SchedulingDecision: self._decided,
            BindingRequested: self._binding_requested,
            BindingEnded: self._binding_ended,
            QueueChanged: self._queue_changed,
        }

    def forget(self) -> None:
        """Takes all decisions off the stage."""
        while self._kept:
            self._drop(0)

    def _drop(self, t_ns: int) -> None:
        number = self._kept.pop(0)
        self._bindings.pop(number, None)
        for record in (f"decision/{number}", f"binding/{number}"):
            self._stage.touch(t_ns, record, lambda: None)

    def _started(self, event: SchedulerStarted) -> None:
        self._profiles[event.source] = event
        record = SchedulerRecord(
            id=f"scheduler/{event.source}", component=event.source, profile=event.profile,
            points=tuple(Point(point=point, plugins=plugins) for point, plugins in event.points),
            hints=tuple(Hints(plugin=plugin, events=events) for plugin, events in event.hints),
        )
        self._stage.touch(event.time_ns, record.id, lambda: record)

    def _decided(self, event: SchedulingDecision) -> None:
        profile = self._profiles.get(event.source)
        self._stage.touch(event.time_ns, f"decision/{event.id}", lambda: decision_record(event, profile))
        self._workloads.decided(event.time_ns, event.uid, f"decision/{event.id}")
        self._kept.append(event.id)
        if len(self._kept) > DECISIONS_KEPT:
            self._drop(event.time_ns)

    # -- bindings

    def _binding_requested(self, event: BindingRequested) -> None:
        self._bindings[event.decision] = _Binding(event)
        self._binding_of[event.uid] = event.decision
        self._touch_binding(event.time_ns, event.decision)

    def _binding_ended(self, event: BindingEnded) -> None:
        binding = self._bindings.get(event.decision)
        if binding is not None:
            binding.answer = event
            self._touch_binding(event.time_ns, event.decision)
        if event.error:
            self._binding_of.pop(event.uid, None)

    def _changed(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        either = after or before
        if either is None or either.resource is not PODS or not self._binding_of:
            return
        number = self._binding_of.get(either.document["metadata"]["uid"])
        if number is None or (after is not None and not dig(after.document, "spec", "nodeName")):
            return
        del self._binding_of[either.document["metadata"]["uid"]]
        binding = self._bindings.get(number)
        if binding is not None and after is not None:
            binding.stored_ns, binding.revision = event.time_ns, event.revision
            self._touch_binding(event.time_ns, number)

    def _touch_binding(self, t_ns: int, number: int) -> None:
        self._stage.touch(t_ns, f"binding/{number}", lambda: self._binding(number))

    def _binding(self, number: int) -> BindingRecord | None:
        binding = self._bindings.get(number)
        if binding is None:
            return None
        event, answer = binding.event, binding.answer
        return BindingRecord(
            id=f"binding/{number}", decision=f"decision/{number}", pod=event.pod, node=event.node,
            state="requested" if answer is None else "failed" if answer.error else "bound",
            message=answer.error if answer else "", requested_ns=event.time_ns,
            answered=answer.id if answer else None, answered_ns=answer.time_ns if answer else None,
            stored_ns=binding.stored_ns, revision=binding.revision,
        )

    # -- queues

    def _queue_changed(self, event: QueueChanged) -> None:
        self._stage.touch(event.time_ns, f"queue/{event.source}", lambda: queue_record(event))


def queue_record(event: QueueChanged) -> QueueRecord:
    """The queue as the page is told of it."""
    return QueueRecord(
        id=f"queue/{event.source}", component=event.source,
        in_hand=_waiting(event.in_hand) if event.in_hand else None,
        active=tuple(_waiting(each) for each in event.active), backoff=tuple(_waiting(each) for each in event.backoff),
        unschedulable=tuple(_waiting(each) for each in event.unschedulable), counts=event.counts,
    )


def _waiting(pod: Waiting) -> WaitingPod:
    return WaitingPod(
        pod=pod.pod, uid=pod.uid, priority=pod.priority, attempts=pod.attempts, since_ns=pod.since_ns,
        due_ns=pod.due_ns, refused_by=pod.refused_by, woken_by=pod.woken_by,
    )


def decision_record(event: SchedulingDecision, profile: SchedulerStarted | None) -> DecisionRecord:
    """The decision as the page is told of it: what nodes share is listed once."""
    refusals: dict[Refusal, int] = {}
    remedies: dict[Found, int] = {}
    nodes = tuple(_node(verdict, refusals, remedies) for verdict in event.nodes)
    return DecisionRecord(
        id=f"decision/{event.id}", event=event.id, flow=event.flow, began_ns=event.began_ns, time_ns=event.time_ns,
        scheduler=event.source, pod=event.pod, pod_uid=event.uid, attempt=event.attempts, priority=event.priority,
        requests=tuple(Amount(resource=name, amount=amount) for name, amount in event.requests),
        constraints=tuple(Constraint(field=name, text=text) for name, text in event.constraints),
        selected=event.selected, failed=event.failed, tied=event.tied, message=event.message,
        all_nodes=event.all_nodes, evaluated=event.evaluated, feasible=event.feasible,
        filters=_filters(event, profile), scorers=_scorers(event, profile), refusals=tuple(refusals),
        remedies=tuple(_remedy(each) for each in remedies), nodes=nodes, refused_by=event.refused_by,
        way_in=_way_in(event.way_in, event.nodes) if event.way_in is not None else None,
    )


def _node(verdict: Verdict, refusals: dict[Refusal, int], remedies: dict[Found, int]) -> NodeVerdict:
    last = verdict.filters[-1]
    refusal = None
    if last.code in _REFUSING:
        told = Refusal(plugin=last.plugin, code=last.code, reasons=last.reasons)
        refusal = refusals.setdefault(told, len(refusals))
    return NodeVerdict(
        node=verdict.node, refusal=refusal,
        remedies=tuple(remedies.setdefault(each, len(remedies)) for each in verdict.remedies),
        raw=tuple(each.raw for each in verdict.scores), normalized=tuple(each.normalized for each in verdict.scores),
        weighted=tuple(each.weighted for each in verdict.scores), total=verdict.total,
    )


def _filters(event: SchedulingDecision, profile: SchedulerStarted | None) -> tuple[Filter, ...]:
    """In the order of the cycle."""
    seen = (each.plugin for verdict in event.nodes for each in verdict.filters)
    names = _called("Filter", profile) or dict.fromkeys(seen)
    return tuple(Filter(plugin=name, skipped=("Filter", name) in event.skipped) for name in names)


def _scorers(event: SchedulingDecision, profile: SchedulerStarted | None) -> tuple[Scorer, ...]:
    weights = {each.plugin: each.weight for verdict in event.nodes for each in verdict.scores}
    if not weights:
        return ()
    known = dict(profile.weights) if profile else {}
    names = _called("Score", profile) or weights
    return tuple(
        Scorer(plugin=name, weight=weights.get(name, known.get(name, 1)), skipped=name not in weights) for name in names
    )


def _called(point: str, profile: SchedulerStarted | None) -> Iterable[str]:
    return next((plugins for name, plugins in profile.points if name == point), ()) if profile else ()


def _remedy(found: Found) -> Remedy:
    return Remedy(plugin=found.plugin, kind=found.kind, arguments=dict(found.arguments))


def _way_in(way: FoundWay, nodes: Iterable[Verdict]) -> WayIn:
    kinds = [each.kind for each in way.remedies]
    alike = sum(1 for verdict in nodes if [each.kind for each in verdict.remedies] == kinds)
    return WayIn(node=way.node, remedies=tuple(_remedy(each) for each in way.remedies), nodes=max(alike, 1))
