"""JSONPath templates as client-go reads them: text and ``{...}`` with paths, filters, unions, ``range`` and ``end``.

A template is parsed into nodes, and a path into steps; each step takes a list of values and gives another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from orrery.theatre.terminal.kubectl.output.json_text import compact_json

Step = Callable[[list[Any]], list[Any]]


class PathError(ValueError):
    """The template cannot be read, or a field is missing."""


_TOKEN = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_FIELD = re.compile(r"(?:\\.|[^\s.\[\]{}'\"\\()=<>!,])+")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def relaxed(text: str) -> str:
    """``.metadata.name``, ``metadata.name`` and ``{metadata.name}`` all mean ``{.metadata.name}``. PathError."""
    if not text:
        return text
    inner = text
    match = re.fullmatch(r"\{\.?([^{}]+)\}|\.?([^{}]+)", text)
    if match is None:
        raise PathError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or "
            "'{.name1.name2}'"
        )
    inner = match.group(1) or match.group(2)
    return f"{{.{inner}}}"


class Template:
    """A parsed template. PathError where it cannot be read."""

    def __init__(self, text: str, *, missing_ok: bool = True) -> None:
        self._missing_ok = missing_ok
        self._nodes = list(_nodes(text))

    def render(self, document: Any) -> str:
        """The text for a document; results of one path stand side by side with a space between them."""
        return "".join(self._run(self._nodes, document))

    def results(self, document: Any) -> list[list[Any]]:
        """What each path of the template finds."""
        return [self._find(node[1], document) for node in self._nodes if node[0] == "path"]

    def _run(self, nodes: Sequence[tuple[str, Any]], document: Any) -> Iterator[str]:
        at = 0
        while at < len(nodes):
            kind, content = nodes[at]
            if kind == "text":
                yield content
            elif kind == "path":
                yield " ".join(_text(value) for value in self._find(content, document))
            elif kind == "range":
                end = _end_of(nodes, at)
                for value in self._find(content, document):
                    yield from self._run(nodes[at + 1:end], value)
                at = end
            at += 1

    def _find(self, steps: Sequence[Step], document: Any) -> list[Any]:
        values = [document]
        try:
            for step in steps:
                values = step(values)
        except _Missing as error:
            if self._missing_ok:
                return []
            raise PathError(str(error)) from None
        if not self._missing_ok and not values and isinstance(document, dict):
            return []
        return values


class _Missing(Exception):
    pass


def _end_of(nodes: Sequence[tuple[str, Any]], begin: int) -> int:
    depth = 0
    for at in range(begin, len(nodes)):
        depth += {"range": 1, "end": -1}.get(nodes[at][0], 0)
        if depth == 0:
            return at
    raise PathError("unclosed range")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return compact_json(value)
    return "<nil>" if value is None else str(value)


# -- reading


def _nodes(text: str) -> Iterator[tuple[str, Any]]:
    at = 0
    while at < len(text):
        begin = text.find("{", at)
        if begin < 0:
            yield "text", text[at:]
            return
        if begin > at:
            yield "text", text[at:begin]
        end = _close(text, begin + 1)
        yield from _action(text[begin + 1:end].strip())
        at = end + 1


def _close(text: str, at: int) -> int:
    quote = ""
    while at < len(text):
        letter = text[at]
        if quote:
            if letter == "\\":
                at += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "}":
            return at
        at += 1
    raise PathError("unclosed action")


def _action(text: str) -> Iterator[tuple[str, Any]]:
    quoted = _TOKEN.match(text)
    if quoted is not None:
        yield "text", _unescaped(quoted.group(1) if quoted.group(1) is not None else quoted.group(2))
        if quoted.end() < len(text):
            yield from _action(text[quoted.end():].strip())
    elif text == "end":
        yield "end", None
    elif text == "range" or text.startswith("range "):
        yield "range", _path(text[5:].strip())
    elif text:
        yield "path", _path(text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), text)


def _path(text: str) -> list[Step]:
    steps: list[Step] = []
    at = 0
    while at < len(text):
        letter = text[at]
        if letter in "$@":
            at += 1
        elif text.startswith("..", at):
            steps.append(_recursive)
            at += 2
            if at < len(text) and text[at] not in "[*":
                at, step = _named(text, at)
                steps.append(step)
        elif letter == ".":
            at += 1
            if at < len(text) and text[at] == "*":
                steps.append(_wildcard)
                at += 1
            elif at < len(text) and text[at] not in "[.":
                at, step = _named(text, at)
                steps.append(step)
        elif letter == "*":
            steps.append(_wildcard)
            at += 1
        elif letter == "[":
            end = _bracket(text, at)
            steps.append(_subscript(text[at + 1:end].strip()))
            at = end + 1
        elif letter.isspace():
            at += 1
        elif not steps and _FIELD.match(text, at):
            match = _FIELD.match(text, at)
            assert match is not None
            raise PathError(f"unrecognized identifier {match.group()}")
        else:
            raise PathError(f"unrecognized character in action: {_code(letter)}")
    return steps


def _code(letter: str) -> str:
    return f"U+{ord(letter):04X} '{letter}'"


def _named(text: str, at: int) -> tuple[int, Step]:
    match = _FIELD.match(text, at)
    if match is None:
        raise PathError(f"unrecognized character in action: {_code(text[at])}")
    return match.end(), _field(re.sub(r"\\(.)", r"\1", match.group()))


def _bracket(text: str, at: int) -> int:
    depth, quote = 0, ""
    for index in range(at, len(text)):
        letter = text[index]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "[(":
            depth += 1
        elif letter in ")]":
            depth -= 1
            if depth == 0:
                return index
    raise PathError("unterminated array")


def _subscript(text: str) -> Step:
    if text == "*":
        return _wildcard
    if text.startswith("?(") and text.endswith(")"):
        return _filter(text[2:-1].strip())
    parts = [part.strip() for part in re.split(r",(?=(?:[^']*'[^']*')*[^']*$)", text)]
    steps = [_one_subscript(part) for part in parts]
    return lambda values: [found for value in values for step in steps for found in step([value])]


def _one_subscript(text: str) -> Step:
    quoted = _TOKEN.fullmatch(text)
    if quoted is not None:
        return _field(_unescaped(quoted.group(1) if quoted.group(1) is not None else quoted.group(2)))
    match = re.fullmatch(r"(-?\d*)(:(-?\d*))?(:(-?\d*))?", text)
    if match is None or not text:
        raise PathError(f"invalid array index {text}")
    if match.group(2) is None:
        return _index(int(match.group(1)))
    first, last, step = (int(part) if part else None for part in (match.group(1), match.group(3), match.group(5)))
    return lambda values: [found for value in values if isinstance(value, list) for found in value[first:last:step]]


# -- steps


def _field(name: str) -> Step:
    def step(values: list[Any]) -> list[Any]:
        found = []
        for value in values:
            if isinstance(value, dict) and name in value:
                found.append(value[name])
        if not found and values:
            raise _Missing(f"{name} is not found")
        return found

    return step


def _index(at: int) -> Step:
    def step(values: list[Any]) -> list[Any]:
        found = []
        for value in values:
            if isinstance(value, list):
                if not -len(value) <= at < len(value):
                    raise PathError(f"array index out of bounds: index {at}, length {len(value)}")
                found.append(value[at])
        return found

    return step


def _wildcard(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if isinstance(value, list):
            found += value
        elif isinstance(value, dict):
            found += [value[key] for key in sorted(value)]
    return found


def _recursive(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found.append(value)
        found += _recursive(_wildcard([value]))
    return [value for value in found if isinstance(value, dict | list)]


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b, ">": lambda a, b: a > b,
}


def _filter(text: str) -> Step:
    match = re.match(r"(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$", text)
    left = _operand(match.group(1) if match else text)
    right = _operand(match.group(3)) if match else None
    compare = _OPERATORS[match.group(2)] if match else None

    def keeps(value: Any) -> bool:
        here = left(value)
        if compare is None or right is None:
            return bool(here)
        there = right(value)
        if not here or not there:
            return False
        try:
            return compare(here[0], there[0])
        except TypeError:
            return False

    return lambda values: [
        item for value in values if isinstance(value, list) for item in value if keeps(item)
    ]


def _operand(text: str) -> Callable[[Any], list[Any]]:
    quoted = _TOKEN.fullmatch(text)
    if quoted is not None:
        constant = _unescaped(quoted.group(1) if quoted.group(1) is not None else quoted.group(2))
        return lambda value: [constant]
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        number = float(text) if "." in text else int(text)
        return lambda value: [number]
    if text in ("true", "false"):
        return lambda value: [text == "true"]
    steps = _path(text)

    def find(value: Any) -> list[Any]:
        values = [value]
        try:
            for step in steps:
                values = step(values)
        except (_Missing, PathError):
            return []
        return values

    return find
