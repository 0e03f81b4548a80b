"""Inside a scheduler: the Pod in hand, and those that are being bound. Its queues and decisions are records of their
own."""

from dataclasses import dataclass, field

from orrery.kernel import ProcessExited
from orrery.scheduler.events import BindingEnded, CycleStarted, SchedulingDecision
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.records import CycleView, SchedulerPart
from orrery.theatre.stage import Stage

BINDING_SHOWN = 12


@dataclass(slots=True)
class _Scheduler:
    in_hand: CycleView | None = None
    binding: dict[str, CycleView] = field(default_factory=dict)
    scheduled: int = 0
    refused: int = 0
    failed: str = ""


class Schedulers(Interior):
    name = "kube-scheduler"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._schedulers: dict[str, _Scheduler] = {}

    def handlers(self) -> Handlers:
        return {CycleStarted: self._started, SchedulingDecision: self._decided, BindingEnded: self._bound}

    def exited(self, event: ProcessExited) -> None:
        self._schedulers.pop(event.source, None)
        self._touch(event.time_ns, event.source, "cycle", lambda: None)

    def _started(self, event: CycleStarted) -> None:
        scheduler = self._scheduler(event.time_ns, event.source)
        scheduler.in_hand = CycleView(
            pod=event.pod, uid=event.uid, attempts=event.attempts, since_ns=event.time_ns
        )

    def _decided(self, event: SchedulingDecision) -> None:
        scheduler = self._scheduler(event.time_ns, event.source)
        scheduler.in_hand = None
        if event.selected is None:
            scheduler.refused += 1
            return
        scheduler.binding[event.uid] = CycleView(
            pod=event.pod, uid=event.uid, attempts=event.attempts, since_ns=event.time_ns, node=event.selected
        )

    def _bound(self, event: BindingEnded) -> None:
        scheduler = self._scheduler(event.time_ns, event.source)
        scheduler.binding.pop(event.uid, None)
        scheduler.scheduled += not event.error
        scheduler.failed = event.error

    def _scheduler(self, t_ns: int, component: str) -> _Scheduler:
        """The scheduler, which is about to change."""
        scheduler = self._schedulers.setdefault(component, _Scheduler())
        self._touch(t_ns, component, "cycle", lambda: SchedulerPart(
            in_hand=scheduler.in_hand, binding=tuple([*scheduler.binding.values()][:BINDING_SHOWN]),
            scheduled=scheduler.scheduled, refused=scheduler.refused, failed=scheduler.failed,
        ))
        return scheduler
