"""The components' logs, by pages, with what became of them between the lines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from orrery.kernel import LogLine, TraceEvent
from orrery.theatre.projections.journal import Journal
from orrery.theatre.records import LogPage, LogRow
from orrery.theatre.room import Room
from orrery.theatre.titles import title
from orrery.web.api.here import Here
from orrery.web.hall import Hall

ROWS_MOST = 500
LEVELS = {"debug": 0, "info": 1, "warning": 2, "error": 3, "fatal": 4}
KLOG = {"debug": "D", "info": "I", "warning": "W", "error": "E", "fatal": "F"}
Number = Annotated[int | None, Query(ge=0)]


def add(api: APIRouter, hall: Hall) -> None:
    @api.get("/logs")
    async def logs(
        room: Here, component: Annotated[str, Query(max_length=200)] = "", level: str = "",
        text: Annotated[str, Query(max_length=200)] = "", states: bool = True, before: Number = None,
        after: Number = None, at_ns: Number = None, limit: Annotated[int, Query(ge=1, le=ROWS_MOST)] = 200,
    ) -> LogPage:
        """Lines of one component, or of all; `level` and what is worse; `states` with changes of state between them."""
        journal = room.projections.journal
        last = room.recorder.last
        forwards = after is not None
        start = after + 1 if after is not None else last + 1 if before is None else before
        if at_ns is not None:
            start = journal.shelf.number_at(at_ns, last + 1)
        walk = journal.forwards(start, component) if forwards else journal.backwards(start, component)
        rows: list[LogRow] = []
        more = False
        for event in _fitting(walk, level, text.strip().lower(), states):
            if len(rows) == limit:
                more = True
                break
            rows.append(_row(room, journal, event))
        if not forwards:
            rows.reverse()
        return LogPage(
            rows=tuple(rows), older=(rows[0].event if rows else start) if more or forwards else None,
            newer=rows[-1].event if forwards and more else last if forwards else min(start, last + 1) - 1,
            kept_from_ns=journal.shelf.whole_from_ns,
            lines={name: count for name, count in sorted(journal.lines.items()) if count},
        )


def _fitting(events: Iterator[TraceEvent], level: str, text: str, states: bool) -> Iterator[TraceEvent]:
    least = LEVELS.get(level, 0)
    for event in events:
        if isinstance(event, LogLine):
            if LEVELS.get(event.level, 1) >= least and (not text or text in f"{event.source} {event.text}".lower()):
                yield event
        elif states and (not text or text in f"{event.source} {title(event)}".lower()):
            yield event


def _row(room: Room, journal: Journal, event: TraceEvent) -> LogRow:
    if not isinstance(event, LogLine):
        return LogRow(
            event=event.id, t_ns=event.time_ns, kind="state", source=event.source, text=title(event), type=event.TYPE,
            flow=event.flow,
        )
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=journal.wall_ns(event) // 1_000)
    host, _, unit = event.source.partition("/")
    return LogRow(
        event=event.id, t_ns=event.time_ns, kind="line", source=event.source, level=event.level, type=event.TYPE,
        stamp=f"{moment:%b %d %H:%M:%S} {host} {unit}:", flow=event.flow,
        text=f"{KLOG.get(event.level, 'I')}{moment:%m%d %H:%M:%S.%f} {event.text}",
    )
