"""Patterns as grep takes them, as Python's: a pattern that could run for ever is refused before it is tried."""

from __future__ import annotations

import re

LINE_MOST = 4096
PATTERN_MOST = 200
_LOOPS_MOST = 3
_NESTED = re.compile(r"\([^()]*[*+}|][^()]*\)[*+{?]")
_LOOP = re.compile(r"(?<!\\)[*+]|\{\d*,\}")
_CLASSES = {
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:alnum:]": "A-Za-z0-9",
    "[:space:]": r"\s",
    "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
}


def compile_pattern(
    pattern: str, *, extended: bool, fixed: bool, ignore_case: bool, whole_word: bool
) -> re.Pattern[str]:
    """Raises ValueError with a sentence."""
    if len(pattern) > PATTERN_MOST:
        raise ValueError("the pattern is too long")
    if fixed:
        translated = re.escape(pattern)
    else:
        for name, members in _CLASSES.items():
            pattern = pattern.replace(name, members)
        translated = pattern if extended else _from_basic(pattern)
    if not fixed and (
        _NESTED.search(translated) or len(_LOOP.findall(translated)) > _LOOPS_MOST or re.search(r"\\\d", translated)
    ):
        raise ValueError("this pattern could take for ever: no repetition inside a repetition, please")
    if whole_word:
        translated = rf"\b(?:{translated})\b"
    try:
        return re.compile(translated, re.IGNORECASE if ignore_case else 0)
    except re.error as error:
        raise ValueError(f"Invalid regular expression: {error}") from None


def _from_basic(pattern: str) -> str:
    """In a basic expression + ? | ( ) { } mean themselves, and with a backslash what they mean in an extended one."""
    result, i = "", 0
    while i < len(pattern):
        letter = pattern[i]
        if letter == "\\" and i + 1 < len(pattern):
            after = pattern[i + 1]
            result += after if after in "+?|(){}" else letter + after
            i += 2
            continue
        if letter == "[":
            end = pattern.find("]", i + 2)
            if end > 0:
                result += pattern[i : end + 1]
                i = end + 1
                continue
        result += "\\" + letter if letter in "+?|(){}" else letter
        i += 1
    return result
