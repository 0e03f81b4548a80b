"""What controllers decide, as plain functions: rollouts, deletions, taints, tolerations, endpoints.

Sources: the Kubernetes documentation's pages on Deployments, ReplicaSets, Nodes, Taints and Tolerations; the functions
named in the modules' docstrings.
"""

from typing import Any

import pytest

from orrery.controllers import deployment_plan as plan
from orrery.controllers.endpoints import subsets_of
from orrery.controllers.endpointslice import ports_of
from orrery.controllers.node_lifecycle import (
    EVICTION_PERIOD_NS,
    NOT_READY,
    SECONDARY_PERIOD_NS,
    UNREACHABLE,
    UNSCHEDULABLE,
    eviction_period_ns,
    needs_execute,
    wanted_taints,
)
from orrery.controllers.pods import DELETION_COST, deletion_order
from orrery.controllers.taint_eviction import tolerated_seconds
from orrery.kernel import SECOND

Document = dict[str, Any]
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx:1"}]}}


def deployment(replicas: int, surge: int | str = "25%", unavailable: int | str = "25%", **spec: Any) -> Document:
    return {
        "metadata": {"name": "web", "generation": 1},
        "spec": {
            "replicas": replicas, "template": TEMPLATE,
            "strategy": {
                "type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable},
            },
            **spec,
        },
    }


def replica_set(name: str, replicas: int, available: int | None = None, **annotations: str) -> Document:
    count = replicas if available is None else available
    return {
        "metadata": {
            "name": name, "creationTimestamp": f"2026-01-01T00:00:{len(name):02d}Z", "annotations": annotations,
        },
        "spec": {"replicas": replicas, "template": TEMPLATE},
        "status": {"replicas": replicas, "availableReplicas": count, "readyReplicas": count},
    }


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [
        (10, "25%", "25%", (3, 2)),  # surge is rounded up, unavailable down
        (4, "25%", "25%", (1, 1)),
        (1, "25%", "25%", (1, 0)),
        (3, 0, "10%", (0, 1)),  # both would be zero: then one may be unavailable
        (3, 0, 0, (0, 1)),
        (5, 2, 0, (2, 0)),
        (3, 1, 10, (1, 3)),  # never more unavailable than there are
    ],
)
def test_percentages_round_up_for_surge_and_down_for_unavailable(
    replicas: int, surge: int | str, unavailable: int | str, expected: tuple[int, int]
) -> None:
    assert plan.limits(deployment(replicas, surge, unavailable)) == expected


@pytest.mark.parametrize(
    ("wanted", "surge", "new", "old", "expected"),
    [
        (10, 2, 0, [10], 2),  # up to the surge above what is wanted
        (10, 2, 2, [10], 2),  # no room left
        (10, 2, 2, [8], 4),
        (10, 5, 8, [3], 10),  # never above what is wanted
        (3, 1, 0, [], 3),
    ],
)
def test_the_new_set_grows_within_the_surge(wanted: int, surge: int, new: int, old: list[int], expected: int) -> None:
    sets = [replica_set("new", new), *(replica_set(f"old{i}", size) for i, size in enumerate(old))]
    assert plan.new_size(deployment(wanted, surge, 0), sets, new) == expected


def test_recreate_takes_all_at_once() -> None:
    assert plan.new_size(deployment(5, strategy={"type": "Recreate"}), [], 0) == 5


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ((0, 0), (10, 10), 8),  # ten wanted, two may be missing
        ((2, 0), (8, 8), None),  # what is new is not available yet: nothing may go
        ((4, 4), (8, 8), 4),
        ((2, 0), (10, 8), 8),  # the two that do not work may go; the others are needed
        ((10, 10), (2, 2), 0),
    ],
)
def test_old_pods_go_only_while_enough_stay_available(
    new: tuple[int, int], old: tuple[int, int], expected: int | None
) -> None:
    sizes = plan.scale_down_old(deployment(10, 2, 2), replica_set("new", *new), [replica_set("old", *old)])
    assert sizes == ({} if expected is None else {"old": expected})


def test_a_rollout_never_has_too_few_available_nor_too_many_pods() -> None:
    """Plays every rollout to its end, with Pods that become available late."""
    for wanted in range(1, 9):
        for surge in range(4):
            for unavailable in range(4):
                _roll_out(wanted, surge, unavailable)


