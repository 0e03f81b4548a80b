"""Evicts Pods from nodes that bear NoExecute taints which they do not tolerate, or have tolerated long enough.

Source: Kubernetes, pkg/controller/tainteviction. A Pod that tolerates every such taint for a number of seconds is
deleted when the least of them is over; if the taints go before, it stays.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached, key_of
from orrery.kernel import SECOND
from orrery.machinery.objects import (
    conditions_of,
    dig,
    is_deleting,
    name_of,
    namespace_of,
    node_name_of,
    pod_is_terminal,
    set_condition,
    uid_of,
)
from orrery.machinery.resources import NODES, PODS
from orrery.machinery.tolerations import NO_EXECUTE, tolerates

Document = dict[str, Any]


class TaintEvictionController(Controller):
    """Keys are Pods. `_since_ns` remembers, by Pod uid, since when it has stood on a tainted node."""

    name = "taint-eviction"

    def start(self) -> None:
        self._nodes = self.informers.of(NODES)
        self._pods = self.informers.of(PODS, node=lambda pod: [node_name_of(pod)])
        self._since_ns: dict[str, int] = {}
        self._nodes.add_handlers(self._node_added, self._node_updated)
        self._pods.add_handlers(self._pod_changed, self._pod_updated, self._pod_deleted)

    def _node_added(self, node: Document) -> None:
        if executing(node):
            self._enqueue_all(node)

    def _node_updated(self, old: Document, new: Document) -> None:
        if executing(old) != executing(new):
            self._enqueue_all(new)

    def _enqueue_all(self, node: Document) -> None:
        for pod in self._pods.cache.by_index("node", name_of(node)):
            self.enqueue(pod)

    def _pod_changed(self, pod: Document) -> None:
        node = self._nodes.cache.get("", node_name_of(pod))
        if node is not None and executing(node):
            self.enqueue(pod)

    def _pod_updated(self, old: Document, new: Document) -> None:
        if node_name_of(old) != node_name_of(new) or dig(old, "spec", "tolerations") != dig(new, "spec", "tolerations"):
            self._pod_changed(new)

    def _pod_deleted(self, pod: Document) -> None:
        self._since_ns.pop(uid_of(pod), None)

    async def sync(self, key: str) -> None:
        pod = cached(self._pods.cache, key)
        if pod is None or is_deleting(pod) or pod_is_terminal(pod):
            return
        node = self._nodes.cache.get("", node_name_of(pod))
        seconds = tolerated_seconds(pod, executing(node) if node is not None else [])
        if seconds is None:
            if self._since_ns.pop(uid_of(pod), None) is not None:
                self.recorder.event(
                    pod, "Normal", "TaintManagerEviction", f"Cancelling deletion of Pod {key_of(pod)}"
                )
            return
        since_ns = self._since_ns.setdefault(uid_of(pod), self.process.now_ns)
        left_ns = since_ns + seconds * SECOND - self.process.now_ns
        if left_ns > 0:
            self.queue.add_after(key, left_ns)
            return
        await self._evict(pod, key, seconds)

    async def _evict(self, pod: Document, key: str, seconds: int) -> None:
        node = node_name_of(pod)
        self.acted(
            key, observed=f"on {node}, which is tainted NoExecute",
            difference=f"tolerated for {seconds} s, and they are over" if seconds else "not tolerated",
            actions=["deleted it"],
        )
        self.recorder.event(pod, "Normal", "TaintManagerEviction", f"Marking for deletion Pod {key_of(pod)}")
        conditions = set_condition(conditions_of(pod), {
            "type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager",
            "message": "Taint manager: deleting due to NoExecute taint",
        }, self.process.timestamp())
        patch = {"metadata": {"uid": uid_of(pod)}, "status": {"conditions": conditions}}
        await self.api.patch(PODS, name_of(pod), patch, namespace_of(pod), type="strategic", subresource="status")
        await self.api.delete(PODS, name_of(pod), namespace_of(pod), uid=uid_of(pod))


def executing(node: Document) -> list[Document]:
    """The node's NoExecute taints."""
    return [taint for taint in dig(node, "spec", "taints", default=[]) if taint.get("effect") == NO_EXECUTE]


def tolerated_seconds(pod: Document, taints: list[Document]) -> int | None:
    """How long the Pod may stay in spite of these taints: 0 not at all, None for ever. For each taint the first
    toleration counts that matches it."""
    tolerations = dig(pod, "spec", "tolerations", default=[])
    limits: list[int] = []
    for taint in taints:
        toleration = next((one for one in tolerations if tolerates(one, taint)), None)
        if toleration is None:
            return 0
        if toleration.get("tolerationSeconds") is not None:
            limits.append(max(0, toleration["tolerationSeconds"]))
    return min(limits, default=None)
