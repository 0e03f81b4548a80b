"""What a kubelet is told at its start, with Kubernetes' defaults (``KubeletConfiguration`` v1beta1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orrery.kernel import MINUTE, SECOND
from orrery.machinery import quantity
from orrery.node.kubelet.resources import Amounts

_RESERVED_MEMORY = 100 << 20  # evictionHard memory.available


@dataclass(frozen=True, slots=True)
class KubeletConfig:
    """``cpu``, ``memory``, ``storage`` are the machine's; ``taints`` are put on the node when it registers."""

    node_name: str
    pod_cidr: str
    cpu: str = "4"
    memory: str = "8Gi"
    storage: str = "40Gi"
    pods_most: int = 110
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, Any], ...] = ()
    version: str = "v1.37.0"
    runtime_version: str = "containerd://2.2.0"
    lease_duration_s: int = 40
    lease_interval_ns: int = 10 * SECOND
    status_interval_ns: int = 10 * SECOND
    report_interval_ns: int = 5 * MINUTE
    sync_interval_ns: int = MINUTE
    serialize_image_pulls: bool = True

    @property
    def allocatable(self) -> Amounts:
        return Amounts(quantity.milli(self.cpu), quantity.units(self.memory) - _RESERVED_MEMORY)
