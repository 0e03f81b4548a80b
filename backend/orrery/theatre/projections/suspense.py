"""What is unsettled: while something is, time may run through the waiting; when nothing is, it need not hurry.

A Pod on its way up or down, a Deployment short of replicas, a dead kubelet that nobody has missed yet, an etcd without
a leader. What will not change by waiting (a Pod that fits nowhere, a Pod lost with its node) is not suspense.
"""

from orrery.etcd.events import EtcdApplied
from orrery.kernel import Kernel
from orrery.machinery.objects import dig, find_condition, is_deleting, pod_is_ready, pod_is_terminal
from orrery.machinery.resources import DEPLOYMENTS, NODES, PODS
from orrery.theatre.projections.consensus import Consensus
from orrery.theatre.projections.objects import Objects, Stored
from orrery.theatre.projections.workloads import readiness


class Suspense:
    """Follows the objects; asked by the director."""

    def __init__(self, kernel: Kernel, objects: Objects, consensus: Consensus) -> None:
        self._kernel = kernel
        self._objects = objects
        self._consensus = consensus
        self._pods: dict[str, str] = {}  # unsettled Pods: key and node
        self._workloads: dict[str, None] = {}
        self.changed_ns = 0  # when something last became settled or unsettled
        objects.watch(self._changed)

    def unsettled(self) -> bool:
        """Whether waiting may change something."""
        return self.leaderless() or bool(self._workloads) or self._missing_node() or self._moving_pod()

    def leaderless(self) -> bool:
        """etcd has no leader, yet enough members to elect one."""
        return self._consensus.leader is None and self._consensus.has_quorum()

    def _moving_pod(self) -> bool:
        return any(not node or self._ready(node) == "True" for node in self._pods.values())

    def _missing_node(self) -> bool:
        """A node whose kubelet is dead and that is still taken for alive, or whose Pods are still to be evicted."""
        for node in self._objects.all_of(NODES):
            host = self._kernel.hosts.get(node.name)
            kubelet = host.processes.get("kubelet") if host is not None else None
            alive = kubelet is not None and kubelet.state == "running"
            if alive != (readiness(node.document) == "True") or (not alive and self._has_pods(node.name)):
                return True
        return False

    def _has_pods(self, node: str) -> bool:
        return any(
            dig(pod.document, "spec", "nodeName") == node and not is_deleting(pod.document)
            for pod in self._objects.all_of(PODS)
        )

    def _ready(self, node: str) -> str:
        stored = self._objects.get(NODES, "", node)
        return readiness(stored.document) if stored is not None else "Unknown"

    def _changed(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        either = after or before
        assert either is not None
        if either.resource is PODS:
            was = self._pods.pop(either.id, None)
            if after is not None and _is_moving(after):
                self._pods[either.id] = str(dig(after.document, "spec", "nodeName", default=""))
            if was != self._pods.get(either.id):
                self.changed_ns = event.time_ns
        elif either.resource is DEPLOYMENTS:
            self._workloads.pop(either.id, None)
            if after is not None and _is_short(after):
                self._workloads[either.id] = None
                self.changed_ns = event.time_ns
        elif (
            either.resource is NODES and before is not None and after is not None
            and readiness(before.document) != readiness(after.document)
        ):
            self.changed_ns = event.time_ns


def _is_moving(pod: Stored) -> bool:
    if is_deleting(pod.document):
        return True
    if pod_is_terminal(pod.document) or pod_is_ready(pod.document):
        return False
    scheduled = find_condition(pod.document, "PodScheduled")
    return scheduled is None or scheduled.get("status") != "False"


def _is_short(deployment: Stored) -> bool:
    wanted = dig(deployment.document, "spec", "replicas", default=1)
    status = deployment.document.get("status") or {}
    if status.get("observedGeneration", 0) < dig(deployment.document, "metadata", "generation", default=0):
        return True
    return bool(status.get("updatedReplicas", 0) < wanted or status.get("replicas", 0) != wanted)
