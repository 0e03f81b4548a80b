"""The values that the API server fills in, kind by kind (``k8s.io/kubernetes/pkg/apis/*/v1/defaults.go``).

``apply_defaults`` gives back a new document; where a kind has no defaults, the very document it was given. The two
defaults that belong to admission, tolerations and the service account, are functions of their own.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from orrery.machinery.objects import Document, deep_copy, put
from orrery.machinery.resources import Resource

Filler = Callable[[Document], None]

DEFAULT_SCHEDULER = "default-scheduler"
DEFAULT_TOLERATION_S = 300
_FILE_MODE = 0o644


def apply_defaults(resource: Resource, document: Mapping[str, Any]) -> Document:
    """The document with every default of its kind filled in."""
    fill = _BY_KIND.get(resource.kind)
    if fill is None:
        return document if isinstance(document, dict) else dict(document)
    copy: Document = deep_copy(dict(document))
    fill(copy)
    return copy


def _default(mapping: Document, **values: Any) -> None:
    for key, value in values.items():
        if mapping.get(key) is None:
            mapping[key] = value


def _part(mapping: Document, key: str) -> Document:
    """The mapping at ``key``, put there empty where there is none."""
    if mapping.get(key) is None:
        mapping[key] = {}
    part: Document = mapping[key]
    return part


# Pods


def _pod(pod: Document) -> None:
    _pod_spec(_part(pod, "spec"))


def _pod_spec(spec: Document) -> None:
    _default(
        spec,
        restartPolicy="Always",
        terminationGracePeriodSeconds=30,
        dnsPolicy="ClusterFirst",
        securityContext={},
        schedulerName=DEFAULT_SCHEDULER,
        enableServiceLinks=True,
    )
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(field) or ():
            _container(container, host_network=bool(spec.get("hostNetwork")))
    for volume in spec.get("volumes") or ():
        _volume(volume)


def _container(container: Document, *, host_network: bool) -> None:
    _default(
        container,
        imagePullPolicy=pull_policy(str(container.get("image", ""))),
        resources={},
        terminationMessagePath="/dev/termination-log",
        terminationMessagePolicy="File",
    )
    limits = container["resources"].get("limits")
    if limits:
        requests = _part(container["resources"], "requests")
        for name, limit in limits.items():
            requests.setdefault(name, limit)
    for port in container.get("ports") or ():
        _default(port, protocol="TCP")
        if host_network:
            _default(port, hostPort=port.get("containerPort"))
    for variable in container.get("env") or ():
        reference = (variable.get("valueFrom") or {}).get("fieldRef")
        if reference is not None:
            _default(reference, apiVersion="v1")
    for field in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(field) is not None:
            _probe(container[field])
    for hook in (container.get("lifecycle") or {}).values():
        if isinstance(hook, dict):
            _handler(hook)


def pull_policy(image: str) -> str:
    """The default policy of an image: ``Always`` for ``:latest`` and for no tag at all."""
    if "@" in image:
        return "IfNotPresent"
    _, _, tag = image.rpartition("/")[2].partition(":")
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _probe(probe: Document) -> None:
    _default(probe, timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3)
    _handler(probe)
    if probe.get("grpc") is not None:
        _default(probe["grpc"], service="")


def _handler(handler: Document) -> None:
    http = handler.get("httpGet")
    if http is not None:
        _default(http, path="/", scheme="HTTP")
        http["path"] = http["path"] or "/"


def _volume(volume: Document) -> None:
    if set(volume) <= {"name"}:
        volume["emptyDir"] = {}
    for source in ("secret", "configMap", "downwardAPI", "projected"):
        if volume.get(source) is not None:
            _default(volume[source], defaultMode=_FILE_MODE)
    if volume.get("hostPath") is not None:
        _default(volume["hostPath"], type="")
    for projection in (volume.get("projected") or {}).get("sources") or ():
        if projection.get("serviceAccountToken") is not None:
            _default(projection["serviceAccountToken"], expirationSeconds=3600)


def add_default_tolerations(pod: Mapping[str, Any], seconds: int = DEFAULT_TOLERATION_S) -> Document:
    """The Pod with a bounded toleration of nodes that are not ready or unreachable (DefaultTolerationSeconds)."""
    tolerations = list((pod.get("spec") or {}).get("tolerations") or ())
    for taint in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(_tolerates_eviction(toleration, taint) for toleration in tolerations):
            tolerations.append(
                {"key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": seconds}
            )
    return put(pod, "spec", "tolerations", value=tolerations)


def _tolerates_eviction(toleration: Mapping[str, Any], taint: str) -> bool:
    key, effect = toleration.get("key", ""), toleration.get("effect", "")
    return key in (taint, "") and effect in ("NoExecute", "")


def add_default_service_account(pod: Mapping[str, Any], account: str = "default") -> Document:
    """The Pod running under a service account (ServiceAccount admission)."""
    if (pod.get("spec") or {}).get("serviceAccountName"):
        return dict(pod)
    named = put(pod, "spec", "serviceAccountName", value=account)
    return put(named, "spec", "serviceAccount", value=account)


# Workloads


def _template(spec: Document) -> None:
    template = spec.get("template")
    if template is not None:
        _pod_spec(_part(template, "spec"))


def _deployment(deployment: Document) -> None:
    spec = _part(deployment, "spec")
    _default(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600)
    strategy = _part(spec, "strategy")
    _default(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _default(_part(strategy, "rollingUpdate"), maxUnavailable="25%", maxSurge="25%")
    _template(spec)


def _replica_set(replica_set: Document) -> None:
    spec = _part(replica_set, "spec")
    _default(spec, replicas=1)
    _template(spec)


# Services and their endpoints


def _service(service: Document) -> None:
    spec = _part(service, "spec")
    _default(spec, sessionAffinity="None", type="ClusterIP")
    if spec["sessionAffinity"] == "ClientIP":
        _default(_part(_part(spec, "sessionAffinityConfig"), "clientIP"), timeoutSeconds=10800)
    for port in spec.get("ports") or ():
        _default(port, protocol="TCP")
        if port.get("targetPort") in (None, "", 0):
            port["targetPort"] = port.get("port")
    if spec["type"] == "ExternalName":
        return
    _default(spec, ipFamilyPolicy="SingleStack", ipFamilies=["IPv4"], internalTrafficPolicy="Cluster")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        _default(spec, externalTrafficPolicy="Cluster")
    if spec["type"] == "LoadBalancer":
        _default(spec, allocateLoadBalancerNodePorts=True)


def _endpoints(endpoints: Document) -> None:
    for subset in endpoints.get("subsets") or ():
        for port in subset.get("ports") or ():
            _default(port, protocol="TCP")


def _endpoint_slice(endpoint_slice: Document) -> None:
    for port in endpoint_slice.get("ports") or ():
        _default(port, name="", protocol="TCP")


# The others


def _secret(secret: Document) -> None:
    _default(secret, type="Opaque")
    plain = secret.pop("stringData", None)
    for key, text in (plain or {}).items():
        _part(secret, "data")[key] = base64.b64encode(text.encode()).decode()


def _namespace(namespace: Document) -> None:
    name = _part(namespace, "metadata").get("name")
    if name:
        _part(namespace["metadata"], "labels")["kubernetes.io/metadata.name"] = name
    _default(_part(namespace, "status"), phase="Active")


def _node(node: Document) -> None:
    status = node.get("status") or {}
    if status.get("capacity"):
        allocatable = _part(status, "allocatable")
        for name, amount in status["capacity"].items():
            allocatable.setdefault(name, amount)


_BY_KIND: dict[str, Filler] = {
    "Pod": _pod,
    "Deployment": _deployment,
    "ReplicaSet": _replica_set,
    "Service": _service,
    "Endpoints": _endpoints,
    "EndpointSlice": _endpoint_slice,
    "Secret": _secret,
    "Namespace": _namespace,
    "Node": _node,
}
