"""The stage: every record as it is now, and what has changed since the browsers were last told.

Projections keep what they know and touch a record when an event changed it; the record itself is made only when
somebody looks (`drain`, `snapshot`), so that running fast costs little. What changes without an event of its own (a
timer that a heartbeat starts anew) is looked at by `glances` just then, before the records are made. The stage decides
nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from orrery.kernel import MessageSent
from orrery.theatre.labels import label
from orrery.theatre.records import Change, Mark, MessageView, Outcome, Record

MARKS_KEPT = 2_000
LOUD_MOST = 400  # messages drawn singly between two drains; what exceeds it is grouped by hop
IN_FLIGHT_MOST = 5_000

Build = Callable[[], Record | None]
Hop = tuple[str, str, str]


@dataclass(slots=True)
class News:
    """What happened between two drains, in order."""

    changes: list[Change] = field(default_factory=list)
    messages: list[MessageView] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def view(event: MessageSent, count: int = 1) -> MessageView:
    """A message as the browser draws it."""
    return MessageView(
        id=event.message, event=event.id, flow=event.flow, cause=event.parent, source=event.source, target=event.target,
        protocol=event.protocol, kind=event.kind, label=label(event), quiet=event.quiet, sent_ns=event.time_ns,
        arrives_ns=event.arrives_ns, count=count,
    )


class Stage:
    """Records by id, messages in flight, marks."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.marks: list[Mark] = []
        self.in_flight: dict[int, MessageSent] = {}
        self.glances: list[Callable[[], object]] = []
        self._dirty: dict[str, tuple[int, Build]] = {}
        self._messages: list[MessageSent] = []
        self._grouped: dict[Hop, tuple[MessageSent, int]] = {}
        self._outcomes: list[Outcome] = []
        self._marks: list[Mark] = []

    def touch(self, t_ns: int, record_id: str, build: Build) -> None:
        """The record of that id has changed; `build` makes it when it is looked at (None: it is gone)."""
        self._dirty[record_id] = (t_ns, build)

    def send(self, event: MessageSent) -> None:
        """A message leaves. Heartbeats, and what exceeds LOUD_MOST, are counted by hop instead of listed."""
        if event.quiet or len(self._messages) >= LOUD_MOST:
            hop = (event.source, event.target, event.protocol)
            first, count = self._grouped.get(hop, (event, 0))
            self._grouped[hop] = (first, count + 1)
        else:
            self._messages.append(event)
            if len(self.in_flight) < IN_FLIGHT_MOST:
                self.in_flight[event.message] = event

    def arrive(self, message_id: int) -> None:
        self.in_flight.pop(message_id, None)

    def end(
        self, message_id: int, t_ns: int, state: Literal["dropped", "delayed"],
        where: Literal["source", "link", "target"], reason: str, arrives_ns: int | None = None,
    ) -> None:
        """A message ends otherwise than foreseen. Said only of messages that the browsers know."""
        if message_id not in self.in_flight:
            return
        self._outcomes.append(
            Outcome(message=message_id, t_ns=t_ns, state=state, where=where, reason=reason, arrives_ns=arrives_ns)
        )
        if state == "dropped":
            del self.in_flight[message_id]

    def mark(self, mark: Mark) -> None:
        self.marks.append(mark)
        if len(self.marks) > MARKS_KEPT:
            del self.marks[: MARKS_KEPT // 10]
        self._marks.append(mark)

    def begin(self) -> None:
        """Forgets how things came to be as they are: no marks, no stories, nothing on its way."""
        self.settle()
        for record_id in [i for i in self.records if i.startswith("flow/")]:
            del self.records[record_id]
        self.marks, self._marks, self._messages, self._outcomes, self._grouped = [], [], [], [], {}
        self.in_flight = {}

    def settle(self) -> list[Change]:
        """Makes the records that were touched; gives those that truly changed."""
        for glance in self.glances:
            glance()
        changes = []
        dirty, self._dirty = self._dirty, {}
        for record_id, (t_ns, build) in dirty.items():
            record = build()
            if record is None:
                if self.records.pop(record_id, None) is not None:
                    changes.append(Change(t_ns=t_ns, id=record_id, record=None))
            elif self.records.get(record_id) != record:
                self.records[record_id] = record
                changes.append(Change(t_ns=t_ns, id=record_id, record=record))
        return changes

    def drain(self) -> News:
        """What is new since the last drain."""
        messages = [view(event) for event in self._messages]
        messages += [view(event, count) for event, count in self._grouped.values()]
        news = News(self.settle(), messages, self._outcomes, self._marks)
        self._messages, self._grouped, self._outcomes, self._marks = [], {}, [], []
        return news
