"""What can be asked of etcd, and what it answers: plain records, never changed once made.

`pack` and `unpack` turn a request into the bytes that a log on disk holds, and back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from orrery.etcd import encoding

FROM_KEY = b"\0"  # as a range end: every key from `key` on


@dataclass(slots=True)
class KeyValue:
    """One version of a key (mvccpb.KeyValue)."""

    key: bytes
    value: bytes
    create_revision: int
    mod_revision: int
    version: int
    lease: int = 0


@dataclass(slots=True)
class Compare:
    """A condition of a Txn: `target` is mod, create, version, value or lease; `op` is =, !=, < or >."""

    key: bytes
    target: str
    op: str
    operand: int | bytes


@dataclass(slots=True)
class Range:
    """Keys from `key` up to `range_end` (not included); only `key` itself where that is None."""

    key: bytes
    range_end: bytes | None = None
    revision: int = 0
    limit: int = 0
    count_only: bool = False
    serializable: bool = False


@dataclass(slots=True)
class Put:
    key: bytes
    value: bytes
    lease: int = 0


@dataclass(slots=True)
class DeleteRange:
    key: bytes
    range_end: bytes | None = None


@dataclass(slots=True)
class Txn:
    """If every comparison holds, `success` is carried out, else `failure`: in one revision."""

    compare: tuple[Compare, ...]
    success: tuple[Op, ...]
    failure: tuple[Op, ...]


@dataclass(slots=True)
class Compaction:
    """Forget what was before `revision`."""

    revision: int


@dataclass(slots=True)
class LeaseGrant:
    id: int
    ttl_s: int


@dataclass(slots=True)
class LeaseRevoke:
    id: int


Op = Range | Put | DeleteRange
Command = Range | Put | DeleteRange | Txn | Compaction | LeaseGrant | LeaseRevoke


@dataclass(slots=True)
class Request:
    """A command on its way through the log. `id` lets the member that was asked know its own when it applies it."""

    id: str
    command: Command
    quiet: bool = False
    _packed: bytes = field(default=b"", compare=False, repr=False)  # its bytes, once made: every member needs them


@dataclass(slots=True)
class LeaseKeepAlive:
    id: int
    forwarded: bool = False  # by another member: it took us for the leader


@dataclass(slots=True)
class LeaseTimeToLive:
    id: int
    forwarded: bool = False


@dataclass(slots=True)
class LeaseLeases:
    """All leases."""


@dataclass(slots=True)
class MemberList:
    """All members."""


@dataclass(slots=True)
class WatchRequest:
    """A watch of a key or a range from `start_revision` on (0: from now)."""

    key: bytes
    range_end: bytes | None = None
    start_revision: int = 0
    prev_kv: bool = True
    require_leader: bool = True  # end the stream when the member has known no leader for a while


@dataclass(slots=True)
class StatusRequest:
    pass


# ---------------------------------------------------------------------------------------------- answers


@dataclass(slots=True)
class RangeResponse:
    """`count` is the number of keys in the range, whatever the limit; `more`: the limit left some out."""

    kvs: tuple[KeyValue, ...]
    revision: int
    count: int
    more: bool


@dataclass(slots=True)
class PutResponse:
    revision: int
    prev: KeyValue | None


@dataclass(slots=True)
class DeleteResponse:
    revision: int
    deleted: int
    prevs: tuple[KeyValue, ...]


@dataclass(slots=True)
class TxnResponse:
    succeeded: bool
    responses: tuple[RangeResponse | PutResponse | DeleteResponse, ...]
    revision: int


@dataclass(slots=True)
class CompactResponse:
    revision: int


@dataclass(slots=True)
class LeaseResponse:
    """`ttl_s` is 0 where the lease is gone."""

    id: int
    ttl_s: int
    revision: int


@dataclass(slots=True)
class LeaseTimeToLiveResponse:
    """`ttl_s` is what is left of `granted_s`; -1 where the lease is gone. `keys` hang on it."""

    id: int
    ttl_s: int
    granted_s: int
    keys: tuple[bytes, ...]
    revision: int


@dataclass(slots=True)
class LeasesResponse:
    ids: tuple[int, ...]
    revision: int


@dataclass(slots=True)
class MembersResponse:
    """The members' names ("cp-1/etcd"), in their order."""

    members: tuple[str, ...]
    term: int
    revision: int


@dataclass(slots=True)
class StatusResponse:
    member: str
    leader: str
    term: int
    raft_index: int
    raft_applied_index: int
    revision: int
    db_size_bytes: int
    errors: tuple[str, ...]


@dataclass(slots=True)
class WatchEvent:
    """`type` is PUT or DELETE; of a deleted key `kv` has the key and the revision alone."""

    type: str
    kv: KeyValue
    prev_kv: KeyValue | None


@dataclass(slots=True)
class WatchResponse:
    """The events of one revision (of several, where a watch catches up), up to `revision`. A `compact_revision` other
    than 0 says that the start is gone and the watch is over. `progress`: nothing happened up to `revision`."""

    events: tuple[WatchEvent, ...]
    revision: int
    compact_revision: int = 0
    progress: bool = False


Response = RangeResponse | PutResponse | DeleteResponse | TxnResponse | CompactResponse | LeaseResponse


# ---------------------------------------------------------------------------------------------- bytes and words

_RECORDS: tuple[type, ...] = (
    Range, Put, DeleteRange, Txn, Compaction, LeaseGrant, LeaseRevoke, Compare, Request,
)  # fmt: skip
_NUMBERS = {record: number for number, record in enumerate(_RECORDS)}
_FIELDS = {record: tuple(f.name for f in fields(record) if f.name[0] != "_") for record in _RECORDS}


def _flat(value: object) -> object:
    names = _FIELDS.get(type(value))
    if names is not None:
        return {_NUMBERS[type(value)]: [_flat(getattr(value, name)) for name in names]}
    if isinstance(value, tuple):
        return [_flat(item) for item in value]
    return value


def _raised(value: object) -> object:
    if isinstance(value, dict):
        ((number, items),) = value.items()
        return _RECORDS[number](*(_raised(item) for item in items))
    if isinstance(value, list):
        return tuple(_raised(item) for item in value)
    return value


def pack(request: object) -> bytes:
    """The bytes of a request (or of None, a leader's no-op)."""
    if not isinstance(request, Request):
        return encoding.pack(_flat(request))
    if not request._packed:
        request._packed = encoding.pack(_flat(request))
    return request._packed


def unpack(data: bytes) -> object:
    return _raised(encoding.unpack(data))


def summary(request: object) -> str:
    """One line for people, such as "put /registry/pods/default/web"."""
    if not isinstance(request, Request):
        return "no-op"
    return _words(request.command)


def _words(command: Command) -> str:
    match command:
        case Put(key):
            return f"put {_text(key)}"
        case DeleteRange(key, None):
            return f"delete {_text(key)}"
        case DeleteRange(key):
            return f"delete {_text(key)}*"
        case Range(key):
            return f"get {_text(key)}"
        case Txn():
            writes: tuple[Op, ...] = tuple(op for op in command.success if not isinstance(op, Range))
            return "txn " + ", ".join(_words(op) for op in writes or command.success)
        case Compaction(revision):
            return f"compact {revision}"
        case LeaseGrant(id, ttl_s):
            return f"grant lease {id:x} of {ttl_s} s"
        case LeaseRevoke(id):
            return f"revoke lease {id:x}"


def _text(key: bytes) -> str:
    return key.decode("utf-8", "backslashreplace")
