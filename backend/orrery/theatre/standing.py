"""How an object stands: what its spec wants, what its status says is there, and what those who look after it last saw.

One function a kind, and a line in `MAKERS`. Nothing is judged that Kubernetes does not itself say: a number short of
what is wanted is "moving" while its conditions say so, and bad where one of them says that it failed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orrery.machinery import quantity
from orrery.machinery.objects import dig, find_condition, is_deleting, key_of, labels_of, meta, uid_of
from orrery.machinery.resources import (
    DEPLOYMENTS,
    ENDPOINTSLICES,
    LEASES,
    NAMESPACES,
    NODES,
    PODS,
    REPLICASETS,
    SERVICES,
    Resource,
)
from orrery.theatre.inventory import Inventory
from orrery.theatre.projections.observations import KUBELET, RUNTIME, Observations
from orrery.theatre.records import ObservationView, StandingRow

Make = Callable[[Mapping[str, Any], Inventory, int], Iterator[StandingRow]]
SECOND_NS = 1_000_000_000

# Conditions that are good when they are False.
BAD_WHEN_TRUE = ("ReplicaFailure", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable",
                 "DisruptionTarget", "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionContentFailure")

BAD_WHEN_FALSE = ("Progressing", "Ready")
BAD_REASONS = ("Unschedulable",)

WATCHERS: dict[str, tuple[str, ...]] = {
    DEPLOYMENTS.plural: ("deployment",),
    REPLICASETS.plural: ("replicaset",),
    SERVICES.plural: ("endpointslice", "endpoints"),
    NODES.plural: ("node-lifecycle", "node-ipam"),
    NAMESPACES.plural: ("namespace", "serviceaccount"),
    PODS.plural: (KUBELET, RUNTIME, "taint-eviction", "pod-garbage-collector"),
}
EVERYBODYS = ("garbage-collector",)


def standing(resource: Resource, document: Mapping[str, Any], inventory: Inventory, time_ns: int) -> list[StandingRow]:
    """Row by row; empty where a kind has nothing to be wanted."""
    make = MAKERS.get(resource.plural)
    rows = list(make(document, inventory, time_ns)) if make is not None else []
    if is_deleting(document):
        finalizers = ", ".join(meta(document).get("finalizers") or ())
        rows.insert(0, StandingRow(
            key="deletion", wanted="", actual=finalizers, state="moving", why=str(meta(document)["deletionTimestamp"]),
        ))
    return rows


def observed(
    resource: Resource, document: Mapping[str, Any], observations: Observations, time_ns: int
) -> list[ObservationView]:
    """What each of those who look after the object last saw, up to an instant."""
    found = []
    key = key_of(document)
    for by in (*WATCHERS.get(resource.plural, ()), *EVERYBODYS):
        acted, looked = observations.acted(by, key, time_ns), observations.looked(by, key, time_ns)
        either = acted or looked
        if either is None:
            continue
        found.append(ObservationView(
            by=by, source=either.source, t_ns=acted.time_ns if acted else None, event=either.event,
            saw=acted.saw if acted else "", difference=acted.difference if acted else "",
            actions=acted.actions if acted else (), looked_ns=looked.time_ns if looked else None,
        ))
    return found


# -- by kind


def _deployment(document: Mapping[str, Any], inventory: Inventory, time_ns: int) -> Iterator[StandingRow]:
    wanted = int(dig(document, "spec", "replicas", default=1))
    failed = _is(document, "Progressing", "False") or _is(document, "ReplicaFailure", "True")
    for key in ("replicas", "updated", "ready", "available"):
        field = key if key == "replicas" else f"{key}Replicas"
        yield _count(key, wanted, int(dig(document, "status", field, default=0)), failed=failed)
    yield from _seen(document)
    pods = [
        pod for row, _ in inventory.children(uid_of(document), time_ns, REPLICASETS)
        for _, pod in inventory.children(row.uid, time_ns, PODS)
    ]
    yield from _images(document, pods, wanted)
    yield from _conditions(document)


def _replica_set(document: Mapping[str, Any], inventory: Inventory, time_ns: int) -> Iterator[StandingRow]:
    wanted = int(dig(document, "spec", "replicas", default=1))
    failed = _is(document, "ReplicaFailure", "True")
    for key, field in (("replicas", "replicas"), ("ready", "readyReplicas"), ("available", "availableReplicas")):
        yield _count(key, wanted, int(dig(document, "status", field, default=0)), failed=failed)
    yield from _seen(document)
    yield from _images(document, [pod for _, pod in inventory.children(uid_of(document), time_ns, PODS)], wanted)
    yield from _conditions(document)


def _pod(document: Mapping[str, Any], inventory: Inventory, time_ns: int) -> Iterator[StandingRow]:
    status = document.get("status") or {}
    node = dig(document, "spec", "nodeName", default="")
    scheduled = find_condition(document, "PodScheduled") or {}
    yield StandingRow(
        key="node", wanted=",".join(f"{k}={v}" for k, v in dig(document, "spec", "nodeSelector", default={}).items()),
        actual=node,
        state="good" if node else "bad" if scheduled.get("reason") == "Unschedulable" else "moving",
        why=str(scheduled.get("message") or ""),
    )
    phase = str(status.get("phase") or "Pending")
    yield StandingRow(
        key="phase", wanted="Running", actual=phase, why=str(status.get("reason") or ""),
        state={"Running": "good", "Succeeded": "good", "Pending": "moving", "Failed": "bad"}.get(phase, "unknown"),
    )
    statuses = {s.get("name"): s for s in (*(status.get("initContainerStatuses") or ()),
                                           *(status.get("containerStatuses") or ()))}
    spec = document.get("spec") or {}
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        yield _container(container, statuses.get(container.get("name")))
    yield from _conditions(document)


def _container(container: Mapping[str, Any], status: Mapping[str, Any] | None) -> StandingRow:
    name, image = str(container.get("name")), str(container.get("image"))
    if status is None:
        return StandingRow(key="container", name=name, wanted=image, actual="", state="moving")
    kind, inner = next(iter((status.get("state") or {"waiting": {}}).items()))
    reason = str(inner.get("reason") or "")
    runs = kind == "running" or kind == "terminated" and inner.get("exitCode") == 0
    restarts = int(status.get("restartCount") or 0)
    words = [reason or kind, *([f"↻ {restarts}"] if restarts else ()), str(inner.get("message") or "")]
    bad = kind == "terminated" or reason.startswith(("Err", "ImagePullBackOff", "CrashLoop", "Invalid"))
    return StandingRow(
        key="container", name=name, wanted=image, actual=str(status.get("image") or image),
        why=" · ".join(filter(None, words)),
        state="good" if runs and (status.get("ready") or kind == "terminated") else "bad" if bad and not runs
        else "moving",
    )


def _node(document: Mapping[str, Any], inventory: Inventory, time_ns: int) -> Iterator[StandingRow]:
    yield from _conditions(document)
    name = str(meta(document).get("name"))
    pods = [pod for _, pod in inventory.all_of(PODS, time_ns) if dig(pod, "spec", "nodeName") == name
            and dig(pod, "status", "phase") not in ("Succeeded", "Failed")]
    most = int(dig(document, "status", "allocatable", "pods", default=0))
    yield StandingRow(
        key="pods", wanted=str(most), actual=str(len(pods)), wanted_count=most, actual_count=len(pods),
        state="good" if len(pods) <= most else "bad",
    )
    for what, convert in (("cpu", quantity.milli), ("memory", quantity.units)):
        most = convert(dig(document, "status", "allocatable", what, default="0"))
        asked = sum(
            convert(dig(container, "resources", "requests", what, default="0"))
            for pod in pods for container in dig(pod, "spec", "containers", default=())
        )
        text = quantity.format_milli if what == "cpu" else quantity.format_bytes
        yield StandingRow(
            key="cpu" if what == "cpu" else "memory", wanted=text(most), actual=text(asked),
            wanted_count=most, actual_count=asked, state="good" if asked <= most else "bad",
        )
    for row, lease in inventory.all_of(LEASES, time_ns):
        if row.namespace == "kube-node-lease" and row.name == name:
            yield _lease_row(lease, inventory, time_ns)


def _lease(document: Mapping[str, Any], inventory: Inventory, time_ns: int) -> Iterator[StandingRow]:
    yield _lease_row(document, inventory, time_ns)


def _lease_row(lease: Mapping[str, Any], inventory: Inventory, time_ns: int) -> StandingRow:
    lasts_s = int(dig(lease, "spec", "leaseDurationSeconds", default=40))
    age_s = max(0.0, (time_ns - inventory.ns_of(dig(lease, "spec", "renewTime"))) / SECOND_NS)
    return StandingRow(
        key="lease", name=str(dig(lease, "spec", "holderIdentity", default="")), wanted=str(lasts_s),
        actual=f"{age_s:.0f}", wanted_count=lasts_s, actual_count=min(age_s, lasts_s),
        state="good" if age_s <= lasts_s else "bad",
    )


def _service(document: Mapping[str, Any], inventory: Inventory, time_ns: int) -> Iterator[StandingRow]:
    selector = dig(document, "spec", "selector", default={})
    slices = [
        s for row, s in inventory.all_of(ENDPOINTSLICES, time_ns)
        if row.namespace == key_of(document).partition("/")[0]
        and labels_of(s).get("kubernetes.io/service-name") == meta(document).get("name")
    ]
    endpoints = [endpoint for s in slices for endpoint in s.get("endpoints") or ()]
    ready = [e for e in endpoints if dig(e, "conditions", "ready", default=True)]
    if selector:
        matching = [
            pod for row, pod in inventory.all_of(PODS, time_ns)
            if row.namespace == meta(document).get("namespace")
            and all(labels_of(pod).get(key) == value for key, value in selector.items())
        ]
        yield _count("members", len(matching), len(endpoints))
        yield _count("endpoints", len(endpoints), len(ready))
    elif endpoints:
        yield _count("endpoints", len(endpoints), len(ready))


def _namespace(document: Mapping[str, Any], inventory: Inventory, time_ns: int) -> Iterator[StandingRow]:
    phase = str(dig(document, "status", "phase", default="Active"))
    yield StandingRow(key="phase", wanted="Active", actual=phase, state="good" if phase == "Active" else "moving")
    yield from _conditions(document)


MAKERS: dict[str, Make] = {
    DEPLOYMENTS.plural: _deployment, REPLICASETS.plural: _replica_set, PODS.plural: _pod, NODES.plural: _node,
    SERVICES.plural: _service, NAMESPACES.plural: _namespace, LEASES.plural: _lease,
}

# -- parts


def _count(key: Any, wanted: int, actual: int, *, failed: bool = False) -> StandingRow:
    return StandingRow(
        key=key, wanted=str(wanted), actual=str(actual), wanted_count=wanted, actual_count=actual,
        state="good" if actual == wanted else "bad" if failed else "moving",
    )


def _seen(document: Mapping[str, Any]) -> Iterator[StandingRow]:
    """Whether the controller has taken notice of the spec as it is."""
    generation = int(meta(document).get("generation") or 0)
    seen = int(dig(document, "status", "observedGeneration", default=0))
    if generation:
        yield StandingRow(
            key="seen", wanted=str(generation), actual=str(seen), state="good" if seen >= generation else "moving"
        )


def _images(document: Mapping[str, Any], pods: list[dict[str, Any]], replicas: int) -> Iterator[StandingRow]:
    """Each image of the template, and how many of its containers run; other images that still run."""
    template = dig(document, "spec", "template", "spec", "containers", default=())
    wanted: dict[str, int] = {}
    for container in template:
        wanted[str(container.get("image"))] = wanted.get(str(container.get("image")), 0) + replicas
    running: dict[str, int] = dict.fromkeys(wanted, 0)
    for pod in pods:
        states = {s.get("name"): "running" in (s.get("state") or {})
                  for s in dig(pod, "status", "containerStatuses", default=())}
        for container in dig(pod, "spec", "containers", default=()):
            if states.get(container.get("name")):
                image = str(container.get("image"))
                running[image] = running.get(image, 0) + 1
    for image, count in running.items():
        yield StandingRow(
            key="image", name=image, wanted=str(wanted.get(image, 0)), actual=str(count),
            wanted_count=wanted.get(image, 0), actual_count=count,
            state="good" if count == wanted.get(image, 0) else "moving",
        )


def _conditions(document: Mapping[str, Any]) -> Iterator[StandingRow]:
    for condition in dig(document, "status", "conditions", default=()):
        kind, status = str(condition.get("type")), str(condition.get("status"))
        wanted = "False" if kind in BAD_WHEN_TRUE else "True"
        why = ": ".join(filter(None, (str(condition.get("reason") or ""), str(condition.get("message") or ""))))
        bad = kind in BAD_WHEN_FALSE or kind in BAD_WHEN_TRUE or condition.get("reason") in BAD_REASONS
        if kind == "Ready" and document.get("kind") != "Node":
            bad = False  # a Pod that starts is not ready: its containers say whether something is wrong
        yield StandingRow(
            key="condition", name=kind, wanted=wanted, actual=status, why=why,
            state="unknown" if status == "Unknown" else "good" if status == wanted else "bad" if bad else "moving",
        )


def _is(document: Mapping[str, Any], kind: str, status: str) -> bool:
    return (find_condition(document, kind) or {}).get("status") == status
