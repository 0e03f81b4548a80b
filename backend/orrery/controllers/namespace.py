"""Empties a namespace that is being deleted, then lets it go.

Source: Kubernetes, pkg/controller/namespace. What is in it is deleted kind by kind; while anything is left (Pods take
their grace period) the namespace is looked at again; when nothing is, the finalizer "kubernetes" is taken off.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached
from orrery.kernel import SECOND
from orrery.machinery.objects import dig, is_deleting
from orrery.machinery.resources import NAMESPACES, RESOURCES

FINALIZER = "kubernetes"
LOOK_AGAIN_NS = 5 * SECOND


class NamespaceController(Controller):
    """Keys are namespaces."""

    name = "namespace"

    def start(self) -> None:
        self._namespaces = self.informers.of(NAMESPACES)
        self._namespaces.add_handlers(self._changed, lambda _, new: self._changed(new))

    def _changed(self, namespace: dict[str, Any]) -> None:
        if is_deleting(namespace):
            self.enqueue(namespace)

    async def sync(self, key: str) -> None:
        namespace = cached(self._namespaces.cache, key)
        if namespace is None or FINALIZER not in dig(namespace, "spec", "finalizers", default=[]):
            return
        left: list[str] = []
        deleted: list[str] = []
        for resource in RESOURCES:
            if not resource.namespaced or "deletecollection" not in resource.verbs:
                continue
            items, _ = await self.api.list(resource, key)
            if any(not is_deleting(item) for item in items):
                await self.api.delete_collection(resource, key)
                deleted.append(f"deleted {len(items)} {resource.plural}")
                items, _ = await self.api.list(resource, key)
            if items:
                left.append(f"{len(items)} {resource.plural}")
        if left:
            self.acted(
                key, observed=f"terminating, with {', '.join(left)} left", difference="it is not empty",
                actions=deleted,
            )
            self.queue.add_after(key, LOOK_AGAIN_NS)
            return
        others = [f for f in dig(namespace, "spec", "finalizers", default=[]) if f != FINALIZER]
        self.acted(key, observed="terminating and empty", difference="it may go", actions=[*deleted, "finalized it"])
        await self.api.update(NAMESPACES, {**namespace, "spec": {"finalizers": others}}, "finalize")
