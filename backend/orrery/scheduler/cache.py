"""The scheduler's picture of the cluster, kept up to date event by event.

Pods that the scheduler has placed but whose binding the watch has not confirmed yet are *assumed*: they take up room
at once, so that the next cycle does not give it away again. A binding that fails is *forgotten*.
Source: kube-scheduler ``backend/cache``.
"""

from __future__ import annotations

from orrery.machinery.objects import put
from orrery.scheduler.nodeinfo import NodeInfo, Object, PodInfo, Snapshot

_ZONE = "topology.kubernetes.io/zone"
_REGION = "topology.kubernetes.io/region"


class Cache:
    """Nodes by name and assigned Pods by UID; ``snapshot`` is what a cycle works on."""

    def __init__(self) -> None:
        self._nodes: dict[str, NodeInfo] = {}
        self._pods: dict[str, PodInfo] = {}
        self._assumed: dict[str, None] = {}
        self._image_nodes: dict[str, int] = {}
        self._generation = 0
        self._order: tuple[str, ...] | None = None
        self._snapshot: Snapshot | None = None

    def set_node(self, node: Object) -> None:
        """A node appeared or changed."""
        name = node["metadata"]["name"]
        old = self._nodes.get(name) or NodeInfo(name)
        new = old.with_node(node, self._next_generation())
        self._count_images(old, new)
        self._nodes[name] = new
        if old.node is None or _zone_of(old) != _zone_of(new):
            self._order = None

    def remove_node(self, name: str) -> None:
        """A node is gone; Pods still known on it keep their place until their own removal is seen."""
        old = self._nodes.get(name)
        if old is None:
            return
        new = old.with_node(None, self._next_generation())
        self._count_images(old, new)
        self._order = None
        if new.pods:
            self._nodes[name] = new
        else:
            del self._nodes[name]

    def set_pod(self, pod: Object) -> None:
        """An assigned Pod appeared or changed; confirms it if it was assumed."""
        uid = pod["metadata"].get("uid")
        known = self._pods.get(uid) if uid else None
        if known is not None:
            self._assumed.pop(known.uid, None)
            if _same_for_scheduling(known.object, pod):
                return
            if known.node_name != pod["spec"].get("nodeName"):
                self._take_off(known)
        self._place(PodInfo(pod))

    def remove_pod(self, uid: str) -> PodInfo | None:
        """An assigned Pod is gone, or came to its end; returns what was known of it."""
        known = self._pods.pop(uid, None)
        if known is not None:
            self._assumed.pop(uid, None)
            self._take_off(known)
        return known

    def assume(self, pod: PodInfo, node_name: str) -> PodInfo:
        """Place ``pod`` on the node before the API server knows; returns the Pod as placed."""
        placed = PodInfo(put(pod.object, "spec", "nodeName", value=node_name))
        self._place(placed)
        self._assumed[placed.uid] = None
        return placed

    def forget(self, uid: str) -> bool:
        """Take an assumed Pod back; False if it is not assumed (any longer)."""
        if uid not in self._assumed:
            return False
        self.remove_pod(uid)
        return True

    def is_assumed(self, uid: str) -> bool:
        """True while the placement of that Pod waits for the watch to confirm it."""
        return uid in self._assumed

    def snapshot(self) -> Snapshot:
        """The cluster as it is now. The same object as before if nothing changed."""
        if self._snapshot is None or self._snapshot.generation != self._generation:
            if self._order is None:
                self._order = _zone_by_zone([node for node in self._nodes.values() if node.node is not None])
            nodes = self._nodes
            self._snapshot = Snapshot(
                tuple([nodes[name] for name in self._order]), dict(self._image_nodes), self._generation
            )
        return self._snapshot

    def _next_generation(self) -> int:
        self._generation += 1
        return self._generation

    def _place(self, pod: PodInfo) -> None:
        self._pods[pod.uid] = pod
        node = self._nodes.get(pod.node_name) or NodeInfo(pod.node_name)
        self._nodes[pod.node_name] = node.with_pod(pod, self._next_generation())

    def _take_off(self, pod: PodInfo) -> None:
        node = self._nodes.get(pod.node_name)
        if node is None:
            return
        left = node.without_pod(pod.uid, self._next_generation())
        if left.node is None and not left.pods:
            del self._nodes[pod.node_name]
        else:
            self._nodes[pod.node_name] = left

    def _count_images(self, old: NodeInfo, new: NodeInfo) -> None:
        if old.images == new.images:
            return
        counts = self._image_nodes
        for image in new.images:
            counts[image] = counts.get(image, 0) + 1
        for image in old.images:
            counts[image] -= 1
            if not counts[image]:
                del counts[image]


def _same_for_scheduling(old: Object, new: Object) -> bool:
    return bool(old["spec"] == new["spec"]) and old["metadata"].get("labels") == new["metadata"].get("labels")


def _zone_of(node: NodeInfo) -> tuple[str, str]:
    return node.labels.get(_REGION, ""), node.labels.get(_ZONE, "")


def _zone_by_zone(nodes: list[NodeInfo]) -> tuple[str, ...]:
    """Node names with one node of each zone in turn, so that a cycle that looks at some nodes sees all zones."""
    zones: dict[tuple[str, str], list[str]] = {}
    for node in nodes:
        zones.setdefault(_zone_of(node), []).append(node.name)
    if len(zones) == 1:
        return tuple(node.name for node in nodes)
    order: list[str] = []
    for turn in range(max((len(names) for names in zones.values()), default=0)):
        order.extend(names[turn] for names in zones.values() if turn < len(names))
    return tuple(order)
