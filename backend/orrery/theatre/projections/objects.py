"""Kubernetes objects, as etcd's members apply them: the first member to apply a revision is the one that counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from orrery.etcd.events import EtcdApplied
from orrery.machinery.objects import controller_of, dig
from orrery.machinery.resources import DEPLOYMENTS, LEASES, NODES, PODS, RESOURCES, Resource
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.records import ObjectRecord, Record
from orrery.theatre.stage import Stage


@dataclass(slots=True)
class Stored:
    """An object as it is stored: `flow` made it, `created_ns` says when, `revision` is its resourceVersion."""

    resource: Resource
    namespace: str
    name: str
    document: dict[str, Any]
    revision: int
    created_ns: int
    changed_ns: int
    flow: int

    @property
    def id(self) -> str:
        return f"object/{self.resource.plural}/{self.namespace}/{self.name}"


Watcher = Callable[[EtcdApplied, Stored | None, Stored | None], None]


def resource_of(key: str) -> tuple[Resource, str, str] | None:
    """What a key of etcd stands for: resource, namespace, name; None if it is no object of a kind that is served."""
    for prefix, resource in _PREFIXES.items():
        if key.startswith(prefix):
            rest = key[len(prefix) :].split("/")
            if resource.namespaced and len(rest) == 2:
                return resource, rest[0], rest[1]
            if not resource.namespaced and len(rest) == 1:
                return resource, "", rest[0]
    return None


_PREFIXES = {resource.key_prefix(): resource for resource in RESOURCES}


class Objects:
    """Every object by its key. `watch` registers who is told of each change: (event, before, after)."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._revision = 0
        self._watchers: list[Watcher] = []
        self.by_key: dict[str, Stored] = {}
        self._of: dict[Resource, dict[str, Stored]] = {}

    def handlers(self) -> Handlers:
        return {EtcdApplied: self._applied}

    def watch(self, watcher: Watcher) -> None:
        self._watchers.append(watcher)

    def get(self, resource: Resource, namespace: str, name: str) -> Stored | None:
        return self.by_key.get(resource.key(namespace if resource.namespaced else "", name))

    def all_of(self, resource: Resource) -> list[Stored]:
        return [*self._of.get(resource, {}).values()]

    def _applied(self, event: EtcdApplied) -> None:
        if event.revision <= self._revision:
            return  # another member was first
        self._revision = event.revision
        for key, value, _, _ in event.puts:
            self._put(event, key, value)
        for key in event.deletes:
            before = self.by_key.pop(key, None)
            if before is not None:
                del self._of[before.resource][key]
                self._tell(event, before, None)

    def _put(self, event: EtcdApplied, key: str, value: str) -> None:
        place = resource_of(key)
        if place is None:
            return
        document = orjson.loads(value)
        before = self.by_key.get(key)
        after = Stored(
            *place, document, event.revision, before.created_ns if before else event.time_ns, event.time_ns,
            before.flow if before else event.flow,
        )
        self.by_key[key] = after
        self._of.setdefault(after.resource, {})[key] = after
        self._tell(event, before, after)

    def _tell(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        for watcher in self._watchers:
            watcher(event, before, after)
        either = after or before
        assert either is not None
        if either.resource not in _ELSEWHERE:
            self._stage.touch(event.time_ns, either.id, lambda: self._record(either))

    def _record(self, stored: Stored) -> Record | None:
        now = self.get(stored.resource, stored.namespace, stored.name)
        if now is None:
            return None
        owner = controller_of(now.document)
        return ObjectRecord(
            id=now.id, kind=now.resource.kind, resource=now.resource.plural, namespace=now.namespace, name=now.name,
            resource_version=now.revision, summary=summary(now.resource, now.document),
            owner=f"{owner['kind']}/{owner['name']}" if owner else None,
        )


_ELSEWHERE = (PODS, NODES, LEASES)  # pods and nodes have records of their own; leases are in the nodes'


def summary(resource: Resource, document: Mapping[str, Any]) -> str:
    """An object in one line."""
    make = _SUMMARIES.get(resource.plural)
    return make(document) if make is not None else ""


def _workload(document: Mapping[str, Any]) -> str:
    ready = dig(document, "status", "readyReplicas", default=0)
    return f"{ready}/{dig(document, 'spec', 'replicas', default=1)} ready"


def _service(document: Mapping[str, Any]) -> str:
    ports = ",".join(str(port.get("port")) for port in dig(document, "spec", "ports", default=[]))
    return f"{dig(document, 'spec', 'clusterIP', default='')}:{ports}"


def _slice(document: Mapping[str, Any]) -> str:
    endpoints = document.get("endpoints") or []
    ready = sum(1 for endpoint in endpoints if dig(endpoint, "conditions", "ready", default=True))
    return f"{ready}/{len(endpoints)} ready"


_SUMMARIES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    DEPLOYMENTS.plural: _workload,
    "replicasets": _workload,
    "services": _service,
    "endpointslices": _slice,
    "events": lambda d: f"{d.get('reason', '')}: {d.get('message', '')}",
    "configmaps": lambda d: f"{len(d.get('data') or {})} keys",
    "secrets": lambda d: f"{len(d.get('data') or {})} keys",
    "namespaces": lambda d: str(dig(d, "status", "phase", default="")),
}
