"""Inside a controller manager: each control loop with its queue, what it has in hand, and what it acted upon."""

from collections import deque
from dataclasses import dataclass, field

from orrery.controllers.events import Reconciled, WorkChanged
from orrery.kernel import ProcessExited
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.records import ControllerPart, ReconciledView
from orrery.theatre.stage import Stage

ACTS_KEPT = 2
ACTIONS_SHOWN = 6


@dataclass(slots=True)
class _Loop:
    waiting: int = 0
    working: dict[str, None] = field(default_factory=dict)
    synced: int = 0
    failed: int = 0
    last_key: str = ""
    last_ns: int = 0
    acts: deque[ReconciledView] = field(default_factory=lambda: deque(maxlen=ACTS_KEPT))


class ControllerManagers(Interior):
    name = "kube-controller-manager"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._loops: dict[str, dict[str, _Loop]] = {}  # by component, by controller

    def handlers(self) -> Handlers:
        return {WorkChanged: self._work_changed, Reconciled: self._reconciled}

    def exited(self, event: ProcessExited) -> None:
        for name in self._loops.pop(event.source, {}):
            self._touch(event.time_ns, event.source, name, lambda: None)

    def _work_changed(self, event: WorkChanged) -> None:
        loop = self._loop(event.time_ns, event.source, event.controller)
        loop.waiting = event.waiting
        loop.last_key, loop.last_ns = event.key, event.time_ns
        if event.change == "taken":
            loop.working[event.key] = None
            return
        loop.working.pop(event.key, None)
        loop.synced += event.change == "done"
        loop.failed += event.change == "failed"

    def _reconciled(self, event: Reconciled) -> None:
        loop = self._loop(event.time_ns, event.source, event.controller)
        loop.acts.appendleft(ReconciledView(
            event=event.id, flow=event.flow, t_ns=event.time_ns, key=event.key, observed=event.observed,
            difference=event.difference, actions=tuple(event.actions[:ACTIONS_SHOWN]), acted=len(event.actions),
        ))

    def _loop(self, t_ns: int, component: str, name: str) -> _Loop:
        """The loop, which is about to change."""
        loop = self._loops.setdefault(component, {}).setdefault(name, _Loop())
        self._touch(t_ns, component, name, lambda: ControllerPart(
            name=name, waiting=loop.waiting, working=tuple(loop.working), synced=loop.synced, failed=loop.failed,
            last_key=loop.last_key, last_ns=loop.last_ns, acts=tuple(loop.acts),
        ))
        return loop
