"""NodeAffinity: the Pod's own wishes about node labels, as demands (filter) and as preferences (score).

Demands: ``nodeSelector`` and the required node affinity, both. Where every alternative of the latter names nodes by
``metadata.name``, the other nodes are not even tried (PreFilterResult). Preferences: the weights of the terms that
match are summed, and the sums scaled so that the highest is 100.
Source: kube-scheduler ``plugins/nodeaffinity``; the documentation page "Assigning Pods to Nodes".
"""

from __future__ import annotations

from collections.abc import Sequence

from orrery.scheduler.changes import NODE, Action, ClusterEvent, Object
from orrery.scheduler.framework import (
    SKIP,
    SUCCESS,
    EventHint,
    FilterCheck,
    FilterPlugin,
    ScorePlugin,
    Scorer,
    Status,
    default_normalize,
    unresolvable,
)
from orrery.scheduler.node_selector import (
    pod_matches_node,
    preferred_terms,
    required_terms,
    term_matches,
)
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.relabel import ways_to_match
from orrery.scheduler.remedies import Remedy, remedy

REASON = "node(s) didn't match Pod's node affinity/selector"
REASON_CONFLICT = "pod affinity terms conflict"


class _Check(FilterCheck):
    __slots__ = ("nodes", "spec")

    def __init__(self, spec: Object, nodes: tuple[str, ...] | None) -> None:
        self.spec = spec
        self.nodes = nodes

    def filter(self, node: NodeInfo) -> Status:
        return SUCCESS if pod_matches_node(self.spec, node.name, node.labels) else unresolvable(REASON)

    def remedies(self, node: NodeInfo) -> Sequence[Remedy]:
        return ways_to_match(self.spec, node)


class _Scorer(Scorer):
    __slots__ = ("preferences",)

    def __init__(self, preferences: list[tuple[int, Object]]) -> None:
        self.preferences = preferences

    def score(self, node: NodeInfo) -> int:
        return sum(weight for weight, term in self.preferences if term_matches(term, node.name, node.labels))

    def normalize(self, scores: list[int]) -> list[int]:
        return default_normalize(scores)


class NodeAffinity(FilterPlugin, ScorePlugin):
    """Refuses nodes that the Pod rules out; prefers those it asks for."""

    name = "NodeAffinity"
    weight = 2
    points = ("PreFilter", "Filter", "PreScore", "Score", "NormalizeScore")

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        terms = required_terms(pod.spec)
        if terms is None and not pod.spec.get("nodeSelector"):
            return SKIP
        names = _named_nodes(terms or [])
        if names == ():
            return unresolvable(REASON_CONFLICT, remedies=(remedy("drop-affinity"),))
        return _Check(pod.spec, names)

    def pre_score(self, pod: PodInfo, snapshot: Snapshot, feasible: Sequence[NodeInfo]) -> Scorer | Status:
        preferences = preferred_terms(pod.spec)
        return _Scorer(preferences) if preferences else SKIP

    def hints(self) -> Sequence[EventHint]:
        return (EventHint(NODE, Action.ADD | Action.UPDATE_LABELS, _node_came_to_match),)


def _named_nodes(terms: list[Object]) -> tuple[str, ...] | None:
    """The nodes named by ``metadata.name`` in every alternative; None as soon as one alternative names none.

    Empty where names contradict each other within each of the alternatives.
    """
    found: dict[str, None] = {}
    for term in terms:
        named: list[str] | None = None
        for requirement in term.get("matchFields") or ():
            if requirement.get("key") == "metadata.name" and requirement.get("operator") == "In":
                values = requirement.get("values") or []
                named = list(values) if named is None else [name for name in named if name in values]
        if named is None:
            return None
        found.update(dict.fromkeys(named))
    return tuple(found) if terms else None


def _node_came_to_match(pod: PodInfo, event: ClusterEvent) -> bool:
    def matches(node: Object | None) -> bool:
        if node is None:
            return False
        metadata = node["metadata"]
        return pod_matches_node(pod.spec, metadata["name"], metadata.get("labels") or {})

    return matches(event.new) and not matches(event.old)
