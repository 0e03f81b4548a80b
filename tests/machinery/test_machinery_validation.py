"""Semantic checks: each in Kubernetes' own words, at the field that is wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from orrery.machinery import resources as r
from orrery.machinery.defaults import apply_defaults
from orrery.machinery.validation import validate_create, validate_update

Change = Callable[[dict[str, Any]], object]

POD_SPEC = {"containers": [{"name": "web", "image": "nginx:1.27"}]}
SPECIMENS: dict[r.Resource, dict[str, Any]] = {
    r.PODS: {"spec": POD_SPEC},
    r.DEPLOYMENTS: {
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD_SPEC},
        }
    },
    r.REPLICASETS: {
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD_SPEC},
        }
    },
    r.SERVICES: {"spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}},
    r.ENDPOINTS: {"subsets": [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80}]}]},
    r.ENDPOINTSLICES: {"addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}], "ports": [{"port": 80}]},
    r.CONFIGMAPS: {"data": {"key": "value"}},
    r.SECRETS: {"data": {"key": "dmFsdWU="}},
    r.SERVICEACCOUNTS: {},
    r.NAMESPACES: {},
    r.NODES: {"status": {"capacity": {"cpu": "4"}}},
    r.LEASES: {"spec": {"holderIdentity": "a", "leaseDurationSeconds": 15}},
    r.EVENTS: {"involvedObject": {"kind": "Pod", "name": "web", "namespace": "demo"}},
}


def specimen(resource: r.Resource, *changes: Change) -> dict[str, Any]:
    """A valid object of the kind, as it is after defaulting, with changes made to it."""
    metadata = {"name": "web"} | ({"namespace": "demo"} if resource.namespaced else {})
    document = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
    filled = apply_defaults(resource, copy.deepcopy({**document, **SPECIMENS[resource]}))
    filled = copy.deepcopy(filled)
    for change in changes:
        change(filled)
    return filled


def problems(resource: r.Resource, *changes: Change) -> list[str]:
    return [str(cause) for cause in validate_create(resource, specimen(resource, *changes))]


def spec_of(document: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = document["spec"]
    return spec


def container_of(document: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = document["spec"]["containers"][0]
    return container


@pytest.mark.parametrize("resource", list(SPECIMENS), ids=lambda resource: resource.kind)
def test_a_sound_object_of_every_kind_passes_and_may_be_written_again(resource: r.Resource) -> None:
    assert set(SPECIMENS) == set(r.RESOURCES)
    assert problems(resource) == []
    assert validate_update(resource, specimen(resource), specimen(resource)) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda m: m.pop("name"), "metadata.name: Required value: name or generateName is required"),
        (lambda m: m.update(name="Web"), 'metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain must'),
        (lambda m: m.update(name="a" * 254), "must be no more than 253 characters"),
        (lambda m: m.update(namespace="De mo"), 'metadata.namespace: Invalid value: "De mo": a lowercase RFC 1123'),
        (lambda m: m.update(labels={"a b": "c"}), 'metadata.labels: Invalid value: "a b": name part must consist of'),
        (lambda m: m.update(labels={"a": "-"}), 'metadata.labels: Invalid value: "-": a valid label must be an empty'),
        (lambda m: m.update(labels={"/a": ""}), 'metadata.labels: Invalid value: "/a": prefix part must be non-empty'),
        (lambda m: m.update(labels={"x/": ""}), 'metadata.labels: Invalid value: "x/": name part must be non-empty'),
        (
            lambda m: m.update(annotations={"a": "x" * 300_000}),
            "metadata.annotations: Too long: may not be more than 262144 bytes",
        ),
        (
            lambda m: m.update(ownerReferences=[{"apiVersion": "v1", "kind": "Pod", "name": "x"}]),
            'metadata.ownerReferences[0].uid: Invalid value: "": must not be empty',
        ),
        (lambda m: m.update(finalizers=["a b"]), 'metadata.finalizers[0]: Invalid value: "a b": name part'),
    ],
)
def test_metadata_is_checked(change: Change, complaint: str) -> None:
    found = problems(r.CONFIGMAPS, lambda document: change(document["metadata"]))
    assert complaint in "\n".join(found)


def test_an_object_has_one_controller() -> None:
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "1", "controller": True}
    owners = [owner, owner | {"name": "y"}]
    found = problems(r.CONFIGMAPS, lambda d: d["metadata"].update(ownerReferences=owners))
    assert "Only one reference can have Controller set to true" in found[0]


def test_a_service_is_named_by_the_older_rule() -> None:
    found = problems(r.SERVICES, lambda document: document["metadata"].update(name="1web"))
    assert found[0].startswith('metadata.name: Invalid value: "1web": a DNS-1035 label must consist of')


CONTAINER_PROBLEMS: list[tuple[Change, str]] = [
    (lambda c: c.pop("name"), "spec.containers[0].name: Required value"),
    (lambda c: c.pop("image"), "spec.containers[0].image: Required value"),
    (
        lambda c: c.update(image=" nginx"),
        'spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace',
    ),
    (
        lambda c: c.update(imagePullPolicy="Sometimes"),
        'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": '
        'supported values: "Always", "IfNotPresent", "Never"',
    ),
    (
        lambda c: c.update(ports=[{"containerPort": 99999, "protocol": "TCP"}]),
        "spec.containers[0].ports[0].containerPort: Invalid value: 99999: must be between 1 and 65535, inclusive",
    ),
    (
        lambda c: c.update(ports=[{"containerPort": 80, "protocol": "HTTP"}]),
        'spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ),
    (
        lambda c: c.update(ports=[{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]),
        'spec.containers[0].ports[1].name: Duplicate value: "a"',
    ),
    (
        lambda c: c.update(env=[{"name": "A=B"}]),
        'spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist only '
        "of printable ASCII characters other than '='",
    ),
    (
        lambda c: c.update(volumeMounts=[{"name": "v", "mountPath": "/v"}]),
        'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ),
    (
        lambda c: c.update(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ),
    (
        lambda c: c.update(resources={"requests": {"cpu": "-1"}}),
        'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ),
    (lambda c: c.update(livenessProbe={}), "spec.containers[0].livenessProbe: Required value: must specify a handler"),
    (
        lambda c: c.update(livenessProbe={"exec": {"command": ["x"]}, "successThreshold": 2}),
        "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
    ),
    (
        lambda c: c.update(readinessProbe={"httpGet": {"port": 0}}),
        "spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
    ),
]


@pytest.mark.parametrize(("change", "complaint"), CONTAINER_PROBLEMS)
def test_containers_are_checked(change: Change, complaint: str) -> None:
    assert complaint in "\n".join(problems(r.PODS, lambda document: change(container_of(document))))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: s.update(containers=[]), "spec.containers: Required value"),
        (
            lambda s: s.update(containers=s["containers"] * 2),
            'spec.containers[1].name: Duplicate value: "web"',
        ),
        (
            lambda s: s.update(restartPolicy="Perhaps"),
            'spec.restartPolicy: Unsupported value: "Perhaps": supported values: "Always", "OnFailure", "Never"',
        ),
        (
            lambda s: s.update(volumes=[{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]),
            "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type",
        ),
        (
            lambda s: s.update(tolerations=[{"key": "a", "operator": "Exists", "tolerationSeconds": 5}]),
            "spec.tolerations[0].effect: Invalid value: \"\": effect must be 'NoExecute' when `tolerationSeconds`",
        ),
        (
            lambda s: s.update(tolerations=[{"operator": "Equal"}]),
            'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty',
        ),
        (
            lambda s: s.update(
                affinity={
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In"}]}]
                        }
                    }
                }
            ),
            ".matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        ),
        (
            lambda s: s.update(initContainers=[{"name": "i", "image": "x", "readinessProbe": {"exec": {}}}]),
            "spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without",
        ),
        (lambda s: s.update(terminationGracePeriodSeconds=-1), "must be greater than or equal to 0"),
    ],
)
def test_pods_are_checked(change: Change, complaint: str) -> None:
    assert complaint in "\n".join(problems(r.PODS, lambda document: change(spec_of(document))))


DEPLOYMENT_PROBLEMS: list[tuple[Change, str]] = [
    (lambda s: s.pop("selector"), "spec.selector: Required value"),
    (lambda s: s.pop("template"), "spec.template: Required value"),
    (lambda s: s.update(selector={}), "spec.selector: Invalid value: {}: empty selector is invalid for deployment"),
    (
        lambda s: s.update(selector={"matchLabels": {"app": "api"}}),
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ),
    (lambda s: s.update(replicas=-1), "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
    (
        lambda s: s["template"]["spec"].update(restartPolicy="Never"),
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ),
    (
        lambda s: s.update(strategy={"type": "Rolling"}),
        'spec.strategy.type: Unsupported value: "Rolling": supported values: "Recreate", "RollingUpdate"',
    ),
    (
        lambda s: s["strategy"].update(type="Recreate"),
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ),
    (
        lambda s: s["strategy"]["rollingUpdate"].update(maxUnavailable=0, maxSurge="0%"),
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
    ),
    (
        lambda s: s["strategy"]["rollingUpdate"].update(maxUnavailable="101%"),
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ),
    (
        lambda s: s["strategy"]["rollingUpdate"].update(maxSurge="half"),
        "a valid percent string must be a numeric string followed by an ending '%'",
    ),
    (
        lambda s: s.update(minReadySeconds=600),
        "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds",
    ),
]


@pytest.mark.parametrize(("change", "complaint"), DEPLOYMENT_PROBLEMS)
def test_deployments_are_checked(change: Change, complaint: str) -> None:
    assert complaint in "\n".join(problems(r.DEPLOYMENTS, lambda document: change(spec_of(document))))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: s.update(ports=[]), "spec.ports: Required value"),
        (lambda s: s.update(ports=[{"port": 1}, {"port": 2, "name": "b"}]), "spec.ports[0].name: Required value"),
        (lambda s: s["ports"][0].update(port=0), "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535"),
        (
            lambda s: s.update(ports=[{"port": 1, "name": "a"}, {"port": 1, "name": "b"}]),
            'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":1}',
        ),
        (
            lambda s: s["ports"][0].update(nodePort=30080),
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        ),
        (
            lambda s: s.update(type="Cluster"),
            'spec.type: Unsupported value: "Cluster": '
            'supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
        ),
        (lambda s: s.update(type="ExternalName"), "spec.externalName: Required value"),
        (lambda s: s.update(clusterIP="here"), 'spec.clusterIPs[0]: Invalid value: "here": must be a valid IP address'),
        (lambda s: s.update(type="NodePort", clusterIP="None"), "may not be set to 'None' for NodePort services"),
    ],
)
def test_services_are_checked(change: Change, complaint: str) -> None:
    assert complaint in "\n".join(problems(r.SERVICES, lambda document: change(spec_of(document))))


def test_a_headless_service_needs_no_ports() -> None:
    assert problems(r.SERVICES, lambda d: d["spec"].update(clusterIP="None", ports=[])) == []


@pytest.mark.parametrize(
    ("resource", "change", "complaint"),
    [
        (
            r.CONFIGMAPS,
            lambda d: d.update(data={"a b": ""}),
            'data[a b]: Invalid value: "a b": a valid config key must',
        ),
        (r.CONFIGMAPS, lambda d: d.update(data={"..": ""}), "must not be '..'"),
        (
            r.CONFIGMAPS,
            lambda d: d.update(data={"a": "x" * (2**20 + 1)}),
            "Too long: may not be more than 1048576 bytes",
        ),
        (r.CONFIGMAPS, lambda d: d.update(binaryData={"key": ""}), "duplicate of key present in binaryData"),
        (r.SECRETS, lambda d: d.update(data={"a/b": ""}), "a valid config key must consist of"),
        (
            r.NODES,
            lambda d: d.update(spec={"taints": [{"key": "a", "effect": "Sometimes"}]}),
            'spec.taints[0].effect: Unsupported value: "Sometimes"',
        ),
        (
            r.NODES,
            lambda d: d.update(spec={"taints": [{"key": "a", "effect": "NoSchedule"}] * 2}),
            "taints must be unique by key and effect pair",
        ),
        (r.LEASES, lambda d: d["spec"].update(leaseDurationSeconds=0), "must be greater than 0"),
        (r.ENDPOINTS, lambda d: d["subsets"][0]["addresses"][0].update(ip="x"), "must be a valid IP address"),
        (r.ENDPOINTSLICES, lambda d: d.update(addressType="IPv5"), 'supported values: "FQDN", "IPv4", "IPv6"'),
        (r.ENDPOINTSLICES, lambda d: d["endpoints"][0].update(addresses=[]), "must contain at least 1 address"),
        (r.EVENTS, lambda d: d["involvedObject"].update(namespace="other"), "does not match event.namespace"),
        (r.NAMESPACES, lambda d: d["metadata"].update(name="a.b"), "a lowercase RFC 1123 label must consist of"),
    ],
)
def test_other_kinds_are_checked(resource: r.Resource, change: Change, complaint: str) -> None:
    assert complaint in "\n".join(problems(resource, change))


def test_an_endpoint_slice_may_be_empty() -> None:
    assert problems(r.ENDPOINTSLICES, lambda d: d.pop("endpoints"), lambda d: d.pop("ports")) == []


def updated(resource: r.Resource, *changes: Change, before: Change = lambda document: None) -> list[str]:
    old, new = specimen(resource, before), specimen(resource, before, *changes)
    return [str(cause) for cause in validate_update(resource, new, old)]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: container_of(d).update(image="nginx:1.28"),
        lambda d: d["spec"].update(activeDeadlineSeconds=60),
        lambda d: d["spec"].update(tolerations=[{"key": "a", "operator": "Exists"}]),
        lambda d: d["metadata"].update(labels={"new": "label"}),
    ],
)
def test_a_few_fields_of_a_pod_may_change(change: Change) -> None:
    assert updated(r.PODS, change) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda d: container_of(d).update(command=["sh"]),
        lambda d: d["spec"].update(nodeName="worker-1"),
        lambda d: d["spec"]["containers"].append({"name": "b", "image": "b"}),
    ],
)
def test_everything_else_in_a_pod_stays(change: Change) -> None:
    assert updated(r.PODS, change)[0].startswith(
        "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`"
    )


def test_a_pods_tolerations_only_grow() -> None:
    found = updated(
        r.PODS,
        lambda d: d["spec"].update(tolerations=[]),
        before=lambda d: d["spec"].update(tolerations=[{"key": "a", "operator": "Exists"}]),
    )
    assert found[0].startswith("spec.tolerations: Forbidden: existing toleration can not be modified")


@pytest.mark.parametrize(
    ("resource", "before", "change", "complaint"),
    [
        (
            r.DEPLOYMENTS,
            lambda d: None,
            lambda d: (
                d["spec"]["selector"].update(matchLabels={"app": "x"}),
                d["spec"]["template"]["metadata"].update(labels={"app": "x"}),
            ),
            'spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable',
        ),
        (
            r.SERVICES,
            lambda d: d["spec"].update(clusterIP="10.96.0.9", clusterIPs=["10.96.0.9"]),
            lambda d: d["spec"].update(clusterIP="10.96.0.10", clusterIPs=["10.96.0.10"]),
            'spec.clusterIPs[0]: Invalid value: ["10.96.0.10"]: may not change once set',
        ),
        (
            r.CONFIGMAPS,
            lambda d: d.update(immutable=True),
            lambda d: d.update(data={"key": "other"}),
            "data: Forbidden: field is immutable when `immutable` is set",
        ),
        (
            r.SECRETS,
            lambda d: None,
            lambda d: d.update(type="other"),
            'type: Invalid value: "other": field is immutable',
        ),
        (r.ENDPOINTSLICES, lambda d: None, lambda d: d.update(addressType="IPv6"), "field is immutable"),
        (
            r.NODES,
            lambda d: d.update(spec={"podCIDR": "10.244.1.0/24"}),
            lambda d: d["spec"].update(podCIDR="10.244.2.0/24"),
            "spec.podCIDRs: Forbidden: node updates may not change podCIDR",
        ),
        (
            r.CONFIGMAPS,
            lambda d: d["metadata"].update(uid="1"),
            lambda d: d["metadata"].update(uid="2"),
            'metadata.uid: Invalid value: "2": field is immutable',
        ),
        (
            r.CONFIGMAPS,
            lambda d: d["metadata"].update(deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["a/b"]),
            lambda d: d["metadata"].update(finalizers=["a/b", "c/d"]),
            'found new finalizers []string{"c/d"}',
        ),
    ],
)
def test_what_may_not_change_is_named(resource: r.Resource, before: Change, change: Change, complaint: str) -> None:
    assert complaint in "\n".join(updated(resource, change, before=before))
