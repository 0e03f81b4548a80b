"""Clears away Pods that nobody else will: those of Nodes that are gone, and the oldest of very many that have ended.

Source: Kubernetes, pkg/controller/podgc.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached, key_of
from orrery.kernel import NO_CAUSE, SECOND
from orrery.machinery.objects import is_deleting, name_of, namespace_of, node_name_of, pod_is_terminal, uid_of
from orrery.machinery.resources import NODES, PODS

Document = dict[str, Any]

PERIOD_NS = 20 * SECOND
QUARANTINE_NS = 40 * SECOND  # a Node must have been missing for so long


class PodGarbageCollector(Controller):
    """Keys are Pods that are to be deleted at once."""

    name = "pod-garbage-collector"
    workers = 1

    def start(self) -> None:
        self._pods = self.informers.of(PODS)
        self._nodes = self.informers.of(NODES)
        self._missing_since_ns: dict[str, int] = {}

    def run(self) -> None:
        super().run()
        self.process.call_later(PERIOD_NS, self._look)

    def _look(self) -> None:
        self.process.kernel.cause = NO_CAUSE
        pods = self._pods.cache.list()
        for pod in (*self._orphans(pods), *self._unscheduled(pods), *self._ended(pods)):
            self.queue.add(key_of(pod))
        self.process.call_later(PERIOD_NS, self._look)

    def _orphans(self, pods: list[Document]) -> list[Document]:
        missing = {
            node: None for pod in pods if (node := node_name_of(pod)) and self._nodes.cache.get("", node) is None
        }
        now_ns = self.process.now_ns
        self._missing_since_ns = {node: self._missing_since_ns.get(node, now_ns) for node in missing}
        long = {n: None for n, since_ns in self._missing_since_ns.items() if now_ns - since_ns >= QUARANTINE_NS}
        return [pod for pod in pods if node_name_of(pod) in long]

    def _unscheduled(self, pods: list[Document]) -> list[Document]:
        return [pod for pod in pods if is_deleting(pod) and not node_name_of(pod)]

    def _ended(self, pods: list[Document]) -> list[Document]:
        ended = [pod for pod in pods if pod_is_terminal(pod)]
        excess = len(ended) - self.config.terminated_pod_gc_threshold
        if excess <= 0:
            return []
        return sorted(ended, key=lambda p: (p["metadata"].get("creationTimestamp", ""), name_of(p)))[:excess]

    async def sync(self, key: str) -> None:
        pod = cached(self._pods.cache, key)
        if pod is None:
            return
        self.acted(key, observed="a Pod that nobody looks after", difference="it must go", actions=["deleted it"])
        await self.api.delete(PODS, name_of(pod), namespace_of(pod), grace_period_s=0, uid=uid_of(pod))
