"""Create, update, patch, delete: codes and words."""

from __future__ import annotations

import pytest
from apiserver_lab import (
    CONFIGMAPS,
    DEPLOYMENTS,
    NAMESPACES,
    PODS,
    Lab,
    config_map,
    deployment,
    pod,
)  # fmt: skip

JSON_PATCH = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


@pytest.fixture(scope="module")
def shared() -> Lab:
    return Lab()


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_a_created_pod_has_identity_defaults_and_a_version(lab: Lab) -> None:
    obj = lab.ok("POST", PODS, pod())
    metadata, spec = obj["metadata"], obj["spec"]
    assert metadata["namespace"] == "default" and len(metadata["uid"]) == 36 and metadata["resourceVersion"]
    assert metadata["creationTimestamp"].startswith("2026-01-01T00:00:")
    assert spec["restartPolicy"] == "Always" and spec["serviceAccountName"] == "default" and spec["priority"] == 0
    assert [t["tolerationSeconds"] for t in spec["tolerations"]] == [300, 300]
    assert obj["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    assert lab.ok("GET", f"{PODS}/web") == obj


def test_a_second_object_of_the_name_is_a_409_already_exists(lab: Lab) -> None:
    assert lab.call("POST", PODS, pod()).code == 201
    assert lab.fails("POST", PODS, pod()) == (409, "AlreadyExists", 'pods "web" already exists')


def test_a_missing_object_is_a_404(shared: Lab) -> None:
    assert shared.fails("GET", f"{DEPLOYMENTS}/none") == (404, "NotFound", 'deployments.apps "none" not found')
    assert shared.fails("DELETE", f"{PODS}/none")[0] == 404
    assert shared.fails("PATCH", f"{PODS}/none", {}, content_type=MERGE)[2] == 'pods "none" not found'


def test_a_missing_namespace_is_a_404_of_the_namespace(shared: Lab) -> None:
    refusal = shared.fails("POST", "/api/v1/namespaces/nowhere/pods", pod())
    assert refusal == (404, "NotFound", 'namespaces "nowhere" not found')


def test_generate_name_ends_in_five_random_letters(lab: Lab) -> None:
    body = pod()
    body["metadata"] = {"generateName": "web-"}
    names = [lab.ok("POST", PODS, body)["metadata"]["name"] for _ in range(3)]
    assert len(dict.fromkeys(names)) == 3 and all(name.startswith("web-") and len(name) == 9 for name in names)


def test_a_stale_version_is_a_409_conflict_in_kubernetes_words(lab: Lab) -> None:
    first = lab.ok("POST", DEPLOYMENTS, deployment())
    second = lab.ok("PUT", f"{DEPLOYMENTS}/web", {**first, "spec": {**first["spec"], "replicas": 2}})
    assert second["metadata"]["generation"] == 2
    assert lab.fails("PUT", f"{DEPLOYMENTS}/web", first) == (
        409,
        "Conflict",
        'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; '
        "please apply your changes to the latest version and try again",
    )


def test_an_update_without_a_version_wins_always(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, config_map(data={"a": "1"}))
    assert lab.ok("PUT", f"{CONFIGMAPS}/settings", config_map(data={"a": "2"}))["data"] == {"a": "2"}


def test_a_lease_is_never_updated_without_a_version(lab: Lab) -> None:
    path = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
    lease = {"metadata": {"name": "l"}, "spec": {"holderIdentity": "me", "leaseDurationSeconds": 15}}
    lab.ok("POST", path, lease)
    assert lab.fails("PUT", f"{path}/l", lease) == (
        422,
        "Invalid",
        'leases.coordination.k8s.io "l" is invalid: '
        "metadata.resourceVersion: Invalid value: 0: must be specified for an update",
    )


def test_an_update_that_changes_nothing_writes_nothing(lab: Lab) -> None:
    obj = lab.ok("POST", CONFIGMAPS, config_map(data={"a": "1"}))
    assert lab.ok("PUT", f"{CONFIGMAPS}/settings", obj)["metadata"]["resourceVersion"] == (
        obj["metadata"]["resourceVersion"]
    )


def test_only_spec_and_annotations_make_a_new_generation_of_a_deployment(lab: Lab) -> None:
    lab.ok("POST", DEPLOYMENTS, deployment())
    labelled = lab.ok("PATCH", f"{DEPLOYMENTS}/web", {"metadata": {"labels": {"a": "b"}}}, content_type=MERGE)
    assert labelled["metadata"]["generation"] == 1
    patch = {"status": {"replicas": 3, "observedGeneration": 1}, "spec": {"replicas": 9}}
    status = lab.ok("PATCH", f"{DEPLOYMENTS}/web/status", patch, content_type=MERGE)
    assert status["status"]["replicas"] == 3 and status["spec"]["replicas"] == 1
    assert status["metadata"]["generation"] == 1 and status["metadata"]["labels"] == {"a": "b"}
    scaled = lab.ok("PATCH", f"{DEPLOYMENTS}/web", {"spec": {"replicas": 2}, "status": {}}, content_type=STRATEGIC)
    assert scaled["metadata"]["generation"] == 2 and scaled["status"]["replicas"] == 3


def test_the_three_kinds_of_patch(lab: Lab) -> None:
    lab.ok("POST", DEPLOYMENTS, deployment())
    path = f"{DEPLOYMENTS}/web"
    operations = [{"op": "replace", "path": "/spec/replicas", "value": 4}]
    assert lab.ok("PATCH", path, operations, content_type=JSON_PATCH)["spec"]["replicas"] == 4
    containers = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "nginx:1.28"}]}}}}
    image = lab.ok("PATCH", path, containers, content_type=STRATEGIC)["spec"]["template"]["spec"]["containers"]
    assert [c["image"] for c in image] == ["nginx:1.28"] and image[0]["terminationMessagePath"]
    assert lab.ok("PATCH", path, b'{"spec":{"replicas":5}}', content_type=MERGE)["spec"]["replicas"] == 5
    code, reason, message = lab.fails("PATCH", path, {}, content_type="application/json")
    assert (code, reason) == (415, "UnsupportedMediaType") and "application/merge-patch+json" in message


