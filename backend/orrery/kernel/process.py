"""A simulated operating-system process under a supervisor.

It runs coroutines and timers that die with it, and reaches other processes over the network alone. A bug (an exception
that nobody caught) ends the process, visibly, and its supervisor starts it again after a back-off.
"""

import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orrery.kernel.events import Message, ProcessExited, ProcessHung, ProcessResumed, ProcessStarted
from orrery.kernel.tasks import Coro, Due, Event, Queue, Task, TaskGroup, timeout
from orrery.kernel.trace import LogLine, TraceEvent
from orrery.kernel.units import MINUTE, SECOND

if TYPE_CHECKING:
    from orrery.kernel.connection import End
    from orrery.kernel.disk import Disk
    from orrery.kernel.host import Host
    from orrery.kernel.kernel import Timer
    from orrery.kernel.network import Address
    from orrery.kernel.rpc import Call, Channel

BACKOFF_FIRST_NS = 1 * SECOND
BACKOFF_MOST_NS = 60 * SECOND
BACKOFF_FORGOTTEN_NS = 10 * MINUTE

OUTPUT_MOST = 2_000  # lines that are kept of what a process wrote

_TASKS_BEFORE_SWEEP = 64


class Process:
    """One process. `id` is "host/name"; `state` is running, hung, crashed (kept down) or stopped (will be
    restarted)."""

    def __init__(self, host: "Host", name: str, main: Callable[["Process"], Awaitable[object]]) -> None:
        self.host = host
        self.kernel = host.kernel
        self.name = name
        self.id = f"{host.name}/{name}"
        self.random = host.kernel.stream(self.id)
        self.state = "stopped"
        self.kept_down = False
        self.incarnation = 0
        self.restarts = 0
        self.frozen: list[tuple[Due, Any]] | None = None  # what is due while it hangs
        self.ends: dict[int, End] = {}  # connections, by their number
        self.output: deque[tuple[int, str]] = deque(maxlen=OUTPUT_MOST)  # what it wrote, and when by its host's clock
        self._main = main
        self._tasks: list[Task] = []
        self._sweep_at = _TASKS_BEFORE_SWEEP
        self._backoff_ns = 0
        self.started_ns = 0
        self._restart: Timer | None = None

    # -- what a component uses

    @property
    def now_ns(self) -> int:
        """Virtual time since the beginning: monotonic, the same on every machine."""
        return self.kernel.now_ns

    @property
    def disk(self) -> "Disk":
        return self.host.disk

    @property
    def alive(self) -> bool:
        return self.state == "running" or self.state == "hung"

    def wall_ns(self) -> int:
        """The machine's clock, in unix nanoseconds: it may be wrong."""
        return self.host.wall_ns()

    def timestamp(self) -> str:
        """The machine's clock as Kubernetes writes it (metav1.Time): whole seconds, UTC."""
        return datetime.fromtimestamp(self.wall_ns() // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def timestamp_micro(self) -> str:
        """The machine's clock with microseconds (metav1.MicroTime)."""
        seconds, rest_ns = divmod(self.wall_ns(), SECOND)
        head = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{head}.{rest_ns // 1000:06d}Z"

    def spawn(self, coro: Coro[Any], *, name: str) -> Task:
        """Runs a coroutine beside the others; it dies with the process."""
        return self.kernel.spawn(coro, name=name, process=self)

    def call_at(self, time_ns: int, callback: Callable[..., object], *args: Any) -> "Timer":
        """Runs a plain callback at a time, unless the process is gone by then."""
        return self.kernel.call_at(time_ns, _Incarnation(self, callback), *args, process=self)

    def call_later(self, delay_ns: int, callback: Callable[..., object], *args: Any) -> "Timer":
        return self.call_at(self.kernel.now_ns + delay_ns, callback, *args)

    def event(self) -> Event:
        return Event(self.kernel)

    def queue(self) -> "Queue[Any]":
        return Queue(self.kernel)

    def timeout(self, duration_ns: int) -> timeout:
        return timeout(self.kernel, duration_ns)

    def task_group(self) -> TaskGroup:
        return TaskGroup(self.kernel)

    def emit(self, event: TraceEvent, *, follow: bool = True) -> int:
        """Traces an event of this process. With `follow` it becomes the cause of what the current task does next."""
        event.source = self.id
        number = self.kernel.trace.emit(event)
        if follow and number:
            self.kernel.cause = self.kernel.cause._replace(parent=number)
        return number

    def log(self, text: str, level: str = "info") -> None:
        """Writes a line to the process's log."""
        self.output.append((self.wall_ns(), text))
        if self.kernel.trace.enabled:
            self.kernel.trace.emit(LogLine(source=self.id, level=level, text=text))

    def start_flow(self, *, kind: str, title: str, subject: str) -> int:
        """Begins a causal story; see `Trace.start_flow`."""
        return self.kernel.trace.start_flow(kind=kind, title=title, subject=subject, source=self.id)

    # -- the network

    def listen(self, port: int, handler: "Callable[[Message], object]") -> None:
        """Takes datagrams at a port; the handler is a plain function that runs at delivery."""
        self.kernel.network.listen(self, port, handler=handler)

    def accept(self, port: int, handler: "Callable[[End], object]") -> None:
        """Takes connections at a port; the handler is given this side of each."""
        self.kernel.network.listen(self, port, acceptor=handler)

    def send(
        self, to: "Address", protocol: str, kind: str, body: object, *, quiet: bool = False
    ) -> None:
        """Sends a datagram: it arrives once, later, or never."""
        self.kernel.network.send(self, to, protocol, kind, body, quiet)

    async def connect(self, to: "Address", *, timeout_ns: int = 10 * SECOND) -> "End":
        """Opens a connection. Raises ConnectionRefused or Unreachable."""
        return await self.kernel.network.connect(self, to, timeout_ns)

    def serve(self, port: int, handler: "Callable[[Call], Awaitable[object]]", *, protocol: str) -> None:
        """Answers remote calls at a port; see `orrery.kernel.rpc`."""
        from orrery.kernel.rpc import serve

        serve(self, port, handler, protocol)

    def dial(
        self, to: "Address", *, protocol: str, keepalive_ns: int = 30 * SECOND, keepalive_timeout_ns: int = 15 * SECOND
    ) -> "Channel":
        """A channel for remote calls; it connects at its first use, and again when the connection was lost."""
        from orrery.kernel.rpc import Channel

        return Channel(self, to, protocol, keepalive_ns, keepalive_timeout_ns)

    # -- life and death

    def start(self) -> None:
        """Starts a new incarnation. Nothing happens if it runs already or its host is down."""
        if self.alive or not self.host.up:
            return
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None
        self.kept_down = False
        self.state = "running"
        self.incarnation += 1
        if self.incarnation > 1:
            self.restarts += 1
        self.started_ns = self.kernel.now_ns
        number = self.kernel.trace.emit(ProcessStarted(source=self.id, incarnation=self.incarnation))
        self.kernel.cause = self.kernel.cause._replace(parent=number)
        self.spawn(self._run(), name="main")

    def crash(self) -> None:
        """Kills it and keeps it down until `start`: a person's doing."""
        if self.alive or self._restart is not None:
            self.kept_down = True
            self.end("killed", crashed=True)

    def hang(self) -> None:
        """Stops it as SIGSTOP does: what is due waits until `resume`."""
        if self.state == "running":
            self.state = "hung"
            self.frozen = []
            self.kernel.trace.emit(ProcessHung(source=self.id))

    def resume(self) -> None:
        """Lets a hung process go on; whatever piled up happens now, in its order."""
        if self.state == "hung" and self.frozen is not None:
            self.state = "running"
            waiting, self.frozen = self.frozen, None
            self.kernel.trace.emit(ProcessResumed(source=self.id))
            for callback, argument in waiting:
                self.kernel.call_soon(callback, argument)

    def crash_by_bug(self, error: BaseException, where: str = "") -> None:
        """Ends the process for an exception that nobody caught; its supervisor starts it again later."""
        if not self.alive:
            return
        last = traceback.extract_tb(error.__traceback__)[-1:] if error.__traceback__ else []
        place = "".join(f" in {frame.name}" for frame in last)
        self.log(f"{type(error).__name__}: {error}{place}", level="fatal")
        self.kernel.faults.note_bug(self, error)
        self._end_and_restart(f"{type(error).__name__}: {error}")

    def end(self, reason: str, *, crashed: bool = False, silent: bool = False, restart_ns: int = 0) -> None:
        """Ends the present incarnation. `silent`: the host is gone, so that no peer hears of it."""
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None
        was_alive = self.alive
        self.state = "crashed" if self.kept_down else "stopped"
        self.frozen = None
        if not was_alive:
            return
        self.kernel.trace.emit(
            ProcessExited(source=self.id, reason=reason, crashed=crashed, restart_ns=restart_ns)
        )
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.kill()
        self.kernel.network.forget(self, silent=silent)

    def guard(self, callback: Callable[..., object], *args: Any) -> None:
        """Runs a plain callback of this process: an exception in it is a bug of the process, not of the simulation."""
        try:
            callback(*args)
        except Exception as error:
            self.crash_by_bug(error)

    def adopt(self, task: Task) -> None:
        """Makes a task die with this process."""
        tasks = self._tasks
        tasks.append(task)
        if len(tasks) > self._sweep_at:
            self._tasks = [t for t in tasks if not t.done]
            self._sweep_at = 2 * len(self._tasks) + _TASKS_BEFORE_SWEEP

    async def _run(self) -> None:
        await self._main(self)
        self._end_and_restart("exited")

    def _end_and_restart(self, reason: str) -> None:
        if self.kernel.now_ns - self.started_ns > BACKOFF_FORGOTTEN_NS:
            self._backoff_ns = 0
        self._backoff_ns = min(max(2 * self._backoff_ns, BACKOFF_FIRST_NS), BACKOFF_MOST_NS)
        at_ns = self.kernel.now_ns + self._backoff_ns
        self.end(reason, restart_ns=at_ns)
        self._restart = self.kernel.call_at(at_ns, self.start)


class _Incarnation:
    """A callback that is void once the incarnation that set it is over."""

    __slots__ = ("_callback", "_incarnation", "_process")

    def __init__(self, process: Process, callback: Callable[..., object]) -> None:
        self._process = process
        self._callback = callback
        self._incarnation = process.incarnation

    def __call__(self, *args: Any) -> None:
        process = self._process
        if process.incarnation == self._incarnation and process.state == "running":
            self._callback(*args)
