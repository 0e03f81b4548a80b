"""Pods and Nodes, as the stage shows them."""

from collections.abc import Mapping
from typing import Any, cast

from orrery.etcd.events import EtcdApplied
from orrery.kernel import Kernel
from orrery.machinery.objects import controller_of, dig, find_condition, is_deleting, pod_is_ready
from orrery.machinery.quantity import milli, units
from orrery.machinery.resources import LEASES, NODES, PODS
from orrery.machinery.tables.pods import pod_status
from orrery.theatre.projections.machines import Machines
from orrery.theatre.projections.objects import Objects, Stored
from orrery.theatre.records import ContainerView, NodeRecord, PodPhase, PodRecord, Readiness
from orrery.theatre.stage import Stage

_LEADER_LEASES = ("kube-scheduler", "kube-controller-manager")


class Workloads:
    """Follows what is stored of Pods, Nodes and Leases; makes their records when they are looked at."""

    def __init__(self, stage: Stage, kernel: Kernel, objects: Objects, machines: Machines) -> None:
        self._stage = stage
        self._kernel = kernel
        self._objects = objects
        self._machines = machines
        self._decisions: dict[str, str] = {}  # by Pod uid
        self._ready_since_ns: dict[str, int] = {}
        self._by_node: dict[str, dict[str, Stored]] = {}
        objects.watch(self._changed)

    def decided(self, t_ns: int, pod_uid: str, decision: str) -> None:
        """A scheduling decision about a Pod."""
        self._decisions[pod_uid] = decision
        self._stage.touch(t_ns, f"pod/{pod_uid}", lambda: self._pod(pod_uid))

    def _changed(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        either = after or before
        assert either is not None
        if either.resource is PODS:
            self._pod_changed(event.time_ns, before, after)
        elif either.resource is NODES:
            self._node_changed(event.time_ns, before, after, either.name)
        elif either.resource is LEASES and after is not None:
            self._lease_changed(event.time_ns, after)

    # -- pods

    def _pod_changed(self, t_ns: int, before: Stored | None, after: Stored | None) -> None:
        for stored in (before, after):
            if stored is None:
                continue
            uid = stored.document["metadata"]["uid"]
            node = dig(stored.document, "spec", "nodeName", default="")
            pods = self._by_node.setdefault(node, {})
            if stored is after:
                pods[uid] = stored
            else:
                pods.pop(uid, None)
            if node:
                self._touch_node(t_ns, node)
            self._stage.touch(t_ns, f"pod/{uid}", lambda uid=uid: self._pod(uid))  # type: ignore[misc]

    def _find(self, uid: str) -> Stored | None:
        for pods in self._by_node.values():
            if uid in pods:
                return pods[uid]
        return None

    def _pod(self, uid: str) -> PodRecord | None:
        stored = self._find(uid)
        if stored is None:
            self._decisions.pop(uid, None)
            return None
        pod = stored.document
        owner = controller_of(pod)
        node = dig(pod, "spec", "nodeName")
        scheduled = find_condition(pod, "PodScheduled") or {}
        containers = containers_of(pod)
        return PodRecord(
            id=f"pod/{uid}", uid=uid, namespace=stored.namespace, name=stored.name, node=node,
            phase=cast(PodPhase, dig(pod, "status", "phase", default="Pending")), status=pod_status(pod),
            ready=pod_is_ready(pod), lost=bool(node) and self._readiness(node) == "Unknown",
            terminating=is_deleting(pod), ip=dig(pod, "status", "podIP"),
            owner=f"{owner['kind']}/{owner['name']}" if owner else None, containers=containers,
            restarts=sum(container.restarts for container in containers), created_ns=stored.created_ns,
            flow=stored.flow, message=scheduled.get("message", "") if scheduled.get("status") == "False" else "",
            scheduler=dig(pod, "spec", "schedulerName", default=""), decision=self._decisions.get(uid),
        )

    # -- nodes

    def _node_changed(self, t_ns: int, before: Stored | None, after: Stored | None, name: str) -> None:
        was = readiness(before.document) if before else None
        now = readiness(after.document) if after else None
        if was != now:
            self._ready_since_ns[name] = t_ns
            for uid in self._by_node.get(name, {}):
                self._stage.touch(t_ns, f"pod/{uid}", lambda uid=uid: self._pod(uid))  # type: ignore[misc]
        self._touch_node(t_ns, name)

    def _readiness(self, node: str) -> Readiness | None:
        stored = self._objects.get(NODES, "", node)
        return readiness(stored.document) if stored else None

    def _touch_node(self, t_ns: int, name: str) -> None:
        self._stage.touch(t_ns, f"node/{name}", lambda: self._node(name))

    def _node(self, name: str) -> NodeRecord | None:
        stored = self._objects.get(NODES, "", name)
        if stored is None:
            return None
        node = stored.document
        allocatable = dig(node, "status", "allocatable", default={})
        pods = [p.document for p in self._by_node.get(name, {}).values()]
        active = [p for p in pods if dig(p, "status", "phase") not in ("Succeeded", "Failed")]
        lease = self._objects.get(LEASES, "kube-node-lease", name)
        return NodeRecord(
            id=f"node/{name}", name=name, host=name, ready=readiness(node),
            ready_since_ns=self._ready_since_ns.get(name, 0),
            lease_renewed_ns=lease.changed_ns if lease else None,
            unschedulable=bool(dig(node, "spec", "unschedulable", default=False)),
            taints=tuple(_taint(taint) for taint in dig(node, "spec", "taints", default=[])),
            cpu_milli=milli(allocatable.get("cpu", "0")), memory_bytes=units(allocatable.get("memory", "0")),
            pods_max=units(allocatable.get("pods", "0")),
            cpu_requested_milli=sum(_requests(p, "cpu", milli) for p in active),
            memory_requested_bytes=sum(_requests(p, "memory", units) for p in active), pods=len(active),
            images=tuple(
                names[0] for image in dig(node, "status", "images", default=[]) if (names := image.get("names"))
            ),
        )

    # -- leases

    def _lease_changed(self, t_ns: int, lease: Stored) -> None:
        if lease.namespace == "kube-node-lease":
            self._touch_node(t_ns, lease.name)
        elif lease.name in _LEADER_LEASES:
            holder = str(dig(lease.document, "spec", "holderIdentity", default="")).partition("_")[0]
            for host in self._kernel.hosts.values():
                if lease.name in host.processes:
                    process = host.processes[lease.name]
                    self._machines.set_leader(t_ns, process.id, process.alive and host.name == holder)


def readiness(node: Mapping[str, Any]) -> Readiness:
    """The status of a Node's Ready condition."""
    return cast(Readiness, (find_condition(node, "Ready") or {}).get("status", "Unknown"))


def containers_of(pod: Mapping[str, Any]) -> tuple[ContainerView, ...]:
    """A Pod's containers with what is known of each."""
    known = {status["name"]: status for status in dig(pod, "status", "containerStatuses", default=[])}
    return tuple(_container(spec, known.get(spec["name"], {})) for spec in dig(pod, "spec", "containers", default=[]))


def _container(spec: Mapping[str, Any], status: Mapping[str, Any]) -> ContainerView:
    state = status.get("state") or {}
    kind = next((name for name in ("running", "terminated") if name in state), "waiting")
    return ContainerView(
        name=spec["name"], image=spec.get("image", ""), state=kind,
        reason=str((state.get(kind) or {}).get("reason", "")), ready=bool(status.get("ready")),
        restarts=int(status.get("restartCount") or 0),
    )


def _requests(pod: Mapping[str, Any], resource: str, measure: Any) -> int:
    containers = dig(pod, "spec", "containers", default=[])
    return sum(measure(dig(c, "resources", "requests", resource, default="0")) for c in containers)


def _taint(taint: Mapping[str, Any]) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key', '')}{value}:{taint.get('effect', '')}"
