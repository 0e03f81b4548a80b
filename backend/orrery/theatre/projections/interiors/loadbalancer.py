"""Inside a load balancer: the API servers behind it, as its checks find them."""

from orrery.cluster.events import BackendChanged
from orrery.kernel import ProcessExited
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.records import BackendPart
from orrery.theatre.stage import Stage


class LoadBalancers(Interior):
    name = "load-balancer"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._backends: dict[str, dict[str, None]] = {}  # by component

    def handlers(self) -> Handlers:
        return {BackendChanged: self._changed}

    def exited(self, event: ProcessExited) -> None:
        for backend in self._backends.pop(event.source, {}):
            self._touch(event.time_ns, event.source, backend, lambda: None)

    def _changed(self, event: BackendChanged) -> None:
        self._backends.setdefault(event.source, {})[event.backend] = None
        part = BackendPart(backend=event.backend, up=event.up, reason=event.reason, since_ns=event.time_ns)
        self._touch(event.time_ns, event.source, event.backend, lambda: part)
