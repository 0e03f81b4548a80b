"""The log of one member: what it holds in memory, which is what its disk holds or is being told to hold.

Entries before and including `base_index` have been compacted away; the term of the base is remembered, because the
consistency check may still ask for it. Index 0, term 0 stands before the first entry of all.
"""

from __future__ import annotations

from collections.abc import Iterable

from orrery.raft.messages import Entry, Snapshot


class Log:
    __slots__ = ("_entries", "base_index", "base_term", "last_index", "last_term", "snapshot")

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        *,
        base_index: int = 0,
        base_term: int = 0,
        snapshot: Snapshot | None = None,
    ) -> None:
        self.base_index = base_index
        self.base_term = base_term
        self.snapshot = snapshot
        self._entries: list[Entry] = []
        self.last_index = base_index
        self.last_term = base_term
        self.append(tuple(entries))

    @property
    def first_index(self) -> int:
        """Index of the oldest entry that can still be read (one past the last one if there is none)."""
        return self.base_index + 1

    def term_at(self, index: int) -> int | None:
        """The term of the entry at `index`; None where the log does not reach or no longer reaches."""
        offset = index - self.base_index - 1
        if offset >= 0:
            return self._entries[offset].term if index <= self.last_index else None
        return self.base_term if offset == -1 else None

    def matches(self, index: int, term: int) -> bool:
        """The consistency check of AppendEntries (5.3)."""
        return self.term_at(index) == term

    def is_up_to_date(self, last_index: int, last_term: int) -> bool:
        """Whether a candidate with this last entry is at least as up-to-date as we are (5.4.1)."""
        return last_term > self.last_term or (last_term == self.last_term and last_index >= self.last_index)

    def slice(self, first: int, last: int) -> tuple[Entry, ...]:
        """Entries first..last, both included."""
        start = first - self.base_index - 1
        if start < 0:
            raise IndexError(f"entry {first} has been compacted, the log starts at {self.first_index}")
        return tuple(self._entries[start : last - self.base_index])

    def append(self, entries: tuple[Entry, ...]) -> None:
        """Put entries at the end; their indexes must follow on."""
        for entry in entries:
            if entry.index != self.last_index + 1:
                raise IndexError(f"entry {entry.index} cannot follow {self.last_index}")
            self._entries.append(entry)
            self.last_index = entry.index
            self.last_term = entry.term

    def truncate(self, first: int) -> None:
        """Drop the entry at `first` and all that follow it."""
        if first <= self.base_index:
            raise IndexError(f"entry {first} has been compacted, the log starts at {self.first_index}")
        del self._entries[first - self.base_index - 1 :]
        self.last_index = first - 1
        term = self.term_at(first - 1)
        self.last_term = term if term is not None else 0

    def first_new(self, entries: tuple[Entry, ...]) -> int:
        """How many of `entries` (which follow on a matching entry) we hold already, with the same terms."""
        for position, entry in enumerate(entries):
            if self.term_at(entry.index) != entry.term:
                return position
        return len(entries)

    def agreement(self, index: int, term: int) -> tuple[int, int]:
        """The largest index, at or below `index`, whose entry has a term of at most `term`, and that term.

        Each side tells the other this of its own log, so that back-tracking takes a step a term, not a step an entry
        (5.3, last paragraphs). A term of 0 means: not known here.
        """
        index = min(index, self.last_index)
        while index > self.base_index:
            ours = self._entries[index - self.base_index - 1].term
            if ours <= term:
                return index, ours
            index -= 1
        return index, self.base_term if self.base_term <= term else 0

    def compact(self, snapshot: Snapshot, keep_from: int) -> None:
        """Remember `snapshot`, and drop the entries before `keep_from` (never one after the snapshot)."""
        self.snapshot = snapshot
        new_base = min(keep_from - 1, snapshot.index)
        if new_base <= self.base_index:
            return
        base_term = self.term_at(new_base)
        if base_term is None:
            raise IndexError(f"cannot compact to {new_base}: the log ends at {self.last_index}")
        del self._entries[: new_base - self.base_index]
        self.base_index, self.base_term = new_base, base_term

    def restore(self, snapshot: Snapshot) -> None:
        """Start again from a snapshot that came from the leader."""
        self.snapshot = snapshot
        self._entries.clear()
        self.base_index = self.last_index = snapshot.index
        self.base_term = self.last_term = snapshot.term
