"""What each plugin's score is worth, worked out from its formula."""

from __future__ import annotations

from typing import Any

import pytest
from scheduler_objects import MIB, a_container, a_node, a_pod, a_snapshot, scores, taint
from test_scheduler_filters import expression

from orrery.scheduler.framework import default_normalize
from orrery.scheduler.plugins import PLUGINS
from orrery.scheduler.plugins.image_locality import ImageLocality, normalized_image_name
from orrery.scheduler.plugins.node_affinity import NodeAffinity
from orrery.scheduler.plugins.node_resources_balanced_allocation import NodeResourcesBalancedAllocation
from orrery.scheduler.plugins.node_resources_fit import NodeResourcesFit
from orrery.scheduler.plugins.taint_toleration import TaintToleration


def test_default_weights_are_those_of_the_default_profile() -> None:
    # Source: kube-scheduler apis/config/v1/default_plugins.go
    weights = {plugin.name: plugin.weight for plugin in PLUGINS if hasattr(plugin, "pre_score")}
    assert weights == {
        "TaintToleration": 3,
        "NodeAffinity": 2,
        "NodeResourcesFit": 1,
        "NodeResourcesBalancedAllocation": 1,
        "ImageLocality": 1,
    }


@pytest.mark.parametrize(
    ("raw", "reverse", "normalized"),
    [
        ([1, 2, 4], False, [25, 50, 100]),
        ([1, 2, 3], False, [33, 66, 100]),  # integers, rounded down
        ([1, 2, 3], True, [67, 34, 0]),
        ([0, 0], False, [0, 0]),
        ([0, 0], True, [100, 100]),
        ([], False, []),
    ],
)
def test_normalizing_brings_the_highest_to_100(raw: list[int], reverse: bool, normalized: list[int]) -> None:
    assert default_normalize(raw, reverse=reverse) == normalized


def test_the_fewest_soft_taints_score_100() -> None:
    soft = [taint("a", "PreferNoSchedule"), taint("b", "PreferNoSchedule")]
    snapshot = a_snapshot([a_node("none"), a_node("one", taints=soft[:1]), a_node("two", taints=soft)])
    assert scores(TaintToleration(), a_pod(), snapshot) == ([0, 1, 2], [100, 50, 0])
    tolerant = a_pod(tolerations=[{"key": "b", "operator": "Exists"}])
    assert scores(TaintToleration(), tolerant, snapshot) == ([0, 1, 1], [100, 0, 0])
    hard_only = a_pod(tolerations=[{"key": "b", "operator": "Exists", "effect": "NoSchedule"}])
    assert scores(TaintToleration(), hard_only, snapshot) == ([0, 1, 2], [100, 50, 0])


