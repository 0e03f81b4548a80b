"""Gives every Node a part of the Pod network of its own, of which its Pods get their addresses.

A Node that brings its part along (its kubelet was told) keeps it, and nobody else gets it. The search goes on behind
the part that was given last, so that one which comes free is not at once somebody else's. A Node for which none is
left waits until another Node goes. Without --cluster-cidr nothing is given.

Source: Kubernetes, pkg/controller/nodeipam/ipam (range_allocator.go, cidrset/cidr_set.go).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

from orrery.controllers.controller import Controller
from orrery.machinery.objects import dig, is_deleting, name_of, uid_of
from orrery.machinery.resources import NODES

Document = dict[str, Any]


class NodeIpamController(Controller):
    """Keys are Nodes. `_given` holds, by Node, what was given and is not in the cache yet: also after a write of which
    nobody knows whether it was carried out."""

    name = "node-ipam"
    component = "cidrAllocator"
    workers = 1

    def start(self) -> None:
        self._nodes = self.informers.of(NODES)
        self._given: dict[str, str] = {}
        self._next = 0
        if self.config.cluster_cidr:
            self._nodes.add_handlers(self.enqueue, self._updated, self._deleted)

    def _updated(self, _: Document, new: Document) -> None:
        if name_of(new) in self._given:
            self.enqueue(new)

    def _deleted(self, node: Document) -> None:
        """Its part is free: for one that waits, if any does."""
        self.enqueue(node)
        for other in self._nodes.cache.list():
            if not cidrs_of(other):
                self.enqueue(other)

    async def sync(self, key: str) -> None:
        node = self._nodes.cache.get("", key)
        if node is None or cidrs_of(node):
            self._given.pop(key, None)
            return
        if is_deleting(node):
            return
        cidr = self._given.get(key) or self._choose()
        if cidr is None:
            reference = {"kind": "Node", "apiVersion": "v1", "name": key, "uid": uid_of(node)}
            message = f"Node {key} status is now: CIDRNotAvailable"
            self.recorder.event(reference, "Normal", "CIDRNotAvailable", message)
            return
        self._given[key] = cidr
        self.acted(key, observed="no Pod network", difference="each Node needs one", actions=[f"gave it {cidr}"])
        patch = {"metadata": {"uid": uid_of(node)}, "spec": {"podCIDR": cidr, "podCIDRs": [cidr]}}
        await self.api.patch(NODES, key, patch, type="strategic")

    def _choose(self) -> str | None:
        cluster, mask = IPv4Network(self.config.cluster_cidr), self.config.node_cidr_mask_size
        taken = [cidr for node in self._nodes.cache.list() for cidr in cidrs_of(node)]
        index = next_free(cluster, mask, [*taken, *self._given.values()], self._next)
        if index is None:
            return None
        self._next = index + 1
        return str(part(cluster, mask, index))


def cidrs_of(node: Document) -> list[str]:
    """The parts of the Pod network that a Node has."""
    cidrs: list[str] = dig(node, "spec", "podCIDRs", default=[])
    alone = dig(node, "spec", "podCIDR")
    return cidrs or ([alone] if alone else [])


def part(cluster: IPv4Network, mask: int, index: int) -> IPv4Network:
    """The part of this number, each of a prefix length of `mask`."""
    return IPv4Network((int(cluster.network_address) + (index << (32 - mask)), mask))


def next_free(cluster: IPv4Network, mask: int, taken: Iterable[str], begin: int) -> int | None:
    """The number of the first part, from `begin` on and round the end, that touches nothing taken; None: there is none.

    What is taken may be of any size, outside the cluster's network, or no IPv4 network at all.
    """
    count = 1 << max(0, mask - cluster.prefixlen)
    used: dict[int, None] = {}
    for text in taken:
        network = _network(text)
        if network is not None and network.overlaps(cluster):
            first, last = (
                (int(address) - int(cluster.network_address)) >> (32 - mask)
                for address in (network.network_address, network.broadcast_address)
            )
            used.update(dict.fromkeys(range(max(0, first), min(count - 1, last) + 1)))
    candidates = ((begin + step) % count for step in range(count))
    return next((index for index in candidates if index not in used), None)


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None
