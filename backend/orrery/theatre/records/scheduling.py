"""The scheduler's queues and decisions."""

from typing import Literal

from orrery.theatre.records.base import Model


class FilterVerdict(Model):
    plugin: str
    code: Literal["Success", "Unschedulable", "UnschedulableAndUnresolvable", "Error", "Skip"]
    reasons: tuple[str, ...] = ()


class PluginScore(Model):
    plugin: str
    raw: float
    normalized: int
    weight: int
    weighted: int


class NodeVerdict(Model):
    node: str
    filters: tuple[FilterVerdict, ...]
    scores: tuple[PluginScore, ...] = ()
    total: int | None = None


class DecisionRecord(Model):
    type: Literal["decision"] = "decision"
    id: str                     # "decision/<event id>"
    event: int
    flow: int
    time_ns: int
    scheduler: str              # component
    pod: str                    # "default/web-5d9-abcde"
    pod_uid: str
    selected: str | None
    tied: tuple[str, ...] = ()  # nodes that shared the highest total
    message: str                # "Successfully assigned …" or "0/4 nodes are available: …"
    nodes: tuple[NodeVerdict, ...]


class QueueRecord(Model):
    type: Literal["queue"] = "queue"
    id: str                     # "queue/cp-1/kube-scheduler"
    component: str
    active: tuple[str, ...]
    backoff: tuple[str, ...]
    unschedulable: tuple[str, ...]
