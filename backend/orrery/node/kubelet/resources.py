"""What a Pod asks for: effective requests, its quality-of-service class, and whether it fits the node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from orrery.machinery import quantity

Pod = Mapping[str, Any]


class Amounts(NamedTuple):
    """CPU in thousandths, memory in bytes."""

    cpu_milli: int
    memory_bytes: int


class Shortage(NamedTuple):
    """A resource that the node lacks for a Pod."""

    resource: str
    requested: int
    used: int
    capacity: int

    @property
    def reason(self) -> str:
        return f"OutOf{self.resource}"

    @property
    def message(self) -> str:
        return (
            f"Pod was rejected: Node didn't have enough resource: {self.resource}, requested: {self.requested}, "
            f"used: {self.used}, capacity: {self.capacity}"
        )


def _asked(container: Mapping[str, Any]) -> Amounts:
    requests = (container.get("resources") or {}).get("requests") or {}
    return Amounts(quantity.milli(requests.get("cpu", 0)), quantity.units(requests.get("memory", 0)))


def requests_of(pod: Pod) -> Amounts:
    """The sum over containers and sidecars, or the largest init container with the sidecars before it; and overhead."""
    spec = pod.get("spec") or {}
    cpu = memory = side_cpu = side_memory = most_cpu = most_memory = 0
    for container in spec.get("initContainers") or ():
        asked = _asked(container)
        if container.get("restartPolicy") == "Always":
            side_cpu, side_memory = side_cpu + asked.cpu_milli, side_memory + asked.memory_bytes
            most_cpu, most_memory = max(most_cpu, side_cpu), max(most_memory, side_memory)
        else:
            most_cpu = max(most_cpu, side_cpu + asked.cpu_milli)
            most_memory = max(most_memory, side_memory + asked.memory_bytes)
    for container in spec.get("containers") or ():
        asked = _asked(container)
        cpu, memory = cpu + asked.cpu_milli, memory + asked.memory_bytes
    overhead = spec.get("overhead") or {}
    return Amounts(
        max(cpu + side_cpu, most_cpu) + quantity.milli(overhead.get("cpu", 0)),
        max(memory + side_memory, most_memory) + quantity.units(overhead.get("memory", 0)),
    )


def shortage(pod: Pod, others: Iterable[Pod], allocatable: Amounts, pods_most: int) -> Shortage | None:
    """What the node lacks to take the Pod beside the others; None: it fits."""
    wanted = requests_of(pod)
    used_cpu = used_memory = count = 0
    for other in others:
        asked = requests_of(other)
        used_cpu, used_memory, count = used_cpu + asked.cpu_milli, used_memory + asked.memory_bytes, count + 1
    if count + 1 > pods_most:
        return Shortage("pods", 1, count, pods_most)
    if wanted.cpu_milli and used_cpu + wanted.cpu_milli > allocatable.cpu_milli:
        return Shortage("cpu", wanted.cpu_milli, used_cpu, allocatable.cpu_milli)
    if wanted.memory_bytes and used_memory + wanted.memory_bytes > allocatable.memory_bytes:
        return Shortage("memory", wanted.memory_bytes, used_memory, allocatable.memory_bytes)
    return None


def qos_class(pod: Pod) -> str:
    """Guaranteed, Burstable or BestEffort."""
    spec = pod.get("spec") or {}
    any_set, guaranteed = False, True
    for container in [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]:
        resources = container.get("resources") or {}
        requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
        for name in ("cpu", "memory"):
            asked, limit = requests.get(name, limits.get(name)), limits.get(name)
            any_set = any_set or asked is not None or limit is not None
            if limit is None or asked is None or quantity.compare(asked, limit) != 0:
                guaranteed = False
    if not any_set:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"
