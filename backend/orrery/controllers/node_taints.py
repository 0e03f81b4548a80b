"""Which taints a Node ought to bear, and how fast nodes may be evicted from: plain functions.

Source: Kubernetes, pkg/controller/nodelifecycle/node_lifecycle_controller.go; the numbers are the defaults of
--node-eviction-rate, --secondary-node-eviction-rate, --large-cluster-size-threshold and --unhealthy-zone-threshold.
"""

from __future__ import annotations

from typing import Any

from orrery.kernel import SECOND
from orrery.machinery.objects import condition_is_true, dig, find_condition, labels_of

Document = dict[str, Any]

NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
BY_CONDITION = {
    "MemoryPressure": "node.kubernetes.io/memory-pressure",
    "DiskPressure": "node.kubernetes.io/disk-pressure",
    "PIDPressure": "node.kubernetes.io/pid-pressure",
    "NetworkUnavailable": "node.kubernetes.io/network-unavailable",
}
OURS = (NOT_READY, UNREACHABLE, UNSCHEDULABLE, *BY_CONDITION.values())
REGION = "topology.kubernetes.io/region"
ZONE = "topology.kubernetes.io/zone"

EVICTION_PERIOD_NS = 10 * SECOND  # one node of a zone in so long
SECONDARY_PERIOD_NS = 100 * SECOND  # while most of a large zone is down
LARGE_ZONE = 50  # nodes; a zone of no more that is mostly down is not evicted from at all
UNHEALTHY_SHARE = 0.55


def eviction_period_ns(ready: int, not_ready: int) -> int | None:
    """How long to wait between the evictions of two nodes of a zone; None: evict from none.

    While most of a zone is down the fault may be elsewhere: then slowly, or, in a small zone, not at all. A zone that
    is down as a whole, while others are not, has failed: its Pods are wanted elsewhere.
    """
    nodes = ready + not_ready
    if ready and not_ready > 2 and not_ready / nodes >= UNHEALTHY_SHARE:
        return SECONDARY_PERIOD_NS if nodes > LARGE_ZONE else None
    return EVICTION_PERIOD_NS


def all_down(nodes: list[Document]) -> bool:
    """No node at all is ready: the network, or we, are at fault, and no Pod is to suffer for it."""
    return not any(condition_is_true(node, "Ready") for node in nodes)


def zone_of(node: Document) -> str:
    labels = labels_of(node)
    return f"{labels.get(REGION, '')}/{labels.get(ZONE, '')}"


def condition_taint(node: Document) -> str | None:
    """The taint that the Ready condition asks for."""
    status = (find_condition(node, "Ready") or {}).get("status")
    return {"False": NOT_READY, "Unknown": UNREACHABLE}.get(status or "Unknown")


def needs_execute(node: Document, taints: list[Document]) -> bool:
    """Whether the node ought to have NoExecute and has it not (yet)."""
    key = condition_taint(node)
    return key is not None and not any(t["key"] == key and t["effect"] == "NoExecute" for t in taints)


def wanted_taints(
    node: Document, there: list[Document], *, may_execute: bool, now: str, everything_down: bool = False
) -> list[Document]:
    """The node's taints as its conditions ask for them; those of others are left alone.

    NoExecute is put on where `may_execute`, changes its key freely once it is there, and goes as soon as the node is
    ready, or once no node is.
    """
    wanted: list[tuple[str, str]] = []
    key = condition_taint(node)
    if key is not None:
        wanted.append((key, "NoSchedule"))
        executing = any(t["effect"] == "NoExecute" and t["key"] in (NOT_READY, UNREACHABLE) for t in there)
        if (executing or may_execute) and not everything_down:
            wanted.append((key, "NoExecute"))
    if dig(node, "spec", "unschedulable"):
        wanted.append((UNSCHEDULABLE, "NoSchedule"))
    wanted.extend((taint, "NoSchedule") for kind, taint in BY_CONDITION.items() if condition_is_true(node, kind))
    since = {(t["key"], t["effect"]): t.get("timeAdded", now) for t in there}
    return [
        *(taint for taint in there if taint["key"] not in OURS),
        *({"key": key, "effect": effect, "timeAdded": since.get((key, effect), now)} for key, effect in wanted),
    ]


def bare(taint: Document) -> tuple[str, str, str]:
    """A taint without its time."""
    return (taint["key"], taint.get("value", ""), taint["effect"])
