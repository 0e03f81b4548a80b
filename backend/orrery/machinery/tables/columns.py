"""What a printed column is, and the small formatters that several kinds share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orrery.machinery import selectors
from orrery.machinery.objects import meta, name_of
from orrery.machinery.time import human_duration, parse_time

Cells = list[Any]
Printer = Callable[[Mapping[str, Any], int], Cells]

NONE = "<none>"
UNSET = "<unset>"
UNKNOWN = "<unknown>"
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column; those of a priority above 0 are shown by ``-o wide`` alone."""

    name: str
    description: str
    type: str = "string"
    format: str = ""
    priority: int = 0

    def document(self) -> dict[str, Any]:
        """The column as ``columnDefinitions`` carries it."""
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind is printed: its columns, and the cells of one object at an instant (unix seconds)."""

    columns: tuple[Column, ...]
    cells: Printer


NAME = Column("Name", "The name of the object, unique in its namespace.", format="name")
AGE = Column("Age", "How long ago the object was created.")
CONTAINERS = Column("Containers", "The names of the template's containers.", priority=1)
IMAGES = Column("Images", "The images of the template's containers.", priority=1)
SELECTOR = Column("Selector", "The labels that select Pods.", priority=1)


def since(timestamp: str | None, now_s: int) -> str:
    """How long ago that was, as kubectl prints it; ``<unknown>`` for never."""
    return human_duration(now_s * _SECOND_NS - parse_time(timestamp)) if timestamp else UNKNOWN


def age(obj: Mapping[str, Any], now_s: int) -> str:
    """The object's AGE."""
    return since(meta(obj).get("creationTimestamp"), now_s)


def container_cells(template: Mapping[str, Any] | None) -> Cells:
    """The names and the images of a template's containers."""
    containers = ((template or {}).get("spec") or {}).get("containers") or ()
    names = ",".join(str(container.get("name", "")) for container in containers)
    images = ",".join(str(container.get("image", "")) for container in containers)
    return [names, images]


def selector_cell(selector: Mapping[str, Any] | None) -> str:
    """A label selector object in its text form."""
    try:
        return str(selectors.from_object(selector)) or NONE
    except ValueError:
        return "<error>"


def labels_cell(labels: Mapping[str, str] | None) -> str:
    """Labels as ``a=b,c=d``."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def at_most(items: Sequence[str], limit: int, empty: str) -> str:
    """The first few items and a count of the others."""
    shown = ",".join(items[:limit]) or empty
    return f"{shown} + {len(items) - limit} more..." if len(items) > limit else shown


def name_and_age(obj: Mapping[str, Any], now_s: int) -> Cells:
    """The cells of a kind that has no columns of its own."""
    return [name_of(obj), age(obj, now_s)]
