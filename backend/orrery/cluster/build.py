"""From a configuration to a standing cluster: hosts, then the processes on each, in the order of their layers.

Who talks to whom is as kubeadm sets it up: scheduler and controller manager use the API server of their own host;
kubelets, kube-proxies and people go through the load balancer; an API server prefers the etcd member on its own host.
"""

from __future__ import annotations

from collections.abc import Callable

from orrery.apiserver import ApiServer, ApiServerConfig
from orrery.client import ApiClient
from orrery.cluster.cluster import Cluster, Part
from orrery.cluster.config import API_PORT, ETCD_PORT, NODE_MASK, ClusterConfig, HostConfig, WorkerConfig
from orrery.cluster.kubeconfig import KUBECONFIG_PATH, kubeconfig
from orrery.cluster.loadbalancer import LoadBalancer
from orrery.cluster.static_pods import CONTROL_PLANE_LABELS, static_pods
from orrery.controllers import ControllerManager, ControllerManagerConfig
from orrery.etcd import EtcdMember
from orrery.kernel import Address, Host, Kernel, LinkProfile, Process
from orrery.node import Containerd, Kubelet, KubeletConfig, KubeProxy, Machine, Registry, RegistryConfig, StaticKubelet
from orrery.scheduler.component import Scheduler

LOAD_BALANCER = "load-balancer"
API_SERVER = "kube-apiserver"
SCHEDULER = "kube-scheduler"
CONTROLLER_MANAGER = "kube-controller-manager"

_ZONE = "topology.kubernetes.io/zone"


def build(kernel: Kernel, config: ClusterConfig) -> Cluster:
    """Puts the cluster's machines and processes into the kernel. Nothing has run yet: ``boot`` lets it come up."""
    _add_hosts(kernel, config)
    cluster = Cluster(kernel, config)
    registry = _add_registry(cluster)
    members = [member.name for member in config.etcd_hosts]
    for host in config.etcd_hosts:
        _add(cluster, host.name, "etcd", lambda process: EtcdMember(process, members))
    for host in config.control_planes:
        _add_control_plane(cluster, host)
    backends = [Address(host.name, API_PORT) for host in config.control_planes]
    _add(cluster, config.load_balancer.name, LOAD_BALANCER,
         lambda process: LoadBalancer(process, config.endpoint.port, backends))  # fmt: skip
    for worker, pod_cidr in zip(config.workers, config.pod_cidrs(), strict=True):
        _add_worker(cluster, worker, pod_cidr, registry)
    kernel.hosts[config.client.name].add_process("kubectl", lambda process: process.event().wait())
    kernel.hosts[config.client.name].disk.install(KUBECONFIG_PATH, kubeconfig(config))
    return cluster


def _add(cluster: Cluster, host: str, name: str, make: Callable[[Process], Part]) -> None:
    async def main(process: Process) -> None:
        part = cluster.parts[process.id] = make(process)
        await part.run()

    cluster.kernel.hosts[host].add_process(name, main)


def _add_hosts(kernel: Kernel, config: ClusterConfig) -> None:
    latency = config.latency
    kernel.network.default_profile = LinkProfile(latency.lan_ns, latency.lan_jitter_ns)
    _add_host(kernel, config.client, "client")
    _add_host(kernel, config.load_balancer, "load-balancer")
    for host in config.control_planes:
        _add_host(kernel, host, "control-plane")
    for host in config.etcd:
        _add_host(kernel, host, "etcd")
    for worker in config.workers:
        kernel.add_host(worker.name, ip=worker.ip, role="worker")
    _add_host(kernel, config.registry, "outside")
    outside = LinkProfile(latency.outside_ns, latency.outside_jitter_ns)
    for worker in config.workers:
        kernel.network.set_profile(worker.name, config.registry.name, outside)


def _add_host(kernel: Kernel, host: HostConfig, role: str) -> Host:
    added = kernel.add_host(host.name, ip=host.ip, role=role)
    for alias in host.aliases:
        kernel.network.alias(alias, host.name)
    return added


