"""What can be wrong with a field, in Kubernetes' words: each function makes one ``Cause``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from orrery.machinery.wire import Cause

IMMUTABLE = "field is immutable"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    return orjson.dumps(value).decode()


def required(field: str, detail: str = "") -> Cause:
    """A value must be given."""
    return Cause("FieldValueRequired", f"Required value: {detail}" if detail else "Required value", field)


def invalid(field: str, value: Any, detail: str) -> Cause:
    """The value is malformed or out of range."""
    return Cause("FieldValueInvalid", f"Invalid value: {_shown(value)}: {detail}", field)


def not_supported(field: str, value: Any, supported: Sequence[str]) -> Cause:
    """The value is none of those that exist."""
    listed = ", ".join(_shown(item) for item in supported)
    return Cause("FieldValueNotSupported", f"Unsupported value: {_shown(value)}: supported values: {listed}", field)


def duplicate(field: str, value: Any) -> Cause:
    """The value must be unique and is not."""
    return Cause("FieldValueDuplicate", f"Duplicate value: {_shown(value)}", field)


def not_found(field: str, value: Any) -> Cause:
    """The value refers to something that is not there."""
    return Cause("FieldValueNotFound", f"Not found: {_shown(value)}", field)


def forbidden(field: str, detail: str) -> Cause:
    """The field may not be set, or not be changed."""
    return Cause("FieldValueForbidden", f"Forbidden: {detail}", field)


def too_long(field: str, limit_bytes: int) -> Cause:
    """The value is too long."""
    return Cause("FieldValueTooLong", f"Too long: may not be more than {limit_bytes} bytes", field)


def too_many(field: str, count: int, limit: int) -> Cause:
    """There are too many items."""
    return Cause("FieldValueTooMany", f"Too many: {count}: must have at most {limit} items", field)
