"""Empties a namespace that is being deleted, then lets it go.

Pods go first, so that nothing that they need is taken from under them; then the rest, kind by kind. While anything is
left the conditions say what, and the namespace is looked at again. When nothing is, the finalizer "kubernetes" is taken
off.

Source: Kubernetes, pkg/controller/namespace (deletion/namespaced_resources_deleter.go, status_condition_utils.go).
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached
from orrery.kernel import SECOND
from orrery.machinery.objects import conditions_of, dig, is_deleting, meta, set_condition
from orrery.machinery.resources import NAMESPACES, PODS, RESOURCES, Resource

Document = dict[str, Any]

FINALIZER = "kubernetes"
DELAY_NS = 5 * SECOND  # until every API server knows that nothing may be made there any more
PATIENCE_S = 15  # how long finalizers are thought to take


class NamespaceController(Controller):
    """Keys are namespaces."""

    name = "namespace"

    def start(self) -> None:
        self._namespaces = self.informers.of(NAMESPACES)
        self._namespaces.add_handlers(self._changed, lambda _, new: self._changed(new))

    def _changed(self, namespace: Document) -> None:
        if is_deleting(namespace):
            self.queue.add_after(namespace["metadata"]["name"], DELAY_NS)

    async def sync(self, key: str) -> None:
        namespace = cached(self._namespaces.cache, key)
        if namespace is None or FINALIZER not in dig(namespace, "spec", "finalizers", default=[]):
            return
        left: dict[Resource, list[Document]] = {}
        actions: list[str] = []
        for resource in _kinds():
            if PODS in left:
                break
            there, action = await self._empty(key, resource)
            actions.extend(action)
            if there:
                left[resource] = there
        if left:
            told = ", ".join(f"{len(items)} {resource.plural}" for resource, items in left.items())
            self.acted(key, observed=f"terminating, with {told} left", difference="it is not empty", actions=actions)
            await self._tell(namespace, left)
            self.queue.add_after(key, (patience_s(left) // 2 + 1) * SECOND)
            return
        others = [f for f in dig(namespace, "spec", "finalizers", default=[]) if f != FINALIZER]
        self.acted(key, observed="terminating and empty", difference="it may go", actions=[*actions, "finalized it"])
        await self.api.update(NAMESPACES, {**namespace, "spec": {"finalizers": others}}, "finalize")

    async def _empty(self, key: str, resource: Resource) -> tuple[list[Document], list[str]]:
        """Deletes what is there of a kind; what is left of it, and what was done."""
        items, _ = await self.api.list(resource, key)
        if all(is_deleting(item) for item in items):
            return items, []
        await self.api.delete_collection(resource, key)
        left, _ = await self.api.list(resource, key)
        return left, [f"deleted {len(items)} {resource.plural}"]

    async def _tell(self, namespace: Document, left: dict[Resource, list[Document]]) -> None:
        conditions = deletion_conditions(namespace, left, self.process.timestamp())
        if conditions != conditions_of(namespace):
            status = {**(namespace.get("status") or {}), "conditions": conditions}
            await self.api.update(NAMESPACES, {**namespace, "status": status}, "status")


def patience_s(left: dict[Resource, list[Document]]) -> int:
    """How long what is left is thought to take: Pods their grace, other things that of a finalizer."""
    pods = left.get(PODS)
    if pods is None:
        return PATIENCE_S
    return max(int(dig(pod, "spec", "terminationGracePeriodSeconds", default=0)) for pod in pods)


def deletion_conditions(namespace: Document, left: dict[Resource, list[Document]], now: str) -> list[Document]:
    """The namespace's conditions, saying what is left in it and what finalizers hold that."""
    finalizers: dict[str, int] = {}
    for items in left.values():
        for item in items:
            for finalizer in meta(item).get("finalizers") or ():
                finalizers[finalizer] = finalizers.get(finalizer, 0) + 1
    counts = {f"{resource.plural}.{resource.group}": len(items) for resource, items in left.items()}
    remaining = ", ".join(sorted(f"{kind} has {count} resource instances" for kind, count in counts.items()))
    held = ", ".join(sorted(f"{name} in {count} resource instances" for name, count in finalizers.items()))
    conditions = conditions_of(namespace)
    for kind, reason, message in (
        ("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
        (
            "NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        (
            "NamespaceDeletionContentFailure", "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
    ):
        conditions = set_condition(
            conditions, {"type": kind, "status": "False", "reason": reason, "message": message}, now
        )
    conditions = set_condition(conditions, {
        "type": "NamespaceContentRemaining", "status": "True", "reason": "SomeResourcesRemain",
        "message": f"Some resources are remaining: {remaining}",
    }, now)
    return set_condition(conditions, {
        "type": "NamespaceFinalizersRemaining", "status": "True", "reason": "SomeFinalizersRemain",
        "message": f"Some content in the namespace has finalizers remaining: {held}",
    } if held else {
        "type": "NamespaceFinalizersRemaining", "status": "False", "reason": "ContentHasNoFinalizers",
        "message": "All content-preserving finalizers finished",
    }, now)


def _kinds() -> list[Resource]:
    """What a namespace may hold, Pods first."""
    kinds = [kind for kind in RESOURCES if kind.namespaced and "deletecollection" in kind.verbs]
    return [PODS, *(kind for kind in kinds if kind is not PODS)]
