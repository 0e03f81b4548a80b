"""etcd: a key-value store that a majority of its members agrees on.

A member is a simulated process. It reads its disk back (term, vote, log, perhaps a snapshot), drives Raft over
datagrams to its peers (port 2380), applies what is committed to its store, and serves clients (port 2379).

    member.py    the process: Raft's commands to disk, network and store, in order
    server.py    what clients ask: writes through the log, reads by ReadIndex, leases, status
    watch.py     who watches what
    applier.py   a committed entry to a changed store: the same on every member
    mvcc.py      the store: revisions, versions, ranges, transactions, history, compaction (pure)
    lease.py     leases (pure)
    storage.py   the write-ahead log and the snapshot on disk
    client.py    how others talk to it; requests.py and errors.py are the words
    events.py    what the audience is told

Rules
- What a member answers to a write, it has applied; what it applied, a majority had on disk.
- The store changes through the log alone, so that all members' stores go through the same revisions.
- A linearizable read waits for a read index; a serializable one says what this member has.
- The cause of a write travels with its entry: apply, answer and watch events stay in its flow.
- Errors are etcd's own, word by word.

What may not be here: Kubernetes. Keys and values are bytes.
"""

from orrery.etcd.client import Client, WatchStream
from orrery.etcd.errors import EtcdError
from orrery.etcd.member import CLIENT_PORT, PEER_PORT, EtcdMember
from orrery.etcd.requests import (
    CompactResponse,
    Compare,
    DeleteRange,
    DeleteResponse,
    KeyValue,
    LeaseResponse,
    LeasesResponse,
    LeaseTimeToLiveResponse,
    MembersResponse,
    Op,
    Put,
    PutResponse,
    Range,
    RangeResponse,
    StatusResponse,
    TxnResponse,
    WatchEvent,
    WatchResponse,
)

__all__ = [
    "CLIENT_PORT",
    "PEER_PORT",
    "Client",
    "CompactResponse",
    "Compare",
    "DeleteRange",
    "DeleteResponse",
    "EtcdError",
    "EtcdMember",
    "KeyValue",
    "LeaseResponse",
    "LeaseTimeToLiveResponse",
    "LeasesResponse",
    "MembersResponse",
    "Op",
    "Put",
    "PutResponse",
    "Range",
    "RangeResponse",
    "StatusResponse",
    "TxnResponse",
    "WatchEvent",
    "WatchResponse",
    "WatchStream",
]
