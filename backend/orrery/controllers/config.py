"""What kube-controller-manager can be told; the defaults are Kubernetes' own."""

from __future__ import annotations

from dataclasses import dataclass

from orrery.kernel import SECOND


@dataclass(frozen=True, slots=True)
class ControllerManagerConfig:
    """The flags of the same names. `cluster_cidr` empty: Nodes are given no Pod networks (--allocate-node-cidrs)."""

    lease_namespace: str = "kube-system"
    lease_name: str = "kube-controller-manager"
    node_monitor_period_ns: int = 5 * SECOND
    node_monitor_grace_period_ns: int = 50 * SECOND
    node_startup_grace_period_ns: int = 60 * SECOND
    cluster_cidr: str = ""
    node_cidr_mask_size: int = 24
    terminated_pod_gc_threshold: int = 12_500
