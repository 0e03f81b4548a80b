"""kube-proxy's iptables mode as data: Services and EndpointSlices in, chains out (``pkg/proxy/iptables``).

A packet to a Service's address goes to its KUBE-SVC chain; there each rule but the last takes it with a probability, so
that every endpoint is equally likely; a KUBE-SEP chain stands for one endpoint and rewrites the destination.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orrery.machinery.objects import key_of, labels_of, namespace_of

Object = Mapping[str, Any]

SERVICE_LABEL = "kubernetes.io/service-name"


class Destination(NamedTuple):
    """What a packet is addressed to."""

    ip: str
    port: int
    protocol: str


class Endpoint(NamedTuple):
    """One Pod behind a Service's port."""

    ip: str
    port: int
    node: str

    def __str__(self) -> str:
        return f"{self.ip}:{self.port}"


class Jump(NamedTuple):
    """A rule of a Service's chain: to this endpoint's chain, with a probability (1: always)."""

    chain: str
    probability: float
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """One port of one Service. ``jumps`` empty: packets are refused, for there are no endpoints."""

    name: str  # namespace/name:port
    chain: str
    destinations: tuple[Destination, ...]
    node_port: int
    affinity_s: int  # ClientIP affinity lasts so long; 0: there is none
    jumps: tuple[Jump, ...]

    def describe(self) -> dict[str, object]:
        """As the trace shows it."""
        return {
            "chain": self.chain,
            "destinations": [f"{d.ip}:{d.port}/{d.protocol}" for d in self.destinations],
            "node_port": self.node_port,
            "endpoints": [
                {"chain": j.chain, "endpoint": str(j.endpoint), "node": j.endpoint.node, "probability": j.probability}
                for j in self.jumps
            ],
        }


@dataclass(slots=True)
class RuleTable:
    """All rules of a node, by Service port name, and where packets enter."""

    services: dict[str, ServiceRules] = field(default_factory=dict)
    entries: dict[Destination, str] = field(default_factory=dict)  # to the Service port's name
    node_ports: dict[tuple[int, str], str] = field(default_factory=dict)

    @property
    def chains(self) -> int:
        return sum(1 + len(service.jumps) for service in self.services.values())

    @property
    def rules(self) -> int:
        return sum(len(s.destinations) + bool(s.node_port) + 3 * len(s.jumps) for s in self.services.values())

    def lines(self) -> list[str]:
        """The table as ``iptables-save`` would print it, shortened to what matters."""
        result: list[str] = []
        for destination, name in self.entries.items():
            service = self.services[name]
            target = service.chain if service.jumps else "REJECT"
            result.append(
                f"-A KUBE-SERVICES -d {destination.ip}/32 -p {destination.protocol.lower()} "
                f'-m comment --comment "{name} cluster IP" --dport {destination.port} -j {target}'
            )
        for service in self.services.values():
            for jump in service.jumps:
                chance = ""
                if jump.probability < 1:
                    chance = f"-m statistic --mode random --probability {jump.probability:.11f} "
                comment = f'-m comment --comment "{service.name} -> {jump.endpoint}" '
                result.append(f"-A {service.chain} {comment}{chance}-j {jump.chain}")
            for jump in service.jumps:
                result.append(f"-A {jump.chain} -p tcp -j DNAT --to-destination {jump.endpoint}")
        return result


def build_rules(services: Iterable[Object], slices: Iterable[Object], node: str) -> RuleTable:
    """The rules of a node. Services without a cluster IP have none."""
    by_service: dict[str, list[Object]] = {}
    for item in slices:
        owner = labels_of(item).get(SERVICE_LABEL)
        if owner:
            by_service.setdefault(f"{namespace_of(item)}/{owner}", []).append(item)
    table = RuleTable()
    for service in sorted(services, key=key_of):
        for rules in _service(service, by_service.get(key_of(service), []), node):
            table.services[rules.name] = rules
            for destination in rules.destinations:
                table.entries[destination] = rules.name
            if rules.node_port:
                table.node_ports[rules.node_port, rules.destinations[0].protocol] = rules.name
    return table


