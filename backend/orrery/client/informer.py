"""The informer: a local, read-only copy of what the API server has of one kind, kept up to date by list and watch.

List once, then watch from the list's resourceVersion; when the watch breaks, watch again from the last version seen;
when that is too long ago (410), list again and tell the handlers the difference. Nothing is polled.
Source: client-go, tools/cache (Reflector, SharedInformer).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orrery.client.api import ApiClient, Document
from orrery.client.events import CacheSynced
from orrery.kernel import MILLISECOND, NO_CAUSE, SECOND, RpcError, TimeoutExpired, sleep
from orrery.machinery.objects import name_of, namespace_of, resource_version_of
from orrery.machinery.resources import Resource
from orrery.machinery.wire import StatusError

BACKOFF_FIRST_NS = 800 * MILLISECOND
BACKOFF_MOST_NS = 30 * SECOND
BACKOFF_FORGOTTEN_NS = 120 * SECOND

Key = tuple[str, str]  # namespace, name
IndexFunction = Callable[[Document], list[str]]
Documents = list[Document]
Handler = Callable[[Document], object]
UpdateHandler = Callable[[Document, Document], object]


class Cache:
    """Objects by namespace and name, with indexes. Read-only for everybody but its informer: objects are shared."""

    def __init__(self) -> None:
        self._objects: dict[Key, Document] = {}
        self._functions: dict[str, IndexFunction] = {}
        self._indexes: dict[str, dict[str, dict[Key, None]]] = {}

    def __len__(self) -> int:
        return len(self._objects)

    def get(self, namespace: str, name: str) -> Document | None:
        return self._objects.get((namespace, name))

    def list(self, namespace: str = "") -> Documents:
        """All objects, or those of one namespace, in the order in which they came to be known."""
        if not namespace:
            return [*self._objects.values()]
        return [obj for key, obj in self._objects.items() if key[0] == namespace]

    def by_index(self, index: str, value: str) -> Documents:
        """The objects for which an index function gives that value."""
        return [self._objects[key] for key in self._indexes[index].get(value, ())]

    def add_index(self, index: str, function: IndexFunction) -> None:
        self._functions[index] = function
        self._indexes[index] = {}
        for key, obj in self._objects.items():
            self._index(index, key, obj)

    def put(self, obj: Document) -> Document | None:
        """Stores an object; gives what was there before."""
        key = (namespace_of(obj), name_of(obj))
        old = self._objects.get(key)
        if old is not None:
            self._unindex(key, old)
        self._objects[key] = obj
        for index in self._functions:
            self._index(index, key, obj)
        return old

    def remove(self, key: Key) -> Document | None:
        old = self._objects.pop(key, None)
        if old is not None:
            self._unindex(key, old)
        return old

    def keys(self) -> tuple[Key, ...]:
        return tuple(self._objects)

    def _index(self, index: str, key: Key, obj: Document) -> None:
        for value in self._functions[index](obj):
            self._indexes[index].setdefault(value, {})[key] = None

    def _unindex(self, key: Key, obj: Document) -> None:
        for index, function in self._functions.items():
            entries = self._indexes[index]
            for value in function(obj):
                keys = entries.get(value)
                if keys is not None:
                    keys.pop(key, None)
                    if not keys:
                        del entries[value]


class Informer:
    """Keeps `cache`, and tells handlers of each change, under the change's cause. Handlers are plain functions."""

    def __init__(
        self, api: ApiClient, resource: Resource, *, namespace: str = "", label_selector: str = "",
        field_selector: str = "", indexes: Mapping[str, IndexFunction] | None = None, quiet: bool = False,
    ) -> None:
        self.cache = Cache()
        self.resource = resource
        self.last_version = 0  # the newest resourceVersion that was seen
        self._api = api
        self._process = api.process
        self._namespace = namespace
        self._label_selector = label_selector
        self._field_selector = field_selector
        self._quiet = quiet
        self._handlers: list[tuple[Handler | None, UpdateHandler | None, Handler | None]] = []
        self._synced = api.process.event()
        self._started = False
        self._version = "0"
        self._backoff_ns = 0
        self._failed_ns = 0
        for name, function in (indexes or {}).items():
            self.cache.add_index(name, function)

    def add_handlers(
        self, on_add: Handler | None = None, on_update: UpdateHandler | None = None, on_delete: Handler | None = None
    ) -> None:
        """Handlers for what is added, changed (old, new) and deleted. Those that come late are told of what is
        there."""
        self._handlers.append((on_add, on_update, on_delete))
        if on_add is not None:
            for obj in self.cache.list():
                on_add(obj)

    def start(self) -> None:
        """Begins to list and watch, once."""
        if not self._started:
            self._started = True
            self._process.spawn(self._run(), name=f"informer {self.resource.plural}")

    @property
    def has_synced(self) -> bool:
        return self._synced.is_set()

    async def synced(self) -> None:
        """Waits until everything has been listed once."""
        await self._synced.wait()

    async def _run(self) -> None:
        relist = "at start"
        while True:
            self._process.kernel.cause = NO_CAUSE
            try:
                if relist:
                    await self._list("" if relist == "at start" else relist)
                    relist = ""
                await self._watch()
            except StatusError as error:
                if error.code == 410:
                    relist = error.message
                    self._version = ""  # what the server has cached may be as old as what we know: ask etcd
                    continue
                self._process.log(f"watch of {self.resource.plural}: {error}", level="warning")
                relist = relist or ("the list was refused" if not self.has_synced else "")
            except (RpcError, TimeoutExpired):
                pass  # the connection broke, or the server ended the watch: go on from the last version
            await self._back_off()

    async def _list(self, relisted: str) -> None:
        items, version = await self._api.list(
            self.resource, self._namespace, label_selector=self._label_selector, field_selector=self._field_selector,
            resource_version=self._version, quiet=self._quiet,
        )
        present: dict[Key, None] = {}
        for obj in items:
            present[(namespace_of(obj), name_of(obj))] = None
            self._put(obj)
        gone = [key for key in self.cache.keys() if key not in present]  # noqa: SIM118
        for key in gone:
            self._remove(key)
        self._saw(version)
        self._synced.set()
        self._process.emit(
            CacheSynced(resource=self.resource.plural, objects=len(items), relisted=relisted), follow=False
        )

    async def _watch(self) -> None:
        watch = await self._api.watch(
            self.resource, self._namespace, resource_version=self._version, label_selector=self._label_selector,
            field_selector=self._field_selector, quiet=self._quiet,
        )
        try:
            while True:
                kind, obj = await watch.next()
                if kind == "DELETED":
                    self._remove((namespace_of(obj), name_of(obj)), obj)
                elif kind != "BOOKMARK":
                    self._put(obj)
                self._saw(obj["metadata"]["resourceVersion"])
                self._backoff_ns = 0
        finally:
            watch.close()

    def _saw(self, version: str) -> None:
        self._version = version
        self.last_version = int(version)

    def _put(self, obj: Document) -> None:
        old = self.cache.put(obj)
        if old is None:
            for on_add, _, _ in self._handlers:
                if on_add is not None:
                    self._tell(on_add, obj)
        elif resource_version_of(old) != resource_version_of(obj):
            for _, on_update, _ in self._handlers:
                if on_update is not None:
                    self._tell(on_update, old, obj)

    def _remove(self, key: Key, last: Document | None = None) -> None:
        old = self.cache.remove(key)
        if old is None:
            return
        for _, _, on_delete in self._handlers:
            if on_delete is not None:
                self._tell(on_delete, last or old)

    def _tell(self, handler: Callable[..., object], *objects: Document) -> None:
        """Each handler starts from the cause of the change, whatever the one before it traced."""
        cause = self._process.kernel.cause
        handler(*objects)
        self._process.kernel.cause = cause

    async def _back_off(self) -> None:
        now_ns = self._process.now_ns
        if now_ns - self._failed_ns > BACKOFF_FORGOTTEN_NS:
            self._backoff_ns = 0
        self._failed_ns = now_ns
        self._backoff_ns = min(max(2 * self._backoff_ns, BACKOFF_FIRST_NS), BACKOFF_MOST_NS)
        await sleep(self._backoff_ns + self._process.random.below(self._backoff_ns))


def field_of(obj: Mapping[str, Any], *path: str) -> str:
    """A nested field as an index value; empty where it is missing."""
    value: Any = obj
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return "" if value is None else str(value)
