"""Scheduling: the queue, and every decision with all its reasons."""

from orrery.scheduler.events import QueueChanged, SchedulingDecision
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.workloads import Workloads
from orrery.theatre.records import DecisionRecord, FilterVerdict, NodeVerdict, PluginScore, QueueRecord
from orrery.theatre.stage import Stage

DECISIONS_KEPT = 60


class Scheduling:
    """Keeps the last decisions on the stage."""

    def __init__(self, stage: Stage, workloads: Workloads) -> None:
        self._stage = stage
        self._workloads = workloads
        self._kept: list[str] = []

    def handlers(self) -> Handlers:
        return {SchedulingDecision: self._decided, QueueChanged: self._queue_changed}

    def forget(self) -> None:
        """Takes all decisions off the stage."""
        for decision in self._kept:
            self._stage.touch(0, decision, lambda: None)
        self._kept = []

    def _decided(self, event: SchedulingDecision) -> None:
        decision = f"decision/{event.id}"
        self._stage.touch(event.time_ns, decision, lambda: decision_record(event))
        self._workloads.decided(event.time_ns, event.uid, decision)
        self._kept.append(decision)
        if len(self._kept) > DECISIONS_KEPT:
            self._stage.touch(event.time_ns, self._kept.pop(0), lambda: None)

    def _queue_changed(self, event: QueueChanged) -> None:
        record = QueueRecord(
            id=f"queue/{event.source}", component=event.source, active=tuple(event.active),
            backoff=tuple(event.backoff), unschedulable=tuple(event.unschedulable),
        )
        self._stage.touch(event.time_ns, record.id, lambda: record)


def decision_record(event: SchedulingDecision) -> DecisionRecord:
    return DecisionRecord(
        id=f"decision/{event.id}", event=event.id, flow=event.flow, time_ns=event.time_ns, scheduler=event.source,
        pod=event.pod, pod_uid=event.uid, selected=event.selected, tied=tuple(event.tied), message=event.message,
        nodes=tuple(
            NodeVerdict(
                node=node.node, total=node.total,
                filters=tuple(FilterVerdict(plugin=f.plugin, code=f.code, reasons=f.reasons) for f in node.filters),
                scores=tuple(
                    PluginScore(
                        plugin=s.plugin, raw=s.raw, normalized=s.normalized, weight=s.weight, weighted=s.weighted
                    )
                    for s in node.scores
                ),
            )
            for node in event.nodes
        ),
    )
