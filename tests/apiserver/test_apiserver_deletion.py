"""Graceful deletion, finalizers, namespaces, collections."""

from __future__ import annotations

import pytest
from apiserver_lab import CONFIGMAPS, DEPLOYMENTS, NAMESPACES, PODS, Lab, config_map, deployment, pod

MERGE = "application/merge-patch+json"


@pytest.fixture
def lab() -> Lab:
    return Lab()


def bound(lab: Lab, name: str = "web") -> dict:
    lab.ok("POST", PODS, pod(name))
    binding = {"metadata": {"name": name}, "target": {"kind": "Node", "name": "worker-1"}}
    assert lab.call("POST", f"{PODS}/{name}/binding", binding).code == 201
    return lab.ok("GET", f"{PODS}/{name}")


def test_a_deletion_answers_a_status_that_names_what_is_gone(lab: Lab) -> None:
    made = lab.ok("POST", CONFIGMAPS, config_map())
    answer = lab.ok("DELETE", f"{CONFIGMAPS}/settings")
    assert answer["status"] == "Success"
    assert answer["details"] == {"name": "settings", "kind": "configmaps", "uid": made["metadata"]["uid"]}


def test_an_unscheduled_pod_goes_at_once(lab: Lab) -> None:
    lab.ok("POST", PODS, pod())
    assert lab.ok("DELETE", f"{PODS}/web")["metadata"]["deletionGracePeriodSeconds"] == 0
    assert lab.call("GET", f"{PODS}/web").code == 404


def test_a_pod_on_a_node_is_marked_and_goes_when_its_kubelet_says_so(lab: Lab) -> None:
    before = bound(lab)
    marked = lab.ok("DELETE", f"{PODS}/web")["metadata"]
    assert marked["deletionGracePeriodSeconds"] == 30 and marked["deletionTimestamp"]
    assert marked["generation"] == before["metadata"]["generation"] + 1
    again = lab.ok("DELETE", f"{PODS}/web")["metadata"]
    assert again["resourceVersion"] == marked["resourceVersion"]
    shorter = lab.ok("DELETE", f"{PODS}/web", {"gracePeriodSeconds": 5})["metadata"]
    assert shorter["deletionGracePeriodSeconds"] == 5 and shorter["deletionTimestamp"] < marked["deletionTimestamp"]
    lab.ok("DELETE", f"{PODS}/web", {"gracePeriodSeconds": 0, "preconditions": {"uid": marked["uid"]}})
    assert lab.call("GET", f"{PODS}/web").code == 404


def test_a_forced_deletion_of_a_running_pod_is_immediate(lab: Lab) -> None:
    bound(lab)
    lab.ok("DELETE", f"{PODS}/web", query={"gracePeriodSeconds": "0"})
    assert lab.call("GET", f"{PODS}/web").code == 404


def test_preconditions_are_honoured(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, config_map())
    code, reason, message = lab.fails("DELETE", f"{CONFIGMAPS}/settings", {"preconditions": {"uid": "other"}})
    assert (code, reason) == (409, "Conflict") and "UID in precondition: other" in message
    stale = {"preconditions": {"resourceVersion": "1"}}
    assert "ResourceVersion in precondition: 1" in lab.fails("DELETE", f"{CONFIGMAPS}/settings", stale)[2]


def test_finalizers_hold_an_object_until_the_last_is_off(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, config_map(finalizers=["example.com/hold"]))
    held = lab.ok("DELETE", f"{CONFIGMAPS}/settings")
    assert held["kind"] == "ConfigMap" and held["metadata"]["deletionTimestamp"]
    added = {"metadata": {"finalizers": ["example.com/hold", "example.com/more"]}}
    assert lab.fails("PATCH", f"{CONFIGMAPS}/settings", added, content_type=MERGE)[0] == 422
    lab.ok("PATCH", f"{CONFIGMAPS}/settings", {"metadata": {"finalizers": None}}, content_type=MERGE)
    assert lab.call("GET", f"{CONFIGMAPS}/settings").code == 404


