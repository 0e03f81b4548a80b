"""Strategic merge patch: a partial document that merges lists of objects by a key of theirs.

Whether a list is merged, and by which key, is written in the published schemas (``x-kubernetes-patch-strategy``,
``x-kubernetes-patch-merge-key``). A patch may carry directives:

* ``$patch: replace`` takes the patch's object, or list, instead of the old one; ``$patch: delete`` removes it;
* ``$retainKeys`` names the fields that may stay;
* ``$deleteFromPrimitiveList/F`` names values to take out of list ``F``;
* ``$setElementOrder/F`` gives the order of what the patch speaks of in list ``F``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from orrery.machinery.definitions import Schema, resolve
from orrery.machinery.objects import deep_copy

DIRECTIVE = "$patch"
RETAIN = "$retainKeys"
ORDER = "$setElementOrder/"
DELETE_VALUES = "$deleteFromPrimitiveList/"


class PatchError(ValueError):
    """The patch cannot be understood or does not fit the document."""


def strategic_merge_patch(
    document: Mapping[str, Any], patch: Mapping[str, Any], schema: Schema | None
) -> dict[str, Any]:
    """The patched document; without a schema every list is replaced."""
    return _merge_map(document, patch, schema)


def _field_schema(schema: Schema | None, field: str) -> Schema | None:
    if schema is None:
        return None
    resolved = resolve(schema)
    properties = resolved.get("properties")
    found: Schema | None = properties.get(field) if properties else resolved.get("additionalProperties")
    return found if isinstance(found, Mapping) else None


def _strategies(schema: Schema | None) -> list[str]:
    if schema is None:
        return []
    text = schema.get("x-kubernetes-patch-strategy") or resolve(schema).get("x-kubernetes-patch-strategy", "")
    return text.split(",") if text else []


def _merge_map(document: Mapping[str, Any], patch: Mapping[str, Any], schema: Schema | None) -> dict[str, Any]:
    directive = patch.get(DIRECTIVE)
    if directive == "replace":
        replaced: dict[str, Any] = _plain(patch)
        return replaced
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise PatchError(f"Unknown patch type found: {directive}")
    result = dict(document)
    if RETAIN in patch:
        result = _retained(result, patch)
    lists = {key.partition("/")[2]: None for key in patch if key.startswith((ORDER, DELETE_VALUES))}
    for key, value in patch.items():
        if key in (DIRECTIVE, RETAIN) or key.startswith((ORDER, DELETE_VALUES)):
            continue
        lists.pop(key, None)
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merge_value(result.get(key), key, patch, _field_schema(schema, key))
    for key in lists:
        if isinstance(result.get(key), list):
            result[key] = _merge_list(result[key], [], key, patch, _field_schema(schema, key))
    return result


def _retained(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    keep = patch[RETAIN]
    if not isinstance(keep, list):
        raise PatchError(f"invalid patch format of {RETAIN}")
    for key, value in patch.items():
        if not key.startswith("$") and value is not None and key not in keep:
            raise PatchError(f"{RETAIN} directive must contain every field of the patch: {key} is missing")
    return {key: value for key, value in document.items() if key in keep}


def _merge_value(old: Any, key: str, patch: Mapping[str, Any], schema: Schema | None) -> Any:
    new = patch[key]
    if isinstance(new, Mapping):
        if not isinstance(old, Mapping) or "replace" in _strategies(schema):
            return _merge_map({}, new, schema)
        return _merge_map(old, new, schema)
    if isinstance(new, list):
        return _merge_list(old if isinstance(old, list) else [], new, key, patch, schema)
    return new


def _merge_list(
    old: Sequence[Any], new: Sequence[Any], key: str, patch: Mapping[str, Any], schema: Schema | None
) -> list[Any]:
    if "merge" not in _strategies(schema):
        return [_plain(item) for item in new] if key in patch else list(old)
    assert schema is not None
    order = patch.get(ORDER + key)
    if order is not None and not isinstance(order, list):
        raise PatchError(f"invalid patch format of {ORDER}{key}")
    merge_key = schema.get("x-kubernetes-patch-merge-key")
    if merge_key is None:
        removed = patch.get(DELETE_VALUES + key) or []
        merged = [item for item in old if item not in removed]
        for item in new:
            if item not in merged:
                merged.append(item)
        return _ordered(old, merged, order, lambda item: item)
    for item in (*new, *(order or ())):
        if not isinstance(item, Mapping):
            raise PatchError(f"expected a list of objects in {key}")
    merged = _merge_objects(old, new, merge_key, resolve(schema).get("items"))
    return _ordered(
        old, merged, [item.get(merge_key) for item in order] if order else None, lambda item: item.get(merge_key)
    )


def _merge_objects(
    old: Sequence[Any], new: Sequence[Mapping[str, Any]], merge_key: str, schema: Schema | None
) -> list[Any]:
    if any(item.get(DIRECTIVE) == "replace" for item in new):
        return [_plain(item) for item in new if DIRECTIVE not in item]
    result = list(old)
    for item in new:
        directive = item.get(DIRECTIVE)
        if directive not in (None, "merge", "delete"):
            raise PatchError(f"Unknown patch type found: {directive}")
        if merge_key not in item:
            raise PatchError(f"map: {dict(item)} does not contain declared merge key: {merge_key}")
        identity = item[merge_key]
        if directive == "delete":
            result = [existing for existing in result if existing.get(merge_key) != identity]
            continue
        for at, existing in enumerate(result):
            if existing.get(merge_key) == identity:
                result[at] = _merge_map(existing, item, schema)
                break
        else:
            result.append(_merge_map({}, item, schema))
    return result


def _ordered(old: Sequence[Any], merged: list[Any], order: Sequence[Any] | None, identity: Any) -> list[Any]:
    """The merged list with the patch's elements in the patch's order, and the others where they stood among them."""
    if not order:
        return merged
    spoken = [item for item in merged if identity(item) in order]
    spoken.sort(key=cmp_to_key(lambda a, b: order.index(identity(a)) - order.index(identity(b))))
    others = [item for item in merged if identity(item) not in order]
    places = [identity(item) for item in old]
    result: list[Any] = []
    while others and spoken:
        left, right = identity(others[0]), identity(spoken[0])
        known = left in places and right in places
        result.append((others if known and places.index(left) < places.index(right) else spoken).pop(0))
    return result + others + spoken


def _plain(value: Any) -> Any:
    """A copy without directives and nulls: what a patch means where there is nothing to merge it with."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None and not key.startswith("$")}
    if isinstance(value, list):
        return [_plain(item) for item in value if not (isinstance(item, Mapping) and item.get(DIRECTIVE) == "delete")]
    return deep_copy(value)
