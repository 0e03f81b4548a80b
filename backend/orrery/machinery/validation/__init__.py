"""The semantic checks of each kind, beyond what its schema says (``k8s.io/kubernetes/pkg/apis/*/validation``).

``validate_create`` and ``validate_update`` give causes, with Kubernetes' wording, for an ``Invalid`` status; no cause
means the object may be stored. Both expect a document that was decoded (``schema``) and defaulted (``defaults``).

To add a kind: one function in a module of its own, and one line in ``_CREATE`` (and ``_UPDATE``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orrery.machinery import schema
from orrery.machinery.resources import Resource
from orrery.machinery.validation import config, metadata, nodes, pods, services, workloads
from orrery.machinery.wire import Cause

CreateCheck = Callable[[Mapping[str, Any]], list[Cause]]
UpdateCheck = Callable[[Mapping[str, Any], Mapping[str, Any]], list[Cause]]

_CREATE: dict[str, CreateCheck] = {
    "Pod": pods.pod,
    "Deployment": workloads.deployment,
    "ReplicaSet": workloads.replica_set,
    "Service": services.service,
    "Endpoints": services.endpoints,
    "EndpointSlice": services.endpoint_slice,
    "Node": nodes.node,
    "Lease": nodes.lease,
    "ConfigMap": config.config_map,
    "Secret": config.secret,
    "Event": config.event,
}
_UPDATE: dict[str, UpdateCheck] = {
    "Pod": pods.pod_update,
    "Deployment": workloads.selector_update,
    "ReplicaSet": workloads.selector_update,
    "Service": services.service_update,
    "EndpointSlice": services.endpoint_slice_update,
    "Node": nodes.node_update,
    "ConfigMap": config.immutable_update,
    "Secret": config.secret_update,
}


def validate_create(resource: Resource, obj: Mapping[str, Any]) -> list[Cause]:
    """Everything that is wrong with a new object."""
    causes = metadata.on_create(resource, obj)
    check = _CREATE.get(resource.kind)
    if check is not None:
        causes += check(obj)
    reported = {cause.field for cause in causes}
    for cause in schema.missing(obj, resource.api_version, resource.kind):
        if cause.field not in reported:
            causes.append(cause)
    return causes


def validate_update(resource: Resource, new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """Everything that is wrong with the new version of an object, what it may not change included."""
    causes = metadata.on_update(new, old)
    check = _UPDATE.get(resource.kind)
    if check is not None:
        causes += check(new, old)
    fields = {cause.field for cause in causes}
    return causes + [cause for cause in validate_create(resource, new) if cause.field not in fields]


def validate_metadata_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """The checks of a write that touches status alone."""
    return metadata.on_update(new, old)
