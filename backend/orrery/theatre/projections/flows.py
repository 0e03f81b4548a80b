"""Messages on their way, and the causal stories that they belong to."""

from dataclasses import dataclass
from typing import cast

from orrery.kernel import FlowStarted, MessageDelayed, MessageDropped, MessageReceived, MessageSent
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.records import FlowKind, FlowRecord
from orrery.theatre.stage import Stage
from orrery.theatre.stories import Story, story

FLOWS_KEPT = 200
FLOW_KINDS = ("request", "fault", "election", "eviction", "controller", "kubelet")


@dataclass(slots=True)
class Flow:
    """A causal story so far. `moving` holds its messages in flight, by number."""

    number: int
    kind: str
    title: str
    story: Story
    subject: str
    started_ns: int
    last_ns: int
    steps: int
    moving: dict[int, MessageSent]


class Flows:
    """Every flow that was started, the latest FLOWS_KEPT of them, and what of each is in flight."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._flow_of: dict[int, int] = {}  # by message in flight
        self.by_number: dict[int, Flow] = {}

    def handlers(self) -> Handlers:
        return {
            FlowStarted: self._started,
            MessageSent: self._sent,
            MessageReceived: self._received,
            MessageDelayed: self._delayed,
            MessageDropped: self._dropped,
        }

    def _started(self, event: FlowStarted) -> None:
        self.by_number[event.flow] = Flow(
            event.flow, event.kind, event.title, story(event), event.subject, event.time_ns, event.time_ns, 0, {}
        )
        if len(self.by_number) > FLOWS_KEPT:
            oldest = next(iter(self.by_number))
            del self.by_number[oldest]
            self._stage.touch(event.time_ns, f"flow/{oldest}", lambda: None)
        self._touch(event.time_ns, event.flow)

    def _sent(self, event: MessageSent) -> None:
        self._stage.send(event)
        if event.quiet:
            return
        flow = self.by_number.get(event.flow)
        if flow is not None:
            flow.steps += 1
            flow.last_ns = event.time_ns
            flow.moving[event.message] = event
            self._flow_of[event.message] = event.flow
            self._touch(event.time_ns, event.flow)

    def _received(self, event: MessageReceived) -> None:
        self._stage.arrive(event.message)
        self._over(event.message, event.time_ns)

    def _delayed(self, event: MessageDelayed) -> None:
        self._stage.end(event.message, event.time_ns, "delayed", "link", event.reason, event.arrives_ns or None)
        if not event.arrives_ns:
            self._over(event.message, event.time_ns)  # held: nothing moves until it is sent again

    def _dropped(self, event: MessageDropped) -> None:
        where = event.where if event.where in ("source", "link", "target") else "link"
        self._stage.end(event.message, event.time_ns, "dropped", where, event.reason)  # type: ignore[arg-type]
        self._over(event.message, event.time_ns)

    def _over(self, message: int, t_ns: int) -> None:
        number = self._flow_of.pop(message, None)
        if number is not None:
            flow = self.by_number.get(number)
            if flow is not None:
                flow.moving.pop(message, None)
                flow.last_ns = t_ns
                self._touch(t_ns, number)

    def _touch(self, t_ns: int, number: int) -> None:
        self._stage.touch(t_ns, f"flow/{number}", lambda: self.record(number))

    def record(self, number: int) -> FlowRecord | None:
        flow = self.by_number.get(number)
        if flow is None:
            return None
        return FlowRecord(
            id=f"flow/{number}", flow=number, kind=cast(FlowKind, flow.kind if flow.kind in FLOW_KINDS else "other"),
            title=flow.title, what=flow.story.what, arguments=flow.story.arguments, subject=flow.subject,
            started_ns=flow.started_ns, steps=flow.steps, in_flight=len(flow.moving), last_ns=flow.last_ns,
        )
