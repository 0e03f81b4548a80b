"""From a committed entry to a changed store: the same on every member, because it looks at nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from orrery.etcd import encoding, errors
from orrery.etcd.lease import Lessor
from orrery.etcd.mvcc import Store
from orrery.etcd.requests import (
    Command,
    Compaction,
    CompactResponse,
    DeleteRange,
    LeaseGrant,
    LeaseResponse,
    LeaseRevoke,
    Op,
    Put,
    Range,
    Response,
    Txn,
    WatchEvent,
)

MAX_REQUEST_BYTES = 1536 * 1024
MAX_TXN_OPS = 128


class StateImage:
    """A whole state machine as bytes, for a snapshot. In the trace it stands with its size alone."""

    __slots__ = ("data", "revision")

    def __init__(self, data: bytes, revision: int) -> None:
        self.data = data
        self.revision = revision

    def to_trace(self) -> dict[str, int]:
        return {"size_bytes": len(self.data), "revision": self.revision}


@dataclass(slots=True)
class Applied:
    """What came of one entry: an answer or an error, and the events of the revision that it made (if it made one)."""

    response: Response | None
    error: errors.EtcdError | None
    events: tuple[WatchEvent, ...]


class StateMachine:
    """The store and the leases of one member."""

    def __init__(self) -> None:
        self.store = Store()
        self.lessor = Lessor()

    def apply(self, command: Command, now_ns: int) -> Applied:
        """Carry out one command. `now_ns` matters to the time of a new lease alone, which only the leader counts."""
        before = self.store.revision
        try:
            response = self._carry_out(command, now_ns)
        except errors.EtcdError as error:
            return Applied(None, error, ())
        if self.store.revision == before:
            return Applied(response, None, ())
        events = self.store.events_at(self.store.revision)
        self._follow_leases(events)
        return Applied(response, None, events)

    def _carry_out(self, command: Command, now_ns: int) -> Response:
        store = self.store
        match command:
            case Put():
                self._check_leases((command,))
                return store.put(command)
            case DeleteRange():
                return store.delete(command)
            case Txn():
                self._check_leases(command.success + command.failure)
                return store.txn(command)
            case Range():
                return store.range(command)
            case Compaction(revision):
                store.compact(revision)
                return CompactResponse(store.revision)
            case LeaseGrant(id, ttl_s):
                lease = self.lessor.grant(id, ttl_s, now_ns)
                return LeaseResponse(id, lease.ttl_s, store.revision)
            case LeaseRevoke(id):
                keys = self.lessor.revoke(id)
                store.txn(Txn((), tuple(DeleteRange(key) for key in keys), ()))
                return LeaseResponse(id, 0, store.revision)

    def _check_leases(self, ops: tuple[Op, ...]) -> None:
        for op in ops:
            if isinstance(op, Put) and op.lease and op.lease not in self.lessor.leases:
                raise errors.lease_not_found()

    def _follow_leases(self, events: tuple[WatchEvent, ...]) -> None:
        """A key belongs to the lease of its newest version."""
        for event in events:
            kv, prev = event.kv, event.prev_kv
            if prev is not None and prev.lease and prev.lease != kv.lease:
                self.lessor.detach(prev.lease, kv.key)
            if kv.lease:
                self.lessor.attach(kv.lease, kv.key)

    def image(self) -> StateImage:
        return StateImage(encoding.pack([self.store.dump(), self.lessor.dump()]), self.store.revision)

    def restore(self, image: StateImage) -> None:
        store, leases = encoding.unpack(image.data)
        self.store, self.lessor = Store.load(store), Lessor.load(leases)


def check(command: Command) -> None:
    """What etcd refuses at the door (server/etcdserver/api/v3rpc/key.go). Raises EtcdError."""
    if isinstance(command, Txn):
        if max(len(command.compare), len(command.success), len(command.failure)) > MAX_TXN_OPS:
            raise errors.too_many_operations()
        if not all(compare.key for compare in command.compare):
            raise errors.empty_key()
        _check_ops(command.success)
        _check_ops(command.failure)
    elif isinstance(command, Range | Put | DeleteRange):
        _check_ops((command,))
    if size_bytes(command) > MAX_REQUEST_BYTES:
        raise errors.too_large()


def _check_ops(ops: tuple[Op, ...]) -> None:
    """Keys are given, and no key is written twice: a revision holds one version of a key."""
    puts: dict[bytes, bool] = {}
    for op in ops:
        if not op.key:
            raise errors.empty_key()
        if isinstance(op, Put):
            if op.key in puts:
                raise errors.duplicate_key()
            puts[op.key] = True
    deletes = [op for op in ops if isinstance(op, DeleteRange)]
    for key in puts:
        if any(in_range(key, op.key, op.range_end) for op in deletes):
            raise errors.duplicate_key()


def in_range(key: bytes, start: bytes, range_end: bytes | None) -> bool:
    """Whether `key` lies in a range as requests give it."""
    if range_end is None:
        return key == start
    return key >= start and (range_end == b"\0" or key < range_end)


def size_bytes(command: Command) -> int:
    """About as many bytes as the request takes on the wire."""
    if isinstance(command, Put):
        return len(command.key) + len(command.value)
    if isinstance(command, Txn):
        return sum(size_bytes(op) for op in (*command.success, *command.failure))
    return 0
