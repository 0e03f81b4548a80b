"""Reading clusters from files, and what is said about files that are wrong."""

from pathlib import Path

import pytest

from orrery.cluster import EXAMPLES, ConfigError, default_config, load, parse

LECTURE = EXAMPLES / "lecture.yaml"
HEAD = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n"
OURS = "apiVersion: orrery.dev/v1\nkind: Cluster\n"


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as raised:
        parse(text)
    return str(raised.value)


def test_the_default_cluster() -> None:
    config = default_config()
    assert [host.name for host in config.control_planes] == ["cp-1", "cp-2", "cp-3"]
    assert [host.ip for host in config.control_planes] == ["10.0.0.11", "10.0.0.12", "10.0.0.13"]
    assert [worker.ip for worker in config.workers] == ["10.0.0.21", "10.0.0.22", "10.0.0.23", "10.0.0.24"]
    assert config.etcd_hosts == config.control_planes
    assert config.pod_cidrs() == ["10.244.1.0/24", "10.244.2.0/24", "10.244.3.0/24", "10.244.4.0/24"]
    assert config.kubernetes_version == "v1.37.0"


def test_the_lectures_file_is_read_as_it_stands() -> None:
    config = load(LECTURE)
    assert config.name == "ha-cluster"
    assert config.kubernetes_version == "v1.28.0"
    assert (config.endpoint.host, config.endpoint.port) == ("k8s-api.example.com", 6443)
    assert "k8s-api.example.com" in config.load_balancer.aliases
    assert config.load_balancer.ip == "10.0.0.100"
    assert [(host.name, host.aliases) for host in config.etcd] == [
        (f"etcd{number}", (f"etcd{number}.example.com",)) for number in (1, 2, 3)
    ]
    assert (config.pod_subnet, config.service_subnet) == ("10.244.0.0/16", "10.96.0.0/12")
    assert config.audit.path == "/var/log/audit.log"
    assert (config.audit.max_age_days, config.audit.max_backups, config.audit.max_size_mib) == (30, 3, 100)
    assert config.extra_args["kube-scheduler"] == {"bind-address": "0.0.0.0"}
    assert config.cert_sans == ("k8s-api.example.com", "10.0.0.100")


def test_what_kubeadm_would_warn_about_is_a_warning() -> None:
    assert load(LECTURE).warnings == ('line 4: strict decoding error: unknown field "metadata"',)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.name)
def test_every_example_is_read(path: Path) -> None:
    assert load(path).workers


def test_our_own_file_says_which_machines_there_are() -> None:
    config = load(EXAMPLES / "classroom.yaml")
    third = config.workers[2]
    assert (third.name, third.cpu, third.zone, third.labels) == ("worker-3", "2", "zone-b", {"disk": "ssd"})
    assert config.workers[3].taints == ({"key": "dedicated", "value": "batch", "effect": "NoSchedule"},)
    assert config.latency.outside_ns == 30_000_000
    assert config.images.catalogue[0].name == "example.com/shop"
    assert not config.images.unknown


def test_counts_will_do() -> None:
    config = parse(OURS + "controlPlanes: 1\nworkers: 12\netcd: {external: 5}\n")
    assert (len(config.control_planes), len(config.workers), len(config.etcd)) == (1, 12, 5)
    assert len({worker.ip for worker in config.workers}) == 12


def test_control_planes_may_be_nodes_as_well() -> None:
    assert not parse(OURS + "workers: 2\n").control_plane_nodes
    assert parse(OURS + "controlPlaneNodes: true\n").control_plane_nodes
    with pytest.raises(ConfigError, match="controlPlaneNodes"):
        parse(OURS + "controlPlaneNodes: 3\n")


def test_both_documents_may_stand_in_one_file() -> None:
    config = parse(OURS + "workers: 2\n---\n" + HEAD + "clusterName: both\n")
    assert (config.name, len(config.workers)) == ("both", 2)


def test_arguments_may_be_a_list_as_in_v1beta4() -> None:
    text = HEAD.replace("v1beta3", "v1beta4") + "apiServer:\n  extraArgs:\n  - {name: audit-log-path, value: /a.log}\n"
    assert parse(text).audit.path == "/a.log"


