"""Keeps the Endpoints object of each Service: the older form of EndpointSlices, which some clients still read.

Source: Kubernetes, pkg/controller/endpoint.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached
from orrery.controllers.endpointslice import HEADLESS, as_seen, has_endpoints, is_headless, ports_of, selects
from orrery.machinery.objects import (
    dig,
    is_deleting,
    labels_of,
    meta,
    name_of,
    namespace_of,
    pod_is_ready,
    pod_is_terminal,
    uid_of,
)
from orrery.machinery.resources import ENDPOINTS, PODS, SERVICES

Document = dict[str, Any]

MANAGED_BY = "endpoints.kubernetes.io/managed-by"
MANAGER = "endpoint-controller"


class EndpointsController(Controller):
    """Keys are Services."""

    name = "endpoints"
    component = "endpoint-controller"

    def start(self) -> None:
        self._services = self.informers.of(SERVICES)
        self._pods = self.informers.of(PODS)
        self._endpoints = self.informers.of(ENDPOINTS)
        self._services.add_handlers(self.enqueue, lambda _, new: self.enqueue(new), self.enqueue)
        self._pods.add_handlers(self._pod_changed, self._pod_updated, self._pod_changed)
        self._endpoints.add_handlers(on_delete=self.enqueue)

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

    async def sync(self, key: str) -> None:
        service = cached(self._services.cache, key)
        there = cached(self._endpoints.cache, key)
        if service is None:
            if there is not None and labels_of(there).get(MANAGED_BY) == MANAGER:
                await self.api.delete(ENDPOINTS, name_of(there), namespace_of(there))
            return
        if is_deleting(service) or not has_endpoints(service):
            return
        pods = [pod for pod in self._pods.cache.list(namespace_of(service)) if selects(service, labels_of(pod))]
        subsets, labels = subsets_of(service, pods), _labels(service)
        if there is None:
            await self.api.create(ENDPOINTS, {
                "apiVersion": "v1", "kind": "Endpoints",
                "metadata": {"name": name_of(service), "namespace": namespace_of(service), "labels": labels},
                "subsets": subsets,
            })
        elif (there.get("subsets") or []) != subsets or labels_of(there) != labels:
            metadata = {**meta(there), "labels": labels}
            await self.api.update(ENDPOINTS, {**there, "metadata": metadata, "subsets": subsets})


def _labels(service: Document) -> dict[str, str]:
    return {**labels_of(service), **({HEADLESS: ""} if is_headless(service) else {}), MANAGED_BY: MANAGER}


def subsets_of(service: Document, pods: list[Document]) -> list[Document]:
    """The addresses behind a Service: one subset for each set of ports, ready and not ready apart, in the order of the
    Pods' names. With publishNotReadyAddresses all count as ready, those that are going too."""
    always = bool(dig(service, "spec", "publishNotReadyAddresses"))
    groups: dict[str, Document] = {}
    for pod in sorted(pods, key=name_of):
        address = dig(pod, "status", "podIP")
        if not address or pod_is_terminal(pod) or (is_deleting(pod) and not always):
            continue
        ports = ports_of(service, pod)
        subset = groups.setdefault(repr(ports), {"ports": ports} if ports else {})
        kind = "addresses" if always or pod_is_ready(pod) else "notReadyAddresses"
        subset.setdefault(kind, []).append({
            "ip": address, "nodeName": dig(pod, "spec", "nodeName"),
            "targetRef": {"kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod), "uid": uid_of(pod)},
        })
    return list(groups.values())
