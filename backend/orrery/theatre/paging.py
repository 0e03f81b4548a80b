"""Everything that happened, as a list that is read by pages: forwards or backwards from an event's number, through a
filter. A page is bounded twice, in its rows and in how much is looked at for them, so that a filter that fits hardly
anything costs the server no more than another; the page then says where to go on."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orrery.kernel import MessageSent, TraceEvent
from orrery.theatre.labels import label
from orrery.theatre.recorder import Recorder, is_quiet
from orrery.theatre.records import EventPage, EventRow
from orrery.theatre.titles import title

ROWS_MOST = 500
EFFORT_MOST = 60_000  # looking at an event is 1, reading its words is READING
READING = 15


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What is wanted; what is left empty is not asked. `component` may be a host, which means all that is on it.
    `name` is an object's, as a whole word."""

    protocols: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    component: str = ""
    name: str = ""
    flow: int = 0
    text: str = ""
    from_ns: int = 0
    to_ns: int | None = None
    quiet: bool = False

    def matcher(self) -> tuple[Callable[[TraceEvent], bool], Callable[[str], bool] | None]:
        """(what can be said of an event at a glance, what has to be read of its words or None)."""
        protocols, types, component, flow, quiet = self.protocols, self.types, self.component, self.flow, self.quiet
        below = f"{component}/"

        def glance(event: TraceEvent) -> bool:
            if flow and event.flow != flow or not quiet and is_quiet(event):
                return False
            if types and event.TYPE not in types:
                return False
            if protocols and (not isinstance(event, MessageSent) or event.protocol not in protocols):
                return False
            if component:
                ends = (event.source, event.target) if isinstance(event, MessageSent) else (event.source,)
                return any(end == component or end.startswith(below) for end in ends)
            return True

        if not self.text and not self.name:
            return glance, None
        wanted = self.text.lower()
        word = re.compile(rf"(?<![\w.-]){re.escape(self.name)}(?![\w-])") if self.name else None
        return glance, lambda words: wanted in words.lower() and (word is None or word.search(words) is not None)


def page(
    recorder: Recorder, wanted: EventFilter, *, before: int | None = None, after: int | None = None,
    at_ns: int | None = None, limit: int = 200,
) -> EventPage:
    """The rows next to a place: the newest `before` a number, the first `after` one, or the newest up to an instant;
    with none of these, the newest of all."""
    limit = min(limit, ROWS_MOST)
    if after is not None:
        rows, seen, more = _collect(recorder, wanted, after + 1, limit, forwards=True)
        older: int | None = after + 1
        newer = seen if more else recorder.last
    else:
        start = recorder.number_at(at_ns) if at_ns is not None else recorder.last + 1 if before is None else before
        rows, seen, more = _collect(recorder, wanted, start, limit, forwards=False)
        rows.reverse()
        older, newer = seen, min(start, recorder.last + 1) - 1
    if after is None and not more:
        older = None
    return EventPage(
        rows=tuple(rows), older=older, newer=newer, last=recorder.last, kept_from_ns=recorder.kept_from_ns,
        quiet_from_ns=recorder.quiet_from_ns, counts=dict(sorted(recorder.counts.items())),
    )


def _collect(
    recorder: Recorder, wanted: EventFilter, start: int, limit: int, *, forwards: bool
) -> tuple[list[EventRow], int, bool]:
    """(rows in the order in which they were met, the last number looked at, whether there may be more)."""
    glance, read = wanted.matcher()
    rows: list[EventRow] = []
    seen, effort = start, 0
    for event in _walk(recorder, wanted, start, forwards):
        if len(rows) == limit or effort >= EFFORT_MOST:
            return rows, seen, True
        seen = event.id
        effort += 1
        if not glance(event):
            continue
        words = _words(event)
        if read is not None:
            effort += READING
            if not read(f"{words[1]} {words[0]} {event.source} {getattr(event, 'target', '')}"):
                continue
        rows.append(_row(event, words[0]))
    return rows, seen, False


def _walk(recorder: Recorder, wanted: EventFilter, start: int, forwards: bool) -> Iterator[TraceEvent]:
    """Events in order from a number on (or from before it, back), within the filter's span of time."""
    first = recorder.number_at(wanted.from_ns - 1) if wanted.from_ns else 0
    end = recorder.number_at(wanted.to_ns) if wanted.to_ns is not None else recorder.last + 1
    if forwards:
        for event in recorder.forwards(max(start, first), wanted.quiet):
            if event.id >= end:
                return
            yield event
    else:
        for event in recorder.backwards(min(start, end), wanted.quiet):
            if event.id < first:
                return
            yield event


def _words(event: TraceEvent) -> tuple[str, str]:
    """(the event in one line, what else it may be found by)."""
    if isinstance(event, MessageSent):
        key = getattr(event.body, "key", b"")
        return label(event), f"{event.kind} {key.decode('utf-8', 'replace') if isinstance(key, bytes) else key}"
    return title(event), event.TYPE


def _row(event: TraceEvent, words: str) -> EventRow:
    quiet = is_quiet(event)
    if isinstance(event, MessageSent):
        return EventRow(
            event=event.id, t_ns=event.time_ns, type=event.TYPE, source=event.source, target=event.target,
            protocol=event.protocol, message=event.message, part=event.part, title=words, flow=event.flow, quiet=quiet,
        )
    return EventRow(
        event=event.id, t_ns=event.time_ns, type=event.TYPE, source=event.source, title=words, flow=event.flow,
        quiet=quiet,
    )
