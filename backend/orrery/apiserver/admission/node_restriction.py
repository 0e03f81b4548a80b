"""NodeRestriction: a kubelet writes its own Node, the Pods bound to it, and mirror Pods; nothing else."""

from __future__ import annotations

from orrery.apiserver.admission.plugin import CREATE, DELETE, UPDATE, Plugin, Write
from orrery.apiserver.authorization import NODE_PREFIX, NODES_GROUP
from orrery.machinery.objects import annotations_of, name_of, node_name_of
from orrery.machinery.wire import StatusError

MIRROR = "kubernetes.io/config.mirror"


async def _admit(write: Write) -> None:
    exchange = write.exchange
    if NODES_GROUP not in exchange.groups or not exchange.user.startswith(NODE_PREFIX):
        return
    node = exchange.user.removeprefix(NODE_PREFIX)
    why = _why_not(write, node)
    if why:
        name = exchange.info.name or (name_of(write.new) if write.new is not None else "")
        raise StatusError.forbidden(exchange.resource, name, why)


def _why_not(write: Write, node: str) -> str:
    what = write.exchange.resource.plural
    if what == "nodes":
        if write.operation == CREATE and name_of(write.obj) != node:
            return f"node \"{node}\" is not allowed to modify node \"{name_of(write.obj)}\""
        if write.operation == UPDATE and _taints(write.old) != _taints(write.new):
            return f'node "{node}" is not allowed to modify taints'
        return ""
    if what == "leases" and write.operation == CREATE and name_of(write.obj) != node:
        return "can only access node lease with the same name as the requesting node"
    if what != "pods":
        return ""
    if write.operation == CREATE and not write.exchange.info.subresource:
        if MIRROR not in annotations_of(write.obj):
            return f'pod does not have "{MIRROR}" annotation, node "{node}" can only create mirror pods'
        if node_name_of(write.obj) != node:
            return f'node "{node}" can only create pods with spec.nodeName set to itself'
    elif write.old is not None and node_name_of(write.old) != node:
        verb = "delete" if write.operation == DELETE else "update"
        subject = "pods with" if verb == "delete" else "pod status for pods with"
        return f'node "{node}" can only {verb} {subject} spec.nodeName set to itself'
    return ""


def _taints(node: object) -> object:
    return (node.get("spec") or {}).get("taints") or [] if isinstance(node, dict) else []


def _handles(operation: str, what: str) -> bool:
    return what in ("nodes", "pods", "pods/status") or (what == "leases" and operation == CREATE)


PLUGIN = Plugin("NodeRestriction", _handles, admit=_admit)