def _add_registry(cluster: Cluster) -> RegistryConfig:
    config = cluster.config
    images = config.images
    registry = RegistryConfig(
        host=config.registry.name, catalogue=images.catalogue, unknown=images.unknown,
        line_bytes_per_s=images.line_bytes_per_s, client_bytes_per_s=images.client_bytes_per_s,
    )  # fmt: skip
    _add(cluster, config.registry.name, "registry", lambda process: Registry(process, registry))
    return registry


def _add_control_plane(cluster: Cluster, host: HostConfig) -> None:
    config = cluster.config
    members = [member.name for member in config.etcd_hosts]
    nearest_first = sorted(members, key=lambda name: (name != host.name, members.index(name)))
    api_config = ApiServerConfig(
        etcd_endpoints=tuple(Address(name, ETCD_PORT) for name in nearest_first),
        port=API_PORT,
        service_cidr=config.service_subnet,
        version=config.kubernetes_version,
        audit_log_path=config.audit.path,
    )
    manager_config = ControllerManagerConfig(
        node_monitor_period_ns=config.node_monitor_period_ns,
        node_monitor_grace_period_ns=config.node_monitor_grace_period_ns,
        cluster_cidr=config.pod_subnet,
        node_cidr_mask_size=NODE_MASK,
    )
    local = Address(host.name, API_PORT)

    def scheduler(process: Process) -> Scheduler:
        return Scheduler(process, ApiClient(process, local, user=f"system:{SCHEDULER}", user_agent=SCHEDULER))

    def controllers(process: Process) -> ControllerManager:
        api = ApiClient(process, local, user=f"system:{CONTROLLER_MANAGER}", user_agent=CONTROLLER_MANAGER)
        return ControllerManager(process, api, manager_config)

    _add(cluster, host.name, API_SERVER, lambda process: ApiServer(process, api_config))
    _add(cluster, host.name, SCHEDULER, scheduler)
    _add(cluster, host.name, CONTROLLER_MANAGER, controllers)
    if config.control_plane_nodes:
        _add_control_plane_node(cluster, host)


def _add_control_plane_node(cluster: Cluster, host: HostConfig) -> None:
    """The host's kubelet: it shows the components as static Pods of a Node that takes no others."""
    config = cluster.config
    kubelet_config = KubeletConfig(
        node_name=host.name, pod_cidr="", labels=dict.fromkeys(CONTROL_PLANE_LABELS, ""),
        taints=({"key": CONTROL_PLANE_LABELS[0], "effect": "NoSchedule"},), version=config.kubernetes_version,
    )  # fmt: skip

    def kubelet(process: Process) -> StaticKubelet:
        user = f"system:node:{host.name}"
        api = ApiClient(process, config.endpoint, user=user, groups=("system:nodes",), user_agent="kubelet")
        return StaticKubelet(process, api, kubelet_config, static_pods(config, host))

    _add(cluster, host.name, "kubelet", kubelet)


def _add_worker(cluster: Cluster, worker: WorkerConfig, pod_cidr: str, registry: RegistryConfig) -> None:
    config = cluster.config
    machine = Machine(cluster.kernel.hosts[worker.name])
    zone = {_ZONE: worker.zone} if worker.zone else {}
    kubelet_config = KubeletConfig(
        node_name=worker.name, pod_cidr=pod_cidr, cpu=worker.cpu, memory=worker.memory, storage=worker.storage,
        labels={**zone, **worker.labels}, taints=worker.taints, version=config.kubernetes_version,
    )  # fmt: skip

    def kubelet(process: Process) -> Kubelet:
        user = f"system:node:{worker.name}"
        api = ApiClient(process, config.endpoint, user=user, groups=("system:nodes",), user_agent="kubelet")
        return Kubelet(process, api, machine, kubelet_config)

    def proxy(process: Process) -> KubeProxy:
        user = "system:serviceaccount:kube-system:kube-proxy"
        groups = ("system:serviceaccounts", "system:serviceaccounts:kube-system")
        api = ApiClient(process, config.endpoint, user=user, groups=groups, user_agent="kube-proxy")
        return KubeProxy(process, api, worker.name)

    _add(cluster, worker.name, "containerd",
         lambda process: Containerd(process, machine, pod_cidr=pod_cidr, registry=registry))  # fmt: skip
    _add(cluster, worker.name, "kubelet", kubelet)
    _add(cluster, worker.name, "kube-proxy", proxy)
