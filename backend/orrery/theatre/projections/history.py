"""The past of every object: each version that was stored, who wrote it, and within bounds.

A version is kept compressed against the first object of its kind that was seen, which makes it a few hundred bytes. The
oldest are forgotten first, a share of them at a time; of each object the version that held at the horizon stays, so
that from `whole_from_ns` on every instant can be looked at. Leases and Events are many and have a smaller room of their
own, lest they push the others out.
"""

import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from orrery.etcd.events import EtcdApplied
from orrery.kernel import MessageSent, TraceEvent
from orrery.machinery.resources import EVENTS, LEASES, Resource
from orrery.machinery.wire import ApiRequest
from orrery.theatre.projections.objects import Objects, Stored

KEPT_BYTES = 40 << 20
OFTEN_KEPT_BYTES = 8 << 20
OVERHEAD_BYTES = 300  # of a version beside its text, which measures 20 to 270 bytes: some 80,000 versions in all
FORGOTTEN_SHARE = 8
OFTEN = (EVENTS, LEASES)

Verb = Literal["created", "updated", "deleted"]
Causes = Callable[[TraceEvent], Iterable[TraceEvent]]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote: the user that the request was made by, the program as it calls itself, the component that it ran as,
    and the trace event of its request."""

    user: str = ""
    agent: str = ""
    component: str = ""
    event: int = 0


NOBODY = Writer()


@dataclass(frozen=True, slots=True)
class Version:
    """An object as it was stored from an instant on. `revision` is its resourceVersion; `event` the trace event by
    which the first etcd member had it. A deletion holds what was deleted."""

    revision: int
    time_ns: int
    verb: Verb
    flow: int
    event: int
    writer: Writer
    packed: bytes


class Past:
    """The versions of one object, by its place: what is made anew under an old name is told by its uid."""

    __slots__ = ("name", "namespace", "resource", "times_ns", "versions")

    def __init__(self, resource: Resource, namespace: str, name: str) -> None:
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.times_ns: list[int] = []
        self.versions: list[Version] = []

    @property
    def id(self) -> str:
        return f"object/{self.resource.plural}/{self.namespace}/{self.name}"

    def at(self, time_ns: int) -> Version | None:
        """The version that held at an instant; None where the object did not exist (or that is not known any more)."""
        at = bisect_right(self.times_ns, time_ns) - 1
        return None if at < 0 or self.versions[at].verb == "deleted" else self.versions[at]

    def add(self, version: Version) -> None:
        self.times_ns.append(version.time_ns)
        self.versions.append(version)

    def forgettable_from(self) -> Iterator[int]:
        """The instants from which on, as the horizon, one more version can go."""
        for index, version in enumerate(self.versions):
            if index or version.verb == "deleted":
                yield version.time_ns

    def forget(self, horizon_ns: int) -> int:
        """Forgets what no longer held at the horizon; gives the bytes."""
        keep = bisect_right(self.times_ns, horizon_ns) - 1
        if keep >= 0 and self.versions[keep].verb == "deleted":
            keep += 1
        if keep <= 0:
            return 0
        freed = sum(map(_bytes, self.versions[:keep]))
        del self.versions[:keep], self.times_ns[:keep]
        return freed


class History:
    """The past of all objects that are not Leases or Events, and of those."""

    def __init__(self, objects: Objects) -> None:
        self._kinds: dict[Resource, bytes] = {}
        self._pasts: dict[str, Past] = {}
        self._bytes = {False: 0, True: 0}  # by whether it is of the kinds that are written often
        self._whole_from_ns = {False: 0, True: 0}
        self._forget_at = {False: KEPT_BYTES, True: OFTEN_KEPT_BYTES}
        self.causes: Causes = lambda event: ()
        objects.watch(self._changed)

    def whole_from_ns(self, resource: Resource | None = None) -> int:
        """From when on every version is kept."""
        return self._whole_from_ns[resource in OFTEN]

    @property
    def kept_bytes(self) -> int:
        return sum(self._bytes.values())

    def past(self, resource: Resource, namespace: str, name: str) -> Past | None:
        return self._pasts.get(resource.key(namespace if resource.namespaced else "", name))

    def at(self, time_ns: int) -> Iterator[tuple[Past, Version]]:
        """Every object that existed at an instant, in the order in which they first came."""
        for past in self._pasts.values():
            version = past.at(time_ns)
            if version is not None:
                yield past, version

    def document(self, past: Past, version: Version) -> dict[str, Any]:
        """The object as the API gave it: with its resourceVersion."""
        unpacker = zlib.decompressobj(zdict=self._kinds[past.resource])
        document: dict[str, Any] = orjson.loads(unpacker.decompress(version.packed))
        document["metadata"] = {**document["metadata"], "resourceVersion": str(version.revision)}
        return document

    def _changed(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        either = after or before
        assert either is not None
        resource = either.resource
        key = resource.key(either.namespace, either.name)
        past = self._pasts.get(key)
        if past is None:
            past = self._pasts[key] = Past(resource, either.namespace, either.name)
        version = Version(
            event.revision, event.time_ns, "deleted" if after is None else "updated" if before else "created",
            event.flow, event.id, self._writer(event), self._pack(resource, orjson.dumps(either.document)),
        )
        past.add(version)
        often = resource in OFTEN
        self._bytes[often] += _bytes(version)
        if self._bytes[often] > self._forget_at[often]:
            self._forget(often)

    def _pack(self, resource: Resource, text: bytes) -> bytes:
        kind = self._kinds.setdefault(resource, text)
        packer = zlib.compressobj(level=3, zdict=kind)
        return packer.compress(text) + packer.flush()

    def _writer(self, event: EtcdApplied) -> Writer:
        """The nearest request to an API server among the causes, followed to where it came from: the load balancer only
        hands on."""
        found: MessageSent | None = None
        for cause in self.causes(event):
            if isinstance(cause, MessageSent) and isinstance(cause.body, ApiRequest):
                if found is not None and cause.call != found.call:
                    break
                found = cause
            elif found is not None:
                break
        if found is None:
            return NOBODY
        request = found.body
        assert isinstance(request, ApiRequest)
        return Writer(request.user, request.headers.get("user-agent", ""), found.source, found.id)

    def _forget(self, often: bool) -> None:
        """Forgets the oldest share, up to an instant."""
        mine = {key: past for key, past in self._pasts.items() if (past.resource in OFTEN) is often}
        times_ns = sorted(time_ns for past in mine.values() for time_ns in past.forgettable_from())
        if not times_ns:  # each object is there in one version: that is the present, which is never forgotten
            self._forget_at[often] *= 2
            return
        horizon_ns = times_ns[len(times_ns) // FORGOTTEN_SHARE]
        for key, past in mine.items():
            self._bytes[often] -= past.forget(horizon_ns)
            if not past.versions:
                del self._pasts[key]
        self._whole_from_ns[often] = horizon_ns
        most = OFTEN_KEPT_BYTES if often else KEPT_BYTES
        self._forget_at[often] = max(most, self._bytes[often] + most // FORGOTTEN_SHARE)


def _bytes(version: Version) -> int:
    return len(version.packed) + OVERHEAD_BYTES
