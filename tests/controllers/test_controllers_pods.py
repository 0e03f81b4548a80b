"""Which Pods a ReplicaSet deletes first, how it makes them, and what it says of them.

Sources: "ReplicaSet" in Kubernetes' documentation (Scaling a ReplicaSet, Pod deletion cost);
pkg/controller/controller_utils.go and replicaset/replica_set_utils.go.
"""

from typing import Any

import pytest
from controller_objects import BORN, pod, replica_set

from orrery.controllers.pods import DELETION_COST, available_in_ns, deletion_order, pod_from_template
from orrery.controllers.replicaset import status_of
from orrery.kernel import SECOND
from orrery.machinery.time import parse_time

NOW = "2026-01-01T01:00:00Z"
NOW_NS = parse_time(NOW)
LONG = "2026-01-01T00:00:00Z"
LATELY = "2026-01-01T00:59:50Z"


@pytest.mark.parametrize(
    ("why", "first", "second"),
    [
        ("it has no node", {"node": ""}, {"phase": "Pending"}),
        ("it is pending", {"phase": "Pending"}, {"phase": "Unknown"}),
        ("its state is unknown", {"phase": "Unknown"}, {}),
        ("it is not ready", {}, {"ready": LONG}),
        ("it costs less", {"annotations": {DELETION_COST: "-1"}, "ready": LONG}, {"ready": LATELY}),
        ("it shares its node with more", {"node": "full", "ready": LONG}, {"ready": LATELY}),
        ("it has been ready for less long", {"ready": LATELY}, {"ready": LONG, "restarts": 5}),
        ("it restarted more often", {"ready": LONG, "restarts": 2}, {"ready": LONG, "born": LATELY}),
        ("it is younger", {"ready": LONG, "born": LATELY}, {"ready": LONG, "born": LONG}),
    ],
)
def test_of_two_pods_the_one_of_less_use_goes_first(why: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    pods = [pod("a", **second), pod("b", **first)]
    ranks = {"b": 3, "a": 1} if first.get("node") == "full" else {}
    assert [one["metadata"]["name"] for one in deletion_order(pods, ranks, NOW_NS)] == ["b", "a"], why


def test_a_deletion_cost_that_is_no_number_counts_as_none() -> None:
    pods = [pod("a", ready=LONG, annotations={DELETION_COST: "much"}), pod("b", ready=LONG)]
    assert [one["metadata"]["name"] for one in deletion_order(pods, {}, NOW_NS)] == ["a", "b"]


def test_pods_ready_for_about_as_long_are_not_told_apart_by_it() -> None:
    """LogarithmicScaleDown: ages of one magnitude are equal, so that not only the youngest ever go."""
    old = [pod("b", ready="2026-01-01T00:00:00Z", born=BORN), pod("a", ready="2026-01-01T00:10:00Z", born=BORN)]
    assert [one["metadata"]["name"] for one in deletion_order(old, {}, NOW_NS)] == ["a", "b"]


def test_a_pod_is_made_of_the_template_and_owned_by_its_set() -> None:
    owner = replica_set("web-abc", 1)
    owner["spec"]["template"]["metadata"]["annotations"] = {"note": "x"}
    made = pod_from_template(owner)
    assert made["metadata"] == {
        "generateName": "web-abc-", "namespace": "default", "labels": {"app": "web", "pod-template-hash": "web-abc"},
        "annotations": {"note": "x"},
        "ownerReferences": [{
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-abc", "uid": "web-abc", "controller": True,
            "blockOwnerDeletion": True,
        }],
    }  # fmt: skip
    assert made["spec"] == owner["spec"]["template"]["spec"]


@pytest.mark.parametrize(
    ("ready", "least_s", "wait_s"), [("", 0, None), ("", 10, None), (LATELY, 0, 0), (LATELY, 10, 0), (LATELY, 25, 15)]
)
def test_a_pod_is_available_when_it_has_been_ready_for_long_enough(
    ready: str, least_s: int, wait_s: int | None
) -> None:
    expected = None if wait_s is None else wait_s * SECOND
    assert available_in_ns(pod("a", ready=ready), least_s, NOW_NS) == expected


def test_a_status_counts_active_ready_available_and_fully_labeled_pods() -> None:
    rs = replica_set("web", 3)
    rs["spec"]["minReadySeconds"] = 60
    labels = {"app": "web", "pod-template-hash": "web"}
    pods = [pod("a", ready=LONG, labels=labels), pod("b", ready=LATELY, labels=labels), pod("c")]
    assert status_of(rs, pods, 2, NOW_NS, NOW, None) == {
        "replicas": 3, "fullyLabeledReplicas": 2, "readyReplicas": 2, "availableReplicas": 1,
        "terminatingReplicas": 2, "observedGeneration": 1,
    }
    assert status_of(rs, [], 0, NOW_NS, NOW, None) == {
        "replicas": 0, "terminatingReplicas": 0, "observedGeneration": 1,
    }


def test_the_first_failure_stands_until_nothing_fails_any_more() -> None:
    rs = replica_set("web", 3)
    failed = status_of(rs, [], 0, NOW_NS, NOW, ValueError("no room for web-1"))
    assert failed["conditions"] == [{
        "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "no room for web-1",
        "lastTransitionTime": NOW,
    }]  # fmt: skip
    rs["status"] = failed
    assert status_of(rs, [], 0, NOW_NS + SECOND, LATELY, ValueError("no room for web-2")) == failed
    assert "conditions" not in status_of(rs, [], 0, NOW_NS, NOW, None)
    surplus = status_of(replica_set("web", 0), [pod("a")], 0, NOW_NS, NOW, ValueError("no"))
    assert surplus["conditions"][0]["reason"] == "FailedDelete"
