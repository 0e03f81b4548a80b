"""What controllers of Pods share: how a Pod is made from a template, and which of several is deleted first."""

from __future__ import annotations

from typing import Any

from orrery.kernel import SECOND
from orrery.machinery.objects import (
    annotations_of,
    dig,
    find_condition,
    labels_of,
    meta,
    name_of,
    namespace_of,
    node_name_of,
    owner_reference,
    pod_is_ready,
    uid_of,
)
from orrery.machinery.time import parse_time

Document = dict[str, Any]

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def pod_from_template(owner: Document) -> Document:
    """A Pod of the owner's template; the server completes its name. `owner` has apiVersion and kind."""
    template = dig(owner, "spec", "template", default={})
    metadata: Document = {
        "generateName": f"{name_of(owner)}-", "namespace": namespace_of(owner), "labels": labels_of(template),
        "ownerReferences": [owner_reference(owner)],
    }
    for name in ("annotations", "finalizers"):
        if meta(template).get(name):
            metadata[name] = meta(template)[name]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec", {})}


def ready_since_ns(pod: Document) -> int:
    """When the Pod became ready, in unix nanoseconds; 0 if it is not."""
    condition = find_condition(pod, "Ready")
    if condition is None or condition.get("status") != "True" or not condition.get("lastTransitionTime"):
        return 0
    return parse_time(condition["lastTransitionTime"])


def available_in_ns(pod: Document, min_ready_s: int, now_ns: int) -> int | None:
    """How long until the Pod, if it stays ready, has been ready for so long: 0 now, None while it is not ready."""
    if not pod_is_ready(pod):
        return None
    return max(0, ready_since_ns(pod) + min_ready_s * SECOND - now_ns) if min_ready_s else 0


def deletion_order(pods: list[Document], ranks: dict[str, int], now_ns: int) -> list[Document]:
    """The Pods in the order in which they are to go.

    First what is of least use: not assigned, not running, not ready, of lower deletion cost, doubled up on a node,
    ready for a shorter time (on a logarithmic scale, so that among the old chance decides), restarted more often,
    younger. `ranks`: by uid, how many related Pods share the node. Source: ActivePodsWithRanks in controller_utils.go.
    """

    def order(pod: Document) -> tuple[Any, ...]:
        ready = pod_is_ready(pod)
        restarts = max(
            (int(s.get("restartCount") or 0) for s in dig(pod, "status", "containerStatuses", default=[])), default=0
        )
        created_ns = parse_time(meta(pod)["creationTimestamp"]) if meta(pod).get("creationTimestamp") else now_ns
        return (
            bool(node_name_of(pod)), PHASES.get(str(dig(pod, "status", "phase", default="Pending")), 0), ready,
            deletion_cost(pod), -ranks.get(uid_of(pod), 0),
            _magnitude(now_ns - ready_since_ns(pod)) if ready else 0, -restarts, _magnitude(now_ns - created_ns),
            uid_of(pod),
        )

    return sorted(pods, key=order)


def deletion_cost(pod: Document) -> int:
    """The cost that the Pod's annotation sets on its deletion; 0 if it sets none, or nonsense."""
    try:
        return int(annotations_of(pod).get(DELETION_COST, "0"))
    except ValueError:
        return 0


def _magnitude(age_ns: int) -> int:
    return max(0, age_ns).bit_length()
