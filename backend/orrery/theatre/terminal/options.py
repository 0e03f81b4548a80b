"""Flags as the real tools take them: `-n 5`, `-n5`, `-abc`, `--name value`, `--name=value`, `--` ends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class UsageError(ValueError):
    """A flag that the tool does not know, or that lacks its value."""


@dataclass(slots=True)
class Options:
    """The values of the flags that were given, by their long names (flags that take none have ""), and what is left."""

    values: dict[str, list[str]] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def last(self, name: str, otherwise: str = "") -> str:
        return self.values[name][-1] if name in self.values else otherwise

    def all(self, name: str) -> list[str]:
        return self.values.get(name, [])

    def number(self, name: str, otherwise: int) -> int:
        """Raises UsageError where it is none."""
        value = self.last(name)
        if not value:
            return otherwise
        try:
            return int(value)
        except ValueError:
            raise UsageError(f"invalid value {value!r} of --{name}") from None


def read(
    arguments: Sequence[str],
    flags: Mapping[str, bool],
    short: Mapping[str, str] | None = None,
    *,
    mixed: bool = True,
    optional: Sequence[str] = (),
) -> Options:
    """`flags` are the long names, and whether each takes a value; `short` their letters. `mixed`: flags may stand after
    other arguments. `optional` are those whose value may be missing. Raises UsageError."""
    options = Options()
    short = short or {}
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            options.rest += waiting
            break
        if word.startswith("--") and len(word) > 2:
            name, equals, value = word[2:].partition("=")
            if name not in flags:
                raise UsageError(f"unknown flag: --{name}")
            if flags[name] and not equals:
                value = _value(f"--{name}", waiting, name in optional)
            options.values.setdefault(name, []).append(value)
        elif word.startswith("-") and len(word) > 1 and not (word[1:].isdigit() and "number" not in short):
            _short(word[1:], flags, short, waiting, options, optional)
        else:
            options.rest.append(word)
            if not mixed:
                options.rest += waiting
                break
    return options


def _short(
    letters: str,
    flags: Mapping[str, bool],
    short: Mapping[str, str],
    waiting: list[str],
    options: Options,
    optional: Sequence[str],
) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        name = short.get(letter)
        if name is None:
            raise UsageError(f"unknown shorthand flag: '{letter}' in -{letter}{letters}")
        value = ""
        if flags[name]:
            value = letters.removeprefix("=") if letters else _value(f"-{letter}", waiting, name in optional)
            letters = ""
        options.values.setdefault(name, []).append(value)


def _value(flag: str, waiting: list[str], may_lack: bool) -> str:
    if waiting and not (may_lack and (waiting[0].startswith("-") or not waiting[0].isdigit())):
        return waiting.pop(0)
    if may_lack:
        return ""
    raise UsageError(f"flag needs an argument: {flag}")
