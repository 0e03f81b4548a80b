"""A checker that never fails proves nothing: each planted bug is caught, by storms or by a directed schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from raft_lab import Lab
from raft_sim import HARSH, MILD, SECOND, Disk, Faults, Host, Sim

from orrery.raft import Append, Entry, Heartbeat, Log, Message, Persist, Raft, RaftError
from orrery.raft.checkers import (
    ELECTION_SAFETY,
    LEADER_APPEND_ONLY,
    LEADER_COMPLETENESS,
    LOG_MATCHING,
    PROPERTIES,
    STATE_MACHINE_SAFETY,
    RaftCheckers,
    SeenEntry,
)
from orrery.raft.follower import Follower
from orrery.raft.leader import Leader

Plant = Callable[[pytest.MonkeyPatch], None]


def vote_twice_in_a_term(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Raft, "is_free_to_vote", lambda self, message: True)


def vote_without_log_check(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Log, "is_up_to_date", lambda self, last_index, last_term: True)


def no_previous_entry_check(patch: pytest.MonkeyPatch) -> None:
    def take(self: Follower, entries: tuple[Entry, ...]) -> None:
        entries = tuple(entry for entry in entries if entry.index > self.node.log.last_index)
        for entry in entries:
            if entry.index == self.node.log.last_index + 1:
                self.node.log.append((entry,))
                self.node.persist(entries=(entry,))

    patch.setattr(Log, "matches", lambda self, index, term: index <= self.last_index)
    patch.setattr(Follower, "take_entries", take)


def conflicting_suffix_kept(patch: pytest.MonkeyPatch) -> None:
    def first_new(self: Log, entries: tuple[Entry, ...]) -> int:
        return sum(entry.index <= self.last_index for entry in entries)

    patch.setattr(Log, "first_new", first_new)


def commit_by_minority(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Leader, "replicated_index", lambda self: self.node.durable_index)


def answer_before_writing(patch: pytest.MonkeyPatch) -> None:
    """The log's tail is lost in a crash: messages do not wait for the disk."""

    def carry_out(self: Sim, host: Host) -> None:
        writes: list[Persist] = []
        for output in host.queue:
            if isinstance(output, Persist):
                writes.append(output)
        rest = [output for output in host.queue if not isinstance(output, Persist)]
        host.queue = rest
        original(self, host)
        host.queue = [Persist(hard, entries, cut, snapshot) for hard, entries, cut, snapshot in map(parts, writes)]
        if host.writing is None:
            original(self, host)

    def parts(persist: Persist) -> tuple[object, ...]:
        return persist.hard, persist.entries, persist.truncate_from, persist.snapshot

    original = Sim.carry_out
    patch.setattr(Sim, "carry_out", carry_out)


def hard_state_not_written(patch: pytest.MonkeyPatch) -> None:
    """Term and vote are lost in a restart."""
    original = Sim.write

    def write(self: Sim, host: Host, persist: Persist) -> None:
        original(self, host, Persist(None, persist.entries, persist.truncate_from, persist.snapshot))

    patch.setattr(Sim, "write", write)


def new_leader_drops_what_is_uncommitted(patch: pytest.MonkeyPatch) -> None:
    original = Leader.append

    def append(self: Leader, data: object, cause: object, now_ns: int) -> None:
        if data is None and self.node.log.last_index > self.node.commit:
            first = self.node.commit + 1
            self.node.truncate(first)
            self.node.persist(truncate_from=first)
            for progress in self.progress.values():
                progress.next = first
        original(self, data, cause, now_ns)

    patch.setattr(Leader, "append", append)


SLOW_DISKS = replace(HARSH, sync_ms=(1, 150), delay_ms=(1, 2), crashes=3.0, down_ms=(5, 100), loss=0.3, late=0.0)

STORM_BUGS: dict[str, tuple[Plant, Faults]] = {
    "vote twice in a term": (vote_twice_in_a_term, HARSH),
    "vote without the log check": (vote_without_log_check, HARSH),
    "no previous-entry check": (no_previous_entry_check, HARSH),
    "conflicting suffix kept": (conflicting_suffix_kept, HARSH),
    "commit by a minority": (commit_by_minority, HARSH),
    "answers before its disk has written": (answer_before_writing, SLOW_DISKS),
    "term and vote not written": (hard_state_not_written, HARSH),
    "a new leader drops what it does not know to be committed": (new_leader_drops_what_is_uncommitted, HARSH),
}


