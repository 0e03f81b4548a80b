"""etcd's members as Raft sees them."""

from typing import Literal

from orrery.theatre.records.base import Model

RaftRole = Literal["follower", "pre-candidate", "candidate", "leader"]
Ballot = Literal["granted", "refused", "waiting"]


class LogEntry(Model):
    index: int
    term: int
    text: str = ""              # what it proposes, in short: "put /registry/pods/default/web-1"


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
    ballots: dict[str, Ballot] = {}   # a candidate's own view, by member
    election_deadline_ns: int | None = None  # when it will campaign if it hears nothing (as known at its last change)
