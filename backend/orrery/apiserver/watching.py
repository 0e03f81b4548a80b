"""Watches: a stream of what becomes of a collection, from a revision on.

An object that comes to match the selectors is ADDED, one that no longer does is DELETED, whatever happened to it in the
store. Bookmarks tell how far the watch has come. With ``sendInitialEvents`` the watch begins with the collection itself
as ADDED events and a bookmark that says that this was all (WatchList).

Events are pushed as they are taken from the cache, in the flow that caused them. A watcher that does not keep up
is ended, and its client lists again: nothing is kept without bound.
"""

from __future__ import annotations

from typing import Any

from orrery.apiserver import rendering
from orrery.apiserver.cacher import ADDED, DELETED, MODIFIED, Change
from orrery.apiserver.events import WatchChanged
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.reading import announce, version_number
from orrery.apiserver.requests import is_true
from orrery.apiserver.selection import Selection, selection
from orrery.apiserver.storage import with_version
from orrery.kernel import NO_CAUSE, SECOND, Event, TimeoutExpired
from orrery.machinery import tables
from orrery.machinery.objects import Document, key_of
from orrery.machinery.wire import ApiResponse, StatusError

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


class Watcher:
    """One open watch."""

    __slots__ = ("_after", "_chosen", "_columns_sent", "_exchange", "_form", "_limit", "bookmarks", "ended",
                 "sent_revision")  # fmt: skip

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._chosen: Selection = selection(exchange)
        self._form = rendering.form_of(exchange)
        self._columns_sent = False
        self._limit = exchange.server.config.watch_backlog
        self._after = 0  # what is known already: another server may have told the client more than this one knows yet
        self.bookmarks = is_true(exchange.query("allowWatchBookmarks"))
        self.ended = Event(exchange.server.process.kernel)
        self.sent_revision = 0

    def take(self, change: Change) -> None:
        """Pushes a change of the kind, if it is one to this watcher."""
        chosen = self._chosen
        if change.revision <= self._after:
            return
        if chosen.namespace and not change.key.startswith(chosen.prefix):
            return
        kind, obj, old = change.type, change.obj, change.old
        if not chosen.everything:
            was = old is not None and chosen.matches(old)
            if kind == DELETED:
                if not was:
                    return
            elif chosen.matches(obj):
                kind = MODIFIED if was else ADDED
            elif was and old is not None:
                kind, obj = DELETED, with_version(old, change.revision)
            else:
                return
        self.sent_revision = change.revision
        self.push(kind, obj, quiet=change.quiet)

    def push(self, kind: str, obj: Document, *, quiet: bool = False) -> None:
        """Sends one event, unless the watcher has fallen too far behind."""
        if self.ended.is_set():
            return
        call = self._exchange.call
        if call.backlog > self._limit:
            self._exchange.server.process.log(
                f"forcing watcher close due to unresponsiveness: {self._exchange.info.path} of {self._exchange.user}",
                "warning",
            )
            self.ended.set()
            return
        call.push(f"{kind} {key_of(obj)}", {"type": kind, "object": self._dressed(obj)}, protocol="watch", quiet=quiet)

    def bookmark(self, revision: int, annotations: dict[str, str] | None = None) -> None:
        """Tells that everything up to a revision has been sent."""
        resource = self._exchange.resource
        metadata: dict[str, Any] = {"resourceVersion": str(revision), "creationTimestamp": None}
        if annotations:
            metadata["annotations"] = annotations
        obj = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
        if self._form == "table":
            obj = self._bookmark_table(metadata)
        self.sent_revision = revision
        if not self.ended.is_set():
            event = {"type": "BOOKMARK", "object": obj}
            self._exchange.call.push(f"BOOKMARK {revision}", event, protocol="watch", quiet=True)

    def start(self) -> None:
        """Sends what the watch begins with: the collection, or what has happened since a revision. StatusError 410."""
        exchange = self._exchange
        cacher = exchange.server.cacher
        version = exchange.query("resourceVersion")
        self._after = int(version or 0)
        if is_true(exchange.query("sendInitialEvents")):
            self._send_collection()
            self.bookmark(cacher.revision, {INITIAL_EVENTS_END: "true"})
        elif version in ("", "0") and not exchange.query("sendInitialEvents"):
            self._send_collection()
        elif version not in ("", "0"):
            for change in cacher.since(exchange.resource, int(version)):
                self.take(change)

    def _send_collection(self) -> None:
        exchange, chosen = self._exchange, self._chosen
        for obj in exchange.server.cacher.listed(exchange.resource, chosen.namespace):
            if chosen.everything or chosen.matches(obj):
                self.push(ADDED, obj, quiet=exchange.quiet)

    def _dressed(self, obj: Document) -> Document:
        if self._form == "object":
            return obj
        if self._form == "metadata":
            return tables.partial_metadata(obj)
        version = {"resourceVersion": obj["metadata"]["resourceVersion"]}
        first, self._columns_sent = not self._columns_sent, True
        return rendering.table(self._exchange, [obj], version, with_columns=first)

    def _bookmark_table(self, metadata: dict[str, Any]) -> Document:
        """A bookmark among Tables: one row whose object carries the bookmark's metadata."""
        first, self._columns_sent = not self._columns_sent, True
        document = rendering.table(
            self._exchange, [], {"resourceVersion": metadata["resourceVersion"]}, with_columns=first
        )
        partial = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        document["rows"] = [{"cells": [""] * len(tables.columns(self._exchange.resource)), "object": partial}]
        return document