def route(
    table: RuleTable, ip: str, port: int, draw: float, protocol: str = "TCP", *, at_node: bool = False
) -> Endpoint | None:
    """Where a packet goes: ``draw`` in [0, 1) stands for the kernel's chance. ``at_node``: it is addressed to the node
    itself. None: it is refused. LookupError: no rule is about it."""
    name = table.node_ports.get((port, protocol)) if at_node else table.entries.get(Destination(ip, port, protocol))
    if name is None:
        raise LookupError(f"no rule for {ip}:{port}/{protocol}")
    for jump in table.services[name].jumps:
        if draw < jump.probability:
            return jump.endpoint
        draw = (draw - jump.probability) / (1 - jump.probability)
    return None


def changed(old: RuleTable, new: RuleTable) -> dict[str, object]:
    """The Service ports whose rules differ, as they are now; None for those that are gone."""
    result: dict[str, object] = {
        name: service.describe() for name, service in new.services.items() if old.services.get(name) != service
    }
    for name in old.services:
        if name not in new.services:
            result[name] = None
    return result


def chain_name(prefix: str, *parts: str) -> str:
    """The chain of a Service port or endpoint: a hash, as kube-proxy makes it."""
    digest = hashlib.sha256("".join(parts).encode()).digest()
    return f"{prefix}-{base64.b32encode(digest).decode()[:16]}"


def _service(service: Object, slices: list[Object], node: str) -> Iterable[ServiceRules]:
    spec = service.get("spec") or {}
    cluster_ip = spec.get("clusterIP")
    if not cluster_ip or cluster_ip == "None" or spec.get("type") == "ExternalName":
        return
    affinity = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
    affinity_s = int(affinity.get("timeoutSeconds") or 10800) if spec.get("sessionAffinity") == "ClientIP" else 0
    local_only = spec.get("internalTrafficPolicy") == "Local"
    for port in spec.get("ports") or ():
        protocol = str(port.get("protocol") or "TCP")
        name = key_of(service) + (f":{port['name']}" if port.get("name") else "")
        endpoints = _endpoints(slices, str(port.get("name") or ""), protocol)
        if local_only:
            endpoints = [endpoint for endpoint in endpoints if endpoint.node == node]
        addresses = [cluster_ip, *(spec.get("externalIPs") or ())]
        yield ServiceRules(
            name=name,
            chain=chain_name("KUBE-SVC", name, protocol.lower()),
            destinations=tuple(Destination(str(ip), int(port["port"]), protocol) for ip in addresses),
            node_port=int(port.get("nodePort") or 0),
            affinity_s=affinity_s,
            jumps=tuple(_jumps(name, protocol, endpoints)),
        )


def _jumps(name: str, protocol: str, endpoints: list[Endpoint]) -> Iterable[Jump]:
    count = len(endpoints)
    for index, endpoint in enumerate(endpoints):
        chain = chain_name("KUBE-SEP", name, protocol.lower(), str(endpoint))
        yield Jump(chain, 1.0 if index == count - 1 else 1 / (count - index), endpoint)


def _endpoints(slices: list[Object], port_name: str, protocol: str) -> list[Endpoint]:
    """Those that are ready; where none is, those that still serve while they terminate."""
    ready: dict[Endpoint, None] = {}
    serving: dict[Endpoint, None] = {}
    for item in slices:
        for port in item.get("ports") or ():
            if str(port.get("name") or "") != port_name or str(port.get("protocol") or "TCP") != protocol:
                continue
            for entry in item.get("endpoints") or ():
                conditions = entry.get("conditions") or {}
                for address in entry.get("addresses") or ():
                    endpoint = Endpoint(str(address), int(port.get("port") or 0), str(entry.get("nodeName") or ""))
                    if conditions.get("ready") is not False:
                        ready[endpoint] = None
                    elif conditions.get("serving") and conditions.get("terminating"):
                        serving[endpoint] = None
    return sorted(ready or serving)
