"""Deletes what has lost all its owners, and sees deletions through that wait for dependents.

An object is garbage when it names owners and none of them is there (by uid: a namesake is somebody else). An object
that is deleted in the foreground waits until its dependents are gone; one that is deleted with "orphan" has its
dependents released first. Source: Kubernetes, pkg/controller/garbagecollector, and "Garbage Collection" in its
documentation.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from orrery.client import Informer
from orrery.controllers.controller import Controller, key_of, split
from orrery.kernel import SECOND
from orrery.machinery.objects import is_deleting, meta, name_of, namespace_of, owners_of, uid_of
from orrery.machinery.resources import EVENTS, RESOURCES, Resource, by_kind, lookup
from orrery.machinery.wire import StatusError

Document = dict[str, Any]

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
LOOK_AGAIN_NS = SECOND // 2

COLLECTED: tuple[Resource, ...] = tuple(resource for resource in RESOURCES if resource is not EVENTS)


class GarbageCollector(Controller):
    """Keys are "plural.group:namespace/name"."""

    name = "garbage-collector"

    def start(self) -> None:
        self._informers: dict[Resource, Informer] = {}
        for resource in COLLECTED:
            informer = self.informers.of(resource, owner=lambda obj: [owner["uid"] for owner in owners_of(obj)])
            self._informers[resource] = informer
            informer.add_handlers(partial(self._added, resource), partial(self._updated, resource), self._deleted)

    def _added(self, resource: Resource, obj: Document) -> None:
        if owners_of(obj) or is_deleting(obj):
            self._enqueue(resource, obj)

    def _updated(self, resource: Resource, old: Document, new: Document) -> None:
        if owners_of(old) != owners_of(new) or (is_deleting(new) and meta(new).get("finalizers")):
            self._enqueue(resource, new)

    def _deleted(self, obj: Document) -> None:
        for resource, dependent in self._dependents(obj):
            self._enqueue(resource, dependent)
        for owner in owners_of(obj):
            kind = by_kind(owner["apiVersion"], owner["kind"])
            if kind is not None and owner.get("blockOwnerDeletion"):
                self.queue.add(_key(kind, namespace_of(obj) if kind.namespaced else "", owner["name"]))

    def _enqueue(self, resource: Resource, obj: Document) -> None:
        self.queue.add(_key(resource, namespace_of(obj), name_of(obj)))

    def _dependents(self, owner: Document) -> list[tuple[Resource, Document]]:
        return [
            (resource, obj)
            for resource, informer in self._informers.items()
            for obj in informer.cache.by_index("owner", uid_of(owner))
        ]

    async def sync(self, key: str) -> None:
        resource, namespace, name = _unkey(key)
        obj = self._informers[resource].cache.get(namespace, name)
        if obj is None:
            return
        finalizers = meta(obj).get("finalizers") or []
        if is_deleting(obj):
            if ORPHAN in finalizers:
                await self._orphan(resource, obj)
            elif FOREGROUND in finalizers:
                await self._delete_dependents_first(key, resource, obj)
            return
        await self._collect(resource, obj)

    async def _collect(self, resource: Resource, obj: Document) -> None:
        owners = owners_of(obj)
        if not owners:
            return
        states = [await self._owner_state(owner, namespace_of(obj)) for owner in owners]
        if "solid" in states:
            return
        waiting = "waiting" in states
        names = ", ".join(f"{owner['kind']} {owner['name']}" for owner in owners)
        self.acted(
            key_of(obj), observed=f"owned by {names}", difference="which waits for it to go" if waiting
            else "which is gone", actions=[f"deleted {resource.singular} {name_of(obj)}"],
        )
        await self.api.delete(
            resource, name_of(obj), namespace_of(obj), uid=uid_of(obj),
            propagation="Foreground" if waiting and self._dependents(obj) else "Background",
        )

    async def _owner_state(self, owner: Document, namespace: str) -> str:
        """ "solid", "absent", or "waiting" (it is being deleted in the foreground, and this dependent is in its
        way)."""
        resource = by_kind(owner["apiVersion"], owner["kind"])
        if resource is None or resource not in self._informers:
            return "solid"  # of a kind that we do not know: not ours to judge
        where = namespace if resource.namespaced else ""
        there = self._informers[resource].cache.get(where, owner["name"])
        if there is None or uid_of(there) != owner["uid"]:
            try:  # the cache may be behind: nothing is deleted on hearsay
                there = await self.api.get(resource, owner["name"], where)
            except StatusError as error:
                if error.code != 404:
                    raise
                return "absent"
            if uid_of(there) != owner["uid"]:
                return "absent"
        if is_deleting(there) and FOREGROUND in (meta(there).get("finalizers") or []):
            return "waiting" if owner.get("blockOwnerDeletion") else "solid"
        return "solid"

    async def _delete_dependents_first(self, key: str, resource: Resource, obj: Document) -> None:
        blocking = [
            (kind, dependent) for kind, dependent in self._dependents(obj)
            if any(o["uid"] == uid_of(obj) and o.get("blockOwnerDeletion") for o in owners_of(dependent))
        ]
        for kind, dependent in blocking:
            if not is_deleting(dependent):
                self._enqueue(kind, dependent)
        if blocking:
            self.queue.add_after(key, LOOK_AGAIN_NS)
            return
        await self._take_off(resource, obj, FOREGROUND)

    async def _orphan(self, resource: Resource, obj: Document) -> None:
        for kind, dependent in self._dependents(obj):
            kept = [owner for owner in owners_of(dependent) if owner["uid"] != uid_of(obj)]
            patch = {"metadata": {"uid": uid_of(dependent), "ownerReferences": kept or None}}
            try:
                await self.api.patch(kind, name_of(dependent), patch, namespace_of(dependent), type="merge")
            except StatusError as error:
                if error.code != 404:
                    raise
        await self._take_off(resource, obj, ORPHAN)

    async def _take_off(self, resource: Resource, obj: Document, finalizer: str) -> None:
        kept = [f for f in meta(obj).get("finalizers") or [] if f != finalizer]
        patch = {"metadata": {"resourceVersion": meta(obj)["resourceVersion"], "finalizers": kept or None}}
        self.acted(
            key_of(obj), observed="its dependents are done with", difference=f"the finalizer {finalizer} holds it",
            actions=["took it off"],
        )
        await self.api.patch(resource, name_of(obj), patch, namespace_of(obj), type="merge")


def _key(resource: Resource, namespace: str, name: str) -> str:
    where = f"{namespace}/{name}" if namespace else name
    return f"{resource.version}.{resource.plural}.{resource.group}:{where}"


def _unkey(key: str) -> tuple[Resource, str, str]:
    kind, _, where = key.partition(":")
    version, plural, group = kind.split(".", 2)
    resource = lookup(group, version, plural)
    assert resource is not None
    return resource, *split(where)
