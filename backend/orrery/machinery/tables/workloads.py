"""How Deployments and ReplicaSets are printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.machinery.objects import name_of
from orrery.machinery.tables.columns import (
    AGE,
    CONTAINERS,
    IMAGES,
    NAME,
    SELECTOR,
    Cells,
    Column,
    Layout,
    age,
    container_cells,
    selector_cell,
)


def _deployment(deployment: Mapping[str, Any], now_s: int) -> Cells:
    spec, status = deployment.get("spec") or {}, deployment.get("status") or {}
    return [
        name_of(deployment),
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(deployment, now_s),
        *container_cells(spec.get("template")),
        selector_cell(spec.get("selector")),
    ]


def _replica_set(replica_set: Mapping[str, Any], now_s: int) -> Cells:
    spec, status = replica_set.get("spec") or {}, replica_set.get("status") or {}
    return [
        name_of(replica_set),
        spec.get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age(replica_set, now_s),
        *container_cells(spec.get("template")),
        selector_cell(spec.get("selector")),
    ]


DEPLOYMENT = Layout(
    (
        NAME,
        Column("Ready", "Pods that are ready, of those wanted."),
        Column("Up-to-date", "Pods of the present template.", "integer", "int32"),
        Column("Available", "Pods that have been ready for long enough.", "integer", "int32"),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    _deployment,
)
REPLICA_SET = Layout(
    (
        NAME,
        Column("Desired", "Pods that are wanted.", "integer", "int32"),
        Column("Current", "Pods that exist.", "integer", "int32"),
        Column("Ready", "Pods that are ready.", "integer", "int32"),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    _replica_set,
)