def violated(seed: int, faults: Faults) -> str:
    """The first property that breaks in this storm; "Assertion" where the code noticed by itself."""
    sim = Sim(seed, faults=faults)
    try:
        sim.chaos(10 * SECOND)
        sim.peace(3 * SECOND)
    except (RaftError, IndexError):
        pass
    if sim.checkers.violations:
        return sim.checkers.violations[0].property
    return ""


@pytest.mark.parametrize("name", STORM_BUGS)
def test_storms_catch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, faults = STORM_BUGS[name]
    plant(monkeypatch)
    for seed in range(300):
        found = violated(seed, faults)
        if found:
            assert found in PROPERTIES
            return
    pytest.fail(f"no storm of 300 caught: {name}")


def test_the_control_is_clean() -> None:
    assert [violated(seed, faults) for seed in range(10) for faults in (MILD, HARSH, SLOW_DISKS)] == [""] * 30


# ------------------------------------------------------------------------------------- directed schedules


def figure_8(patch: pytest.MonkeyPatch) -> Lab:
    """The paper's figure 8: S1 leads term 2, S5 term 3, S1 again term 4, then S5 again and overwrites index 2."""
    patch.setattr("orrery.raft.leader.BATCH_ENTRIES", 1)
    lab = Lab(members=5, logs={name: [1] for name in ("n1", "n2", "n3", "n4", "n5")})
    # (a) n1 leads term 2; its entry at index 2 reaches n2 alone
    lab.elect_quietly("n1", voters=("n2", "n3"))
    lab.deliver("n1", "n2")
    lab.crash("n1")
    # (b) n5 is elected in term 3 by n3 and n4 and has another entry at index 2, which reaches nobody
    lab.elect_quietly("n5", voters=("n3", "n4"))
    lab.crash("n5")
    # (c) n1 is elected in term 4 and goes on replicating: its index 2, of term 2, reaches n3: it is on a majority
    lab.start("n1")
    lab.elect_quietly("n1", voters=("n2", "n3"))
    for member in ("n2", "n3", "n3"):
        lab.deliver("n1", member)
        lab.deliver(member, "n1")
    assert [lab.terms(name)[:2] for name in lab.names] == [[1, 2], [1, 2], [1, 2], [1], [1, 3]]
    lab.crash("n1")
    # (d) n5 is elected by n3 and n4 and overwrites index 2
    lab.start("n5")
    lab.elect_quietly("n5", voters=("n3", "n4"))
    lab.settle(among=("n3", "n4", "n5"))
    assert lab.terms("n3")[:2] == [1, 3]
    return lab


def late_append(patch: pytest.MonkeyPatch) -> Lab:
    """An Append of a deposed leader arrives after that of its successor."""
    lab = Lab()
    lab.elect("n1")
    lab.propose("n1", "old")
    late = lab.drop("n1", "n3")
    lab.drop()
    lab.elect_quietly("n2", voters=("n3",))
    lab.deliver("n2", "n3")  # n3 holds n2's no-op at index 2 ...
    lab.deliver("n3", "n2")  # ... which commits it
    lab.drop()
    for message in late:
        lab.step(message)
    lab.crash("n2")
    lab.elect("n1", among=("n1", "n3"))
    if lab.nodes["n1"].role.name != "leader":
        lab.elect("n1", among=("n1", "n3"))
    return lab


def vote_and_restart(patch: pytest.MonkeyPatch) -> Lab:
    """n2 votes for n1, restarts, and is asked by n3 for the same term."""
    lab = Lab()
    for candidate in ("n1", "n3"):
        lab.now += 3 * SECOND
        lab.timeout(candidate)
        for _ in ("pre-vote", "vote"):
            lab.deliver(candidate, "n2")
            lab.deliver("n2", candidate)
        lab.drop()
        lab.crash("n2")
        lab.start("n2")
    return lab


def any_term_commits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Leader, "may_commit", lambda self, index: True)


def stale_append_accepted(patch: pytest.MonkeyPatch) -> None:
    def step_older(self: Raft, message: Message, now_ns: int) -> None:
        if isinstance(message, Append | Heartbeat) and isinstance(self.role, Follower):
            self.role.step(message, now_ns)

    patch.setattr(Raft, "_step_older", step_older)


def vote_lost_in_restart(patch: pytest.MonkeyPatch) -> None:
    original = Disk.write

    def write(self: Disk, persist: Persist) -> None:
        original(self, Persist(None, persist.entries, persist.truncate_from, persist.snapshot))

    patch.setattr(Disk, "write", write)


