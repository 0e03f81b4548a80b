"""Request bodies that real clients send as protobuf, turned into the documents that JSON would have been.

The body is four bytes of magic and a ``runtime.Unknown``, which names the kind. Types come from the published schemas,
field numbers from ``protobuf_fields.txt``. Fields that the table does not know are left out, as protobuf has it.

On this wire a Go struct sends its plain fields even where they are zero, which JSON would leave out; so zeros are
dropped, but for the fields that the table's ``@zero`` line names, where Kubernetes can tell zero from absent.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from orrery.machinery import quantity
from orrery.machinery.definitions import META, Schema, definition_name, definitions, reference_of, resolve
from orrery.machinery.time import format_micro_time, format_time
from orrery.machinery.wire import StatusError

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"

_TABLE = Path(__file__).parent / "protobuf_fields.txt"
_MAX_DEPTH = 100
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_RAW_EXTENSION = "io.k8s.apimachinery.pkg.runtime.RawExtension"


class _Field(NamedTuple):
    name: str
    inlined: str


class _Malformed(ValueError):
    """The bytes are no protobuf message of this kind."""


@cache
def _messages() -> dict[str, dict[int, _Field]]:
    messages: dict[str, dict[int, _Field]] = {}
    for line in _TABLE.read_text().splitlines():
        if line.startswith(("#", "@")):
            continue
        message, *fields = line.split()
        numbers: dict[int, _Field] = {}
        for field in fields:
            name, _, rest = field.partition("=")
            number, _, inlined = rest.partition(">")
            numbers[int(number)] = _Field(name, inlined)
        messages[message] = numbers
    return messages


@cache
def _zero_counts() -> tuple[str, ...]:
    """The fields in which zero is a value."""
    for line in _TABLE.read_text().splitlines():
        if line.startswith("@zero "):
            return tuple(line.split()[1:])
    return ()


def decode_protobuf(body: bytes) -> dict[str, Any]:
    """The document in a protobuf body; StatusError 400 for what is malformed, 415 for a kind that is not known."""
    if not body.startswith(MAGIC):
        raise StatusError.bad_request("the body is no protobuf object: it does not start with k8s and a zero byte")
    try:
        envelope = dict(_fields(body[len(MAGIC) :]))
        names = {number: _text(value) for number, value in _fields(envelope.get(1, b""))}
        api_version, kind = names.get(1, ""), names.get(2, "")
        raw = envelope.get(2, b"")
        if _text(envelope.get(4, b"")).startswith("application/json"):
            document: dict[str, Any] = orjson.loads(raw)
            return document
        group, _, version = api_version.rpartition("/")
        name = definition_name(group, version, kind)
        if name is None or name.removeprefix("io.k8s.") not in _messages():
            raise _unknown_kind(api_version, kind)
        properties = definitions()[name]["properties"]
        decoded = _message(raw, name.removeprefix("io.k8s."), properties, 0)
    except (ValueError, TypeError, OverflowError, struct.error) as error:
        raise StatusError.bad_request(f"the body is no well-formed protobuf object: {error}") from error
    return {"apiVersion": api_version, "kind": kind, **decoded}


def _unknown_kind(api_version: str, kind: str) -> StatusError:
    message = f'the protobuf form of kind "{kind}" in version "{api_version}" is not understood; send JSON or YAML'
    return StatusError.of(415, "UnsupportedMediaType", message)


# The wire: https://protobuf.dev/programming-guides/encoding


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Every (field number, value): an int, or the bytes of what has a length."""
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire_type == 2:
            length, at = _varint(data, at)
        elif wire_type in (1, 5):
            length = 8 if wire_type == 1 else 4
        else:
            raise _Malformed(f"wire type {wire_type} of field {number}")
        if at + length > end:
            raise _Malformed(f"field {number} ends after the message does")
        yield number, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise _Malformed("a number does not end")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), at
        shift += 7


def _text(value: Any) -> str:
    if not isinstance(value, bytes):
        raise _Malformed("a number where text was expected")
    return value.decode()


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


# Messages and values


