"""The fault desk: everything that can be broken or mended, by name.

A fault is one function here and one line in FAULTS. Bad arguments raise ValueError with a sentence for people.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from orrery.kernel.units import HOUR, SECOND

if TYPE_CHECKING:
    from orrery.kernel.host import Host
    from orrery.kernel.kernel import Kernel
    from orrery.kernel.process import Process


MOST_NS = 60 * SECOND
SKEW_MOST_NS = 24 * HOUR


class FaultDesk:
    """Applies faults to a kernel's world. Each begins a flow of its own, so that what follows can be told from it."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self.bugs: list[tuple[str, BaseException]] = []  # (component, error): crashes by a bug, for tests to look at

    def apply(self, name: str, **arguments: Any) -> int:
        """Applies the fault of that name now; returns the number of its flow."""
        fault = FAULTS.get(name)
        if fault is None:
            raise ValueError(f"unknown fault {name!r}: it is one of {', '.join(FAULTS)}")
        kernel = self._kernel
        try:
            subject, act = fault(kernel, **arguments)
        except TypeError:
            raise ValueError(f"fault {name!r} does not take {', '.join(arguments) or 'no arguments'}") from None
        title = f"{name} {subject}".strip()
        flow = kernel.trace.start_flow(kind="fault", title=title, subject=subject, source="outside")
        act()
        return flow

    def note_bug(self, process: "Process", error: BaseException) -> None:
        self.bugs.append((process.id, error))
        del self.bugs[:-100]


Act = tuple[str, Callable[[], object]]


def _process(kernel: "Kernel", component: str) -> "Process":
    try:
        return kernel.process(component)
    except KeyError:
        raise ValueError(f"there is no component {component!r}; components are named host/process") from None


def _host(kernel: "Kernel", host: str) -> "Host":
    if host not in kernel.hosts:
        raise ValueError(f"there is no host {host!r}")
    return kernel.hosts[host]


def _pair(kernel: "Kernel", a: str, b: str) -> str:
    _host(kernel, a), _host(kernel, b)
    if a == b:
        raise ValueError(f"a link joins two hosts, not {a} with itself")
    return f"{a}|{b}"


def crash_process(kernel: "Kernel", *, component: str) -> Act:
    return component, _process(kernel, component).crash


def restart_process(kernel: "Kernel", *, component: str) -> Act:
    process = _process(kernel, component)
    if not process.host.up:
        raise ValueError(f"{component} cannot start: its host {process.host.name} is down; restart the host first")

    def act() -> None:
        if process.alive:
            process.end("restarted")
        process.start()

    return component, act


def hang_process(kernel: "Kernel", *, component: str) -> Act:
    return component, _process(kernel, component).hang


def resume_process(kernel: "Kernel", *, component: str) -> Act:
    return component, _process(kernel, component).resume


def crash_host(kernel: "Kernel", *, host: str) -> Act:
    return host, _host(kernel, host).crash


def restart_host(kernel: "Kernel", *, host: str) -> Act:
    machine = _host(kernel, host)

    def act() -> None:
        machine.crash()
        machine.start()

    return host, act


def slow_disk(kernel: "Kernel", *, host: str, extra_ns: int) -> Act:
    machine = _host(kernel, host)
    if not 0 <= extra_ns <= MOST_NS:
        raise ValueError("what a sync takes longer must be between 0 and 60 seconds")
    return host, lambda: machine.set_disk(slow_ns=int(extra_ns))


def fill_disk(kernel: "Kernel", *, host: str) -> Act:
    machine = _host(kernel, host)
    return host, lambda: machine.set_disk(full=True)


def heal_disk(kernel: "Kernel", *, host: str) -> Act:
    machine = _host(kernel, host)
    return host, lambda: machine.set_disk(slow_ns=0, full=False)


def skew_clock(kernel: "Kernel", *, host: str, skew_ns: int) -> Act:
    machine = _host(kernel, host)
    if abs(skew_ns) > SKEW_MOST_NS:
        raise ValueError("a clock can be off by a day at the most")
    return host, lambda: machine.set_clock_skew(int(skew_ns))


def cut_link(kernel: "Kernel", *, a: str, b: str, one_way: bool = False) -> Act:
    return _pair(kernel, a, b), lambda: kernel.network.cut(a, b, one_way=one_way)


def heal_link(kernel: "Kernel", *, a: str, b: str) -> Act:
    return _pair(kernel, a, b), lambda: kernel.network.heal(a, b)


def slow_link(kernel: "Kernel", *, a: str, b: str, extra_ns: int) -> Act:
    if not 0 <= extra_ns <= MOST_NS:
        raise ValueError("extra latency must be between 0 and 60 seconds")
    return _pair(kernel, a, b), lambda: kernel.network.slow(a, b, int(extra_ns))


def drop_link(kernel: "Kernel", *, a: str, b: str, probability: float) -> Act:
    if not 0 <= probability <= 1:
        raise ValueError("probability must be between 0 and 1")
    return _pair(kernel, a, b), lambda: kernel.network.drop(a, b, float(probability))


def partition(kernel: "Kernel", *, groups: list[list[str]]) -> Act:
    """Cuts every link between hosts of different groups; hosts in no group are left alone."""
    seen: list[str] = []
    for group in groups:
        for name in group:
            _host(kernel, name)
            if name in seen:
                raise ValueError(f"host {name!r} stands in the partition twice")
            seen.append(name)

    def act() -> None:
        for index, group in enumerate(groups):
            for other in groups[index + 1 :]:
                for a in group:
                    for b in other:
                        kernel.network.cut(a, b)

    return " / ".join(",".join(group) for group in groups), act


def heal_links(kernel: "Kernel") -> Act:
    """Every link as new."""

    def act() -> None:
        for link in kernel.network.links():
            if not link.healthy:
                kernel.network.heal(link.a, link.b)

    return "", act


def heal_all(kernel: "Kernel") -> Act:
    """Every link as new, every host and process up, every clock right, every disk in order."""

    def act() -> None:
        heal_links(kernel)[1]()
        for host in kernel.hosts.values():
            if host.clock_skew_ns:
                host.set_clock_skew(0)
            if host.disk.slow_ns or host.disk.full:
                host.set_disk(slow_ns=0, full=False)
            host.start()
            for process in host.processes.values():
                process.resume()
                process.start()

    return "", act


FAULTS: dict[str, Callable[..., Act]] = {
    "crash-process": crash_process,
    "restart-process": restart_process,
    "hang-process": hang_process,
    "resume-process": resume_process,
    "crash-host": crash_host,
    "restart-host": restart_host,
    "skew-clock": skew_clock,
    "slow-disk": slow_disk,
    "fill-disk": fill_disk,
    "heal-disk": heal_disk,
    "cut-link": cut_link,
    "heal-link": heal_link,
    "slow-link": slow_link,
    "drop-link": drop_link,
    "partition": partition,
    "heal-links": heal_links,
    "heal-all": heal_all,
}