DIRECTED: dict[str, tuple[Callable[[pytest.MonkeyPatch], Lab], Plant, str]] = {
    "old-term entry committed by counting": (figure_8, any_term_commits, LEADER_COMPLETENESS),
    "append of a stale term accepted": (late_append, stale_append_accepted, LEADER_COMPLETENESS),
    "vote lost in a restart": (vote_and_restart, vote_lost_in_restart, ELECTION_SAFETY),
}


@pytest.mark.parametrize("name", DIRECTED)
def test_a_directed_schedule_catches(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule, plant, expected = DIRECTED[name]
    plant(monkeypatch)
    assert schedule(monkeypatch).checkers.violations[0].property == expected


@pytest.mark.parametrize("name", DIRECTED)
def test_the_directed_schedule_is_clean_without_the_bug(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert DIRECTED[name][0](monkeypatch).checkers.violations == []


def test_a_read_answered_without_a_round_of_heartbeats_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: Leader, context: str, now_ns: int, source: str) -> bool:
        self._answer_read(context, source, self.node.commit)
        return True

    def stale(seed: int) -> bool:
        sim = Sim(seed, faults=HARSH)
        sim.chaos(10 * SECOND)
        return bool(sim.stale_reads)

    monkeypatch.setattr(Leader, "read", read)
    assert any(stale(seed) for seed in range(100))


# ------------------------------------------------------------------------------------- the checkers by themselves


def entry(index: int, term: int, content: str = "x") -> SeenEntry:
    return SeenEntry(index, term, content)


def test_two_leaders_of_one_term_break_election_safety() -> None:
    checkers = RaftCheckers()
    assert checkers.saw_role("a", "leader", 1) == []
    assert checkers.saw_role("a", "follower", 1) == []
    assert checkers.saw_role("b", "leader", 2) == []
    (violation,) = checkers.saw_role("c", "leader", 2)
    assert (violation.property, violation.text) == (ELECTION_SAFETY, "b and c were both elected in term 2")


def test_a_leader_that_cuts_its_log_breaks_append_only_and_a_follower_does_not() -> None:
    checkers = RaftCheckers()
    checkers.saw_log("a", [entry(1, 1), entry(2, 1)])
    assert checkers.saw_log("a", [entry(2, 2)], truncate_from=2) == []
    checkers.saw_role("a", "leader", 3)
    assert [v.property for v in checkers.saw_log("a", [entry(2, 3)], truncate_from=2)] == [LEADER_APPEND_ONLY]


def test_entries_of_one_index_and_term_must_have_the_same_content_and_past() -> None:
    checkers = RaftCheckers()
    checkers.saw_log("a", [entry(1, 1), entry(2, 2)])
    assert checkers.saw_log("b", [entry(1, 1)]) == []
    assert [v.property for v in checkers.saw_log("b", [entry(2, 2, "y")])] == [LOG_MATCHING]
    assert [v.property for v in checkers.saw_log("c", [entry(1, 2), entry(2, 2)])] == [LOG_MATCHING]


def test_a_leader_of_a_higher_term_must_hold_what_was_committed_and_one_of_an_older_term_need_not() -> None:
    checkers = RaftCheckers()
    checkers.saw_role("a", "leader", 2)
    checkers.saw_log("a", [entry(1, 2)])
    checkers.saw_applied("a", entry(1, 2))
    assert checkers.saw_role("b", "leader", 1) == []
    assert [v.property for v in checkers.saw_role("c", "leader", 3)] == [LEADER_COMPLETENESS]


def test_members_that_apply_different_entries_break_state_machine_safety() -> None:
    checkers = RaftCheckers()
    assert checkers.saw_applied("a", entry(1, 1)) == []
    assert checkers.saw_applied("b", entry(1, 1)) == []
    assert [v.property for v in checkers.saw_applied("c", entry(1, 2))] == [STATE_MACHINE_SAFETY]


def test_a_restart_or_a_snapshot_is_no_reason_to_cry_wolf() -> None:
    checkers = RaftCheckers()
    checkers.saw_log("a", [entry(1, 1), entry(2, 1)])
    checkers.saw_applied("a", entry(1, 1))
    checkers.saw_snapshot("b", 2)
    checkers.saw_log("b", [entry(3, 2)])
    checkers.saw_restart("a", [entry(1, 1)])
    checkers.saw_compaction("a", 2)
    assert checkers.saw_role("b", "leader", 5) == []
    assert checkers.violations == []
