"""The five safety properties of Raft (figure 3 of the paper), judged from outside.

The checkers are told what an onlooker sees (who leads, what a log holds, what was applied) and share no code with
what they judge. They drive the tests and the lamps on the screen alike. Each observation returns the violations that
it proves; they are also kept in `violations`.

    ElectionSafety        at most one leader can be elected in a given term (5.2)
    LeaderAppendOnly      a leader never overwrites or deletes entries in its log (5.3)
    LogMatching           if two logs contain an entry with the same index and term, then the logs are identical in all
                          entries up through the given index (5.3)
    LeaderCompleteness    if a log entry is committed in a given term, then that entry will be present in the logs of
                          the leaders for all higher-numbered terms (5.4): of *higher* terms. A candidate of an older
                          term may still win late, lacking the entry, and do no harm; who forgets this cries wolf
    StateMachineSafety    if a server has applied a log entry at a given index to its state machine, no other server
                          will ever apply a different log entry for the same index (5.4.3)

`checks` counts the judgements: elections, appends of leaders, entries and their predecessors, committed entries looked
for in the logs of new leaders, entries applied.

LogMatching is judged by induction: an (index, term) names one entry with one predecessor term, everywhere and forever.
Memory is bounded: of what was seen, the newest `keep` indexes are remembered.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ELECTION_SAFETY = "ElectionSafety"
LEADER_APPEND_ONLY = "LeaderAppendOnly"
LOG_MATCHING = "LogMatching"
LEADER_COMPLETENESS = "LeaderCompleteness"
STATE_MACHINE_SAFETY = "StateMachineSafety"
PROPERTIES = (ELECTION_SAFETY, LEADER_APPEND_ONLY, LOG_MATCHING, LEADER_COMPLETENESS, STATE_MACHINE_SAFETY)


# How a property was broken, and the sentence that shows it.
SENTENCES: Mapping[str, str] = {
    "two-leaders": "{other} and {member} were both elected in term {term}",
    "leader-cut": "{member} leads term {term} and cut its log at {index}",
    "leader-overwrote": "{member} leads term {term} and overwrote entry {index}",
    "logs-part": "{member} holds {entry} at {index} after term {before}; elsewhere {known!r} of that term follows term "
    "{known_before}",
    "entry-lacking": "{entry} was committed at {index} by term {commit_term}, but {member}, elected in term {term}, "
    "lacks it",
    "entry-replaced": "{entry} was committed at {index} by term {commit_term}, but {member}, elected in term {term}, "
    "has {mine}",
    "applied-otherwise": "{member} applied {entry} at {index}, where {known} had been applied",
}


@dataclass(slots=True)
class Violation:
    """A property that does not hold, and what shows it: `facts` fill in the sentence of `kind`."""

    property: str
    kind: str
    facts: Mapping[str, object]

    @builtins.property
    def text(self) -> str:
        return SENTENCES[self.kind].format_map(self.facts)


@dataclass(slots=True)
class SeenEntry:
    """An entry as an onlooker knows it; `content` is anything that compares equal for equal entries."""

    index: int
    term: int
    content: object


@dataclass(slots=True)
class _Committed:
    entry: SeenEntry
    commit_term: int  # no older than the term in which it was committed


@dataclass(slots=True)
class _SeenMember:
    role: str = "follower"
    term: int = 0
    first_index: int = 1
    log: dict[int, SeenEntry] = field(default_factory=dict)

    @property
    def last_index(self) -> int:
        return self.first_index + len(self.log) - 1


class RaftCheckers:
    """All five, for one group."""

    def __init__(self, *, keep: int = 20_000) -> None:
        self.violations: list[Violation] = []
        self.checks = dict.fromkeys(PROPERTIES, 0)
        self._keep = keep
        self._members: dict[str, _SeenMember] = {}
        self._leaders: dict[int, str] = {}  # term -> leader
        self._entries: dict[tuple[int, int], tuple[object, int]] = {}  # (index, term) -> content, term before it
        self._committed: dict[int, _Committed] = {}

    # -------------------------------------------------------------------------------------------- observations

    def saw_role(self, member: str, role: str, term: int) -> list[Violation]:
        """`member` is now "leader", "follower", "candidate" or "pre-candidate" of `term`."""
        seen = self._member(member)
        elected = role == "leader" and (seen.role, seen.term) != ("leader", term)
        seen.role, seen.term = role, term
        found: list[Violation] = []
        if elected:
            self.checks[ELECTION_SAFETY] += 1
            found += self._judge_election(member, term)
            found += self._judge_completeness(member, seen)
        return self._found(found)

    def saw_log(self, member: str, entries: Iterable[SeenEntry], *, truncate_from: int = 0) -> list[Violation]:
        """`member` cut its log at `truncate_from` (0: it did not), then wrote `entries`."""
        seen = self._member(member)
        found: list[Violation] = []
        if seen.role == "leader":
            self.checks[LEADER_APPEND_ONLY] += 1
        if truncate_from and truncate_from <= seen.last_index:
            if seen.role == "leader":
                facts = {"member": member, "term": seen.term, "index": truncate_from}
                found.append(Violation(LEADER_APPEND_ONLY, "leader-cut", facts))
            for index in range(truncate_from, seen.last_index + 1):
                seen.log.pop(index, None)
        for entry in entries:
            found += self._saw_entry(member, seen, entry)
        self._forget()
        return self._found(found)

    def saw_snapshot(self, member: str, index: int) -> list[Violation]:
        """`member` replaced its log by a snapshot that ends at `index`."""
        seen = self._member(member)
        seen.log.clear()
        seen.first_index = index + 1
        return []

    def saw_compaction(self, member: str, first_index: int) -> list[Violation]:
        """`member`'s log now starts at `first_index`."""
        seen = self._member(member)
        for index in range(seen.first_index, first_index):
            seen.log.pop(index, None)
        seen.first_index = max(seen.first_index, first_index)
        return []

    def saw_restart(self, member: str, entries: Iterable[SeenEntry], *, first_index: int = 1) -> list[Violation]:
        """`member` started again with what its disk had kept."""
        self._members[member] = seen = _SeenMember(first_index=first_index)
        found: list[Violation] = []
        for entry in entries:
            found += self._saw_entry(member, seen, entry)
        return self._found(found)

    def saw_applied(self, member: str, entry: SeenEntry) -> list[Violation]:
        """`member` applied `entry` to its state machine."""
        seen = self._member(member)
        self.checks[STATE_MACHINE_SAFETY] += 1
        committed = self._committed.get(entry.index)
        if committed is None:
            self._committed[entry.index] = _Committed(entry, seen.term)
            return []
        known = committed.entry
        if (known.term, known.content) == (entry.term, entry.content):
            return []
        facts = {"member": member, "entry": _show(entry), "index": entry.index, "known": _show(known)}
        return self._found([Violation(STATE_MACHINE_SAFETY, "applied-otherwise", facts)])

    def log_of(self, member: str) -> tuple[SeenEntry, ...]:
        """What `member`'s log holds, as far as was seen."""
        return tuple(self._member(member).log.values())

    def entry_of(self, member: str, index: int) -> SeenEntry | None:
        return self._member(member).log.get(index)

    # -------------------------------------------------------------------------------------------- judgements

    def _judge_election(self, member: str, term: int) -> list[Violation]:
        other = self._leaders.setdefault(term, member)
        if other == member:
            return []
        return [Violation(ELECTION_SAFETY, "two-leaders", {"other": other, "member": member, "term": term})]

    def _judge_completeness(self, member: str, seen: _SeenMember) -> list[Violation]:
        for index, committed in self._committed.items():
            if committed.commit_term >= seen.term or index < seen.first_index:
                continue
            self.checks[LEADER_COMPLETENESS] += 1
            mine = seen.log.get(index)
            known = committed.entry
            if mine is None or (mine.term, mine.content) != (known.term, known.content):
                facts = {
                    "entry": _show(known), "index": index, "commit_term": committed.commit_term, "member": member,
                    "term": seen.term, "mine": _show(mine) if mine is not None else "",
                }
                kind = "entry-lacking" if mine is None else "entry-replaced"
                return [Violation(LEADER_COMPLETENESS, kind, facts)]
        return []

    def _saw_entry(self, member: str, seen: _SeenMember, entry: SeenEntry) -> list[Violation]:
        found: list[Violation] = []
        mine = seen.log.get(entry.index)
        if mine is not None and seen.role == "leader" and mine != entry:
            facts = {"member": member, "term": seen.term, "index": entry.index}
            found.append(Violation(LEADER_APPEND_ONLY, "leader-overwrote", facts))
        if not seen.log:
            seen.first_index = entry.index
        before = seen.log.get(entry.index - 1)
        seen.log[entry.index] = entry
        if before is None and entry.index > 1:
            return found  # its predecessor has been compacted away: nothing to compare
        self.checks[LOG_MATCHING] += 1
        fact = (entry.content, before.term if before else 0)
        known = self._entries.setdefault((entry.index, entry.term), fact)
        if known != fact:
            shown = {
                "member": member, "entry": _show(entry), "index": entry.index, "before": fact[1], "known": known[0],
                "known_before": known[1],
            }
            found.append(Violation(LOG_MATCHING, "logs-part", shown))
        return found

    # -------------------------------------------------------------------------------------------- memory

    def _member(self, member: str) -> _SeenMember:
        seen = self._members.get(member)
        if seen is None:
            seen = self._members[member] = _SeenMember()
        return seen

    def _found(self, found: list[Violation]) -> list[Violation]:
        self.violations += found
        return found

    def _forget(self) -> None:
        while len(self._entries) > 2 * self._keep:
            del self._entries[next(iter(self._entries))]
        while len(self._committed) > self._keep:
            del self._committed[next(iter(self._committed))]


def _show(entry: SeenEntry) -> str:
    return f"{entry.content!r} of term {entry.term}"
