"""The containers that run on a machine, whatever becomes of the daemons that started them.

Each container has a shim of its own in the real thing, which outlives containerd. Here that is one value a container:
it lives until its program ends, it is stopped, or the machine loses power. Times are virtual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orrery.kernel import Host, Timer
from orrery.node.behaviour import Behaviour

SIGKILL_CODE = 137


@dataclass(frozen=True, slots=True)
class Exit:
    """How a container ended; ``time_ns`` by the machine's clock."""

    code: int
    reason: str
    time_ns: int


class Running:
    """One container at work."""

    __slots__ = ("behaviour", "id", "ip", "pod_uid", "started_ns", "stopping", "timer")

    def __init__(self, container_id: str, pod_uid: str, ip: str, behaviour: Behaviour, started_ns: int) -> None:
        self.id = container_id
        self.pod_uid = pod_uid
        self.ip = ip
        self.behaviour = behaviour
        self.started_ns = started_ns
        self.stopping = False
        self.timer: Timer | None = None


@dataclass(slots=True)
class Log:
    """What a container has written: its program, since when it runs (virtual, and by the machine's clock), and until
    when it did."""

    behaviour: Behaviour
    started_ns: int
    started_wall_ns: int
    ended_ns: int | None = None

    def lines(self, now_ns: int, *, after_ns: int = -1) -> list[tuple[int, str]]:
        """The lines so far, each with its time by the machine's clock; ``after_ns``: only those after that time."""
        to_ns = (now_ns if self.ended_ns is None else self.ended_ns) - self.started_ns
        from_ns = max(0, after_ns + 1 - self.started_wall_ns)
        return [(self.started_wall_ns + at_ns, line) for at_ns, line in self.behaviour.printed(from_ns, to_ns)]


class Machine:
    """What runs in containers on one host, and what they have written to their logs (/var/log/pods)."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.on_exit: Callable[[str], object] | None = None  # containerd's, while it lives
        self._running: dict[str, Running] = {}
        self._exits: dict[str, Exit] = {}
        self._logs: dict[str, Log] = {}
        self._boots = host.boots

    def running(self, container_id: str) -> Running | None:
        """The container, while it runs."""
        self._forget_earlier_boots()
        return self._running.get(container_id)

    def exit_of(self, container_id: str) -> Exit | None:
        """How the container ended; None while it runs, and for one of an earlier boot of the machine."""
        self._forget_earlier_boots()
        return self._exits.get(container_id)

    def start(self, container_id: str, pod_uid: str, ip: str, behaviour: Behaviour) -> None:
        """Starts a program."""
        self._forget_earlier_boots()
        kernel = self.host.kernel
        running = Running(container_id, pod_uid, ip, behaviour, kernel.now_ns)
        self._running[container_id] = running
        self._logs[container_id] = Log(behaviour, kernel.now_ns, self.host.wall_ns())
        if behaviour.run_ns is not None:
            self._end_at(running, kernel.now_ns + behaviour.run_ns, behaviour.exit_code)

    def terminate(self, container_id: str) -> None:
        """SIGTERM: a program that heeds it ends in its own time."""
        running = self.running(container_id)
        if running is None or running.stopping or not running.behaviour.heeds_sigterm:
            return
        running.stopping = True
        self._end_at(running, self.host.kernel.now_ns + running.behaviour.stop_ns, running.behaviour.stop_code)

    def kill(self, container_id: str) -> None:
        """SIGKILL."""
        running = self.running(container_id)
        if running is not None:
            self._end(running, SIGKILL_CODE, self._boots)

    def remove(self, container_id: str) -> None:
        """Forgets a container that has ended."""
        self._exits.pop(container_id, None)
        self._logs.pop(container_id, None)

    def log_of(self, container_id: str) -> Log | None:
        """What the container has written; None for one that is not known."""
        return self._logs.get(container_id)

    def answering(self, pod_uid: str) -> list[Running]:
        """The containers of a Pod that run, in the order of their start."""
        self._forget_earlier_boots()
        return [running for running in self._running.values() if running.pod_uid == pod_uid]

    def _end_at(self, running: Running, time_ns: int, code: int) -> None:
        if running.timer is not None:
            running.timer.cancel()
        running.timer = self.host.kernel.call_at(time_ns, self._end, running, code, self._boots)

    def _end(self, running: Running, code: int, boots: int) -> None:
        if not self.host.up or self.host.boots != boots or self._running.get(running.id) is not running:
            return
        if running.timer is not None:
            running.timer.cancel()
        del self._running[running.id]
        if running.id in self._logs:
            self._logs[running.id].ended_ns = self.host.kernel.now_ns
        reason = "Completed" if code == 0 else "Error"
        self._exits[running.id] = Exit(code, reason, self.host.wall_ns())
        if self.on_exit is not None:
            self.on_exit(running.id)

    def _forget_earlier_boots(self) -> None:
        if self._boots != self.host.boots:
            self._boots = self.host.boots
            self._running.clear()
            self._exits.clear()
