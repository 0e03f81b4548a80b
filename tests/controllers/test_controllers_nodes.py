"""Taints of nodes, how fast nodes are evicted from, and how long Pods tolerate it.

Sources: in Kubernetes' documentation "Nodes" (Node controller, Rate limits on eviction) and "Taints and Tolerations"
(Taint based Evictions, Taint Nodes by Condition); pkg/controller/nodelifecycle, pkg/controller/tainteviction.
"""

from typing import Any

import pytest
from controller_objects import node, pod

from orrery.controllers.node_taints import (
    EVICTION_PERIOD_NS,
    NOT_READY,
    SECONDARY_PERIOD_NS,
    UNREACHABLE,
    UNSCHEDULABLE,
    all_down,
    eviction_period_ns,
    needs_execute,
    wanted_taints,
    zone_of,
)
from orrery.controllers.pod_gc import surplus
from orrery.controllers.taint_eviction import tolerated_seconds

Document = dict[str, Any]


def keys(taints: list[Document]) -> list[tuple[str, str]]:
    return [(taint["key"].removeprefix("node.kubernetes.io/"), taint["effect"]) for taint in taints]


@pytest.mark.parametrize(
    ("ready", "not_ready", "period_ns"),
    [
        (4, 0, EVICTION_PERIOD_NS),
        (3, 1, EVICTION_PERIOD_NS),
        (1, 2, EVICTION_PERIOD_NS),  # two may be down, however few there are
        (1, 3, None),  # most of a small zone
        (22, 28, None),
        (23, 27, EVICTION_PERIOD_NS),  # 54 % is not most
        (40, 60, SECONDARY_PERIOD_NS),  # most of a large zone
        (0, 4, EVICTION_PERIOD_NS),  # a whole zone: it has failed, and the others have not
    ],
)
def test_the_more_of_a_zone_is_down_the_slower_it_is_evicted_from(
    ready: int, not_ready: int, period_ns: int | None
) -> None:
    assert eviction_period_ns(ready, not_ready) == period_ns


def test_all_are_down_when_none_is_ready() -> None:
    assert all_down([node("Unknown"), node("False")])
    assert not all_down([node("Unknown"), node("True")])


def test_zones_of_one_name_in_two_regions_are_two() -> None:
    labels = [{"topology.kubernetes.io/zone": "a", "topology.kubernetes.io/region": region} for region in ("x", "y")]
    first, second = ({"metadata": {"labels": one}} for one in labels)
    assert zone_of(first) != zone_of(second)
    assert zone_of({"metadata": {}}) == zone_of({"metadata": {"labels": {}}})


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (node("True"), []),
        (node("False"), [("not-ready", "NoSchedule"), ("not-ready", "NoExecute")]),
        (node("Unknown"), [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")]),
        (node("True", MemoryPressure="True"), [("memory-pressure", "NoSchedule")]),
        (node("True", DiskPressure="True"), [("disk-pressure", "NoSchedule")]),
        (node("True", PIDPressure="Unknown"), []),
        (node("True", NetworkUnavailable="True"), [("network-unavailable", "NoSchedule")]),
        (node("True", unschedulable=True), [("unschedulable", "NoSchedule")]),
    ],
)
def test_conditions_become_taints(there: Document, expected: list[tuple[str, str]]) -> None:
    assert keys(wanted_taints(there, [], may_execute=True, now="T")) == expected


def test_taints_of_others_are_left_alone() -> None:
    own = {"key": "team", "value": "red", "effect": "NoExecute"}
    assert wanted_taints(node("True"), [own], may_execute=True, now="T") == [own]


def test_no_execute_waits_for_its_turn_keeps_its_time_and_goes_with_the_cause() -> None:
    waiting = wanted_taints(node("Unknown"), [], may_execute=False, now="T1")
    assert keys(waiting) == [("unreachable", "NoSchedule")] and needs_execute(node("Unknown"), waiting)
    there = wanted_taints(node("Unknown"), waiting, may_execute=True, now="T2")
    assert [taint["timeAdded"] for taint in there] == ["T1", "T2"]
    assert wanted_taints(node("Unknown"), there, may_execute=False, now="T3") == there
    assert wanted_taints(node("True"), there, may_execute=True, now="T4") == []


def test_a_node_that_turns_from_not_ready_to_unknown_changes_its_taint_without_waiting() -> None:
    there = wanted_taints(node("False"), [], may_execute=True, now="T1")
    changed = wanted_taints(node("Unknown"), there, may_execute=False, now="T2")
    assert keys(changed) == [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")]


def test_when_every_node_is_down_no_execute_is_taken_off_again() -> None:
    there = wanted_taints(node("Unknown"), [], may_execute=True, now="T1")
    left = wanted_taints(node("Unknown"), there, may_execute=True, now="T2", everything_down=True)
    assert keys(left) == [("unreachable", "NoSchedule")]


def test_a_cordoned_node_that_is_uncordoned_loses_that_taint() -> None:
    cordoned = wanted_taints(node("True", unschedulable=True), [], may_execute=True, now="T")
    assert [taint["key"] for taint in cordoned] == [UNSCHEDULABLE]
    assert wanted_taints(node("True"), cordoned, may_execute=True, now="T") == []


def bears(key: str, seconds: int | None = None, **more: Any) -> Document:
    limit = {} if seconds is None else {"tolerationSeconds": seconds}
    return {"key": key, "operator": "Exists", "effect": "NoExecute", **limit, **more}


@pytest.mark.parametrize(
    ("tolerations", "taints", "seconds"),
    [
        ([], [], None),
        ([], [UNREACHABLE], 0),
        ([{"operator": "Exists"}], [UNREACHABLE, NOT_READY], None),
        ([bears(UNREACHABLE, 300)], [UNREACHABLE], 300),
        ([bears(UNREACHABLE, 300)], [UNREACHABLE, NOT_READY], 0),  # one taint that is not tolerated is enough
        ([bears(UNREACHABLE, 300), bears(NOT_READY, 20)], [UNREACHABLE, NOT_READY], 20),
        ([bears(UNREACHABLE), bears(NOT_READY, 20)], [UNREACHABLE, NOT_READY], 20),
        ([bears(UNREACHABLE, 300), bears(UNREACHABLE, 20)], [UNREACHABLE], 300),  # the first that matches
        ([bears(UNREACHABLE, -1)], [UNREACHABLE], 0),
        ([bears(UNREACHABLE, 300, effect="NoSchedule")], [UNREACHABLE], 0),
    ],
)
def test_a_pod_stays_for_the_least_that_it_tolerates(
    tolerations: list[Document], taints: list[str], seconds: int | None
) -> None:
    bearing = [{"key": key, "effect": "NoExecute"} for key in taints]
    assert tolerated_seconds(pod("a", tolerations=tolerations), bearing) == seconds


def test_of_very_many_pods_that_have_ended_the_oldest_go() -> None:
    pods = [
        pod("new", phase="Failed", born="2026-01-01T00:00:03Z"), pod("runs"),
        pod("old", phase="Succeeded", born="2026-01-01T00:00:01Z"), pod("middle", phase="Failed"),
    ]
    assert [one["metadata"]["name"] for one in surplus(pods, 1)] == ["middle", "old"]
    assert surplus(pods, 3) == []