async def begin(exchange: Exchange) -> ApiResponse:
    """The checks before a watch is opened. StatusError 400, 405, 422, 429, 504."""
    info, server = exchange.info, exchange.server
    if info.resource is None:
        raise StatusError.unknown_path()
    if info.verb != "watch" or "watch" not in info.resource.verbs or info.subresource:
        raise StatusError.method_not_allowed(info.resource, "watch")
    selection(exchange)
    rendering.form_of(exchange)
    rendering.include_object(exchange)
    version = version_number(exchange.query("resourceVersion"))
    initial, match = exchange.query("sendInitialEvents"), exchange.query("resourceVersionMatch")
    if initial and match != "NotOlderThan":
        raise _bad_options("resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch "
                           "to NotOlderThan")
    if match and not initial:
        raise _bad_options("resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless "
                           "sendInitialEvents is provided")
    if is_true(initial) and not is_true(exchange.query("allowWatchBookmarks")):
        raise _bad_options("sendInitialEvents: Forbidden: sendInitialEvents requires setting allowWatchBookmarks")
    announce(exchange, cached=True)
    await server.cacher.wait_ready()
    if not exchange.query("resourceVersion") and (is_true(initial) or not initial):
        version = await server.storage.revision(info.resource)
    if is_true(initial) or not exchange.query("resourceVersion"):
        await server.cacher.wait_fresh(version)
    return ApiResponse(200, None, {"Content-Type": "application/json"})


async def serve(exchange: Exchange) -> None:
    """The life of an open watch, until the client goes, its time is up, or it has to begin again."""
    server = exchange.server
    watcher = Watcher(exchange)
    try:
        watcher.start()
    except StatusError as error:
        exchange.call.push("ERROR", {"type": "ERROR", "object": error.status}, protocol="watch")
        return
    number = server.cacher.listen(exchange.resource, watcher.take, watcher.ended.set)
    server.watchers[number] = watcher
    _tell(exchange, open=True)
    try:
        with server.process.timeout(_timeout_ns(exchange)):
            await watcher.ended.wait()
    except TimeoutExpired:
        server.process.kernel.cause = NO_CAUSE
    finally:
        server.watchers.pop(number, None)
        server.cacher.forget(exchange.resource, number)
        if server.process.alive:
            _tell(exchange, open=False)


def _tell(exchange: Exchange, *, open: bool) -> None:
    info = exchange.info
    event = WatchChanged(
        call=exchange.call.number, resource=info.plural, namespace=info.namespace, user=exchange.user, open=open
    )
    exchange.server.process.emit(event, follow=False)


def _timeout_ns(exchange: Exchange) -> int:
    """How long a watch may last: what the client asks for, or half an hour to an hour."""
    text = exchange.query("timeoutSeconds")
    if text.isascii() and text.isdecimal() and int(text):
        return int(text) * SECOND
    least_ns = exchange.server.config.min_watch_timeout_ns
    return least_ns + exchange.server.process.random.below(least_ns)


def _bad_options(why: str) -> StatusError:
    return StatusError.of(422, "Invalid", f'ListOptions.meta.k8s.io "" is invalid: {why}')
