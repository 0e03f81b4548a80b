"""Services: a cluster address and node ports of their own.

What is given out is a key in etcd beside the Service, written in the same transaction: it is taken if the key exists.
So no two servers give out the same, and none has to remember what it gave.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

import orjson

from orrery.apiserver.kinds.strategy import Strategy
from orrery.machinery.objects import Document, dig, drop, name_of
from orrery.machinery.resources import SERVICES, STORAGE_ROOT
from orrery.machinery.wire import Cause, StatusError

if TYPE_CHECKING:
    from orrery.apiserver.server import ApiServer

ADDRESSES = f"{STORAGE_ROOT}/ipaddresses/"
PORTS = f"{STORAGE_ROOT}/ranges/servicenodeports/"
_WITH_PORTS = ("NodePort", "LoadBalancer")
_TRIES = 64


class ServiceStrategy(Strategy):
    """Services."""

    create_on_update = True
    returns_deleted = True

    def initial_status(self, obj: Document) -> Document:
        return {**obj, "status": {"loadBalancer": {}}}

    def prepare_for_update(self, new: Document, old: Document) -> Document:
        """What was given out stays, where the new version leaves it out, or goes with a type that has no use for it."""
        new = super().prepare_for_update(new, old)
        spec, stored = new.get("spec") or {}, old.get("spec") or {}
        if spec.get("type") == "ExternalName":
            for field in ("clusterIP", "clusterIPs"):
                if field in spec and spec[field] == stored.get(field):
                    spec = drop(spec, field)
            return {**new, "spec": spec}
        if stored.get("type") == "ExternalName":
            return new
        kept = {key: stored[key] for key in ("clusterIP", "clusterIPs") if not spec.get(key) and key in stored}
        ports = [_keep_port(port, spec, stored) for port in spec.get("ports") or ()]
        return {**new, "spec": {**spec, **kept, "ports": ports}}

    def allocate(self, server: ApiServer, new: Document, old: Document | None) -> Document:
        spec = dict(new.get("spec") or {})
        kind = spec.get("type")
        if kind == "ExternalName":
            for field in ("clusterIP", "clusterIPs"):
                spec.pop(field, None)
            return {**new, "spec": spec}
        _check_list(new, spec)
        if not spec.get("clusterIP"):
            spec["clusterIP"] = _free_address(server)
        _check_address(server, new, spec["clusterIP"])
        spec["clusterIPs"] = [spec["clusterIP"]]
        if kind in _WITH_PORTS:
            spec["ports"] = _with_node_ports(server, new, spec.get("ports") or [])
        return {**new, "spec": spec}

    def claims(self, obj: Document) -> tuple[str, ...]:
        spec = obj.get("spec") or {}
        address = spec.get("clusterIP")
        ports = dict.fromkeys(port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort"))
        keys = [f"{PORTS}{port}" for port in ports]
        return (f"{ADDRESSES}{address}", *keys) if address and address != "None" else tuple(keys)

    def refuse_taken(self, wanted: Document, key: str) -> None:
        spec = wanted.get("spec") or {}
        if key.startswith(ADDRESSES):
            address = key.removeprefix(ADDRESSES)
            if address in (spec.get("clusterIP"), *(spec.get("clusterIPs") or ())):
                why = f"failed to allocate IP {address}: provided IP is already allocated"
                raise _invalid(wanted, "spec.clusterIPs", [address], why)
            return
        number = int(key.removeprefix(PORTS))
        for index, port in enumerate(spec.get("ports") or ()):
            if port.get("nodePort") == number:
                raise _invalid(wanted, f"spec.ports[{index}].nodePort", number, "provided port is already allocated")


def _keep_port(port: Document, spec: Document, stored: Document) -> Document:
    if spec.get("type") not in _WITH_PORTS:
        given = [known.get("nodePort") for known in stored.get("ports") or ()]
        return drop(port, "nodePort") if port.get("nodePort") in given else port
    if port.get("nodePort"):
        return port
    for known in stored.get("ports") or ():
        same = known.get("port") == port.get("port") and known.get("protocol") == port.get("protocol", "TCP")
        if same and known.get("nodePort"):
            return {**port, "nodePort": known["nodePort"]}
    return port


def _free_address(server: ApiServer) -> str:
    """An address that, as far as this server knows, nobody has; the first 256 are left for those who ask by name."""
    network = server.service_network
    size = network.num_addresses
    reserved = min(max(16, size // 16), 256) if size > 32 else 0
    used = {dig(service, "spec", "clusterIP"): True for service in server.cacher.listed(SERVICES)}
    for _ in range(_TRIES):
        offset = reserved + 1 + server.process.random.below(max(size - reserved - 2, 1))
        address = str(network[min(offset, size - 2)])
        if address not in used:
            return address
    for offset in range(1, size - 1):
        address = str(network[offset])
        if address not in used:
            return address
    raise StatusError.internal_error("failed to allocate a serviceIP: range is full")


def _check_list(service: Document, spec: Document) -> None:
    """One address a Service: the list says what the single field says."""
    address, listed = spec.get("clusterIP"), spec.get("clusterIPs") or []
    if listed and not address:
        raise _invalid(service, "spec.clusterIPs", listed, "must be empty when `clusterIP` is not specified")
    if listed and listed[0] != address:
        raise _invalid(service, "spec.clusterIPs", listed, "first value must match `clusterIP`")
    if len(listed) > 1:
        raise _invalid(service, "spec.clusterIPs", listed, "may only hold one value on a cluster of one address family")


def _check_address(server: ApiServer, service: Document, address: str) -> None:
    if address == "None":
        return
    network = server.service_network
    if ipaddress.ip_address(address) not in network:
        why = (
            f"failed to allocate IP {address}: the provided IP ({address}) is not in the valid range. "
            f"The range of valid IPs is {network}"
        )
        raise _invalid(service, "spec.clusterIPs", [address], why)


def _with_node_ports(server: ApiServer, service: Document, ports: list[Document]) -> list[Document]:
    first, last = server.config.node_port_first, server.config.node_port_last
    used = {
        port.get("nodePort"): True
        for known in server.cacher.listed(SERVICES)
        for port in dig(known, "spec", "ports") or ()
    }
    result: list[Document] = []
    for index, port in enumerate(ports):
        number = port.get("nodePort")
        if number and not first <= number <= last:
            why = f"provided port is not in the valid range. The range of valid ports is {first}-{last}"
            raise _invalid(service, f"spec.ports[{index}].nodePort", number, why)
        if number and any(p["nodePort"] == number and p.get("protocol") == port.get("protocol") for p in result):
            raise _invalid(service, f"spec.ports[{index}].nodePort", number, "provided port is already allocated")
        while not number:
            number = server.process.random.between(first, last)
            if number in used and len(used) < last - first:
                number = None
        used[number] = True
        result.append({**port, "nodePort": number})
    return result


def _invalid(service: Document, field: str, value: Any, why: str) -> StatusError:
    shown = orjson.dumps(value).decode()
    return StatusError.invalid(
        SERVICES, name_of(service), [Cause("FieldValueInvalid", f"Invalid value: {shown}: {why}", field)]
    )


STRATEGY = ServiceStrategy(SERVICES)
