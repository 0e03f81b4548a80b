"""How Services, Endpoints and EndpointSlices are printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.machinery.objects import dig, name_of
from orrery.machinery.tables.columns import (
    AGE,
    NAME,
    NONE,
    SELECTOR,
    UNSET,
    Cells,
    Column,
    Layout,
    age,
    at_most,
    labels_cell,
)

_SHOWN = 3


def _service(service: Mapping[str, Any], now_s: int) -> Cells:
    spec = service.get("spec") or {}
    addresses = spec.get("clusterIPs") or ([spec["clusterIP"]] if spec.get("clusterIP") else [NONE])
    return [
        name_of(service),
        spec.get("type", ""),
        addresses[0],
        _external_address(service),
        ",".join(_service_port(port) for port in spec.get("ports") or ()) or NONE,
        age(service, now_s),
        labels_cell(spec.get("selector")),
    ]


def _external_address(service: Mapping[str, Any]) -> str:
    spec = service.get("spec") or {}
    kind = spec.get("type")
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    external = list(spec.get("externalIPs") or ())
    if kind == "LoadBalancer":
        ingress = dig(service, "status", "loadBalancer", "ingress", default=())
        given = [str(point.get("ip") or point.get("hostname") or "") for point in ingress]
        return ",".join(given + external) or "<pending>"
    return ",".join(external) or NONE


def _service_port(port: Mapping[str, Any]) -> str:
    number = f"{port.get('port')}:{port['nodePort']}" if port.get("nodePort") else f"{port.get('port')}"
    return f"{number}/{port.get('protocol', 'TCP')}"


def _endpoints(endpoints: Mapping[str, Any], now_s: int) -> Cells:
    listed: list[str] = []
    for subset in endpoints.get("subsets") or ():
        addresses = [str(address.get("ip", "")) for address in subset.get("addresses") or ()]
        ports = subset.get("ports") or ()
        if not ports:
            listed += addresses
        for port in ports:
            listed += [_host_port(address, port.get("port")) for address in addresses]
    return [name_of(endpoints), at_most(listed, _SHOWN, NONE), age(endpoints, now_s)]


def _host_port(host: str, port: Any) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _endpoint_slice(endpoint_slice: Mapping[str, Any], now_s: int) -> Cells:
    ports = [str(port.get("port") or "*") for port in endpoint_slice.get("ports") or ()]
    addresses = [
        address for endpoint in endpoint_slice.get("endpoints") or () for address in endpoint.get("addresses") or ()
    ]
    return [
        name_of(endpoint_slice),
        endpoint_slice.get("addressType", ""),
        at_most(list(dict.fromkeys(ports)), _SHOWN, UNSET),
        at_most(addresses, _SHOWN, UNSET),
        age(endpoint_slice, now_s),
    ]


SERVICE = Layout(
    (
        NAME,
        Column("Type", "How the Service is reached."),
        Column("Cluster-IP", "The address inside the cluster."),
        Column("External-IP", "Addresses outside the cluster."),
        Column("Port(s)", "The ports that are served, with their node ports."),
        AGE,
        SELECTOR,
    ),
    _service,
)
ENDPOINTS = Layout((NAME, Column("Endpoints", "Addresses and ports that are ready."), AGE), _endpoints)
ENDPOINT_SLICE = Layout(
    (
        NAME,
        Column("AddressType", "The kind of addresses that the slice holds."),
        Column("Ports", "The ports of every endpoint."),
        Column("Endpoints", "The addresses of the endpoints."),
        AGE,
    ),
    _endpoint_slice,
)
