"""Chaos: faults that come by themselves, drawn from a seed, each mended after a while, until somebody ends it.

It is part of the run: that it was begun is an input, and what it does follows from its seed alone. Gentle chaos leaves
every majority of etcd alone, one API server and half of the workers; wild chaos spares nothing but the clients and the
load balancer.

A new fault is one function here and one line in KINDS.
"""

from collections.abc import Callable, Mapping
from typing import Any

from orrery.kernel import MILLISECOND, NO_CAUSE, SECOND, Host, Kernel, Process, RandomStream, Task, sleep
from orrery.theatre.records import ChaosRecord
from orrery.theatre.stage import Stage
from orrery.theatre.terminal.toolbox import SHELL

BETWEEN_NS = (4 * SECOND, 20 * SECOND)  # from one fault to the next
BETWEEN_WILD_NS = (1 * SECOND, 6 * SECOND)
LASTS_NS = (8 * SECOND, 45 * SECOND)
OPEN_MOST = 3  # faults at once
OPEN_MOST_WILD = 8
ROLES = ("control-plane", "etcd", "worker")

Strike = tuple[str, dict[str, Any], str, dict[str, Any]]
"""A fault with its arguments, and what mends it with its own."""


class Chaos:
    """The chaos of one run; at most one at a time."""

    def __init__(self, kernel: Kernel, stage: Stage | None = None) -> None:
        self._kernel = kernel
        self._stage = stage
        self._task: Task | None = None
        self._open: list[tuple[int, Strike]] = []  # by when each is mended
        self._count = 0
        self._faults = 0

    def begin(self, seed: int, *, wild: bool) -> None:
        """Begins; what was going on ends first."""
        self.end()
        self._count += 1
        self._faults = 0
        random = self._kernel.stream(f"chaos/{seed}/{self._count}")
        self._show(seed, wild)
        self._task = self._kernel.spawn(self._run(random, seed, wild), name="chaos")

    def end(self) -> None:
        """Ends it, and mends what it broke."""
        if self._task is None:
            return
        self._task.cancel()
        self._task = None
        for _, strike in self._open:
            self._mend(strike)
        self._open = []
        self._tell(None)

    async def _run(self, random: RandomStream, seed: int, wild: bool) -> None:
        next_ns = self._kernel.now_ns
        while True:
            now_ns = self._kernel.now_ns
            for entry in [entry for entry in self._open if entry[0] <= now_ns]:
                self._open.remove(entry)
                self._mend(entry[1])
            if now_ns >= next_ns:
                if len(self._open) < (OPEN_MOST_WILD if wild else OPEN_MOST):
                    self._strike(random, seed, wild)
                next_ns = now_ns + random.between(*(BETWEEN_WILD_NS if wild else BETWEEN_NS))
            until_ns = min([next_ns, *(mended_ns for mended_ns, _ in self._open)])
            await sleep(max(1, until_ns - now_ns))

    def _strike(self, random: RandomStream, seed: int, wild: bool) -> None:
        strike = random.choice(list(KINDS.values()))(self._kernel, random, wild)
        if strike is None:
            return
        self._kernel.cause = NO_CAUSE
        self._kernel.faults.apply(strike[0], **strike[1])
        self._open.append((self._kernel.now_ns + random.between(*LASTS_NS), strike))
        self._faults += 1
        self._show(seed, wild)

    def _mend(self, strike: Strike) -> None:
        self._kernel.cause = NO_CAUSE
        try:
            self._kernel.faults.apply(strike[2], **strike[3])
        except ValueError:
            pass  # somebody broke more around it meanwhile: theirs to mend

    def _show(self, seed: int, wild: bool) -> None:
        self._tell(ChaosRecord(seed=seed, wild=wild, faults=self._faults))

    def _tell(self, record: ChaosRecord | None) -> None:
        if self._stage is not None:
            self._stage.touch(self._kernel.now_ns, "chaos", lambda: record)


# -- what may be hit


def _hosts(kernel: Kernel, *roles: str) -> list[Host]:
    return [host for host in kernel.hosts.values() if host.role in (roles or ROLES)]


def _is_well(process: Process) -> bool:
    return process.state == "running"


