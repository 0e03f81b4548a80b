"""What would help a Pod that was refused: asked of every filter that stands in its way.

Kubernetes stops at a node's first refusal, and so does the cycle. A way in has to get past all of them, so here the
filters after the first are asked too. Nothing of this decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from orrery.scheduler.framework import Code, FilterCheck, Status
from orrery.scheduler.nodeinfo import NodeInfo
from orrery.scheduler.remedies import Remedy, distinct

Checks = Sequence[tuple[str, FilterCheck]]
DIAGNOSED_MOST = 500
"""Of how many refused nodes a cycle works out what would help: more than anybody reads."""


def way_past(node: NodeInfo, checks: Checks) -> tuple[Remedy, ...]:
    """The changes, all of them together, with which every one of ``checks`` would take the Pod onto ``node``."""
    return distinct(
        replace(each, plugin=name)
        for name, check in checks
        if check.filter(node).code in (Code.UNSCHEDULABLE, Code.UNSCHEDULABLE_AND_UNRESOLVABLE)
        for each in check.remedies(node)
    )


def ways_in(nodes: Sequence[NodeInfo], checks: Checks, refusal: Status) -> Iterator[tuple[str, tuple[Remedy, ...]]]:
    """Where a plugin refused the Pod before any node was looked at: its own remedies, and each node's besides."""
    if refusal.remedies:
        own = tuple(replace(each, plugin=refusal.plugin) for each in refusal.remedies)
        for node in nodes:
            yield node.name, distinct((*own, *way_past(node, checks)))
