"""Raft: what each etcd member believes, its log, the ballots of those that stand for election, and what a leader knows
of its followers."""

from dataclasses import dataclass, field
from typing import cast

from orrery.etcd.events import RaftLogChanged, RaftSnapshotInstalled, RaftStateChanged, VoteCast, VotesCounted
from orrery.kernel import Kernel
from orrery.raft.leader import Leader
from orrery.theatre.projections.ballots import reason_words
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.insight import Insight
from orrery.theatre.projections.machines import Machines
from orrery.theatre.records import Ballot, Cast, Counting, LogEntry, Peer, RaftRecord, RaftRole
from orrery.theatre.stage import Stage

LOG_SHOWN = 24


@dataclass(slots=True)
class _Member:
    role: str = "follower"
    term: int = 0
    vote: str = ""
    leader: str = ""
    commit: int = 0
    applied: int = 0
    first_index: int = 1
    last_index: int = 0
    log: list[tuple[int, int, str]] = field(default_factory=list)
    ballots: dict[str, Ballot] = field(default_factory=dict)
    counting: Counting | None = None
    cast: Cast | None = None
    peers: tuple[Peer, ...] = ()


class Consensus:
    """One record a member; `leader` is the component that most members of the highest term follow."""

    def __init__(self, stage: Stage, insight: Insight, machines: Machines) -> None:
        self._stage = stage
        self._kernel: Kernel = insight.kernel
        self._insight = insight
        self._machines = machines
        self._members = {member: _Member() for member in insight.members}
        stage.glances.append(self._look_at_peers)

    def handlers(self) -> Handlers:
        return {
            RaftStateChanged: self._state_changed,
            RaftLogChanged: self._log_changed,
            RaftSnapshotInstalled: self._snapshot_installed,
            VotesCounted: self._votes_counted,
            VoteCast: self._vote_cast,
        }

    @property
    def leader(self) -> str | None:
        """Who leads, if anybody does: the leader of the highest term among the members that are up."""
        best: tuple[int, str] | None = None
        for name, member in self._members.items():
            if member.role == "leader" and self._machines.leads.get(name):
                best = max(best or (0, ""), (member.term, name))
        return best[1] if best else None

    @property
    def term(self) -> int:
        """The highest term that a member knows of."""
        return max((member.term for member in self._members.values()), default=0)

    def has_quorum(self) -> bool:
        """Whether enough members are up to elect a leader."""
        alive = sum(self._kernel.process(member).state == "running" for member in self._members)
        return 2 * alive > len(self._members)

    def _state_changed(self, event: RaftStateChanged) -> None:
        member = self._members[event.member]
        member.role, member.term, member.vote, member.leader = event.role, event.term, event.vote, event.leader
        if event.role == "follower":
            member.ballots, member.counting = {}, None
        self._machines.set_leader(event.time_ns, event.member, event.role == "leader")
        self._touch(event.time_ns, event.member)

    def _log_changed(self, event: RaftLogChanged) -> None:
        member = self._members[event.member]
        if event.truncated_from:
            member.log = [entry for entry in member.log if entry[0] < event.truncated_from]
        member.log = [*member.log, *event.entries][-LOG_SHOWN:]
        member.first_index, member.last_index = event.first_index, event.last_index
        member.commit, member.applied = event.commit, event.applied
        self._touch(event.time_ns, event.member)

    def _snapshot_installed(self, event: RaftSnapshotInstalled) -> None:
        self._members[event.member].log = []
        self._touch(event.time_ns, event.member)

    def _votes_counted(self, event: VotesCounted) -> None:
        member = self._members[event.member]
        member.ballots = {
            other: "granted" if other in event.granted else "refused" if other in event.refused else "waiting"
            for other in self._members
        }
        member.counting = Counting.model_validate(
            {"term": event.term, "pre": event.pre, "needed": event.needed, "outcome": event.outcome}
        )
        self._touch(event.time_ns, event.member)

    def _vote_cast(self, event: VoteCast) -> None:
        member = self._members[event.member]
        if event.granted and not event.pre:
            member.vote = event.candidate
        member.cast = Cast(
            candidate=event.candidate, term=event.term, pre=event.pre, granted=event.granted,
            reason=reason_words(event.reason), t_ns=event.time_ns,
        )
        self._touch(event.time_ns, event.member)

    def _look_at_peers(self) -> None:
        """What a leader knows of its followers changes with each answer, which is no event of its own."""
        for name, member in self._members.items():
            raft = self._insight.raft(name)
            peers = peers_of(raft.role) if raft is not None and isinstance(raft.role, Leader) else ()
            if peers != member.peers:
                member.peers = peers
                self._touch(self._kernel.now_ns, name)

    def _touch(self, t_ns: int, name: str) -> None:
        self._stage.touch(t_ns, f"raft/{name}", lambda: self._record(name))

    def _record(self, name: str) -> RaftRecord:
        member = self._members[name]
        return RaftRecord(
            id=f"raft/{name}", component=name, member=name, role=cast(RaftRole, member.role), term=member.term,
            vote=member.vote or None, leader=member.leader or None, commit=member.commit, applied=member.applied,
            first_index=member.first_index, last_index=member.last_index,
            log=tuple(LogEntry(index=index, term=term, text=text) for index, term, text in member.log),
            ballots=dict(member.ballots), counting=member.counting, cast=member.cast, peers=member.peers,
        )


def peers_of(leader: Leader) -> tuple[Peer, ...]:
    """A leader's knowledge of each follower."""
    return tuple(
        Peer.model_validate({"member": p.member, "match": p.match, "next": p.next, "state": p.state})
        for p in leader.progress.values()
    )
