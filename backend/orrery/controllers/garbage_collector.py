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
from orrery.machinery.objects import is_deleting, meta, name_of, namespace_of, owners_of, uid_of
from orrery.machinery.resources import EVENTS, RESOURCES, Resource, by_kind, lookup
from orrery.machinery.wire import StatusError

Document = dict[str, Any]

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"

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
        if owners_of(old) != owners_of(new):
            self._enqueue(resource, new)
            self._enqueue_owners(old)
        if is_deleting(new) and meta(new).get("finalizers"):
            self._enqueue(resource, new)
            if not is_deleting(old):
                self._enqueue_dependents(new)

    def _deleted(self, obj: Document) -> None:
        self._enqueue_dependents(obj)
        self._enqueue_owners(obj)

    def _enqueue_dependents(self, owner: Document) -> None:
        for resource, dependent in self._dependents(owner):
            self._enqueue(resource, dependent)

    def _enqueue_owners(self, obj: Document) -> None:
        """Owners may wait for this dependent to go."""
        for owner in owners_of(obj):
            resource = by_kind(owner["apiVersion"], owner["kind"])
            if resource is not None and owner.get("blockOwnerDeletion"):
                self.queue.add(_key(resource, namespace_of(obj) if resource.namespaced else "", owner["name"]))

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
        if resource not in self._informers:
            return
        obj = self._informers[resource].cache.get(namespace, name)
        if obj is None:
            return
        finalizers = meta(obj).get("finalizers") or []
        if is_deleting(obj):
            if ORPHAN in finalizers:
                await self._orphan(resource, obj)
            elif FOREGROUND in finalizers:
                await self._delete_dependents_first(resource, obj)
            return
        await self._collect(resource, obj)

    async def _collect(self, resource: Resource, obj: Document) -> None:
        """Deletes an object whose owners are all gone or wait for it; forgets those of several that are."""
        owners = owners_of(obj)
        states = [await self._owner_state(owner, namespace_of(obj)) for owner in owners]
        lost = [owner for owner, state in zip(owners, states, strict=True) if state != "solid"]
        if not lost:
            return
        names = ", ".join(f"{owner['kind']} {owner['name']}" for owner in lost)
        if len(lost) < len(owners):
            self.acted(
                key_of(obj), observed=f"owned by {names}, among others", difference="which is gone or going",
                actions=[f"took {names} off its owners"],
            )
            await self._disown(resource, obj, lost)
            return
        waiting = "waiting" in states
        self.acted(
            key_of(obj), observed=f"owned by {names}", difference="which waits for it to go" if waiting
            else "which is gone", actions=[f"deleted {resource.singular} {name_of(obj)}"],
        )
        await self.api.delete(
            resource, name_of(obj), namespace_of(obj), uid=uid_of(obj), propagation=self._propagation(obj, waiting)
        )

    def _propagation(self, obj: Document, waiting: bool) -> str:
        """In the foreground where somebody waits for all that is below; else as the object's finalizers say."""
        finalizers = meta(obj).get("finalizers") or []
        if waiting and self._dependents(obj):
            return "Foreground"
        if ORPHAN in finalizers:
            return "Orphan"
        return "Foreground" if FOREGROUND in finalizers else "Background"

    async def _disown(self, resource: Resource, obj: Document, lost: list[Document]) -> None:
        dropped = [{"$patch": "delete", "uid": owner["uid"]} for owner in lost]
        patch = {"metadata": {"uid": uid_of(obj), "ownerReferences": dropped}}
        try:
            await self.api.patch(resource, name_of(obj), patch, namespace_of(obj), type="strategic")
        except StatusError as error:
            if error.code != 404:
                raise

    async def _owner_state(self, owner: Document, namespace: str) -> str:
        """ "solid", "absent", or "waiting": it is being deleted in the foreground."""
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
            return "waiting"
        return "solid"

    async def _delete_dependents_first(self, resource: Resource, obj: Document) -> None:
        """Takes the finalizer off once no dependent is left that blocks; each asks for this again when it goes."""
        blocking = [
            (kind, dependent) for kind, dependent in self._dependents(obj)
            if any(o["uid"] == uid_of(obj) and o.get("blockOwnerDeletion") for o in owners_of(dependent))
        ]
        for kind, dependent in blocking:
            if not is_deleting(dependent):
                self._enqueue(kind, dependent)
        if not blocking:
            await self._take_off(resource, obj, FOREGROUND)

    async def _orphan(self, resource: Resource, obj: Document) -> None:
        for kind, dependent in self._dependents(obj):
            await self._disown(kind, dependent, [o for o in owners_of(dependent) if o["uid"] == uid_of(obj)])
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
