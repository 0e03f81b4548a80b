"""Keeps the EndpointSlices of each Service: which addresses stand behind it, and which of them are ready.

Source: Kubernetes, pkg/controller/endpointslice and staging/src/k8s.io/endpointslice. Up to 100 endpoints stand in a
slice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.controllers.controller import Controller, cached
from orrery.controllers.own_writes import LOOK_AGAIN_NS, OwnWrites
from orrery.machinery.objects import (
    dig,
    is_deleting,
    labels_of,
    name_of,
    namespace_of,
    node_name_of,
    owner_reference,
    pod_is_ready,
    pod_is_terminal,
    uid_of,
)
from orrery.machinery.resources import ENDPOINTSLICES, NODES, PODS, SERVICES

Document = dict[str, Any]

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
MANAGER = "endpointslice-controller.k8s.io"
HEADLESS = "service.kubernetes.io/headless"
ZONE = "topology.kubernetes.io/zone"
ENDPOINTS_MOST = 100


class EndpointSliceController(Controller):
    """Keys are Services."""

    name = "endpointslice"
    component = "endpoint-slice-controller"

    def start(self) -> None:
        self._services = self.informers.of(SERVICES)
        self._pods = self.informers.of(PODS)
        self._nodes = self.informers.of(NODES)
        self._slices = self.informers.of(ENDPOINTSLICES, service=_service_of)
        self._written = OwnWrites(self._slices)
        self._services.add_handlers(self.enqueue, lambda _, new: self.enqueue(new), self.enqueue)
        self._pods.add_handlers(self._pod_changed, self._pod_updated, self._pod_changed)
        self._slices.add_handlers(self._slice_changed, lambda _, new: self._slice_changed(new), self._slice_changed)

    def _pod_changed(self, pod: Document) -> None:
        labels = labels_of(pod)
        for service in self._services.cache.list(namespace_of(pod)):
            if selects(service, labels):
                self.enqueue(service)

    def _pod_updated(self, old: Document, new: Document) -> None:
        if as_seen(old) == as_seen(new):
            return
        self._pod_changed(new)
        if labels_of(old) != labels_of(new):
            self._pod_changed(old)

    def _slice_changed(self, slice_: Document) -> None:
        for key in _service_of(slice_):
            if labels_of(slice_).get(MANAGED_BY) == MANAGER:
                self.queue.add(key)

    async def sync(self, key: str) -> None:
        service = cached(self._services.cache, key)
        if service is None or is_deleting(service) or not has_endpoints(service):
            return  # slices of a deleted Service go with their owner
        if not self._written.are_seen(key):
            self.queue.add_after(key, LOOK_AGAIN_NS)
            return
        there = [s for s in self._slices.cache.by_index("service", key) if labels_of(s).get(MANAGED_BY) == MANAGER]
        pods = [pod for pod in self._pods.cache.list(namespace_of(service)) if selects(service, labels_of(pod))]
        wanted = self._wanted(service, pods)
        actions: list[str] = []
        writes: list[tuple[str, Document]] = []
        for index, new in enumerate(wanted):
            if index >= len(there):
                actions.append(f"created a slice of {len(new['endpoints'])}")
                writes.append(("create", new))
            elif _content(there[index]) != _content(new):
                metadata = {**there[index]["metadata"], "labels": new["metadata"]["labels"]}
                actions.append(f"updated {name_of(there[index])} to {len(new['endpoints'])}")
                writes.append(("update", {**new, "metadata": metadata}))
        for extra in there[len(wanted) :]:
            actions.append(f"deleted {name_of(extra)}")
            writes.append(("delete", extra))
        ready = sum(1 for pod in pods if pod_is_ready(pod))
        self.acted(
            key, observed=f"{len(pods)} Pods behind it, {ready} ready", difference="its slices say otherwise",
            actions=actions,
        )
        for verb, slice_ in writes:
            await self._write(key, verb, slice_)

    async def _write(self, key: str, verb: str, slice_: Document) -> None:
        if verb == "delete":
            await self.api.delete(ENDPOINTSLICES, name_of(slice_), namespace_of(slice_))
            return
        written = await (self.api.create if verb == "create" else self.api.update)(ENDPOINTSLICES, slice_)
        self._written.note(key, written)

    def _wanted(self, service: Document, pods: list[Document]) -> list[Document]:
        """The slices that there ought to be: those of Pods with the same ports together, in the order of the Pods'
        names; an empty one where there is nothing to list."""
        by_ports: dict[str, tuple[list[Document], list[Document]]] = {}
        for pod in sorted(pods, key=name_of):
            if not dig(pod, "status", "podIP") or pod_is_terminal(pod):
                continue
            ports = ports_of(service, pod)
            by_ports.setdefault(repr(ports), (ports, []))[1].append(endpoint_of(service, pod, self._zone_of(pod)))
        slices = []
        for ports, endpoints in by_ports.values() or [([], [])]:
            for begin in range(0, max(1, len(endpoints)), ENDPOINTS_MOST):
                slices.append(_slice(service, ports, endpoints[begin : begin + ENDPOINTS_MOST]))
        return slices

    def _zone_of(self, pod: Document) -> str:
        return labels_of(self._nodes.cache.get("", node_name_of(pod)) or {}).get(ZONE, "")


def has_endpoints(service: Mapping[str, Any]) -> bool:
    """Whether the Service's endpoints are ours to keep: without a selector they are somebody else's."""
    return bool(dig(service, "spec", "selector")) and dig(service, "spec", "type") != "ExternalName"


def is_headless(service: Mapping[str, Any]) -> bool:
    return str(dig(service, "spec", "clusterIP", default="")) in ("", "None")


def endpoint_of(service: Mapping[str, Any], pod: Document, zone: str = "") -> Document:
    """A Pod as an endpoint. One that is going counts as not ready, though it may still serve."""
    serving = pod_is_ready(pod)
    always = bool(dig(service, "spec", "publishNotReadyAddresses"))
    endpoint: Document = {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {
            "ready": always or (serving and not is_deleting(pod)), "serving": serving, "terminating": is_deleting(pod),
        },
        "targetRef": {"kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod), "uid": uid_of(pod)},
    }
    if node_name_of(pod):
        endpoint["nodeName"] = node_name_of(pod)
    if zone:
        endpoint["zone"] = zone
    hostname = dig(pod, "spec", "hostname")
    if hostname and dig(pod, "spec", "subdomain") == name_of(service):
        endpoint["hostname"] = hostname
    return endpoint


def selects(service: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a Service's selector picks Pods of these labels; without one it picks none."""
    selector = dig(service, "spec", "selector", default={})
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def ports_of(service: Mapping[str, Any], pod: Mapping[str, Any]) -> list[Document]:
    """The ports of a Service as they are on one Pod: a named target port is that of the Pod's container."""
    ports = []
    for port in dig(service, "spec", "ports", default=[]):
        number = port.get("targetPort", port["port"])
        if isinstance(number, str):
            number = next(
                (
                    declared["containerPort"]
                    for container in dig(pod, "spec", "containers", default=[])
                    for declared in container.get("ports") or ()
                    if declared.get("name") == number
                ),
                None,
            )
        if number is not None:
            ports.append({"name": port.get("name", ""), "port": number, "protocol": port.get("protocol", "TCP")})
    return ports


def _slice(service: Document, ports: list[Document], endpoints: list[Document]) -> Document:
    return {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {
            "generateName": f"{name_of(service)}-", "namespace": namespace_of(service),
            "labels": {
                **labels_of(service), **({HEADLESS: ""} if is_headless(service) else {}),
                SERVICE_NAME: name_of(service), MANAGED_BY: MANAGER,
            },
            "ownerReferences": [owner_reference({"apiVersion": "v1", "kind": "Service", **service})],
        },
        "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
    }


def _content(slice_: Mapping[str, Any]) -> tuple[Any, ...]:
    return (slice_.get("endpoints") or [], slice_.get("ports") or [], labels_of(slice_))


def _service_of(slice_: Document) -> list[str]:
    service = labels_of(slice_).get(SERVICE_NAME)
    return [f"{namespace_of(slice_)}/{service}"] if service else []


def as_seen(pod: Document) -> tuple[Any, ...]:
    """What of a Pod matters to its Services."""
    return (
        labels_of(pod), dig(pod, "status", "podIP"), node_name_of(pod), pod_is_ready(pod), is_deleting(pod),
        pod_is_terminal(pod),
    )
