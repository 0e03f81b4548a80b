"""Server-side apply: whose fields they are, conflicts, what is wanted no more."""

from typing import Any

import pytest
from apiserver_lab import CONFIGMAPS, DEPLOYMENTS, Lab

MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


@pytest.fixture
def lab() -> Lab:
    return Lab()


def web(replicas: int | None = 2, image: str = "nginx:1.27", **labels: str) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": image}]},
        },
    }  # fmt: skip
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": labels}, "spec": spec}


WEB = f"{DEPLOYMENTS}/web"


def by(manager: str, *, force: bool = False) -> dict[str, Any]:
    """The options of an apply."""
    return {"content_type": APPLY, "query": {"fieldManager": manager, **({"force": "true"} if force else {})}}


def test_an_apply_creates_and_owns_what_it_says(lab: Lab) -> None:
    made = lab.ok("PATCH", WEB, web(), **by("helm"))
    assert made["metadata"]["uid"] and made["spec"]["replicas"] == 2
    (entry,) = made["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"], entry["apiVersion"]) == ("helm", "Apply", "apps/v1")
    fields = entry["fieldsV1"]["f:spec"]
    assert fields["f:replicas"] == {}
    assert 'k:{"name":"app"}' in fields["f:template"]["f:spec"]["f:containers"]
    again = lab.ok("PATCH", WEB, web(), **by("helm"))
    assert again["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_what_another_manager_owns_is_a_conflict_unless_it_is_forced(lab: Lab) -> None:
    lab.ok("PATCH", WEB, web(replicas=2), **by("helm"))
    code, reason, message = lab.fails("PATCH", WEB, web(replicas=5), **by("me"))
    assert (code, reason) == (409, "Conflict")
    assert message == 'Apply failed with 1 conflict: conflict with "helm" using apps/v1: .spec.replicas'
    forced = lab.ok("PATCH", WEB, web(replicas=5), **by("me", force=True))
    assert forced["spec"]["replicas"] == 5
    owners = {entry["manager"]: entry["fieldsV1"] for entry in forced["metadata"]["managedFields"]}
    assert "f:replicas" in owners["me"]["f:spec"]
    assert "f:replicas" not in owners.get("helm", {}).get("f:spec", {})


def test_the_same_value_is_shared_and_stays_while_one_owner_wants_it(lab: Lab) -> None:
    lab.ok("PATCH", WEB, web(a="1", b="2"), **by("one"))
    lab.ok("PATCH", WEB, web(a="1"), **by("two"))
    dropped = lab.ok("PATCH", WEB, web(), **by("one"))
    assert dropped["metadata"]["labels"] == {"a": "1"}


def test_an_ordinary_write_takes_the_fields_that_it_changes(lab: Lab) -> None:
    lab.ok("PATCH", WEB, web(replicas=2), **by("helm"))
    lab.ok("PATCH", WEB, {"spec": {"replicas": 7}}, content_type=MERGE, query={"fieldManager": "scaler"})
    code, _, message = lab.fails("PATCH", WEB, web(replicas=2), **by("helm"))
    assert code == 409 and '"scaler"' in message
    kept = lab.ok("PATCH", WEB, web(replicas=None, image="nginx:1.28"), **by("helm"))
    assert kept["spec"]["replicas"] == 7
    assert kept["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.28"


def test_what_was_there_before_the_first_apply_is_nobodys_to_overwrite(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, {"metadata": {"name": "old"}, "data": {"a": "1", "b": "2"}})
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "old"}, "data": {"a": "9"}}
    target = f"{CONFIGMAPS}/old"
    code, _, message = lab.fails("PATCH", target, config, **by("me"))
    assert code == 409 and '"before-first-apply"' in message
    assert lab.ok("PATCH", target, config, **by("me", force=True))["data"] == {"a": "9", "b": "2"}


def test_an_apply_without_a_manager_or_of_another_name_is_refused(lab: Lab) -> None:
    assert lab.fails("PATCH", WEB, web(), content_type=APPLY)[0] == 422
    assert lab.fails("PATCH", f"{DEPLOYMENTS}/other", web(), **by("me"))[0] == 400
