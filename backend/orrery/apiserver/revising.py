"""Changing a stored object without losing anybody's write (``etcd3.store.GuaranteedUpdate``).

The change is worked out on the version that the watch cache knows, which nearly always is the newest, and stored only
if it is; otherwise it is worked out again on what etcd has. A refusal counts only when it was made on etcd's version.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from orrery.apiserver.exchange import PASS, Exchange
from orrery.apiserver.kinds.strategy import Strategy
from orrery.apiserver.storage import Changed, Taken
from orrery.machinery.objects import Document, meta, resource_version_of
from orrery.machinery.wire import StatusError

Change = Callable[[Document], Awaitable[Document]]

ALLOCATION_TRIES = 16


def check_version(exchange: Exchange, old: Document, version: str) -> None:
    """Whether a write was made against this version (none given: against any). StatusError 400, 409."""
    if not version:
        return
    if not version.isascii() or not version.isdecimal():
        raise StatusError.bad_request(f'invalid resource version "{version}"')
    if int(version) and int(version) != resource_version_of(old):
        raise StatusError.conflict(exchange.resource, exchange.info.name)


async def revise(exchange: Exchange, strategy: Strategy, change: Change) -> Document:
    """Stores what ``change`` makes of the object; the stored version. StatusError 404, 409, or what ``change`` raises.

    An object that has nothing left to wait for when it is written while being deleted, is deleted.
    """
    info, resource, server = exchange.info, exchange.resource, exchange.server
    namespace, name = info.namespace, info.name
    old = server.cacher.find(resource, namespace, name)
    fresh = old is None
    tries = 0
    while True:
        if old is None:
            old = await server.storage.get(resource, namespace, name, quiet=exchange.quiet)
            fresh = True
            if old is None:
                raise StatusError.not_found(resource, name)
        try:
            wanted = await change(old)
        except StatusError:
            if fresh:
                raise
            old = None
            continue
        if wanted == old:
            if fresh:
                return old
            old = None
            continue
        new = strategy.allocate(server, wanted, old)
        if exchange.dry_run:
            return new
        if not exchange.quiet:
            exchange.stage = "storage"
            exchange.said(PASS, f"if still at revision {meta(old)['resourceVersion']}")
            exchange.announce()
        try:
            return await _store(exchange, strategy, old, new)
        except Changed as changed:
            if changed.current is None:
                raise StatusError.not_found(resource, name) from None
            old, fresh = changed.current, True
        except Taken as taken:
            tries += 1
            strategy.refuse_taken(wanted, taken.key)
            if tries >= ALLOCATION_TRIES:
                raise StatusError.internal_error("failed to allocate: every choice was taken") from None


async def _store(exchange: Exchange, strategy: Strategy, old: Document, new: Document) -> Document:
    info, resource, server = exchange.info, exchange.resource, exchange.server
    held = strategy.claims(old)
    if strategy.is_finished(new):
        return await server.storage.remove(
            resource, info.namespace, info.name, _version_of(new, old), released=held, quiet=exchange.quiet
        )
    wanted = strategy.claims(new)
    lease = await server.ttl_lease(strategy)
    return await server.storage.replace(
        resource, info.namespace, info.name, old, new, lease=lease, quiet=exchange.quiet,
        claims=tuple(key for key in wanted if key not in held),
        released=tuple(key for key in held if key not in wanted),
    )


def _version_of(new: Document, old: Document) -> Document:
    return {**new, "metadata": {**new["metadata"], "resourceVersion": old["metadata"]["resourceVersion"]}}
