"""Namespaces: deleted in two steps, the emptying and then the end, with ``spec.finalizers`` between them."""

from __future__ import annotations

from orrery.apiserver import documents, revising
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.kinds.strategy import Strategy
from orrery.machinery.objects import Document, drop, put
from orrery.machinery.resources import NAMESPACES
from orrery.machinery.wire import ApiResponse

FINALIZER = "kubernetes"


class NamespaceStrategy(Strategy):
    """Namespaces."""

    def initial_status(self, obj: Document) -> Document:
        spec = obj.get("spec") or {}
        finalizers = list(spec.get("finalizers") or ())
        if FINALIZER not in finalizers:
            finalizers.append(FINALIZER)
        return {**obj, "spec": {**spec, "finalizers": finalizers}, "status": {"phase": "Active"}}

    def prepare_for_update(self, new: Document, old: Document) -> Document:
        new = super().prepare_for_update(new, old)
        return {**new, "spec": old["spec"]} if "spec" in old else drop(new, "spec")

    def mark_deleted(self, obj: Document, now: str) -> Document:
        return put(obj, "status", "phase", value="Terminating")

    def is_finished(self, obj: Document) -> bool:
        return super().is_finished(obj) and not (obj.get("spec") or {}).get("finalizers")


async def finalize(exchange: Exchange) -> ApiResponse:
    """``namespaces/NAME/finalize``: the namespace controller takes its finalizer off, and the namespace ends."""
    document = documents.decode_resource(exchange, documents.content(exchange), NAMESPACES)
    documents.check_name(exchange, document)
    wanted = list((document.get("spec") or {}).get("finalizers") or ())
    version = document["metadata"].get("resourceVersion", "")

    async def change(old: Document) -> Document:
        revising.check_version(exchange, old, version)
        return put(old, "spec", "finalizers", value=wanted) if wanted else put(old, "spec", value={})

    return ApiResponse(200, await revising.revise(exchange, STRATEGY, change))


STRATEGY = NamespaceStrategy(NAMESPACES)
