"""What the components wrote to their logs, and what became of them between the lines, from the boot on.

A line is stamped by its host's own clock, as journald and klog do: a skewed clock shows.
"""

from collections import Counter
from collections.abc import Iterator

from orrery.client.events import LeadershipChanged
from orrery.cluster.events import BackendChanged
from orrery.etcd.events import RaftSnapshotInstalled, RaftStateChanged
from orrery.kernel import (
    ClockChanged,
    HostCrashed,
    HostStarted,
    Kernel,
    LogLine,
    ProcessExited,
    ProcessHung,
    ProcessResumed,
    ProcessStarted,
    TraceEvent,
)
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.shelf import Shelf

KEPT = 40_000  # 350 bytes each: 14 megabytes
OF_A_HOST = (HostCrashed, HostStarted, ClockChanged)
STATES: tuple[type[TraceEvent], ...] = (
    ProcessStarted, ProcessExited, ProcessHung, ProcessResumed, *OF_A_HOST, RaftStateChanged, RaftSnapshotInstalled,
    LeadershipChanged, BackendChanged,
)


class Journal:
    """Lines and changes of state, in order, the oldest forgotten first."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._skews_ns: dict[int, int] = {}  # of lines from hosts whose clock was off
        self.shelf = Shelf(KEPT)
        self.lines: Counter[str] = Counter()  # kept, by component

    def handlers(self) -> Handlers:
        return dict.fromkeys((LogLine, *STATES), self._add)

    def forwards(self, number: int, component: str = "") -> Iterator[TraceEvent]:
        return (event for event in self.shelf.forwards(number) if concerns(event, component))

    def backwards(self, number: int, component: str = "") -> Iterator[TraceEvent]:
        return (event for event in self.shelf.backwards(number) if concerns(event, component))

    def wall_ns(self, event: TraceEvent) -> int:
        """What the clock of the event's host showed, in unix nanoseconds."""
        return self._kernel.epoch_s * 1_000_000_000 + event.time_ns + self._skews_ns.get(event.id, 0)

    def _add(self, event: TraceEvent) -> None:
        if isinstance(event, LogLine):
            self.lines[event.source] += 1
            host = self._kernel.hosts.get(event.source.partition("/")[0])
            if host is not None and host.clock_skew_ns:
                self._skews_ns[event.id] = host.clock_skew_ns
        old = self.shelf.add(event)
        if old is not None:
            self._skews_ns.pop(old.id, None)
            if isinstance(old, LogLine):
                self.lines[old.source] -= 1


def concerns(event: TraceEvent, component: str) -> bool:
    """Whether it is the component's own, or its host's; "" stands for all."""
    if not component or event.source == component:
        return True
    return isinstance(event, OF_A_HOST) and component.startswith(f"{event.source}/")
