"""What is traced of a request, and what the audit log says."""

from __future__ import annotations

import orjson
import pytest
from apiserver_lab import CONFIGMAPS, PODS, Lab, config_map, pod

from orrery.apiserver import RequestAudited, RequestAuthorized

LOG = "/var/log/kubernetes/audit/audit.log"


@pytest.fixture
def lab() -> Lab:
    return Lab()


def log(lab: Lab) -> list[dict]:
    return [orjson.loads(line) for line in lab.kernel.hosts["cp-1"].disk.records(LOG)]


def test_a_write_tells_what_each_stage_said_before_it_is_stored(lab: Lab) -> None:
    seen = lab.collect(RequestAuthorized, RequestAudited)
    lab.ok("POST", PODS, pod())
    authorized, audited = (event for event in seen if event.user == "kubernetes-admin")
    assert [(verdict.stage, verdict.verdict) for verdict in authorized.stages] == [
        ("TLS", "pass"), ("authentication", "allow"), ("authorization", "allow"), ("mutating admission", "changed"),
        ("validation", "pass"), ("validating admission", "pass"), ("storage", "pass"),
    ]
    reasons = {verdict.stage: verdict.reason for verdict in authorized.stages}
    assert reasons["authorization"] == (
        'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of Group "kubeadm:cluster-admins"'
    )
    assert reasons["mutating admission"] == "ServiceAccount, Priority, DefaultTolerationSeconds"
    assert (audited.code, audited.verb, audited.resource) == (201, "create", "pods")
    assert audited.latency_ns > 1_000_000 and audited.call == authorized.call


def test_a_refusal_names_the_stage(lab: Lab) -> None:
    seen = lab.collect(RequestAuthorized)
    lab.call("GET", PODS, who=("jane", ()))
    lab.call("POST", PODS, pod("Bad_Name"))
    lab.call("PUT", f"{CONFIGMAPS}/none", config_map("none"), who=("root", ("system:masters",)))
    by_user = {event.user: event.stages[-1] for event in seen}
    assert by_user["jane"][:2] == ("authorization", "deny")
    assert by_user["kubernetes-admin"][:2] == ("validation", "deny")
    assert by_user["root"] == ("storage", "deny", 'configmaps "none" not found')


def test_quiet_requests_are_audited_in_one_event(lab: Lab) -> None:
    seen = lab.collect(RequestAuthorized, RequestAudited)
    lab.ok("GET", CONFIGMAPS, quiet=True)
    mine = [event for event in seen if event.user == "kubernetes-admin"]
    assert [type(event) for event in mine] == [RequestAudited] and mine[0].quiet


def test_the_audit_log_has_a_line_for_each_request_that_matters(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, config_map())
    lab.call("GET", PODS, who=("jane", ("dev",)))
    lab.call("GET", "/healthz")
    created, refused = log(lab)[1:]
    assert (created["kind"], created["apiVersion"], created["level"]) == ("Event", "audit.k8s.io/v1", "Metadata")
    assert created["verb"] == "create" and created["requestURI"] == CONFIGMAPS
    assert created["objectRef"] == {
        "resource": "configmaps", "namespace": "default", "name": "settings", "apiVersion": "v1"
    }
    assert created["sourceIPs"] == ["10.0.0.100"] and created["user"]["username"] == "kubernetes-admin"
    assert created["annotations"]["authorization.k8s.io/decision"] == "allow"
    assert refused["responseStatus"]["code"] == 403 and refused["responseStatus"]["reason"] == "Forbidden"
    assert refused["annotations"]["authorization.k8s.io/decision"] == "forbid"


def test_the_audit_log_keeps_the_newest_when_it_is_full() -> None:
    lab = Lab(audit_max_records=20)
    for number in range(50):
        lab.ok("POST", CONFIGMAPS, config_map(f"c{number}"))
    lines = log(lab)
    assert 10 <= len(lines) <= 20 and lines[-1]["objectRef"]["name"] == "c49"
