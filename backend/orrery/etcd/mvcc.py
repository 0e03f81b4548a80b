"""The store: every key in every revision since the last compaction.

A write makes a new revision of the whole store. A key's life runs in generations: a put begins one (version 1),
further puts go on with it, a delete ends it with a tombstone. A revision is read by taking, for each key, its newest
version not after it. Watches read the same history by revision instead of by key.

Pure: no time, no waiting. What is handed out is shared and must not be changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from orrery.etcd import encoding, errors
from orrery.etcd.requests import (
    FROM_KEY,
    Compare,
    DeleteRange,
    DeleteResponse,
    KeyValue,
    Op,
    Put,
    PutResponse,
    Range,
    RangeResponse,
    Txn,
    TxnResponse,
    WatchEvent,
)


class _KeyIndex:
    """The versions of one key: revisions, ascending, and what it was then (None: deleted)."""

    __slots__ = ("revisions", "subs", "versions")

    def __init__(self) -> None:
        self.revisions: list[int] = []
        self.subs: list[int] = []  # the place within the revision: a Txn writes several keys
        self.versions: list[KeyValue | None] = []

    def add(self, revision: int, sub: int, version: KeyValue | None) -> None:
        self.revisions.append(revision)
        self.subs.append(sub)
        self.versions.append(version)

    def at(self, revision: int) -> KeyValue | None:
        place = bisect_right(self.revisions, revision)
        return self.versions[place - 1] if place else None

    def compact(self, revision: int) -> bool:
        """Forget what `revision` does not need; whether anything is left."""
        keep = bisect_right(self.revisions, revision) - 1
        if keep >= 0 and self.versions[keep] is None:
            keep += 1  # a tombstone: the generation is over
        if keep > 0:
            del self.revisions[:keep], self.subs[:keep], self.versions[:keep]
        return bool(self.revisions)


class Store:
    """The key space of one member. `revision` is the newest, `compacted` the oldest that can still be read."""

    def __init__(self) -> None:
        self.revision = 1  # etcd's empty store is at revision 1
        self.compacted = 0
        self._keys: list[bytes] = []  # every key that has versions, sorted
        self._index: dict[bytes, _KeyIndex] = {}
        self._history: list[tuple[WatchEvent, ...]] = []  # by revision, from _history_from on
        self._history_from = 2
        self._pending: list[WatchEvent] = []  # of the write under way
        self.size_bytes = 0  # of all versions held

    # -------------------------------------------------------------------------------------------- reading

    def get(self, key: bytes) -> KeyValue | None:
        index = self._index.get(key)
        return index.versions[-1] if index else None

    def range(self, request: Range) -> RangeResponse:
        """Raises EtcdError for a revision that is gone or yet to come."""
        revision = self._readable(request.revision)
        if request.range_end is None:
            found = self._at(request.key, revision)
            single = (found,) if found is not None else ()
            return RangeResponse(() if request.count_only else single, self.revision, len(single), False)
        kvs = tuple(self._scan(request.key, request.range_end, revision))
        count = len(kvs)
        if request.count_only:
            return RangeResponse((), self.revision, count, False)
        more = 0 < request.limit < count
        return RangeResponse(kvs[: request.limit] if more else kvs, self.revision, count, more)

    def _readable(self, revision: int) -> int:
        if revision <= 0:
            return self.revision
        if revision > self.revision:
            raise errors.future_revision()
        if revision < self.compacted:
            raise errors.compacted()
        return revision

    def _at(self, key: bytes, revision: int) -> KeyValue | None:
        index = self._index.get(key)
        if index is None:
            return None
        return index.versions[-1] if revision >= self.revision else index.at(revision)

    def _scan(self, key: bytes, range_end: bytes, revision: int) -> Iterator[KeyValue]:
        keys = self._keys
        start = bisect_left(keys, key)
        end = len(keys) if range_end == FROM_KEY else bisect_left(keys, range_end)
        for place in range(start, end):
            found = self._at(keys[place], revision)
            if found is not None:
                yield found

    def holds(self, compare: Compare) -> bool:
        """Whether a comparison of a Txn holds now. A key that does not exist counts as zeros and has no value."""
        kv = self.get(compare.key)
        actual: Any
        if compare.target == "value":
            if kv is None:
                return False
            actual = kv.value
        else:
            name = {"mod": "mod_revision", "create": "create_revision"}.get(compare.target, compare.target)
            actual = getattr(kv, name) if kv is not None else 0
        match compare.op:
            case "=":
                return bool(actual == compare.operand)
            case "!=":
                return bool(actual != compare.operand)
            case "<":
                return bool(actual < compare.operand)
            case _:
                return bool(actual > compare.operand)

    # -------------------------------------------------------------------------------------------- writing

    def put(self, request: Put) -> PutResponse:
        prev = self._put(request)
        self._commit()
        return PutResponse(self.revision, prev)

    def delete(self, request: DeleteRange) -> DeleteResponse:
        prevs = self._delete(request)
        self._commit()
        return DeleteResponse(self.revision, len(prevs), prevs)

    def txn(self, request: Txn) -> TxnResponse:
        """Raises EtcdError, before anything is changed, if one of its ranges cannot be read."""
        succeeded = all(self.holds(compare) for compare in request.compare)
        ops = request.success if succeeded else request.failure
        for op in ops:
            if isinstance(op, Range):
                self._readable(op.revision)
        responses = [self._carry_out(op) for op in ops]
        self._commit()
        for response in responses:
            response.revision = self.revision  # they are all of this one revision
        return TxnResponse(succeeded, tuple(responses), self.revision)

    def _carry_out(self, op: Op) -> RangeResponse | PutResponse | DeleteResponse:
        if isinstance(op, Put):
            return PutResponse(0, self._put(op))
        if isinstance(op, DeleteRange):
            prevs = self._delete(op)
            return DeleteResponse(0, len(prevs), prevs)
        return self.range(op)

    def _put(self, request: Put) -> KeyValue | None:
        revision, key = self.revision + 1, request.key
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = _KeyIndex()
            insort(self._keys, key)
        prev = index.versions[-1] if index.versions else None
        if prev is None:
            kv = KeyValue(key, request.value, revision, revision, 1, request.lease)
        else:
            kv = KeyValue(key, request.value, prev.create_revision, revision, prev.version + 1, request.lease)
        index.add(revision, len(self._pending), kv)
        self.size_bytes += len(key) + len(request.value)
        self._pending.append(WatchEvent("PUT", kv, prev))
        return prev

    def _delete(self, request: DeleteRange) -> tuple[KeyValue, ...]:
        doomed: tuple[KeyValue, ...]
        if request.range_end is None:
            found = self.get(request.key)
            doomed = (found,) if found is not None else ()
        else:
            doomed = tuple(self._scan(request.key, request.range_end, self.revision))
        revision = self.revision + 1
        for kv in doomed:
            self._index[kv.key].add(revision, len(self._pending), None)
            self._pending.append(WatchEvent("DELETE", KeyValue(kv.key, b"", 0, revision, 0), kv))
        return doomed

    def _commit(self) -> None:
        """End the write under way: it becomes a revision if it changed anything."""
        if self._pending:
            self.revision += 1
            self._history.append(tuple(self._pending))
            self._pending = []

    # -------------------------------------------------------------------------------------------- history

    def events_at(self, revision: int) -> tuple[WatchEvent, ...]:
        return self._history[revision - self._history_from]

    def events_from(self, revision: int) -> Iterator[WatchEvent]:
        """Everything that happened at `revision` and after, in order. Raises EtcdError if that is not all known."""
        if revision < self.compacted:
            raise errors.compacted()
        for events in self._history[max(revision - self._history_from, 0) :]:
            yield from events

    def compact(self, revision: int) -> None:
        """Forget what was before `revision`. Raises EtcdError if that is gone already or yet to come."""
        if revision <= self.compacted:
            raise errors.compacted()
        if revision > self.revision:
            raise errors.future_revision()
        self.compacted = revision
        gone = [key for key, index in self._index.items() if not index.compact(revision)]
        for key in gone:
            del self._index[key]
        if gone:
            self._keys = sorted(self._index)
        first = max(revision, self._history_from)
        del self._history[: first - self._history_from]
        self._history_from = first
        self.size_bytes = sum(
            len(key) + len(version.value)
            for key, index in self._index.items()
            for version in index.versions
            if version is not None
        )

    # -------------------------------------------------------------------------------------------- as a whole

    def dump(self) -> bytes:
        """Everything, as bytes: equal stores give equal bytes."""
        keys = [
            [
                key,
                [
                    [revision, sub] + ([kv.value, kv.create_revision, kv.version, kv.lease] if kv is not None else [])
                    for revision, sub, kv in zip(index.revisions, index.subs, index.versions, strict=True)
                ],
            ]
            for key, index in ((key, self._index[key]) for key in self._keys)
        ]
        return encoding.pack([self.revision, self.compacted, self._history_from, keys])

    @classmethod
    def load(cls, data: bytes) -> Store:
        store = cls()
        store.revision, store.compacted, store._history_from, keys = encoding.unpack(data)
        events: list[tuple[int, int, WatchEvent]] = []
        for key, versions in keys:
            index = store._index[key] = _KeyIndex()
            store._keys.append(key)
            prev: KeyValue | None = None
            for revision, sub, *rest in versions:
                kv = KeyValue(key, rest[0], rest[1], revision, rest[2], rest[3]) if rest else None
                index.add(revision, sub, kv)
                if revision >= store._history_from:
                    if kv is not None:
                        store.size_bytes += len(key) + len(kv.value)
                        events.append((revision, sub, WatchEvent("PUT", kv, prev)))
                    else:
                        events.append((revision, sub, WatchEvent("DELETE", KeyValue(key, b"", 0, revision, 0), prev)))
                prev = kv
        store._history = [() for _ in range(store._history_from, store.revision + 1)]
        for revision, _, event in sorted(events, key=itemgetter(0, 1)):
            store._history[revision - store._history_from] += (event,)
        return store
