"""The table of kinds that the API server serves.

Everything that has to know a kind by name (paths, discovery, OpenAPI, storage keys, kubectl's short names) reads
it here. Prefixes in etcd are Kubernetes' own, historical ones included: Nodes live under ``minions``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CRUD_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
STORAGE_ROOT = "/registry"


@dataclass(frozen=True, slots=True)
class Subresource:
    """A path below a named object, as ``pods/status``; group, version and kind are those of its documents."""

    name: str
    kind: str
    verbs: tuple[str, ...]
    group: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object: how clients name it and where it is stored."""

    group: str
    version: str
    plural: str
    singular: str
    kind: str
    namespaced: bool
    storage_prefix: str
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = CRUD_VERBS
    subresources: tuple[Subresource, ...] = ()
    api_version: str = field(init=False)
    list_kind: str = field(init=False)
    group_resource: str = field(init=False)

    def __post_init__(self) -> None:
        qualified = f"{self.group}/{self.version}" if self.group else self.version
        object.__setattr__(self, "api_version", qualified)
        object.__setattr__(self, "list_kind", f"{self.kind}List")
        object.__setattr__(self, "group_resource", f"{self.plural}.{self.group}" if self.group else self.plural)

    @property
    def group_kind(self) -> str:
        """The kind as error messages name it: ``Pod``, ``Deployment.apps``."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @property
    def root(self) -> str:
        """The path of this resource's group and version: ``/api/v1``, ``/apis/apps/v1``."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The request path of a collection, an object or one of its subresources."""
        parts = [self.root]
        if self.namespaced and namespace:
            parts.append(f"namespaces/{namespace}")
        parts.append(self.plural)
        if name:
            parts.append(name)
        if subresource:
            parts.append(subresource)
        return "/".join(parts)

    def key(self, namespace: str = "", name: str = "") -> str:
        """The key in etcd of one object."""
        return f"{self.key_prefix(namespace)}{name}"

    def key_prefix(self, namespace: str = "") -> str:
        """The prefix in etcd, with its slash, of all objects or of those in one namespace."""
        if self.namespaced and namespace:
            return f"{STORAGE_ROOT}/{self.storage_prefix}/{namespace}/"
        return f"{STORAGE_ROOT}/{self.storage_prefix}/"

    def subresource(self, name: str) -> Subresource | None:
        """The subresource of this name, or None."""
        for candidate in self.subresources:
            if candidate.name == name:
                return candidate
        return None


def _status(kind: str) -> Subresource:
    return Subresource("status", kind, ("get", "patch", "update"))


_SCALE = Subresource("scale", "Scale", ("get", "patch", "update"), "autoscaling", "v1")
_WITHOUT_COLLECTION_DELETE = tuple(verb for verb in CRUD_VERBS if verb != "deletecollection")

NAMESPACES = Resource(
    "", "v1", "namespaces", "namespace", "Namespace", False, "namespaces", ("ns",),
    verbs=_WITHOUT_COLLECTION_DELETE,
    subresources=(Subresource("finalize", "Namespace", ("update",)), _status("Namespace")),
)  # fmt: skip
NODES = Resource("", "v1", "nodes", "node", "Node", False, "minions", ("no",), subresources=(_status("Node"),))
PODS = Resource(
    "", "v1", "pods", "pod", "Pod", True, "pods", ("po",), ("all",),
    subresources=(
        Subresource("binding", "Binding", ("create",)),
        Subresource("eviction", "Eviction", ("create",), "policy", "v1"),
        Subresource("exec", "PodExecOptions", ("create", "get")),
        Subresource("log", "Pod", ("get",)),
        _status("Pod"),
    ),
)  # fmt: skip
SERVICES = Resource(
    "", "v1", "services", "service", "Service", True, "services/specs", ("svc",), ("all",),
    subresources=(_status("Service"),),
)  # fmt: skip
ENDPOINTS = Resource("", "v1", "endpoints", "endpoints", "Endpoints", True, "services/endpoints", ("ep",))
CONFIGMAPS = Resource("", "v1", "configmaps", "configmap", "ConfigMap", True, "configmaps", ("cm",))
SECRETS = Resource("", "v1", "secrets", "secret", "Secret", True, "secrets")
SERVICEACCOUNTS = Resource(
    "", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount", True, "serviceaccounts", ("sa",)
)
EVENTS = Resource("", "v1", "events", "event", "Event", True, "events", ("ev",))
ENDPOINTSLICES = Resource(
    "discovery.k8s.io", "v1", "endpointslices", "endpointslice", "EndpointSlice", True, "endpointslices"
)
LEASES = Resource("coordination.k8s.io", "v1", "leases", "lease", "Lease", True, "leases")
DEPLOYMENTS = Resource(
    "apps", "v1", "deployments", "deployment", "Deployment", True, "deployments", ("deploy",), ("all",),
    subresources=(_SCALE, _status("Deployment")),
)  # fmt: skip
REPLICASETS = Resource(
    "apps", "v1", "replicasets", "replicaset", "ReplicaSet", True, "replicasets", ("rs",), ("all",),
    subresources=(_SCALE, _status("ReplicaSet")),
)  # fmt: skip

# What is stored.
RESOURCES: tuple[Resource, ...] = (
    NAMESPACES, NODES, PODS, SERVICES, ENDPOINTS, CONFIGMAPS, SECRETS, SERVICEACCOUNTS, EVENTS,
    DEPLOYMENTS, REPLICASETS, LEASES, ENDPOINTSLICES,
)  # fmt: skip


def _review(group: str, kind: str) -> Resource:
    plural = f"{kind.lower()}s"
    return Resource(group, "v1", plural, kind.lower(), kind, False, plural, verbs=("create",))


# Questions to the API server: created, answered, and never stored.
SELFSUBJECTACCESSREVIEWS = _review("authorization.k8s.io", "SelfSubjectAccessReview")
SELFSUBJECTRULESREVIEWS = _review("authorization.k8s.io", "SelfSubjectRulesReview")
SELFSUBJECTREVIEWS = _review("authentication.k8s.io", "SelfSubjectReview")
SERVED: tuple[Resource, ...] = (
    *RESOURCES, SELFSUBJECTREVIEWS, SELFSUBJECTACCESSREVIEWS, SELFSUBJECTRULESREVIEWS,
)  # fmt: skip

_BY_PLURAL = {(r.group, r.version, r.plural): r for r in SERVED}
_BY_KIND = {(r.api_version, r.kind): r for r in SERVED}


def lookup(group: str, version: str, plural: str) -> Resource | None:
    """The resource that a request path names, or None."""
    return _BY_PLURAL.get((group, version, plural))


def by_kind(api_version: str, kind: str) -> Resource | None:
    """The resource of an object's ``apiVersion`` and ``kind``, or None."""
    return _BY_KIND.get((api_version, kind))


def by_name(name: str) -> Resource | None:
    """The resource that a person means: plural, singular, short name, kind or ``plural.group``."""
    wanted = name.lower()
    for resource in RESOURCES:
        names = (resource.plural, resource.singular, resource.group_resource, *resource.short_names)
        if wanted in names:
            return resource
    return None


def group_versions() -> tuple[tuple[str, str], ...]:
    """Every (group, version) that is served, in the table's order; the core group is ``""``."""
    return tuple(dict.fromkeys((r.group, r.version) for r in SERVED))
