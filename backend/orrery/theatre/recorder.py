"""The recorder: keeps the trace, within bounds, and answers why something happened and what it caused.

Two shelves. The story: whatever belongs to a flow, and whatever is no heartbeat; it is kept longest. The background:
heartbeats and the like, which are nearly all of the trace and soon forgotten. That a message arrived is kept as four
integers, since its sending tells everything else.

The bounds, and what they come to as measured (ten replicas deployed, rolled out anew and deleted; 980 bytes an event
of the story, 460 of the background, 32 an arrival, 130 an answer): 108 + 16 + 12 + 5 megabytes. Of such rounds the last
six or seven are there from the first to the last event; with three replicas each, some twenty, which is a class hour.
"""

import heapq
from collections import Counter, OrderedDict
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import orjson

from orrery.apiserver.events import RequestReceived, WatchCacheChanged, WatchChanged
from orrery.controllers.events import WorkChanged
from orrery.etcd.events import EtcdWatchChanged
from orrery.kernel import Kernel, LogLine, MessageReceived, MessageSent, TraceEvent, encode
from orrery.theatre.labels import label
from orrery.theatre.layers import layers
from orrery.theatre.records import EventBrief, EventView
from orrery.theatre.shelf import Arrivals, Shelf, received
from orrery.theatre.titles import STAMP, title

STORY_KEPT = 110_000
BACKGROUND_KEPT = 35_000
ARRIVALS_KEPT = 320_000
ANSWERS_KEPT = 40_000
CHAIN_MOST = 200
# What happens at every step of the way, and is no step itself.
UPKEEP = (RequestReceived, WatchChanged, WatchCacheChanged, EtcdWatchChanged, WorkChanged)
EFFECTS_MOST = 50
LOOKED_AT_MOST = 400  # arrivals that are followed for the effects of one event


