"""``/openapi/v3``: an index, and one document a group and version, made from the published schemas.

Clients check objects against the schemas, merge lists by the keys in them, explain fields from their descriptions,
and look into the operations for a ``fieldValidation`` parameter before they trust the server to check. Documents are
built when first asked for and must not be changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from orrery.machinery.definitions import META, definition_name, definitions, reference_of, reference_to
from orrery.machinery.extract import KUBERNETES_VERSION
from orrery.machinery.patch import MEDIA_TYPES as PATCH_MEDIA_TYPES
from orrery.machinery.resources import SERVED, Resource, Subresource, group_versions

ROOT = "/openapi/v3"

APPLY_MEDIA_TYPE = "application/apply-patch+yaml"
_BODY_MEDIA_TYPES = ("application/json", "application/yaml")
_ACTIONS = {
    "create": "post",
    "update": "put",
    "patch": "patch",
    "delete": "delete",
    "get": "get",
    "list": "list",
    "deletecollection": "deletecollection",
}
_OPTIONS = ("dryRun", "fieldManager", "fieldValidation")
_OPTION_WORDS = {
    "dryRun": "`All` goes through every stage of the request and stores nothing.",
    "fieldManager": "The name of whoever makes this change.",
    "fieldValidation": "What to do about unknown fields: `Ignore`, `Warn` or `Strict`.",
}


def index() -> dict[str, Any]:
    """The answer to ``/openapi/v3``: where each group and version is described, by the hash of its document."""
    paths = {}
    for group, version in group_versions():
        path = _relative_path(group, version)
        paths[path] = {"serverRelativeURL": f"{ROOT}/{path}?hash={_hash(group, version)}"}
    return {"paths": paths}


def document_at(path: str) -> dict[str, Any] | None:
    """The document at a request path such as ``/openapi/v3/apis/apps/v1``, or None where there is none."""
    if path.rstrip("/") == ROOT:
        return index()
    for group, version in group_versions():
        if path == f"{ROOT}/{_relative_path(group, version)}":
            return document(group, version)
    return None


@cache
def document(group: str, version: str) -> dict[str, Any]:
    """The description of one group and version."""
    served = [resource for resource in SERVED if (resource.group, resource.version) == (group, version)]
    paths: dict[str, Any] = {}
    roots = [META + name for name in ("DeleteOptions", "Status", "WatchEvent", "Patch", "APIResourceList")]
    for resource in served:
        paths |= _paths(resource)
        kinds = [resource.kind, resource.list_kind]
        roots += filter(None, (definition_name(group, version, kind) for kind in kinds))
        for sub in resource.subresources:
            name = _definition_of(resource, sub)
            if name is not None:
                roots.append(name)
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": f"v{KUBERNETES_VERSION}"},
        "paths": paths,
        "components": {"schemas": _reachable(roots)},
    }


def _relative_path(group: str, version: str) -> str:
    return f"apis/{group}/{version}" if group else f"api/{version}"


@cache
def _hash(group: str, version: str) -> str:
    return hashlib.sha256(orjson.dumps(document(group, version))).hexdigest().upper()


def _definition_of(resource: Resource, sub: Subresource) -> str | None:
    if sub.version:
        return definition_name(sub.group, sub.version, sub.kind)
    return definition_name(resource.group, resource.version, sub.kind)


# Schemas


def _reachable(roots: list[str]) -> dict[str, Any]:
    """The definitions that the roots refer to, directly or not, sorted by name."""
    known = definitions()
    found: dict[str, Any] = {}
    pending = [name for name in roots if name in known]
    while pending:
        name = pending.pop()
        if name not in found:
            references: list[str] = []
            found[name] = _published(known[name], references)
            pending += references
    return {name: found[name] for name in sorted(found)}


def _published(schema: Any, references: list[str]) -> Any:
    """A schema as OpenAPI 3.0 allows it: a reference with anything beside it goes into ``allOf``."""
    if isinstance(schema, list):
        return [_published(item, references) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            result[key] = {name: _published(item, references) for name, item in value.items()}
        elif key != "$ref":
            result[key] = _published(value, references)
    if "$ref" in schema:
        name = reference_of(schema)
        assert name is not None
        references.append(name)
        result |= {"allOf": [dict(reference_to(name))]} if result else dict(reference_to(name))
    return result


# Operations


def _paths(resource: Resource) -> dict[str, Any]:
    namespace = "{namespace}" if resource.namespaced else ""
    collection, item = resource.path(namespace), resource.path(namespace, "{name}")
    paths: dict[str, Any] = {collection: {}, item: {}}
    if resource.namespaced:
        paths[resource.path()] = {"get": _operation(resource, "list", "get", resource.list_kind)}
    methods = {
        "list": (collection, "get"),
        "create": (collection, "post"),
        "deletecollection": (collection, "delete"),
        "get": (item, "get"),
        "update": (item, "put"),
        "patch": (item, "patch"),
        "delete": (item, "delete"),
    }
    for verb, (path, method) in methods.items():
        if verb in resource.verbs:
            answered = resource.list_kind if verb == "list" else resource.kind
            paths[path][method] = _operation(resource, verb, method, answered)
    for path, operations in paths.items():
        operations["parameters"] = _path_parameters(path)
    for sub in resource.subresources:
        path = resource.path(namespace, "{name}", sub.name)
        paths[path] = {
            method: _operation(resource, verb, method, sub.kind, sub)
            for verb, method in (("create", "post"), ("get", "get"), ("update", "put"), ("patch", "patch"))
            if verb in sub.verbs
        }
        paths[path]["parameters"] = _path_parameters(path)
    return paths


def _operation(
    resource: Resource, verb: str, method: str, answered: str, sub: Subresource | None = None
) -> dict[str, Any]:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    if sub is not None:
        own = bool(sub.version)
        kind = {
            "group": sub.group if own else resource.group,
            "version": sub.version if own else resource.version,
            "kind": sub.kind,
        }
    name = definition_name(kind["group"], kind["version"], answered) or META + "Status"
    operation: dict[str, Any] = {
        "operationId": f"{verb}{resource.group_kind}{'/' + sub.name if sub else ''}",
        "responses": {"200": {"description": "OK", "content": _content(_BODY_MEDIA_TYPES, name)}},
        "x-kubernetes-action": _ACTIONS[verb],
        "x-kubernetes-group-version-kind": kind,
    }
    if method in ("post", "put", "patch"):
        operation["parameters"] = [_query_parameter(option) for option in _OPTIONS]
        media_types = (*PATCH_MEDIA_TYPES, APPLY_MEDIA_TYPE) if method == "patch" else _BODY_MEDIA_TYPES
        body = META + "Patch" if method == "patch" else name
        operation["requestBody"] = {"required": True, "content": _content(media_types, body)}
    elif method == "delete":
        operation["parameters"] = [_query_parameter("dryRun")]
        operation["requestBody"] = {"content": _content(_BODY_MEDIA_TYPES, META + "DeleteOptions")}
    return operation


def _content(media_types: tuple[str, ...], name: str) -> dict[str, Any]:
    return {media_type: {"schema": dict(reference_to(name))} for media_type in media_types}


def _query_parameter(option: str) -> dict[str, Any]:
    return {
        "name": option,
        "in": "query",
        "description": _OPTION_WORDS[option],
        "schema": {"type": "string", "uniqueItems": True},
    }


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "description": f"The {name} of the object.",
            "required": True,
            "schema": {"type": "string", "uniqueItems": True},
        }
        for name in ("name", "namespace")
        if f"{{{name}}}" in path
    ]