def test_a_patch_that_names_an_old_version_is_a_conflict(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, config_map())
    patch = {"metadata": {"resourceVersion": "1"}, "data": {"a": "b"}}
    assert lab.fails("PATCH", f"{CONFIGMAPS}/settings", patch, content_type=MERGE)[:2] == (409, "Conflict")


def test_unknown_fields_are_refused_dropped_or_dropped_with_a_warning(lab: Lab) -> None:
    body = config_map(data={"a": "1"}) | {"dta": {}}
    code, reason, message = lab.fails("POST", CONFIGMAPS, body, query={"fieldValidation": "Strict"})
    assert (code, reason) == (400, "BadRequest")
    assert message == (
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"'
    )
    response = lab.call("POST", CONFIGMAPS, body)
    assert response.code == 201 and response.headers["Warning"] == '299 - "unknown field \\"dta\\""'
    assert "dta" not in lab.ok("GET", f"{CONFIGMAPS}/settings")
    lab.ok("DELETE", f"{CONFIGMAPS}/settings")
    assert "Warning" not in lab.call("POST", CONFIGMAPS, body, query={"fieldValidation": "Ignore"}).headers


def test_bodies_that_make_no_sense_are_400(shared: Lab) -> None:
    code, _, message = shared.fails("POST", PODS, b"{not json", content_type="application/json")
    assert code == 400 and "json" in message.lower()
    assert shared.fails("POST", PODS, None)[0] == 400
    code, _, message = shared.fails("POST", PODS, deployment())
    assert message == "the API version in the data (apps/v1) does not match the expected API version (v1)"
    code, _, message = shared.fails("POST", PODS, config_map())
    assert code == 400 and "cannot be handled as a Pod" in message
    wrong = pod()
    wrong["spec"]["containers"] = "nginx"
    assert "cannot unmarshal string into Go struct field" in shared.fails("POST", PODS, wrong)[2]
    other = pod(metadata={"namespace": "kube-system"})
    assert shared.fails("POST", PODS, other)[2] == (
        "the namespace of the provided object does not match the namespace sent on the request"
    )


