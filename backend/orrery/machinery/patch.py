"""The three ways to patch an object; none of them changes its inputs.

* JSON patch, RFC 6902: a list of operations.
* JSON merge patch, RFC 7386: a partial document; null deletes, lists are replaced.
* Strategic merge patch, Kubernetes' own (see ``strategic``): lists of objects are merged by key.

The functions raise ``PatchError``; ``apply`` turns it into the ``Status`` that the API server answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orrery.machinery.definitions import schema_for
from orrery.machinery.objects import deep_copy
from orrery.machinery.strategic import PatchError, strategic_merge_patch
from orrery.machinery.wire import StatusError

__all__ = ["MEDIA_TYPES", "PatchError", "apply", "json_patch", "merge_patch", "strategic_merge_patch"]

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
MEDIA_TYPES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH)

MAX_OPERATIONS = 10_000


def apply(media_type: str, document: Mapping[str, Any], patch: Any, api_version: str, kind: str) -> dict[str, Any]:
    """The patched document; StatusError 400, 413, 415 or 422 where it cannot be made."""
    if media_type == JSON_PATCH:
        return _apply_operations(document, patch)
    if media_type not in MEDIA_TYPES:
        raise StatusError.unsupported_media_type(MEDIA_TYPES)
    if not isinstance(patch, Mapping):
        raise StatusError.bad_request(
            f"json: cannot unmarshal {_json_kind(patch)} into Go value of type map[string]interface {{}}"
        )
    if media_type == MERGE_PATCH:
        merged: dict[str, Any] = merge_patch(document, patch)
        return merged
    try:
        return strategic_merge_patch(document, patch, schema_for(api_version, kind))
    except PatchError as error:
        raise StatusError.bad_request(str(error)) from error


def _apply_operations(document: Mapping[str, Any], operations: Any) -> dict[str, Any]:
    if not isinstance(operations, list) or not all(isinstance(item, Mapping) for item in operations):
        raise StatusError.bad_request(
            f"json: cannot unmarshal {_json_kind(operations)} into Go value of type jsonpatch.Patch"
        )
    if len(operations) > MAX_OPERATIONS:
        raise StatusError.too_large(
            f"The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(operations)}"
        )
    try:
        patched = json_patch(document, operations)
        if not isinstance(patched, dict):
            raise PatchError("the patch leaves no object")
    except PatchError as error:
        message = "the server rejected our request due to an error in our request"
        causes = [{"reason": "UnexpectedServerResponse", "message": str(error)}]
        raise StatusError.of(422, "Invalid", message, {"causes": causes}) from error
    return patched


def _json_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "null"


# RFC 7386


def merge_patch(document: Any, patch: Any) -> Any:
    """RFC 7386: null deletes a field, objects are merged, everything else is replaced."""
    if not isinstance(patch, Mapping):
        return deep_copy(patch)
    result = dict(document) if isinstance(document, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


# RFC 6902


def json_patch(document: Any, operations: Sequence[Mapping[str, Any]]) -> Any:
    """RFC 6902: all operations in order, or PatchError and nothing."""
    result = deep_copy(document)
    for operation in operations:
        result = _operate(result, operation)
    return result


def _operate(document: Any, operation: Mapping[str, Any]) -> Any:
    name = operation.get("op")
    path = _pointer(operation, "path")
    if name in ("add", "replace", "test") and "value" not in operation:
        raise PatchError(f"{name} operation needs a value: missing value")
    if name == "add":
        return _add(document, path, deep_copy(operation["value"]))
    if name == "remove":
        return _remove(document, path)[0]
    if name == "replace":
        _read(document, path, "replace")
        return _set(document, path, deep_copy(operation["value"]))
    if name == "test":
        if not _equal(_read(document, path, "test"), operation["value"]):
            raise PatchError(f"testing value {operation.get('path')} failed: test failed")
        return document
    if name == "copy":
        source = _pointer(operation, "from")
        return _add(document, path, deep_copy(_read(document, source, "copy")))
    if name == "move":
        source = _pointer(operation, "from")
        if source == path:
            _read(document, source, "move")
            return document
        if path[: len(source)] == source:
            raise PatchError("move operation cannot move a value into itself")
        remaining, moved = _remove(document, source)
        return _add(remaining, path, moved)
    raise PatchError(f"Unexpected kind: {name}")


def _pointer(operation: Mapping[str, Any], field: str) -> tuple[str, ...]:
    text = operation.get(field)
    if not isinstance(text, str):
        raise PatchError(f"{operation.get('op')} operation failed to decode {field}: missing value")
    if not text:
        return ()
    if not text.startswith("/"):
        raise PatchError(f'a JSON pointer must be empty or start with "/": "{text}"')
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))


def _missing(operation: str, path: Sequence[str]) -> PatchError:
    return PatchError(f"{operation} operation does not apply: doc is missing path: /{'/'.join(path)}: missing value")


def _index(container: list[Any], step: str, operation: str, limit: int) -> int:
    if not step.isascii() or not step.isdecimal() or (step != "0" and step.startswith("0")):
        raise PatchError(f'{operation} operation does not apply: "{step}" is no index of a list')
    index = int(step)
    if index >= limit:
        raise PatchError(f"Unable to access invalid index: {index}: invalid index referenced")
    return index


def _read(document: Any, path: Sequence[str], operation: str) -> Any:
    value = document
    for step in path:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list):
            value = value[_index(value, step, operation, len(value))]
        else:
            raise _missing(operation, path)
    return value


def _add(document: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    container = _read(document, path[:-1], "add")
    if isinstance(container, list):
        step = path[-1]
        at = len(container) if step == "-" else _index(container, step, "add", len(container) + 1)
        container.insert(at, value)
    elif isinstance(container, dict):
        container[path[-1]] = value
    else:
        raise _missing("add", path)
    return document


def _set(document: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    container = _read(document, path[:-1], "replace")
    if isinstance(container, list):
        container[int(path[-1])] = value
    else:
        container[path[-1]] = value
    return document


def _remove(document: Any, path: Sequence[str]) -> tuple[Any, Any]:
    if not path:
        return None, document
    _read(document, path, "remove")
    container = _read(document, path[:-1], "remove")
    return document, container.pop(int(path[-1]) if isinstance(container, list) else path[-1])


def _equal(one: Any, other: Any) -> bool:
    """Equality of JSON values: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)
