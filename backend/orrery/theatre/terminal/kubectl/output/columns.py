"""``-o custom-columns=NAME:.metadata.name,...``"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.output.jsonpath import PathError, Template, relaxed
from orrery.theatre.terminal.kubectl.tabwriter import table_writer


class CustomColumn(NamedTuple):
    """A header and the path below it."""

    header: str
    path: Template


def parse_columns(spec: str) -> list[CustomColumn]:
    """The columns of a specification. Failure where it is none."""
    if not spec:
        raise error("custom-columns format specified but no custom columns given")
    columns = []
    for part in spec.split(","):
        header, colon, path = part.partition(":")
        if not colon:
            raise error(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        try:
            columns.append(CustomColumn(header, Template(relaxed(path))))
        except PathError as problem:
            raise error(str(problem)) from None
    return columns


def print_columns(columns: Sequence[CustomColumn], objects: Sequence[dict[str, Any]], *, headers: bool) -> str:
    """The objects in those columns."""
    writer = table_writer()
    if headers:
        writer.write("\t".join(column.header for column in columns) + "\n")
    for obj in objects:
        writer.write("\t".join(_cell(column, obj) for column in columns) + "\n")
    return writer.flush()


def _cell(column: CustomColumn, obj: dict[str, Any]) -> str:
    found = [value for values in column.path.results(obj) for value in values]
    return ",".join(_printed(value) for value in found) or "<none>"


def _printed(value: Any) -> str:
    """As Go's ``%v`` prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_printed(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(_printed(item) for item in value)}]"
    return "<nil>" if value is None else str(value)
