"""Tables as the server sets them (``meta.k8s.io/v1 Table``), decorated and put into columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orrery.machinery.resources import Resource
from orrery.theatre.terminal.kubectl.tabwriter import TabWriter

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown besides the server's columns."""

    wide: bool = False
    headers: bool = True
    namespace: bool = False
    kind: bool = False
    labels: bool = False
    label_columns: tuple[str, ...] = ()
    events: bool = False  # of a watch: what happened, as the first column


class TablePrinter:
    """Prints the tables of one type: the header once, then rows as they come."""

    def __init__(self, resource: Resource, look: Look, writer: TabWriter) -> None:
        self._resource = resource
        self._look = look
        self._writer = writer
        self._columns: list[Document] = []
        self._headed = False

    def print(self, table: Document, event: str = "") -> None:
        columns = table.get("columnDefinitions") or self._columns
        if columns != self._columns:
            self._columns, self._headed = columns, False
        rows = table.get("rows") or ()
        if rows and self._look.headers and not self._headed:
            self._line(self._decorated([str(column["name"]).upper() for column in columns], None, "EVENT"))
        self._headed = self._headed or bool(rows)
        for row in rows:
            self._line(self._decorated([_cell(cell) for cell in row["cells"]], row, event))

    def _decorated(self, cells: list[str], row: Document | None, event: str) -> list[str]:
        look = self._look
        shown = [
            cell for cell, column in zip(cells, self._columns, strict=False) if look.wide or not column.get("priority")
        ]
        metadata = (((row or {}).get("object") or {}).get("metadata") or {}) if row is not None else {}
        if look.kind and row is not None:
            at = next((i for i, column in enumerate(self._columns) if column.get("format") == "name"), 0)
            named = self._resource.singular + (f".{self._resource.group}" if self._resource.group else "")
            if at < len(shown):
                shown[at] = f"{named}/{shown[at]}"
        labels = metadata.get("labels") or {}
        shown += [
            str(labels.get(label, "")) if row is not None else label.rpartition("/")[2].upper()
            for label in look.label_columns
        ]
        if look.labels:
            shown.append("LABELS" if row is None else labels_text(labels))
        if look.namespace:
            shown.insert(0, "NAMESPACE" if row is None else str(metadata.get("namespace", "")))
        if look.events:
            shown.insert(0, event)
        return shown

    def _line(self, cells: Sequence[str]) -> None:
        self._writer.write("\t".join(cells) + "\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        first = re.split(r"[\f\n\r]", value, maxsplit=1)
        return first[0] + ("..." if len(first) > 1 else "")
    return str(value)


def labels_text(labels: dict[str, str]) -> str:
    """``a=b,c=d``"""
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) or "<none>"
