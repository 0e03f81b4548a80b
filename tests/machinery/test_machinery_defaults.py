"""Defaults: what the API server fills in, and that it never writes into what it was given."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from orrery.machinery import schema
from orrery.machinery.defaults import (
    add_default_service_account,
    add_default_tolerations,
    apply_defaults,
    pull_policy,
)
from orrery.machinery.resources import DEPLOYMENTS, LEASES, NAMESPACES, NODES, PODS, RESOURCES, SECRETS, SERVICES


def test_a_bare_pod_gets_the_defaults_that_kubectl_shows() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "image": "nginx"}]}}
    before = copy.deepcopy(pod)
    assert apply_defaults(PODS, pod)["spec"] == {
        "containers": [
            {
                "name": "a",
                "image": "nginx",
                "imagePullPolicy": "Always",
                "resources": {},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
            }
        ],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
        "enableServiceLinks": True,
    }
    assert pod == before


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("registry:5000/nginx", "Always"),
        ("registry:5000/nginx:1.27", "IfNotPresent"),
        ("nginx@sha256:abc", "IfNotPresent"),
    ],
)
def test_an_image_without_a_fixed_tag_is_always_pulled(image: str, policy: str) -> None:
    assert pull_policy(image) == policy


def pod_with(**container: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {"containers": [{"name": "a", "image": "a:1", **container}]}
    found: dict[str, Any] = apply_defaults(PODS, {"spec": spec})["spec"]["containers"][0]
    return found


def test_limits_stand_in_for_requests_that_are_absent() -> None:
    container = pod_with(resources={"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}})
    assert container["resources"]["requests"] == {"cpu": "500m", "memory": "1Gi"}


def test_probes_ports_and_references_are_filled_in() -> None:
    container = pod_with(
        livenessProbe={"httpGet": {"port": 80}},
        readinessProbe={"grpc": {"port": 9}, "periodSeconds": 3},
        ports=[{"containerPort": 80}],
        env=[{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
        lifecycle={"preStop": {"httpGet": {"port": 80}}},
    )
    assert container["livenessProbe"] == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
    assert container["readinessProbe"]["grpc"] == {"port": 9, "service": ""}
    assert container["readinessProbe"]["periodSeconds"] == 3
    assert container["ports"] == [{"containerPort": 80, "protocol": "TCP"}]
    assert container["env"][0]["valueFrom"]["fieldRef"]["apiVersion"] == "v1"
    assert container["lifecycle"]["preStop"]["httpGet"]["scheme"] == "HTTP"


def test_a_pod_on_the_hosts_network_takes_its_ports_from_the_host() -> None:
    spec = {"hostNetwork": True, "containers": [{"name": "a", "image": "a:1", "ports": [{"containerPort": 80}]}]}
    filled = apply_defaults(PODS, {"spec": spec})
    assert filled["spec"]["containers"][0]["ports"][0]["hostPort"] == 80


def test_volumes_are_filled_in() -> None:
    volumes = [{"name": "a"}, {"name": "b", "configMap": {"name": "c"}}, {"name": "c", "hostPath": {"path": "/"}}]
    filled = apply_defaults(PODS, {"spec": {"volumes": volumes}})["spec"]["volumes"]
    assert filled == [
        {"name": "a", "emptyDir": {}},
        {"name": "b", "configMap": {"name": "c", "defaultMode": 420}},
        {"name": "c", "hostPath": {"path": "/", "type": ""}},
    ]


def test_a_deployment_rolls_by_quarters_and_its_template_is_filled_in_too() -> None:
    spec = apply_defaults(DEPLOYMENTS, {"spec": {"template": {"spec": {"containers": []}}}})["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
    }
    assert (spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (10, 600)
    assert spec["template"]["spec"]["restartPolicy"] == "Always"


def test_zero_replicas_stay_zero() -> None:
    assert apply_defaults(DEPLOYMENTS, {"spec": {"replicas": 0}})["spec"]["replicas"] == 0


def test_a_recreated_deployment_has_no_rolling_update() -> None:
    spec = apply_defaults(DEPLOYMENTS, {"spec": {"strategy": {"type": "Recreate"}}})["spec"]
    assert spec["strategy"] == {"type": "Recreate"}


def test_a_service_sends_to_the_port_that_it_serves() -> None:
    spec = apply_defaults(SERVICES, {"spec": {"ports": [{"port": 80}]}})["spec"]
    assert spec["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert (spec["type"], spec["sessionAffinity"], spec["internalTrafficPolicy"]) == ("ClusterIP", "None", "Cluster")
    assert (spec["ipFamilyPolicy"], spec["ipFamilies"]) == ("SingleStack", ["IPv4"])
    assert "externalTrafficPolicy" not in spec


def test_a_node_port_service_has_an_external_traffic_policy_and_an_external_name_has_no_family() -> None:
    assert apply_defaults(SERVICES, {"spec": {"type": "NodePort"}})["spec"]["externalTrafficPolicy"] == "Cluster"
    external = apply_defaults(SERVICES, {"spec": {"type": "ExternalName", "externalName": "example.com"}})
    assert "ipFamilies" not in external["spec"]


def test_plain_text_of_a_secret_is_encoded_and_wins_over_data() -> None:
    secret = apply_defaults(SECRETS, {"data": {"a": "eA==", "b": "eA=="}, "stringData": {"a": "hello"}})
    assert secret == {"type": "Opaque", "data": {"a": "aGVsbG8=", "b": "eA=="}}


def test_a_namespace_is_labelled_with_its_name() -> None:
    namespace = apply_defaults(NAMESPACES, {"metadata": {"name": "demo"}})
    assert namespace["metadata"]["labels"] == {"kubernetes.io/metadata.name": "demo"}
    assert namespace["status"] == {"phase": "Active"}


def test_what_a_node_has_can_be_allocated_unless_it_says_otherwise() -> None:
    status = {"capacity": {"cpu": "4", "pods": "110"}, "allocatable": {"cpu": "3"}}
    assert apply_defaults(NODES, {"status": status})["status"]["allocatable"] == {"cpu": "3", "pods": "110"}


def test_a_kind_without_defaults_is_not_copied() -> None:
    lease = {"spec": {"holderIdentity": "a"}}
    assert apply_defaults(LEASES, lease) is lease


def test_pods_tolerate_a_lost_node_for_five_minutes() -> None:
    tolerations = add_default_tolerations({"spec": {}})["spec"]["tolerations"]
    assert tolerations == [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
        for key in ("not-ready", "unreachable")
    ]


def test_a_toleration_of_ones_own_is_kept() -> None:
    own = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 5}
    pod = {"spec": {"tolerations": [own]}}
    tolerations = add_default_tolerations(pod)["spec"]["tolerations"]
    assert [t["key"].rpartition("/")[2] for t in tolerations] == ["not-ready", "unreachable"]
    assert tolerations[0] == own
    everything = {"spec": {"tolerations": [{"operator": "Exists"}]}}
    assert add_default_tolerations(everything) == everything


def test_pods_run_under_the_default_service_account_unless_they_name_one() -> None:
    assert add_default_service_account({"spec": {}})["spec"] == {
        "serviceAccountName": "default",
        "serviceAccount": "default",
    }
    named = {"spec": {"serviceAccountName": "mine"}}
    assert add_default_service_account(named) == named


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.kind)
def test_defaults_fit_the_schema_and_filling_in_twice_changes_nothing(resource: Any) -> None:
    bare = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": "x"}}
    once = apply_defaults(resource, bare)
    assert schema.decode(once, resource.api_version, resource.kind).document == once
    assert apply_defaults(resource, once) == once
