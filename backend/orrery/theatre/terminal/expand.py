"""From the words of a command to its arguments: variables, then patterns that name files."""

from __future__ import annotations

import re

from orrery.theatre.terminal.files import HOME
from orrery.theatre.terminal.grammar import Word, substitute
from orrery.theatre.terminal.toolbox import Place

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.S)
_PATTERN = "*?["


def words(given: list[Word], place: Place) -> list[str]:
    found: list[str] = []
    for word in given:
        if not any(piece.quote for piece in word):
            found += _bare("".join(piece.text for piece in word), place)
        else:
            found.append("".join(_value(piece.text, piece.quote, place) for piece in word))
    return found


def assignment(word: str) -> tuple[str, str] | None:
    """NAME=value, taken apart."""
    match = _ASSIGNMENT.fullmatch(word)
    return (match[1], match[2]) if match else None


def _bare(text: str, place: Place) -> list[str]:
    """Unquoted: a variable may be several words or none, and patterns count."""
    if text == "~" or text.startswith("~/"):
        text = HOME + text[1:]
    if "$" in text:
        value = substitute(text, place.variables)
        parts = value.split() if assignment(text) is None else [value]
    else:
        parts = [text]
    found: list[str] = []
    for part in parts:
        matching = place.files.matching(part) if any(letter in part for letter in _PATTERN) else []
        found += matching or [part]
    return found


def _value(text: str, quote: str, place: Place) -> str:
    return text if quote == "'" else substitute(text, place.variables)
