"""The documents by which clients find out what is served: ``/api``, ``/apis`` and below, and ``/version``.

There are two forms. The old one takes a request for each group and version; the aggregated one
(``APIGroupDiscoveryList``) says everything in two. Documents are built once and must not be changed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from orrery.machinery.extract import KUBERNETES_VERSION
from orrery.machinery.resources import SERVED, Resource, Subresource, group_versions

AGGREGATED_VERSIONS = ("v2", "v2beta1")


def aggregated_media_type(version: str) -> str:
    """The media type of the aggregated form."""
    return f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"


def negotiate(accept: str) -> str:
    """The version of the aggregated form that an ``Accept`` header asks for first, ``""`` for the old form."""
    for choice in accept.split(","):
        parts = [part.strip() for part in choice.split(";")]
        if "as=APIGroupDiscoveryList" in parts:
            for version in AGGREGATED_VERSIONS:
                if f"v={version}" in parts:
                    return version
        elif parts[0] in ("application/json", "*/*", "application/*"):
            return ""
    return ""


def document(path: str, *, aggregated: str = "", server_address: str = "") -> dict[str, Any] | None:
    """The discovery document at a path, or None where there is none; ``aggregated`` is what ``negotiate`` gave."""
    parts = path.strip("/").split("/")
    if parts == ["api"]:
        return aggregated_list(core=True, version=aggregated) if aggregated else _core_versions(server_address)
    if parts == ["apis"]:
        return aggregated_list(core=False, version=aggregated) if aggregated else _group_list()
    if parts[0] == "api" and len(parts) == 2:
        return resource_list("", parts[1])
    if parts[0] == "apis" and len(parts) == 2:
        return _group(parts[1])
    if parts[0] == "apis" and len(parts) == 3:
        return resource_list(parts[1], parts[2])
    return None


@cache
def version_document(git_version: str = f"v{KUBERNETES_VERSION}") -> dict[str, Any]:
    """The answer to ``/version``."""
    major, minor, *_ = git_version.removeprefix("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "emulationMajor": major,
        "emulationMinor": minor,
        "minCompatibilityMajor": major,
        "minCompatibilityMinor": str(int(minor) - 1),
        "gitVersion": git_version,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "orrery",
        "platform": "linux/amd64",
    }


def index_paths() -> list[str]:
    """The paths that a request for ``/`` lists."""
    roots = [f"/apis/{group}" for group, _ in group_versions() if group]
    versions = [f"/apis/{group}/{version}" if group else f"/api/{version}" for group, version in group_versions()]
    others = ["/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"]
    return sorted([*dict.fromkeys(roots), *versions, *others])


# The old form


def _core_versions(server_address: str) -> dict[str, Any]:
    versions = [version for group, version in group_versions() if not group]
    return {
        "kind": "APIVersions",
        "versions": versions,
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": server_address}],
    }


def _groups() -> list[str]:
    return [group for group in dict.fromkeys(group for group, _ in group_versions()) if group]


def _group(name: str) -> dict[str, Any] | None:
    if name not in _groups():
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group_body(name)}


def _group_body(name: str) -> dict[str, Any]:
    versions = [
        {"groupVersion": f"{group}/{version}", "version": version}
        for group, version in group_versions()
        if group == name
    ]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


@cache
def _group_list() -> dict[str, Any]:
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group_body(name) for name in _groups()]}


@cache
def resource_list(group: str, version: str) -> dict[str, Any] | None:
    """The ``APIResourceList`` of a group and version, or None where it is not served."""
    served = [resource for resource in SERVED if (resource.group, resource.version) == (group, version)]
    if not served:
        return None
    listed: list[dict[str, Any]] = []
    for resource in served:
        listed.append(_listed_resource(resource))
        listed += [_listed_subresource(resource, sub) for sub in resource.subresources]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": served[0].api_version,
        "resources": sorted(listed, key=lambda item: str(item["name"])),
    }


def _listed_resource(resource: Resource) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    return entry


def _listed_subresource(resource: Resource, sub: Subresource) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": f"{resource.plural}/{sub.name}",
        "singularName": "",
        "namespaced": resource.namespaced,
        "kind": sub.kind,
        "verbs": list(sub.verbs),
    }
    if sub.version:
        entry["group"], entry["version"] = sub.group, sub.version
    return entry


# The aggregated form


@cache
def aggregated_list(*, core: bool, version: str) -> dict[str, Any]:
    """The ``APIGroupDiscoveryList`` of the core group or of all the others."""
    names = [""] if core else _groups()
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"apidiscovery.k8s.io/{version}",
        "metadata": {},
        "items": [_aggregated_group(name) for name in names],
    }


def _aggregated_group(name: str) -> dict[str, Any]:
    versions = [
        {
            "version": version,
            "resources": [
                _aggregated_resource(resource)
                for resource in SERVED
                if (resource.group, resource.version) == (group, version)
            ],
            "freshness": "Current",
        }
        for group, version in group_versions()
        if group == name
    ]
    return {"metadata": {"name": name} if name else {}, "versions": versions}


def _aggregated_resource(resource: Resource) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "resource": resource.plural,
        "responseKind": {"group": resource.group, "version": resource.version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    if resource.subresources:
        entry["subresources"] = [
            {
                "subresource": sub.name,
                "responseKind": {
                    "group": sub.group if sub.version else resource.group,
                    "version": sub.version or resource.version,
                    "kind": sub.kind,
                },
                "verbs": list(sub.verbs),
            }
            for sub in resource.subresources
        ]
    return entry
