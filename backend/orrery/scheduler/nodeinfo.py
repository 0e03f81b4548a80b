"""What the scheduler knows of one Pod and one node, worked out once and never changed in place.

A change makes a new NodeInfo with a higher generation, so a snapshot is a tuple of references that stays true while
the cluster moves on, and whoever keeps derived columns can tell which rows are new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from orrery.scheduler.requests import (
    NONZERO_DEFAULTS,
    Amounts,
    add,
    amounts,
    pod_requests,
    subtract,
)

Object = dict[str, Any]


class PodInfo:
    """A Pod and what plugins ask of it again and again."""

    __slots__ = ("key", "name", "namespace", "nonzero_requests", "object", "priority", "requests", "spec", "uid")

    def __init__(self, pod: Object) -> None:
        metadata = pod["metadata"]
        self.object = pod
        self.spec: Object = pod.get("spec") or {}
        self.name: str = metadata["name"]
        self.namespace: str = metadata.get("namespace") or "default"
        self.key = f"{self.namespace}/{self.name}"
        self.uid: str = metadata.get("uid") or self.key
        self.priority: int = self.spec.get("priority") or 0
        self.requests: Amounts = pod_requests(self.spec)
        self.nonzero_requests: Amounts = pod_requests(self.spec, NONZERO_DEFAULTS)

    @property
    def node_name(self) -> str:
        """The node the Pod is assigned to, or ""."""
        return self.spec.get("nodeName") or ""

    @property
    def tolerations(self) -> list[Object]:
        """The Pod's tolerations as written."""
        return self.spec.get("tolerations") or []


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """A node, what it has, what the Pods on it ask for, and its images.

    ``node`` is None while Pods are known on a node that is not (its removal was seen first); such a node is in no
    snapshot. ``generation`` grows with every change anywhere in the cache.
    """

    name: str
    node: Object | None = None
    generation: int = 0
    allocatable: Mapping[str, int] = field(default_factory=dict)
    requested: Amounts = field(default_factory=dict)
    nonzero_requested: Amounts = field(default_factory=dict)
    pods: Mapping[str, PodInfo] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Object, ...] = ()
    unschedulable: bool = False
    images: Mapping[str, int] = field(default_factory=dict)

    def with_node(self, node: Object | None, generation: int) -> NodeInfo:
        """The same Pods on a new state of the node."""
        spec = (node.get("spec") if node else None) or {}
        status = (node.get("status") if node else None) or {}
        return replace(
            self,
            node=node,
            generation=generation,
            allocatable=amounts(status.get("allocatable")),
            labels=(node["metadata"].get("labels") if node else None) or {},
            taints=tuple(spec.get("taints") or ()),
            unschedulable=bool(spec.get("unschedulable")),
            images={
                name: image.get("sizeBytes") or 0
                for image in status.get("images") or ()
                for name in image.get("names") or ()
            },
        )

    def with_pod(self, pod: PodInfo, generation: int) -> NodeInfo:
        """The node with ``pod`` on it as well (replacing an older state of the same Pod)."""
        base = self.without_pod(pod.uid, generation) if pod.uid in self.pods else self
        requested, nonzero = dict(base.requested), dict(base.nonzero_requested)
        add(requested, pod.requests)
        add(nonzero, pod.nonzero_requests)
        return replace(
            base,
            generation=generation,
            requested=requested,
            nonzero_requested=nonzero,
            pods={**base.pods, pod.uid: pod},
        )

    def without_pod(self, uid: str, generation: int) -> NodeInfo:
        """The node without that Pod; the same node if it was not there."""
        gone = self.pods.get(uid)
        if gone is None:
            return self
        requested, nonzero = dict(self.requested), dict(self.nonzero_requested)
        subtract(requested, gone.requests)
        subtract(nonzero, gone.nonzero_requests)
        return replace(
            self,
            generation=generation,
            requested=requested,
            nonzero_requested=nonzero,
            pods={other: info for other, info in self.pods.items() if other != uid},
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cluster as one scheduling cycle sees it: nodes in the order in which they are tried.

    ``image_nodes`` counts on how many nodes each image name is present.
    """

    nodes: tuple[NodeInfo, ...] = ()
    image_nodes: Mapping[str, int] = field(default_factory=dict)
    generation: int = 0
