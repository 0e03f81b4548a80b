"""The manifests that kubeadm leaves in ``/etc/kubernetes/manifests`` of a control plane."""

from __future__ import annotations

from orrery.cluster.config import ETCD_PORT, ClusterConfig, HostConfig
from orrery.node import StaticPod

CONTROL_PLANE_LABELS = (
    "node-role.kubernetes.io/control-plane", "node.kubernetes.io/exclude-from-external-load-balancers",
)  # fmt: skip
ETCD_IMAGE = "registry.k8s.io/etcd:3.6.5-0"


def static_pods(config: ClusterConfig, host: HostConfig) -> tuple[StaticPod, ...]:
    """The static Pods of one control plane, in the order of their names; etcd is one where it is stacked."""
    version = config.kubernetes_version
    etcd_servers = ",".join(f"https://{member.ip}:{ETCD_PORT}" for member in config.etcd_hosts) if config.etcd else \
        f"https://127.0.0.1:{ETCD_PORT}"
    etcd = (
        "etcd", f"--advertise-client-urls=https://{host.ip}:{ETCD_PORT}",
        "--cert-file=/etc/kubernetes/pki/etcd/server.crt", "--client-cert-auth=true", "--data-dir=/var/lib/etcd",
        f"--name={host.name}",
        f"--listen-client-urls=https://127.0.0.1:{ETCD_PORT},https://{host.ip}:{ETCD_PORT}",
        "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
    )
    api_server = (
        "kube-apiserver", f"--advertise-address={host.ip}", "--authorization-mode=Node,RBAC",
        "--client-ca-file=/etc/kubernetes/pki/ca.crt", "--enable-admission-plugins=NodeRestriction",
        f"--etcd-servers={etcd_servers}", "--secure-port=6443", f"--service-cluster-ip-range={config.service_subnet}",
    )
    manager = (
        "kube-controller-manager", "--allocate-node-cidrs=true", f"--cluster-cidr={config.pod_subnet}",
        "--kubeconfig=/etc/kubernetes/controller-manager.conf", "--leader-elect=true",
        f"--service-cluster-ip-range={config.service_subnet}",
    )
    scheduler = ("kube-scheduler", "--kubeconfig=/etc/kubernetes/scheduler.conf", "--leader-elect=true")
    own = [] if config.etcd else [StaticPod("etcd", ETCD_IMAGE, etcd, "100m")]
    return (
        *own,
        StaticPod("kube-apiserver", f"registry.k8s.io/kube-apiserver:{version}", api_server, "250m"),
        StaticPod("kube-controller-manager", f"registry.k8s.io/kube-controller-manager:{version}", manager, "200m"),
        StaticPod("kube-scheduler", f"registry.k8s.io/kube-scheduler:{version}", scheduler, "100m"),
    )
