"""The published schemas of the Kubernetes API: one definition for each type, loaded once, when first asked for."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from orrery.machinery.extract import REF_PREFIX, data_file, read_installed

Schema = Mapping[str, Any]

META = "io.k8s.apimachinery.pkg.apis.meta.v1."


@cache
def definitions() -> dict[str, Schema]:
    """Every definition by its name, such as ``io.k8s.api.core.v1.Pod``."""
    path = data_file()
    if path.exists():
        loaded: dict[str, Schema] = orjson.loads(gzip.decompress(path.read_bytes()))
        return loaded
    return read_installed()


@cache
def _names_by_kind() -> dict[tuple[str, str, str], str]:
    names: dict[tuple[str, str, str], str] = {}
    for name, schema in definitions().items():
        for kind in schema.get("x-kubernetes-group-version-kind", ()):
            names.setdefault((kind["group"], kind["version"], kind["kind"]), name)
    return names


def definition_name(group: str, version: str, kind: str) -> str | None:
    """The name of a kind's definition, or None where no such kind is published."""
    return _names_by_kind().get((group, version, kind))


def schema_of(group: str, version: str, kind: str) -> Schema | None:
    """A kind's schema, or None where no such kind is published."""
    name = definition_name(group, version, kind)
    return definitions()[name] if name else None


def schema_for(api_version: str, kind: str) -> Schema | None:
    """A kind's schema by the ``apiVersion`` and ``kind`` of its documents."""
    group, _, version = api_version.rpartition("/")
    return schema_of(group, version, kind)


def reference_of(schema: Schema) -> str | None:
    """The name of the definition that a schema refers to, or None if it stands for itself."""
    ref = schema.get("$ref")
    if ref is None and len(schema.get("allOf", ())) == 1:
        ref = schema["allOf"][0].get("$ref")
    return ref.removeprefix(REF_PREFIX) if ref else None


def reference_to(name: str) -> Schema:
    """A schema that refers to a definition."""
    return {"$ref": REF_PREFIX + name}


def resolve(schema: Schema) -> Schema:
    """The schema itself, or the definition that it refers to."""
    name = reference_of(schema)
    return definitions()[name] if name else schema
