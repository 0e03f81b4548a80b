"""The Raft theatre's records on a real cluster: timers that run down, ballots with their reasons, why nobody can win,
and lamps that a planted bug turns red."""

from __future__ import annotations

from typing import Any

import pytest

from orrery.cluster import default_config
from orrery.etcd.events import RaftLogChanged, RaftStateChanged, VoteCast
from orrery.kernel import MILLISECOND, SECOND, Kernel, TraceEvent
from orrery.raft.checkers import SENTENCES
from orrery.raft.follower import Follower
from orrery.theatre.production import Production
from orrery.theatre.projections.ballots import reason_words
from orrery.theatre.projections.insight import Insight
from orrery.theatre.projections.quorum import Sight, judge
from orrery.theatre.projections.safety import KOREAN, Safety
from orrery.theatre.projections.timers import SLACK_NS, Timer
from orrery.theatre.records import QuorumRecord, RaftRecord, SafetyRecord, TimerRecord
from orrery.theatre.stage import Stage

MEMBERS = ["cp-1/etcd", "cp-2/etcd", "cp-3/etcd"]


class House:
    """A production whose stage is looked at as the room does it."""

    def __init__(self) -> None:
        self.production = Production(7, default_config())
        self.kernel = self.production.kernel
        self.insight = Insight(self.production.cluster)
        self.events: list[TraceEvent] = []
        self.kernel.trace.subscribe(self.events.append)
        self.timers: list[TimerRecord] = []
        self.look()

    def look(self) -> None:
        for change in self.production.stage.drain().changes:
            if isinstance(change.record, TimerRecord):
                self.timers.append(change.record)

    def play(self, seconds: float, step_ns: int = 25 * MILLISECOND) -> None:
        end_ns = self.kernel.now_ns + round(seconds * SECOND)
        while self.kernel.now_ns < end_ns:
            self.kernel.run_for(step_ns)
            self.look()

    def record(self, record_id: str) -> Any:
        return self.production.stage.records.get(record_id)

    def leader(self) -> str:
        leader = self.production.projections.consensus.leader
        assert leader is not None
        return leader

    def followers(self) -> list[str]:
        return [member for member in MEMBERS if member != self.leader()]


@pytest.fixture
def house() -> House:
    return House()


def told(record: TimerRecord) -> Timer:
    return Timer(record.started_ns, record.timeout_ns, record.beat_ns)


def test_a_quiet_cluster_tells_of_no_timer_and_what_was_told_stays_true(house: House) -> None:
    begun = len(house.timers)
    for _ in range(200):
        house.play(0.025)
        for member in house.followers():
            role = house.insight.raft(member).role  # type: ignore[union-attr]
            assert isinstance(role, Follower)
            believed_ns = told(house.record(f"timer/{member}")).started_by(house.kernel.now_ns)
            assert abs(believed_ns - role.heard_ns) <= 100 * MILLISECOND + SLACK_NS
    assert len(house.timers) - begun <= 2
    assert house.record(f"timer/{house.leader()}") is None


def test_where_time_is_slow_each_start_of_a_timer_is_told_exactly(house: House) -> None:
    begun = len(house.timers)
    house.play(0.5, 5 * MILLISECOND)
    assert len(house.timers) - begun >= 8
    for member in house.followers():
        role = house.insight.raft(member).role  # type: ignore[union-attr]
        assert isinstance(role, Follower)
        assert house.record(f"timer/{member}").started_ns == role.heard_ns


def test_a_timer_that_hears_nothing_runs_down_and_its_member_stands_at_its_end(house: House) -> None:
    followers = house.followers()
    house.production.acts.fault("hang-process", component=house.leader())
    house.play(0.3)
    timers = {member: house.record(f"timer/{member}") for member in followers}
    assert all(timer.beat_ns is None for timer in timers.values())
    ends_ns = {member: timer.started_ns + timer.timeout_ns for member, timer in timers.items()}
    house.play(2.0)
    standing = next(e for e in house.events if isinstance(e, RaftStateChanged) and e.role == "pre-candidate")
    assert standing.member == min(ends_ns, key=lambda member: ends_ns[member])
    assert 0 <= standing.time_ns - ends_ns[standing.member] < 5 * MILLISECOND


