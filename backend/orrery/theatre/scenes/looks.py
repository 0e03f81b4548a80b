"""What scenes look at: small questions about a world, each a function of it."""

from typing import Any

from orrery.machinery.objects import dig, is_deleting, pod_is_ready
from orrery.machinery.resources import DEPLOYMENTS, EVENTS, NODES, PODS, Resource
from orrery.theatre.projections.workloads import readiness
from orrery.theatre.scenes.scene import World


def pods(world: World, app: str) -> list[dict[str, Any]]:
    """The Pods labelled app=… that are not on their way out."""
    return [
        stored.document for stored in world.projections.objects.all_of(PODS)
        if dig(stored.document, "metadata", "labels", "app") == app and not is_deleting(stored.document)
    ]


def ready_pods(world: World, app: str) -> list[dict[str, Any]]:
    return [pod for pod in pods(world, app) if pod_is_ready(pod) and node_readiness(world, node_of(pod)) == "True"]


def node_of(pod: dict[str, Any]) -> str:
    return str(dig(pod, "spec", "nodeName", default=""))


def node_readiness(world: World, name: str) -> str:
    stored = world.projections.objects.get(NODES, "", name)
    return readiness(stored.document) if stored is not None else ""


def deployment(world: World, name: str) -> dict[str, Any] | None:
    stored = world.projections.objects.get(DEPLOYMENTS, "default", name)
    return stored.document if stored is not None else None


def etcd_leader(world: World) -> str | None:
    """The component that leads etcd, such as "cp-1/etcd"."""
    return world.projections.consensus.leader


def etcd_term(world: World) -> int:
    """The highest term that a member knows of."""
    return world.projections.consensus.term


def busiest_worker(world: World, app: str) -> str:
    """The node that runs most Pods of an app; the first of several."""
    counts: dict[str, int] = {}
    for pod in pods(world, app):
        counts[node_of(pod)] = counts.get(node_of(pod), 0) + 1
    return max(sorted(counts), key=lambda name: counts[name])


def stored(world: World, resource: Resource, name: str, namespace: str = "default") -> dict[str, Any] | None:
    """An object as etcd has it; None: there is none."""
    found = world.projections.objects.get(resource, namespace, name)
    return found.document if found is not None else None


def events_about(world: World, name: str, reason: str) -> list[dict[str, Any]]:
    """The Events of one reason about the object of that name."""
    return [
        found.document for found in world.projections.objects.all_of(EVENTS)
        if dig(found.document, "involvedObject", "name") == name and found.document.get("reason") == reason
    ]


def leader_of(world: World, name: str) -> str:
    """The component that holds the lease of kube-scheduler or kube-controller-manager; empty if nobody lives to."""
    for host in world.kernel.hosts.values():
        if name in host.processes and world.projections.machines.leads.get(f"{host.name}/{name}"):
            return f"{host.name}/{name}"
    return ""


def components(world: World, name: str) -> list[str]:
    """Every component of that name, such as "cp-1/etcd"."""
    return [f"{host.name}/{name}" for host in world.kernel.hosts.values() if name in host.processes]


def workers(world: World) -> list[str]:
    return [host.name for host in world.kernel.hosts.values() if host.role == "worker"]
