"""Reads that wait for a round of heartbeats (thesis 6.4).

A leader that has just noted its commit index and then heard from a majority was still the leader when it noted it.
One round confirms every read that was noted before the round began.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from orrery.raft.quorum import majority


@dataclass(slots=True)
class WaitingRead:
    context: str
    source: str  # the member that asked
    index: int  # the commit index when it asked
    acks: dict[str, bool] = field(default_factory=dict)


class ReadQueue:
    __slots__ = ("_size", "_waiting")

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: dict[str, WaitingRead] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, context: str, source: str, index: int, leader: str) -> None:
        if context not in self._waiting:
            self._waiting[context] = WaitingRead(context, source, index, {leader: True})

    @property
    def newest(self) -> str:
        """The context that the next heartbeats should carry, "" for none."""
        return next(reversed(self._waiting), "")

    def acknowledged(self, context: str, member: str) -> list[WaitingRead]:
        """Count one answer; the reads that it confirms, oldest first."""
        read = self._waiting.get(context)
        if read is None:
            return []
        read.acks[member] = True
        if len(read.acks) < majority(self._size):
            return []
        ready: list[WaitingRead] = []
        for waiting in list(self._waiting.values()):
            ready.append(self._waiting.pop(waiting.context))
            if waiting is read:
                break
        return ready
