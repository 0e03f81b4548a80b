"""Notices that a node has fallen silent, says so, and taints it.

Every five seconds each node's lease and status are looked at. A node whose lease was not renewed within the grace
period has its conditions set to Unknown ("Kubelet stopped posting node status.") and its Pods marked not ready.
Conditions become taints: NoSchedule at once, NoExecute at a limited rate, and not at all while most nodes are down,
since then the fault is more likely to be with the network than with the nodes. The taint-eviction controller does the
evicting.

Source: Kubernetes, pkg/controller/nodelifecycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orrery.controllers.controller import Controller
from orrery.kernel import NO_CAUSE, SECOND
from orrery.machinery.objects import (
    condition_is_true,
    conditions_of,
    dig,
    find_condition,
    is_deleting,
    name_of,
    namespace_of,
    node_name_of,
    pod_is_ready,
    set_condition,
)
from orrery.machinery.resources import LEASES, NODES, PODS
from orrery.machinery.wire import StatusError

Document = dict[str, Any]

LEASE_NAMESPACE = "kube-node-lease"
NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
PRESSURE = {
    "MemoryPressure": "node.kubernetes.io/memory-pressure",
    "DiskPressure": "node.kubernetes.io/disk-pressure",
    "PIDPressure": "node.kubernetes.io/pid-pressure",
}
OURS = (NOT_READY, UNREACHABLE, UNSCHEDULABLE, *PRESSURE.values())

EVICTION_PERIOD_NS = 10 * SECOND  # one node in so long: node-eviction-rate 0.1
LARGE_ZONE = 50  # nodes; below, a zone that is mostly down is not evicted from at all
SECONDARY_PERIOD_NS = 100 * SECOND  # secondary-node-eviction-rate 0.01
UNHEALTHY_SHARE = 0.55


@dataclass(slots=True)
class _Health:
    """What was last seen of a node, and when it last changed."""

    heartbeat: str
    heard_ns: int


class NodeLifecycleController(Controller):
    """Keys are nodes."""

    name = "node-lifecycle"
    workers = 1

    def start(self) -> None:
        self._nodes = self.informers.of(NODES)
        self._leases = self.informers.of(LEASES)
        self._pods = self.informers.of(PODS)
        self._health: dict[str, _Health] = {}
        self._silent: dict[str, None] = {}  # nodes of which we have said that they are
        self._tainted_ns: int | None = None  # when NoExecute was last put on a node
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
        now_ns = self.process.now_ns
        for node in self._nodes.cache.list():
            name = name_of(node)
            self.process.kernel.cause = NO_CAUSE
            health = self._listen(node)
            if now_ns - health.heard_ns > self.config.node_monitor_grace_period_ns and name not in self._silent:
                self._silent[name] = None
                self.process.start_flow(kind="eviction", title=f"node {name} is silent", subject=name)
                self.queue.add(name)
        for name in [known for known in self._health if self._nodes.cache.get("", known) is None]:
            del self._health[name]
            self._silent.pop(name, None)
        self.process.call_later(self.config.node_monitor_period_ns, self._look)

    def _listen(self, node: Document) -> _Health:
        """What is known of a node's health; a heartbeat that has changed is news from it."""
        name = name_of(node)
        heartbeat = self._heartbeat(node)
        health = self._health.get(name)
        if health is None or health.heartbeat != heartbeat:
            health = self._health[name] = _Health(heartbeat, self.process.now_ns)
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
        if key in self._silent and (find_condition(node, "Ready") or {}).get("status") != "Unknown":
            node = await self._mark_unknown(node)
        if not condition_is_true(node, "Ready"):
            await self._mark_pods_not_ready(node)
            if self._all_down():  # what was begun on the first of them is called off
                for other in self._nodes.cache.list():
                    if any(t["effect"] == "NoExecute" and t["key"] in OURS for t in _taints(other)):
                        self.enqueue(other)
        await self._taint(node)

    async def _mark_unknown(self, node: Document) -> Document:
        now = self.process.timestamp()
        conditions = conditions_of(node)
        for kind in ("Ready", *PRESSURE):
            known = find_condition(node, kind)
            conditions = set_condition(conditions, {
                "type": kind, "status": "Unknown", "lastHeartbeatTime": (known or {}).get("lastHeartbeatTime", now),
                "reason": "NodeStatusUnknown" if known else "NodeStatusNeverUpdated",
                "message": "Kubelet stopped posting node status." if known else "Kubelet never posted node status.",
            }, now)
        name = name_of(node)
        grace_s = self.config.node_monitor_grace_period_ns // SECOND
        self.acted(
            name, observed=f"no renewal of its lease for {grace_s} s", difference="it counts as Ready",
            actions=["set its conditions to Unknown"],
        )
        self.recorder.event(
            {"kind": "Node", "name": name, "uid": node["metadata"]["uid"]}, "Normal", "NodeNotReady",
            f"Node {name} status is now: NodeNotReady",
        )
        return await self.api.patch(
            NODES, name, {"status": {"conditions": conditions}}, type="strategic", subresource="status"
        )

    async def _mark_pods_not_ready(self, node: Document) -> None:
        now = self.process.timestamp()
        for pod in self._pods.cache.list():
            if node_name_of(pod) != name_of(node) or not pod_is_ready(pod):
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
        there = _taints(node)
        may_execute, again_ns = self._may_evict()
        now = self.process.timestamp()
        wanted = wanted_taints(node, there, may_execute=may_execute, all_down=self._all_down(), now=now)
        if _plain(wanted) == _plain(there):
            if again_ns and needs_execute(node, there):
                self.queue.add_after(name_of(node), again_ns)
            return
        if any(t["effect"] == "NoExecute" for t in wanted) and not any(t["effect"] == "NoExecute" for t in there):
            self._tainted_ns = self.process.now_ns
        added = [f"tainted it {t['key']}:{t['effect']}" for t in wanted if _bare(t) not in map(_bare, there)]
        removed = [f"took off {t['key']}:{t['effect']}" for t in there if _bare(t) not in map(_bare, wanted)]
        self.acted(
            name_of(node), observed=f"Ready is {(find_condition(node, 'Ready') or {}).get('status', 'missing')}",
            difference="its taints say otherwise", actions=[*added, *removed],
        )
        patch = {"metadata": {"resourceVersion": node["metadata"]["resourceVersion"]}, "spec": {"taints": wanted}}
        await self.api.patch(NODES, name_of(node), patch, type="merge")
        if needs_execute(node, wanted):
            self.queue.add_after(name_of(node), again_ns or EVICTION_PERIOD_NS)

    def _all_down(self) -> bool:
        """No node at all is ready: the network, or we, are at fault, and no Pod is to suffer for it."""
        return not any(condition_is_true(node, "Ready") for node in self._nodes.cache.list())

    def _may_evict(self) -> tuple[bool, int]:
        """Whether a node may get NoExecute now, and else when to ask again (in ns)."""
        nodes = self._nodes.cache.list()
        ready = sum(1 for node in nodes if condition_is_true(node, "Ready"))
        period_ns = eviction_period_ns(ready, len(nodes) - ready)
        if period_ns is None:
            return False, EVICTION_PERIOD_NS
        if self._tainted_ns is not None:
            left_ns = self._tainted_ns + period_ns - self.process.now_ns
            if left_ns > 0:
                return False, left_ns
        return True, 0


