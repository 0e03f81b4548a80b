"""Cluster events: what changed, in the terms in which plugins ask to be told.

A watch event says "this object is now so". Here the old and the new object are compared and named by what differs,
so that a queue of waiting Pods is woken only by a change that can matter (Kubernetes' EventsToRegister and
QueueingHint).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import Any

Object = dict[str, Any]

NODE = "Node"
ASSIGNED_POD = "AssignedPod"
UNSCHEDULED_POD = "UnscheduledPod"


class Action(Flag):
    """What happened to an object."""

    NONE = 0
    ADD = auto()
    DELETE = auto()
    UPDATE_LABELS = auto()
    UPDATE_TAINTS = auto()
    UPDATE_ALLOCATABLE = auto()
    UPDATE_TOLERATIONS = auto()
    UPDATE_RESOURCES = auto()


ACTION_NAMES = {
    Action.ADD: "Add",
    Action.DELETE: "Delete",
    Action.UPDATE_LABELS: "UpdateNodeLabel",
    Action.UPDATE_TAINTS: "UpdateNodeTaint",
    Action.UPDATE_ALLOCATABLE: "UpdateNodeAllocatable",
    Action.UPDATE_TOLERATIONS: "UpdatePodToleration",
    Action.UPDATE_RESOURCES: "UpdatePodScaleDown",
}
"""As Kubernetes' own metrics and logs call them (kube-scheduler framework, ``types.go``)."""


@dataclass(frozen=True, slots=True)
class ClusterEvent:
    """One change: which kind of object, what differs, and the object before and after."""

    resource: str
    actions: Action
    old: Object | None = None
    new: Object | None = None

    @property
    def label(self) -> str:
        """The event by Kubernetes' name: ``Node/Add``; of several changes at once the first."""
        return f"{self.resource}/{next((ACTION_NAMES[action] for action in self.actions), '')}"


def node_change(old: Object | None, new: Object | None) -> ClusterEvent:
    """The event between two states of a Node; ``actions`` is empty where nothing the scheduler reads differs."""
    if old is None or new is None:
        return ClusterEvent(NODE, Action.ADD if old is None else Action.DELETE, old, new)
    actions = Action.NONE
    if old["metadata"].get("labels") != new["metadata"].get("labels"):
        actions |= Action.UPDATE_LABELS
    old_spec, new_spec = old.get("spec") or {}, new.get("spec") or {}
    # Kubernetes counts cordoning as a change of taints: the taint follows it anyway.
    if old_spec.get("taints") != new_spec.get("taints") or bool(old_spec.get("unschedulable")) != bool(
        new_spec.get("unschedulable")
    ):
        actions |= Action.UPDATE_TAINTS
    if (old.get("status") or {}).get("allocatable") != (new.get("status") or {}).get("allocatable"):
        actions |= Action.UPDATE_ALLOCATABLE
    return ClusterEvent(NODE, actions, old, new)


def pod_change(resource: str, old: Object | None, new: Object | None) -> ClusterEvent:
    """The event between two states of a Pod that is assigned (ASSIGNED_POD) or still waits (UNSCHEDULED_POD)."""
    if old is None or new is None:
        return ClusterEvent(resource, Action.ADD if old is None else Action.DELETE, old, new)
    actions = Action.NONE
    if old["metadata"].get("labels") != new["metadata"].get("labels"):
        actions |= Action.UPDATE_LABELS
    old_spec, new_spec = old.get("spec") or {}, new.get("spec") or {}
    if old_spec is not new_spec:
        if old_spec.get("tolerations") != new_spec.get("tolerations"):
            actions |= Action.UPDATE_TOLERATIONS
        if _resources(old_spec) != _resources(new_spec):
            actions |= Action.UPDATE_RESOURCES
    return ClusterEvent(resource, actions, old, new)


def _resources(spec: Object) -> list[Any]:
    containers = (spec.get("containers") or []) + (spec.get("initContainers") or [])
    return [spec.get("resources"), *(container.get("resources") for container in containers)]
