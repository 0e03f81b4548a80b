"""A machine: an address, a clock, a disk, and the processes on it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from orrery.kernel.disk import Disk, DiskProfile
from orrery.kernel.events import ClockChanged, DiskChanged, HostCrashed, HostStarted
from orrery.kernel.process import Process
from orrery.kernel.units import SECOND

if TYPE_CHECKING:
    from orrery.kernel.kernel import Kernel
    from orrery.kernel.network import Listener


Program = Callable[[Process, list[str], Callable[[str], object], Callable[[str], object]], Awaitable[int]]
"""A program that can be run on a machine: the process that it runs in, its arguments, stdout and stderr; its exit
code."""


class Host:
    """A simulated machine. `role` is for the audience: the kernel does not look at it. `programs` are what can be run
    on it by name, besides its supervised processes."""

    def __init__(self, kernel: "Kernel", name: str, *, ip: str, role: str, disk: DiskProfile | None) -> None:
        self.kernel = kernel
        self.name = name
        self.ip = ip
        self.role = role
        self.up = True
        self.boots = 1  # a connection of an earlier boot is unknown to this one
        self.booted_ns = kernel.now_ns
        self.clock_skew_ns = 0
        self.disk = Disk(self, disk or DiskProfile())
        self.processes: dict[str, Process] = {}
        self.programs: dict[str, Program] = {}
        self.listeners: dict[int, Listener] = {}
        kernel.network.register(self)

    def add_process(self, name: str, main: Callable[[Process], Awaitable[object]], *, start: bool = True) -> Process:
        """A process and its supervisor; `main` runs anew, with nothing but the disk, at each start."""
        process = Process(self, name, main)
        self.processes[name] = process
        if start:
            process.start()
        return process

    def wall_ns(self) -> int:
        """What this machine's clock shows, in unix nanoseconds."""
        return self.kernel.epoch_s * SECOND + self.kernel.now_ns + self.clock_skew_ns

    def set_clock_skew(self, skew_ns: int) -> None:
        self.clock_skew_ns = skew_ns
        self.kernel.trace.emit(ClockChanged(source=self.name, skew_ns=skew_ns))

    def set_disk(self, *, slow_ns: int | None = None, full: bool | None = None) -> None:
        """Makes the disk slow, or full, or mends it; None leaves that as it is."""
        disk = self.disk
        disk.slow_ns = disk.slow_ns if slow_ns is None else slow_ns
        disk.full = disk.full if full is None else full
        self.kernel.trace.emit(DiskChanged(source=self.name, slow_ns=disk.slow_ns, full=disk.full))

    def crash(self) -> None:
        """Power off: every process ends without a word to anybody, and the disk loses what was not synced."""
        if not self.up:
            return
        self.up = False
        self.kernel.trace.emit(HostCrashed(source=self.name))
        for process in self.processes.values():
            process.end("power lost", silent=True)
        self.listeners.clear()
        self.disk.lose_unsynced()

    def start(self) -> None:
        """Power on: every supervised process starts, unless somebody had it crashed by hand."""
        if self.up:
            return
        self.up = True
        self.boots += 1
        self.booted_ns = self.kernel.now_ns
        self.kernel.trace.emit(HostStarted(source=self.name))
        for process in self.processes.values():
            if not process.kept_down:
                process.start()