def test_flags_of_the_controller_manager_that_matter_here_are_heeded() -> None:
    arguments = '{node-monitor-grace-period: "1m30s", node-monitor-period: 2s}'
    config = parse(HEAD + f"controllerManager:\n  extraArgs: {arguments}\n")
    assert config.node_monitor_grace_period_ns == 90_000_000_000
    assert config.node_monitor_period_ns == 2_000_000_000


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "there is nothing in it; write a ClusterConfiguration or a Cluster"),
        ("a: [", "line 1, column 5: not YAML: expected the node content, but found '<stream end>'"),
        ("just words", "line 1: must be a mapping of fields, not a string"),
        ("kind: Cluster", "line 1: apiVersion is missing; add for example orrery.dev/v1"),
        (
            "apiVersion: v1\nkind: Pod\n",
            "line 2, kind: Pod is not read here; a file holds a ClusterConfiguration, a Cluster, or both",
        ),
        (
            "apiVersion: kubeadm.k8s.io/v1alpha1\nkind: ClusterConfiguration\n",
            "line 1, apiVersion: must be one of kubeadm.k8s.io/v1beta3, kubeadm.k8s.io/v1beta4, "
            "not 'kubeadm.k8s.io/v1alpha1'",
        ),
        (
            HEAD + "networkin: {}\n",
            "line 3, networkin: unknown field; did you mean networking?",
        ),
        (
            HEAD + "networking:\n  podSubnet: 10.244.0.0/99\n",
            "line 4, networking.podSubnet: '10.244.0.0/99' is no IPv4 subnet; write for example 10.244.0.0/16",
        ),
        (
            HEAD + "networking:\n  podSubnet: 10.244.0.0/23\n",
            "line 4, networking.podSubnet: 10.244.0.0/23 has no /24 for each of 4 workers; use a larger one such as "
            "10.244.0.0/16",
        ),
        (
            HEAD + "networking:\n  podSubnet: 10.96.0.0/16\n",
            "line 3, networking: the Pod subnet 10.96.0.0/16 and the Service subnet 10.96.0.0/12 overlap; "
            "move one of them",
        ),
        (
            HEAD + "apiServer:\n  extraArgs:\n    audit-log-maxage: 30\n",
            "line 5, apiServer.extraArgs.audit-log-maxage: must be a string, not a number; put it in quotes",
        ),
        (
            HEAD + "kubernetesVersion: newest\n",
            "line 3, kubernetesVersion: 'newest' is no Kubernetes version; write for example v1.37.0",
        ),
        (
            HEAD + "etcd:\n  external:\n    endpoints: [etcd1:2379]\n",
            "line 5, etcd.external.endpoints[0]: 'etcd1:2379' is no endpoint; write for example "
            "https://etcd1.example.com:2379",
        ),
        (HEAD + HEAD, "line 3, apiVersion: stands here twice; remove one of them"),
        (HEAD + "---\n" + HEAD, "line 4: a second ClusterConfiguration; keep one of them"),
        (OURS + "workers: 0\n", "line 3, workers: must be a whole number from 1 to 200, not 0"),
        (OURS + "workers: [{cpu: lots}]\n", "line 3, workers[0].cpu: 'lots' is no positive quantity; write for example "
         "4, 500m or 8Gi"),
        (OURS + "workers: [{name: Worker}]\n", "line 3, workers[0].name: 'Worker' is no name of a host; use lower-case "
         "letters, digits, '-' and '.'"),
        (OURS + "workers: [{name: a}, {name: a}]\n", "two hosts are called a; change one of them"),
        (OURS + "workers: [{ip: 10.0.0.11}]\n", "10.0.0.11 is used by the hosts cp-1 and worker-1; change one of them"),
        (OURS + "network: {latency: fast}\n", "line 3, network.latency: must be a span of time such as 400us, 12ms or "
         "5s, not 'fast'"),
        (OURS + "images: {unknown: perhaps}\n", "line 3, images.unknown: must be one of pull, refuse, not 'perhaps'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_field_and_remedy(text: str, sentence: str) -> None:
    assert refused(text) == sentence


def test_a_file_that_is_no_text_is_told_from_yaml(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="byte 1 is not UTF-8; save the file as UTF-8 text"):
        load(path)