def _message(data: bytes, message: str, properties: Mapping[str, Schema], depth: int) -> dict[str, Any]:
    if depth > _MAX_DEPTH:
        raise _Malformed("nested too deeply")
    known = _messages().get(message, {})
    result: dict[str, Any] = {}
    for number, raw in _fields(data):
        field = known.get(number)
        if field is None:
            continue
        if field.inlined:
            result |= _inlined(raw, field.inlined, properties, depth + 1)
            continue
        schema = properties.get(field.name)
        if schema is not None:
            _place(result, field.name, raw, schema, depth + 1)
    return result


def _inlined(raw: bytes, message: str, properties: Mapping[str, Schema], depth: int) -> dict[str, Any]:
    own = definitions().get(f"io.k8s.{message}", {}).get("properties", {})
    return _message(raw, message, {**own, **properties}, depth)


def _place(result: dict[str, Any], name: str, raw: Any, schema: Schema, depth: int) -> None:
    resolved = resolve(schema)
    kind = resolved.get("type")
    if kind == "array":
        result.setdefault(name, []).extend(_items(raw, resolved["items"], depth))
        return
    if kind == "object" and isinstance(resolved.get("additionalProperties"), Mapping):
        entry = dict(_fields(raw))
        key = _text(entry.get(1, b""))
        result.setdefault(name, {})[key] = _entry(entry.get(2), resolved["additionalProperties"], depth)
        return
    value = _value(raw, schema, depth)
    if value is None or (value in ("", 0, False) and name not in _zero_counts()):
        return
    result[name] = value


def _items(raw: Any, schema: Schema, depth: int) -> list[Any]:
    packed = isinstance(raw, bytes) and resolve(schema).get("type") == "integer"
    if not packed:
        return [_value(raw, schema, depth)]
    numbers, at = [], 0
    while at < len(raw):
        value, at = _varint(raw, at)
        numbers.append(_signed(value))
    return numbers


def _entry(raw: Any, schema: Schema, depth: int) -> Any:
    """The value in a map; a list there is wrapped in a message of its own."""
    resolved = resolve(schema)
    if resolved.get("type") == "array":
        return [_value(item, resolved["items"], depth) for number, item in _fields(raw or b"") if number == 1]
    if raw is None:
        raw = 0 if resolved.get("type") in ("integer", "boolean") else b""
    return _value(raw, schema, depth)


def _value(raw: Any, schema: Schema, depth: int) -> Any:
    name = reference_of(schema)
    resolved = resolve(schema)
    if name in _OWN_FORMS:
        return _OWN_FORMS[name](raw)
    kind = resolved.get("type")
    if kind == "string":
        return base64.b64encode(raw).decode() if resolved.get("format") == "byte" else _text(raw)
    if kind == "integer":
        return _signed(raw)
    if kind == "boolean":
        return raw != 0
    if kind == "number":
        return struct.unpack("<d", raw)[0]
    if name is not None:
        return _message(raw, name.removeprefix("io.k8s."), resolved.get("properties", {}), depth)
    raise _Malformed("a value of no known type")


def _as_quantity(raw: bytes) -> str:
    return quantity.canonical(_text(dict(_fields(raw)).get(1, b"0")) or "0")


def _as_int_or_string(raw: bytes) -> int | str:
    parts = dict(_fields(raw))
    return _text(parts.get(3, b"")) if parts.get(1, 0) == 1 else _signed(parts.get(2, 0))


def _as_time(raw: bytes) -> str | None:
    parts = dict(_fields(raw))
    return format_time(_signed(parts.get(1, 0)) * 10**9) if parts else None


def _as_micro_time(raw: bytes) -> str | None:
    parts = dict(_fields(raw))
    return format_micro_time(_signed(parts.get(1, 0)) * 10**9 + _signed(parts.get(2, 0))) if parts else None


def _as_json(raw: bytes) -> Any:
    text = dict(_fields(raw)).get(1, b"")
    return orjson.loads(text) if text else None


_OWN_FORMS = {
    _QUANTITY: _as_quantity,
    _INT_OR_STRING: _as_int_or_string,
    META + "Time": _as_time,
    META + "MicroTime": _as_micro_time,
    META + "FieldsV1": _as_json,
    _RAW_EXTENSION: _as_json,
}
