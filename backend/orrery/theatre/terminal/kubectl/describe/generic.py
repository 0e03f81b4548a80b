"""A kind that nobody described: its fields, with their names taken apart."""

from __future__ import annotations

import re
from typing import Any

from orrery.machinery.objects import labels_of
from orrery.theatre.terminal.kubectl.describe.desk import Desk
from orrery.theatre.terminal.kubectl.describe.paper import Document, Paper

_SKIPPED = (
    ".metadata.managedFields", ".metadata.name", ".metadata.namespace", ".metadata.labels", ".metadata.annotations",
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|.")
_ACRONYMS = ("API", "URL", "UID", "GUID")


async def generic(desk: Desk, obj: Document) -> str:
    events = await desk.events(obj)
    paper = desk.paper()
    paper.title(obj)
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)
    _content(paper, 0, obj, "")
    paper.events(events)
    return paper.text()


def _content(paper: Paper, level: int, content: Document, path: str) -> None:
    for field in sorted(content):
        value, here = content[field], f"{path}.{field}"
        if here in _SKIPPED:
            continue
        if isinstance(value, dict):
            paper.line(level, f"{label(field)}:")
            _content(paper, level + 1, value, here)
        elif isinstance(value, list):
            paper.line(level, f"{label(field)}:")
            for child in value:
                if isinstance(child, dict):
                    _content(paper, level + 1, child, here)
                else:
                    paper.line(level + 1, _printed(child))
        else:
            paper.line(level, f"{label(field)}:\t{_printed(value)}")


def _printed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<nil>" if value is None else str(value)


def label(field: str) -> str:
    """``creationTimestamp`` becomes ``Creation Timestamp``, ``uid`` ``UID``."""
    if not re.fullmatch(r"[A-Za-z-]+", field):
        return field
    words = []
    for word in _WORD.findall(field):
        if word.upper() in _ACRONYMS:
            words.append(word.upper())
        elif word.islower():
            words.append(word.title())
        else:
            words.append(word)
    return " ".join(words)