def test_a_yaml_body_is_as_good_as_json(lab: Lab) -> None:
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata:\n  a: 'yes'\n"
    assert lab.ok("POST", CONFIGMAPS, text, content_type="application/yaml")["data"] == {"a": "yes"}


def test_a_body_of_more_than_three_mebibytes_is_a_413(shared: Lab) -> None:
    code, reason, message = shared.fails("POST", CONFIGMAPS, b" " * (3 * 1024 * 1024 + 1))
    assert (code, reason) == (413, "RequestEntityTooLarge") and message.endswith("limit is 3145728")


def test_an_invalid_object_is_a_422_that_names_every_cause(shared: Lab) -> None:
    bad = pod("Web_1")
    bad["spec"]["containers"][0]["image"] = ""
    response = shared.call("POST", PODS, bad)
    assert response.code == 422 and response.body["reason"] == "Invalid"
    assert [c["field"] for c in response.body["details"]["causes"]] == ["metadata.name", "spec.containers[0].image"]
    assert response.body["message"].startswith('Pod "Web_1" is invalid: [metadata.name: Invalid value: "Web_1"')


def test_immutable_fields_stay(lab: Lab) -> None:
    lab.ok("POST", DEPLOYMENTS, deployment())
    patch = {"spec": {"selector": {"matchLabels": {"app": "other"}}}}
    code, _, message = lab.fails("PATCH", f"{DEPLOYMENTS}/web", patch, content_type=MERGE)
    assert code == 422 and "field is immutable" in message
    lab.ok("POST", PODS, pod())
    code, _, message = lab.fails("PATCH", f"{PODS}/web", {"spec": {"nodeName": "n"}}, content_type=MERGE)
    assert code == 422 and "pod updates may not change fields other than" in message


def test_names_in_path_and_body_must_agree(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, config_map())
    assert lab.fails("PUT", f"{CONFIGMAPS}/settings", config_map("other"))[2] == (
        "the name of the object (other) does not match the name on the URL (settings)"
    )


def test_a_dry_run_stores_nothing(lab: Lab) -> None:
    assert lab.call("POST", PODS, pod(), query={"dryRun": "All"}).code == 201
    assert lab.call("GET", f"{PODS}/web").code == 404
    lab.ok("POST", PODS, pod())
    assert lab.fails("POST", PODS, pod(), query={"dryRun": "All"})[1] == "AlreadyExists"
    assert lab.call("DELETE", f"{PODS}/web", query={"dryRun": "All"}).code in (200, 400)


def test_an_unknown_verb_or_path_is_a_405_or_404(shared: Lab) -> None:
    assert shared.fails("GET", "/apis/nothing/v1/things")[0] == 404
    assert shared.fails("PUT", PODS, pod())[0] == 405
    assert shared.fails("POST", "/api/v1/pods", pod())[0] == 405
    assert shared.fails("GET", f"{PODS}/web/nothing")[:2] == (404, "NotFound")
    assert shared.fails("DELETE", NAMESPACES)[0] == 405


def test_server_side_metadata_cannot_be_forged(lab: Lab) -> None:
    made = lab.ok("POST", CONFIGMAPS, config_map(uid="mine", creationTimestamp="2001-01-01T00:00:00Z"))
    assert made["metadata"]["uid"] != "mine" and made["metadata"]["creationTimestamp"].startswith("2026")
    forged = {**made, "metadata": {**made["metadata"], "uid": "mine"}}
    code, _, message = lab.fails("PUT", f"{CONFIGMAPS}/settings", forged)
    assert code == 409 and "Precondition failed: UID in precondition: mine" in message
