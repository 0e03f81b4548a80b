"""What members say to one another, and what a member asks of its driver.

All are plain slotted records, never changed once made: a leader sends the same heartbeat object again and again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MILLISECOND: Final = 1_000_000


@dataclass(slots=True)
class Entry:
    """One place in the log. `data` is opaque; None is a new leader's no-op. `cause` rides along unread."""

    index: int
    term: int
    data: object = None
    cause: object = field(default=None, compare=False)


@dataclass(slots=True)
class HardState:
    """What a member must never forget: its term and whom it voted for in it ("" for nobody)."""

    term: int = 0
    vote: str = ""


@dataclass(slots=True)
class Snapshot:
    """The state machine after applying everything up to `index`, whose entry had `term`."""

    index: int
    term: int
    data: object = None


@dataclass(slots=True)
class Timing:
    """etcd's defaults. The election timeout is drawn from [election_ns, 2 * election_ns]."""

    heartbeat_ns: int = 100 * MILLISECOND
    election_ns: int = 1000 * MILLISECOND


# ---------------------------------------------------------------------------------------------- between members


@dataclass(slots=True)
class VoteRequest:
    """RequestVote (5.2). With `pre` it asks only "would you?", for a term that nobody has entered yet."""

    source: str
    target: str
    term: int
    last_index: int
    last_term: int
    pre: bool = False
    forced: bool = False  # the old leader asked for this election itself: the lease does not hold it up


@dataclass(slots=True)
class Ballot:
    """The answer to a VoteRequest. A granted pre-vote carries the term asked about, a refusal the voter's own."""

    source: str
    target: str
    term: int
    granted: bool
    pre: bool = False


@dataclass(slots=True)
class Append:
    """AppendEntries with entries or with news of the commit index (5.3)."""

    source: str
    target: str
    term: int
    prev_index: int
    prev_term: int
    entries: tuple[Entry, ...]
    commit: int


@dataclass(slots=True)
class AppendAnswer:
    """Accepted: the log matches the leader's up to `index`. Refused: the entry at `index` did not match, and the two
    logs may agree no further than `hint_index`, where the follower's entry has `hint_term`."""

    source: str
    target: str
    term: int
    accepted: bool
    index: int
    hint_index: int = 0
    hint_term: int = 0


@dataclass(slots=True)
class Heartbeat:
    """The empty AppendEntries that keeps followers quiet. `commit` never passes what the follower is known to hold,
    so no consistency check is needed. `context` names the newest read waiting for this round."""

    source: str
    target: str
    term: int
    commit: int
    context: str = ""


@dataclass(slots=True)
class HeartbeatAnswer:
    source: str
    target: str
    term: int
    context: str = ""


@dataclass(slots=True)
class InstallSnapshot:
    """For a follower so far behind that the entries it needs are gone (section 7)."""

    source: str
    target: str
    term: int
    snapshot: Snapshot


@dataclass(slots=True)
class TimeoutNow:
    """The leader hands over: campaign at once (thesis 3.10)."""

    source: str
    target: str
    term: int


@dataclass(slots=True)
class Proposal:
    """A follower passes a proposal on to the leader. It belongs to no term."""

    source: str
    target: str
    data: object
    cause: object = field(default=None, compare=False)
    term: int = 0


@dataclass(slots=True)
class ReadRequest:
    """A follower asks the leader for a read index. It belongs to no term."""

    source: str
    target: str
    context: str
    term: int = 0


@dataclass(slots=True)
class ReadAnswer:
    source: str
    target: str
    term: int
    index: int
    context: str


Message = (
    VoteRequest
    | Ballot
    | Append
    | AppendAnswer
    | Heartbeat
    | HeartbeatAnswer
    | InstallSnapshot
    | TimeoutNow
    | Proposal
    | ReadRequest
    | ReadAnswer
)

# ---------------------------------------------------------------------------------------------- to the driver


@dataclass(slots=True)
class Persist:
    """Make durable, as one: the hard state if given; the snapshot if given (the log is then empty after it); the log
    cut at `truncate_from` if not 0; the entries appended."""

    hard: HardState | None = None
    entries: tuple[Entry, ...] = ()
    truncate_from: int = 0
    snapshot: Snapshot | None = None


@dataclass(slots=True)
class Apply:
    """These entries are committed. The driver may note the last index as a place to start again from; losing the
    note does no harm (figure 2 calls the commit index volatile)."""

    entries: tuple[Entry, ...]


@dataclass(slots=True)
class Restore:
    """Replace the state machine by this snapshot."""

    snapshot: Snapshot


@dataclass(slots=True)
class RoleChanged:
    """The role, the term or the known leader is another. `deadline_ns`: when an election will start if nothing is
    heard (followers and candidates), or when the next heartbeat goes out (leaders)."""

    role: str
    term: int
    leader: str
    vote: str
    deadline_ns: int


@dataclass(slots=True)
class BallotCast:
    """This member made up its mind about a candidate, and why."""

    candidate: str
    term: int
    pre: bool
    granted: bool
    reason: str


@dataclass(slots=True)
class BallotsCounted:
    """A candidate's count so far; `outcome` is "pending", "won" or "lost"."""

    term: int
    pre: bool
    granted: tuple[str, ...]
    refused: tuple[str, ...]
    needed: int
    outcome: str


@dataclass(slots=True)
class ReadReady:
    """A read with this context is linearizable once everything up to `index` is applied."""

    context: str
    index: int


Output = Message | Persist | Apply | Restore | RoleChanged | BallotCast | BallotsCounted | ReadReady
