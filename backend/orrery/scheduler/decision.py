"""A decision with all its reasons: what each plugin said of each node, which node won, and why none did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orrery.scheduler.remedies import Remedy, WayIn


@dataclass(frozen=True, slots=True)
class FilterVerdict:
    """What one filter said of a node; ``code`` is Kubernetes' name of the verdict."""

    plugin: str
    code: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PluginScore:
    """What one plugin gave a node: as it counts, brought to 0..100, and times its weight."""

    plugin: str
    raw: int
    normalized: int
    weight: int
    weighted: int


@dataclass(frozen=True, slots=True)
class NodeVerdict:
    """One node in a decision. ``filters`` ends with the first refusal; ``total`` is None where nothing was scored.

    ``remedies``: what would let the Pod onto a node that refused it, all of it together.
    """

    node: str
    filters: tuple[FilterVerdict, ...] = ()
    scores: tuple[PluginScore, ...] = ()
    total: int | None = None
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one scheduling cycle.

    ``nodes``: the nodes that were looked at, in that order. ``tied``: the nodes that shared the highest total, if
    more than one did; chance chose among them. ``refused_by``: the plugins whose change of mind could cure a failure.
    ``failed``: the cycle itself broke; nothing is wrong with the Pod. ``skipped``: (extension point, plugin) of those
    that had nothing to do for this Pod. ``way_in``: where the Pod fits nowhere, the change that takes least.
    """

    pod: str
    uid: str
    selected: str | None
    nodes: tuple[NodeVerdict, ...] = ()
    all_nodes: int = 0
    evaluated: int = 0
    feasible: int = 0
    tied: tuple[str, ...] = ()
    refused_by: tuple[str, ...] = ()
    message: str = ""
    failed: bool = False
    next_start: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    way_in: WayIn | None = None


NO_NODES_MESSAGE = "no nodes available to schedule pods"


def fit_error(all_nodes: int, reasons: Iterable[str], pre_filter: str = "") -> str:
    """The sentence of a FailedScheduling event: each distinct reason with the number of nodes that gave it.

    Source: kube-scheduler ``framework/types.go``, FitError. Reasons are sorted as text, count included, as there.
    """
    start = f"0/{all_nodes} nodes are available:"
    if pre_filter:
        return f"{start} {pre_filter}."
    counts: dict[str, int] = {}
    for reason in reasons:
        counts[reason] = counts.get(reason, 0) + 1
    listed = ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items()))
    return f"{start} {listed}." if listed else start
