"""What a cluster consists of, checked and complete: hosts, addresses, subnets, latencies, images.

A ``ClusterConfig`` is all that ``build`` looks at. It comes from ``default_config``, or from a file (``load``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from orrery.kernel import MICROSECOND, MILLISECOND, SECOND, Address
from orrery.node.images import CATALOGUE, MIB, ImageProfile

KUBERNETES_VERSION = "v1.37.0"
ETCD_PORT = 2379
API_PORT = 6443
NODE_MASK = 24  # --node-cidr-mask-size

CONTROL_PLANES_MOST = 7
WORKERS_MOST = 200


@dataclass(frozen=True, slots=True)
class HostConfig:
    """One machine. ``aliases`` are further DNS names."""

    name: str
    ip: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """One worker, with what it has to give. ``zone`` "" puts no zone label on it."""

    name: str
    ip: str
    cpu: str = "4"
    memory: str = "8Gi"
    storage: str = "40Gi"
    zone: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class LatencyConfig:
    """How long messages take, one way; ``jitter`` comes on top at random. ``outside``: to the registry."""

    lan_ns: int = 400 * MICROSECOND
    lan_jitter_ns: int = 200 * MICROSECOND
    outside_ns: int = 12 * MILLISECOND
    outside_jitter_ns: int = 3 * MILLISECOND


@dataclass(frozen=True, slots=True)
class AuditConfig:
    """The API servers' audit log, as their flags say. Kubernetes has no path of its own: this one is the lecture's."""

    path: str = "/var/log/audit.log"
    max_age_days: int = 30
    max_backups: int = 10
    max_size_mib: int = 100


@dataclass(frozen=True, slots=True)
class ImagesConfig:
    """What the registry has. ``unknown``: whether images that nobody described exist all the same."""

    catalogue: tuple[ImageProfile, ...] = CATALOGUE
    unknown: bool = True
    client_bytes_per_s: int = 40 * MIB
    line_bytes_per_s: int = 250 * MIB


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """A whole cluster. ``etcd`` is empty where members are stacked on the control planes. ``control_plane_nodes``: a
    kubelet on each control plane shows it as a Node, and its components as static Pods. ``extra_args`` are flags by
    component, as kubeadm was given them; ``warnings`` are what kubeadm would have printed."""

    name: str
    control_planes: tuple[HostConfig, ...]
    workers: tuple[WorkerConfig, ...]
    load_balancer: HostConfig
    client: HostConfig
    registry: HostConfig
    etcd: tuple[HostConfig, ...] = ()
    kubernetes_version: str = KUBERNETES_VERSION
    endpoint: Address = Address("k8s-api", API_PORT)
    pod_subnet: str = "10.244.0.0/16"
    service_subnet: str = "10.96.0.0/12"
    dns_domain: str = "cluster.local"
    cert_sans: tuple[str, ...] = ()
    latency: LatencyConfig = LatencyConfig()
    audit: AuditConfig = AuditConfig()
    images: ImagesConfig = ImagesConfig()
    node_monitor_period_ns: int = 5 * SECOND
    node_monitor_grace_period_ns: int = 50 * SECOND
    control_plane_nodes: bool = False
    extra_args: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def etcd_hosts(self) -> tuple[HostConfig, ...]:
        """Where etcd's members run."""
        return self.etcd or self.control_planes

    def pod_cidrs(self) -> list[str]:
        """The part of the Pod subnet that each worker has, in their order."""
        subnets = IPv4Network(self.pod_subnet).subnets(new_prefix=NODE_MASK)
        next(subnets)  # kept for the control planes, which run no Pods here
        return [str(subnet) for subnet, _ in zip(subnets, self.workers, strict=False)]

    def replace(self, **changes: Any) -> ClusterConfig:
        return dataclasses.replace(self, **changes)


def control_plane_hosts(count: int) -> tuple[HostConfig, ...]:
    """cp-1, cp-2 … at 10.0.0.11 and on."""
    return tuple(HostConfig(f"cp-{number}", f"10.0.0.{10 + number}") for number in range(1, count + 1))


def etcd_hosts(names: list[str]) -> tuple[HostConfig, ...]:
    """External members at 10.0.0.51 and on; a host is called by the first label of its name."""
    hosts = []
    for number, name in enumerate(names, start=1):
        short = name.partition(".")[0]
        hosts.append(HostConfig(short, f"10.0.0.{50 + number}", (name,) if name != short else ()))
    return tuple(hosts)


def worker_ip(number: int) -> str:
    """10.0.0.21 and on; past the ninth, in a row of their own."""
    return f"10.0.0.{20 + number}" if number < 10 else f"10.0.1.{number}"


def worker_hosts(count: int) -> tuple[WorkerConfig, ...]:
    """worker-1, worker-2 …, spread over two zones."""
    half = (count + 1) // 2
    return tuple(
        WorkerConfig(f"worker-{number}", worker_ip(number), zone="zone-a" if number <= half else "zone-b")
        for number in range(1, count + 1)
    )


def default_config() -> ClusterConfig:
    """A load balancer, three control planes with etcd on them, four workers, a client and a registry."""
    return ClusterConfig(
        name="orrery",
        control_planes=control_plane_hosts(3),
        workers=worker_hosts(4),
        load_balancer=HostConfig("lb", "10.0.0.100", ("k8s-api",)),
        client=HostConfig("client", "10.0.0.200"),
        registry=HostConfig("registry", "203.0.113.10"),
    )
