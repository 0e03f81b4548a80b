"""The other way round from ``strategic``: the patch that makes one object of another.

``three_way`` is how ``kubectl apply`` finds what to ask for (``strategicpatch.CreateThreeWayMergePatch``): whatever is
wanted and not so yet, and the removal of what was wanted the last time and is wanted no more. What nobody asked for
(the server's defaults, what controllers write) is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orrery.machinery.definitions import Schema, resolve
from orrery.machinery.strategic import DELETE_VALUES, DIRECTIVE, ORDER, RETAIN


def three_way(
    last: Mapping[str, Any], wanted: Mapping[str, Any], live: Mapping[str, Any], schema: Schema | None
) -> dict[str, Any]:
    """A strategic merge patch for the live object; empty where nothing is to be done."""
    return _merged(_map(live, wanted, schema, removals=False), _map(last, wanted, schema, additions=False))


def _map(
    old: Mapping[str, Any], new: Mapping[str, Any], schema: Schema | None, *, additions: bool = True,
    removals: bool = True,
) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for key, value in new.items():
        below = _field(schema, key)
        if key not in old or old[key] is None:
            if additions and value is not None:
                patch[key] = value
        elif isinstance(value, Mapping) and isinstance(old[key], Mapping):
            patch |= _inner_map(key, old[key], value, below, additions, removals)
        elif isinstance(value, list) and isinstance(old[key], list):
            patch |= _list(key, old[key], value, below, additions, removals)
        elif additions and value != old[key]:
            patch[key] = value
    if removals:
        patch |= {key: None for key in old if key not in new}
    return patch


def _inner_map(
    key: str, old: Mapping[str, Any], new: Mapping[str, Any], schema: Schema | None, additions: bool, removals: bool
) -> dict[str, Any]:
    strategies = _strategies(schema)
    if "replace" in strategies:
        return {key: dict(new)} if additions and old != new else {}
    inner = _map(old, new, schema, additions=additions, removals=removals)
    if inner and "retainKeys" in strategies and additions:
        inner[RETAIN] = sorted(new)
    return {key: inner} if inner else {}


def _list(
    key: str, old: Sequence[Any], new: Sequence[Any], schema: Schema | None, additions: bool, removals: bool
) -> dict[str, Any]:
    if schema is None or "merge" not in _strategies(schema):
        return {key: list(new)} if additions and list(old) != list(new) else {}
    merge_key = schema.get("x-kubernetes-patch-merge-key")
    if merge_key is None:
        return _values(key, old, new, additions, removals)
    if not all(isinstance(item, Mapping) and merge_key in item for item in (*old, *new)):
        return {key: list(new)} if additions and list(old) != list(new) else {}
    items = _items(old, new, str(merge_key), resolve(schema).get("items"), additions, removals)
    if not items:
        return {}
    patch: dict[str, Any] = {key: items}
    if len(new):
        patch[ORDER + key] = [{merge_key: item[merge_key]} for item in new]
    return patch


def _values(
    key: str, old: Sequence[Any], new: Sequence[Any], additions: bool, removals: bool
) -> dict[str, Any]:
    added = [value for value in new if value not in old]
    removed = [value for value in old if value not in new]
    patch: dict[str, Any] = {}
    if added and additions:
        patch[key] = added
    if removed and removals:
        patch[DELETE_VALUES + key] = removed
    if patch and len(new):
        patch[ORDER + key] = list(new)
    return patch


def _items(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], merge_key: str, schema: Schema | None,
    additions: bool, removals: bool,
) -> list[Any]:
    known = {item[merge_key]: item for item in old}
    patch: list[Any] = []
    for item in new:
        before = known.get(item[merge_key])
        if before is None:
            if additions:
                patch.append(dict(item))
            continue
        inner = _map(before, item, schema, additions=additions, removals=removals)
        if inner:
            patch.append({merge_key: item[merge_key], **inner})
    if removals:
        kept = [item[merge_key] for item in new]
        patch += [{DIRECTIVE: "delete", merge_key: name} for name in known if name not in kept]
    return patch


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both patches in one; they never say different things of one value."""
    result = dict(one)
    for key, value in other.items():
        here = result.get(key)
        if isinstance(here, dict) and isinstance(value, dict):
            result[key] = _merged(here, value)
        elif isinstance(here, list) and isinstance(value, list) and not key.startswith("$"):
            result[key] = _merged_list(here, value)
        elif key not in result:
            result[key] = value
    return result


def _merged_list(one: list[Any], other: list[Any]) -> list[Any]:
    result = list(one)
    for item in other:
        at = next((i for i, known in enumerate(result) if _same(known, item)), None)
        if at is None:
            result.append(item)
        elif isinstance(item, dict):
            result[at] = _merged(result[at], item)
    return result


def _same(one: Any, other: Any) -> bool:
    """Whether two items of a patched list are of one object: the first plain value that both have says so."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return bool(one == other)
    for key in ("name", "containerPort", "port", "key", "mountPath", "devicePath", "ip", "type", "uid", "topologyKey"):
        if key in one and key in other:
            return bool(one[key] == other[key])
    return False


def _field(schema: Schema | None, field: str) -> Schema | None:
    if schema is None:
        return None
    resolved = resolve(schema)
    properties = resolved.get("properties")
    found = properties.get(field) if properties else resolved.get("additionalProperties")
    return found if isinstance(found, Mapping) else None


def _strategies(schema: Schema | None) -> list[str]:
    if schema is None:
        return []
    text = schema.get("x-kubernetes-patch-strategy") or resolve(schema).get("x-kubernetes-patch-strategy", "")
    return text.split(",") if text else []
