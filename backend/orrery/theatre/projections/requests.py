"""How many requests each API server has answered."""

from orrery.apiserver.events import RequestAudited
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.machines import Machines


class Requests:
    """Counts by component."""

    def __init__(self, machines: Machines) -> None:
        self._machines = machines

    def handlers(self) -> Handlers:
        return {RequestAudited: self._audited}

    def _audited(self, event: RequestAudited) -> None:
        counts = self._machines.requests
        counts[event.source] = counts.get(event.source, 0) + 1
        self._machines.touch_component(event.time_ns, event.source)
