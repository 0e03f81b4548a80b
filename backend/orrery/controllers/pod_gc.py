"""Clears away Pods that nobody else will: those of Nodes that are gone, those that were deleted before they had a Node,
and the oldest of very many that have ended.

Source: Kubernetes, pkg/controller/podgc.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached, key_of
from orrery.kernel import NO_CAUSE, SECOND
from orrery.machinery.objects import (
    conditions_of,
    is_deleting,
    name_of,
    namespace_of,
    node_name_of,
    pod_is_terminal,
    set_condition,
    uid_of,
)
from orrery.machinery.resources import NODES, PODS
from orrery.machinery.wire import StatusError

Document = dict[str, Any]

PERIOD_NS = 20 * SECOND
QUARANTINE_NS = 40 * SECOND  # a Node must have been missing for so long

ENDED = "it has ended, as have very many"
UNSCHEDULED = "it was deleted before it had a node"


class PodGarbageCollector(Controller):
    """Keys are Pods that are to go at once."""

    name = "pod-garbage-collector"
    workers = 1

    def start(self) -> None:
        self._pods = self.informers.of(PODS)
        self._nodes = self.informers.of(NODES)
        self._missing_since_ns: dict[str, int] = {}
        self._reasons: dict[str, str] = {}  # by uid

    def run(self) -> None:
        super().run()
        self.process.call_later(PERIOD_NS, self._look)

    def _look(self) -> None:
        self.process.kernel.cause = NO_CAUSE
        pods = self._pods.cache.list()
        self._watch_nodes(pods)
        self._reasons = {uid_of(pod): ENDED for pod in surplus(pods, self.config.terminated_pod_gc_threshold)}
        for pod in pods:
            if self._reason(pod):
                self.queue.add(key_of(pod))
        self.process.call_later(PERIOD_NS, self._look)

    def _watch_nodes(self, pods: list[Document]) -> None:
        """Notes since when Nodes of Pods have been missing."""
        named = [node for pod in pods if (node := node_name_of(pod))]
        missing = [node for node in dict.fromkeys(named) if self._nodes.cache.get("", node) is None]
        now_ns = self.process.now_ns
        self._missing_since_ns = {node: self._missing_since_ns.get(node, now_ns) for node in missing}

    def _reason(self, pod: Document) -> str:
        """Why the Pod is to go; empty if it is not."""
        node = node_name_of(pod)
        since_ns = self._missing_since_ns.get(node)
        if since_ns is not None and self.process.now_ns - since_ns >= QUARANTINE_NS:
            return f"its node, {node}, is gone"
        if is_deleting(pod) and not node:
            return UNSCHEDULED
        return self._reasons.get(uid_of(pod), "")

    async def sync(self, key: str) -> None:
        pod = cached(self._pods.cache, key)
        reason = self._reason(pod) if pod is not None else ""
        if pod is None or not reason:
            return
        node = node_name_of(pod)
        orphan = node in self._missing_since_ns
        if orphan and await self._is_there(node):
            return
        self.acted(key, observed=reason, difference="it must go", actions=["deleted it"])
        if not pod_is_terminal(pod):
            await self._fail(pod, orphan)
        await self.api.delete(PODS, name_of(pod), namespace_of(pod), grace_period_s=0, uid=uid_of(pod))

    async def _is_there(self, node: str) -> bool:
        """Asks the server: the cache may be behind."""
        try:
            await self.api.get(NODES, node)
        except StatusError as error:
            if error.code != 404:
                raise
            return False
        return True

    async def _fail(self, pod: Document, orphan: bool) -> None:
        """The Pod's end, for whoever counts how Pods end."""
        status: Document = {"phase": "Failed"}
        if orphan:
            status["conditions"] = set_condition(conditions_of(pod), {
                "type": "DisruptionTarget", "status": "True", "reason": "DeletionByPodGC",
                "message": "PodGC: node no longer exists",
            }, self.process.timestamp())
        patch = {"metadata": {"uid": uid_of(pod)}, "status": status}
        await self.api.patch(PODS, name_of(pod), patch, namespace_of(pod), type="strategic", subresource="status")


def surplus(pods: list[Document], most: int) -> list[Document]:
    """Of the Pods that have ended, the oldest beyond so many."""
    ended = sorted(
        (pod for pod in pods if pod_is_terminal(pod)),
        key=lambda pod: (pod["metadata"].get("creationTimestamp", ""), name_of(pod)),
    )
    return ended[: max(0, len(ended) - most)]
