"""The scores of one cycle: every plugin's, for every node that passed, as it counts, brought to 0..100, times weight.

Source: kube-scheduler ``framework/runtime/framework.go``, RunPreScorePlugins and RunScorePlugins; the texts of errors
are those there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orrery.scheduler.decision import PluginScore
from orrery.scheduler.framework import MAX_NODE_SCORE, Code, Framework, Scorer, Status
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot


class CycleError(Exception):
    """A plugin answered with an error: the cycle ends, and its message says where."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Each node's scores by its name, in the order of the plugins; which plugins had nothing to score."""

    rows: Mapping[str, tuple[PluginScore, ...]] = field(default_factory=dict)
    skipped: tuple[tuple[str, str], ...] = ()


def score(pod: PodInfo, snapshot: Snapshot, framework: Framework, feasible: Sequence[NodeInfo]) -> Scored:
    """Every plugin's score for every feasible node. A plugin that skips gives nothing, as in Kubernetes."""
    rows: list[list[PluginScore]] = [[] for _ in feasible]
    skipped: list[tuple[str, str]] = []
    for plugin in framework.scores:
        scorer = plugin.pre_score(pod, snapshot, feasible)
        if isinstance(scorer, Status):
            if scorer.code is not Code.SKIP:
                raise CycleError(f'running PreScore plugin "{plugin.name}": {", ".join(scorer.reasons)}')
            skipped.append(("Score", plugin.name))
            continue
        weight = framework.weights[plugin.name]
        raw = _raw(plugin.name, scorer, feasible)
        for row, before, after in zip(rows, raw, _normalized(plugin.name, scorer, raw), strict=True):
            row.append(PluginScore(plugin.name, before, after, weight, after * weight))
    return Scored({node.name: tuple(row) for node, row in zip(feasible, rows, strict=True)}, tuple(skipped))


def _raw(plugin: str, scorer: Scorer, nodes: Sequence[NodeInfo]) -> list[int]:
    raw: list[int] = []
    for found in map(scorer.score, nodes):
        if isinstance(found, Status):
            raise CycleError(f'running Score plugins: plugin "{plugin}" failed with: {", ".join(found.reasons)}')
        raw.append(found)
    return raw


def _normalized(plugin: str, scorer: Scorer, raw: list[int]) -> list[int]:
    found = scorer.normalize(raw)
    if isinstance(found, Status):
        reason = ", ".join(found.reasons)
        raise CycleError(f'running Normalize on Score plugins: plugin "{plugin}" failed with: {reason}')
    if min(found) < 0 or max(found) > MAX_NODE_SCORE:
        wrong = next(each for each in found if not 0 <= each <= MAX_NODE_SCORE)
        raise CycleError(
            f'applying score defaultWeights on Score plugins: plugin "{plugin}" returns an invalid score {wrong}, '
            f"it should in the range of [0, {MAX_NODE_SCORE}] after normalizing"
        )
    return found
