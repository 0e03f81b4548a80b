"""How much a Pod asks for, and how much a node has.

Amounts are integers by resource name: thousandths of a core for ``cpu``, whole units (bytes, devices) for the rest.
Source: Kubernetes ``component-helpers/resource/helpers.go`` (PodRequests) and the documentation page "Init
Containers", section "Resource sharing within containers".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.machinery import quantity

Amounts = dict[str, int]
Object = dict[str, Any]

CPU = "cpu"
MEMORY = "memory"
EPHEMERAL_STORAGE = "ephemeral-storage"
PODS = "pods"

# What a container without a request counts as when nodes are ranked, so that many such containers do not pile up on
# one node (kube-scheduler ``util/pod_resources.go``).
DEFAULT_CPU_MILLI = 100
DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024
NONZERO_DEFAULTS: Amounts = {CPU: DEFAULT_CPU_MILLI, MEMORY: DEFAULT_MEMORY_BYTES}


def _amount(name: str, text: str | int | float) -> int:
    return quantity.milli(text) if name == CPU else quantity.units(text)


def is_scalar(name: str) -> bool:
    """True for extended resources, huge pages and attachable volumes: counted by name, in whole units."""
    return "/" in name or name.startswith(("hugepages-", "attachable-volumes-"))


def amounts(resource_list: Mapping[str, Any] | None) -> Amounts:
    """A ResourceList as integers; names that the scheduler does not count are left out."""
    if not resource_list:
        return {}
    return {
        name: _amount(name, text)
        for name, text in resource_list.items()
        if name in (CPU, MEMORY, EPHEMERAL_STORAGE, PODS) or is_scalar(name)
    }


def add(into: Amounts, more: Mapping[str, int]) -> None:
    """Add ``more`` to ``into``, name by name."""
    for name, amount in more.items():
        into[name] = into.get(name, 0) + amount


def subtract(into: Amounts, less: Mapping[str, int]) -> None:
    """Take ``less`` from ``into``, name by name."""
    for name, amount in less.items():
        into[name] = into.get(name, 0) - amount


def _raise_to(into: Amounts, other: Mapping[str, int]) -> None:
    for name, amount in other.items():
        if amount > into.get(name, 0):
            into[name] = amount


def pod_requests(spec: Object, defaults: Mapping[str, int] | None = None) -> Amounts:
    """The most that a Pod needs at once: what the node must have free.

    Containers run together and are summed. Init containers run one after another, so the largest counts; an init
    container with ``restartPolicy: Always`` (a sidecar) keeps running and adds to all that follow. Pod-level requests
    replace the sum; overhead comes on top. ``defaults`` stands in for requests that a container leaves out.
    """
    total: Amounts = {}
    for container in spec.get("containers") or ():
        add(total, _container(container, defaults))
    sidecars: Amounts = {}
    peak: Amounts = {}
    for container in spec.get("initContainers") or ():
        asked = dict(_container(container, defaults))
        if container.get("restartPolicy") == "Always":
            add(total, asked)
            add(sidecars, asked)
            asked = dict(sidecars)
        else:
            add(asked, sidecars)
        _raise_to(peak, asked)
    _raise_to(total, peak)
    pod_level = amounts((spec.get("resources") or {}).get("requests"))
    total.update({name: amount for name, amount in pod_level.items() if name in (CPU, MEMORY) or "hugepages-" in name})
    add(total, amounts(spec.get("overhead")))
    total.pop(PODS, None)
    return total


def _container(container: Object, defaults: Mapping[str, int] | None) -> Amounts:
    asked = amounts((container.get("resources") or {}).get("requests"))
    return {**defaults, **asked} if defaults else asked
