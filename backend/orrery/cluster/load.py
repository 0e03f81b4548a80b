"""Reading a cluster from a file: kubeadm's ``ClusterConfiguration``, Orrery's own ``Cluster``, or both in one file.

``Cluster`` says what kubeadm's document does not: which machines there are, how far apart, and what the registry has::

    apiVersion: orrery.dev/v1
    kind: Cluster
    metadata: {name: classroom}
    controlPlanes: 3                  # or a list of {name, ip}
    controlPlaneNodes: true           # each is a Node too, with its components as static Pods in kube-system
    workers:                          # or a number
      - {name: worker-1, cpu: "2", memory: 4Gi, zone: zone-a, labels: {disk: ssd}}
    etcd: {external: 3}               # left out: stacked on the control planes
    network: {latency: 400us, jitter: 200us, registryLatency: 12ms}
    images: {unknown: refuse, bandwidth: 40Mi, catalogue: [{name: example.com/shop, size: 120Mi, ports: [8080]}]}
    kubeadm: {...}                    # a ClusterConfiguration
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from orrery.cluster.config import (
    CONTROL_PLANES_MOST,
    WORKERS_MOST,
    ClusterConfig,
    HostConfig,
    ImagesConfig,
    WorkerConfig,
    control_plane_hosts,
    default_config,
    etcd_hosts,
    worker_hosts,
    worker_ip,
)
from orrery.cluster.document import ConfigError, Field, read_documents
from orrery.cluster.kubeadm import (
    API_VERSIONS,
    KIND,
    apply_cluster_configuration,
    check_pod_subnet,
    check_service_subnet,
)
from orrery.kernel import MILLISECOND, SECOND
from orrery.machinery import quantity
from orrery.node.images import ImageProfile, parse_reference

API_VERSION = "orrery.dev/v1"
EXAMPLES = Path(__file__).parent / "examples"

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def load(path: Path) -> ClusterConfig:
    """The cluster in a file. Raises OSError, or ConfigError with the place and the remedy."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"byte {error.start + 1} is not UTF-8; save the file as UTF-8 text") from None


def parse(text: str) -> ClusterConfig:
    """The cluster in a YAML text."""
    documents = read_documents(text)
    if not documents:
        raise ConfigError(f"there is nothing in it; write a {KIND} or a Cluster")
    by_kind: dict[str, Field] = {}
    for document in documents:
        kind = _kind_of(document)
        if kind in by_kind:
            raise document.error(f"a second {kind}; keep one of them")
        by_kind[kind] = document
    config = default_config()
    if "Cluster" in by_kind:
        config = _cluster(by_kind["Cluster"], config, alone=KIND not in by_kind)
    if KIND in by_kind:
        config = apply_cluster_configuration(by_kind[KIND], config)
    return checked(config)


def checked(config: ClusterConfig) -> ClusterConfig:
    """The configuration, if its hosts' names and addresses are all different; ConfigError if not."""
    names: dict[str, str] = {}
    hosts = [config.load_balancer, config.client, config.registry, *config.control_planes, *config.etcd]
    for host in [*hosts, *(HostConfig(worker.name, worker.ip) for worker in config.workers)]:
        for name in (host.name, host.ip, *host.aliases):
            if names.get(name, host.name) != host.name:
                raise ConfigError(f"{name} is used by the hosts {names[name]} and {host.name}; change one of them")
            if name in names and name == host.name:
                raise ConfigError(f"two hosts are called {name}; change one of them")
            names[name] = host.name
    return config


def _kind_of(document: Field) -> str:
    version, kind = document.need("apiVersion", API_VERSION), document.need("kind", "Cluster")
    if kind.text() == "Cluster":
        version.choice(API_VERSION)
    elif kind.text() == KIND:
        version.choice(*API_VERSIONS)
    else:
        raise kind.error(f"{kind.value} is not read here; a file holds a {KIND}, a Cluster, or both")
    return kind.text()


def _cluster(document: Field, config: ClusterConfig, *, alone: bool) -> ClusterConfig:
    document.ignore("apiVersion", "kind")
    metadata = document.get("metadata")
    if metadata is not None:
        name = metadata.get("name")
        metadata.done()
        if name is not None:
            config = config.replace(name=name.name())
    control_planes, workers, etcd = (document.get(key) for key in ("controlPlanes", "workers", "etcd"))
    if control_planes is not None:
        config = config.replace(control_planes=_control_planes(control_planes))
    nodes = document.get("controlPlaneNodes")
    if nodes is not None:
        config = config.replace(control_plane_nodes=nodes.flag())
    if workers is not None:
        config = config.replace(workers=_workers(workers))
    if etcd is not None:
        config = config.replace(etcd=_external(etcd))
    network, images, embedded = (document.get(key) for key in ("network", "images", "kubeadm"))
    if network is not None:
        config = _network(network, config)
    if images is not None:
        config = config.replace(images=_images(images))
    version = document.get("kubernetesVersion")
    document.done()
    if embedded is not None:
        if not alone:
            raise embedded.error(f"there is a {KIND} beside this document as well; keep one of them")
        _kind_of(embedded)
        config = apply_cluster_configuration(embedded, config)
    if version is not None:
        config = config.replace(kubernetes_version=version.text())
    return config


