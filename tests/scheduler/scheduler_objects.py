"""Short ways to write the Nodes and Pods of the scheduler's tests."""

from __future__ import annotations

from typing import Any

from orrery.scheduler.cache import Cache
from orrery.scheduler.cycle import schedule
from orrery.scheduler.decision import Decision
from orrery.scheduler.framework import SUCCESS, Code, FilterPlugin, Framework, ScorePlugin, Status
from orrery.scheduler.nodeinfo import PodInfo, Snapshot
from orrery.scheduler.plugins import default_framework

Object = dict[str, Any]

GIB = 1024**3
MIB = 1024**2


def a_node(
    name: str,
    cpu: str = "4",
    memory: str = "8Gi",
    pods: str = "110",
    *,
    labels: dict[str, str] | None = None,
    taints: list[Object] | None = None,
    unschedulable: bool = False,
    images: dict[str, int] | None = None,
    more: dict[str, str] | None = None,
) -> Object:
    """A Node as its kubelet registers it."""
    spec: Object = {}
    if taints:
        spec["taints"] = taints
    if unschedulable:
        spec["unschedulable"] = True
    status: Object = {"allocatable": {"cpu": cpu, "memory": memory, "pods": pods, **(more or {})}}
    if images:
        status["images"] = [{"names": [image], "sizeBytes": size} for image, size in images.items()]
    return {"metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **(labels or {})}}, "spec": spec,
            "status": status}  # fmt: skip


def a_container(cpu: str | None = None, memory: str | None = None, image: str = "nginx", **more: Any) -> Object:
    """A container with requests; further requests by ``requests=``."""
    requests: Object = dict(more.pop("requests", {}))
    if cpu is not None:
        requests["cpu"] = cpu
    if memory is not None:
        requests["memory"] = memory
    return {"name": "c", "image": image, "resources": {"requests": requests} if requests else {}, **more}


def a_pod(
    name: str = "web",
    cpu: str | None = None,
    memory: str | None = None,
    *,
    node: str = "",
    namespace: str = "default",
    containers: list[Object] | None = None,
    labels: dict[str, str] | None = None,
    **spec: Any,
) -> Object:
    """A Pod of one container, or of those given."""
    whole: Object = {
        "containers": containers or [a_container(cpu, memory)],
        "schedulerName": "default-scheduler",
        **spec,
    }
    if node:
        whole["nodeName"] = node
    metadata: Object = {"name": name, "namespace": namespace, "uid": f"uid-{name}"}
    if labels:
        metadata["labels"] = labels
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": whole, "status": {"phase": "Pending"}}


def taint(key: str, effect: str = "NoSchedule", value: str = "") -> Object:
    return {"key": key, "value": value, "effect": effect}


def a_snapshot(nodes: list[Object], pods: list[Object] | None = None) -> Snapshot:
    """The cluster of these Nodes with these assigned Pods."""
    cache = Cache()
    for node in nodes:
        cache.set_node(node)
    for pod in pods or []:
        cache.set_pod(pod)
    return cache.snapshot()


def verdicts(plugin: FilterPlugin, pod: Object, snapshot: Snapshot) -> list[Status]:
    """What one filter says of each node."""
    info = PodInfo(pod)
    check = plugin.pre_filter(info, snapshot)
    if isinstance(check, Status):
        return [SUCCESS if check.code is Code.SKIP else check for _ in snapshot.nodes]
    return [check.filter(node) for node in snapshot.nodes]


def scores(plugin: ScorePlugin, pod: Object, snapshot: Snapshot) -> tuple[list[int], list[int]]:
    """(raw, normalized) scores of one plugin; empty where it skips."""
    scorer = plugin.pre_score(PodInfo(pod), snapshot, snapshot.nodes)
    if isinstance(scorer, Status):
        return [], []
    raw = [scorer.score(node) for node in snapshot.nodes]
    return raw, scorer.normalize(raw)


class FirstOf:
    """Chance that always takes the first."""

    def __init__(self) -> None:
        self.draws = 0

    def below(self, bound: int, /) -> int:
        self.draws += 1
        return 0


def decide(pod: Object, nodes: list[Object], pods: list[Object] | None = None, *, framework: Framework | None = None,
           chance: Any = None) -> Decision:  # fmt: skip
    """One cycle of the default profile."""
    return schedule(PodInfo(pod), a_snapshot(nodes, pods), framework or default_framework(), chance or FirstOf())
