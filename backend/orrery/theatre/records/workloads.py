"""Nodes, Pods and other objects."""

from typing import Literal

from orrery.theatre.records.base import Model

Readiness = Literal["True", "False", "Unknown"]
PodPhase = Literal["Pending", "Running", "Succeeded", "Failed", "Unknown"]


class NodeRecord(Model):
    type: Literal["node"] = "node"
    id: str                     # "node/worker-1"
    name: str
    host: str
    ready: Readiness
    ready_since_ns: int
    lease_renewed_ns: int | None
    unschedulable: bool
    taints: tuple[str, ...] = ()             # "key=value:Effect"
    cpu_milli: int              # allocatable
    memory_bytes: int
    pods_max: int
    cpu_requested_milli: int
    memory_requested_bytes: int
    pods: int
    images: tuple[str, ...] = ()


class ContainerView(Model):
    name: str
    image: str
    state: Literal["waiting", "running", "terminated"]
    reason: str = ""            # ContainerCreating, ErrImagePull, CrashLoopBackOff, Completed
    ready: bool
    restarts: int


class PodRecord(Model):
    type: Literal["pod"] = "pod"
    id: str                     # "pod/<uid>"
    uid: str
    namespace: str
    name: str
    node: str | None
    phase: PodPhase
    status: str                 # the word kubectl prints: Running, ContainerCreating, Terminating, CrashLoopBackOff …
    ready: bool
    lost: bool                  # its node does not answer: what is known of it is old
    terminating: bool
    ip: str | None
    owner: str | None           # "ReplicaSet/web-5d9"
    containers: tuple[ContainerView, ...] = ()
    restarts: int = 0
    created_ns: int
    flow: int                   # the flow that made it
    message: str = ""           # why it is pending, in the scheduler's own words
    scheduler: str = ""         # the scheduler that it asks for
    decision: str | None = None # id of the scheduling decision that placed or refused it last


class ObjectRecord(Model):
    """Any other object, in one line; its whole text is fetched from /api/object when it is opened."""
    type: Literal["object"] = "object"
    id: str                     # "object/deployments/default/web"
    kind: str
    resource: str               # "deployments"
    namespace: str
    name: str
    resource_version: int
    summary: str                # "2/3 ready", "10.96.0.10:80 → 3 endpoints"
    owner: str | None = None
