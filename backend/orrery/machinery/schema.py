"""Field checks against the published schemas, as the API server makes them when it decodes a request's body.

Each type is compiled once, when first met, into two forms: a closure that says in one pass whether a document is
clean as it stands (nearly always so), and a walk that finds what is wrong, with Kubernetes' wording, and gives back
the document with unknown fields, nulls and odd spellings (``cpu: 0.5`` for ``500m``) put right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from orrery.machinery import quantity
from orrery.machinery.definitions import META, Schema, definition_name, definitions, reference_of, reference_to, resolve
from orrery.machinery.time import format_micro_time, format_time, parse_time
from orrery.machinery.wire import Cause, StatusError

Check = Callable[[Any], bool]

STRICT, WARN, IGNORE = "Strict", "Warn", "Ignore"

_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_TIME = META + "Time"
_MICRO_TIME = META + "MicroTime"
_OWN_DECODERS = (_QUANTITY, _INT_OR_STRING, _TIME, _MICRO_TIME)
_GO_TIME = "2006-01-02T15:04:05Z07:00"
_GO_MICRO_TIME = "2006-01-02T15:04:05.000000Z07:00"


class Decoded(NamedTuple):
    """A document with nothing in it that its kind does not have, and what was left out (``unknown field "x"``)."""

    document: dict[str, Any]
    warnings: tuple[str, ...]


def decode(document: Any, api_version: str, kind: str, *, field_validation: str = STRICT) -> Decoded:
    """Check a request's body against its kind; StatusError 400 for wrong types, and for unknown fields if strict.

    ``field_validation`` is the query parameter: ``Strict`` refuses unknown fields, ``Warn`` drops and names them,
    ``Ignore`` drops them. A clean document comes back as it is, not copied.
    """
    group, _, version = api_version.rpartition("/")
    name = definition_name(group, version, kind)
    if name is None:
        raise StatusError.bad_request(f'no kind "{kind}" is registered for version "{api_version}"')
    if checker(name)(document):
        return Decoded(document, ())
    walk = _Walk()
    try:
        cleaned = walk.value(document, reference_to(name), "", "", "")
    except _WrongType as error:
        raise _cannot_be_handled(kind, version, str(error)) from error
    if walk.unknown and field_validation == STRICT:
        raise _cannot_be_handled(kind, version, f"strict decoding error: {', '.join(walk.unknown)}")
    return Decoded(cleaned, tuple(walk.unknown) if field_validation == WARN else ())


def missing(document: Mapping[str, Any], api_version: str, kind: str) -> list[Cause]:
    """``Required value`` causes for every field that its type calls required and that is absent.

    Status is exempt, and so are lists and plain values of headers: to Kubernetes' decoder they are just empty.
    """
    group, _, version = api_version.rpartition("/")
    name = definition_name(group, version, kind)
    causes: list[Cause] = []
    if name is not None:
        body = {key: value for key, value in document.items() if key != "status"} | {"metadata": {}}
        _find_missing(body, reference_to(name), "", causes)
    return causes


def _find_missing(value: Any, schema: Schema, path: str, causes: list[Cause]) -> None:
    schema = resolve(schema)
    if isinstance(value, Mapping):
        properties = schema.get("properties", {})
        for field in schema.get("required", ()):
            lenient = field == "value" or properties.get(field, {}).get("type") == "array"
            if value.get(field) is None and not lenient:
                causes.append(Cause("FieldValueRequired", "Required value", _join(path, field)))
        for field, item in value.items():
            known = properties.get(field)
            if known is not None:
                _find_missing(item, known, _join(path, field), causes)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            _find_missing(item, schema["items"], f"{path}[{index}]", causes)


def _cannot_be_handled(kind: str, version: str, why: str) -> StatusError:
    return StatusError.bad_request(f'{kind} in version "{version}" cannot be handled as a {kind}: {why}')


def _join(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


# The fast form: is the document clean as it stands?


@cache
def checker(name: str) -> Check:
    """The compiled check of one definition: true for a document that needs no change and no word."""
    if name == _QUANTITY:
        return lambda value: type(value) is str and quantity.is_valid(value) and quantity.canonical(value) == value
    if name == _INT_OR_STRING:
        return lambda value: type(value) is str or (type(value) is int and _fits(value, "int32"))
    if name in (_TIME, _MICRO_TIME):
        pattern = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d" + (r"\.\d{6}" if name == _MICRO_TIME else "") + "Z")
        return lambda value: type(value) is str and pattern.fullmatch(value) is not None and _is_time(value)
    return _compile(definitions()[name])


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True


def _compile(schema: Schema) -> Check:
    name = reference_of(schema)
    if name is not None:
        return _Late(name)
    kind = schema.get("type")
    if kind == "object" and schema.get("properties"):
        return _object_check({field: _compile(item) for field, item in schema["properties"].items()})
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return _map_check(_compile(schema["additionalProperties"]))
    if kind == "object":
        return lambda value: type(value) is dict
    if kind == "array":
        return _array_check(_compile(schema.get("items", {})))
    if kind == "string" and schema.get("format") == "byte":
        return lambda value: type(value) is str and _BASE64.fullmatch(value) is not None
    if kind == "string":
        return lambda value: type(value) is str
    if kind == "boolean":
        return lambda value: type(value) is bool
    if kind == "integer":
        width = schema.get("format", "int64")
        return lambda value: type(value) is int and _fits(value, width)
    if kind == "number":
        return lambda value: type(value) in (int, float)
    return lambda value: value is not None


class _Late:
    """A check that is compiled when first used, so that types may contain themselves."""

    __slots__ = ("check", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.check: Check | None = None

    def __call__(self, value: Any) -> bool:
        if self.check is None:
            self.check = checker(self.name)
        return self.check(value)


def _object_check(fields: dict[str, Check]) -> Check:
    find = fields.get

    def check(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for key, item in value.items():
            field = find(key)
            if field is None or not field(item):
                return False
        return True

    return check


def _map_check(item_check: Check) -> Check:
    def check(value: Any) -> bool:
        return type(value) is dict and all(map(item_check, value.values()))

    return check


def _array_check(item_check: Check) -> Check:
    def check(value: Any) -> bool:
        return type(value) is list and all(map(item_check, value))

    return check


_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def _fits(value: int, width: str) -> bool:
    bits = 31 if width == "int32" else 63
    return -(1 << bits) <= value < (1 << bits)


# The slow form: what is wrong, and the document put right


class _WrongType(ValueError):
    """A value that its field cannot hold, in the words of Kubernetes' decoder."""