def _may_fall(kernel: Kernel, process: Process) -> bool:
    """Whether gentle chaos may take a process away."""
    same = [p for host in kernel.hosts.values() for p in host.processes.values() if p.name == process.name]
    well = sum(_is_well(other) for other in same)
    needed = {"etcd": len(same) // 2 + 1, "kubelet": (len(same) + 1) // 2}.get(process.name, 1)
    return well > needed


def _a_process(kernel: Kernel, random: RandomStream, wild: bool) -> Process | None:
    found = [
        process for host in _hosts(kernel) for process in host.processes.values()
        if _is_well(process) and process.name != SHELL and (wild or _may_fall(kernel, process))
    ]
    return random.choice(found) if found else None


def _a_link(kernel: Kernel, random: RandomStream) -> dict[str, str] | None:
    joins = [*_hosts(kernel), *_hosts(kernel, "load-balancer")]
    if len(joins) < 2:
        return None
    first = random.below(len(joins))
    second = (first + 1 + random.below(len(joins) - 1)) % len(joins)
    a, b = joins[first].name, joins[second].name
    return {"a": a, "b": b} if kernel.network.link(a, b).healthy else None


def _a_host(kernel: Kernel, random: RandomStream, fit: Callable[[Host], bool]) -> Host | None:
    found = [host for host in _hosts(kernel) if host.up and fit(host)]
    return random.choice(found) if found else None


# -- faults


def _crash(kernel: Kernel, random: RandomStream, wild: bool) -> Strike | None:
    process = _a_process(kernel, random, wild)
    if process is None:
        return None
    return "crash-process", {"component": process.id}, "restart-process", {"component": process.id}


def _hang(kernel: Kernel, random: RandomStream, wild: bool) -> Strike | None:
    process = _a_process(kernel, random, wild)
    if process is None:
        return None
    return "hang-process", {"component": process.id}, "resume-process", {"component": process.id}


def _power(kernel: Kernel, random: RandomStream, wild: bool) -> Strike | None:
    def fits(host: Host) -> bool:
        return wild or all(_may_fall(kernel, p) for p in host.processes.values() if p.name != SHELL)

    host = _a_host(kernel, random, fits)
    return ("crash-host", {"host": host.name}, "restart-host", {"host": host.name}) if host else None


def _cut(kernel: Kernel, random: RandomStream, wild: bool) -> Strike | None:
    link = _a_link(kernel, random)
    if link is None:
        return None
    return "cut-link", {**link, "one_way": random.chance(0.25)}, "heal-link", link


def _slow(kernel: Kernel, random: RandomStream, wild: bool) -> Strike | None:
    link = _a_link(kernel, random)
    extra_ns = random.between(50, 1_500 if wild else 500) * MILLISECOND
    return ("slow-link", {**link, "extra_ns": extra_ns}, "heal-link", link) if link else None


def _lossy(kernel: Kernel, random: RandomStream, wild: bool) -> Strike | None:
    link = _a_link(kernel, random)
    probability = random.between(5, 60 if wild else 30) / 100
    return ("drop-link", {**link, "probability": probability}, "heal-link", link) if link else None


def _slow_disk(kernel: Kernel, random: RandomStream, wild: bool) -> Strike | None:
    host = _a_host(kernel, random, lambda h: not h.disk.slow_ns)
    extra_ns = random.between(20, 900 if wild else 200) * MILLISECOND
    return ("slow-disk", {"host": host.name, "extra_ns": extra_ns}, "heal-disk", {"host": host.name}) if host else None


def _skew(kernel: Kernel, random: RandomStream, wild: bool) -> Strike | None:
    host = _a_host(kernel, random, lambda h: not h.clock_skew_ns)
    skew_ns = random.between(1, 600 if wild else 60) * SECOND * (1 if random.chance(0.5) else -1)
    if host is None:
        return None
    return "skew-clock", {"host": host.name, "skew_ns": skew_ns}, "skew-clock", {"host": host.name, "skew_ns": 0}


KINDS: Mapping[str, Callable[[Kernel, RandomStream, bool], Strike | None]] = {
    "crash": _crash,
    "hang": _hang,
    "power": _power,
    "cut": _cut,
    "slow": _slow,
    "lossy": _lossy,
    "slow-disk": _slow_disk,
    "skew": _skew,
}
