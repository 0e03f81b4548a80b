"""Flags, read as kubectl reads them (spf13/pflag): in any place, ``--name=value`` or ``--name value``, ``-n value``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["string", "bool", "int", "duration", "strings", "array"]

_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_UNITS_NS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag. ``strings`` are cut at commas, an ``array`` takes each value whole; both may be given again.
    ``without`` is what the flag means when it stands alone (None: it needs a value)."""

    name: str
    default: Any
    help: str
    kind: Kind = "string"
    short: str = ""
    without: str | None = None

    @property
    def label(self) -> str:
        """How errors name it."""
        return f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"


class FlagError(Exception):
    """The flags could not be read; the text is pflag's."""


class HelpAsked(Exception):
    """``--help`` was given."""


class Flags:
    """What was given, by name: ``flags["namespace"]``; ``given`` tells a default from a choice."""

    def __init__(self, known: Sequence[Flag]) -> None:
        self._known = {flag.name: flag for flag in known}
        self._short = {flag.short: flag for flag in known if flag.short}
        self._values: dict[str, Any] = {}
        self.arguments: list[str] = []
        self.dash_at = -1  # how many arguments stand before ``--``; -1: there is none

    def __getitem__(self, name: str) -> Any:
        return self._values[name] if name in self._values else self._known[name].default

    def get(self, name: str) -> Any:
        """The same, None where the command has no such flag."""
        return self[name] if name in self._known else None

    def given(self, name: str) -> bool:
        """Whether the flag was set by the person."""
        return name in self._values

    def parse(self, words: Sequence[str]) -> None:
        """Raises FlagError, HelpAsked."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word == "--":
                self.dash_at = len(self.arguments)
                self.arguments += rest
                return
            if word.startswith("--"):
                self._long(word, rest)
            elif word.startswith("-") and word != "-":
                self._shorts(word, rest)
            else:
                self.arguments.append(word)

    def _long(self, word: str, rest: list[str]) -> None:
        name, equals, value = word[2:].partition("=")
        flag = self._known.get(name)
        if flag is None:
            if name == "help":
                raise HelpAsked
            raise FlagError(f"unknown flag: --{name}")
        if not equals:
            if flag.without is not None:
                value = flag.without
            elif flag.kind == "bool":
                value = "true"
            elif rest:
                value = rest.pop(0)
            else:
                raise FlagError(f"flag needs an argument: --{name}")
        self._set(flag, value)

    def _shorts(self, word: str, rest: list[str]) -> None:
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            flag = self._short.get(letter)
            if flag is None:
                if letter == "h":
                    raise HelpAsked
                raise FlagError(f"unknown shorthand flag: '{letter}' in {word}")
            if letters.startswith("="):
                value, letters = letters[1:], ""
            elif flag.kind == "bool" or flag.without is not None:
                value = "true" if flag.without is None else flag.without
            elif letters:
                value, letters = letters, ""
            elif rest:
                value = rest.pop(0)
            else:
                raise FlagError(f"flag needs an argument: '{letter}' in {word}")
            self._set(flag, value)

    def _set(self, flag: Flag, text: str) -> None:
        try:
            value = _value(flag, text)
        except ValueError as error:
            raise FlagError(f'invalid argument "{text}" for "{flag.label}" flag: {error}') from None
        if flag.kind in ("strings", "array"):
            value = [*self._values.get(flag.name, ()), *value]
        self._values[flag.name] = value


def _value(flag: Flag, text: str) -> Any:
    if flag.kind == "bool":
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        raise ValueError(f'strconv.ParseBool: parsing "{text}": invalid syntax')
    if flag.kind == "int":
        if re.fullmatch(r"[+-]?\d+", text):
            return int(text)
        raise ValueError(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    if flag.kind == "duration":
        return duration_ns(text)
    if flag.kind == "strings":
        return text.split(",") if text else []
    return [text] if flag.kind == "array" else text


def duration_ns(text: str) -> int:
    """A duration as Go writes it. ValueError in Go's words."""
    body = text.removeprefix("-").removeprefix("+")
    sign = -1 if text.startswith("-") else 1
    if body == "0":
        return 0
    parts = _DURATION.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        if re.fullmatch(r"[\d.]+", body):
            raise ValueError(f'time: missing unit in duration "{text}"')
        raise ValueError(f'time: invalid duration "{text}"')
    return sign * int(sum(float(number) * _UNITS_NS[unit] for number, unit in parts))


GLOBAL: tuple[Flag, ...] = (
    Flag("as", "", "Username to impersonate for the operation."),
    Flag("as-group", (), "Group to impersonate for the operation.", "array"),
    Flag("cluster", "", "The name of the kubeconfig cluster to use"),
    Flag("context", "", "The name of the kubeconfig context to use"),
    Flag("kubeconfig", "", "Path to the kubeconfig file to use for CLI requests."),
    Flag("namespace", "", "If present, the namespace scope for this CLI request", short="n"),
    Flag("request-timeout", "0", "The length of time to wait before giving up on a single server request."),
    Flag("server", "", "The address and port of the Kubernetes API server", short="s"),
    Flag("user", "", "The name of the kubeconfig user to use"),
    Flag("v", "0", "number for the log level verbosity", short="v"),
    Flag("warnings-as-errors", False, "Treat warnings received from the server as errors", "bool"),
)


def described(flags: Sequence[Flag]) -> str:
    """The flags as help lists them."""
    lines = []
    for flag in sorted(flags, key=lambda flag: flag.name):
        lines.append(f"    {flag.label}={_shown(flag)}:\n\t{flag.help}\n")
    return "\n".join(lines)


def _shown(flag: Flag) -> str:
    if flag.kind in ("strings", "array"):
        return f"[{','.join(flag.default)}]"
    if flag.kind == "bool":
        return "true" if flag.default else "false"
    if flag.kind == "duration":
        return f"{flag.default // 10**9}s"
    return f"'{flag.default}'" if flag.kind == "string" else str(flag.default)
