"""Hosts, their processes, and the links between them."""

from collections.abc import Mapping
from typing import cast

from orrery.kernel import (
    ClockChanged,
    DiskChanged,
    HostCrashed,
    HostStarted,
    Kernel,
    LinkChanged,
    Process,
    ProcessExited,
    ProcessHung,
    ProcessResumed,
    ProcessStarted,
    TraceEvent,
)
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.records import ComponentRecord, Cut, HostRecord, HostRole, LinkRecord, ProcessState
from orrery.theatre.stage import Stage
from orrery.theatre.terminal.toolbox import SHELL


class Machines:
    """What runs where, and in what state. Reads the kernel's own hosts and processes when a record is made."""

    def __init__(self, stage: Stage, kernel: Kernel) -> None:
        self._stage = stage
        self._kernel = kernel
        self._since_ns: dict[str, int] = {}
        self._reason: dict[str, str] = {}
        self.requests: dict[str, int] = {}
        self.leads: dict[str, bool] = {}  # by component: whether it leads, for those that have a leader

    def handlers(self) -> Handlers:
        return {
            HostCrashed: self._host_changed,
            HostStarted: self._host_changed,
            ClockChanged: self._host_changed,
            DiskChanged: self._host_changed,
            ProcessStarted: self._process_changed,
            ProcessExited: self._process_changed,
            ProcessHung: self._process_changed,
            ProcessResumed: self._process_changed,
            LinkChanged: self._link_changed,
        }

    def show_all(self) -> None:
        """Puts every host and component on the stage."""
        now_ns = self._kernel.now_ns
        for host in self._kernel.hosts.values():
            self._touch_host(now_ns, host.name)
            for process in host.processes.values():
                self.touch_component(now_ns, process.id)
        for link in self._kernel.network.links():
            if not link.healthy:
                self._touch_link(now_ns, link.a, link.b)

    def touch_component(self, t_ns: int, component: str) -> None:
        self._stage.touch(t_ns, component, lambda: self._component(component))

    def set_leader(self, t_ns: int, component: str, leads: bool) -> None:
        if self.leads.get(component) != leads:
            self.leads[component] = leads
            self.touch_component(t_ns, component)

    def _host_changed(self, event: TraceEvent) -> None:
        self._touch_host(event.time_ns, event.source)

    def _touch_host(self, t_ns: int, name: str) -> None:
        self._stage.touch(t_ns, f"host/{name}", lambda: self._host(name))

    def _process_changed(self, event: TraceEvent) -> None:
        component = event.source
        self._since_ns[component] = event.time_ns
        self._reason[component] = event.reason if isinstance(event, ProcessExited) else ""
        if isinstance(event, ProcessExited) and component in self.leads:
            self.leads[component] = False
        self.touch_component(event.time_ns, component)

    def _link_changed(self, event: TraceEvent) -> None:
        assert isinstance(event, LinkChanged)
        self._touch_link(event.time_ns, event.a, event.b)

    def _touch_link(self, t_ns: int, a: str, b: str) -> None:
        self._stage.touch(t_ns, f"link/{a}|{b}", lambda: self._link(a, b))

    def _host(self, name: str) -> HostRecord:
        hosts = self._kernel.hosts
        host = hosts[name]
        order = [other.name for other in hosts.values() if other.role == host.role].index(name)
        return HostRecord(
            id=f"host/{name}", name=name, ip=host.ip, role=cast(HostRole, host.role), up=host.up,
            clock_skew_ns=host.clock_skew_ns, disk_slow_ns=host.disk.slow_ns, disk_full=host.disk.full, order=order,
        )

    def _component(self, component: str) -> ComponentRecord | None:
        process: Process = self._kernel.process(component)
        if process.name == SHELL:
            return None  # a person's shell is no part of the cluster
        return ComponentRecord(
            id=component, host=process.host.name, name=process.name, state=cast(ProcessState, process.state),
            restarts=process.restarts, leader=self.leads.get(component), since_ns=self._since_ns.get(component, 0),
            reason=self._reason.get(component, ""), requests=self.requests.get(component, 0),
        )

    def _link(self, a: str, b: str) -> LinkRecord | None:
        link = self._kernel.network.link(a, b)
        if link.healthy:
            return None
        return LinkRecord(
            id=f"link/{a}|{b}", a=a, b=b, cut=_CUTS[(link.is_cut(a), link.is_cut(b))], slow_ns=link.slow_ns,
            drop=link.drop,
        )


_CUTS: Mapping[tuple[bool, bool], Cut] = {
    (False, False): "no",
    (True, True): "both",
    (True, False): "a-to-b",
    (False, True): "b-to-a",
}
