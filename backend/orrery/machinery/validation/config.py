"""Checks of ConfigMaps, Secrets and Events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.machinery.objects import namespace_of
from orrery.machinery.validation import names
from orrery.machinery.validation.causes import IMMUTABLE, forbidden, invalid, too_long
from orrery.machinery.wire import Cause

_LIMIT_BYTES = 1024 * 1024


def config_map(obj: Mapping[str, Any]) -> list[Cause]:
    """A ConfigMap."""
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    causes: list[Cause] = []
    for group, items in (("data", data), ("binaryData", binary)):
        for key in items:
            causes += [invalid(f"{group}[{key}]", key, problem) for problem in names.config_key(key)]
    for key in binary:
        if key in data:
            causes.append(invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
    size_bytes = sum(len(text.encode()) for text in data.values()) + sum(map(_decoded_bytes, binary.values()))
    return [*causes, too_long("", _LIMIT_BYTES)] if size_bytes > _LIMIT_BYTES else causes


def secret(obj: Mapping[str, Any]) -> list[Cause]:
    """A Secret."""
    causes: list[Cause] = []
    data = obj.get("data") or {}
    for key in data:
        causes += [invalid(f"data[{key}]", key, problem) for problem in names.config_key(key)]
    if sum(map(_decoded_bytes, data.values())) > _LIMIT_BYTES:
        causes.append(too_long("data", _LIMIT_BYTES))
    return causes


def _decoded_bytes(base64_text: str) -> int:
    return len(base64_text) * 3 // 4


def immutable_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """An immutable ConfigMap or Secret keeps its data, and stays immutable."""
    if not old.get("immutable"):
        return []
    causes: list[Cause] = []
    if not new.get("immutable"):
        causes.append(forbidden("immutable", "field is immutable when `immutable` is set"))
    for field in ("data", "binaryData"):
        if (new.get(field) or {}) != (old.get(field) or {}):
            causes.append(forbidden(field, "field is immutable when `immutable` is set"))
    return causes


def secret_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """The type of a Secret never changes."""
    causes = immutable_update(new, old)
    if new.get("type") != old.get("type"):
        causes.insert(0, invalid("type", new.get("type"), IMMUTABLE))
    return causes


def event(obj: Mapping[str, Any]) -> list[Cause]:
    """An Event lives in the namespace of what it tells about."""
    subject = (obj.get("involvedObject") or {}).get("namespace", "")
    namespace = namespace_of(obj)
    if subject == namespace or (not subject and namespace == "default"):
        return []
    return [invalid("involvedObject.namespace", subject, "does not match event.namespace")]