class _Walk:
    """One pass over one document; ``path`` has indices, ``field`` has none, as Kubernetes' two messages want them."""

    def __init__(self) -> None:
        self.unknown: list[str] = []

    def value(self, value: Any, schema: Schema, path: str, field: str, owner: str) -> Any:
        name = reference_of(schema)
        if name in _OWN_DECODERS:
            assert name is not None
            return _decode_own(name, value, field, owner)
        resolved = definitions()[name] if name else schema
        kind = resolved.get("type")
        if not _has_kind(value, resolved):
            raise _WrongType(_unmarshal(value, _go_type(schema), field, owner))
        if kind == "object" and resolved.get("properties"):
            return self.fields(value, resolved["properties"], path, field, (name or owner).rpartition(".")[2])
        if kind == "object" and isinstance(resolved.get("additionalProperties"), Mapping):
            return self.mapping(value, resolved["additionalProperties"], path, field, owner)
        if kind == "array":
            items = resolved.get("items", {})
            numbered = enumerate(value)
            return [self.value(v, items, f"{path}[{i}]", field, owner) for i, v in numbered if v is not None]
        if kind == "string" and resolved.get("format") == "byte":
            _check_base64(value)
        return value

    def fields(
        self, value: Mapping[str, Any], properties: Mapping[str, Schema], path: str, field: str, owner: str
    ) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, item in value.items():
            schema = properties.get(key)
            if schema is None:
                self.unknown.append(f'unknown field "{_join(path, key)}"')
            elif item is not None:
                result[key] = self.value(item, schema, _join(path, key), _join(field, key), owner)
        return result

    def mapping(self, value: Mapping[str, Any], items: Schema, path: str, field: str, owner: str) -> dict[str, Any]:
        empty = "" if items.get("type") == "string" else None
        result: dict[str, Any] = {}
        for key, item in value.items():
            item = empty if item is None else item
            if item is not None:
                result[key] = self.value(item, items, _join(path, key), field, owner)
        return result


def _has_kind(value: Any, schema: Schema) -> bool:
    kind = schema.get("type")
    if kind == "object":
        return isinstance(value, dict)
    if kind == "array":
        return isinstance(value, list)
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool) and _fits(value, schema.get("format", "int64"))
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return True


def _decode_own(name: str, value: Any, field: str, owner: str) -> Any:
    if name == _INT_OR_STRING:
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and _fits(value, "int32")):
            return value
        raise _WrongType(_unmarshal(value, "int32", field, owner))
    if name == _QUANTITY:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise _WrongType(quantity.FORMAT_ERROR)
        try:
            return quantity.canonical(value)
        except ValueError as error:
            raise _WrongType(str(error)) from error
    if not isinstance(value, str):
        raise _WrongType(_unmarshal(value, "string", field, owner))
    try:
        return format_time(parse_time(value)) if name == _TIME else format_micro_time(parse_time(value))
    except ValueError as error:
        layout = _GO_TIME if name == _TIME else _GO_MICRO_TIME
        raise _WrongType(f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"') from error


def _check_base64(text: str) -> None:
    compact = text.replace("\n", "").replace("\r", "")
    if _BASE64.fullmatch(compact):
        return
    good = re.match(r"[A-Za-z0-9+/]*", compact)
    raise _WrongType(f"illegal base64 data at input byte {good.end() if good else 0}")


def _unmarshal(value: Any, go_type: str, field: str, owner: str) -> str:
    found = _found(value, go_type)
    where = f"Go struct field {owner}.{field}" if field else "Go value"
    return f"json: cannot unmarshal {found} into {where} of type {go_type}"


def _found(value: Any, go_type: str) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return f"number {value}" if go_type.startswith(("int", "float")) else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _go_type(schema: Schema) -> str:
    name = reference_of(schema)
    if name is not None and definitions()[name].get("type") == "object":
        return ".".join(name.split(".")[-2:])
    resolved = definitions()[name] if name else schema
    kind = resolved.get("type")
    if kind == "array":
        return f"[]{_go_type(resolved.get('items', {}))}"
    if kind == "object":
        item = resolved.get("additionalProperties")
        return f"map[string]{_go_type(item)}" if isinstance(item, Mapping) else "map[string]interface {}"
    if kind == "string" and resolved.get("format") == "byte":
        return "[]uint8"
    if kind == "integer":
        return str(resolved.get("format", "int64"))
    return {"boolean": "bool", "number": "float64"}.get(str(kind), "string")
