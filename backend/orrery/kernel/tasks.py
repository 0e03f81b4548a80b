"""Coroutines on virtual time: the task, and the few things that it can wait for.

Rules. A coroutine waits only through what stands here. Every wait is a condition that is looked at again after waking,
so that an interruption (a timeout, a cancellation, a kill) never loses what was being waited for. Whoever wakes first
runs first: there is no other order.
"""

import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from orrery.kernel.trace import Cause

if TYPE_CHECKING:
    from orrery.kernel.kernel import Kernel, Timer
    from orrery.kernel.process import Process

T = TypeVar("T")
Coro = Coroutine[Any, Any, T]


class Cancelled(BaseException):
    """Raised inside a task at its wait when somebody cancels it."""


class TimeoutExpired(Exception):
    """Raised at a wait when the innermost `timeout` around it has run out."""


class QueueEmpty(Exception):
    """Nothing to take."""


class GroupInterrupted(BaseException):
    """Raised in the body of a task group whose child failed; the group turns it into the child's error."""


class Task:
    """A running coroutine. Made by `Kernel.spawn` and `Process.spawn`.

    `token` counts its waits: a wake-up is for one wait only, and is ignored once that wait is over. Tasks are run by
    `Kernel.run_until`.
    """

    __slots__ = ("_finished", "_on_error", "_raise", "cause", "coro", "done", "error", "kernel", "name", "process",
                 "result", "send", "token")

    def __init__(
        self,
        kernel: "Kernel",
        coro: Coro[Any],
        name: str,
        process: "Process | None",
        on_error: Callable[["Task", BaseException], None],
    ) -> None:
        self.kernel = kernel
        self.coro = coro
        self.name = name
        self.process = process
        self.cause: Cause = kernel.cause
        self.token = 0
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._finished: Event | None = None
        self.send: Callable[[None], Any] = coro.send  # runs the coroutine to its next wait
        self._raise: BaseException | None = None
        self._on_error = on_error

    def park(self, wait: Any, token: int) -> None:
        """Begins a wait: for no time at all, or for whoever wakes the list of waiters. (`Kernel.run_until` itself
        begins sleeps.)"""
        if self.done:
            self._close()
        elif wait.__class__ is int:
            self.kernel.call_soon(self, token)
        else:
            wait.append((self, token))

    def end(self, end: BaseException) -> None:
        """The coroutine has ended, by returning or by an error."""
        if isinstance(end, StopIteration):
            self._finish(end.value, None)
        else:
            self._finish(None, end)

    def interrupt(self, error: BaseException) -> None:
        """Ends the present wait by raising `error` in it, as soon as everything already due has run."""
        if not self.done:
            self.token += 1
            self._raise = error
            self.send = self._throw
            self.kernel.call_soon(self, self.token)

    def _throw(self, _: None) -> Any:
        error, self._raise = self._raise, None
        self.send = self.coro.send
        assert error is not None
        return self.coro.throw(error)

    def cancel(self) -> None:
        """Raises Cancelled at the task's wait. A task that has not begun never begins."""
        if self.token:
            self.interrupt(Cancelled())
        else:
            self.kill()

    def kill(self) -> None:
        """Ends the task now, without asking: `finally` blocks run, but can neither wait nor be heard."""
        if self.done:
            return
        self.done = True
        self.token += 1
        if getattr(self.coro, "cr_running", False) is False:  # else `park` closes it when it next waits
            self._close()
        if self._finished is not None:
            self._finished.set()

    @property
    def finished(self) -> "Event":
        """Set when the task has ended."""
        if self._finished is None:
            self._finished = Event(self.kernel)
            if self.done:
                self._finished.set()
        return self._finished

    async def join(self) -> Any:
        """Waits for the end; gives the result, or raises the error that ended it."""
        await self.finished.wait()
        if self.error is not None:
            raise self.error
        return self.result

    def _finish(self, result: Any, error: BaseException | None) -> None:
        if self.done:  # killed while it ran
            return
        self.done = True
        self.result = result
        if error is not None and not isinstance(error, Cancelled):
            self.error = error
        if self._finished is not None:
            self._finished.set()
        if self.error is not None:
            self._on_error(self, self.error)

    def _close(self) -> None:
        try:
            self.coro.close()
        except RuntimeError:
            pass  # it tried to wait while dying


Waiter = tuple[Task, int]
Due = Task | Callable[[Any], object]  # a task's wait, by its token, or a callback with its argument
Entry = tuple[int, Due, Any]  # of the calendar: time, what is due


