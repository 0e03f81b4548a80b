"""Each host's journal, as systemd-journald would keep it: what its processes logged, and what systemd did with them.

It lives on the host's disk in reality, and survives there whatever happens to the processes; it is bounded here as
it is there.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from orrery.kernel import Event, HostStarted, Kernel, LogLine, ProcessExited, ProcessStarted, TraceEvent

LINES_MOST = 4000
PID_FIRST = 612

PRIORITIES = {"fatal": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}

DESCRIPTIONS = {
    "kubelet": "kubelet: The Kubernetes Node Agent",
    "containerd": "containerd container runtime",
    "kube-proxy": "Kubernetes Kube-Proxy Server",
    "kube-apiserver": "Kubernetes API Server",
    "kube-scheduler": "Kubernetes Scheduler",
    "kube-controller-manager": "Kubernetes Controller Manager",
    "etcd": "etcd - highly-available key value store",
    "load-balancer": "TCP load balancer",
    "registry": "OCI image registry",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `unit` is the process it is about; `identifier` is who wrote it."""

    number: int
    wall_ns: int
    host: str
    unit: str
    identifier: str
    pid: int
    priority: int
    text: str


class Journal:
    """The journals of all hosts; it only listens."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._lines: dict[str, deque[Entry]] = {}
        self._count = 0
        self._news: list[Event] = []
        kernel.trace.subscribe(self._on_event)

    def entries(self, hosts: list[str]) -> list[Entry]:
        """What the journals of these hosts hold, in the order in which it was written."""
        found = [entry for host in hosts for entry in self._lines.get(host, ())]
        return sorted(found, key=lambda entry: entry.number) if len(hosts) > 1 else found

    def since(self, hosts: list[str], number: int) -> list[Entry]:
        """What came after an entry."""
        found = []
        for host in hosts:
            for entry in reversed(self._lines.get(host, ())):
                if entry.number <= number:
                    break
                found.append(entry)
        return sorted(found, key=lambda entry: entry.number)

    @property
    def last(self) -> int:
        """The number of the newest entry of all."""
        return self._count

    def follow(self) -> Event:
        """An event that is set when something is written; to be given back to `leave`."""
        event = Event(self._kernel)
        self._news.append(event)
        return event

    def leave(self, event: Event) -> None:
        self._news.remove(event)

    def pid(self, host: str, process: str) -> int:
        """A process id that tells processes and their incarnations apart: the simulation itself has none."""
        hosts = self._kernel.hosts
        processes = hosts[host].processes
        place = 137 * list(processes).index(process) + 23 * list(hosts).index(host)
        return PID_FIRST + place + (processes[process].incarnation - 1) * 1009

    def _on_event(self, event: TraceEvent) -> None:
        kind = type(event)
        if kind is LogLine:
            host, _, process = event.source.partition("/")
            self._write(host, process, process, PRIORITIES.get(event.level, 6), _flat(event.text))  # type: ignore[attr-defined]
        elif kind is ProcessStarted:
            self._systemd(event.source, "Started {unit}.service - {description}.")
        elif kind is ProcessExited:
            self._exited(event)  # type: ignore[arg-type]
        elif kind is HostStarted:
            self._write(event.source, "", "kernel", 6, "Linux version 6.8.0 (simulated) booting")

    def _exited(self, event: ProcessExited) -> None:
        if event.reason == "power lost":
            return  # nobody was left to write it down
        cause = "code=killed, status=9/KILL" if event.crashed else "code=exited, status=1/FAILURE"
        self._systemd(event.source, f"{{unit}}.service: Main process exited, {cause}", 5)
        self._systemd(
            event.source, "{unit}.service: Failed with result '%s'." % ("signal" if event.crashed else "exit-code"), 4
        )

    def _systemd(self, source: str, text: str, priority: int = 6) -> None:
        host, _, unit = source.partition("/")
        if unit in DESCRIPTIONS:
            self._write(host, unit, "systemd", priority, text.format(unit=unit, description=DESCRIPTIONS[unit]))

    def _write(self, host_name: str, unit: str, identifier: str, priority: int, text: str) -> None:
        host = self._kernel.hosts.get(host_name)
        if host is None:
            return
        self._count += 1
        pid = 1 if identifier == "systemd" else 0 if identifier == "kernel" else self.pid(host_name, unit)
        entry = Entry(self._count, host.wall_ns(), host_name, unit, identifier, pid, priority, text)
        self._lines.setdefault(host_name, deque(maxlen=LINES_MOST)).append(entry)
        for event in self._news:
            event.set()


def _flat(text: str) -> str:
    return text.replace("\n", "\\n")
