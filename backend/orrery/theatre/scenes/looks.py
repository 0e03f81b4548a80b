"""What scenes look at: small questions about a world, each a function of it."""

from typing import Any

from orrery.machinery.objects import dig, is_deleting, pod_is_ready
from orrery.machinery.resources import DEPLOYMENTS, NODES, PODS
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
