"""Field checks: unknown fields, wrong types and odd spellings, in the words of Kubernetes' own decoder."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orrery.machinery import definitions, extract, schema
from orrery.machinery.resources import RESOURCES
from orrery.machinery.wire import StatusError


def deployment() -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}]},
            },
        },
    }


def container(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["spec"]["template"]["spec"]["containers"][0]
    return found


Change = Callable[[dict[str, Any]], object]
PREFIX = 'Deployment in version "v1" cannot be handled as a Deployment: '


def test_a_clean_document_comes_back_as_it_is() -> None:
    document = deployment()
    decoded = schema.decode(document, "apps/v1", "Deployment")
    assert decoded.document is document
    assert decoded.warnings == ()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda d: d["spec"].update(replicas="3"),
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            lambda d: d["spec"].update(replicas=3.5),
            "json: cannot unmarshal number 3.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            lambda d: d["spec"].update(replicas=2**31),
            "json: cannot unmarshal number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            lambda d: d["spec"].update(replicas=True),
            "json: cannot unmarshal bool into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            lambda d: container(d).update(env=[{"name": "A", "value": 1}]),
            "json: cannot unmarshal number into Go struct field "
            "EnvVar.spec.template.spec.containers.env.value of type string",
        ),
        (
            lambda d: d["metadata"]["labels"].update(version=2),
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
        ),
        (
            lambda d: d["spec"].update(template=[]),
            "json: cannot unmarshal array into Go struct field DeploymentSpec.spec.template of type v1.PodTemplateSpec",
        ),
        (
            lambda d: d["spec"]["template"]["spec"].update(containers={}),
            "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers "
            "of type []v1.Container",
        ),
        (
            lambda d: container(d).update(resources={"limits": {"cpu": "lots"}}),
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (
            lambda d: d["metadata"].update(creationTimestamp="yesterday"),
            'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
        ),
        (lambda d: d["spec"].update(replica=3), 'strict decoding error: unknown field "spec.replica"'),
        (
            lambda d: container(d).update(img="x", env=[{"nam": "A"}]),
            'strict decoding error: unknown field "spec.template.spec.containers[0].img", '
            'unknown field "spec.template.spec.containers[0].env[0].nam"',
        ),
    ],
)
def test_what_does_not_fit_is_a_bad_request_that_names_the_place(change: Change, complaint: str) -> None:
    document = deployment()
    change(document)
    with pytest.raises(StatusError) as caught:
        schema.decode(document, "apps/v1", "Deployment")
    assert (caught.value.code, caught.value.reason) == (400, "BadRequest")
    assert caught.value.message == PREFIX + complaint


def test_an_unknown_field_is_dropped_with_a_warning_or_silently_where_the_client_asks_for_that() -> None:
    document = deployment()
    document["spec"]["replica"] = 3
    before = copy.deepcopy(document)
    warned = schema.decode(document, "apps/v1", "Deployment", field_validation="Warn")
    ignored = schema.decode(document, "apps/v1", "Deployment", field_validation="Ignore")
    assert warned == (deployment(), ('unknown field "spec.replica"',))
    assert ignored == (deployment(), ())
    assert document == before


def test_a_wrong_type_is_refused_whatever_the_client_asks_for() -> None:
    document = deployment()
    document["spec"]["replicas"] = "3"
    with pytest.raises(StatusError, match="cannot unmarshal string"):
        schema.decode(document, "apps/v1", "Deployment", field_validation="Ignore")


def test_nulls_vanish_and_quantities_and_times_get_their_canonical_spelling() -> None:
    document = deployment()
    document["metadata"]["creationTimestamp"] = None
    document["metadata"]["deletionTimestamp"] = "2026-01-01T09:00:00.25+09:00"
    container(document)["resources"] = {"requests": {"cpu": 0.5, "memory": "1024Mi"}}
    decoded = schema.decode(document, "apps/v1", "Deployment").document
    assert decoded["metadata"] == {
        "name": "web",
        "labels": {"app": "web"},
        "deletionTimestamp": "2026-01-01T00:00:00Z",
    }
    assert container(decoded)["resources"] == {"requests": {"cpu": "500m", "memory": "1Gi"}}


def test_a_port_is_a_number_or_a_name() -> None:
    service = {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 80, "targetPort": "http"}]}}
    assert schema.decode(service, "v1", "Service").document is service
    service["spec"]["ports"][0]["targetPort"] = 1.5  # type: ignore[index]
    with pytest.raises(StatusError, match="of type int32"):
        schema.decode(service, "v1", "Service")


def test_secret_data_must_be_base64() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"key": "not base64!"}}
    with pytest.raises(StatusError, match="illegal base64 data at input byte 3"):
        schema.decode(secret, "v1", "Secret")


@pytest.mark.parametrize("body", [None, [], "text", 5])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    with pytest.raises(StatusError) as caught:
        schema.decode(body, "v1", "Pod")
    assert caught.value.code == 400


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(StatusError, match='no kind "Gadget" is registered for version "v1"'):
        schema.decode({}, "v1", "Gadget")


def test_absent_fields_that_a_type_requires_are_named() -> None:
    document = deployment()
    del document["spec"]["selector"], container(document)["name"]
    assert [str(cause) for cause in schema.missing(document, "apps/v1", "Deployment")] == [
        "spec.selector: Required value",
        "spec.template.spec.containers[0].name: Required value",
    ]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.kind)
def test_every_kind_that_is_served_has_a_published_schema(resource: Any) -> None:
    published = definitions.schema_for(resource.api_version, resource.kind)
    assert published is not None
    assert "metadata" in published["properties"]
    for sub in resource.subresources:
        version = sub.version or resource.version
        group = sub.group if sub.version else resource.group
        if sub.kind != "PodExecOptions":  # how a connection is to be opened: Kubernetes publishes no schema of it
            assert definitions.schema_of(group, version, sub.kind) is not None


def test_the_extracted_file_is_the_same_every_time_and_holds_what_the_package_holds(tmp_path: Path) -> None:
    one, other = extract.extract(tmp_path / "one"), extract.extract(tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()
    assert definitions.definitions() == extract.read_installed()
