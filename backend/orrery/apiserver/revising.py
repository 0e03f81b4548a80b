"""Changing a stored object without losing anybody's write (``etcd3.store.GuaranteedUpdate``).

The change is worked out on the version that the watch cache knows, which nearly always is the newest, and stored only
if it is; otherwise it is worked out again on what etcd has. A refusal, or that there is nothing to do, counts only when
it was found on etcd's version.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from orrery.apiserver.exchange import PASS, Exchange
from orrery.apiserver.kinds.strategy import Strategy
from orrery.apiserver.storage import Changed, Taken
from orrery.machinery.objects import Document, meta, resource_version_of
from orrery.machinery.wire import StatusError

T = TypeVar("T")
Change = Callable[[Document], Awaitable[Document]]

ALLOCATION_TRIES = 16


class Doubtful(Exception):
    """What was found on the cache's version would be no news if it were etcd's: look there."""


async def attempt(
    exchange: Exchange, namespace: str, name: str, work: Callable[[Document, bool], Awaitable[T]]
) -> T:
    """What ``work`` makes of the object; its second argument says whether the version is etcd's.

    It is called again with a newer version after Changed, and, if it had the cache's, after a refusal or Doubtful.
    StatusError 404 where there is no such object.
    """
    resource, server = exchange.resource, exchange.server
    known = server.cacher.find(resource, namespace, name)
    fresh = False
    while True:
        exchange.stage = "storage"
        if known is None:
            known = await server.storage.get(resource, namespace, name, quiet=exchange.quiet)
            fresh = True
            if known is None:
                raise StatusError.not_found(resource, name)
        try:
            return await work(known, fresh)
        except (StatusError, Doubtful):
            if fresh:
                raise
            known = None
        except Changed as changed:
            if changed.current is None:
                raise StatusError.not_found(resource, name) from None
            known, fresh = changed.current, True


async def revise(exchange: Exchange, strategy: Strategy, change: Change) -> Document:
    """Stores what ``change`` makes of the object; the stored version. StatusError 404, 409, or what ``change`` raises.

    An object that has nothing left to wait for when it is written while being deleted, is deleted.
    """

    async def work(old: Document, fresh: bool) -> Document:
        wanted = await change(old)
        if wanted != old:
            return await _store(exchange, strategy, old, wanted)
        if fresh:
            return old
        raise Doubtful

    return await attempt(exchange, exchange.info.namespace, exchange.info.name, work)


async def _store(exchange: Exchange, strategy: Strategy, old: Document, wanted: Document) -> Document:
    for _ in range(ALLOCATION_TRIES):
        new = strategy.allocate(exchange.server, wanted, old)
        if exchange.dry_run:
            return new
        announce(exchange, old)
        try:
            return await _write(exchange, strategy, old, new)
        except Taken as taken:
            strategy.refuse_taken(wanted, taken.key)
    raise StatusError.internal_error("failed to allocate: every choice was taken")


async def _write(exchange: Exchange, strategy: Strategy, old: Document, new: Document) -> Document:
    info, resource, server = exchange.info, exchange.resource, exchange.server
    held = strategy.claims(old)
    if strategy.is_finished(new):
        return await server.storage.remove(
            resource, info.namespace, info.name, _of_version(new, old), released=held, quiet=exchange.quiet
        )
    wanted = strategy.claims(new)
    return await server.storage.replace(
        resource, info.namespace, info.name, old, new, lease=await server.ttl_lease(strategy), quiet=exchange.quiet,
        claims=tuple(key for key in wanted if key not in held),
        released=tuple(key for key in held if key not in wanted),
    )


def announce(exchange: Exchange, old: Document) -> None:
    """Tells the verdicts before a conditional write."""
    exchange.stage = "storage"
    if not exchange.quiet:
        exchange.said(PASS, f"if still at revision {meta(old)['resourceVersion']}")
        exchange.announce()


def check_version(exchange: Exchange, old: Document, version: str) -> None:
    """Whether a write was made against this version (none given: against any). StatusError 400, 409."""
    if not version:
        return
    if not version.isascii() or not version.isdecimal():
        raise StatusError.bad_request(f'invalid resource version "{version}"')
    if int(version) and int(version) != resource_version_of(old):
        raise StatusError.conflict(exchange.resource, exchange.info.name)


def _of_version(new: Document, old: Document) -> Document:
    return {**new, "metadata": {**new["metadata"], "resourceVersion": old["metadata"]["resourceVersion"]}}
