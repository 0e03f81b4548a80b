"""Printing on the server's side: the ``Table`` documents that ``kubectl get`` asks for.

Columns, their order and the wording of cells are those of ``k8s.io/kubernetes/pkg/printers/internalversion``; ages
are strings made here, so the instant (``now_s``, unix seconds) is a parameter.

To print a kind in its own way: one ``Layout`` in a module of its own, and one line in ``_LAYOUTS``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from orrery.machinery.resources import Resource
from orrery.machinery.tables import config, nodes, pods, services, workloads
from orrery.machinery.tables.columns import AGE, NAME, Column, Layout, name_and_age
from orrery.machinery.tables.nodes import node_roles, node_status
from orrery.machinery.tables.pods import pod_status

__all__ = [
    "Column",
    "IncludeObject",
    "cells",
    "columns",
    "node_roles",
    "node_status",
    "partial_metadata",
    "partial_metadata_list",
    "pod_status",
    "table",
]

IncludeObject = Literal["None", "Metadata", "Object"]

_DEFAULT = Layout((NAME, AGE), name_and_age)
_LAYOUTS: dict[str, Layout] = {
    "Namespace": nodes.NAMESPACE,
    "Node": nodes.NODE,
    "Lease": nodes.LEASE,
    "Pod": pods.LAYOUT,
    "Service": services.SERVICE,
    "Endpoints": services.ENDPOINTS,
    "EndpointSlice": services.ENDPOINT_SLICE,
    "ConfigMap": config.CONFIG_MAP,
    "Secret": config.SECRET,
    "ServiceAccount": config.SERVICE_ACCOUNT,
    "Event": config.EVENT,
    "Deployment": workloads.DEPLOYMENT,
    "ReplicaSet": workloads.REPLICA_SET,
}


def columns(resource: Resource) -> tuple[Column, ...]:
    """The columns of a kind, wide ones included."""
    return _LAYOUTS.get(resource.kind, _DEFAULT).columns


def cells(resource: Resource, obj: Mapping[str, Any], now_s: int) -> list[Any]:
    """The cells of one object, one a column."""
    return _LAYOUTS.get(resource.kind, _DEFAULT).cells(obj, now_s)


def table(
    resource: Resource,
    objects: Iterable[Mapping[str, Any]],
    *,
    now_s: int,
    metadata: Mapping[str, Any] | None = None,
    include_object: IncludeObject = "Metadata",
    with_columns: bool = True,
) -> dict[str, Any]:
    """A ``Table`` document: of a list (``metadata`` is the list's), of one object, or of one event of a watch.

    A watch sends the columns in its first event only: ``with_columns`` is false for the others.
    """
    document: dict[str, Any] = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": dict(metadata or {})}
    document["columnDefinitions"] = [column.document() for column in columns(resource)] if with_columns else None
    document["rows"] = [_row(resource, obj, now_s, include_object) for obj in objects]
    return document


def _row(resource: Resource, obj: Mapping[str, Any], now_s: int, include_object: IncludeObject) -> dict[str, Any]:
    row: dict[str, Any] = {"cells": cells(resource, obj, now_s)}
    conditions = pods.row_conditions(obj) if resource.kind == "Pod" else None
    if conditions:
        row["conditions"] = conditions
    if include_object == "Metadata":
        row["object"] = partial_metadata(obj)
    else:
        row["object"] = obj if include_object == "Object" else None
    return row


def partial_metadata(obj: Mapping[str, Any]) -> dict[str, Any]:
    """The ``PartialObjectMetadata`` of an object."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": obj.get("metadata") or {},
    }


def partial_metadata_list(objects: Iterable[Mapping[str, Any]], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The ``PartialObjectMetadataList`` of a list; ``metadata`` is the list's."""
    return {
        "kind": "PartialObjectMetadataList",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": dict(metadata),
        "items": [partial_metadata(obj) for obj in objects],
    }