class Recorder:
    """Events by number, within bounds; their effects; which answer belongs to which request."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._story = Shelf(STORY_KEPT)
        self._background = Shelf(BACKGROUND_KEPT)
        self.counts: Counter[str] = Counter()  # of what is kept, by type, heartbeats left out
        self._arrivals = Arrivals(ARRIVALS_KEPT)
        self._answers: OrderedDict[int, int] = OrderedDict()  # call: event of its answer
        kernel.trace.subscribe(self._on_event)

    @property
    def last(self) -> int:
        """The number of the newest event of the trace."""
        return self._kernel.trace.count

    def event(self, number: int) -> TraceEvent | None:
        """The event of that number, if it is still kept."""
        found = self._story.get(number) or self._background.get(number)
        if found is None:
            arrival = self._arrivals.sent_of(number)
            sent = self.event(arrival[0]) if arrival is not None else None
            if arrival is not None and isinstance(sent, MessageSent):
                return received(number, arrival[1], sent)
        return found

    def flow_events(self, flow: int) -> list[TraceEvent]:
        """What is kept of a flow, in order: messages sent, decisions and changes, heartbeats left out."""
        return [e for e in self._story.forwards(flow) if e.flow == flow and _is_step(e)]

    def story(self, flow: int, after: int = 0) -> list[TraceEvent]:
        """All that is kept of a flow after an event, in order, receipts and heartbeats too."""
        found = [event for event in self._story.forwards(max(flow, after + 1)) if event.flow == flow]
        for number, time_ns, sent_as in self._arrivals.of_flow(flow, after):
            sent = self.event(sent_as)
            if isinstance(sent, MessageSent):
                found.append(received(number, time_ns, sent))
        return sorted(found, key=lambda event: event.id)

    def forwards(self, number: int, quiet: bool) -> Iterator[TraceEvent]:
        """What is kept from a number on, arrivals left out; the background too if `quiet`."""
        if not quiet:
            return self._story.forwards(number)
        return heapq.merge(self._story.forwards(number), self._background.forwards(number), key=_number)

    def backwards(self, number: int, quiet: bool) -> Iterator[TraceEvent]:
        """What is kept before a number, newest first."""
        if not quiet:
            return self._story.backwards(number)
        both = self._story.backwards(number), self._background.backwards(number)
        return heapq.merge(*both, key=_number, reverse=True)

    def number_at(self, time_ns: int) -> int:
        """A number: all that is kept from it on is later than an instant, and nothing before it is."""
        return min(self._story.number_at(time_ns, self.last + 1), self._background.number_at(time_ns, self.last + 1))

    @property
    def kept_from_ns(self) -> int:
        """From when on all of the story is kept; 0: since the audience came in."""
        return self._story.whole_from_ns

    @property
    def quiet_from_ns(self) -> int:
        """From when on the background is kept too."""
        return max(self._background.whole_from_ns, self._story.whole_from_ns)

    def arrival(self, sent: int) -> tuple[int, int] | None:
        """The event and the instant at which the message sent as event `sent` arrived."""
        return self._arrivals.of(sent)

    def direct_effects(self, number: int) -> Iterator[TraceEvent]:
        """What names the event as its parent, arrivals left out."""
        numbers = sorted([*self._story.caused_by(number), *self._background.caused_by(number)])
        return (event for effect in numbers if (event := self.event(effect)) is not None)

    def explain(self, number: int) -> EventView | None:
        """One event with its causes and effects."""
        event = self.event(number)
        if event is None:
            return None
        answer, latency_ns = None, None
        if isinstance(event, MessageSent) and event.part in ("request", "stream"):
            found = self.event(self._answers.get(event.call, 0))
            if found is not None and found.id != event.id:
                answer, latency_ns = self.brief(found), found.time_ns - event.time_ns
        return EventView(
            event=event.id, t_ns=event.time_ns, type=event.TYPE, source=event.source, flow=event.flow,
            title=self.brief(event).title, fields=_fields(event), causes=tuple(self._causes(event)),
            effects=tuple(self._consequences(event)), answer=answer, latency_ns=latency_ns,
            layers=layers(event, self, self._kernel) if isinstance(event, MessageSent) else (),
        )

    def brief(self, event: TraceEvent) -> EventBrief:
        """One event in one line."""
        if isinstance(event, MessageSent):
            return EventBrief(
                event=event.id, t_ns=event.time_ns, type=event.TYPE, source=event.source, target=event.target,
                protocol=event.protocol, title=label(event),
            )
        return EventBrief(event=event.id, t_ns=event.time_ns, type=event.TYPE, source=event.source, title=title(event))

    def causes(self, event: TraceEvent) -> Iterator[TraceEvent]:
        """Its causes, the nearest first, as far as they are kept; arrivals left out, since the sending tells them."""
        parent, count = event.parent, 0
        while parent and count < CHAIN_MOST:
            arrival = self._arrivals.sent_of(parent)
            cause = self.event(arrival[0] if arrival is not None else parent)
            if cause is None:
                return
            count += 1
            yield cause
            parent = cause.parent

    def _causes(self, event: TraceEvent) -> list[EventBrief]:
        return [self.brief(cause) for cause in self.causes(event)]

    def _consequences(self, event: TraceEvent) -> list[EventBrief]:
        """What it caused, an arrival's own effects in its place."""
        found: list[EventBrief] = []
        pending, looked_at = [event.id], 0
        while pending and len(found) < EFFECTS_MOST and looked_at < LOOKED_AT_MOST:
            looked_at += 1
            number = pending.pop(0)
            effects = [effect for effect in self.direct_effects(number) if not isinstance(effect, LogLine)]
            found += [self.brief(effect) for effect in effects]
            arrival = self._arrivals.of(number)
            if arrival is not None:
                pending.append(arrival[0])
        return sorted(found, key=lambda brief: brief.event)[:EFFECTS_MOST]

    def _on_event(self, event: TraceEvent) -> None:
        if type(event) is MessageReceived:
            self._arrivals.add(event)
            return
        quiet = is_quiet(event)
        if event.flow or not quiet:
            if not quiet:
                self.counts[event.TYPE] += 1
            old = self._story.add(event)
            if old is not None and not is_quiet(old):
                self.counts[old.TYPE] -= 1
        else:
            self._background.add(event)
        if type(event) is MessageSent and event.call and event.part in ("response", "error", "item"):
            self._answers.setdefault(event.call, event.id)
            if len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)


_number = attrgetter("id")


def is_quiet(event: TraceEvent) -> bool:
    """Whether it is of the background: heartbeats, renewals, upkeep."""
    return getattr(event, "quiet", False) or isinstance(event, UPKEEP)


def _is_step(event: TraceEvent) -> bool:
    return not is_quiet(event) if isinstance(event, MessageSent) else not isinstance(event, (LogLine, *UPKEEP))


def _fields(event: TraceEvent) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(encode(event))
    return {key: value for key, value in document.items() if key not in (*STAMP, "type")}
