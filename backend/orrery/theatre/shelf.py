"""A shelf of trace events: numbered, in order, the oldest forgotten first. Finding one by its number, or those that an
event caused, needs no index of objects: two arrays of plain integers stand beside the events."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from orrery.kernel import MessageReceived, MessageSent, TraceEvent

_NOTHING = TraceEvent()


class Shelf:
    """At most `most` events. What is older than `whole_from` (a number) may have been forgotten."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.numbers = array("q")
        self.events: list[TraceEvent] = []
        self._parents = array("q")
        self._gone = 0  # at the front, forgotten, not yet cut off
        self.whole_from = 0
        self.whole_from_ns = 0

    def __len__(self) -> int:
        return len(self.events) - self._gone

    def add(self, event: TraceEvent) -> TraceEvent | None:
        """Puts an event at the end; gives the one that had to go for it, if one had."""
        self.numbers.append(event.id)
        self._parents.append(event.parent)
        self.events.append(event)
        if len(self.events) - self._gone <= self.most:
            return None
        old = self.events[self._gone]
        self.events[self._gone] = _NOTHING  # its memory is free at once, its place a little later
        self._gone += 1
        self.whole_from, self.whole_from_ns = old.id + 1, old.time_ns
        if self._gone > self.most >> 2:  # cut off a quarter at a time: rarely, and cheaply
            del self.numbers[: self._gone], self._parents[: self._gone], self.events[: self._gone]
            self._gone = 0
        return old

    def get(self, number: int) -> TraceEvent | None:
        at = bisect_left(self.numbers, number, self._gone)
        return self.events[at] if at < len(self.numbers) and self.numbers[at] == number else None

    def caused_by(self, number: int) -> Iterator[int]:
        """The numbers of the events whose parent is `number`, in order."""
        at = bisect_right(self.numbers, number, self._gone)
        while True:
            try:
                at = self._parents.index(number, at)
            except ValueError:
                return
            yield self.numbers[at]
            at += 1

    def forwards(self, number: int) -> Iterator[TraceEvent]:
        """The events from `number` on."""
        for at in range(bisect_left(self.numbers, number, self._gone), len(self.events)):
            yield self.events[at]

    def backwards(self, number: int) -> Iterator[TraceEvent]:
        """The events before `number`, newest first."""
        for at in range(bisect_left(self.numbers, number, self._gone) - 1, self._gone - 1, -1):
            yield self.events[at]

    def number_at(self, time_ns: int, otherwise: int) -> int:
        """The number of the first event later than an instant, or `otherwise`."""
        at = bisect_right(self.events, time_ns, self._gone, key=lambda event: event.time_ns)
        return self.numbers[at] if at < len(self.numbers) else otherwise


class Arrivals:
    """That messages arrived, four integers each: the event is put together again when somebody asks."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._numbers = array("q")
        self._times_ns = array("q")
        self._sent = array("q")
        self._flows = array("q")

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, event: MessageReceived) -> None:
        self._numbers.append(event.id)
        self._times_ns.append(event.time_ns)
        self._sent.append(event.parent)
        self._flows.append(event.flow)
        if len(self._numbers) > self.most + (self.most >> 2):
            surplus = len(self._numbers) - self.most
            del self._numbers[:surplus], self._times_ns[:surplus], self._sent[:surplus], self._flows[:surplus]

    def sent_of(self, number: int) -> tuple[int, int] | None:
        """The number of the message's sending, and when it arrived; None: `number` is no arrival that is kept."""
        at = bisect_left(self._numbers, number)
        if at < len(self._numbers) and self._numbers[at] == number:
            return self._sent[at], self._times_ns[at]
        return None

    def of_flow(self, flow: int, after: int) -> Iterator[tuple[int, int, int]]:
        """Those of a flow after an event, in order: their number, their instant, the number of the sending."""
        at = bisect_right(self._numbers, max(flow, after))
        while True:
            try:
                at = self._flows.index(flow, at)
            except ValueError:
                return
            yield self._numbers[at], self._times_ns[at], self._sent[at]
            at += 1

    def of(self, sent: int) -> tuple[int, int] | None:
        """The number and the instant at which what was sent as event `sent` arrived."""
        try:
            at = self._sent.index(sent, bisect_right(self._numbers, sent))
        except ValueError:
            return None
        return self._numbers[at], self._times_ns[at]


def received(number: int, time_ns: int, sent: MessageSent) -> MessageReceived:
    """The arrival as it was traced."""
    return MessageReceived(
        id=number, time_ns=time_ns, flow=sent.flow, parent=sent.id, source=sent.target, message=sent.message
    )