def test_preferred_affinity_sums_the_weights_of_what_matches() -> None:
    preferences = [
        {"weight": 10, "preference": expression("disk", "In", "ssd")},
        {"weight": 30, "preference": expression("zone", "In", "z1")},
        {"weight": 99, "preference": {}},  # an empty preference matches nothing
    ]
    pod = a_pod(affinity={"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferences}})
    nodes = [a_node("a", labels={"disk": "ssd"}), a_node("b", labels={"disk": "ssd", "zone": "z1"}), a_node("c")]
    assert scores(NodeAffinity(), pod, a_snapshot(nodes)) == ([10, 40, 0], [25, 100, 0])


def test_without_preferences_node_affinity_does_not_score() -> None:
    assert scores(NodeAffinity(), a_pod(nodeSelector={"a": "b"}), a_snapshot([a_node("n")])) == ([], [])


@pytest.mark.parametrize(
    ("node", "there", "pod", "score"),
    [
        # cpu: (4000 - 1000) * 100 / 4000 = 75; memory: (8 - 2) * 100 / 8 = 75
        (("4", "8Gi"), None, ("1", "2Gi"), 75),
        # cpu: (4000 - 3000) * 100 / 4000 = 25; memory: (8 - 4) * 100 / 8 = 50; mean 37.5, rounded down
        (("4", "8Gi"), ("1", "2Gi"), ("2", "2Gi"), 37),
        # nothing asked for counts as 100m and 200Mi: 97 (of 97.5) and 97 (of 97.55)
        (("4", "8Gi"), None, (None, None), 97),
        # and so do the Pods that are there: 95 and 95
        (("4", "8Gi"), (None, None), (None, None), 95),
        # asked for in words, zero is zero
        (("4", "8Gi"), None, ("0", "0"), 100),
        # more than there is: 0 for that resource
        (("1", "8Gi"), None, ("2", "4Gi"), 25),
    ],
)
def test_least_allocated_is_the_mean_free_share(node: Any, there: Any, pod: Any, score: int) -> None:
    pods = [] if there is None else [a_pod("there", *there, node="n")]
    raw, normalized = scores(NodeResourcesFit(), a_pod("new", *pod), a_snapshot([a_node("n", *node)], pods))
    assert raw == normalized == [score]


@pytest.mark.parametrize(
    ("there", "pod", "score"),
    [
        (None, ("2", "5Gi"), 100),  # 1/2 and 1/2
        (None, ("4", "0"), 50),  # 1 and 0: deviation 1/2
        (None, ("1", "5Gi"), 87),  # 1/4 and 1/2: deviation 1/8
        (("1", "0"), ("1", "5Gi"), 100),
        ((None, None), ("2", "5Gi"), 100),  # requests left out count as nothing here
        (None, ("8", "10Gi"), 100),  # a fraction is at most 1
    ],
)
def test_balanced_allocation_falls_with_the_deviation_of_the_fractions(there: Any, pod: Any, score: int) -> None:
    pods = [] if there is None else [a_pod("there", *there, node="n")]
    snapshot = a_snapshot([a_node("n", "4", "10Gi")], pods)
    assert scores(NodeResourcesBalancedAllocation(), a_pod("new", *pod), snapshot)[0] == [score]


def test_balanced_allocation_over_three_resources() -> None:
    # 1/4, 1/2, 1: mean 7/12, variance 7/72, deviation 0.3118
    gpu = {"nvidia.com/gpu": "1"}
    plugin = NodeResourcesBalancedAllocation(resources=("cpu", "memory", "nvidia.com/gpu"))
    pod = a_pod(containers=[a_container("1", "5Gi", requests=gpu)])
    assert scores(plugin, pod, a_snapshot([a_node("n", "4", "10Gi", more=gpu)]))[0] == [68]


@pytest.mark.parametrize(
    ("there", "pod", "score"),
    [
        (None, ("2", "5Gi"), 75),  # balanced as before
        (None, ("4", "0"), 50),  # from balanced to as unbalanced as can be
        (("4", "0"), ("0", "10Gi"), 100),  # and back
        (("2", "0"), ("1", "0"), 68),  # from 1/4 off (75) to 3/8 off (62): 50 + 37 / 2
    ],
)
def test_relative_balance_scores_what_the_pod_changes(there: Any, pod: Any, score: int) -> None:
    pods = [] if there is None else [a_pod("there", *there, node="n")]
    snapshot = a_snapshot([a_node("n", "4", "10Gi")], pods)
    assert scores(NodeResourcesBalancedAllocation(relative=True), a_pod("new", *pod), snapshot)[0] == [score]


def test_a_pod_without_requests_is_not_scored_for_balance() -> None:
    assert scores(NodeResourcesBalancedAllocation(), a_pod(), a_snapshot([a_node("n")])) == ([], [])


@pytest.mark.parametrize(
    ("name", "normalized"),
    [
        ("nginx", "nginx:latest"),
        ("nginx:1.29", "nginx:1.29"),
        ("registry:5000/nginx", "registry:5000/nginx:latest"),
        ("registry:5000/nginx:1", "registry:5000/nginx:1"),
    ],
)
def test_an_image_name_without_a_tag_means_latest(name: str, normalized: str) -> None:
    assert normalized_image_name(name) == normalized


def test_image_locality_counts_the_size_times_the_share_of_nodes() -> None:
    # 500 MB on one of two nodes counts 250 MB: (250 - 23) * 100 / (1000 - 23) = 23.2
    nodes = [a_node("has", images={"big:1": 500 * MIB}), a_node("lacks")]
    pod = a_pod(containers=[a_container(image="big:1")])
    assert scores(ImageLocality(), pod, a_snapshot(nodes))[0] == [23, 0]


def test_image_locality_is_clamped_between_23_and_1000_megabytes_a_container() -> None:
    pod = a_pod(containers=[a_container(image="small:1"), a_container(image="huge:1")])
    nodes = [a_node("small", images={"small:1": 22 * MIB}), a_node("huge", images={"huge:1": 9000 * MIB})]
    assert scores(ImageLocality(), pod, a_snapshot(nodes))[0] == [0, 100]


def test_image_locality_counts_init_containers() -> None:
    # 1000 MB of 2 * 1000: (1000 - 23) * 100 / (2000 - 23) = 49.4
    pod = a_pod(containers=[a_container(image="app:1")], initContainers=[a_container(image="setup:1")])
    assert scores(ImageLocality(), pod, a_snapshot([a_node("n", images={"setup:1": 1000 * MIB})]))[0] == [49]
