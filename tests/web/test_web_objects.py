"""Objects, events and logs from outside: lists, instants, versions, schemas, dry runs, pages."""

from typing import Any
from urllib.parse import urlencode

import pytest
from live_server import LiveServer

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: default, labels: {tier: front}}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: web, image: 'nginx:1.27'}]}
"""


def _ask(server: LiveServer, path: str, **query: Any) -> Any:
    status, answer = server.get(f"{path}?{urlencode(query, doseq=True)}")
    assert status == 200, answer
    return answer


@pytest.fixture(scope="module")
def shop(server: LiveServer) -> int:
    """A Deployment that has been made and scaled; gives the instant at which it did not yet exist."""
    server.real_time(20)
    begun_ns: int = _ask(server, "/api/objects")["at_ns"]
    assert server.post("/api/apply", {"text": WEB})[1]["results"][0]["verb"] == "created"
    assert server.post("/api/scale", {"namespace": "default", "name": "shop", "replicas": 3})[0] == 200
    return begun_ns


def test_objects_are_listed_by_kind_namespace_label_and_instant(server: LiveServer, shop: int) -> None:
    everything = _ask(server, "/api/objects")
    assert {kind["kind"] for kind in everything["kinds"]} >= {"Pod", "Deployment", "Lease", "Event", "EndpointSlice"}
    assert len({row["namespace"] for row in everything["rows"]}) >= 3 and everything["more"] == 0
    (row,) = _ask(server, "/api/objects", labels="tier in (front)")["rows"]
    assert (row["id"], row["owner"]) == ("object/deployments/default/shop", None) and row["cells"]
    assert _ask(server, "/api/objects", resource="deployments", at_ns=shop)["rows"] == []
    sets = _ask(server, "/api/objects", resource="replicasets", namespace="default", search="shop")["rows"]
    assert [found["owner_uid"] for found in sets] == [row["uid"]]
    assert server.get("/api/objects?resource=unicorns")[0] == 404
    assert server.get("/api/objects?labels=a=b=c")[0] == 422


def test_an_object_is_shown_with_how_it_stands_who_looked_and_its_events(server: LiveServer, shop: int) -> None:
    place = {"resource": "deployments", "namespace": "default", "name": "shop"}
    now = _ask(server, "/api/object", **place)
    assert now["latest"] and "replicas: 3" in now["text"]
    assert {"replicas", "ready", "image"} <= {row["key"] for row in now["standing"]}
    assert any(seen["by"] == "deployment" for seen in now["observed"])
    assert any(event["reason"] == "ScalingReplicaSet" for event in now["events"])
    versions = _ask(server, "/api/object/history", **place)["versions"]
    assert versions[-1]["verb"] == "created" and versions[-1]["writer"]["agent"] == "kubectl-apply"
    first = _ask(server, "/api/object", **place, revision=versions[-1]["revision"])
    assert not first["latest"] and "replicas: 2" in first["text"]
    assert _ask(server, "/api/object", **place, at_ns=versions[-1]["t_ns"])["revision"] == versions[-1]["revision"]
    assert server.get(f"/api/object?{urlencode({**place, 'at_ns': shop})}")[0] == 404


def test_a_kinds_schema_is_the_api_servers_own(server: LiveServer) -> None:
    schema = _ask(server, "/api/schema", api_version="apps/v1", kind="Deployment")
    root = schema["schemas"][schema["root"]]
    assert root["properties"]["spec"]["allOf"][0]["$ref"].rpartition("/")[2] in schema["schemas"]
    assert "Standard object" in root["properties"]["metadata"]["description"]
    container = schema["schemas"]["io.k8s.api.core.v1.Container"]["properties"]
    assert "One of Always, Never, IfNotPresent" in container["imagePullPolicy"]["description"]
    assert server.get("/api/schema?api_version=v1&kind=Unicorn")[0] == 404


def test_an_apply_is_tried_without_being_done(server: LiveServer, shop: int) -> None:
    place = {"resource": "deployments", "namespace": "default", "name": "shop"}
    before = _ask(server, "/api/object", **place)["revision"]
    changed = WEB.replace("replicas: 2", "replicas: 5")
    fresh = WEB.replace("shop", "fresh")
    bad = WEB.replace("replicas: 2", "replicas: -2")
    unknown = WEB.replace("replicas: 2", "replicsa: 2")
    answers = [server.post("/api/try", {"text": text})[1]["results"][0] for text in (changed, fresh, bad, unknown)]
    assert [answer["verb"] for answer in answers] == ["configured", "created", "failed", "failed"]
    assert "replicas: 5" in answers[0]["after"] and "replicas: 5" not in answers[0]["before"]
    assert answers[1]["before"] == "" and "progressDeadlineSeconds" in answers[1]["after"]
    assert "spec.replicas" in answers[2]["message"] and 'unknown field "spec.replicsa"' in answers[3]["message"]
    after = _ask(server, "/api/object", **place)
    assert "replicas: 3" in after["text"] and after["revision"] - before < 30
    assert server.get("/api/object?resource=deployments&namespace=default&name=fresh")[0] == 404
    server.post("/api/control", {"action": "pause"})
    assert server.post("/api/try", {"text": changed})[1] == {"results": []}
    server.post("/api/control", {"action": "play"})


def test_everything_that_happened_is_read_by_pages(server: LiveServer, shop: int) -> None:
    newest = _ask(server, "/api/events", limit=30)
    assert len(newest["rows"]) == 30 and newest["older"] and newest["counts"]["MessageSent"] > 100
    older = _ask(server, "/api/events", before=newest["older"], limit=30)
    assert older["rows"][-1]["event"] < newest["rows"][0]["event"]
    made = _ask(server, "/api/events", object="object/deployments/default/shop", protocol=["api"], limit=500)["rows"]
    assert made and all("shop" in row["title"] or "shop" in row["type"] or row["protocol"] == "api" for row in made)
    raft = _ask(server, "/api/events", protocol=["raft"], component="cp-1", quiet="true", limit=5)["rows"]
    assert raft and all("cp-1/" in row["source"] + row["target"] for row in raft)
    assert server.get("/api/events?limit=5000")[0] == 422
    told = _ask(server, f"/api/event/{made[0]['event']}")
    assert [layer["name"] for layer in told["layers"]][:3] == ["link", "connection", "call"]


def test_logs_are_lines_with_the_changes_of_state_between_them(server: LiveServer, shop: int) -> None:
    server.post("/api/fault", {"fault": "crash-process", "component": "cp-2/kube-scheduler"})
    server.post("/api/fault", {"fault": "restart-process", "component": "cp-2/kube-scheduler"})
    page = _ask(server, "/api/logs", component="cp-2/kube-scheduler")
    assert {"ProcessExited", "ProcessStarted"} <= {row["type"] for row in page["rows"] if row["kind"] == "state"}
    lines = _ask(server, "/api/logs", component="cp-1/kube-apiserver", states="false")["rows"]
    assert lines and all(line["kind"] == "line" for line in lines)
    assert " cp-1 kube-apiserver:" in lines[0]["stamp"] and lines[0]["text"].startswith("I")
    assert "Serving securely" in lines[0]["text"]
    assert _ask(server, "/api/logs", component="cp-1/kube-apiserver", level="error", states="false")["rows"] == []
