"""Taking turns, medians, and the printed table."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: two figures of one unit, their ratio, and what the ratio shall be at least."""

    title: str
    unit: str
    ours: float
    theirs: float
    target: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def seconds(work: Callable[[], object]) -> float:
    """How long the work keeps a core busy, with garbage collected before it.

    On an idle machine that is the time on the wall; on a busy one it leaves out what others took.
    """
    gc.collect()
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def in_turns(sides: Sequence[Callable[[], float]], rounds: int, done: Callable[[], object]) -> list[float]:
    """Measures each side once a round, for several rounds; the median of each. `done` is called after each round."""
    figures: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, measured in zip(sides, figures, strict=True):
            measured.append(side())
        done()
    return [median(measured) for measured in figures]


def table(title: str, ours: str, theirs: str, rows: Sequence[Row]) -> str:
    """Rows as text: what, both figures, the ratio, and the ratio wanted."""
    cells = [("", ours, theirs, "ratio", "at least")]
    for row in rows:
        wanted = f"{row.target:.2f}" if row.target is not None else ""
        figures = (_figure(row.ours, row.unit), _figure(row.theirs, row.unit))
        cells.append((row.title, *figures, f"{row.ratio:.2f}", wanted))
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = [
        "  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in cells
    ]
    return "\n".join([title, *(f"  {line}" for line in lines)])


def _figure(value: float, unit: str) -> str:
    return f"{value:,.{0 if value >= 20 else 1}f} {unit}"
