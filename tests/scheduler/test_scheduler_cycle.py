"""One cycle: filters in order, scores summed by weight, ties settled by chance, failures put into words."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scheduler_objects import FirstOf, a_node, a_pod, a_snapshot, decide, taint
from test_scheduler_filters import field, required

from orrery.kernel import RandomStream
from orrery.scheduler.cycle import nodes_to_find, schedule
from orrery.scheduler.decision import Decision
from orrery.scheduler.framework import (
    Code,
    FilterCheck,
    FilterPlugin,
    Framework,
    ScorePlugin,
    Scorer,
    Status,
    failure,
)
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.plugins import default_framework

CONTROL_PLANE = taint("node-role.kubernetes.io/control-plane")


def filters_of(decision: Decision, node: str) -> list[tuple[str, str]]:
    [verdict] = [each for each in decision.nodes if each.node == node]
    return [(each.plugin, each.code) for each in verdict.filters]


def test_the_emptiest_node_wins_and_every_score_is_on_record() -> None:
    nodes = [a_node("full"), a_node("empty"), a_node("cp", taints=[CONTROL_PLANE])]
    decision = decide(a_pod("web", "1", "1Gi"), nodes, [a_pod("there", "2", "4Gi", node="full")])
    assert (decision.selected, decision.evaluated, decision.feasible, decision.tied) == ("empty", 3, 2, ())
    [empty] = [each for each in decision.nodes if each.node == "empty"]
    assert [(score.plugin, score.raw, score.normalized, score.weighted) for score in empty.scores] == [
        ("TaintToleration", 0, 100, 300),
        ("NodeResourcesFit", 81, 81, 81),  # (75 + 87) / 2
        ("NodeResourcesBalancedAllocation", 93, 93, 93),  # 1/4 and 1/8: deviation 1/16
        ("ImageLocality", 0, 0, 0),
    ]
    assert empty.total == 474


def test_a_nodes_turn_ends_at_the_first_refusal_and_what_it_passed_before_is_on_record() -> None:
    decision = decide(a_pod("web", "1"), [a_node("cp", "100m", taints=[CONTROL_PLANE]), a_node("ok")])
    assert filters_of(decision, "cp") == [
        ("NodeUnschedulable", "Success"),
        ("NodeName", "Success"),
        ("TaintToleration", "UnschedulableAndUnresolvable"),
    ]
    assert filters_of(decision, "ok") == [
        ("NodeUnschedulable", "Success"),
        ("NodeName", "Success"),
        ("TaintToleration", "Success"),
        ("NodeResourcesFit", "Success"),
        ("NodeAffinity", "Skip"),
    ]


def test_a_single_feasible_node_is_taken_without_scoring() -> None:
    decision = decide(a_pod(), [a_node("cp", taints=[CONTROL_PLANE]), a_node("only")])
    assert decision.selected == "only"
    assert all(node.scores == () and node.total is None for node in decision.nodes)


def test_a_failure_counts_the_nodes_behind_each_reason() -> None:
    nodes = [a_node("cp", taints=[CONTROL_PLANE]), a_node("a", "1"), a_node("b", "1"), a_node("c", "1", "1Gi")]
    decision = decide(a_pod("web", "2", "4Gi"), nodes)
    assert decision.selected is None
    assert decision.message == (
        "0/4 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint(s), 3 Insufficient cpu."
    )
    assert decision.refused_by == ("TaintToleration", "NodeResourcesFit")


def test_without_nodes_the_message_says_so_and_no_plugin_is_to_blame() -> None:
    decision = decide(a_pod(), [])
    assert (decision.message, decision.refused_by) == ("no nodes available to schedule pods", ())


def test_a_refusal_before_the_first_node_is_told_once() -> None:
    both = {"matchFields": field("In", "a")["matchFields"] + field("In", "b")["matchFields"]}
    decision = decide(a_pod(affinity=required(both)), [a_node("a"), a_node("b")])
    assert decision.message == "0/2 nodes are available: pod affinity terms conflict."
    assert (decision.refused_by, decision.evaluated) == (("NodeAffinity",), 0)


def test_nodes_that_affinity_does_not_name_are_not_tried() -> None:
    nodes = [a_node("a", "1"), a_node("b"), a_node("c")]
    decision = decide(a_pod("daemon", "2", affinity=required(field("In", "a"))), nodes)
    assert decision.evaluated == 1
    assert decision.message == (
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]."
    )
    assert [node.filters[-1].plugin for node in decision.nodes] == ["NodeResourcesFit", "NodeAffinity", "NodeAffinity"]


def test_a_draw_is_spent_only_on_a_tie() -> None:
    chance = FirstOf()
    decide(a_pod("web", "1"), [a_node("big", "8"), a_node("small", "2")], chance=chance)
    assert chance.draws == 0
    decision = decide(a_pod("web", "1"), [a_node("a"), a_node("b"), a_node("small", "2")], chance=chance)
    assert (chance.draws, decision.tied) == (1, ("a", "b"))


def test_the_same_stream_settles_the_same_ties() -> None:
    def run(seed: int) -> list[Any]:
        stream = RandomStream(seed, "cp-1/kube-scheduler")
        nodes = [a_node(f"n{index}") for index in range(4)]
        return [decide(a_pod(f"p{index}"), nodes, chance=stream).selected for index in range(20)]

    assert run(7) == run(7)
    assert run(7) != run(8)
    assert len(dict.fromkeys(run(7))) == 4


@pytest.mark.parametrize(
    ("all_nodes", "percentage", "found"),
    [
        (0, 0, 0),
        (99, 0, 99),
        (100, 0, 100),
        (150, 0, 100),  # 49 % would be 73: never fewer than 100
        (1000, 0, 420),  # 50 - 1000 / 125 = 42 %
        (5000, 0, 500),  # 10 %
        (6000, 0, 300),  # 5 % at least
        (1000, 100, 1000),
        (1000, 20, 200),
        (50, 20, 50),
    ],
)
def test_how_many_feasible_nodes_are_looked_for(all_nodes: int, percentage: int, found: int) -> None:
    # Source: "Scheduler Performance Tuning"
    assert nodes_to_find(all_nodes, percentage) == found


def test_a_large_cluster_is_searched_in_turns() -> None:
    snapshot = a_snapshot([a_node(f"n{index}") for index in range(150)])
    first = schedule(PodInfo(a_pod()), snapshot, default_framework(), FirstOf())
    assert (first.evaluated, first.nodes[0].node, first.next_start) == (100, "n0", 100)
    second = schedule(PodInfo(a_pod()), snapshot, default_framework(), FirstOf(), start=first.next_start)
    assert (second.nodes[0].node, second.next_start) == ("n100", 50)


def test_zones_take_turns_in_the_order_of_nodes() -> None:
    zone = "topology.kubernetes.io/zone"
    nodes = [a_node(name, labels={zone: name[0]}) for name in ("x1", "x2", "x3", "y1", "y2")]
    assert [node.name for node in a_snapshot(nodes).nodes] == ["x1", "y1", "x2", "y2", "x3"]


def test_a_broken_filter_fails_the_cycle_and_not_the_pod() -> None:
    class Broken(FilterPlugin):
        name = "Broken"

        def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
            class Check(FilterCheck):
                def filter(self, node: NodeInfo) -> Status:
                    return Status(Code.ERROR, ("out of order",))

            return Check()

    decision = decide(a_pod(), [a_node("n")], framework=Framework([Broken()]))
    assert decision.failed
    assert (decision.message, decision.refused_by) == ('running "Broken" filter plugin: out of order', ())


def test_weights_can_be_set_by_plugin() -> None:
    plugins = default_framework().plugins
    nodes = [a_node("big", "8", "16Gi"), a_node("even", "2", "2Gi")]
    pod = a_pod("web", "1", "1Gi")
    assert decide(pod, nodes, framework=Framework(plugins)).selected == "big"
    heavy = Framework(plugins, {"NodeResourcesBalancedAllocation": 50})
    assert decide(pod, nodes, framework=heavy).selected == "even"


def test_a_decision_can_be_written_as_json() -> None:
    decision = decide(a_pod(), [a_node("a"), a_node("cp", taints=[CONTROL_PLANE])])
    assert orjson.loads(orjson.dumps(decision))["nodes"][1]["filters"][-1] == {
        "plugin": "TaintToleration",
        "code": "UnschedulableAndUnresolvable",
        "reasons": ["node(s) had untolerated taint(s)"],
    }


@st.composite
def clusters(draw: st.DrawFn) -> tuple[Any, list[Any], list[Any]]:
    sizes = st.sampled_from(["500m", "1", "2", "4"])
    some_taints = st.sampled_from([[], [CONTROL_PLANE], [taint("soft", "PreferNoSchedule")]])
    count = draw(st.integers(1, 6))
    nodes = [
        a_node(f"n{index}", draw(sizes), pods=draw(st.sampled_from(["1", "110"])), taints=draw(some_taints),
               unschedulable=draw(st.booleans()))
        for index in range(count)
    ]  # fmt: skip
    there = [
        a_pod(f"p{index}", draw(sizes), node=f"n{draw(st.integers(0, count - 1))}")
        for index in range(draw(st.integers(0, 8)))
    ]
    return a_pod("new", draw(sizes)), nodes, there


@given(clusters())
def test_a_node_that_a_filter_refused_is_never_chosen(cluster: tuple[Any, list[Any], list[Any]]) -> None:
    pod, nodes, there = cluster
    decision = decide(pod, nodes, there)
    refused = [node.node for node in decision.nodes if node.filters[-1].code not in ("Success", "Skip")]
    assert decision.selected not in refused
    assert (decision.selected is None) == (len(refused) == len(nodes))
    if decision.feasible > 1:
        totals = {node.node: node.total for node in decision.nodes if node.total is not None}
        assert decision.selected is not None
        assert totals[decision.selected] == max(totals.values())


@given(clusters())
def test_one_node_more_never_makes_a_schedulable_pod_unschedulable(cluster: tuple[Any, list[Any], list[Any]]) -> None:
    pod, nodes, there = cluster
    if decide(pod, nodes, there).selected is not None:
        assert decide(pod, [*nodes, a_node("more", "1")], there).selected is not None


# Errors. Source: kube-scheduler ``framework/runtime/framework.go``.


class _Breaking(ScorePlugin):
    """Answers with an error at one of the points of scoring."""

    name = "Breaking"

    def __init__(self, point: str) -> None:
        self.point = point

    def pre_score(self, pod: PodInfo, snapshot: Snapshot, feasible: Any) -> Scorer | Status:
        return failure("no luck") if self.point == "PreScore" else _BreakingScorer(self.point)


class _BreakingScorer(Scorer):
    def __init__(self, point: str) -> None:
        self.point = point

    def score(self, node: NodeInfo) -> int | Status:
        return failure("no luck") if self.point == "Score" else 101

    def normalize(self, scores: list[int]) -> list[int] | Status:
        return failure("no luck") if self.point == "NormalizeScore" else scores


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ("PreScore", 'running PreScore plugin "Breaking": no luck'),
        ("Score", 'running Score plugins: plugin "Breaking" failed with: no luck'),
        ("NormalizeScore", 'running Normalize on Score plugins: plugin "Breaking" failed with: no luck'),
        (
            "",
            'applying score defaultWeights on Score plugins: plugin "Breaking" returns an invalid score 101, it should '
            "in the range of [0, 100] after normalizing",
        ),
    ],
)
def test_an_error_anywhere_in_scoring_fails_the_cycle_and_not_the_pod(point: str, message: str) -> None:
    decision = decide(a_pod(), [a_node("a"), a_node("b")], framework=Framework([_Breaking(point)]))
    assert (decision.selected, decision.failed, decision.refused_by) == (None, True, ())
    assert decision.message == message


class _Indifferent(FilterPlugin):
    """A filter that says neither yes nor no."""

    name = "Indifferent"

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        return _Waits()


class _Waits(FilterCheck):
    def filter(self, node: NodeInfo) -> Status:
        return Status(Code.WAIT, ("later",))


def test_a_filter_that_says_neither_yes_nor_no_fails_the_cycle() -> None:
    decision = decide(a_pod(), [a_node("a")], framework=Framework([_Indifferent()]))
    assert (decision.failed, decision.message) == (True, 'running "Indifferent" filter plugin: later')


def test_the_points_of_the_default_profile_are_those_of_kubernetes() -> None:
    points = dict(default_framework().points)
    assert list(points) == [
        "PreFilter", "Filter", "PreScore", "Score", "NormalizeScore", "Reserve", "Permit", "PreBind", "Bind",
    ]  # fmt: skip
    assert points["NormalizeScore"] == ("TaintToleration", "NodeAffinity")
    assert points["Bind"] == ("DefaultBinder",)
