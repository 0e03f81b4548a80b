"""How a rollout goes, as plain functions.

Sources: "Deployments" in Kubernetes' documentation (sections Rolling Update, Proportional scaling, Rollover, Revision
History); API reference of DeploymentStrategy; pkg/controller/deployment/util/deployment_util.go.
"""

from typing import Any

import pytest
from controller_objects import deployment, replica_set
from hypothesis import given
from hypothesis import strategies as st

from orrery.controllers import deployment_plan as plan
from orrery.kernel.randomness import NAME_ALPHABET


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "limits"),
    [
        (10, "25%", "25%", (3, 2)),  # the surge is rounded up, what may be unavailable down
        (4, "25%", "25%", (1, 1)),
        (1, "25%", "25%", (1, 0)),
        (3, 2, 1, (2, 1)),
        (10, 0, "50%", (0, 5)),
        (3, 0, "10%", (0, 1)),  # 0.3 is 0: then one may be unavailable, or nothing could ever move
        (3, "1%", 0, (1, 0)),
        (2, 1, 5, (1, 2)),  # no more than there are
        (0, 1, 1, (1, 0)),
    ],
)
def test_percentages_of_surge_round_up_and_of_unavailable_down(
    replicas: int, surge: int | str, unavailable: int | str, limits: tuple[int, int]
) -> None:
    assert plan.limits(deployment(replicas, surge=surge, unavailable=unavailable)) == limits


def test_without_limits_a_quarter_may_surge_and_a_quarter_be_unavailable() -> None:
    assert plan.limits(deployment(8)) == (2, 2)


def test_recreate_has_no_limits() -> None:
    assert plan.limits(deployment(8, strategy={"type": "Recreate"})) == (0, 0)


@pytest.mark.parametrize(
    ("old", "new", "size"),
    [(0, 0, 10), (10, 0, 3), (8, 3, 5), (13, 0, 0), (10, 3, 3), (2, 10, 10), (1, 9, 10)],
)
def test_the_new_set_grows_into_what_the_surge_leaves(old: int, new: int, size: int) -> None:
    sets = [replica_set("old", old), replica_set("new", new)]
    assert plan.new_size(deployment(10, surge=3, unavailable=2), sets, new) == size


@pytest.mark.parametrize(
    ("new", "old", "sizes"),
    [
        ((3, 0), [(10, 10)], {"old1": 8}),  # two may be unavailable at once
        ((5, 0), [(8, 8)], {}),  # nothing is to spare until a new one is available
        ((5, 2), [(8, 8)], {"old1": 6}),
        ((3, 0), [(4, 0), (6, 6)], {"old1": 2}),  # unhealthy ones first, as many as may go
        ((10, 10), [(1, 1)], {"old1": 0}),
        ((0, 0), [], {}),
    ],
)
def test_old_sets_shrink_by_what_need_not_be_available(
    new: tuple[int, int], old: list[tuple[int, int]], sizes: dict[str, int]
) -> None:
    sets = [
        replica_set(f"old{n}", *counts, born=f"2026-01-01T00:00:0{n}Z") for n, counts in enumerate(old, 1)
    ]
    assert plan.scale_down_old(deployment(10, surge=3, unavailable=2), replica_set("new", *new), sets) == sizes


@given(
    replicas=st.integers(1, 12), surge=st.integers(0, 6), unavailable=st.integers(0, 6), steps=st.lists(st.booleans())
)
def test_a_rollout_of_steps_keeps_both_limits_and_ends(
    replicas: int, surge: int, unavailable: int, steps: list[bool]
) -> None:
    """Pods become available one by one, or not yet; statuses are always fresh."""
    wanted = deployment(replicas, surge=surge, unavailable=unavailable)
    most_surge, most_unavailable = plan.limits(wanted)
    new, old = replica_set("new", 0), replica_set("old", replicas)
    for ripen in [*steps, *[True] * (6 * replicas)]:
        size = plan.new_size(wanted, [new, old], plan.replicas(new))
        if size != plan.replicas(new):
            new["spec"]["replicas"] = size
        else:
            old["spec"]["replicas"] = plan.scale_down_old(wanted, new, [old]).get("old", plan.replicas(old))
            old["status"]["availableReplicas"] = plan.replicas(old)
        new["status"]["availableReplicas"] += ripen and plan.replicas(new) > plan.count(new, "availableReplicas")
        assert plan.total([new, old]) <= replicas + most_surge
        available = plan.count(new, "availableReplicas") + plan.count(old, "availableReplicas")
        assert available >= replicas - most_unavailable
    assert (plan.replicas(new), plan.replicas(old)) == (replicas, 0)


def sized(name: str, replicas: int, most: int, available: int | None = None, born: str = "01") -> dict[str, Any]:
    annotations = {plan.DESIRED: "10", plan.MAXIMUM: str(most)}
    return replica_set(name, replicas, available, annotations=annotations, born=f"2026-01-01T00:00:{born}Z")