def _roll_out(wanted: int, surge: int, unavailable: int) -> None:
    target = deployment(wanted, surge, unavailable)
    most_over, most_missing = plan.limits(target)
    new, old, ready = 0, wanted, 0
    for _ in range(100):
        sets = [replica_set("new", new, ready), replica_set("old", old)]
        grown = plan.new_size(target, sets, new)
        if grown != new:
            new = grown
        else:
            old = plan.scale_down_old(target, sets[0], [sets[1]]).get("old", old)
        assert new + old <= wanted + most_over
        assert min(ready, new) + old >= wanted - most_missing
        ready = min(new, ready + 1)
        if (new, old, ready) == (wanted, 0, wanted):
            return
    raise AssertionError(f"stuck: {wanted} wanted, surge {surge}, unavailable {unavailable}, at {new}/{old}")


def test_scaling_in_the_middle_of_a_rollout_is_shared_in_proportion() -> None:
    annotations = {plan.DESIRED: "10", plan.MAXIMUM: "13"}
    new, old = replica_set("new-5", 5, 0, **annotations), replica_set("old", 8, 8, **annotations)
    target = deployment(15, 3, 2)
    assert plan.is_scaling(target, [new, old])
    sizes = plan.proportional_sizes(target, new, [old])
    assert sizes == {"old": 11, "new-5": 7}  # the example of the Deployment page: three more and two more


def test_a_single_active_set_takes_the_whole_scale() -> None:
    assert plan.proportional_sizes(deployment(7), replica_set("new", 3), [replica_set("old", 0)]) == {"new": 7}
    assert plan.proportional_sizes(deployment(0), replica_set("new", 3), []) == {"new": 0}


def test_the_hash_is_that_of_the_template_alone_and_a_collision_changes_it() -> None:
    assert plan.template_hash(TEMPLATE, None) == plan.template_hash(dict(reversed(TEMPLATE.items())), None)
    other = {**TEMPLATE, "spec": {"containers": [{"name": "c", "image": "nginx:2"}]}}
    hashes = [plan.template_hash(TEMPLATE, None), plan.template_hash(other, None), plan.template_hash(TEMPLATE, 1)]
    assert len(set(hashes)) == 3


def test_the_new_set_is_the_one_of_the_present_template_whatever_its_hash_label() -> None:
    labelled = {**TEMPLATE, "metadata": {"labels": {"app": "web", plan.HASH: "abc"}}}
    same, other = replica_set("same", 1), replica_set("older", 1)
    same["spec"]["template"] = labelled
    other["spec"]["template"] = {**TEMPLATE, "spec": {}}
    assert plan.new_and_old(deployment(1), [other, same]) == (same, [other])


def pod(name: str, **about: Any) -> Document:
    ready = about.get("ready", True)
    return {
        "metadata": {
            "name": name, "uid": name, "creationTimestamp": about.get("created", "2026-01-01T00:00:00Z"),
            "annotations": about.get("annotations", {}),
        },
        "spec": {"nodeName": about.get("node", "n1")},
        "status": {
            "phase": about.get("phase", "Running"),
            "conditions": [{
                "type": "Ready", "status": str(ready), "lastTransitionTime": about.get("since", "2026-01-01T00:00:00Z"),
            }],
            "containerStatuses": [{"name": "c", "restartCount": about.get("restarts", 0)}],
        },
    }


@pytest.mark.parametrize(
    ("goes", "stays"),
    [
        (pod("a", node=""), pod("b")),
        (pod("a", phase="Pending", ready=False), pod("b", ready=False)),
        (pod("a", ready=False), pod("b")),
        (pod("a", annotations={DELETION_COST: "-5"}), pod("b")),
        (pod("a", since="2026-01-01T00:59:50Z"), pod("b")),
        (pod("a", restarts=3), pod("b")),
        (pod("a", created="2026-01-01T00:59:50Z"), pod("b")),
    ],
    ids=["unassigned", "pending", "not ready", "cheaper", "ready for a shorter time", "restarted", "younger"],
)
def test_what_is_of_least_use_is_deleted_first(goes: Document, stays: Document) -> None:
    now_ns = 1_767_229_200 * SECOND  # an hour later
    for pods in ([goes, stays], [stays, goes]):
        assert [p["metadata"]["name"] for p in deletion_order(pods, {}, now_ns)] == ["a", "b"]


def test_pods_that_share_a_node_go_before_those_that_stand_alone() -> None:
    pods = [pod("alone", node="n1"), pod("one", node="n2"), pod("two", node="n2")]
    order = deletion_order(pods, {"alone": 1, "one": 2, "two": 2}, 1_767_229_200 * SECOND)
    assert [p["metadata"]["name"] for p in order] == ["one", "two", "alone"]


