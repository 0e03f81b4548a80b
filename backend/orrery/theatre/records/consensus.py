"""etcd's members as Raft sees them."""

from typing import Literal

from orrery.theatre.records.base import Model, Words

RaftRole = Literal["follower", "pre-candidate", "candidate", "leader"]
Ballot = Literal["granted", "refused", "waiting"]


class LogEntry(Model):
    index: int
    term: int
    text: str = ""              # what it proposes, in short: "put /registry/pods/default/web-1"


class Counting(Model):
    """The count of a candidate, or of the leader when it was elected; `ballots` has the votes themselves."""
    term: int                   # the term that it stands for
    pre: bool                   # it only asks whether it would be elected
    needed: int
    outcome: Literal["pending", "won", "lost"]


class Cast(Model):
    """The last ballot that a member cast, and why it cast it so."""
    candidate: str
    term: int
    pre: bool
    granted: bool
    reason: Words
    t_ns: int


class Peer(Model):
    """What a leader knows of another member's log: they agree up to `match`, and it will send from `next` on."""
    member: str
    match: int
    next: int
    state: Literal["probing", "replicating", "snapshotting"]


class RaftRecord(Model):
    type: Literal["raft"] = "raft"
    id: str                     # "raft/cp-1/etcd"
    component: str
    member: str                 # "etcd-1"
    role: RaftRole
    term: int
    vote: str | None            # the member voted for in this term
    leader: str | None          # whom it believes to lead
    commit: int
    applied: int
    first_index: int
    last_index: int
    log: tuple[LogEntry, ...] = ()          # the last 24 entries, oldest first
    ballots: dict[str, Ballot] = {}     # as a candidate counts them, by member; a leader keeps those that elected it
    counting: Counting | None = None    # what the ballots are for
    cast: Cast | None = None
    peers: tuple[Peer, ...] = ()        # a leader's


class TimerRecord(Model):
    """The election timer of a member that follows or stands: at zero it stands for election. Gone where there is none.

    While heartbeats come, the timer is started again at least each `beat_ns` from `started_ns` on; only what departs
    from this is told, so that a quiet cluster tells nothing. None: it has not been started again since.
    """
    type: Literal["timer"] = "timer"
    id: str                     # "timer/cp-1/etcd"
    component: str
    started_ns: int
    timeout_ns: int
    beat_ns: int | None


class Voter(Model):
    """One member, and what would come of its standing for election now."""
    member: str
    state: Literal["running", "hung", "down"]
    reaches: tuple[str, ...]    # members that run and with which messages pass both ways; itself among them
    votes: int                  # it could get so many
    can_win: bool
    why: Words


QuorumState = Literal["held", "shaken", "open", "lost"]


class QuorumRecord(Model):
    """Whether there is a quorum, and why nobody can win without one.

    held: the leader reaches a majority; shaken: it does not, and will step down; open: no leader, but somebody can win;
    lost: nobody can.
    """
    type: Literal["quorum"] = "quorum"
    id: Literal["quorum"] = "quorum"
    needed: int
    together: int               # the largest number of members that reach one another
    leader: str | None
    state: QuorumState
    say: Words
    voters: tuple[Voter, ...]


class Lamp(Model):
    """One of Raft's safety properties, as the checkers judge it."""
    property: Literal[
        "ElectionSafety", "LeaderAppendOnly", "LogMatching", "LeaderCompleteness", "StateMachineSafety",
    ]
    checks: int                 # as of `SafetyRecord.told_ns`
    broken_ns: int | None = None
    event: int | None = None    # the trace event that shows it
    example: Words | None = None  # the counter-example


class SafetyRecord(Model):
    type: Literal["safety"] = "safety"
    id: Literal["safety"] = "safety"
    since_ns: int               # watched since then
    told_ns: int
    lamps: tuple[Lamp, ...]
