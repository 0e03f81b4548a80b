"""Virtual time: a ready queue and a calendar of (time, callback), and nothing else that decides an order.

What is due at the same time runs in the order in which it was asked for.
"""

import sys
from bisect import insort
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from orrery.kernel.randomness import RandomStream
from orrery.kernel.tasks import Coro, Due, Entry, Task
from orrery.kernel.trace import NO_CAUSE, Cause, Trace

if TYPE_CHECKING:
    from orrery.kernel.disk import DiskProfile
    from orrery.kernel.host import Host
    from orrery.kernel.process import Process

DEFAULT_EPOCH_S = 1_767_225_600  # 2026-01-01T00:00:00Z

# More callbacks than this in one instant mean that something spins without ever waiting.
INSTANT_BOUND = 200_000

# A slot of the calendar is 2^17 ns long, an eighth of a millisecond: about what a message takes.
_SLOT_BITS = 17
_TIME = itemgetter(0)  # of an entry
_NEVER_NS = 1 << 100
_NOTHING: Entry = (_NEVER_NS, print, None)  # the end of the near slot


class Spinning(Exception):
    """A component went on without end inside one instant of virtual time."""


class Timer:
    """A callback that is due at a time; it carries the cause under which it was set."""

    __slots__ = ("_args", "_callback", "_cause", "_kernel", "_process", "active", "time_ns")

    def __init__(
        self, kernel: "Kernel", time_ns: int, callback: Callable[..., object], args: tuple[Any, ...],
        process: "Process | None",
    ) -> None:
        self._kernel = kernel
        self._callback = callback
        self._args = args
        self._cause = kernel.cause
        self._process = process
        self.time_ns = time_ns
        self.active = True

    def cancel(self) -> None:
        self.active = False

    def fire(self, _: object) -> None:
        if not self.active:
            return
        process = self._process
        if process is not None and process.frozen is not None:
            process.frozen.append((self.fire, None))
            return
        self.active = False
        self._kernel.cause = self._cause
        if process is None:
            self._callback(*self._args)
        else:
            process.guard(self._callback, *self._args)


