"""Go templates, as far as ``-o go-template`` is used: fields, ``range``, ``if``, ``with``, variables, pipes and the
functions below."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from orrery.theatre.terminal.kubectl.output.json_text import compact_json

_ACTION = re.compile(r"\{\{(-\s)?\s*(.*?)\s*(\s-)?\}\}", re.DOTALL)
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\(|\)|\||:=|,|[^\s()|,"`]+')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"'}


class TemplateError(ValueError):
    """The template cannot be read or carried out."""


class _Block:
    """A list of pieces: text, an action, or a nested block with its alternative."""

    def __init__(self, keyword: str = "", pipeline: str = "") -> None:
        self.keyword = keyword
        self.pipeline = pipeline
        self.body: list[Any] = []
        self.otherwise: list[Any] = []


class GoTemplate:
    """A parsed template."""

    def __init__(self, text: str) -> None:
        self._root = _parse(text)

    def render(self, document: Any) -> str:
        return "".join(_run(self._root.body, document, {"$": document}))


def _parse(text: str) -> _Block:
    root = _Block()
    stack = [root]
    target = root.body
    at = 0
    trim = False
    for match in _ACTION.finditer(text):
        plain = text[at:match.start()]
        plain = plain.lstrip() if trim else plain
        target.append(plain.rstrip() if match.group(1) else plain)
        at, trim = match.end(), bool(match.group(3))
        action = match.group(2)
        keyword, _, rest = action.partition(" ")
        if action.startswith("/*"):
            continue
        if keyword in ("range", "if", "with"):
            block = _Block(keyword, rest.strip())
            target.append(block)
            stack.append(block)
            target = block.body
        elif keyword == "else":
            target = stack[-1].otherwise
        elif keyword == "end":
            if len(stack) == 1:
                raise TemplateError("template: output:1: unexpected {{end}}")
            stack.pop()
            target = stack[-1].otherwise if stack[-1].otherwise else stack[-1].body
        else:
            target.append(("do", action))
    target.append(text[at:].lstrip() if trim else text[at:])
    if len(stack) > 1:
        raise TemplateError("template: output:1: unexpected EOF")
    return root


def _run(pieces: Sequence[Any], dot: Any, names: dict[str, Any]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
        elif isinstance(piece, tuple):
            words = _WORD.findall(piece[1])
            if len(words) > 1 and words[1] in (":=", "="):
                names[words[0]] = _pipeline(words[2:], dot, names)
            else:
                yield _text(_pipeline(words, dot, names))
        elif piece.keyword == "range":
            yield from _range(piece, dot, names)
        else:
            value = _pipeline(_WORD.findall(piece.pipeline), dot, names)
            inner = value if piece.keyword == "with" and value else dot
            yield from _run(piece.body if value else piece.otherwise, inner, dict(names))


def _range(block: _Block, dot: Any, names: dict[str, Any]) -> Iterator[str]:
    words = _WORD.findall(block.pipeline)
    variables: list[str] = []
    if ":=" in words:
        cut = words.index(":=")
        variables, words = [word for word in words[:cut] if word != ","], words[cut + 1:]
    value = _pipeline(words, dot, names)
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = [(key, value[key]) for key in sorted(value)]
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    if not pairs:
        yield from _run(block.otherwise, dot, dict(names))
    for key, item in pairs:
        inner = dict(names)
        if len(variables) == 2:
            inner[variables[0]] = key
        if variables:
            inner[variables[-1]] = item
        yield from _run(block.body, item, inner)


def _pipeline(words: Sequence[str], dot: Any, names: dict[str, Any]) -> Any:
    commands: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == "|" and depth == 0:
            commands.append([])
        else:
            commands[-1].append(word)
    value: Any = None
    for number, command in enumerate(commands):
        value = _command(command, dot, names, [value] if number else [])
    return value


def _command(words: Sequence[str], dot: Any, names: dict[str, Any], piped: list[Any]) -> Any:
    if not words:
        raise TemplateError("missing value for command")
    arguments: list[Any] = []
    at = 0
    function = _FUNCTIONS.get(words[0])
    if function is not None:
        at = 1
    while at < len(words):
        if words[at] == "(":
            depth, end = 1, at + 1
            while depth:
                depth += {"(": 1, ")": -1}.get(words[end], 0)
                end += 1
            arguments.append(_pipeline(words[at + 1:end - 1], dot, names))
            at = end
        else:
            arguments.append(_operand(words[at], dot, names))
            at += 1
    if function is not None:
        return function(*arguments, *piped)
    return arguments[0]


def _operand(word: str, dot: Any, names: dict[str, Any]) -> Any:
    if word[0] == '"':
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), word[1:-1])
    if word[0] == "`":
        return word[1:-1]
    if re.fullmatch(r"-?\d+", word):
        return int(word)
    if word in ("true", "false", "nil"):
        return {"true": True, "false": False}.get(word)
    head, _, path = word.partition(".")
    if head and not head.startswith("$"):
        raise TemplateError(f'template: output:1: function "{head}" not defined')
    value = names.get(head) if head else dot
    for field in path.split(".") if path else ():
        value = value.get(field) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    if value is None:
        return "<no value>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_text(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(_text(item) for item in value)}]"
    return str(value)


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list):
            if not -1 < key < len(value):
                raise TemplateError(f"error calling index: index out of range: {key}")
            value = value[key]
    return value


def _printf(form: str, *arguments: Any) -> str:
    rest = list(arguments)
    return re.sub(r"%(-?\d*)([svdq])", lambda match: _verb(match, rest), form).replace("%%", "%")


def _verb(match: re.Match[str], rest: list[Any]) -> str:
    text = _text(rest.pop(0)) if rest else f"%!{match.group(2)}(MISSING)"
    text = f'"{text}"' if match.group(2) == "q" else text
    width = int(match.group(1) or 0)
    return text.ljust(-width) if width < 0 else text.rjust(width)


def _compare(test: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    return lambda one, other: test(one, other)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "index": _index, "len": len, "printf": _printf, "not": lambda value: not value,
    "print": lambda *values: "".join(map(_text, values)), "println": lambda *v: " ".join(map(_text, v)) + "\n",
    "eq": lambda one, *others: any(one == other for other in others),
    "ne": _compare(lambda a, b: a != b), "lt": _compare(lambda a, b: a < b), "le": _compare(lambda a, b: a <= b),
    "gt": _compare(lambda a, b: a > b), "ge": _compare(lambda a, b: a >= b),
    "and": lambda *values: next((value for value in values if not value), values[-1]),
    "or": lambda *values: next((value for value in values if value), values[-1]),
    "exists": lambda value, *keys: _index(value, *keys) is not None,
    "base64decode": lambda text: base64.b64decode(text).decode(), "json": compact_json,
}
