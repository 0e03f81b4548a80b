"""NamespaceLifecycle: nothing is created in a namespace that is not there or is going away; three never go away."""

from __future__ import annotations

from orrery.apiserver.admission.plugin import CREATE, DELETE, Plugin, Write
from orrery.kernel import MILLISECOND, sleep
from orrery.machinery.objects import Document, is_deleting
from orrery.machinery.resources import NAMESPACES
from orrery.machinery.wire import StatusError

IMMORTAL = ("default", "kube-system", "kube-public")

# How long to wait for the watch cache to hear of a namespace before etcd is asked.
_CACHE_WAIT_NS = 50 * MILLISECOND


async def _admit(write: Write) -> None:
    exchange = write.exchange
    info = exchange.info
    if write.operation == DELETE:
        if exchange.resource is NAMESPACES and info.name in IMMORTAL:
            raise StatusError.forbidden(NAMESPACES, info.name, "this namespace may not be deleted")
        return
    if not exchange.resource.namespaced or not info.namespace:
        return
    namespace = await _find(write, info.namespace)
    if namespace is None:
        raise StatusError.not_found(NAMESPACES, info.namespace)
    if is_deleting(namespace):
        name = (write.obj.get("metadata") or {}).get("name", "")
        why = f"unable to create new content in namespace {info.namespace} because it is being terminated"
        error = StatusError.forbidden(exchange.resource, name, why)
        error.status.setdefault("details", {})["causes"] = [
            {
                "reason": "NamespaceTerminating",
                "message": f"namespace {info.namespace} is being terminated",
                "field": "metadata.namespace",
            }
        ]
        raise error


async def _find(write: Write, name: str) -> Document | None:
    server = write.exchange.server
    namespace = server.cacher.find(NAMESPACES, "", name)
    if namespace is None:
        await sleep(_CACHE_WAIT_NS)
        namespace = server.cacher.find(NAMESPACES, "", name)
    if namespace is None:
        namespace = await server.storage.get(NAMESPACES, "", name)
    return namespace


def _handles(operation: str, what: str) -> bool:
    return (operation == CREATE and "/" not in what) or (operation == DELETE and what == "namespaces")


PLUGIN = Plugin("NamespaceLifecycle", _handles, admit=_admit)
