"""The quorum: who reaches whom, who could be elected, and why nobody can win without a majority. In words.

`judge` is a pure function of what is seen of each member; the projection looks when something of it has changed.
"""

from dataclasses import dataclass
from typing import Literal

from orrery.etcd.events import RaftLogChanged, RaftStateChanged, VotesCounted
from orrery.kernel import (
    HostCrashed,
    HostStarted,
    LinkChanged,
    ProcessExited,
    ProcessHung,
    ProcessResumed,
    ProcessStarted,
    TraceEvent,
)
from orrery.raft.quorum import majority
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.insight import Insight, host_of
from orrery.theatre.projections.quorum_words import joined, words
from orrery.theatre.records import QuorumRecord, QuorumState, Voter
from orrery.theatre.stage import Stage


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of one member. `reaches`: members that run and with which messages pass both ways, itself too.
    `log`: term and index of its last entry."""

    member: str
    state: Literal["running", "hung", "down"]
    reaches: tuple[str, ...] = ()
    leads_term: int = 0
    log: tuple[int, int] = (0, 0)


class Quorum:
    """One record for the whole cluster."""

    def __init__(self, stage: Stage, insight: Insight) -> None:
        self._stage = stage
        self._insight = insight
        self._hosts = {host_of(member): member for member in insight.members}

    def handlers(self) -> Handlers:
        kinds = (
            ProcessStarted, ProcessExited, ProcessHung, ProcessResumed, HostCrashed, HostStarted, RaftStateChanged,
            VotesCounted, RaftLogChanged, LinkChanged,
        )
        return dict.fromkeys(kinds, self._changed)

    def _changed(self, event: TraceEvent) -> None:
        if host_of(event.source) in self._hosts or isinstance(event, LinkChanged):
            self._stage.touch(event.time_ns, "quorum", self._record)

    def _record(self) -> QuorumRecord | None:
        return judge([self._see(member) for member in self._insight.members]) if self._hosts else None

    def _see(self, member: str) -> Sight:
        raft = self._insight.raft(member)
        if raft is None:
            hung = self._insight.kernel.process(member).state == "hung"
            return Sight(member, "hung" if hung else "down")
        leads = raft.term if raft.role.name == "leader" else 0
        reaches = tuple(other for other in self._insight.members if self._reach(member, other))
        return Sight(member, "running", reaches, leads, (raft.log.last_term, raft.log.last_index))

    def _reach(self, member: str, other: str) -> bool:
        if self._insight.raft(other) is None:
            return False
        if member == other:
            return True
        a, b = host_of(member), host_of(other)
        link = self._insight.kernel.network.link(a, b)
        return not link.is_cut(a) and not link.is_cut(b) and link.drop < 1


def judge(sights: list[Sight]) -> QuorumRecord:
    """Whether there is a quorum, and of each member what would come of its standing for election."""
    needed = majority(len(sights))
    leader = max((s for s in sights if s.leads_term), key=lambda s: s.leads_term, default=None)
    held = leader is not None and len(leader.reaches) >= needed
    voters = tuple(_voter(sight, sights, leader, needed, held) for sight in sights)
    winners = [voter.member for voter in voters if voter.can_win]
    state: QuorumState = "held" if held else "shaken" if leader is not None else "open" if winners else "lost"
    together = max((len(sight.reaches) for sight in sights), default=0)
    facts = {
        "leader": host_of(leader.member) if leader else "", "reached": len(leader.reaches) if leader else 0,
        "needed": needed, "size": len(sights), "together": together, "names": ", ".join(map(host_of, winners)),
    }
    kind = "stale" if state == "lost" and together >= needed else state
    say = joined(words(kind, **facts), words("others", **facts) if state == "shaken" and winners else None)
    return QuorumRecord(
        needed=needed, together=together, leader=leader.member if leader else None, state=state, say=say, voters=voters,
    )


def _voter(sight: Sight, sights: list[Sight], leader: Sight | None, needed: int, held: bool) -> Voter:
    granting = [o for o in sights if o.member in sight.reaches and o.log <= sight.log]
    refusing = [o for o in sights if o.member in sight.reaches and o.log > sight.log]
    missing = [o for o in sights if o.member not in sight.reaches and o.member != sight.member]
    votes = len(granting)
    if sight.state != "running":
        why = words(sight.state)
    elif sight is leader:
        why = words("leads" if held else "leads-nobody", reached=len(sight.reaches), needed=needed)
    elif held and leader is not None and leader.member in sight.reaches:
        why = words("hears", leader=host_of(leader.member))
    else:
        why = joined(
            words("chances", votes=votes, needed=needed),
            words("out-of-reach", names=_names(missing)) if missing else None,
            words("would-refuse", names=_names(refusing)) if refusing else None,
        )
    return Voter(
        member=sight.member, state=sight.state, reaches=sight.reaches, votes=votes,
        can_win=sight.state == "running" and sight is not leader and votes >= needed, why=why,
    )


def _names(sights: list[Sight]) -> str:
    return ", ".join(host_of(sight.member) for sight in sights)
