"""YAML whose every value knows its place, read strictly: what is missing, unknown or of the wrong kind is told in one
sentence with line, field and remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Any

import yaml

from orrery.machinery import quantity

_SPAN_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SPAN = re.compile(rf"(?:{_SPAN_PART.pattern})+")
_SPAN_NS = {"ns": 1, "us": 1000, "µs": 1000, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one sentence for people."""


class Field:
    """One value: a scalar, a mapping of Fields or a list of Fields. ``path`` is how people name it, ``line`` from 1."""

    __slots__ = ("_read", "line", "path", "value")

    def __init__(self, value: Any, line: int, path: str) -> None:
        self.value = value
        self.line = line
        self.path = path
        self._read: list[str] = []

    def error(self, problem: str) -> ConfigError:
        where = f"line {self.line}, {self.path}" if self.path else f"line {self.line}"
        return ConfigError(f"{where}: {problem}")

    # -- mappings

    def has(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def get(self, name: str) -> Field | None:
        """The field of that name; None where it is missing or null."""
        if not isinstance(self.value, dict):
            raise self.error(f"must be a mapping of fields, not {self._kind()}")
        self._read.append(name)
        found: Field | None = self.value.get(name)
        return None if found is None or found.value is None else found

    def need(self, name: str, example: str) -> Field:
        found = self.get(name)
        if found is None:
            raise self.error(f"{name} is missing; add for example {example}")
        return found

    def done(self) -> None:
        """Refuses fields that nobody asked for."""
        for name, found in self.value.items():
            if name not in self._read:
                raise found.error(f"unknown field; {self._suggestion(name)}")

    def ignore(self, *names: str) -> None:
        self._read.extend(names)

    def _suggestion(self, name: str) -> str:
        close = difflib.get_close_matches(name, self._read, n=1)
        return f"did you mean {close[0]}?" if close else f"known here are {', '.join(dict.fromkeys(self._read))}"

    def items(self) -> list[tuple[str, Field]]:
        if not isinstance(self.value, dict):
            raise self.error(f"must be a mapping of fields, not {self._kind()}")
        return list(self.value.items())

    # -- values

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.error(f"must be a string, not {self._kind()}; put it in quotes")
        return self.value

    def name(self) -> str:
        """A DNS name in lower case, as hosts have."""
        text = self.text()
        if not _NAME.fullmatch(text) or len(text) > 253:
            raise self.error(f"{text!r} is no name of a host; use lower-case letters, digits, '-' and '.'")
        return text

    def integer(self, low: int, high: int) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            raise self.error(f"must be a whole number from {low} to {high}, not {self._shown()}")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.error(f"must be true or false, not {self._shown()}")
        return self.value

    def choice(self, *options: str) -> str:
        if self.value not in options:
            raise self.error(f"must be one of {', '.join(options)}, not {self._shown()}")
        return str(self.value)

    def amount(self) -> str:
        """A Kubernetes quantity."""
        if isinstance(self.value, bool) or not isinstance(self.value, (str, int, float)):
            raise self.error(f"must be a quantity such as 4, 500m or 8Gi, not {self._kind()}")
        if not quantity.is_valid(self.value) or quantity.nano(self.value) <= 0:
            raise self.error(f"{self._shown()} is no positive quantity; write for example 4, 500m or 8Gi")
        return str(self.value)

    def span_ns(self, low_ns: int = 0, high_ns: int = 3600 * 10**9) -> int:
        """A span of time such as 400us, 12ms or 1m30s."""
        if not isinstance(self.value, str) or not _SPAN.fullmatch(self.value):
            raise self.error(f"must be a span of time such as 400us, 12ms or 5s, not {self._shown()}")
        span_ns = sum(round(float(number) * _SPAN_NS[unit]) for number, unit in _SPAN_PART.findall(self.value))
        if not low_ns <= span_ns <= high_ns:
            raise self.error(f"{self.value} is out of range; it may be from {low_ns} ns to {high_ns} ns")
        return span_ns

    def ip(self) -> str:
        try:
            return str(IPv4Address(self.text()))
        except AddressValueError:
            raise self.error(f"{self.value!r} is no IPv4 address; write for example 10.0.0.21") from None

    def subnet(self) -> IPv4Network:
        try:
            return IPv4Network(self.text())
        except (AddressValueError, NetmaskValueError, ValueError):
            raise self.error(f"{self.value!r} is no IPv4 subnet; write for example 10.244.0.0/16") from None

    def list(self) -> list[Field]:
        if not isinstance(self.value, list):
            raise self.error(f"must be a list, not {self._kind()}; begin each of its lines with '- '")
        return self.value

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def _kind(self) -> str:
        kinds = {dict: "a mapping", list: "a list", str: "a string", bool: "true or false", int: "a number",
                 float: "a number", type(None): "nothing"}  # fmt: skip
        return kinds.get(type(self.value), "this")

    def _shown(self) -> str:
        return repr(self.value) if isinstance(self.value, (str, int, float)) else self._kind()


def read_documents(text: str) -> list[Field]:
    """The documents of a YAML text, empty ones left out."""
    try:
        nodes: Sequence[Any] = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
        raise ConfigError(f"{place}not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"not YAML: {' '.join(str(error).split())}") from None
    loader = yaml.SafeLoader("")
    return [_field(node, "", loader) for node in nodes if node is not None]


def _field(node: Any, path: str, loader: yaml.SafeLoader) -> Field:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        fields: dict[str, Field] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            below = f"{path}.{key}" if path else key
            if key in fields:
                at = key_node.start_mark.line + 1
                raise ConfigError(f"line {at}, {below}: stands here twice; remove one of them")
            fields[key] = _field(value_node, below, loader)
            fields[key].line = key_node.start_mark.line + 1
        return Field(fields, line, path)
    if isinstance(node, yaml.SequenceNode):
        items = [_field(item, f"{path}[{index}]", loader) for index, item in enumerate(node.value)]
        return Field(items, line, path)
    return Field(loader.construct_object(node), line, path)
