"""JSON as Go writes it: keys sorted, HTML's characters escaped."""

from __future__ import annotations

import json
from typing import Any

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def dump_json(value: Any) -> str:
    """Four spaces deep, with a line feed at the end: ``-o json``."""
    return _escaped(json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False)) + "\n"


def compact_json(value: Any, *, escaped: bool = True) -> str:
    """On one line."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return _escaped(text) if escaped else text


def _escaped(text: str) -> str:
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text
