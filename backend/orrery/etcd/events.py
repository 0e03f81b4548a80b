"""What etcd's members tell the audience, on change only. `member` is a component such as "cp-1/etcd"."""

from __future__ import annotations

from orrery.kernel import TraceEvent, event


@event
class RaftStateChanged(TraceEvent):
    """Role (follower, pre-candidate, candidate, leader), term or known leader are other than before.

    `election_deadline_ns` is when the member will stand for election unless it hears from a leader; each heartbeat
    moves it on by the same span, `election_timeout_ns`. Both are 0 for a leader.
    """

    member: str
    role: str
    term: int
    leader: str
    vote: str
    election_deadline_ns: int
    election_timeout_ns: int


@event
class RaftLogChanged(TraceEvent):
    """The log as it stands on disk grew, was cut, was compacted, or more of it is committed.

    `entries` were appended, as (index, term, summary), after the log was cut at `truncated_from` (0: it was not).
    """

    member: str
    first_index: int
    last_index: int
    commit: int
    applied: int
    entries: list[tuple[int, int, str]]
    truncated_from: int
    quiet: bool


@event
class RaftSnapshotInstalled(TraceEvent):
    """The member was so far behind that its leader sent it the whole state: these ``keys``, and these leases with their
    seconds to live."""

    member: str
    index: int
    term: int
    revision: int
    keys: list[str]
    leases: list[tuple[str, int]]


@event
class VoteCast(TraceEvent):
    """A member made up its mind about a candidate; `pre`: it was only asked whether it would."""

    member: str
    candidate: str
    term: int
    pre: bool
    granted: bool
    reason: str


@event
class VotesCounted(TraceEvent):
    """A candidate's count so far; `outcome` is pending, won or lost."""

    member: str
    term: int
    pre: bool
    granted: list[str]
    refused: list[str]
    needed: int
    outcome: str


@event
class EtcdApplied(TraceEvent):
    """A committed entry changed a member's store: puts as (key, value, create_revision, version), deletes as keys."""

    member: str
    index: int
    term: int
    revision: int
    puts: list[tuple[str, str, int, int]]
    deletes: list[str]
    quiet: bool


@event
class EtcdCompacted(TraceEvent):
    """A member forgot what was before `revision`."""

    member: str
    revision: int


@event
class LeaseChanged(TraceEvent):
    """A lease was "granted", "revoked" by its owner, or "expired"."""

    member: str
    lease: str
    ttl_s: int
    change: str


@event
class EtcdWatchChanged(TraceEvent):
    """A member serves a watch of a range of keys from now on (``open``), or no longer. ``peer`` asked for it."""

    member: str
    call: int
    peer: str
    key: str
    range_end: str
    open: bool
