"""The recorder: keeps the trace, within bounds, and answers why something happened and what it caused.

Everything that belongs to a flow is kept longest; heartbeats and other background are many and soon forgotten.
"""

from collections import OrderedDict
from itertools import takewhile
from typing import Any

import orjson

from orrery.apiserver.events import WatchCacheChanged, WatchChanged
from orrery.controllers.events import WorkChanged
from orrery.etcd.events import EtcdWatchChanged
from orrery.kernel import Kernel, LogLine, MessageReceived, MessageSent, TraceEvent, encode
from orrery.theatre.labels import label
from orrery.theatre.records import EventBrief, EventView
from orrery.theatre.titles import STAMP, title

STORY_KEPT = 60_000  # events that belong to a flow
BACKGROUND_KEPT = 20_000
CHAIN_MOST = 200
# What happens at every step of the way, and is no step itself.
UPKEEP = (MessageReceived, LogLine, WatchChanged, WatchCacheChanged, EtcdWatchChanged, WorkChanged)
EFFECTS_MOST = 50


class Recorder:
    """Events by number, within bounds; their effects; which answer belongs to which request."""

    def __init__(self, kernel: Kernel) -> None:
        self._story: OrderedDict[int, TraceEvent] = OrderedDict()
        self._background: OrderedDict[int, TraceEvent] = OrderedDict()
        self._effects: dict[int, list[int]] = {}
        self._answers: OrderedDict[int, int] = OrderedDict()  # call: event of its answer
        kernel.trace.subscribe(self._on_event)

    def event(self, number: int) -> TraceEvent | None:
        """The event of that number, if it is still kept."""
        return self._story.get(number) or self._background.get(number)

    def flow_events(self, flow: int) -> list[TraceEvent]:
        """What is kept of a flow, in order: messages sent, decisions and changes, heartbeats left out."""
        return [e for e in self._story.values() if e.flow == flow and _is_step(e)]

    def story(self, flow: int, after: int = 0) -> list[TraceEvent]:
        """All that is kept of a flow after an event, in order, receipts and heartbeats too."""
        newer = takewhile(lambda event: event.id > after, reversed(self._story.values()))
        return [event for event in newer if event.flow == flow][::-1]

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
        )

    def brief(self, event: TraceEvent) -> EventBrief:
        """One event in one line."""
        if isinstance(event, MessageSent):
            return EventBrief(
                event=event.id, t_ns=event.time_ns, type=event.TYPE, source=event.source, target=event.target,
                protocol=event.protocol, title=label(event),
            )
        return EventBrief(event=event.id, t_ns=event.time_ns, type=event.TYPE, source=event.source, title=title(event))

    def _causes(self, event: TraceEvent) -> list[EventBrief]:
        chain: list[EventBrief] = []
        parent = event.parent
        while parent and len(chain) < CHAIN_MOST:
            cause = self.event(parent)
            if cause is None:
                break
            if not isinstance(cause, MessageReceived):  # the sending tells it already
                chain.append(self.brief(cause))
            parent = cause.parent
        return chain

    def _consequences(self, event: TraceEvent) -> list[EventBrief]:
        found: list[EventBrief] = []
        pending = list(self._effects.get(event.id, ()))
        while pending and len(found) < EFFECTS_MOST:
            effect = self.event(pending.pop(0))
            if isinstance(effect, MessageReceived):
                pending = [*self._effects.get(effect.id, ()), *pending]
            elif effect is not None and not isinstance(effect, LogLine):
                found.append(self.brief(effect))
        return found

    def _on_event(self, event: TraceEvent) -> None:
        number = event.id
        if event.flow:
            self._story[number] = event
            self._effects.setdefault(event.parent, []).append(number)
            if len(self._story) > STORY_KEPT:
                old, _ = self._story.popitem(last=False)
                self._effects.pop(old, None)
        else:
            self._background[number] = event
            if len(self._background) > BACKGROUND_KEPT:
                self._background.popitem(last=False)
        if type(event) is MessageSent and event.call and event.part in ("response", "error", "item"):
            self._answers.setdefault(event.call, number)
            if len(self._answers) > BACKGROUND_KEPT:
                self._answers.popitem(last=False)


def _is_step(event: TraceEvent) -> bool:
    if isinstance(event, MessageSent):
        return not event.quiet
    return not isinstance(event, UPKEEP)


def _fields(event: TraceEvent) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(encode(event))
    return {key: value for key, value in document.items() if key not in (*STAMP, "type")}