@types.coroutine
def sleep(duration_ns: int) -> Generator[int, None, None]:
    """Waits for a span of virtual time; 0 lets everything else that is due run first."""
    yield duration_ns


@types.coroutine
def _park(waiters: "list[Waiter] | deque[Waiter]") -> Generator[Any, None, None]:
    yield waiters


def _without_current(kernel: "Kernel", waiters: "list[Waiter] | deque[Waiter]") -> list[Waiter]:
    task = kernel.current
    return [waiter for waiter in waiters if task is None or waiter[0] is not task]


class Event:
    """A flag that tasks can wait for."""

    __slots__ = ("_is_set", "_kernel", "_waiters")

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._is_set = False
        self._waiters: list[Waiter] = []

    def set(self) -> None:
        if not self._is_set:
            self._is_set = True
            if self._waiters:
                for task, token in self._waiters:
                    self._kernel.call_soon(task, token)
                self._waiters = []

    def clear(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    async def wait(self) -> None:
        try:
            while not self._is_set:
                await _park(self._waiters)
        except BaseException:
            self._waiters = _without_current(self._kernel, self._waiters)
            raise


class Queue(Generic[T]):
    """First in, first out, without a bound; every item keeps the cause that it was put with."""

    __slots__ = ("_items", "_kernel", "_waiters")

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._items: deque[tuple[T, Cause]] = deque()
        self._waiters: deque[Waiter] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> None:
        self._items.append((item, self._kernel.cause))
        self._wake_one()

    def get_nowait(self) -> T:
        """The oldest item; the taker goes on under the item's cause."""
        if not self._items:
            raise QueueEmpty
        item, self._kernel.cause = self._items.popleft()
        return item

    async def get(self) -> T:
        """Waits for an item; the taker goes on under the item's cause."""
        try:
            while not self._items:
                await _park(self._waiters)
        except BaseException:
            self._waiters = deque(_without_current(self._kernel, self._waiters))
            if self._items:  # woken for an item and interrupted: somebody else shall have it
                self._wake_one()
            raise
        item, self._kernel.cause = self._items.popleft()
        return item

    def _wake_one(self) -> None:
        # A waiter that was interrupted leaves a stale entry: waking all but using one keeps this right and simple.
        waiters, self._waiters = self._waiters, deque()
        for task, token in waiters:
            self._kernel.call_soon(task, token)


class timeout:
    """`with timeout(kernel, ns):` raises TimeoutExpired at the wait in its body that is running when the time is up."""

    __slots__ = ("_duration_ns", "_kernel", "_task", "_timer", "expired")

    def __init__(self, kernel: "Kernel", duration_ns: int) -> None:
        self._kernel = kernel
        self._duration_ns = duration_ns
        self.expired = False

    def __enter__(self) -> "timeout":
        task = self._kernel.current
        if task is None:
            raise RuntimeError("timeout is for tasks")
        self._task: Task = task
        self._timer: Timer = self._kernel.call_at(self._kernel.now_ns + self._duration_ns, self._expire)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._timer.cancel()

    def _expire(self) -> None:
        self.expired = True
        self._task.interrupt(TimeoutExpired())


class TaskGroup:
    """`async with TaskGroup(kernel) as group:` waits for its children in the order they were spawned.

    The first child that fails cancels the others, and its error is raised from the block.
    """

    __slots__ = ("_children", "_error", "_kernel", "_parent")

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._children: list[Task] = []
        self._error: BaseException | None = None

    def spawn(self, coro: Coro[Any], *, name: str) -> Task:
        task = self._kernel.start_task(coro, name, self._parent.process, self._child_failed)
        self._children.append(task)
        return task

    async def __aenter__(self) -> "TaskGroup":
        task = self._kernel.current
        if task is None:
            raise RuntimeError("a task group is for tasks")
        self._parent: Task = task
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> bool:
        if error is not None:
            self.cancel()
        try:
            for child in self._children:
                await child.finished.wait()
        except GroupInterrupted:
            for child in self._children:
                await child.finished.wait()
        except BaseException:
            self.cancel()
            raise
        if self._error is not None:
            raise self._error
        return False

    def cancel(self) -> None:
        for child in self._children:
            if not child.done:
                child.cancel()

    def _child_failed(self, child: Task, error: BaseException) -> None:
        if self._error is None:
            self._error = error
            self.cancel()
            self._parent.interrupt(GroupInterrupted())