def eviction_period_ns(ready: int, not_ready: int) -> int | None:
    """How long to wait between the evictions of two nodes; None: evict from none.

    All nodes down: the network, or we, are at fault. Most of them down: slowly in a large zone, not at all in a small
    one.
    """
    if ready == 0 and not_ready > 0:
        return None
    if not_ready > 2 and not_ready / (ready + not_ready) >= UNHEALTHY_SHARE:
        return SECONDARY_PERIOD_NS if ready + not_ready > LARGE_ZONE else None
    return EVICTION_PERIOD_NS


def condition_taint(node: Document) -> str | None:
    """The taint that the Ready condition asks for."""
    status = (find_condition(node, "Ready") or {}).get("status")
    return {"False": NOT_READY, "Unknown": UNREACHABLE}.get(status or "Unknown")


def needs_execute(node: Document, taints: list[Document]) -> bool:
    """Whether the node ought to have NoExecute and has it not (yet)."""
    key = condition_taint(node)
    return key is not None and not any(t["key"] == key and t["effect"] == "NoExecute" for t in taints)


def wanted_taints(
    node: Document, there: list[Document], *, may_execute: bool, now: str, all_down: bool = False
) -> list[Document]:
    """The node's taints as its conditions ask for them; those of others are left alone.

    NoExecute is put on where `may_execute`, changes its key freely once it is there, and goes as soon as the node is
    ready.
    """
    wanted = [taint for taint in there if taint["key"] not in OURS]
    key = condition_taint(node)
    if key is not None:
        wanted.append({"key": key, "effect": "NoSchedule"})
        executing = [t for t in there if t["effect"] == "NoExecute" and t["key"] in (NOT_READY, UNREACHABLE)]
        if (executing or may_execute) and not all_down:
            added = next((t.get("timeAdded", now) for t in executing if t["key"] == key), now)
            wanted.append({"key": key, "effect": "NoExecute", "timeAdded": added})
    if dig(node, "spec", "unschedulable"):
        wanted.append({"key": UNSCHEDULABLE, "effect": "NoSchedule"})
    for kind, taint in PRESSURE.items():
        if condition_is_true(node, kind):
            wanted.append({"key": taint, "effect": "NoSchedule"})
    return wanted


def _as_seen(node: Document) -> tuple[Any, ...]:
    """What of a node matters here."""
    return (
        [(c["type"], c["status"]) for c in conditions_of(node)], dig(node, "spec", "taints"),
        dig(node, "spec", "unschedulable"), is_deleting(node),
    )


def _taints(node: Document) -> list[Document]:
    taints: list[Document] = dig(node, "spec", "taints", default=[])
    return taints


def _bare(taint: Document) -> tuple[str, str, str]:
    return (taint["key"], taint.get("value", ""), taint["effect"])


def _plain(taints: list[Document]) -> list[tuple[str, str, str]]:
    return sorted(_bare(taint) for taint in taints)
