"""Loading of YAML and JSON text into plain documents, with the place named in every error.

YAML is read as Kubernetes' clients read it: every key is a string, a timestamp stays text, ``yes`` is true, ``1:30``
is no number, a key may stand in a mapping once. Text that unfolds into an enormous document is refused.
"""

from __future__ import annotations

import math
import re
from typing import Any

import orjson
import yaml

MAX_NODES = 1_000_000
MAX_DEPTH = 100


class ParseError(ValueError):
    """The text is not well-formed; ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def parse_yaml(text: str | bytes) -> list[Any]:
    """Every document of a YAML stream; empty documents are left out. JSON is YAML, tabs included."""
    if text.lstrip()[:1] in ("{", b"{"):
        try:
            return [parse_json(text)]
        except ParseError:
            pass  # it may be YAML in braces, and its error is told as YAML's
    try:
        loader = _Loader(text)
        try:
            nodes = []
            while loader.check_node():
                node = loader.get_node()
                if node is not None:
                    nodes.append(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise ParseError(f"yaml: line {line}: {error.problem or error.context}", line, column) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParseError(f"yaml: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ParseError("yaml: the document is nested too deeply") from error
    builder = _Builder()
    documents = [builder.build(node, 0) for node in nodes]
    return [document for document in documents if document is not None]


def parse_json(data: str | bytes) -> Any:
    """One JSON value."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        message = f"json: line {error.lineno} column {error.colno}: {error.msg}"
        raise ParseError(message, error.lineno, error.colno) from error
    if _is_deeper_than(value, MAX_DEPTH):
        raise ParseError("json: exceeded max depth")
    return value


def _is_deeper_than(value: Any, limit: int) -> bool:
    """Whether lists and objects are nested more than ``limit`` deep; walks level by level, without recursion."""
    level = [value]
    for _ in range(limit + 1):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not below:
            return False
        level = below
    return True


_LONGEST_INTEGER = 66
_TAG = "tag:yaml.org,2002:"
_UNTAGGED = "untagged"
_PLAIN_TAGS = (_UNTAGGED, f"{_TAG}int", f"{_TAG}float", f"{_TAG}bool", f"{_TAG}null")


class _Loader(yaml.SafeLoader):
    """Scanner and parser; what a plain word means, and what is built of it, is for ``_Builder`` to say."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        if kind is yaml.ScalarNode and implicit[0]:
            return _UNTAGGED
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag


_INT = re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_TRUE = ("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON")
_FALSE = ("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF")
_NULL = ("", "~", "null", "Null", "NULL")


class _Builder:
    """Turns YAML nodes into documents, counting what aliases unfold into."""

    def __init__(self) -> None:
        self.nodes = 0

    def build(self, node: yaml.Node, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise _error(node, "the document is too large or nested too deeply")
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self.mapping(node, depth)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.build(item, depth + 1) for item in node.value]
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        raise _error(node, f"the tag {node.tag} is not allowed")

    def mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _error(key_node, "a key must be a single value")
            if key_node.tag == _UNTAGGED and key_node.value == "<<":
                merged = self.merge(value_node, depth) | merged
                continue
            key = _key(key_node)
            if key in result:
                raise _error(key_node, f'key "{key}" already set in map')
            result[key] = self.build(value_node, depth + 1)
        return merged | result if merged else result

    def merge(self, node: yaml.Node, depth: int) -> dict[str, Any]:
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        result: dict[str, Any] = {}
        for source in sources:
            if not isinstance(source, yaml.MappingNode):
                raise _error(source, "map merge requires map or sequence of maps as the value")
            result = self.mapping(source, depth + 1) | result
        return result


def _error(node: yaml.Node, message: str) -> ParseError:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    return ParseError(f"yaml: line {line}: {message}", line, column)


def _key(node: yaml.ScalarNode) -> str:
    value = _scalar(node)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise _error(node, "half a surrogate pair is no text")
    if node.tag == f"{_TAG}str":
        return text
    if node.tag not in _PLAIN_TAGS:
        raise _error(node, f"the tag {node.tag} is not allowed")
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return _integer(node, text)
    if _FLOAT.fullmatch(text):
        return _number(node, text)
    return text


def _integer(node: yaml.Node, text: str) -> int | float:
    digits = text.replace("_", "").lower()
    if len(digits) > _LONGEST_INTEGER:
        return _number(node, digits)
    sign, digits = (-1, digits[1:]) if digits[0] == "-" else (1, digits.lstrip("+"))
    for prefix, base in (("0b", 2), ("0o", 8), ("0x", 16)):
        if digits.startswith(prefix):
            return _as_json_number(sign * int(digits[2:], base))
    return _as_json_number(sign * int(digits, 8 if digits.startswith("0") else 10))


def _as_json_number(value: int) -> int | float:
    """The number as it would be read from JSON: beyond 64 bits it is no integer."""
    return value if -(2**63) <= value < 2**64 else float(value)


def _number(node: yaml.Node, text: str) -> float:
    digits = text.replace("_", "")
    try:
        value = float(digits)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _error(node, f"{text} cannot be written as JSON")
    return value
