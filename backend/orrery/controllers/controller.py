"""What all controllers share: informers of the manager, a queue of keys, workers, and a place to say what was done.

A controller says which changes make which keys want work (`start`), and brings one key nearer to what is wanted
(`sync`). `sync` is level-triggered: it looks at what is, in the informers' caches, and never at what changed. It is
read-only towards the caches; it writes through the API alone; an error means that the key is tried again later. What
it has done it reports with `acted`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from orrery.client import ApiClient, Cache, EventRecorder, Informer, WorkQueue
from orrery.client.informer import IndexFunction
from orrery.controllers.config import ControllerManagerConfig
from orrery.controllers.events import Reconciled, WorkChanged
from orrery.kernel import Process, RpcError
from orrery.machinery.objects import controller_of, dig, labels_of, name_of, namespace_of
from orrery.machinery.resources import Resource
from orrery.machinery.selectors import from_object
from orrery.machinery.wire import StatusError

WORKERS = 5


class Informers:
    """One informer a kind, shared by all controllers of a manager."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._by_resource: dict[Resource, Informer] = {}

    def of(self, resource: Resource, **indexes: IndexFunction) -> Informer:
        """The informer of a kind, with further indexes by name."""
        informer = self._by_resource.get(resource)
        if informer is None:
            informer = self._by_resource[resource] = Informer(self._api, resource)
        for name, function in indexes.items():
            informer.cache.add_index(name, function)
        return informer

    async def start(self) -> None:
        """Starts them all and waits until each has listed."""
        for informer in self._by_resource.values():
            informer.start()
        for informer in self._by_resource.values():
            await informer.synced()


class Controller(ABC):
    """One control loop. Subclasses set `name`, and define `start` and `sync`. `component` stands on its events, if
    that is not its name."""

    name = ""
    component = ""
    workers = WORKERS

    def __init__(
        self, process: Process, api: ApiClient, informers: Informers, config: ControllerManagerConfig
    ) -> None:
        self.process = process
        self.api = api
        self.config = config
        self.queue: WorkQueue[str] = WorkQueue(process)
        self.recorder = EventRecorder(api, component=self.component or f"{self.name}-controller")
        self.informers = informers

    @abstractmethod
    def start(self) -> None:
        """Registers handlers; called before the informers start."""

    @abstractmethod
    async def sync(self, key: str) -> None:
        """Brings one key nearer to what is wanted."""

    def run(self) -> None:
        """Starts the workers; called once the informers have synced."""
        for number in range(self.workers):
            self.process.spawn(self._work(), name=f"{self.name}-{number}")

    def acted(self, key: str, *, observed: str, difference: str, actions: list[str]) -> None:
        """Reports a reconciliation; what follows has it as its cause."""
        if actions:
            self.process.emit(
                Reconciled(controller=self.name, key=key, observed=observed, difference=difference, actions=actions)
            )

    def enqueue(self, obj: Mapping[str, Any]) -> None:
        """This very object wants work."""
        self.queue.add(key_of(obj))

    def enqueue_owner(self, obj: Mapping[str, Any], kind: str, owners: Cache) -> None:
        """What owns this object wants work: its controller, or, for an orphan, whoever's selector picks it."""
        owner = controller_of(obj)
        if owner is not None:
            if owner["kind"] == kind:
                self.queue.add(f"{namespace_of(obj)}/{owner['name']}")
            return
        for candidate in owners.list(namespace_of(obj)):
            if from_object(dig(candidate, "spec", "selector")).matches(labels_of(obj)):
                self.enqueue(candidate)

    async def _work(self) -> None:
        while True:
            key = await self.queue.get()
            self._note_work(key, "taken")
            change, reason = "done", ""
            try:
                await self.sync(key)
            except StatusError as error:
                if is_of_terminating_namespace(error):
                    self.queue.forget(key)  # nothing more can be made there, and what is there goes
                    continue
                if error.code not in (404, 409):  # it has changed under us: look again
                    self.process.log(f"{self.name}: error syncing {key!r}, requeuing: {error}", "error")
                self.queue.add_rate_limited(key)
                change, reason = "failed", str(error)
            except RpcError as error:
                self.process.log(f"{self.name}: error syncing {key!r}, requeuing: {error}", "warning")
                self.queue.add_rate_limited(key)
                change, reason = "failed", str(error)
            else:
                self.queue.forget(key)
            finally:
                self.queue.done(key)
                if self.process.alive:
                    self._note_work(key, change, reason)

    def _note_work(self, key: str, change: str, reason: str = "") -> None:
        event = WorkChanged(controller=self.name, key=key, change=change, waiting=len(self.queue), reason=reason)
        self.process.emit(event, follow=False)


def is_of_terminating_namespace(error: BaseException) -> bool:
    """Whether something could not be made because its namespace is being deleted."""
    return isinstance(error, StatusError) and any(cause.reason == "NamespaceTerminating" for cause in error.causes)


def key_of(obj: Mapping[str, Any]) -> str:
    """ "namespace/name", or the name alone for what has no namespace."""
    namespace = namespace_of(obj)
    return f"{namespace}/{name_of(obj)}" if namespace else name_of(obj)


def split(key: str) -> tuple[str, str]:
    """A key's namespace (empty for none) and name."""
    namespace, slash, name = key.rpartition("/")
    return (namespace, name) if slash else ("", key)


def cached(cache: Cache, key: str) -> dict[str, Any] | None:
    return cache.get(*split(key))
