"""Keeps the Endpoints object of each Service: the older form of EndpointSlices, which some clients still read.

Source: Kubernetes, pkg/controller/endpoint.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached
from orrery.controllers.endpointslice import ports_of, selects
from orrery.machinery.objects import dig, is_deleting, labels_of, name_of, namespace_of, pod_is_ready, pod_is_terminal
from orrery.machinery.resources import ENDPOINTS, PODS, SERVICES

Document = dict[str, Any]

MANAGED_BY = "endpoints.kubernetes.io/managed-by"
MANAGER = "endpoint-controller"


class EndpointsController(Controller):
    """Keys are Services."""

    name = "endpoints"

    def start(self) -> None:
        self._services = self.informers.of(SERVICES)
        self._pods = self.informers.of(PODS)
        self._endpoints = self.informers.of(ENDPOINTS)
        self._services.add_handlers(self.enqueue, lambda _, new: self.enqueue(new), self.enqueue)
        self._pods.add_handlers(self._pod_changed, lambda _, new: self._pod_changed(new), self._pod_changed)

    def _pod_changed(self, pod: Document) -> None:
        labels = labels_of(pod)
        for service in self._services.cache.list(namespace_of(pod)):
            if selects(service, labels):
                self.enqueue(service)

    async def sync(self, key: str) -> None:
        service = cached(self._services.cache, key)
        there = cached(self._endpoints.cache, key)
        if service is None:
            if there is not None and labels_of(there).get(MANAGED_BY) == MANAGER:
                await self.api.delete(ENDPOINTS, name_of(there), namespace_of(there))
            return
        if not dig(service, "spec", "selector"):
            return
        pods = [pod for pod in self._pods.cache.list(namespace_of(service)) if selects(service, labels_of(pod))]
        subsets = subsets_of(service, pods)
        if there is None:
            await self.api.create(ENDPOINTS, {
                "apiVersion": "v1", "kind": "Endpoints",
                "metadata": {
                    "name": name_of(service), "namespace": namespace_of(service),
                    "labels": {**labels_of(service), MANAGED_BY: MANAGER},
                },
                "subsets": subsets,
            })
        elif (there.get("subsets") or []) != subsets:
            await self.api.update(ENDPOINTS, {**there, "subsets": subsets})


def subsets_of(service: Document, pods: list[Document]) -> list[Document]:
    """The addresses behind a Service: one subset for each set of ports, ready and not ready apart."""
    groups: dict[str, Document] = {}
    for pod in pods:
        address = dig(pod, "status", "podIP")
        if not address or pod_is_terminal(pod) or is_deleting(pod):
            continue
        ports = ports_of(service, pod)
        subset = groups.setdefault(repr(ports), {"ports": ports})
        kind = "addresses" if pod_is_ready(pod) else "notReadyAddresses"
        subset.setdefault(kind, []).append({
            "ip": address, "nodeName": dig(pod, "spec", "nodeName"),
            "targetRef": {
                "kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod), "uid": pod["metadata"]["uid"],
            },
        })
    return list(groups.values())
