"""Projections: trace events in, records on the stage.

One file a part of the cluster. A projection says by `handlers` which events it looks at; a new one is a file and a line
in `Projections`. Projections only look: nothing here may change what is simulated.
"""

from collections.abc import Callable
from typing import Any

from orrery.cluster import Cluster
from orrery.kernel import TraceEvent
from orrery.theatre.projections.consensus import Consensus
from orrery.theatre.projections.flows import Flows
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.history import History
from orrery.theatre.projections.insight import Insight
from orrery.theatre.projections.interiors import Interiors
from orrery.theatre.projections.journal import Journal
from orrery.theatre.projections.machines import Machines
from orrery.theatre.projections.marks import Marks
from orrery.theatre.projections.metrics import Metrics
from orrery.theatre.projections.objects import Objects
from orrery.theatre.projections.observations import Observations
from orrery.theatre.projections.quorum import Quorum
from orrery.theatre.projections.requests import Requests
from orrery.theatre.projections.safety import Safety
from orrery.theatre.projections.scheduling import Scheduling
from orrery.theatre.projections.suspense import Suspense
from orrery.theatre.projections.timers import Timers
from orrery.theatre.projections.watches import Watches
from orrery.theatre.projections.workloads import Workloads
from orrery.theatre.stage import Stage


class Projections:
    """All of them on one stage, fed by the kernel's trace."""

    def __init__(self, stage: Stage, cluster: Cluster) -> None:
        self._stage = stage
        kernel = cluster.kernel
        insight = Insight(cluster)
        self.machines = Machines(stage, kernel)
        self.consensus = Consensus(stage, insight, self.machines)
        self.timers = Timers(stage, insight)
        self.quorum = Quorum(stage, insight)
        self.safety = Safety(stage, kernel)
        self.objects = Objects(stage)
        self.history = History(self.objects)
        self.journal = Journal(kernel)
        self.observations = Observations()
        self.metrics = Metrics(self.objects, self.machines)
        self.workloads = Workloads(stage, kernel, self.objects, self.machines)
        self.scheduling = Scheduling(stage, self.workloads, self.objects)
        self.flows = Flows(stage)
        self.marks = Marks(stage, self.objects)
        self.requests = Requests(self.machines)
        self.suspense = Suspense(kernel, self.objects, self.consensus)
        self.watches = Watches()
        self.interiors = Interiors(stage, self.objects)
        self._handlers: dict[type[TraceEvent], tuple[Callable[[Any], None], ...]] = {}
        for projection in (
            self.machines, self.consensus, self.objects, self.scheduling, self.flows, self.marks, self.requests,
            self.watches, self.quorum, self.safety, self.journal, self.observations, self.metrics,
        ):
            self._add(projection.handlers())
        for handlers in self.interiors.handlers():
            self._add(handlers)
        kernel.trace.subscribe(self._on_event)

    def begin(self) -> None:
        """The audience comes in now: what the boot caused is past, and everything stands on the stage."""
        self.flows.by_number.clear()
        self.scheduling.forget()
        self.machines.show_all()
        self._stage.begin()

    def _add(self, handlers: Handlers) -> None:
        for kind, handler in handlers.items():
            self._handlers[kind] = (*self._handlers.get(kind, ()), handler)

    def _on_event(self, event: TraceEvent) -> None:
        for handler in self._handlers.get(type(event), ()):
            handler(event)
