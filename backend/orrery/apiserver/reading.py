"""Get and list, with what ``resourceVersion`` asks of them.

=================  ==========================================================================================
resourceVersion    served from
=================  ==========================================================================================
absent             etcd, by a linearizable read: the newest there is
``0``              the watch cache, however old
another            the watch cache once it is at least as new; ``Exact`` (and every list with a limit): etcd
=================  ==========================================================================================

A list with a ``limit`` is cut; its ``continue`` token names the revision and the next key, so that all parts are of one
revision. A token whose revision has been compacted is answered 410 Expired, with a token to go on without that promise.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from orrery.apiserver import rendering
from orrery.apiserver.exchange import PASS, Exchange
from orrery.apiserver.selection import Selection, selection
from orrery.apiserver.storage import Page
from orrery.etcd import EtcdError
from orrery.machinery.objects import Document
from orrery.machinery.resources import STORAGE_ROOT
from orrery.machinery.wire import ApiResponse, StatusError

_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


async def get(exchange: Exchange) -> ApiResponse:
    """One object."""
    info, resource, server = exchange.info, exchange.resource, exchange.server
    version = exchange.query("resourceVersion")
    announce(exchange, cached=bool(version))
    if version:
        wanted = version_number(version)
        await server.cacher.wait_fresh(wanted)
        obj = server.cacher.find(resource, info.namespace, info.name)
    else:
        obj = await server.storage.get(resource, info.namespace, info.name, quiet=exchange.quiet)
    if obj is None:
        raise StatusError.not_found(resource, info.name)
    return rendering.one(exchange, obj)


def announce(exchange: Exchange, *, cached: bool) -> None:
    """Tells the verdicts before a read, and where it is served from."""
    if not exchange.quiet:
        exchange.stage = "storage"
        exchange.said(PASS, "from the watch cache" if cached else "from etcd, by a linearizable read")
        exchange.stage = ""
        exchange.announce()


async def list_objects(exchange: Exchange) -> ApiResponse:
    """A collection."""
    chosen = selection(exchange)
    version, match = exchange.query("resourceVersion"), exchange.query("resourceVersionMatch")
    limit = _limit(exchange)
    token = exchange.query("continue")
    if match and not version:
        raise _bad_match("resourceVersionMatch is forbidden unless resourceVersion is provided")
    if match not in ("", "Exact", "NotOlderThan"):
        raise _bad_match(f'Unsupported value: "{match}": supported values: "Exact", "NotOlderThan"')
    if match == "Exact" and version == "0":
        raise _bad_match('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    if token and version not in ("", "0"):
        raise StatusError.bad_request("specifying resource version is not allowed when using continue")
    revision = version_number(version)
    cached = bool(version) and not token and match != "Exact" and (version == "0" or not limit)
    announce(exchange, cached=cached)
    if cached:
        return await _from_cache(exchange, chosen, revision)
    exact = revision if match == "Exact" else 0
    if revision and not exact:
        await exchange.server.cacher.wait_fresh(revision)
    return await _from_etcd(exchange, chosen, exact, limit, token)


async def _from_cache(exchange: Exchange, chosen: Selection, revision: int) -> ApiResponse:
    cacher = exchange.server.cacher
    await cacher.wait_fresh(revision)
    items = cacher.listed(exchange.resource, chosen.namespace)
    if not chosen.everything:
        items = [item for item in items if chosen.matches(item)]
    return rendering.several(exchange, items, {"resourceVersion": str(cacher.revision)})


async def _from_etcd(exchange: Exchange, chosen: Selection, revision: int, limit: int, token: str) -> ApiResponse:
    start = b""
    if token:
        revision, start = _read_token(token, chosen.prefix)
    items: list[Document] = []
    while True:
        page = await _page(exchange, chosen, revision, limit - len(items) if limit else 0, start)
        revision = page.revision
        items += page.items if chosen.everything else filter(chosen.matches, page.items)
        if not page.next_key or (limit and len(items) >= limit):
            break
        start = page.next_key
    metadata: dict[str, Any] = {"resourceVersion": str(revision)}
    if page.next_key:
        metadata["continue"] = _token(revision, page.next_key, chosen.prefix)
        if chosen.everything:
            metadata["remainingItemCount"] = page.remaining
    return rendering.several(exchange, items, metadata)


async def _page(exchange: Exchange, chosen: Selection, revision: int, limit: int, start: bytes) -> Page:
    storage = exchange.server.storage
    try:
        return await storage.page(
            exchange.resource, chosen.namespace, revision=max(revision, 0), limit=limit, start=start,
            quiet=exchange.quiet,
        )
    except EtcdError as error:
        if "required revision has been compacted" not in error.message:
            raise
        if not start:
            raise StatusError.expired(
                "The resourceVersion for the provided list is too old."
            ) from error
        expired = StatusError.expired(_TOO_OLD)
        expired.status["metadata"] = {"continue": _token(-1, start, chosen.prefix)}
        raise expired from error


def version_number(text: str) -> int:
    """A resourceVersion; 0 for none. StatusError 400 where it is no number."""
    if not text:
        return 0
    if not text.isascii() or not text.isdecimal():
        raise StatusError.bad_request(
            f'invalid resource version "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        )
    return int(text)


def _limit(exchange: Exchange) -> int:
    text = exchange.query("limit")
    if not text:
        return 0
    try:
        return max(int(text), 0)
    except ValueError:
        raise StatusError.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


def _bad_match(why: str) -> StatusError:
    return StatusError.of(422, "Invalid", f"ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: {why}")


def _token(revision: int, next_key: bytes, prefix: str) -> str:
    start = next_key.decode().removeprefix(prefix)
    text = orjson.dumps({"v": "meta.k8s.io/v1", "rv": revision, "start": start})
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _read_token(token: str, prefix: str) -> tuple[int, bytes]:
    try:
        content = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        revision, start = int(content["rv"]), str(content["start"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise StatusError.bad_request("continue key is not valid") from None
    if f"/{start}".find("/../") >= 0 or not prefix.startswith(STORAGE_ROOT):
        raise StatusError.bad_request(f"continue key is not valid: {start}")
    return revision, f"{prefix}{start}".encode()
