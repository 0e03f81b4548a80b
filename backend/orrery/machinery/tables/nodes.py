"""How Nodes, Leases and Namespaces are printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.machinery.objects import dig, find_condition, labels_of, name_of
from orrery.machinery.tables.columns import AGE, NAME, NONE, UNKNOWN, Cells, Column, Layout, age

_ROLE_PREFIX = "node-role.kubernetes.io/"
_ROLE_LABEL = "kubernetes.io/role"


def node_status(node: Mapping[str, Any]) -> str:
    """The STATUS of a Node: ``Ready``, ``NotReady``, with ``SchedulingDisabled`` where it is cordoned."""
    ready = find_condition(node, "Ready")
    status = "Unknown" if ready is None else "Ready" if ready.get("status") == "True" else "NotReady"
    return f"{status},SchedulingDisabled" if dig(node, "spec", "unschedulable") else status


def node_roles(node: Mapping[str, Any]) -> list[str]:
    """The roles that a Node's labels give it, sorted."""
    roles: dict[str, None] = {}
    for label, value in labels_of(node).items():
        if label.startswith(_ROLE_PREFIX) and len(label) > len(_ROLE_PREFIX):
            roles[label.removeprefix(_ROLE_PREFIX)] = None
        elif label == _ROLE_LABEL and value:
            roles[value] = None
    return sorted(roles)


def _address(node: Mapping[str, Any], kind: str) -> str:
    for address in dig(node, "status", "addresses", default=()):
        if address.get("type") == kind:
            return str(address.get("address"))
    return NONE


def _node(node: Mapping[str, Any], now_s: int) -> Cells:
    info = dig(node, "status", "nodeInfo", default={})
    return [
        name_of(node),
        node_status(node),
        ",".join(node_roles(node)) or NONE,
        age(node, now_s),
        info.get("kubeletVersion", ""),
        _address(node, "InternalIP"),
        _address(node, "ExternalIP"),
        info.get("osImage") or UNKNOWN,
        info.get("kernelVersion") or UNKNOWN,
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


def _lease(lease: Mapping[str, Any], now_s: int) -> Cells:
    return [name_of(lease), dig(lease, "spec", "holderIdentity", default=""), age(lease, now_s)]


def _namespace(namespace: Mapping[str, Any], now_s: int) -> Cells:
    return [name_of(namespace), dig(namespace, "status", "phase", default=""), age(namespace, now_s)]


NODE = Layout(
    (
        NAME,
        Column("Status", "Whether the node is ready, and whether it takes new Pods."),
        Column("Roles", "The roles that the node's labels give it."),
        AGE,
        Column("Version", "The version of the node's kubelet."),
        Column("Internal-IP", "The node's address inside the cluster.", priority=1),
        Column("External-IP", "The node's address outside the cluster.", priority=1),
        Column("OS-Image", "The operating system.", priority=1),
        Column("Kernel-Version", "The kernel's version.", priority=1),
        Column("Container-Runtime", "The container runtime and its version.", priority=1),
    ),
    _node,
)
LEASE = Layout((NAME, Column("Holder", "Who holds the lease."), AGE), _lease)
NAMESPACE = Layout((NAME, Column("Status", "Whether the namespace is in use or on its way out."), AGE), _namespace)
