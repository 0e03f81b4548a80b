"""Text in columns, as Go's ``text/tabwriter`` sets it; both what ``get`` and what ``describe`` print looks so by it.

A cell ends with a tab; the last piece of a line belongs to no column. A column is a block of lines that follow each
other and all have the cell: its width is that of the widest, plus padding.
"""

from __future__ import annotations


class TabWriter:
    """Collects text and gives it set in columns. ``remember``: a column never becomes narrower than it was before,
    which is how the lines of a watch stay below each other."""

    def __init__(self, min_width: int, padding: int, *, remember: bool = False) -> None:
        self._min_width = min_width
        self._padding = padding
        self._remember = remember
        self._text: list[str] = []
        self._remembered: list[int] = []

    def write(self, text: str) -> None:
        self._text.append(text)

    def forget(self) -> None:
        """The widths remembered so far count no more: another table begins."""
        self._remembered = []

    def flush(self) -> str:
        """What was written since the last flush, in columns."""
        text, self._text = "".join(self._text), []
        if not text:
            return ""
        lines = [line.split("\t") for line in text.split("\n")]
        widths: list[list[int]] = [[] for _ in lines]
        self._column(lines, widths, 0, 0, len(lines))
        return "\n".join(_padded(line, width) for line, width in zip(lines, widths, strict=True))

    def _column(self, lines: list[list[str]], widths: list[list[int]], column: int, first: int, end: int) -> None:
        at = first
        while at < end:
            if column >= len(lines[at]) - 1:
                at += 1
                continue
            begin = at
            while at < end and column < len(lines[at]) - 1:
                at += 1
            width = self._width(lines, column, begin, at)
            for row in range(begin, at):
                widths[row].append(width)
            self._column(lines, widths, column + 1, begin, at)

    def _width(self, lines: list[list[str]], column: int, begin: int, end: int) -> int:
        width = self._min_width
        if self._remember and column < len(self._remembered):
            width = max(width, self._remembered[column])
        width = max(width, *(len(line[column]) + self._padding for line in lines[begin:end]))
        if self._remember:
            self._remembered[column:column + 1] = [width]
        return width


def _padded(line: list[str], widths: list[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
    return "".join(cells) + "".join(line[len(widths):])


def describe_writer() -> TabWriter:
    """The columns of ``describe``."""
    return TabWriter(0, 2)


def table_writer() -> TabWriter:
    """The columns of ``get``."""
    return TabWriter(6, 3, remember=True)
