"""The watch cache: every object of the cluster in memory, kept up to date by one watch of etcd, and passed on.

Lists "from the cache" and all watches are served from here, so that a thousand watchers cost etcd one. For each kind
the last events are kept in a window: a watch may begin at any revision in it; one that begins before gets 410 Expired.

When etcd's member goes away the watch is taken up again at the next revision, without a gap. When that revision has
been compacted meanwhile, everything is read anew and all watches are ended: their clients list again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from orrery.apiserver.events import WatchCacheChanged
from orrery.apiserver.storage import ROOT, ROOT_END, Storage, decode, with_version
from orrery.etcd import EtcdError, RangeResponse, WatchEvent, WatchStream
from orrery.kernel import MILLISECOND, NO_CAUSE, SECOND, Event, Process, TimeoutExpired, sleep
from orrery.machinery.objects import Document
from orrery.machinery.resources import LEASES, RESOURCES, Resource
from orrery.machinery.wire import StatusError

ADDED, MODIFIED, DELETED = "ADDED", "MODIFIED", "DELETED"

RETRY_NS = 200 * MILLISECOND
FRESH_WAIT_NS = 3 * SECOND
READY_WAIT_NS = 3 * SECOND


class Change(NamedTuple):
    """One event of one kind. Of a deletion ``obj`` is the last version, with the revision of its end."""

    revision: int
    type: str
    key: str
    obj: Document
    old: Document | None
    quiet: bool


Listener = Callable[[Change], None]


class KindCache:
    """The objects of one kind by key, the window of its last events, and who listens."""

    __slots__ = ("objects", "window", "oldest", "listeners")

    def __init__(self, window: int) -> None:
        self.objects: dict[str, Document] = {}
        self.window: deque[Change] = deque(maxlen=window)
        self.oldest = 0  # a watch may begin at this revision or a later one
        self.listeners: dict[int, Listener] = {}

    def take(self, change: Change) -> None:
        """Enters a change and passes it on."""
        if change.type == DELETED:
            self.objects.pop(change.key, None)
        else:
            self.objects[change.key] = change.obj
        window = self.window
        if len(window) == window.maxlen:
            self.oldest = window[0].revision
        window.append(change)
        for listener in list(self.listeners.values()):
            listener(change)


class Cacher:
    """The watch cache of one API server."""

    def __init__(self, process: Process, storage: Storage, *, window: int) -> None:
        self._process = process
        self._kernel = process.kernel
        self._storage = storage
        self._window = window
        self.revision = 0
        self.kinds = {resource.plural: KindCache(window) for resource in RESOURCES}
        self._by_prefix = {resource.storage_prefix: resource for resource in RESOURCES}
        self.ready = Event(process.kernel)
        self.resets: dict[int, Callable[[], None]] = {}
        self._numbers = 0
        self._stream: WatchStream | None = None
        self._waiting: list[tuple[int, Event]] = []

    async def run(self) -> None:
        """Fills the cache and follows etcd for as long as the process lives."""
        while True:
            self._kernel.cause = NO_CAUSE
            try:
                if not self.revision:
                    self._fill(await self._storage.etcd.range(ROOT, ROOT_END, quiet=True))
                    self.ready.set()
                await self._follow()
            except EtcdError as error:
                self._process.log(f"watch of etcd ended: {error.message}", "warning")
                await sleep(RETRY_NS)

    async def _follow(self) -> None:
        stream = await self._storage.etcd.watch(ROOT, ROOT_END, start_revision=self.revision + 1)
        self._stream = stream
        try:
            while True:
                response = await stream.next()
                if response.compact_revision:
                    self._process.log(f"watch of etcd: revision {self.revision} has been compacted", "warning")
                    self._reset()
                    return
                for event in response.events:
                    if event.kv.mod_revision > self.revision:
                        self._take(event)
                self.revision = max(self.revision, response.revision)
                if self._waiting:
                    self._wake()
        finally:
            self._stream = None
            stream.close()

    # -- entering

    def _resource_of(self, key: str) -> Resource | None:
        first, _, rest = key[len(ROOT) :].partition("/")
        found = self._by_prefix.get(first)
        return found if found is not None else self._by_prefix.get(f"{first}/{rest.partition('/')[0]}")

    def _fill(self, response: RangeResponse) -> None:
        for kv in response.kvs:
            key = kv.key.decode()
            resource = self._resource_of(key)
            if resource is not None:
                self.kinds[resource.plural].objects[key] = decode(kv)
        self.revision = response.revision
        for plural, kind in self.kinds.items():
            kind.oldest = self.revision
            self._tell(plural)

    def _tell(self, plural: str) -> None:
        objects = len(self.kinds[plural].objects)
        self._process.emit(WatchCacheChanged(resource=plural, objects=objects, revision=self.revision), follow=False)

    def _take(self, event: WatchEvent) -> None:
        kv = event.kv
        key = kv.key.decode()
        resource = self._resource_of(key)
        if resource is None:
            return
        kind = self.kinds[resource.plural]
        old = kind.objects.get(key)
        if event.type == "DELETE":
            if old is None:
                return
            change = Change(kv.mod_revision, DELETED, key, with_version(old, kv.mod_revision), old, False)
        else:
            quiet = (resource is LEASES and old is not None) or not self._kernel.cause.flow
            change = Change(kv.mod_revision, MODIFIED if old is not None else ADDED, key, decode(kv), old, quiet)
        cause = self._kernel.cause
        kind.take(change)
        self._kernel.cause = cause
        if change.type != MODIFIED:
            self._tell(resource.plural)

    def _reset(self) -> None:
        """What was known is of no use any more: everybody begins again."""
        self.revision = 0
        self.ready.clear()
        self.kinds = {plural: KindCache(self._window) for plural in self.kinds}
        resets, self.resets = self.resets, {}
        for reset in resets.values():
            reset()

    # -- reading

    def find(self, resource: Resource, namespace: str, name: str) -> Document | None:
        """The object as this server knows it, perhaps not its newest version."""
        return self.kinds[resource.plural].objects.get(resource.key(namespace, name))

    def listed(self, resource: Resource, namespace: str = "") -> list[Document]:
        """All objects of a kind, or those in one namespace, in the order of their keys."""
        objects = self.kinds[resource.plural].objects
        if not namespace or not resource.namespaced:
            return [objects[key] for key in sorted(objects)]
        prefix = resource.key_prefix(namespace)
        return [objects[key] for key in sorted(key for key in objects if key.startswith(prefix))]

    async def wait_ready(self) -> None:
        """Waits a little until the cache is filled. StatusError 429 where that takes longer."""
        if self.ready.is_set():
            return
        try:
            with self._process.timeout(READY_WAIT_NS):
                await self.ready.wait()
        except TimeoutExpired:
            raise StatusError.too_many_requests("storage is (re)initializing", 1) from None

    async def wait_fresh(self, revision: int) -> None:
        """Waits until the cache knows everything up to a revision. StatusError 504 where that takes too long."""
        await self.wait_ready()
        if self.revision >= revision:
            return
        if self._stream is not None:
            self._stream.request_progress()
        reached = Event(self._kernel)
        self._waiting.append((revision, reached))
        cause = self._kernel.cause
        try:
            with self._process.timeout(FRESH_WAIT_NS):
                await reached.wait()
        except TimeoutExpired:
            message = f"Too large resource version: {revision}, current: {self.revision}"
            error = StatusError.timeout(message)
            error.status["details"] = {
                "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
                "retryAfterSeconds": 1,
            }
            raise error from None
        self._kernel.cause = cause

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for revision, reached in waiting:
            if self.revision >= revision:
                reached.set()
            else:
                self._waiting.append((revision, reached))

    # -- listening

    def listen(self, resource: Resource, listener: Listener, reset: Callable[[], None]) -> int:
        """Calls the listener with every change of a kind from now on; ``reset`` where that has come to an end."""
        self._numbers += 1
        self.kinds[resource.plural].listeners[self._numbers] = listener
        self.resets[self._numbers] = reset
        return self._numbers

    def forget(self, resource: Resource, number: int) -> None:
        """Ends what ``listen`` began."""
        self.kinds[resource.plural].listeners.pop(number, None)
        self.resets.pop(number, None)

    def since(self, resource: Resource, revision: int) -> list[Change]:
        """The changes of a kind after a revision. StatusError 410 where not all of them are known any more."""
        kind = self.kinds[resource.plural]
        if revision < kind.oldest:
            raise StatusError.expired(f"too old resource version: {revision} ({kind.oldest})")
        return [change for change in kind.window if change.revision > revision]
