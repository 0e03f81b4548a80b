"""Descriptions, one coroutine a kind: an object in, its text out.

To describe a kind in its own way: a coroutine in a file of this folder, and its line in ``DESCRIPTIONS``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from orrery.theatre.terminal.kubectl.describe import data, nodes, services, workloads
from orrery.theatre.terminal.kubectl.describe.desk import Desk
from orrery.theatre.terminal.kubectl.describe.generic import generic
from orrery.theatre.terminal.kubectl.describe.paper import Document
from orrery.theatre.terminal.kubectl.describe.pods import pod

Describe = Callable[[Desk, Document], Awaitable[str]]

DESCRIPTIONS: dict[str, Describe] = {
    "Pod": pod, "Node": nodes.node, "Namespace": nodes.namespace,
    "Deployment": workloads.deployment, "ReplicaSet": workloads.replica_set,
    "Service": services.service, "Endpoints": services.endpoints, "EndpointSlice": services.endpoint_slice,
    "ConfigMap": data.config_map, "Secret": data.secret, "ServiceAccount": data.service_account,
}


async def describe(desk: Desk, obj: Document) -> str:
    """The description of an object."""
    return await DESCRIPTIONS.get(str(obj.get("kind")), generic)(desk, obj)


__all__ = ["Desk", "describe"]