@pytest.mark.parametrize(
    ("wanted", "new", "old", "sizes"),
    [
        # the documentation's own example: 10 with maxSurge 3 stands at 8 and 5, and is scaled to 15
        (15, ("new", 5, 13, 0, "02"), [("old", 8, 13)], {"new": 7, "old": 11}),
        (0, ("new", 5, 13, 0, "02"), [("old", 8, 13)], {"new": 0, "old": 0}),
        (5, ("new", 5, 13, 0, "02"), [("old", 8, 13)], {"new": 3, "old": 5}),
        # of equal ones the newer grows first
        (11, ("new", 4, 8, 0, "02"), [("old", 4, 8)], {"new": 7, "old": 7}),
        (12, ("new", 4, 8, 0, "02"), [("old", 4, 8)], {"new": 8, "old": 7}),
    ],
)
def test_several_active_sets_share_a_change_in_proportion(
    wanted: int, new: tuple[Any, ...], old: list[tuple[Any, ...]], sizes: dict[str, int]
) -> None:
    target = deployment(wanted, surge=3, unavailable=2)
    found = plan.proportional_sizes(target, sized(*new), [sized(*one) for one in old])
    assert sum(found.values()) == (wanted + 3 if wanted else 0)
    assert found == sizes


def test_of_equal_sets_the_older_shrinks_first() -> None:
    new, old = sized("new", 4, 8, 0, "02"), sized("old", 4, 8)
    assert plan.proportional_sizes(deployment(4, surge=3, unavailable=2), new, [old]) == {"old": 3}


def test_one_active_set_takes_all_of_a_change() -> None:
    assert plan.proportional_sizes(deployment(7), replica_set("new", 0), [replica_set("old", 3)]) == {"old": 7}
    assert plan.proportional_sizes(deployment(7), replica_set("new", 0), [replica_set("old", 0)]) == {"new": 7}
    assert plan.proportional_sizes(deployment(7), None, [replica_set("old", 7)]) == {}
    assert plan.proportional_sizes(deployment(7), None, []) == {}


def test_a_new_set_that_has_all_it_wants_lets_the_old_ones_go() -> None:
    assert plan.proportional_sizes(deployment(10), sized("new", 10, 13), [sized("old", 2, 13)]) == {"old": 0}


def test_a_change_of_the_number_wanted_is_told_from_what_sets_were_sized_for() -> None:
    assert plan.is_scaling(deployment(11), [sized("old", 8, 13)])
    assert not plan.is_scaling(deployment(10), [sized("old", 8, 13)])
    assert not plan.is_scaling(deployment(11), [sized("old", 0, 13)])


def test_the_present_template_picks_the_oldest_set_that_is_equal_but_for_the_hash() -> None:
    sets = [
        replica_set("c", 1, image="web:2", born="2026-01-01T00:00:03Z"), replica_set("a", 1),
        replica_set("b", 1, image="web:2", born="2026-01-01T00:00:02Z"),
    ]
    new, old = plan.new_and_old(deployment(), sets)
    assert new is not None and new["metadata"]["name"] == "b"
    assert [rs["metadata"]["name"] for rs in old] == ["a", "c"]


def test_the_hash_of_a_template_is_of_the_template_alone() -> None:
    template = deployment()["spec"]["template"]
    again = {key: template[key] for key in reversed(list(template))}
    assert plan.template_hash(template, None) == plan.template_hash(again, None)
    assert plan.template_hash(template, None) != plan.template_hash(template, 1) != plan.template_hash(template, 2)
    assert 8 <= len(plan.template_hash(template, None)) <= 10
    assert all(letter in NAME_ALPHABET for letter in plan.template_hash(template, None))


def test_a_set_that_is_wanted_again_gets_the_highest_revision_and_remembers_its_former() -> None:
    rs = replica_set("a", 0, annotations={plan.REVISION: "1", plan.REVISION_HISTORY: "0"})
    annotations = plan.set_annotations(deployment(), rs, 4)
    assert annotations == {plan.REVISION: "4", plan.REVISION_HISTORY: "0,1"}
    assert plan.set_annotations(deployment(), {**rs, "metadata": {"annotations": annotations}}, 3) == annotations


def test_a_set_carries_the_annotations_of_its_deployment_but_not_what_kubectl_applied() -> None:
    wanted = deployment()
    wanted["metadata"]["annotations"] = {"kubernetes.io/change-cause": "new image", plan.LAST_APPLIED: "{}"}
    assert plan.set_annotations(wanted, replica_set("a", 0), 1) == {
        "kubernetes.io/change-cause": "new image", plan.REVISION: "1",
    }


def test_history_beyond_its_limit_goes_oldest_first_unless_it_still_has_pods() -> None:
    old = [replica_set(f"r{n}", 0, annotations={plan.REVISION: str(n)}) for n in (3, 1, 2, 4)]
    old[2]["status"]["replicas"] = 1
    assert [rs["metadata"]["name"] for rs in plan.surplus_history(deployment(revisionHistoryLimit=2), old)] == ["r1"]
    assert plan.surplus_history(deployment(), old) == []