class Kernel:
    """One simulated world: its clock, its hosts, its network, its trace.

    `epoch_s` is what virtual time zero is on the calendar, in unix seconds. `steps` counts the callbacks run so far:
    with it, an input of the outside world has an exact place in the run.
    """

    def __init__(self, seed: int, *, epoch_s: int = DEFAULT_EPOCH_S) -> None:
        from orrery.kernel.faults import FaultDesk
        from orrery.kernel.inbox import Inbox
        from orrery.kernel.network import Network

        self.seed = seed
        self.epoch_s = epoch_s
        self.now_ns = 0
        self.steps = 0
        self.cause: Cause = NO_CAUSE
        self.current: Task | None = None  # the task that runs, or ran last
        self._ready: deque[tuple[Due, Any]] = deque()
        # The calendar: later slots of time, each in the order of asking; their numbers, a heap; and the near slot,
        # sorted, of which the first `_index` entries have run. Sorting a slot at once, and stably, costs less than
        # keeping all entries in one heap.
        self._slots: dict[int, list[Entry]] = {}
        self._numbers: list[int] = []
        self._near: list[Entry] = [_NOTHING]
        self._index = 0
        self._number = -1
        self._stopping = False
        self._streams: dict[str, RandomStream] = {}
        self.trace = Trace(self)
        self.hosts: dict[str, Host] = {}
        self.network: Network = Network(self)
        self.faults: FaultDesk = FaultDesk(self)
        self.inbox: Inbox = Inbox(self)

    # -- what runs when

    def push(self, delay_ns: int, callback: Callable[[Any], object], argument: Any) -> None:
        """Runs callback(argument) after a delay. The bare form: no cause is kept, and it cannot be cancelled."""
        if delay_ns <= 0:
            self._ready.append((callback, argument))
        else:
            at_ns = self.now_ns + delay_ns
            slot = self._slots.get(at_ns >> _SLOT_BITS)
            if slot is not None:
                slot.append((at_ns, callback, argument))
            else:
                self._enter((at_ns, callback, argument))

    def call_soon(self, due: Due, argument: Any = None) -> None:
        """Runs callback(argument), or wakes a task's wait of that token, in this instant, after what is already due.
        The bare form."""
        self._ready.append((due, argument))

    def call_at(
        self, time_ns: int, callback: Callable[..., object], *args: Any, process: "Process | None" = None
    ) -> Timer:
        """Runs callback(*args) at a time, under the present cause."""
        timer = Timer(self, time_ns, callback, args, process)
        self.push(time_ns - self.now_ns, timer.fire, None)
        return timer

    def spawn(self, coro: Coro[Any], *, name: str, process: "Process | None" = None) -> Task:
        """Starts a coroutine under the present cause. An error that it leaves uncaught ends the process it runs in,
        or, without a process, the simulation."""
        return self.start_task(coro, name, process, _fail)

    def start_task(
        self, coro: Coro[Any], name: str, process: "Process | None", on_error: Callable[[Task, BaseException], None]
    ) -> Task:
        task = Task(self, coro, name, process, on_error)
        if process is not None:
            process.adopt(task)
        self._ready.append((task, 0))
        return task

    # -- running

    def run_until(self, time_ns: int, *, max_steps: int | None = None) -> None:
        """Runs everything due up to and including a time, and leaves the clock there.

        Returns early, between two callbacks, after `stop()` or when `steps` has reached `max_steps`; the clock then
        stands at the instant reached.

        These are the hottest lines of the whole simulator: every callback and every resumption of a task passes here.
        So state lives in local names, and the usual wait, a sleep, is written out as `push` does it.
        """
        ready, near, index = self._ready, self._near, self._index
        slot_of = self._slots.get
        now = self.now_ns
        begun = steps = self.steps
        last = sys.maxsize if max_steps is None else max(max_steps, begun)
        bound, bound_ns = begun + INSTANT_BOUND, now
        self._stopping = False
        try:
            for steps in range(begun + 1, last + 1):
                top = near[index]
                if top[0] == now:  # tied with what ran before: asked for earlier than the ready
                    index += 1
                    _, due, argument = top
                elif ready:
                    due, argument = ready.popleft()
                    if steps > bound:
                        if bound_ns == now:
                            self._end_spin(due)
                        bound, bound_ns = steps + INSTANT_BOUND, now
                else:
                    if top is _NOTHING and self._opens_slot(time_ns):
                        near, index = self._near, 0
                        top = near[0]
                    if top[0] > time_ns:
                        steps -= 1
                        self.now_ns = max(now, time_ns)
                        return
                    index += 1
                    now, due, argument = top
                    self.now_ns = now

                if due.__class__ is not Task:
                    due(argument)  # type: ignore[operator]
                elif due.token == argument:
                    process = due.process
                    if process is None or process.frozen is None:
                        self.current = due
                        self.cause = due.cause
                        due.token = token = argument + 1
                        try:
                            wait = due.send(None)
                        except BaseException as end:
                            due.end(end)
                        else:
                            due.cause = self.cause
                            if wait.__class__ is int and wait > 0 and not due.done:
                                at_ns = now + wait
                                slot = slot_of(at_ns >> _SLOT_BITS)
                                if slot is not None:
                                    slot.append((at_ns, due, token))
                                else:
                                    self._enter((at_ns, due, token))
                            else:
                                due.park(wait, token)
                    else:
                        process.frozen.append((due, argument))
                if self._stopping:
                    return
        finally:
            self.steps, self._index = steps, index

    def _enter(self, entry: Entry) -> None:
        """Puts an entry into the near slot, or into a later one that is empty so far."""
        number = entry[0] >> _SLOT_BITS
        if number > self._number:
            self._slots[number] = [entry]
            heappush(self._numbers, number)
        else:
            insort(self._near, entry, key=_TIME)

    def _opens_slot(self, time_ns: int) -> bool:
        """Makes the next slot the near one, if it has begun by that time."""
        if not self._numbers or self._numbers[0] << _SLOT_BITS > time_ns:
            return False
        self._number = heappop(self._numbers)
        self._near = near = self._slots.pop(self._number)
        if len(near) > 1:
            near.sort(key=_TIME)
        near.append(_NOTHING)
        return True

    def run_for(self, duration_ns: int) -> None:
        self.run_until(self.now_ns + duration_ns)

    def run(self, coro: Coro[Any], *, limit_ns: int = 3_600_000_000_000) -> Any:
        """Runs a coroutine to its end, and the world with it; gives its result or raises its error (for tests and
        tools). At most `limit_ns` of virtual time."""
        task = self.start_task(coro, "run", None, _ignore)
        end_ns = self.now_ns + limit_ns
        while not task.done:
            next_ns = self.next_time_ns()
            if next_ns is None or next_ns > end_ns:
                task.kill()
                raise TimeoutError(f"still waiting after {limit_ns / 1e9:g} virtual seconds")
            self.run_until(next_ns)
        if task.error is not None:
            raise task.error
        return task.result

    def stop(self) -> None:
        """Makes `run_until` return after the present callback."""
        self._stopping = True

    def next_time_ns(self) -> int | None:
        """When something is due next; None: never."""
        if self._ready:
            return self.now_ns
        next_ns = self._near[self._index][0]
        if next_ns < _NEVER_NS:
            return next_ns
        return min(map(_TIME, self._slots[self._numbers[0]])) if self._numbers else None

    # -- the world

    def stream(self, name: str) -> RandomStream:
        """The random stream of that name."""
        stream = self._streams.get(name)
        if stream is None:
            stream = self._streams[name] = RandomStream(self.seed, name)
        return stream

    def add_host(self, name: str, *, ip: str, role: str = "", disk: "DiskProfile | None" = None) -> "Host":
        from orrery.kernel.host import Host

        if name in self.hosts:
            raise ValueError(f"there is a host named {name} already")
        host = Host(self, name, ip=ip, role=role, disk=disk)
        self.hosts[name] = host
        return host

    def process(self, component: str) -> "Process":
        """The process with an id such as "cp-1/etcd"."""
        host_name, _, name = component.partition("/")
        host = self.hosts.get(host_name)
        if host is None or name not in host.processes:
            raise KeyError(f"no process {component!r}")
        return host.processes[name]

    def _end_spin(self, due: Due) -> None:
        owner = due if isinstance(due, Task) else getattr(due, "__self__", None)
        process = getattr(owner, "process", None)
        error = Spinning(f"more than {INSTANT_BOUND} steps within one instant, at {self.now_ns} ns")
        if process is None:
            raise error
        process.crash_by_bug(error)


def _fail(task: Task, error: BaseException) -> None:
    if task.process is None:
        raise error
    task.process.crash_by_bug(error, task.name)


def _ignore(task: Task, error: BaseException) -> None:
    return None
