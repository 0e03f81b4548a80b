"""Watches at one member: each is told every change of its keys from a revision on, once, in order.

A change is pushed when it is applied, in the flow of the write that caused it; nothing is kept for a slow reader,
because the connection keeps it. A watch that begins in the past first gets what it missed, from the store's history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from orrery.etcd import errors
from orrery.etcd.applier import in_range
from orrery.etcd.mvcc import Store
from orrery.etcd.requests import WatchEvent, WatchRequest, WatchResponse
from orrery.kernel import Call, RpcFailure

PUSH = "WatchResponse"


class WatchHub:
    """`store` gives the member's present store: a snapshot from the leader replaces it."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._watches: dict[int, tuple[Call, WatchRequest]] = {}

    def __len__(self) -> int:
        return len(self._watches)

    async def serve(self, call: Call, request: WatchRequest) -> None:
        """The life of one watch. A client that sends anything asks how far the watch has come."""
        if request.start_revision and not self._catch_up(call, request, request.start_revision):
            return
        self._watches[call.number] = (call, request)
        try:
            while True:
                await call.receive()
                call.push(PUSH, WatchResponse((), self._store().revision, progress=True), quiet=True)
        finally:
            self._watches.pop(call.number, None)

    def notify(self, events: tuple[WatchEvent, ...], revision: int, *, quiet: bool) -> None:
        """A revision was made: push it to everybody whose keys it touches."""
        whole = WatchResponse(events, revision)
        single = events[0].kv.key if len(events) == 1 else None
        for call, request in list(self._watches.values()):
            if single is not None and request.prev_kv and revision >= request.start_revision:
                if in_range(single, request.key, request.range_end):
                    call.push(PUSH, whole, quiet=quiet)
                continue
            matching = _matching(events, request, revision)
            if matching:
                response = whole if matching == events else WatchResponse(matching, revision)
                call.push(PUSH, response, quiet=quiet)

    def store_replaced(self, old_revision: int) -> None:
        """The store has jumped: every watch gets what lies between, or hears that it is gone."""
        for call, request in list(self._watches.values()):
            if not self._catch_up(call, request, max(request.start_revision, old_revision + 1)):
                self._end(call, errors.compacted())

    def no_leader(self) -> None:
        """The member has known no leader for a while: end the watches that asked not to be left in the dark."""
        for call, request in list(self._watches.values()):
            if request.require_leader:
                self._end(call, errors.no_leader())

    def _end(self, call: Call, error: errors.EtcdError) -> None:
        self._watches.pop(call.number, None)
        if call.task is not None:
            call.task.interrupt(RpcFailure(error.code, error.message))

    def _catch_up(self, call: Call, request: WatchRequest, revision: int) -> bool:
        store = self._store()
        try:
            events = tuple(store.events_from(revision))
        except errors.EtcdError:
            call.push(PUSH, WatchResponse((), store.revision, compact_revision=store.compacted))
            return False
        matching = _matching(events, request, store.revision)
        if matching:
            call.push(PUSH, WatchResponse(matching, store.revision), quiet=call.quiet)
        return True


def _matching(events: tuple[WatchEvent, ...], request: WatchRequest, revision: int) -> tuple[WatchEvent, ...]:
    if revision < request.start_revision:
        return ()
    matching = tuple(event for event in events if in_range(event.kv.key, request.key, request.range_end))
    if request.prev_kv:
        return matching
    return tuple(replace(event, prev_kv=None) for event in matching)
