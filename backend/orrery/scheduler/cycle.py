"""The scheduling cycle: a Pod and a snapshot in, a decision out.

A pure function of its arguments. Filters first, node by node, each node's turn ending at the first refusal; then the
scores of the nodes that passed; then the highest total, a tie being settled by a draw.
Source: kube-scheduler ``schedule_one.go``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from orrery.scheduler.decision import (
    NO_NODES_MESSAGE,
    Decision,
    FilterVerdict,
    NodeVerdict,
    PluginScore,
    fit_error,
)
from orrery.scheduler.framework import Code, FilterCheck, Framework, Status
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot

MIN_FEASIBLE_NODES = 100
MIN_FEASIBLE_PERCENT = 5


class Chance(Protocol):
    """Where a tie-break is drawn from; the kernel's RandomStream is one."""

    def below(self, bound: int, /) -> int:
        """An integer in [0, bound)."""
        ...


def nodes_to_find(all_nodes: int, percentage: int = 0) -> int:
    """After how many feasible nodes the search ends.

    All of a cluster below 100 nodes. Else ``percentage`` of them, where 0 means adaptive: 50 % less one for each 125
    nodes, at least 5 %; and never fewer than 100. Source: numFeasibleNodesToFind.
    """
    if all_nodes < MIN_FEASIBLE_NODES:
        return all_nodes
    percent = percentage or max(50 - all_nodes // 125, MIN_FEASIBLE_PERCENT)
    return max(all_nodes * percent // 100, MIN_FEASIBLE_NODES)


def schedule(
    pod: PodInfo,
    snapshot: Snapshot,
    framework: Framework,
    chance: Chance,
    *,
    start: int = 0,
    percentage: int = 0,
) -> Decision:
    """Decide where ``pod`` goes.

    ``start``: the place in the snapshot's order where the search begins; the decision says where the next one does.
    ``percentage``: percentageOfNodesToScore, 0 for adaptive. ``chance`` is drawn from only where totals tie.
    """
    all_nodes = len(snapshot.nodes)
    if not all_nodes:
        return Decision(pod.key, pod.uid, None, message=NO_NODES_MESSAGE)
    plan = _prepare(pod, snapshot, framework)
    if plan.refusal is not None:
        return _refused_outright(pod, all_nodes, plan.refusal, start)
    search = _filter(snapshot, plan, start % all_nodes, nodes_to_find(len(plan.eligible), percentage))
    if search.error is not None or not search.feasible:
        decision = _nowhere(pod, all_nodes, plan, search)
    else:
        decision = _choose(pod, snapshot, framework, plan, search, chance)
    return replace(decision, next_start=(start + decision.evaluated) % all_nodes)


def _nowhere(pod: PodInfo, all_nodes: int, plan: _Plan, search: _Search) -> Decision:
    verdicts = tuple(search.verdicts)
    decision = Decision(pod.key, pod.uid, None, (*verdicts, *plan.excluded), all_nodes, len(verdicts))
    if search.error is not None:
        reason = ", ".join(search.error.reasons)
        return replace(decision, failed=True, message=f'running "{search.error.plugin}" filter plugin: {reason}')
    reasons = [reason for node in verdicts for reason in node.filters[-1].reasons]
    # Kubernetes does not look at the nodes that were left out and gives them all this one reason.
    reasons += [f"node(s) didn't satisfy plugin(s) [{' '.join(plan.excluded_by)}]"] * len(plan.excluded)
    blamed = [node.filters[-1].plugin for node in verdicts] + list(plan.excluded_by)
    return replace(decision, refused_by=tuple(dict.fromkeys(blamed)), message=fit_error(all_nodes, reasons))


def _choose(
    pod: PodInfo, snapshot: Snapshot, framework: Framework, plan: _Plan, search: _Search, chance: Chance
) -> Decision:
    """The best of the feasible nodes. A single one is taken without scoring, as Kubernetes does."""
    feasible = [node.name for node in search.feasible]
    verdicts = search.verdicts
    tied = feasible
    if len(feasible) > 1:
        scored = _score(pod, snapshot, framework, search.feasible)
        totals = {name: sum(score.weighted for score in scores) for name, scores in scored.items()}
        verdicts = [
            NodeVerdict(each.node, each.filters, scored[each.node], totals[each.node]) if each.node in scored else each
            for each in verdicts
        ]
        best = max(totals.values())
        tied = [name for name in feasible if totals[name] == best]
    return Decision(
        pod.key,
        pod.uid,
        tied[chance.below(len(tied))] if len(tied) > 1 else tied[0],
        (*verdicts, *plan.excluded),
        len(snapshot.nodes),
        len(verdicts),
        len(feasible),
        tuple(tied) if len(tied) > 1 else (),
    )


@dataclass(slots=True)
class _Plan:
    """The filters of one Pod, prepared. ``excluded``: nodes that a pre_filter ruled out without looking at them."""

    checks: list[tuple[str, FilterCheck]]
    skipped: list[FilterVerdict]
    eligible: tuple[NodeInfo, ...]
    excluded: tuple[NodeVerdict, ...] = ()
    excluded_by: tuple[str, ...] = ()
    refusal: Status | None = None


def _prepare(pod: PodInfo, snapshot: Snapshot, framework: Framework) -> _Plan:
    plan = _Plan([], [], snapshot.nodes)
    names: dict[str, None] | None = None
    limiting: list[tuple[str, FilterCheck]] = []
    for plugin in framework.filters:
        answer = plugin.pre_filter(pod, snapshot)
        if isinstance(answer, Status):
            if answer.code is Code.SKIP:
                plan.skipped.append(FilterVerdict(plugin.name, Code.SKIP.value))
                continue
            plan.refusal = answer.by(plugin.name)
            return plan
        plan.checks.append((plugin.name, answer))
        if answer.nodes is not None:
            limiting.append((plugin.name, answer))
            names = dict.fromkeys(name for name in answer.nodes if names is None or name in names)
    if names is not None:
        plan.excluded_by = tuple(sorted(name for name, _ in limiting))
        plan.eligible = tuple(node for node in snapshot.nodes if node.name in names)
        plan.excluded = tuple(_excluded(node, limiting) for node in snapshot.nodes if node.name not in names)
    return plan


def _excluded(node: NodeInfo, limiting: list[tuple[str, FilterCheck]]) -> NodeVerdict:
    """Why a node was not tried: what the plugin that left it out has to say of it."""
    name, check = next((name, check) for name, check in limiting if node.name not in (check.nodes or ()))
    reasons = check.filter(node).reasons
    return NodeVerdict(node.name, (FilterVerdict(name, Code.UNSCHEDULABLE_AND_UNRESOLVABLE.value, reasons),))


def _refused_outright(pod: PodInfo, all_nodes: int, status: Status, start: int) -> Decision:
    reason = ", ".join(status.reasons)
    if status.code is Code.ERROR:
        message = f'running PreFilter plugin "{status.plugin}": {reason}'
        return Decision(pod.key, pod.uid, None, all_nodes=all_nodes, message=message, failed=True, next_start=start)
    return Decision(
        pod.key, pod.uid, None, all_nodes=all_nodes, refused_by=(status.plugin,),
        message=fit_error(all_nodes, (), pre_filter=reason), next_start=start,
    )  # fmt: skip


@dataclass(slots=True)
class _Search:
    verdicts: list[NodeVerdict]
    feasible: list[NodeInfo]
    error: FilterVerdict | None = None


def _filter(snapshot: Snapshot, plan: _Plan, start: int, enough: int) -> _Search:
    nodes = plan.eligible
    if len(nodes) == len(snapshot.nodes):
        nodes = nodes[start:] + nodes[:start]
    passed = [FilterVerdict(name, Code.SUCCESS.value) for name, _ in plan.checks]
    all_passed = (*passed, *plan.skipped)
    search = _Search([], [])
    for node in nodes:
        for index, (name, check) in enumerate(plan.checks):
            status = check.filter(node)
            if status.code is not Code.SUCCESS:
                verdict = FilterVerdict(name, status.code.value, status.reasons)
                search.verdicts.append(NodeVerdict(node.name, (*passed[:index], verdict)))
                if status.code is Code.ERROR:
                    search.error = verdict
                    return search
                break
        else:
            search.verdicts.append(NodeVerdict(node.name, all_passed))
            search.feasible.append(node)
            if len(search.feasible) == enough:
                break
    return search


def _score(
    pod: PodInfo, snapshot: Snapshot, framework: Framework, feasible: Sequence[NodeInfo]
) -> dict[str, tuple[PluginScore, ...]]:
    """Every plugin's score for every feasible node. A plugin that skips gives nothing, as in Kubernetes."""
    rows: list[list[PluginScore]] = [[] for _ in feasible]
    for plugin in framework.scores:
        scorer = plugin.pre_score(pod, snapshot, feasible)
        if isinstance(scorer, Status):
            continue
        weight = framework.weights[plugin.name]
        raw = [scorer.score(node) for node in feasible]
        for row, score, normalized in zip(rows, raw, scorer.normalize(raw), strict=True):
            row.append(PluginScore(plugin.name, score, normalized, weight, normalized * weight))
    return {node.name: tuple(row) for node, row in zip(feasible, rows, strict=True)}
