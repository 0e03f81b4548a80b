"""Clusters boot: the default one, the lecture's, one of our own, and small ones."""

import pytest
from cluster_lab import ClusterLab

from orrery.cluster import EXAMPLES, BootFailure, build, load, parse
from orrery.kernel import SECOND, Kernel
from orrery.machinery.objects import labels_of, name_of
from orrery.machinery.resources import LEASES, NODES


def test_the_default_cluster_boots_within_seconds() -> None:
    lab = ClusterLab()
    assert lab.now_s < 30
    assert [name_of(node) for node in lab.objects(NODES)] == ["worker-1", "worker-2", "worker-3", "worker-4"]
    leases = {name_of(lease) for lease in lab.objects(LEASES)}
    assert {"kube-scheduler", "kube-controller-manager", "worker-1"} <= leases
    assert lab.kernel.faults.bugs == []


def test_every_component_has_its_place() -> None:
    lab = ClusterLab(boot=False)
    lab.kernel.run_for(1)
    ids = [process.id for process in lab.cluster.processes]
    assert ids[:2] == ["client/kubectl", "lb/load-balancer"]
    for number in (1, 2, 3):
        for name in ("etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager"):
            assert f"cp-{number}/{name}" in ids
    for name in ("containerd", "kubelet", "kube-proxy"):
        assert f"worker-4/{name}" in ids
    assert ids[-1] == "registry/registry"


def test_the_lectures_cluster_boots_with_its_external_etcd() -> None:
    lab = ClusterLab(load(EXAMPLES / "lecture.yaml"))
    assert lab.etcd_leader() in ("etcd1/etcd", "etcd2/etcd", "etcd3/etcd")
    assert "etcd" not in lab.kernel.hosts["cp-1"].processes
    assert lab.cluster.api_address == ("k8s-api.example.com", 6443)
    assert lab.kernel.network.resolve("k8s-api.example.com").name == "lb"
    assert lab.kernel.network.resolve("10.0.0.100").name == "lb"
    nodes = lab.objects(NODES)
    assert {node["status"]["nodeInfo"]["kubeletVersion"] for node in nodes} == {"v1.28.0"}
    assert lab.kernel.hosts["cp-1"].disk.exists("/var/log/audit.log") or any(
        lab.kernel.hosts[f"cp-{number}"].disk.exists("/var/log/audit.log") for number in (2, 3)
    )


def test_our_own_cluster_boots_with_what_its_workers_have() -> None:
    lab = ClusterLab(load(EXAMPLES / "classroom.yaml"))
    nodes = {name_of(node): node for node in lab.objects(NODES)}
    assert labels_of(nodes["worker-3"])["disk"] == "ssd"
    assert labels_of(nodes["worker-3"])["topology.kubernetes.io/zone"] == "zone-b"
    assert nodes["worker-3"]["status"]["capacity"]["cpu"] == "2"
    assert {"key": "dedicated", "value": "batch", "effect": "NoSchedule"} in nodes["worker-4"]["spec"]["taints"]


@pytest.mark.parametrize("sizes", ["controlPlanes: 1\nworkers: 1\n", "controlPlanes: 5\nworkers: 2\n"])
def test_other_sizes_boot_too(sizes: str) -> None:
    lab = ClusterLab(parse(f"apiVersion: orrery.dev/v1\nkind: Cluster\n{sizes}"))
    assert lab.cluster.booted_ns is not None


def test_a_cluster_that_cannot_boot_says_what_is_missing() -> None:
    kernel = Kernel(1)
    config = parse("apiVersion: orrery.dev/v1\nkind: Cluster\nworkers: 2\n")
    cluster = build(kernel, config)
    kernel.faults.apply("crash-host", host="worker-2")
    with pytest.raises(BootFailure, match="did not boot in 20 virtual seconds: node worker-2 is not Ready"):
        cluster.boot(limit_ns=20 * SECOND)
