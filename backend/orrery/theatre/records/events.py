"""Answers to those who read through everything that happened: pages of events, and of logs."""

from __future__ import annotations

from typing import Literal

from orrery.theatre.records.base import Model, ProtocolName


class EventRow(Model):
    """One event in a list."""
    event: int
    t_ns: int
    type: str
    source: str
    target: str = ""
    protocol: ProtocolName | None = None
    message: int = 0            # of a message: its number
    part: str = ""              # of a message: request, response, item, …
    title: str
    flow: int
    quiet: bool = False


class EventPage(Model):
    """GET /api/events: a stretch of the list, oldest first."""
    rows: tuple[EventRow, ...]
    older: int | None           # ask `before` this for what precedes; None: nothing older is kept
    newer: int                  # ask `after` this for what follows
    last: int                   # the newest event of the run
    kept_from_ns: int           # the story is whole from here on
    quiet_from_ns: int          # and heartbeats from here on
    counts: dict[str, int]      # of what is kept, by type, heartbeats left out


LogKind = Literal["line", "state"]


class LogRow(Model):
    """A line of a component's log, or a change of its state between two lines."""
    event: int
    t_ns: int
    kind: LogKind
    source: str
    level: str = ""             # info, warning, error, fatal
    stamp: str = ""             # as journalctl begins the line: "Nov 24 11:41:36 cp-1 kubelet[1]:"
    text: str
    type: str
    flow: int


class LogPage(Model):
    """GET /api/logs: a stretch of a log, oldest first."""
    rows: tuple[LogRow, ...]
    older: int | None
    newer: int
    kept_from_ns: int
    lines: dict[str, int]       # how many lines are kept of each component
