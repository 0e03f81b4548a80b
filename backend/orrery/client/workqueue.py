"""The work queue of a controller: keys, not objects, each worked on by one worker at a time, and never lost.

A key that is added while it is worked on is worked on again afterwards; a key that is added twice before is worked on
once. Each key carries the cause of the change that added it. Source: client-go, util/workqueue.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from orrery.kernel import MILLISECOND, SECOND, Cause, Process

K = TypeVar("K")

BACKOFF_FIRST_NS = 5 * MILLISECOND
BACKOFF_MOST_NS = 1_000 * SECOND


class WorkQueue(Generic[K]):
    """Keys to work on, in the order in which they were added."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._queue: deque[K] = deque()
        self._dirty: dict[K, Cause] = {}  # to be worked on
        self._processing: dict[K, None] = {}
        self._delayed: dict[K, int] = {}  # due at
        self._failures: dict[K, int] = {}
        self._changed = process.event()

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, key: K) -> None:
        """The key wants work, for the present cause; the first cause counts."""
        if key in self._dirty:
            return
        self._dirty[key] = self._process.kernel.cause
        if key not in self._processing:
            self._queue.append(key)
            self._changed.set()

    def add_after(self, key: K, delay_ns: int) -> None:
        """Adds the key later; an earlier time already set stands."""
        if delay_ns <= 0:
            self.add(key)
            return
        due_ns = self._process.now_ns + delay_ns
        known_ns = self._delayed.get(key)
        if known_ns is None or due_ns < known_ns:
            self._delayed[key] = due_ns
            self._process.call_at(due_ns, self._due, key, due_ns)

    def add_rate_limited(self, key: K) -> None:
        """Adds the key after a time that doubles with each failure: 5 ms, 10 ms … 1,000 s."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, min(BACKOFF_FIRST_NS << min(failures, 40), BACKOFF_MOST_NS))

    def forget(self, key: K) -> None:
        """The key was worked on well: its failures are forgotten."""
        self._failures.pop(key, None)

    def failures(self, key: K) -> int:
        return self._failures.get(key, 0)

    async def get(self) -> K:
        """Waits for a key, and goes on under its cause. `done` must follow."""
        while not self._queue:
            self._changed.clear()
            await self._changed.wait()
        key = self._queue.popleft()
        self._processing[key] = None
        self._process.kernel.cause = self._dirty.pop(key)
        return key

    def done(self, key: K) -> None:
        """The work on a key has ended; if it was added meanwhile, it is next in line."""
        self._processing.pop(key, None)
        if key in self._dirty:
            self._queue.append(key)
            self._changed.set()

    def _due(self, key: K, due_ns: int) -> None:
        if self._delayed.get(key) == due_ns:
            del self._delayed[key]
            self.add(key)
