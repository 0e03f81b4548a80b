"""Notices that a node has fallen silent, says so, and taints it.

Every five seconds each node's lease and status are looked at. A node whose lease was not renewed within the grace
period has its conditions set to Unknown ("Kubelet stopped posting node status.") and its Pods marked not ready.
Conditions become taints (`node_taints.py`): NoSchedule at once, NoExecute one node of a zone after the other, and not
at all while most of a zone is down, since then the fault is more likely to be with the network than with the nodes.
The taint-eviction controller does the evicting.

Source: Kubernetes, pkg/controller/nodelifecycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orrery.controllers import node_taints as taints
from orrery.controllers.controller import Controller
from orrery.kernel import NO_CAUSE, SECOND
from orrery.machinery.objects import (
    condition_is_true,
    conditions_of,
    dig,
    find_condition,
    is_deleting,
    meta,
    name_of,
    namespace_of,
    node_name_of,
    pod_is_ready,
    set_condition,
    uid_of,
)
from orrery.machinery.resources import LEASES, NODES, PODS
from orrery.machinery.wire import StatusError

Document = dict[str, Any]

LEASE_NAMESPACE = "kube-node-lease"
CONDITIONS = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")  # what a kubelet reports


@dataclass(slots=True)
class _Health:
    """What was last seen of a node, and when it last changed."""

    heartbeat: str
    heard_ns: int
    uid: str


class NodeLifecycleController(Controller):
    """Keys are nodes."""

    name = "node-lifecycle"
    component = "node-controller"
    workers = 1

    def start(self) -> None:
        self._nodes = self.informers.of(NODES)
        self._leases = self.informers.of(LEASES)
        self._pods = self.informers.of(PODS, node=lambda pod: [node_name_of(pod)])
        self._health: dict[str, _Health] = {}
        self._silent: dict[str, None] = {}  # nodes of which we have said that they are
        self._tainted_ns: dict[str, int] = {}  # by zone: when NoExecute was last put on one of its nodes
        self._nodes.add_handlers(self.enqueue, self._node_updated)

    def run(self) -> None:
        super().run()
        self.process.call_later(self.config.node_monitor_period_ns, self._look)

    def _node_updated(self, old: Document, new: Document) -> None:
        if _as_seen(old) != _as_seen(new):
            self.enqueue(new)

    # -- who is silent

    def _look(self) -> None:
        """Looks at every node: cheap, and silent itself unless something has changed."""
        for node in self._nodes.cache.list():
            name = name_of(node)
            self.process.kernel.cause = NO_CAUSE
            silent_ns = self.process.now_ns - self._listen(node).heard_ns
            if silent_ns > self._grace_ns(node) and name not in self._silent:
                self._silent[name] = None
                if not _is_unknown(node):
                    self.process.start_flow(kind="eviction", title=f"node {name} is silent", subject=name)
                    self.queue.add(name)
        for name in [known for known in self._health if self._nodes.cache.get("", known) is None]:
            self._tell(
                {"metadata": {"name": name, "uid": self._health[name].uid}}, "RemovingNode",
                f"Node {name} event: Removing Node {name} from Controller",
            )
            del self._health[name]
            self._silent.pop(name, None)
        self.process.call_later(self.config.node_monitor_period_ns, self._look)

    def _grace_ns(self, node: Document) -> int:
        if find_condition(node, "Ready") is None:
            return self.config.node_startup_grace_period_ns
        return self.config.node_monitor_grace_period_ns

    def _listen(self, node: Document) -> _Health:
        """What is known of a node's health; a heartbeat that has changed is news from it."""
        name = name_of(node)
        heartbeat = self._heartbeat(node)
        health = self._health.get(name)
        if health is None:
            self._tell(node, "RegisteredNode", f"Node {name} event: Registered Node {name} in Controller")
        if health is None or health.heartbeat != heartbeat:
            health = self._health[name] = _Health(heartbeat, self.process.now_ns, uid_of(node))
            self._silent.pop(name, None)
        return health

    def _heartbeat(self, node: Document) -> str:
        lease = self._leases.cache.get(LEASE_NAMESPACE, name_of(node))
        ready = find_condition(node, "Ready") or {}
        own = ready.get("lastHeartbeatTime", "") if ready.get("status") != "Unknown" else ""
        return f"{dig(lease, 'spec', 'renewTime', default='') if lease else ''} {own}"

    # -- what is done about it

    async def sync(self, key: str) -> None:
        node = self._nodes.cache.get("", key)
        if node is None:
            return
        self._listen(node)
        if key in self._silent and not _is_unknown(node):
            node = await self._mark_unknown(node)
        if _is_unknown(node):
            await self._mark_pods_not_ready(node)
        if taints.all_down(self._nodes.cache.list()):  # what was begun on the first of them is called off
            for other in self._nodes.cache.list():
                if any(t["effect"] == "NoExecute" and t["key"] in taints.OURS for t in _taints_of(other)):
                    self.enqueue(other)
        await self._taint(node)

    async def _mark_unknown(self, node: Document) -> Document:
        now = self.process.timestamp()
        born = meta(node).get("creationTimestamp", now)
        conditions = conditions_of(node)
        for kind in CONDITIONS:
            known = find_condition(node, kind)
            conditions = set_condition(conditions, {
                "type": kind, "status": "Unknown", "lastHeartbeatTime": (known or {}).get("lastHeartbeatTime", born),
                "reason": "NodeStatusUnknown" if known else "NodeStatusNeverUpdated",
                "message": "Kubelet stopped posting node status." if known else "Kubelet never posted node status.",
            }, now)
        name = name_of(node)
        grace_s = self.config.node_monitor_grace_period_ns // SECOND
        self.acted(
            name, observed=f"no renewal of its lease for {grace_s} s", difference="it counts as Ready",
            actions=["set its conditions to Unknown"],
        )
        self._tell(node, "NodeNotReady", f"Node {name} status is now: NodeNotReady")
        return await self.api.patch(
            NODES, name, {"status": {"conditions": conditions}}, type="strategic", subresource="status"
        )

    async def _mark_pods_not_ready(self, node: Document) -> None:
        now = self.process.timestamp()
        for pod in self._pods.cache.by_index("node", name_of(node)):
            if not pod_is_ready(pod):
                continue
            conditions = set_condition(conditions_of(pod), {"type": "Ready", "status": "False"}, now)
            try:
                await self.api.patch(
                    PODS, name_of(pod), {"status": {"conditions": conditions}}, namespace_of(pod), type="strategic",
                    subresource="status",
                )
            except StatusError as error:
                if error.code != 404:
                    raise
            self.recorder.event(pod, "Warning", "NodeNotReady", "Node is not ready")

    async def _taint(self, node: Document) -> None:
        name, there = name_of(node), _taints_of(node)
        again_ns = self._evict_in_ns(node)
        wanted = taints.wanted_taints(
            node, there, may_execute=again_ns == 0, now=self.process.timestamp(),
            everything_down=taints.all_down(self._nodes.cache.list()),
        )
        had, has = [taints.bare(t) for t in there], [taints.bare(t) for t in wanted]
        if taints.needs_execute(node, wanted):
            self.queue.add_after(name, again_ns or taints.EVICTION_PERIOD_NS)
        if sorted(had) == sorted(has):
            return
        if any(t["effect"] == "NoExecute" for t in wanted) and not any(t["effect"] == "NoExecute" for t in there):
            self._tainted_ns[taints.zone_of(node)] = self.process.now_ns
        self.acted(
            name, observed=f"Ready is {(find_condition(node, 'Ready') or {}).get('status', 'missing')}",
            difference="its taints say otherwise", actions=[
                *(f"tainted it {key}:{effect}" for key, value, effect in has if (key, value, effect) not in had),
                *(f"took off {key}:{effect}" for key, value, effect in had if (key, value, effect) not in has),
            ],
        )
        patch = {"metadata": {"resourceVersion": node["metadata"]["resourceVersion"]}, "spec": {"taints": wanted}}
        await self.api.patch(NODES, name, patch, type="merge")

    def _evict_in_ns(self, node: Document) -> int:
        """How long until this node may get NoExecute, or until to ask again: 0 if it may now."""
        zone = taints.zone_of(node)
        nodes = [other for other in self._nodes.cache.list() if taints.zone_of(other) == zone]
        ready = sum(1 for other in nodes if condition_is_true(other, "Ready"))
        period_ns = taints.eviction_period_ns(ready, len(nodes) - ready)
        if period_ns is None:
            return taints.EVICTION_PERIOD_NS
        last_ns = self._tainted_ns.get(zone)
        return 0 if last_ns is None else max(0, last_ns + period_ns - self.process.now_ns)

    def _tell(self, node: Document, reason: str, message: str) -> None:
        reference = {"kind": "Node", "apiVersion": "v1", "name": name_of(node), "uid": uid_of(node)}
        self.recorder.event(reference, "Normal", reason, message)


def _is_unknown(node: Document) -> bool:
    return (find_condition(node, "Ready") or {}).get("status") == "Unknown"


def _as_seen(node: Document) -> tuple[Any, ...]:
    """What of a node matters here."""
    return (
        [(c["type"], c["status"]) for c in conditions_of(node)], dig(node, "spec", "taints"),
        dig(node, "spec", "unschedulable"), is_deleting(node),
    )


def _taints_of(node: Document) -> list[Document]:
    there: list[Document] = dig(node, "spec", "taints", default=[])
    return there
