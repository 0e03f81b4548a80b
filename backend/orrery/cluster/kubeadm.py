"""kubeadm's ``ClusterConfiguration`` (v1beta3 and v1beta4), as far as it says what a cluster consists of.

It says nothing about machines: three control planes and four workers are taken, unless a ``Cluster`` document says
otherwise. Fields that describe what is not simulated (certificate files, image repositories) are read and checked for
their kind, and have no effect. What kubeadm only warns about is a warning here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from orrery.cluster.config import (
    API_PORT,
    ETCD_PORT,
    NODE_MASK,
    AuditConfig,
    ClusterConfig,
    HostConfig,
    default_config,
    etcd_hosts,
)
from orrery.cluster.document import Field
from orrery.kernel import HOUR, SECOND, Address

API_VERSIONS = ("kubeadm.k8s.io/v1beta3", "kubeadm.k8s.io/v1beta4")
KIND = "ClusterConfiguration"

_VERSION = re.compile(r"v?1\.(\d+)\.(\d+)")
_ENDPOINT = re.compile(r"https?://([^:/]+):(\d+)/?")
_FLAG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WITHOUT_EFFECT = ("certificatesDir", "imageRepository", "featureGates", "proxy", "encryptionAlgorithm",
                   "certificateValidityPeriod", "caCertificateValidityPeriod")  # fmt: skip

# Flags with an effect here; all others are kept and shown.
_NODE_MONITOR = {
    "node-monitor-period": "node_monitor_period_ns",
    "node-monitor-grace-period": "node_monitor_grace_period_ns",
}
_AUDIT_NUMBERS = {
    "audit-log-maxage": "max_age_days",
    "audit-log-maxbackup": "max_backups",
    "audit-log-maxsize": "max_size_mib",
}


def apply_cluster_configuration(document: Field, base: ClusterConfig | None = None) -> ClusterConfig:
    """The cluster that the document describes, on the machines of ``base``."""
    config = base or default_config()
    document.ignore("apiVersion", "kind")
    warnings = list(config.warnings)
    metadata = document.get("metadata")
    if metadata is not None:
        warnings.append(f'line {metadata.line}: strict decoding error: unknown field "metadata"')
        name = metadata.get("name")
        if name is not None:
            config = config.replace(name=name.name())
    cluster_name = document.get("clusterName")
    if cluster_name is not None:
        config = config.replace(name=cluster_name.name())
    version = document.get("kubernetesVersion")
    if version is not None:
        config = config.replace(kubernetes_version=_version(version))
    config = _endpoint(document, config)
    config = _etcd(document, config)
    config = _networking(document, config)
    config = _components(document, config)
    for name_without in _WITHOUT_EFFECT:
        document.get(name_without)
    document.done()
    return config.replace(warnings=tuple(warnings))


def _version(version: Field) -> str:
    text = version.text()
    if not _VERSION.fullmatch(text):
        raise version.error(f"{text!r} is no Kubernetes version; write for example v1.37.0")
    return text if text.startswith("v") else f"v{text}"


def _endpoint(document: Field, config: ClusterConfig) -> ClusterConfig:
    found = document.get("controlPlaneEndpoint")
    if found is None:
        return config
    host, _, port_text = found.text().partition(":")
    port = int(port_text) if port_text.isdecimal() else API_PORT if not port_text else 0
    if not host or not 0 < port < 65536:
        raise found.error(f"{found.value!r} is no endpoint; write for example k8s-api.example.com:6443")
    balancer = config.load_balancer
    names = [alias for alias in (*balancer.aliases, host) if alias not in (balancer.name, balancer.ip)]
    return config.replace(
        endpoint=Address(host, port), load_balancer=replace(balancer, aliases=tuple(dict.fromkeys(names)))
    )


# -- etcd


def _etcd(document: Field, config: ClusterConfig) -> ClusterConfig:
    etcd = document.get("etcd")
    if etcd is None:
        return config
    local, external = etcd.get("local"), etcd.get("external")
    etcd.done()
    if local is not None and external is not None:
        raise etcd.error("local and external exclude each other; keep one of them")
    if external is None:
        return config.replace(etcd=())
    for name in ("caFile", "certFile", "keyFile"):
        file = external.get(name)
        if file is not None:
            file.text()
    listed = external.need("endpoints", "https://etcd1.example.com:2379")
    external.done()
    endpoints = listed.list()
    if not endpoints:
        raise listed.error("is empty; list the members, an odd number of them")
    names = [_member(endpoint) for endpoint in endpoints]
    shorts = [name.partition(".")[0] for name in names]
    for endpoint, short in zip(endpoints, shorts, strict=True):
        if shorts.count(short) > 1 or any(short == host.name for host in config.control_planes):
            raise endpoint.error(f"two hosts would be called {short!r}; give each member a name of its own")
    return config.replace(etcd=etcd_hosts(names))


def _member(endpoint: Field) -> str:
    match = _ENDPOINT.fullmatch(endpoint.text())
    if match is None:
        raise endpoint.error(f"{endpoint.value!r} is no endpoint; write for example https://etcd1.example.com:2379")
    if int(match[2]) != ETCD_PORT:
        raise endpoint.error(f"members listen on port {ETCD_PORT}, not {match[2]}; write :{ETCD_PORT}")
    return Field(match[1], endpoint.line, endpoint.path).name()


# -- networks


def _networking(document: Field, config: ClusterConfig) -> ClusterConfig:
    networking = document.get("networking")
    if networking is None:
        return config
    pods, services, domain = (networking.get(name) for name in ("podSubnet", "serviceSubnet", "dnsDomain"))
    networking.done()
    if pods is not None:
        config = config.replace(pod_subnet=str(check_pod_subnet(pods, len(config.workers))))
    if services is not None:
        config = config.replace(service_subnet=str(check_service_subnet(services)))
    if domain is not None:
        config = config.replace(dns_domain=domain.name())
    if IPv4Network(config.pod_subnet).overlaps(IPv4Network(config.service_subnet)):
        both = f"the Pod subnet {config.pod_subnet} and the Service subnet {config.service_subnet}"
        raise networking.error(f"{both} overlap; move one of them")
    return config


def check_pod_subnet(found: Field, workers: int) -> IPv4Network:
    subnet = found.subnet()
    room = 1 << (NODE_MASK - subnet.prefixlen) if subnet.prefixlen <= NODE_MASK else 0
    if room <= workers:
        raise found.error(
            f"{subnet} has no /{NODE_MASK} for each of {workers} workers; use a larger one such as 10.244.0.0/16"
        )
    _apart_from_hosts(found, subnet)
    return subnet


def check_service_subnet(found: Field) -> IPv4Network:
    subnet = found.subnet()
    if not 8 <= subnet.prefixlen <= 28:
        raise found.error(f"{subnet} is no size for a Service subnet; use /12 to /28, such as 10.96.0.0/12")
    _apart_from_hosts(found, subnet)
    return subnet


def _apart_from_hosts(found: Field, subnet: IPv4Network) -> None:
    if IPv4Address("10.0.0.11") in subnet:
        raise found.error(f"{subnet} holds the machines' own addresses (10.0.0.0/23); use another one")


# -- components


def _components(document: Field, config: ClusterConfig) -> ClusterConfig:
    extra: dict[str, dict[str, str]] = {key: dict(value) for key, value in config.extra_args.items()}
    audit = config.audit
    for field_name, component in (
        ("apiServer", "kube-apiserver"),
        ("controllerManager", "kube-controller-manager"),
        ("scheduler", "kube-scheduler"),
    ):  # fmt: skip
        section = document.get(field_name)
        if section is None:
            continue
        arguments = _arguments(section)
        extra[component] = {**extra.get(component, {}), **{name: field.text() for name, field in arguments.items()}}
        if component == "kube-apiserver":
            config = _api_server(section, config)
            audit = _audit(arguments, audit)
        elif component == "kube-controller-manager":
            config = config.replace(**_node_monitor(arguments))
        section.ignore("extraVolumes", "extraEnvs")
        section.done()
    document.get("dns")
    return config.replace(extra_args=extra, audit=audit)


def _node_monitor(arguments: dict[str, Field]) -> dict[str, int]:
    given = {flag: attribute for flag, attribute in _NODE_MONITOR.items() if flag in arguments}
    return {attribute: arguments[flag].span_ns(SECOND, HOUR) for flag, attribute in given.items()}


def _arguments(section: Field) -> dict[str, Field]:
    """``extraArgs``: a mapping in v1beta3, a list of name and value in v1beta4."""
    found = section.get("extraArgs")
    if found is None:
        return {}
    result: dict[str, Field] = {}
    if isinstance(found.value, list):
        for item in found.list():
            name, value = item.need("name", "audit-log-path"), item.need("value", '"30"')
            item.done()
            result[name.text()] = value
    else:
        result = dict(found.items())
    for flag, value in result.items():
        if not _FLAG.fullmatch(flag):
            raise value.error(f"{flag!r} is no name of a flag; leave out the dashes in front")
        value.text()
    return result


def _api_server(section: Field, config: ClusterConfig) -> ClusterConfig:
    section.get("timeoutForControlPlane")
    sans = section.get("certSANs")
    if sans is None:
        return config
    names = tuple(item.text() for item in sans.list())
    balancer = config.load_balancer
    for item in sans.list():
        if _is_ip(item.text()) and item.text() != balancer.ip:
            balancer = _moved(balancer, item, config)
            break
    return config.replace(cert_sans=names, load_balancer=balancer)


def _moved(balancer: HostConfig, san: Field, config: ClusterConfig) -> HostConfig:
    """An address in the certificates is the control-plane endpoint's: the load balancer has it, if it is free."""
    taken = [host.ip for host in (*config.control_planes, *config.etcd, config.client, config.registry)]
    taken += [worker.ip for worker in config.workers]
    return balancer if san.text() in taken else replace(balancer, ip=san.text())


def _is_ip(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _audit(arguments: dict[str, Field], audit: AuditConfig) -> AuditConfig:
    path = arguments.get("audit-log-path")
    if path is not None:
        if not path.text().startswith("/") and path.text() != "-":
            raise path.error(f"{path.value!r} is no absolute path; write for example /var/log/audit.log")
        audit = replace(audit, path=path.text())
    for flag, attribute in _AUDIT_NUMBERS.items():
        value = arguments.get(flag)
        if value is not None:
            if not value.text().isdecimal():
                raise value.error(f'{value.value!r} is no number; write for example "30"')
            numbers: dict[str, Any] = {attribute: int(value.text())}
            audit = replace(audit, **numbers)
    return audit
