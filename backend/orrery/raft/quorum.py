"""Arithmetic of majorities."""

from __future__ import annotations

from collections.abc import Iterable


def majority(size: int) -> int:
    """How many of `size` members are more than half."""
    return size // 2 + 1


def quorum_index(matches: Iterable[int], size: int) -> int:
    """The highest index that a majority of the `size` members is known to hold."""
    return sorted(matches, reverse=True)[majority(size) - 1]


class Tally:
    """Ballots of one campaign; a member's first ballot counts."""

    __slots__ = ("ballots", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.ballots: dict[str, bool] = {}

    def record(self, member: str, granted: bool) -> None:
        self.ballots.setdefault(member, granted)

    def side(self, granted: bool) -> tuple[str, ...]:
        return tuple(member for member, ballot in self.ballots.items() if ballot is granted)

    @property
    def outcome(self) -> str:
        """ "won", "lost" or "pending"."""
        needed = majority(self.size)
        if len(self.side(True)) >= needed:
            return "won"
        return "lost" if len(self.side(False)) >= needed else "pending"
