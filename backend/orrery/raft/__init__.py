"""Consensus by Raft, as a state machine that touches nothing.

`Raft` is one member of a group. It has no clock, no network and no disk: time is an argument (`now_ns`, any monotonic
nanoseconds), randomness is a function given to it, and everything that it wants done in the world comes out as an
ordered list of commands. Two members and a loop are a cluster; forty lines are a test network.

    inputs    step(message, now_ns)   a message arrived
              tick(now_ns)            `deadline_ns` has come
              propose(data, now_ns)   someone wants an entry in the log
              read(context, now_ns)   someone wants to know up to where a linearizable read must have applied
              persisted(entry)        a Persist that ended in this entry is durable
              compact(snapshot, ...)  the state machine has a snapshot: the log may be shortened
    output    take() -> list[Output]

The rules for whoever drives it:

1. Carry commands out **in order**, and let a `Persist` be durable before anything that stands after it is done
   (figure 2 of the paper: "updated on stable storage before responding to RPCs"). What stands before a Persist may
   leave at once: that is how a leader writes its disk in parallel with its followers (thesis, section 10.2.1).
2. A message in the list is the command to send it. Messages may be lost, doubled, delayed and reordered.
3. After a Persist with entries is durable, say so with `persisted(last entry)`. A leader counts itself in the quorum
   only then.
4. Call `tick` when `deadline_ns` has come. The deadline of a follower only moves away while it hears its leader, so a
   timer may be left where it was armed: a call that comes too early does nothing but tell the next deadline.
5. Entries of `Apply` are committed; apply them in order, each once. `Restore` replaces the whole state machine.
6. Messages and entries are shared between members of a simulated group: never change one.

What it does, and where that is written ("paper": Ongaro & Ousterhout, In Search of an Understandable Consensus
Algorithm, extended version; "thesis": Ongaro, Consensus: Bridging Theory and Practice):

    elections (5.2), the up-to-date check (5.4.1)              candidate.py, Raft.ballot
    replication, consistency check, back-tracking hint (5.3)   leader.py, follower.py, log.py, progress.py
    an entry of an older term commits only with one of the
    leader's own term on top (5.4.2); the no-op (8)            leader.py
    snapshots (7)                                              log.py, leader.py, follower.py
    pre-vote (thesis 9.6): no term is spent on a candidacy
    that cannot win; a member that hears its leader refuses    candidate.py, Raft.step
    check-quorum (thesis 6.2): a leader that hears no
    majority for an election timeout steps down                leader.py
    ReadIndex (thesis 6.4): a read needs one round of
    heartbeats, shared by all reads waiting for it             leader.py, reads.py

Timings are etcd's defaults: a heartbeat each 100 ms, an election timeout drawn from 1000-2000 ms.

`checkers.py` holds the safety properties of the paper's figure 3, told only what an onlooker can see.

Not here: membership changes, and anything that waits. This package imports the standard library alone.
"""

from orrery.raft.log import Log
from orrery.raft.messages import (
    Append,
    AppendAnswer,
    Apply,
    Ballot,
    BallotCast,
    BallotsCounted,
    Entry,
    HardState,
    Heartbeat,
    HeartbeatAnswer,
    InstallSnapshot,
    Message,
    Output,
    Persist,
    Proposal,
    ReadAnswer,
    ReadReady,
    ReadRequest,
    Restore,
    RoleChanged,
    Snapshot,
    TimeoutNow,
    Timing,
    VoteRequest,
)
from orrery.raft.node import Raft, RaftError

__all__ = [
    "Append",
    "AppendAnswer",
    "Apply",
    "Ballot",
    "BallotCast",
    "BallotsCounted",
    "Entry",
    "HardState",
    "Heartbeat",
    "HeartbeatAnswer",
    "InstallSnapshot",
    "Log",
    "Message",
    "Output",
    "Persist",
    "Proposal",
    "Raft",
    "RaftError",
    "ReadAnswer",
    "ReadReady",
    "ReadRequest",
    "Restore",
    "RoleChanged",
    "Snapshot",
    "TimeoutNow",
    "Timing",
    "VoteRequest",
]
