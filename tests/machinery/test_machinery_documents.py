"""Names and documents about the API itself: resources, statuses, discovery, OpenAPI, metadata helpers, times."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orrery.machinery import discovery, objects, openapi, resources, time
from orrery.machinery.definitions import META
from orrery.machinery.wire import Cause, StatusError, status_success


@pytest.mark.parametrize(
    ("resource", "path", "key"),
    [
        (resources.PODS, "/api/v1/namespaces/demo/pods/x", "/registry/pods/demo/x"),
        (resources.NODES, "/api/v1/nodes/x", "/registry/minions/x"),
        (resources.NAMESPACES, "/api/v1/namespaces/x", "/registry/namespaces/x"),
        (resources.SERVICES, "/api/v1/namespaces/demo/services/x", "/registry/services/specs/demo/x"),
        (resources.ENDPOINTS, "/api/v1/namespaces/demo/endpoints/x", "/registry/services/endpoints/demo/x"),
        (resources.DEPLOYMENTS, "/apis/apps/v1/namespaces/demo/deployments/x", "/registry/deployments/demo/x"),
        (
            resources.LEASES,
            "/apis/coordination.k8s.io/v1/namespaces/demo/leases/x",
            "/registry/leases/demo/x",
        ),
        (
            resources.ENDPOINTSLICES,
            "/apis/discovery.k8s.io/v1/namespaces/demo/endpointslices/x",
            "/registry/endpointslices/demo/x",
        ),
    ],
)
def test_an_object_has_a_path_and_a_key(resource: resources.Resource, path: str, key: str) -> None:
    assert resource.path("demo", "x") == path
    assert resource.key("demo", "x") == key
    assert resource.path("demo", "x", "status") == f"{path}/status"
    assert resource.key("demo", "x").startswith(resource.key_prefix("demo"))
    assert resource.key_prefix("demo").startswith(resource.key_prefix())


def test_a_collection_of_all_namespaces_has_no_namespace_in_its_path() -> None:
    assert resources.PODS.path() == "/api/v1/pods"


def test_kinds_are_found_by_path_by_kind_and_by_the_names_that_people_use() -> None:
    assert resources.lookup("apps", "v1", "deployments") is resources.DEPLOYMENTS
    assert resources.lookup("", "v1", "deployments") is None
    assert resources.by_kind("v1", "Pod") is resources.PODS
    for name in ("po", "pod", "pods", "Pod", "deploy", "deployments.apps", "svc", "ep"):
        assert resources.by_name(name) is not None
    assert resources.by_name("gadget") is None


def test_no_two_kinds_share_a_key_or_a_short_name() -> None:
    prefixes = [resource.key_prefix() for resource in resources.RESOURCES]
    shorts = [name for resource in resources.RESOURCES for name in resource.short_names]
    assert len(set(prefixes)) == len(prefixes)
    assert len(set(shorts)) == len(shorts)


@pytest.mark.parametrize(
    ("error", "code", "reason", "message"),
    [
        (StatusError.not_found(resources.PODS, "x"), 404, "NotFound", 'pods "x" not found'),
        (
            StatusError.already_exists(resources.DEPLOYMENTS, "x"),
            409,
            "AlreadyExists",
            'deployments.apps "x" already exists',
        ),
        (
            StatusError.conflict(resources.PODS, "x"),
            409,
            "Conflict",
            'Operation cannot be fulfilled on pods "x": the object has been modified; '
            "please apply your changes to the latest version and try again",
        ),
        (
            StatusError.forbidden(resources.PODS, "x", "no"),
            403,
            "Forbidden",
            'pods "x" is forbidden: no',
        ),
        (StatusError.unauthorized(), 401, "Unauthorized", "Unauthorized"),
        (
            StatusError.method_not_allowed(resources.NAMESPACES, "deletecollection"),
            405,
            "MethodNotAllowed",
            'deletecollection is not supported on resources of kind "namespaces"',
        ),
        (
            StatusError.expired(),
            410,
            "Expired",
            "The resourceVersion for the provided watch is too old.",
        ),
        (
            StatusError.timeout(),
            504,
            "Timeout",
            "Timeout: request did not complete within requested timeout - context deadline exceeded",
        ),
        (
            StatusError.internal_error("etcdserver: no leader"),
            500,
            "InternalError",
            "Internal error occurred: etcdserver: no leader",
        ),
        (StatusError.too_many_requests("later", 7), 429, "TooManyRequests", "later"),
    ],
)
def test_failures_are_worded_as_kubernetes_words_them(error: StatusError, code: int, reason: str, message: str) -> None:
    assert (error.code, error.reason, error.message) == (code, reason, message)
    assert error.status["status"] == "Failure"
    assert error.response().code == code


def test_an_invalid_object_is_told_all_that_is_wrong() -> None:
    causes = [Cause("FieldValueRequired", "Required value", "spec.a"), Cause("FieldValueRequired", "no", "spec.b")]
    one = StatusError.invalid(resources.PODS, "x", causes[:1])
    both = StatusError.invalid(resources.DEPLOYMENTS, "x", causes)
    assert one.message == 'Pod "x" is invalid: spec.a: Required value'
    assert both.message == 'Deployment.apps "x" is invalid: [spec.a: Required value, spec.b: no]'
    assert both.causes == tuple(causes)
    assert both.status["details"]["kind"] == "Deployment"


def test_details_name_the_resource_and_a_retry_is_a_header_too() -> None:
    assert StatusError.not_found(resources.DEPLOYMENTS, "x").status["details"] == {
        "name": "x",
        "group": "apps",
        "kind": "deployments",
    }
    assert StatusError.too_many_requests("later", 7).response().headers == {"Retry-After": "7"}
    assert status_success({"name": "x"})["details"] == {"name": "x"}


# Discovery


def test_aggregated_discovery_says_everything_in_two_documents() -> None:
    core = discovery.document("/api", aggregated="v2")
    others = discovery.document("/apis", aggregated="v2")
    assert core is not None
    assert others is not None
    assert core["apiVersion"] == "apidiscovery.k8s.io/v2"
    listed = [
        resource["resource"]
        for document in (core, others)
        for group in document["items"]
        for version in group["versions"]
        for resource in version["resources"]
    ]
    assert sorted(listed) == sorted(resource.plural for resource in resources.SERVED)


def test_the_old_form_names_groups_versions_and_subresources() -> None:
    assert discovery.document("/api", server_address="10.0.0.10:6443") == {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "10.0.0.10:6443"}],
    }
    groups = discovery.document("/apis")
    assert groups is not None
    assert [group["name"] for group in groups["groups"]] == [
        "apps", "coordination.k8s.io", "discovery.k8s.io", "authentication.k8s.io", "authorization.k8s.io",
    ]
    core = discovery.document("/api/v1")
    assert core is not None
    eviction = next(item for item in core["resources"] if item["name"] == "pods/eviction")
    assert (eviction["kind"], eviction["group"], eviction["version"]) == ("Eviction", "policy", "v1")
    pods = next(item for item in core["resources"] if item["name"] == "pods")
    assert (pods["shortNames"], pods["categories"], pods["singularName"]) == (["po"], ["all"], "pod")


@pytest.mark.parametrize("path", ["/apis/batch", "/apis/batch/v1", "/api/v2", "/api/v1/pods", "/", "/apis/apps/v1/x"])
def test_what_is_not_served_is_not_discovered(path: str) -> None:
    assert discovery.document(path) is None


@pytest.mark.parametrize(
    ("accept", "version"),
    [
        ("application/json", ""),
        ("*/*", ""),
        ("", ""),
        ("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json", "v2"),
        ("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", "v2beta1"),
        (
            "application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io, "
            "application/json;as=APIGroupDiscoveryList;v=v2beta1;g=apidiscovery.k8s.io",
            "v2",
        ),
    ],
)
def test_the_form_of_discovery_is_the_clients_choice(accept: str, version: str) -> None:
    assert discovery.negotiate(accept) == version


def test_the_version_is_the_one_whose_schemas_are_served() -> None:
    version = discovery.version_document()
    assert (version["major"], version["minor"], version["gitVersion"]) == ("1", "37", "v1.37.0")
    assert "/openapi/v3" in discovery.index_paths()


# OpenAPI


def test_every_group_and_version_has_a_document_and_its_address_changes_with_its_content() -> None:
    index = openapi.index()["paths"]
    assert list(index) == [
        "api/v1", "apis/apps/v1", "apis/coordination.k8s.io/v1", "apis/discovery.k8s.io/v1",
        "apis/authentication.k8s.io/v1", "apis/authorization.k8s.io/v1",
    ]
    for path, entry in index.items():
        address, _, digest = entry["serverRelativeURL"].partition("?hash=")
        assert address == f"/openapi/v3/{path}"
        assert len(digest) == 64
        assert openapi.document_at(address) is not None
    assert openapi.document_at("/openapi/v3/apis/batch/v1") is None


@pytest.mark.parametrize("group_version", resources.group_versions(), ids=lambda gv: "/".join(gv))
def test_writes_say_their_kind_and_that_the_server_checks_fields(group_version: tuple[str, str]) -> None:
    document = openapi.document(*group_version)
    for path, operations in document["paths"].items():
        for method in ("post", "put", "patch"):
            operation = operations.get(method)
            if operation is not None:
                kind = operation["x-kubernetes-group-version-kind"]
                assert set(kind) == {"group", "version", "kind"}, path
                assert "fieldValidation" in [parameter["name"] for parameter in operation["parameters"]]


@pytest.mark.parametrize("group_version", resources.group_versions(), ids=lambda gv: "/".join(gv))
def test_every_reference_in_a_document_leads_somewhere(group_version: tuple[str, str]) -> None:
    document = openapi.document(*group_version)
    schemas = document["components"]["schemas"]

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for item in value.values() for found in references(item)]
        return [found for item in value for found in references(item)] if isinstance(value, list) else []

    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas


def test_schemas_carry_kinds_and_merge_keys() -> None:
    schemas = openapi.document("apps", "v1")["components"]["schemas"]
    deployment = schemas["io.k8s.api.apps.v1.Deployment"]
    assert deployment["x-kubernetes-group-version-kind"] == [{"group": "apps", "version": "v1", "kind": "Deployment"}]
    containers = schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert containers["x-kubernetes-patch-merge-key"] == "name"
    assert META + "ObjectMeta" in schemas
    assert orjson.dumps(openapi.document("apps", "v1"))


# Objects


POD = {
    "metadata": {
        "name": "web-1",
        "namespace": "demo",
        "uid": "u1",
        "resourceVersion": "42",
        "ownerReferences": [{"kind": "ReplicaSet", "name": "web", "uid": "u0", "controller": True}],
    },
    "status": {"conditions": [{"type": "Ready", "status": "True"}], "phase": "Running"},
}


def test_metadata_is_read_without_fear_of_what_is_absent() -> None:
    assert objects.key_of(POD) == "demo/web-1"
    assert objects.split_key("demo/web-1") == ("demo", "web-1")
    assert objects.split_key("worker-1") == ("", "worker-1")
    assert objects.resource_version_of(POD) == 42
    for read in (objects.name_of, objects.labels_of, objects.owners_of, objects.conditions_of, objects.node_name_of):
        assert not read({})
    assert objects.dig(POD, "status", "conditions", 0, "type") == "Ready"
    assert objects.dig(POD, "status", "conditions", 5, "type", default="none") == "none"


def test_the_controller_is_the_owner_that_says_so() -> None:
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web", "uid": "u0"}}
    assert objects.is_controlled_by(POD, owner)
    assert not objects.is_controlled_by({}, owner)
    assert objects.owner_reference(owner) == {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": "web",
        "uid": "u0",
        "controller": True,
        "blockOwnerDeletion": True,
    }


def test_writers_leave_the_original_alone() -> None:
    moved = objects.put(POD, "spec", "nodeName", value="worker-1")
    assert objects.node_name_of(moved) == "worker-1"
    assert "spec" not in POD
    assert objects.drop(moved, "status", "phase")["status"] == {"conditions": POD["status"]["conditions"]}
    assert objects.pod_phase(moved) == "Running"


def test_a_condition_keeps_its_transition_time_until_its_status_changes() -> None:
    first = objects.set_condition([], {"type": "Ready", "status": "False"}, "t1")
    same = objects.set_condition(first, {"type": "Ready", "status": "False", "reason": "Waiting"}, "t2")
    changed = objects.set_condition(same, {"type": "Ready", "status": "True"}, "t3")
    assert [condition["lastTransitionTime"] for condition in (*first, *same, *changed)] == ["t1", "t1", "t3"]
    assert objects.pod_is_ready({"status": {"conditions": changed}})


# Time


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (192, "3m12s"),
        (599, "9m59s"),
        (600, "10m"),
        (10799, "179m"),
        (10800, "3h"),
        (12000, "3h20m"),
        (28800, "8h"),
        (172799, "47h"),
        (172800, "2d"),
        (183600, "2d3h"),
        (691200, "8d"),
        (63072000, "2y"),
        (65664000, "2y30d"),
        (252288000, "8y"),
        (-1, "0s"),
        (-5, "<invalid>"),
    ],
)
def test_a_duration_is_shown_as_kubectl_shows_it(seconds: int, shown: str) -> None:
    assert time.human_duration(seconds * 10**9) == shown


@given(st.integers(0, 4 * 10**18))
def test_a_timestamp_is_read_back_to_its_own_precision(unix_ns: int) -> None:
    assert time.parse_time(time.format_time(unix_ns)) == unix_ns // 10**9 * 10**9
    assert time.parse_time(time.format_micro_time(unix_ns)) == unix_ns // 1000 * 1000


@pytest.mark.parametrize("text", ["", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "now"])
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        time.parse_time(text)


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [(0, "0s"), (90 * 10**9, "1m30s"), (1_500_000_000, "1.5s"), (250_000_000, "250ms"), (3600 * 10**9, "1h0m0s")],
)
def test_a_duration_is_written_as_go_writes_it(nanoseconds: int, shown: str) -> None:
    assert time.go_duration(nanoseconds) == shown