def _control_planes(found: Field) -> tuple[HostConfig, ...]:
    if not isinstance(found.value, list):
        return control_plane_hosts(found.integer(1, CONTROL_PLANES_MOST))
    if not 1 <= len(found.list()) <= CONTROL_PLANES_MOST:
        raise found.error(f"a cluster has 1 to {CONTROL_PLANES_MOST} control planes, not {len(found.list())}")
    usual = control_plane_hosts(CONTROL_PLANES_MOST)
    hosts = []
    for item, default in zip(found.list(), usual, strict=False):
        name, ip = item.get("name"), item.get("ip")
        item.done()
        hosts.append(HostConfig(name.name() if name else default.name, ip.ip() if ip else default.ip))
    return tuple(hosts)


def _workers(found: Field) -> tuple[WorkerConfig, ...]:
    if not isinstance(found.value, list):
        return worker_hosts(found.integer(1, WORKERS_MOST))
    if not 1 <= len(found.list()) <= WORKERS_MOST:
        raise found.error(f"a cluster has 1 to {WORKERS_MOST} workers, not {len(found.list())}")
    return tuple(_worker(item, number) for number, item in enumerate(found.list(), start=1))


def _worker(item: Field, number: int) -> WorkerConfig:
    values: dict[str, Any] = {"name": f"worker-{number}", "ip": worker_ip(number)}
    name, ip, zone = item.get("name"), item.get("ip"), item.get("zone")
    if name is not None:
        values["name"] = name.name()
    if ip is not None:
        values["ip"] = ip.ip()
    if zone is not None:
        values["zone"] = zone.name()
    for key in ("cpu", "memory", "storage"):
        amount = item.get(key)
        if amount is not None:
            values[key] = amount.amount()
    labels, taints = item.get("labels"), item.get("taints")
    if labels is not None:
        values["labels"] = {key: label.text() for key, label in labels.items()}
    if taints is not None:
        values["taints"] = tuple(_taint(taint) for taint in taints.list())
    item.done()
    return WorkerConfig(**values)


def _taint(taint: Field) -> dict[str, str]:
    result = {"key": taint.need("key", "dedicated").text()}
    value = taint.get("value")
    if value is not None:
        result["value"] = value.text()
    result["effect"] = taint.need("effect", "NoSchedule").choice(*_EFFECTS)
    taint.done()
    return result


def _external(etcd: Field) -> tuple[HostConfig, ...]:
    external = etcd.get("external")
    etcd.done()
    if external is None:
        return ()
    return etcd_hosts([f"etcd{number}" for number in range(1, external.integer(1, 9) + 1)])


def _network(network: Field, config: ClusterConfig) -> ClusterConfig:
    latency = config.latency
    for key, attribute in (
        ("latency", "lan_ns"), ("jitter", "lan_jitter_ns"), ("registryLatency", "outside_ns"),
        ("registryJitter", "outside_jitter_ns"),
    ):  # fmt: skip
        span = network.get(key)
        if span is not None:
            latency = replace(latency, **{attribute: span.span_ns(0, 10 * SECOND)})
    if latency.lan_ns + latency.lan_jitter_ns > 100 * MILLISECOND:
        raise network.error("latency and jitter together must stay below 100ms, for etcd's election time-out is 1s")
    pods, services = network.get("podSubnet"), network.get("serviceSubnet")
    if pods is not None:
        config = config.replace(pod_subnet=str(check_pod_subnet(pods, len(config.workers))))
    if services is not None:
        config = config.replace(service_subnet=str(check_service_subnet(services)))
    network.done()
    return config.replace(latency=latency)


def _images(images: Field) -> ImagesConfig:
    config = ImagesConfig()
    unknown, bandwidth, line = images.get("unknown"), images.get("bandwidth"), images.get("registryBandwidth")
    if unknown is not None:
        config = replace(config, unknown=unknown.choice("pull", "refuse") == "pull")
    if bandwidth is not None:
        config = replace(config, client_bytes_per_s=quantity.units(bandwidth.amount()))
    if line is not None:
        config = replace(config, line_bytes_per_s=quantity.units(line.amount()))
    catalogue = images.get("catalogue")
    if catalogue is not None:
        own = tuple(_image(item) for item in catalogue.list())
        config = replace(config, catalogue=(*own, *config.catalogue))
    images.done()
    return config


def _image(item: Field) -> ImageProfile:
    name, size = item.need("name", "example.com/shop"), item.need("size", "120Mi")
    try:
        reference = parse_reference(name.text())
    except ValueError as error:
        raise name.error(f"{error}; write a repository such as example.com/shop") from None
    values: dict[str, Any] = {"cmd": (reference.repository.rpartition("/")[2],)}
    command, ports, runs = item.get("command"), item.get("ports"), item.get("runs")
    if command is not None:
        values["cmd"] = tuple(word.text() for word in command.list())
    if ports is not None:
        values["ports"] = tuple(port.integer(1, 65535) for port in ports.list())
    if runs is not None:
        values["server"] = runs.choice("forever", "once") == "forever"
    for key, attribute in (("startup", "ready_ns"), ("shutdown", "stop_ns")):
        span = item.get(key)
        if span is not None:
            values[attribute] = span.span_ns(0)
    item.done()
    return ImageProfile(reference.name, quantity.units(size.amount()), **values)
