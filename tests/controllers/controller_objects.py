"""Documents for tests of controllers, as short as they can be."""

from typing import Any

Document = dict[str, Any]

BORN = "2026-01-01T00:00:00Z"


def deployment(replicas: int = 10, *, status: Document | None = None, **spec: Any) -> Document:
    """A Deployment; `surge` and `unavailable` set the rolling update's limits."""
    rolling = {name: spec.pop(short) for name, short in (("maxSurge", "surge"), ("maxUnavailable", "unavailable"))
               if short in spec}
    strategy = {"strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}} if rolling else {}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "web:2"}]}}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default", "uid": "d", "generation": 1},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template, **strategy,
                 **spec},
        "status": status or {},
    }


def replica_set(
    name: str, replicas: int, available: int | None = None, *, born: str = BORN, annotations: Document | None = None,
    image: str = "web:1", **status: Any,
) -> Document:
    """A ReplicaSet of which all replicas are there, and available where nothing else is said."""
    return {
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": name, "namespace": "default", "uid": name, "creationTimestamp": born, "generation": 1,
            "annotations": annotations or {},
        },
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web", "pod-template-hash": name}},
                "spec": {"containers": [{"name": "main", "image": image}]},
            },
        },
        "status": {
            "replicas": replicas, "availableReplicas": replicas if available is None else available,
            "observedGeneration": 1, **status,
        },
    }


def pod(
    name: str, *, node: str = "n1", phase: str = "Running", ready: str = "", restarts: int = 0, born: str = BORN,
    ip: str = "", deleting: bool = False, labels: Document | None = None, annotations: Document | None = None,
    **spec: Any,
) -> Document:
    """A Pod; `ready` is the moment since when it has been."""
    condition = {"type": "Ready", "status": "True" if ready else "False", "lastTransitionTime": ready or born}
    metadata = {
        "name": name, "namespace": "default", "uid": name, "creationTimestamp": born,
        "labels": labels if labels is not None else {"app": "web"}, "annotations": annotations or {},
    }
    return {
        "metadata": {**metadata, **({"deletionTimestamp": born} if deleting else {})},
        "spec": {"nodeName": node, "containers": [], **spec},
        "status": {
            "phase": phase, "conditions": [condition], "containerStatuses": [{"restartCount": restarts}],
            **({"podIP": ip} if ip else {}),
        },
    }


def node(ready: str = "True", *, name: str = "n1", unschedulable: bool = False, **conditions: str) -> Document:
    """A Node whose conditions are these."""
    return {
        "metadata": {"name": name},
        "spec": {"unschedulable": True} if unschedulable else {},
        "status": {"conditions": [{"type": kind, "status": status} for kind, status in
                                  (("Ready", ready), *conditions.items())]},
    }


def service(*ports: Document, **spec: Any) -> Document:
    return {
        "metadata": {"name": "web", "namespace": "default", "uid": "s"},
        "spec": {"selector": {"app": "web"}, "ports": list(ports), **spec},
    }
