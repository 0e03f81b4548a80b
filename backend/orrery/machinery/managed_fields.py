"""Server-side apply: who owns which field, and what an apply makes of an object. Pure functions.

Ownership is kept as Kubernetes writes it into ``managedFields`` (FieldsV1): ``f:name`` is a field, ``k:{...}`` an item
of a list by its keys, ``v:...`` one of a set, ``.`` the item itself. A leaf is ``{}``. Which lists are maps or sets,
and which values are taken whole, is written in the published schemas (``x-kubernetes-list-type``, ``-map-type``).

Objects that nobody has ever applied carry no managers here; the first apply finds all that is there to be owned by
``before-first-apply``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from orrery.machinery.definitions import Schema, resolve
from orrery.machinery.objects import deep_copy

Fields = dict[str, Any]
Document = dict[str, Any]

BEFORE = "before-first-apply"
APPLY, UPDATE = "Apply", "Update"

_NOT_OWNED = ("apiVersion", "kind", "status")
_METADATA_NOT_OWNED = (
    "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
    "deletionGracePeriodSeconds", "managedFields", "selfLink",
)  # fmt: skip
_KEY_DEFAULTS = {"protocol": "TCP"}


class Conflict(NamedTuple):
    """A field that another manager owns, with another value."""

    manager: str
    operation: str
    api_version: str
    field: str


# -- sets of fields


def owned(obj: Mapping[str, Any], schema: Schema | None) -> Fields:
    """Every field of an object that can be owned."""
    fields: Fields = {}
    for key, value in obj.items():
        if key in _NOT_OWNED:
            continue
        if key == "metadata":
            value = {name: one for name, one in value.items() if name not in _METADATA_NOT_OWNED}
            if not value:
                continue
        fields[f"f:{key}"] = _fields(value, _below(schema, key))
    return fields


def _fields(value: Any, schema: Schema | None) -> Fields:
    if isinstance(value, Mapping) and value and not _is_atomic(schema):
        return {f"f:{key}": _fields(item, _below(schema, key)) for key, item in value.items()}
    if isinstance(value, list) and value:
        kind, keys = _list_type(schema)
        items = resolve(schema).get("items") if schema is not None else None
        if kind == "map":
            return {_item_key(item, keys): {".": {}, **_fields(item, items)} for item in value}
        if kind == "set":
            return {f"v:{_json(item)}": {} for item in value}
    return {}


def minus(one: Fields, other: Fields) -> Fields:
    """The fields of one set that another does not have."""
    result: Fields = {}
    for key, below in one.items():
        if key not in other:
            result[key] = below
        elif below:
            rest = minus(below, other[key])
            if rest:
                result[key] = rest
    return result


def union(one: Fields, other: Fields) -> Fields:
    """The fields of both sets."""
    result = dict(one)
    for key, below in other.items():
        result[key] = union(result[key], below) if key in result else below
    return result


# -- applying


def merge(live: Any, applied: Any, schema: Schema | None) -> Any:
    """The live value with all that is applied; the rest of it stays."""
    if isinstance(applied, Mapping) and isinstance(live, Mapping) and not _is_atomic(schema):
        result = dict(live)
        for key, value in applied.items():
            result[key] = merge(live.get(key), value, _below(schema, key))
        return result
    if isinstance(applied, list) and isinstance(live, list):
        kind, keys = _list_type(schema)
        if kind == "map":
            items = resolve(schema).get("items") if schema is not None else None
            return _merge_items(live, applied, keys, items)
        if kind == "set":
            return [*live, *(item for item in applied if item not in live)]
    return deep_copy(applied)


def _merge_items(live: list[Any], applied: list[Any], keys: Sequence[str], schema: Schema | None) -> list[Any]:
    result = list(live)
    places = {_item_key(item, keys): at for at, item in enumerate(live)}
    for item in applied:
        at = places.get(_item_key(item, keys))
        if at is None:
            result.append(deep_copy(item))
        else:
            result[at] = merge(result[at], item, schema)
    return result


def remove(value: Any, fields: Fields, schema: Schema | None) -> Any:
    """The value without those fields."""
    if isinstance(value, Mapping):
        result = dict(value)
        for key, below in fields.items():
            name = key[2:]
            if not key.startswith("f:") or name not in result:
                continue
            if below:
                result[name] = remove(result[name], below, _below(schema, name))
            else:
                del result[name]
        return result
    if isinstance(value, list):
        kind, keys = _list_type(schema)
        if kind == "set":
            return [item for item in value if f"v:{_json(item)}" not in fields]
        items = resolve(schema).get("items") if schema is not None else None
        kept = []
        for item in value:
            gone = fields.get(_item_key(item, keys)) if kind == "map" else None
            if gone is None:
                kept.append(item)
            elif "." not in gone:
                kept.append(remove(item, gone, items))
        return kept
    return value


def conflicts(
    applied: Mapping[str, Any], live: Mapping[str, Any], entries: Sequence[Document], manager: str,
    schema: Schema | None,
) -> list[Conflict]:
    """The fields of what is applied that others own with another value."""
    wanted = owned(applied, schema)
    found: list[Conflict] = []
    for entry in entries:
        if entry["manager"] == manager and entry["operation"] == APPLY:
            continue
        for path, here, there in _differing(wanted, entry["fieldsV1"], applied, live, schema, ""):
            if here != there:
                found.append(Conflict(entry["manager"], entry["operation"], entry["apiVersion"], path))
    return found


def _differing(
    one: Fields, other: Fields, applied: Any, live: Any, schema: Schema | None, path: str
) -> Iterator[tuple[str, Any, Any]]:
    """Each leaf that both sets have, with what is applied and what is live there."""
    for key, below in one.items():
        if key not in other or key == ".":
            continue
        name = f"{path}{_step(key)}"
        here, there, inner = _at(applied, key, schema), _at(live, key, schema), _schema_at(schema, key)
        if below and other[key]:
            yield from _differing(below, other[key], here, there, inner, name)
        elif here not in ({}, []):  # nothing in it: nobody is contradicted
            yield name, here, there


def _step(key: str) -> str:
    if key.startswith("f:"):
        return f".{key[2:]}"
    if key.startswith("k:"):
        keys = orjson.loads(key[2:])
        return "[" + ",".join(f"{name}={_json(value)}" for name, value in keys.items()) + "]"
    return f"[={key[2:]}]"


def _at(value: Any, key: str, schema: Schema | None) -> Any:
    if key.startswith("f:"):
        return value.get(key[2:]) if isinstance(value, Mapping) else None
    if not isinstance(value, list):
        return None
    if key.startswith("v:"):
        return key[2:] if any(_json(item) == key[2:] for item in value) else None
    _, keys = _list_type(schema)
    return next((item for item in value if _item_key(item, keys) == key), None)


# -- entries of managedFields


def entry(manager: str, operation: str, api_version: str, time: str, fields: Fields) -> Document:
    """One line of ``managedFields``."""
    return {
        "apiVersion": api_version, "fieldsType": "FieldsV1", "fieldsV1": fields, "manager": manager,
        "operation": operation, "time": time,
    }


def after_apply(entries: Sequence[Document], mine: Document, *, forced: Fields | None) -> list[Document]:
    """The managers after an apply: mine in the place of my last; ``forced``: fields taken from the others."""
    others = [one for one in entries if not (one["manager"] == mine["manager"] and one["operation"] == APPLY)]
    if forced:
        others = [{**one, "fieldsV1": minus(one["fieldsV1"], forced)} for one in others]
    return [mine, *(one for one in others if one["fieldsV1"])]


def after_update(
    entries: Sequence[Document], old: Mapping[str, Any], new: Mapping[str, Any], schema: Schema | None, mine: Document
) -> list[Document]:
    """The managers after somebody's ordinary write: what changed is theirs now, what is gone is nobody's."""
    before, after = owned(old, schema), owned(new, schema)
    changed = union(minus(after, before), _changed(before, after, old, new, schema))
    gone = minus(before, after)
    kept = [{**one, "fieldsV1": minus(minus(one["fieldsV1"], changed), gone)} for one in entries]
    theirs = next(
        (one for one in kept if one["manager"] == mine["manager"] and one["operation"] == UPDATE), None
    )
    kept = [one for one in kept if one is not theirs and one["fieldsV1"]]
    fields = union(theirs["fieldsV1"] if theirs else {}, changed)
    return [*kept, {**mine, "fieldsV1": fields}] if fields else kept


def _changed(one: Fields, other: Fields, old: Any, new: Any, schema: Schema | None) -> Fields:
    result: Fields = {}
    for key, below in one.items():
        if key not in other or key == ".":
            continue
        before, after = _at(old, key, schema), _at(new, key, schema)
        if before == after:
            continue
        if below and other[key]:
            inner = _changed(below, other[key], before, after, _schema_at(schema, key))
            if inner:
                result[key] = inner
        else:
            result[key] = {}
    return result


# -- schemas


def _below(schema: Schema | None, field: str) -> Schema | None:
    if schema is None:
        return None
    resolved = resolve(schema)
    properties = resolved.get("properties")
    found = properties.get(field) if properties else resolved.get("additionalProperties")
    return found if isinstance(found, Mapping) else None


def _schema_at(schema: Schema | None, key: str) -> Schema | None:
    if key.startswith("f:"):
        return _below(schema, key[2:])
    found = resolve(schema).get("items") if schema is not None else None
    return found if isinstance(found, Mapping) else None


def _is_atomic(schema: Schema | None) -> bool:
    if schema is None:
        return False
    return "atomic" in (schema.get("x-kubernetes-map-type"), resolve(schema).get("x-kubernetes-map-type"))


def _list_type(schema: Schema | None) -> tuple[str, Sequence[str]]:
    if schema is None:
        return "atomic", ()
    keys: Sequence[str] = schema.get("x-kubernetes-list-map-keys") or ()
    return str(schema.get("x-kubernetes-list-type") or "atomic"), keys


def _item_key(item: Any, keys: Sequence[str]) -> str:
    if not isinstance(item, Mapping):
        return f"v:{_json(item)}"
    return "k:" + _json({key: item.get(key, _KEY_DEFAULTS.get(key)) for key in sorted(keys)})


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
