"""Raft's safety properties, watched on the trace: five lamps that stay green.

Fed with every event of a run (`kernel.trace.subscribe(lamps.observe)`) it tells the checkers of `orrery.raft.checkers`
what an onlooker sees; it needs nothing that the audience does not get.
"""

from __future__ import annotations

from orrery.etcd.events import RaftLogChanged, RaftSnapshotInstalled, RaftStateChanged
from orrery.kernel import ProcessStarted, TraceEvent
from orrery.raft.checkers import PROPERTIES, RaftCheckers, SeenEntry, Violation


class RaftLamps:
    """One cluster's lamps. `violations` explains the red ones; `keep` bounds what is remembered of the log."""

    def __init__(self, *, keep: int = 20_000) -> None:
        self._checkers = RaftCheckers(keep=keep)
        self._applied: dict[str, int] = {}  # member -> index
        self._restarted: dict[str, bool] = {}

    @property
    def violations(self) -> list[Violation]:
        return self._checkers.violations

    @property
    def checks(self) -> dict[str, int]:
        """How many times each property was judged."""
        return self._checkers.checks

    @property
    def lamps(self) -> dict[str, bool]:
        """Each property, and whether it has held so far."""
        broken = [violation.property for violation in self._checkers.violations]
        return {name: name not in broken for name in PROPERTIES}

    def observe(self, event: TraceEvent) -> None:
        if isinstance(event, RaftLogChanged):
            self._log_changed(event)
        elif isinstance(event, RaftStateChanged):
            self._checkers.saw_role(event.member, event.role, event.term)
        elif isinstance(event, RaftSnapshotInstalled):
            self._checkers.saw_snapshot(event.member, event.index)
            self._applied[event.member] = event.index
        elif isinstance(event, ProcessStarted) and event.source in self._applied:
            self._restarted[event.source] = True

    def _log_changed(self, event: RaftLogChanged) -> None:
        checkers, member = self._checkers, event.member
        if self._restarted.pop(member, False):
            kept = [entry for entry in checkers.log_of(member) if event.first_index <= entry.index <= event.last_index]
            checkers.saw_restart(member, kept, first_index=event.first_index)
            self._applied[member] = event.applied
        entries = [SeenEntry(index, term, summary) for index, term, summary in event.entries]
        checkers.saw_log(member, entries, truncate_from=event.truncated_from)
        for index in range(self._applied.get(member, 0) + 1, event.applied + 1):
            entry = checkers.entry_of(member, index)
            if entry is not None:
                checkers.saw_applied(member, entry)
        self._applied[member] = event.applied
        checkers.saw_compaction(member, event.first_index)
