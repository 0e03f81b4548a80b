"""What one sees inside an opened component, host or Pod: trace events in, `InteriorRecord` out, one record an item.

One file a kind of component, and one name in `Interiors`. What an item shows was told by the component itself; what a
process only had in memory is gone with it.
"""

from orrery.kernel import ProcessExited, ProcessStarted
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.apiserver import ApiServers
from orrery.theatre.projections.interiors.containerd import Runtimes
from orrery.theatre.projections.interiors.controllers import ControllerManagers
from orrery.theatre.projections.interiors.etcd import EtcdMembers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.projections.interiors.kubelet import Kubelets
from orrery.theatre.projections.interiors.loadbalancer import LoadBalancers
from orrery.theatre.projections.interiors.pods import Pods
from orrery.theatre.projections.interiors.proxy import Proxies
from orrery.theatre.projections.objects import Objects
from orrery.theatre.stage import Stage


class Interiors:
    """All insides. A process that ends or starts is the business of those that show processes of its name."""

    def __init__(self, stage: Stage, objects: Objects) -> None:
        self.kinds: tuple[Interior, ...] = (
            ApiServers(stage), EtcdMembers(stage), ControllerManagers(stage),
            Kubelets(stage, objects), Runtimes(stage), Proxies(stage), LoadBalancers(stage), Pods(stage, objects),
        )
        self._of_process = {kind.name: kind for kind in self.kinds if kind.name}

    def handlers(self) -> list[Handlers]:
        own: Handlers = {ProcessStarted: self._started, ProcessExited: self._exited}
        return [own, *(kind.handlers() for kind in self.kinds)]

    def _started(self, event: ProcessStarted) -> None:
        kind = self._of_process.get(event.source.rpartition("/")[2])
        if kind is not None:
            kind.started(event)

    def _exited(self, event: ProcessExited) -> None:
        kind = self._of_process.get(event.source.rpartition("/")[2])
        if kind is not None:
            kind.exited(event)