def test_propagation_policies_are_finalizers(lab: Lab) -> None:
    for name, policy, finalizer in (("a", "Foreground", "foregroundDeletion"), ("b", "Orphan", "orphan")):
        lab.ok("POST", DEPLOYMENTS, deployment(name))
        held = lab.ok("DELETE", f"{DEPLOYMENTS}/{name}", {"propagationPolicy": policy})
        assert held["metadata"]["finalizers"] == [finalizer]
    lab.ok("POST", DEPLOYMENTS, deployment("c"))
    lab.ok("DELETE", f"{DEPLOYMENTS}/c", {"propagationPolicy": "Background"})
    assert lab.call("GET", f"{DEPLOYMENTS}/c").code == 404
    assert lab.fails("DELETE", f"{DEPLOYMENTS}/a", {"propagationPolicy": "Sideways"})[0] == 422


def test_a_namespace_terminates_takes_nothing_new_and_ends_with_its_finalizer(lab: Lab) -> None:
    made = lab.ok("POST", NAMESPACES, {"metadata": {"name": "team"}})
    assert made["status"] == {"phase": "Active"} and made["spec"] == {"finalizers": ["kubernetes"]}
    assert made["metadata"]["labels"] == {"kubernetes.io/metadata.name": "team"}
    lab.ok("POST", "/api/v1/namespaces/team/configmaps", config_map())
    going = lab.ok("DELETE", f"{NAMESPACES}/team")
    assert going["status"]["phase"] == "Terminating" and going["metadata"]["deletionTimestamp"]
    lab.settle(0.1)
    code, reason, message = lab.fails("POST", "/api/v1/namespaces/team/configmaps", config_map("more"))
    assert (code, reason) == (403, "Forbidden")
    assert message == (
        'configmaps "more" is forbidden: unable to create new content in namespace team because it is being terminated'
    )
    lab.ok("DELETE", "/api/v1/namespaces/team/configmaps")
    assert lab.ok("GET", "/api/v1/namespaces/team/configmaps")["items"] == []
    now = lab.ok("GET", f"{NAMESPACES}/team")
    lab.ok("PUT", f"{NAMESPACES}/team/finalize", {**now, "spec": {}})
    assert lab.call("GET", f"{NAMESPACES}/team").code == 404


def test_three_namespaces_cannot_be_deleted(lab: Lab) -> None:
    assert lab.fails("DELETE", f"{NAMESPACES}/kube-system") == (
        403, "Forbidden", 'namespaces "kube-system" is forbidden: this namespace may not be deleted'
    )


def test_a_collection_is_deleted_by_selector(lab: Lab) -> None:
    for name, colour in (("a", "red"), ("b", "blue"), ("c", "red")):
        lab.ok("POST", CONFIGMAPS, config_map(name, labels={"colour": colour}))
    gone = lab.ok("DELETE", CONFIGMAPS, query={"labelSelector": "colour=red"})
    assert [item["metadata"]["name"] for item in gone["items"]] == ["a", "c"]
    assert [item["metadata"]["name"] for item in lab.ok("GET", CONFIGMAPS)["items"]] == ["b"]


def test_an_eviction_deletes_gracefully(lab: Lab) -> None:
    bound(lab)
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "web", "namespace": "default"}}
    response = lab.call("POST", f"{PODS}/web/eviction", eviction)
    assert response.code == 201 and response.body["status"] == "Success"
    assert lab.ok("GET", f"{PODS}/web")["metadata"]["deletionGracePeriodSeconds"] == 30


def test_a_deletion_made_on_an_old_view_looks_again(lab: Lab) -> None:
    two = Lab(servers=2)
    two.ok("POST", CONFIGMAPS, config_map())
    two.ok("DELETE", f"{CONFIGMAPS}/settings", server=2)
    two.ok("POST", CONFIGMAPS, config_map())
    assert two.ok("DELETE", f"{CONFIGMAPS}/settings", server=2)["status"] == "Success"