def test_an_election_is_counted_ballot_by_ballot_and_each_has_its_reason(house: House) -> None:
    old = house.leader()
    house.production.acts.fault("crash-process", component=old)
    house.play(4.0)
    leader: RaftRecord = house.record(f"raft/{house.leader()}")
    assert leader.counting is not None and (leader.counting.outcome, leader.counting.pre) == ("won", False)
    assert leader.ballots[leader.member] == "granted" and leader.ballots[old] == "waiting"
    voters = [house.record(f"raft/{member}") for member in house.followers() if member != old]
    voter: RaftRecord = voters[0]
    assert voter.cast is not None and voter.cast.granted and voter.cast.candidate == leader.member
    assert voter.cast.reason.en == "the candidate's log is at least as up-to-date as its own"
    match = {peer.member: peer for peer in leader.peers}
    assert match[voter.member].match == leader.last_index and match[voter.member].state == "replicating"
    assert match[old].match == 0


def test_every_reason_for_a_ballot_is_said_in_korean_too(house: House) -> None:
    house.production.acts.fault("cut-link", a=house.followers()[0].partition("/")[0],
                                b=house.leader().partition("/")[0])
    house.play(5.0)
    reasons = {event.reason: None for event in house.events if isinstance(event, VoteCast)}
    assert any(reason.startswith("I still hear") for reason in reasons)
    reasons |= dict.fromkeys((
        "I still hear cp-1/etcd", "my term 4 is newer", "I voted for cp-2/etcd", "cp-3/etcd leads this term",
        "its log ends at 4 of term 2, mine at 5 of term 3", "its log is at least as up-to-date as mine",
    ))
    for reason in reasons:
        words = reason_words(reason)
        assert words.ko != words.en and "/etcd" not in words.ko + words.en


def test_without_a_quorum_it_is_said_who_reaches_whom_and_how_many_votes_there_can_be(house: House) -> None:
    first, second = house.leader(), house.followers()[0]
    assert house.record("quorum").state == "held"
    house.production.acts.fault("crash-process", component=first)
    house.play(4.0)
    assert house.record("quorum").state == "held"
    house.production.acts.fault("crash-process", component=house.leader())
    house.play(3.0)
    quorum: QuorumRecord = house.record("quorum")
    assert (quorum.state, quorum.together, quorum.needed, quorum.leader) == ("lost", 1, 2, None)
    assert "at most 1 of 3 members reach one another" in quorum.say.en and "정족수가 없습니다" in quorum.say.ko
    alive = next(voter for voter in quorum.voters if voter.state == "running")
    assert (alive.votes, alive.can_win, alive.reaches) == (1, False, (alive.member,))
    assert "Out of reach:" in alive.why.en
    house.production.acts.fault("restart-process", component=second)
    house.production.acts.fault("restart-process", component=first)
    house.play(6.0)
    assert house.record("quorum").state == "held"


def test_a_leader_that_is_cut_off_is_said_to_step_down(house: House) -> None:
    leader = house.leader().partition("/")[0]
    others = [host for host in ("cp-1", "cp-2", "cp-3") if host != leader]
    house.production.acts.fault("partition", groups=[[leader], others])
    house.play(0.1)
    quorum: QuorumRecord = house.record("quorum")
    assert quorum.state == "shaken" and "steps down" in quorum.say.en
    assert sum(voter.can_win for voter in quorum.voters) == 2
    house.play(6.0)
    quorum = house.record("quorum")
    assert quorum.state == "held" and quorum.leader != f"{leader}/etcd"


