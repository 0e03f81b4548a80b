"""Checks of Services, Endpoints and EndpointSlices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orrery.machinery.validation import names
from orrery.machinery.validation.causes import (
    IMMUTABLE,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
    too_many,
)  # fmt: skip
from orrery.machinery.validation.containers import PROTOCOLS
from orrery.machinery.wire import Cause

TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
AFFINITIES = ("ClientIP", "None")
ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")
_MAX_ADDRESSES = 100
_MAX_ENDPOINTS = 1000


def service(obj: Mapping[str, Any]) -> list[Cause]:
    """A Service."""
    spec = obj.get("spec") or {}
    causes: list[Cause] = []
    kind = spec.get("type", "")
    ports = spec.get("ports") or ()
    headless = spec.get("clusterIP") == "None"
    if kind not in TYPES:
        causes.append(not_supported("spec.type", kind, TYPES) if kind else required("spec.type"))
    if not ports and not headless and kind != "ExternalName":
        causes.append(required("spec.ports"))
    if headless and kind == "LoadBalancer":
        causes.append(invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for LoadBalancer services"))
    if headless and kind == "NodePort":
        causes.append(invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for NodePort services"))
    if kind == "ExternalName":
        causes += _external_name(spec)
    causes += _ports(ports, kind)
    causes += names.labels("spec.selector", spec.get("selector"))
    affinity = spec.get("sessionAffinity", "None")
    if affinity not in AFFINITIES:
        causes.append(not_supported("spec.sessionAffinity", affinity, AFFINITIES))
    cluster_ip = spec.get("clusterIP")
    if cluster_ip and not headless and kind != "ExternalName":
        causes += [invalid("spec.clusterIPs[0]", cluster_ip, problem) for problem in names.address(cluster_ip)]
    for index, address in enumerate(spec.get("externalIPs") or ()):
        causes += [invalid(f"spec.externalIPs[{index}]", address, problem) for problem in names.address(address)]
    return causes


def _external_name(spec: Mapping[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    if spec.get("clusterIP"):
        causes.append(forbidden("spec.clusterIPs[0]", "may not be set when `type` is 'ExternalName'"))
    name = str(spec.get("externalName", "")).removesuffix(".")
    if not name:
        return [*causes, required("spec.externalName")]
    return causes + [invalid("spec.externalName", name, problem) for problem in names.subdomain(name)]


def _ports(ports: Sequence[Mapping[str, Any]], kind: str) -> list[Cause]:
    causes: list[Cause] = []
    taken_names: list[str] = []
    taken: list[dict[str, Any]] = []
    for index, port in enumerate(ports):
        path = f"spec.ports[{index}]"
        name = port.get("name", "")
        if name:
            causes += [invalid(f"{path}.name", name, problem) for problem in names.label(name)]
            if name in taken_names:
                causes.append(duplicate(f"{path}.name", name))
            taken_names.append(name)
        elif len(ports) > 1:
            causes.append(required(f"{path}.name"))
        number = port.get("port") or 0
        causes += [invalid(f"{path}.port", number, problem) for problem in names.port_number(number)]
        protocol = port.get("protocol", "TCP")
        if protocol not in PROTOCOLS:
            causes.append(not_supported(f"{path}.protocol", protocol, PROTOCOLS))
        target = port.get("targetPort", number)
        problems = names.port_name(target) if isinstance(target, str) else names.port_number(target)
        causes += [invalid(f"{path}.targetPort", target, problem) for problem in problems]
        if port.get("nodePort") and kind in ("ClusterIP", "ExternalName"):
            causes.append(forbidden(f"{path}.nodePort", f"may not be used when `type` is '{kind}'"))
        served = {"protocol": protocol, "port": number}
        if served in taken:
            causes.append(duplicate(path, served))
        taken.append(served)
    return causes


def service_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """A cluster address, once given, stays, except by way of ``ExternalName``."""
    fresh, stored = new.get("spec") or {}, old.get("spec") or {}
    if "ExternalName" in (fresh.get("type"), stored.get("type")):
        return []
    before, after = stored.get("clusterIP"), fresh.get("clusterIP")
    if not before or before == after:
        return []
    listed = fresh.get("clusterIPs") or ([after] if after else [])
    return [invalid("spec.clusterIPs[0]", listed, "may not change once set")]


def endpoints(obj: Mapping[str, Any]) -> list[Cause]:
    """Endpoints."""
    causes: list[Cause] = []
    for at, subset in enumerate(obj.get("subsets") or ()):
        path = f"subsets[{at}]"
        for group in ("addresses", "notReadyAddresses"):
            for index, address in enumerate(subset.get(group) or ()):
                ip = address.get("ip", "")
                causes += [invalid(f"{path}.{group}[{index}].ip", ip, problem) for problem in names.address(ip)]
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            causes.append(required(path, "must specify `addresses` or `notReadyAddresses`"))
        for index, port in enumerate(subset.get("ports") or ()):
            number = port.get("port") or 0
            causes += [invalid(f"{path}.ports[{index}].port", number, p) for p in names.port_number(number)]
    return causes


def endpoint_slice(obj: Mapping[str, Any]) -> list[Cause]:
    """An EndpointSlice."""
    causes: list[Cause] = []
    kind = obj.get("addressType", "")
    if not kind:
        causes.append(required("addressType"))
    elif kind not in ADDRESS_TYPES:
        causes.append(not_supported("addressType", kind, ADDRESS_TYPES))
    listed = obj.get("endpoints") or ()
    if len(listed) > _MAX_ENDPOINTS:
        causes.append(too_many("endpoints", len(listed), _MAX_ENDPOINTS))
    for at, endpoint in enumerate(listed):
        addresses = endpoint.get("addresses") or ()
        path = f"endpoints[{at}].addresses"
        if not addresses:
            causes.append(required(path, "must contain at least 1 address"))
        elif len(addresses) > _MAX_ADDRESSES:
            causes.append(too_many(path, len(addresses), _MAX_ADDRESSES))
        for index, address in enumerate(addresses):
            problems = names.subdomain(address) if kind == "FQDN" else names.address(address)
            causes += [invalid(f"{path}[{index}]", address, problem) for problem in problems]
    taken: list[str] = []
    for index, port in enumerate(obj.get("ports") or ()):
        name = port.get("name", "")
        if name in taken:
            causes.append(duplicate(f"ports[{index}].name", name))
        taken.append(name)
    return causes


def endpoint_slice_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """The address type of a slice never changes."""
    if new.get("addressType") == old.get("addressType"):
        return []
    return [invalid("addressType", new.get("addressType"), IMMUTABLE)]
