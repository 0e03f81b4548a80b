"""Label and node selectors: parse, print, match (field selectors are in ``fields``).

A parsed selector is immutable and can be kept; matching is a plain loop over its requirements. Text that cannot be
parsed raises ``ValueError`` with Kubernetes' wording; the API server answers it as 400.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!", "Gt": "gt", "Lt": "lt"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One test of one key; operators are ``in notin exists ! gt lt``."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels pass; a key that is absent passes ``notin`` and ``!`` alone."""
        value = labels.get(self.key)
        operator = self.operator
        if operator == "in":
            return value is not None and value in self.values
        if operator == "notin":
            return value is None or value not in self.values
        if operator == "exists":
            return value is not None
        if operator == "!":
            return value is None
        return value is not None and _compares(value, operator, self.values[0])

    def __str__(self) -> str:
        if self.operator == "exists":
            return self.key
        if self.operator == "!":
            return f"!{self.key}"
        if self.operator in ("gt", "lt"):
            return f"{self.key}{'>' if self.operator == 'gt' else '<'}{self.values[0]}"
        if len(self.values) == 1:
            return f"{self.key}{'=' if self.operator == 'in' else '!='}{self.values[0]}"
        return f"{self.key} {self.operator} ({','.join(self.values)})"


def _compares(value: str, operator: str, bound: str) -> bool:
    try:
        left, right = int(value), int(bound)
    except ValueError:
        return False
    return left > right if operator == "gt" else left < right


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """Requirements that must all hold; none at all matches everything, ``nothing`` matches nothing."""

    requirements: tuple[Requirement, ...] = ()
    nothing: bool = False

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Whether an object with these labels is selected."""
        if self.nothing:
            return False
        present = labels or {}
        return all(requirement.matches(present) for requirement in self.requirements)

    @property
    def is_empty(self) -> bool:
        """Whether everything is selected."""
        return not self.requirements and not self.nothing

    def __str__(self) -> str:
        return ",".join(str(requirement) for requirement in self.requirements)


EVERYTHING = LabelSelector()
NOTHING = LabelSelector(nothing=True)


def from_labels(labels: Mapping[str, str] | None) -> LabelSelector:
    """The selector of objects that carry all of these labels (``Service.spec.selector``, ``nodeSelector``)."""
    wanted = labels or {}
    return LabelSelector(tuple(Requirement(key, "in", (wanted[key],)) for key in sorted(wanted)))


def from_object(selector: Mapping[str, Any] | None) -> LabelSelector:
    """A ``metav1.LabelSelector``; None matches nothing, an empty one everything."""
    if selector is None:
        return NOTHING
    requirements = list(from_labels(selector.get("matchLabels")).requirements)
    for expression in selector.get("matchExpressions") or ():
        requirements.append(_requirement(expression))
    return LabelSelector(tuple(requirements))


def _requirement(expression: Mapping[str, Any]) -> Requirement:
    operator = OPERATORS.get(expression.get("operator", ""))
    if operator is None:
        raise ValueError(f'"{expression.get("operator", "")}" is not a valid label selector operator')
    return Requirement(str(expression.get("key", "")), operator, tuple(expression.get("values") or ()))


# The text form: "app=web,tier in (a,b),!legacy"

_TOKEN = re.compile(r"\s*(==|!=|=|!|<|>|\(|\)|,|[^\s!=<>(),]+)")


def parse_label_selector(text: str) -> LabelSelector:
    """A selector as clients write it in ``labelSelector=``."""
    tokens = _TOKEN.findall(text)
    if _TOKEN.sub("", text).strip():
        raise ValueError(f"unable to parse requirement: couldn't parse the selector string {text!r}")
    parser = _Parser([*tokens, ""])
    requirements: list[Requirement] = []
    while parser.peek():
        requirements.append(parser.requirement())
        if parser.peek() == ",":
            parser.take()
            if not parser.peek():
                parser.fail("identifier after ','")
        elif parser.peek():
            parser.fail("',' or 'end of string'")
    return LabelSelector(tuple(sorted(requirements, key=lambda requirement: requirement.key)))


class _Parser:
    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at]

    def take(self) -> str:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def fail(self, expected: str) -> None:
        raise ValueError(f"unable to parse requirement: found '{self.peek()}', expected: {expected}")

    def identifier(self) -> str:
        if not self.peek() or self.peek()[0] in "=!<>(),":
            self.fail("identifier")
        return self.take()

    def requirement(self) -> Requirement:
        if self.peek() == "!":
            self.take()
            return Requirement(_label_key(self.identifier()), "!")
        key = _label_key(self.identifier())
        operator = self.peek()
        if operator in ("", ","):
            return Requirement(key, "exists")
        self.take()
        if operator in ("=", "==", "!="):
            return Requirement(key, "notin" if operator == "!=" else "in", (self.value(),))
        if operator in ("in", "notin"):
            return Requirement(key, operator, self.values())
        if operator in ("<", ">"):
            return Requirement(key, "gt" if operator == ">" else "lt", (self.number(),))
        self.at -= 1
        self.fail("in, notin, =, ==, !=, gt, lt")
        raise AssertionError("unreachable")

    def value(self) -> str:
        return "" if self.peek() in ("", ",", ")") else _label_value(self.identifier())

    def number(self) -> str:
        text = self.identifier()
        if not re.fullmatch(r"[+-]?\d+", text):
            raise ValueError("unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer")
        return text

    def values(self) -> tuple[str, ...]:
        if self.peek() != "(":
            self.fail("'('")
        self.take()
        found = [self.value()]
        while self.peek() == ",":
            self.take()
            found.append(self.value())
        if self.peek() != ")":
            self.fail("',', ')' or identifier")
        self.take()
        return tuple(sorted(dict.fromkeys(found)))


_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_LABEL_KEY = re.compile(rf"(?:[a-z0-9](?:[-a-z0-9.]{{0,251}}[a-z0-9])?/)?{_NAME}")
_LABEL_VALUE = re.compile(rf"(?:{_NAME})?")
_VALUE_HELP = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
    "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_KEY_HELP = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


def _label_key(text: str) -> str:
    if not _LABEL_KEY.fullmatch(text):
        raise ValueError(f'unable to parse requirement: key: Invalid value: "{text}": {_KEY_HELP}')
    return text


def _label_value(text: str) -> str:
    if not _LABEL_VALUE.fullmatch(text):
        raise ValueError(f'unable to parse requirement: values[0]: Invalid value: "{text}": {_VALUE_HELP}')
    return text


# Node selectors


@dataclass(frozen=True, slots=True)
class NodeSelectorTerm:
    """Requirements on labels and on ``metadata.name`` that must all hold; a term without any matches no node."""

    expressions: tuple[Requirement, ...]
    fields: tuple[Requirement, ...]

    def matches(self, labels: Mapping[str, str], name: str) -> bool:
        """Whether the node is meant."""
        if not self.expressions and not self.fields:
            return False
        if not all(requirement.matches(labels) for requirement in self.expressions):
            return False
        fields = {"metadata.name": name}
        return all(requirement.matches(fields) for requirement in self.fields)


@dataclass(frozen=True, slots=True)
class NodeSelector:
    """Terms of which one must hold."""

    terms: tuple[NodeSelectorTerm, ...]

    def matches(self, labels: Mapping[str, str] | None, name: str) -> bool:
        """Whether a node with these labels and this name is selected."""
        return any(term.matches(labels or {}, name) for term in self.terms)


def node_selector_term(term: Mapping[str, Any]) -> NodeSelectorTerm:
    """A ``NodeSelectorTerm`` document (also the ``preference`` of a preferred term)."""
    return NodeSelectorTerm(
        tuple(_requirement(item) for item in term.get("matchExpressions") or ()),
        tuple(_requirement(item) for item in term.get("matchFields") or ()),
    )


def node_selector(selector: Mapping[str, Any]) -> NodeSelector:
    """A ``NodeSelector`` document (``requiredDuringSchedulingIgnoredDuringExecution``)."""
    return NodeSelector(tuple(node_selector_term(term) for term in selector.get("nodeSelectorTerms") or ()))