def test_members_that_are_together_but_behind_cannot_win() -> None:
    reach = ("b/etcd", "c/etcd")
    quorum = judge([
        Sight("a/etcd", "down"),
        Sight("b/etcd", "running", reach, 0, (3, 9)),
        Sight("c/etcd", "running", reach, 0, (3, 7)),
    ])
    b, c = quorum.voters[1:]
    assert (b.can_win, b.votes, c.can_win, c.votes) == (True, 2, False, 1)
    assert "newer logs: b" in c.why.en and quorum.state == "open"
    five = judge([
        Sight("a/etcd", "down"), Sight("b/etcd", "hung"), Sight("c/etcd", "running", ("c/etcd", "d/etcd"), 0, (1, 1)),
        Sight("d/etcd", "running", ("c/etcd", "d/etcd", "e/etcd"), 0, (1, 1)),
        Sight("e/etcd", "running", ("d/etcd", "e/etcd"), 0, (2, 1)),
    ])
    assert five.state == "lost" and "new enough" in five.say.en


# -- the lamps


def lamp(record: SafetyRecord, name: str) -> Any:
    return next(lamp for lamp in record.lamps if lamp.property == name)


def test_all_lamps_are_green_on_a_cluster_that_elects_and_loses_members(house: House) -> None:
    before = {lamp.property: lamp.checks for lamp in house.record("safety").lamps}
    for _ in range(2):
        leader = house.leader()
        house.production.acts.fault("crash-process", component=leader)
        house.play(5.0)
        house.production.acts.fault("restart-process", component=leader)
        house.play(7.0)
    after: SafetyRecord = house.record("safety")
    assert all(lamp.broken_ns is None for lamp in after.lamps)
    assert all(lamp.checks > before[lamp.property] for lamp in after.lamps)


def test_a_planted_bug_turns_its_lamp_red_and_shows_the_counter_example() -> None:
    kernel, stage = Kernel(1), Stage()
    safety = Safety(stage, kernel)
    handlers = safety.handlers()

    def happens(event: TraceEvent, t_ns: int) -> None:
        event.time_ns, event.id = t_ns, t_ns
        handlers[type(event)](event)

    def becomes(member: str, role: str, term: int, t_ns: int) -> None:
        happens(RaftStateChanged(
            member=member, role=role, term=term, leader="", vote="", election_deadline_ns=0, election_timeout_ns=0
        ), t_ns)

    def writes(member: str, entries: list[tuple[int, int, str]], applied: int, t_ns: int, cut: int = 0) -> None:
        happens(RaftLogChanged(
            member=member, first_index=1, last_index=entries[-1][0], commit=applied, applied=applied, entries=entries,
            truncated_from=cut, quiet=False,
        ), t_ns)

    becomes("a/etcd", "leader", 3, 10)
    writes("a/etcd", [(1, 3, "put x")], 1, 20)
    stage.settle()
    assert all(lamp.broken_ns is None for lamp in stage.records["safety"].lamps)  # type: ignore[union-attr]
    becomes("b/etcd", "leader", 3, 30)
    stage.settle()
    record = stage.records["safety"]
    assert isinstance(record, SafetyRecord)
    red = lamp(record, "ElectionSafety")
    assert (red.broken_ns, red.event) == (30, 30)
    assert red.example.en == "a and b were both elected in term 3" and "임기 3" in red.example.ko
    assert [lamp.property for lamp in record.lamps if lamp.broken_ns is not None] == ["ElectionSafety"]
    becomes("c/etcd", "leader", 4, 40)
    writes("c/etcd", [(1, 4, "put y")], 1, 50)
    becomes("c/etcd", "leader", 5, 60)
    writes("c/etcd", [(1, 5, "put z")], 1, 70, cut=1)
    stage.settle()
    record = stage.records["safety"]
    assert isinstance(record, SafetyRecord)
    assert {lamp.property for lamp in record.lamps if lamp.broken_ns is not None} == {
        "ElectionSafety", "LeaderAppendOnly", "LeaderCompleteness", "StateMachineSafety",
    }
    assert lamp(record, "ElectionSafety").broken_ns == 30


def test_every_counter_example_is_said_in_korean_too() -> None:
    assert KOREAN.keys() == SENTENCES.keys()