@pytest.mark.parametrize(
    ("ready", "not_ready", "expected"),
    [
        (4, 0, EVICTION_PERIOD_NS),
        (3, 1, EVICTION_PERIOD_NS),
        (0, 4, None),  # all down: the network, or we, are at fault
        (1, 3, None),  # most of a small zone: nothing is evicted
        (40, 60, SECONDARY_PERIOD_NS),  # most of a large one: slowly
        (2, 2, EVICTION_PERIOD_NS),
    ],
)
def test_the_more_nodes_are_down_the_slower_they_are_evicted(ready: int, not_ready: int, expected: int | None) -> None:
    assert eviction_period_ns(ready, not_ready) == expected


def node(status: str, **spec: Any) -> Document:
    return {"metadata": {"name": "n"}, "spec": spec, "status": {"conditions": [{"type": "Ready", "status": status}]}}


@pytest.mark.parametrize(
    ("status", "key"), [("True", None), ("False", NOT_READY), ("Unknown", UNREACHABLE)]
)
def test_conditions_become_taints(status: str, key: str | None) -> None:
    own = {"key": "team", "value": "red", "effect": "NoSchedule"}
    taints = wanted_taints(node(status), [own], may_execute=True, now="T")
    assert taints[0] == own
    assert [(t["key"], t["effect"]) for t in taints[1:]] == (
        [] if key is None else [(key, "NoSchedule"), (key, "NoExecute")]
    )


def test_no_execute_waits_for_its_turn_keeps_its_time_and_goes_with_the_cause() -> None:
    waiting = wanted_taints(node("Unknown"), [], may_execute=False, now="T1")
    assert [t["effect"] for t in waiting] == ["NoSchedule"] and needs_execute(node("Unknown"), waiting)
    there = wanted_taints(node("Unknown"), waiting, may_execute=True, now="T1")
    assert wanted_taints(node("Unknown"), there, may_execute=False, now="T2") == there
    assert wanted_taints(node("True"), there, may_execute=True, now="T3") == []
    assert [t["effect"] for t in wanted_taints(node("Unknown"), there, may_execute=True, all_down=True, now="T4")] == [
        "NoSchedule"
    ]
    assert wanted_taints(node("True", unschedulable=True), [], may_execute=True, now="T")[0]["key"] == UNSCHEDULABLE


@pytest.mark.parametrize(
    ("tolerations", "expected"),
    [
        ([], 0),
        ([{"operator": "Exists"}], None),
        ([{"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}], 300),
        ([{"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": 300},
          {"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": 20}], 20),
        ([{"key": UNREACHABLE, "operator": "Exists", "effect": "NoSchedule"}], 0),
        ([{"key": UNREACHABLE, "operator": "Exists", "tolerationSeconds": -1}], 0),
        ([{"key": "other", "operator": "Exists"}], 0),
    ],
)
def test_a_pod_stays_as_long_as_it_tolerates(tolerations: list[Document], expected: int | None) -> None:
    taint = {"key": UNREACHABLE, "effect": "NoExecute"}
    assert tolerated_seconds({"spec": {"tolerations": tolerations}}, [taint]) == expected


def test_a_named_target_port_is_that_of_each_pods_container() -> None:
    service = {"metadata": {"name": "s"}, "spec": {"ports": [
        {"name": "web", "port": 80, "targetPort": "http"}, {"port": 81, "targetPort": 8081}, {"port": 82},
        {"port": 83, "targetPort": "missing"},
    ]}}
    one = {"spec": {"containers": [{"ports": [{"name": "http", "containerPort": 8080}]}]}}
    assert ports_of(service, one) == [
        {"name": "web", "port": 8080, "protocol": "TCP"}, {"name": "", "port": 8081, "protocol": "TCP"},
        {"name": "", "port": 82, "protocol": "TCP"},
    ]


def test_endpoints_hold_ready_and_not_ready_addresses_apart() -> None:
    service = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}
    pods = [pod("a"), pod("b", ready=False), pod("c", phase="Succeeded")]
    for number, one in enumerate(pods, start=1):
        one["status"]["podIP"] = f"10.0.0.{number}"
    (subset,) = subsets_of(service, pods)
    assert [a["ip"] for a in subset["addresses"]] == ["10.0.0.1"]
    assert [a["ip"] for a in subset["notReadyAddresses"]] == ["10.0.0.2"]
