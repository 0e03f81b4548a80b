"""Objects in etcd: one key an object, JSON as its value, the revision of its last write as its resourceVersion.

Every write is a transaction on the key's revision, so that nothing is overwritten unseen. A write may also claim keys
of its own (a cluster address, a node port): it succeeds only if nobody else has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from orrery.etcd import Client, Compare, DeleteRange, KeyValue, Op, Put, Range, RangeResponse
from orrery.machinery.objects import Document, resource_version_of
from orrery.machinery.resources import Resource

ROOT = b"/registry/"
ROOT_END = b"/registry0"


class Taken(Exception):
    """Another object holds a key that this one claims."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Changed(Exception):
    """The object is not what it was when it was read; ``current`` is what it is now (None: gone)."""

    def __init__(self, current: Document | None) -> None:
        super().__init__("changed")
        self.current = current


class Page(NamedTuple):
    """Part of a list: objects, the revision that they are of, how many follow, and where the next part begins."""

    items: list[Document]
    revision: int
    remaining: int
    next_key: bytes


def encode(obj: Document) -> bytes:
    """An object as it is stored: its version is the key's, not in the value."""
    metadata = obj["metadata"]
    if "resourceVersion" in metadata:
        metadata = {key: value for key, value in metadata.items() if key != "resourceVersion"}
        obj = {**obj, "metadata": metadata}
    return orjson.dumps(obj)


def decode(kv: KeyValue) -> Document:
    """An object as it was stored, with its version."""
    obj: Document = orjson.loads(kv.value)
    obj["metadata"]["resourceVersion"] = str(kv.mod_revision)
    return obj


def with_version(obj: Document, revision: int) -> Document:
    """The object with another resourceVersion."""
    return {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(revision)}}


def prefix_end(prefix: bytes) -> bytes:
    """The end of the range of all keys with a prefix."""
    return prefix[:-1] + bytes((prefix[-1] + 1,))


class Storage:
    """Reads and writes of whole objects. Raises EtcdError when etcd does not answer."""

    def __init__(self, etcd: Client) -> None:
        self.etcd = etcd

    async def get(self, resource: Resource, namespace: str, name: str, *, quiet: bool = False) -> Document | None:
        """The object as it is now, by a linearizable read."""
        response = await self.etcd.range(resource.key(namespace, name).encode(), quiet=quiet)
        return decode(response.kvs[0]) if response.kvs else None

    async def page(
        self, resource: Resource, namespace: str, *, revision: int = 0, limit: int = 0, start: bytes = b"",
        quiet: bool = False,
    ) -> Page:
        """The objects of a kind, or of one namespace, from a key on."""
        prefix = resource.key_prefix(namespace).encode()
        response = await self.etcd.range(
            start or prefix, prefix_end(prefix), revision=revision, limit=limit, quiet=quiet
        )
        more = response.more
        return Page(
            [decode(kv) for kv in response.kvs],
            revision or response.revision,
            response.count - len(response.kvs) if more else 0,
            response.kvs[-1].key + b"\0" if more else b"",
        )

    async def revision(self, resource: Resource) -> int:
        """The newest revision of the store, by a linearizable read."""
        return (await self.etcd.range(resource.key_prefix().encode(), limit=1, count_only=True)).revision

    async def create(
        self, resource: Resource, namespace: str, name: str, obj: Document, *, claims: Sequence[str] = (),
        lease: int = 0, quiet: bool = False,
    ) -> Document | None:
        """Stores a new object; None where there is one of that name. Raises Taken."""
        key = resource.key(namespace, name).encode()
        conditions = [Compare(key, "mod", "=", 0)] + _unclaimed(claims)
        writes: list[Op] = [Put(key, encode(obj), lease), *_claim(claims, key)]
        response = await self.etcd.txn(conditions, writes, _looks(key, claims), quiet=quiet)
        if response.succeeded:
            return with_version(obj, response.revision)
        existing, taken = _outcome(response.responses, claims)
        if existing is None and taken:
            raise Taken(taken)
        return None

    async def replace(
        self, resource: Resource, namespace: str, name: str, old: Document, new: Document, *,
        claims: Sequence[str] = (), released: Sequence[str] = (), lease: int = 0, quiet: bool = False,
    ) -> Document:
        """Stores a new version over the one that was read. Raises Changed or Taken."""
        key = resource.key(namespace, name).encode()
        conditions = [Compare(key, "mod", "=", resource_version_of(old))] + _unclaimed(claims)
        writes: list[Op] = [Put(key, encode(new), lease), *_claim(claims, key), *_release(released)]
        response = await self.etcd.txn(conditions, writes, _looks(key, claims), quiet=quiet)
        if response.succeeded:
            return with_version(new, response.revision)
        current, taken = _outcome(response.responses, claims)
        if current is not None and current["metadata"]["resourceVersion"] == old["metadata"]["resourceVersion"]:
            raise Taken(taken)
        raise Changed(current)

    async def remove(
        self, resource: Resource, namespace: str, name: str, old: Document, *, released: Sequence[str] = (),
        quiet: bool = False,
    ) -> Document:
        """Deletes the version that was read; it comes back with the revision of its end. Raises Changed."""
        key = resource.key(namespace, name).encode()
        conditions = [Compare(key, "mod", "=", resource_version_of(old))]
        writes: list[Op] = [DeleteRange(key), *_release(released)]
        response = await self.etcd.txn(conditions, writes, _looks(key, ()), quiet=quiet)
        if response.succeeded:
            return with_version(old, response.revision)
        raise Changed(_outcome(response.responses, ())[0])


def _unclaimed(claims: Sequence[str]) -> list[Compare]:
    return [Compare(claim.encode(), "mod", "=", 0) for claim in claims]


def _claim(claims: Sequence[str], owner: bytes) -> list[Put]:
    return [Put(claim.encode(), owner) for claim in claims]


def _release(claims: Sequence[str]) -> list[DeleteRange]:
    return [DeleteRange(claim.encode()) for claim in claims]


def _looks(key: bytes, claims: Sequence[str]) -> list[Op]:
    return [Range(key), *(Range(claim.encode()) for claim in claims)]


def _outcome(responses: Sequence[object], claims: Sequence[str]) -> tuple[Document | None, str]:
    """Why a transaction failed: the object as it is, and the first claim that somebody else holds."""
    current: Document | None = None
    taken = ""
    for at, response in enumerate(responses):
        assert isinstance(response, RangeResponse)
        if response.kvs and at == 0:
            current = decode(response.kvs[0])
        elif response.kvs and not taken:
            taken = claims[at - 1]
    return current, taken
