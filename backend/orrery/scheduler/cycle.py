"""The scheduling cycle: a Pod and a snapshot in, a decision out.

A pure function of its arguments. Filters first, node by node, each node's turn ending at the first refusal; then the
scores of the nodes that passed; then the highest total, a tie being settled by a draw. A node's turn ends at its first
refusal, as in Kubernetes; what would help it is asked of the filters that come after as well (``diagnosis``).
A plugin's error ends the cycle in the words of Kubernetes. Source: kube-scheduler ``schedule_one.go`` and
``framework/runtime/framework.go``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from orrery.scheduler.decision import (
    NO_NODES_MESSAGE,
    Decision,
    FilterVerdict,
    NodeVerdict,
    fit_error,
)
from orrery.scheduler.diagnosis import DIAGNOSED_MOST, way_past, ways_in
from orrery.scheduler.framework import Code, FilterCheck, Framework, Status
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.remedies import WayIn, cheapest, remedy
from orrery.scheduler.scoring import CycleError, Scored, score

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
        way_in = WayIn(remedies=(remedy("add-node"),))
        return Decision(pod.key, pod.uid, None, message=NO_NODES_MESSAGE, way_in=way_in)
    plan = _prepare(pod, snapshot, framework)
    if plan.refusal is not None:
        return _refused_outright(pod, snapshot, plan, plan.refusal, start)
    search = _filter(snapshot, plan, start % all_nodes, nodes_to_find(len(plan.eligible), percentage))
    if search.error is not None or not search.feasible:
        decision = _nowhere(pod, all_nodes, plan, search)
    else:
        decision = _choose(pod, snapshot, framework, plan, search, chance)
    return replace(decision, next_start=(start + decision.evaluated) % all_nodes)


def _nowhere(pod: PodInfo, all_nodes: int, plan: _Plan, search: _Search) -> Decision:
    verdicts = tuple(search.verdicts)
    nodes = (*verdicts, *plan.excluded)
    decision = Decision(pod.key, pod.uid, None, nodes, all_nodes, len(verdicts), skipped=plan.skipped_filters)
    if search.error is not None:
        reason = ", ".join(search.error.reasons)
        return replace(decision, failed=True, message=f'running "{search.error.plugin}" filter plugin: {reason}')
    reasons = [reason for node in verdicts for reason in node.filters[-1].reasons]
    # Kubernetes does not look at the nodes that were left out and gives them all this one reason.
    reasons += [f"node(s) didn't satisfy plugin(s) [{' '.join(plan.excluded_by)}]"] * len(plan.excluded)
    blamed = [node.filters[-1].plugin for node in verdicts] + list(plan.excluded_by)
    return replace(
        decision,
        refused_by=tuple(dict.fromkeys(blamed)),
        message=fit_error(all_nodes, reasons),
        way_in=cheapest((node.node, node.remedies) for node in nodes),
    )


def _choose(
    pod: PodInfo, snapshot: Snapshot, framework: Framework, plan: _Plan, search: _Search, chance: Chance
) -> Decision:
    """The best of the feasible nodes. A single one is taken without scoring, as Kubernetes does."""
    feasible = [node.name for node in search.feasible]
    verdicts = search.verdicts
    tied, scored = feasible, Scored()
    decision = Decision(
        pod.key, pod.uid, None, (*verdicts, *plan.excluded), len(snapshot.nodes), len(verdicts), len(feasible),
        skipped=plan.skipped_filters,
    )  # fmt: skip
    if len(feasible) > 1:
        try:
            scored = score(pod, snapshot, framework, search.feasible)
        except CycleError as error:
            return replace(decision, failed=True, message=str(error))
        totals = {name: sum(each.weighted for each in scores) for name, scores in scored.rows.items()}
        verdicts = [
            replace(each, scores=scored.rows[each.node], total=totals[each.node]) if each.node in totals else each
            for each in verdicts
        ]
        best = max(totals.values())
        tied = [name for name in feasible if totals[name] == best]
    return replace(
        decision,
        selected=tied[chance.below(len(tied))] if len(tied) > 1 else tied[0],
        nodes=(*verdicts, *plan.excluded),
        tied=tuple(tied) if len(tied) > 1 else (),
        skipped=plan.skipped_filters + scored.skipped,
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

    @property
    def skipped_filters(self) -> tuple[tuple[str, str], ...]:
        return tuple(("Filter", verdict.plugin) for verdict in self.skipped)


def _prepare(pod: PodInfo, snapshot: Snapshot, framework: Framework) -> _Plan:
    plan = _Plan([], [], snapshot.nodes)
    names: dict[str, None] | None = None
    limiting: list[tuple[str, FilterCheck]] = []
    for plugin in framework.filters:
        answer = plugin.pre_filter(pod, snapshot)
        if isinstance(answer, Status):
            if answer.code is Code.SKIP:
                plan.skipped.append(FilterVerdict(plugin.name, Code.SKIP.value))
            elif plan.refusal is None or answer.code is Code.ERROR:
                plan.refusal = answer.by(plugin.name)
            if answer.code is Code.ERROR:
                return plan
            continue
        plan.checks.append((plugin.name, answer))
        if answer.nodes is not None:
            limiting.append((plugin.name, answer))
            names = dict.fromkeys(name for name in answer.nodes if names is None or name in names)
    if names is not None:
        plan.excluded_by = tuple(sorted(name for name, _ in limiting))
        plan.eligible = tuple(node for node in snapshot.nodes if node.name in names)
        plan.excluded = tuple(
            _excluded(node, limiting, plan.checks) for node in snapshot.nodes if node.name not in names
        )
    return plan


def _excluded(
    node: NodeInfo, limiting: list[tuple[str, FilterCheck]], checks: list[tuple[str, FilterCheck]]
) -> NodeVerdict:
    """Why a node was not tried: what the plugin that left it out has to say of it."""
    name, check = next((name, check) for name, check in limiting if node.name not in (check.nodes or ()))
    reasons = check.filter(node).reasons
    verdict = FilterVerdict(name, Code.UNSCHEDULABLE_AND_UNRESOLVABLE.value, reasons)
    return NodeVerdict(node.name, (verdict,), remedies=way_past(node, checks))


def _refused_outright(pod: PodInfo, snapshot: Snapshot, plan: _Plan, status: Status, start: int) -> Decision:
    reason = ", ".join(status.reasons)
    decision = Decision(
        pod.key, pod.uid, None, all_nodes=len(snapshot.nodes), next_start=start, skipped=plan.skipped_filters
    )
    if not status.code.refuses or status.code is Code.ERROR:
        return replace(decision, message=f'running PreFilter plugin "{status.plugin}": {reason}', failed=True)
    return replace(
        decision,
        refused_by=(status.plugin,),
        message=fit_error(len(snapshot.nodes), (), pre_filter=reason),
        way_in=cheapest(ways_in(snapshot.nodes, plan.checks, status)),
    )


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
                if not status.code.refuses or status.code is Code.ERROR:  # a filter may say yes or no, and nothing else
                    search.error = FilterVerdict(name, Code.ERROR.value, status.reasons)
                    search.verdicts.append(NodeVerdict(node.name, (*passed[:index], search.error)))
                    return search
                verdict = FilterVerdict(name, status.code.value, status.reasons)
                told = len(search.verdicts) - len(search.feasible)
                remedies = way_past(node, plan.checks[index:]) if told < DIAGNOSED_MOST else ()
                search.verdicts.append(NodeVerdict(node.name, (*passed[:index], verdict), remedies=remedies))
                break
        else:
            search.verdicts.append(NodeVerdict(node.name, all_passed))
            search.feasible.append(node)
            if len(search.feasible) == enough:
                break
    return search
