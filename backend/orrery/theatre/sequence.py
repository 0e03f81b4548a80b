"""A flow told as a sequence diagram, step by step.

A step is a message that is no heartbeat, or something that a component did or decided (`ACTS`). Its cause is the step
that led to it: the nearest one among its causes, so that receipts and log lines do not come between. Which steps are
the lecture's sixteen is decided here, from the causes (`creation.py`).

Flows grow, and their audience asks again and again: what has been read of a flow is kept, and each question reads on.
"""

from collections import OrderedDict
from collections.abc import Callable

from orrery.apiserver.events import RequestAuthorized
from orrery.client.events import LeadershipChanged
from orrery.controllers.events import Reconciled
from orrery.etcd.events import RaftStateChanged
from orrery.kernel import (
    HostCrashed,
    HostStarted,
    Kernel,
    MessageDelayed,
    MessageDropped,
    MessageReceived,
    MessageSent,
    ProcessExited,
    ProcessHung,
    ProcessResumed,
    ProcessStarted,
    TraceEvent,
)
from orrery.node.events import ContainerChanged, ImagePulled, SandboxChanged
from orrery.scheduler.events import SchedulingDecision
from orrery.theatre.creation import Creations
from orrery.theatre.labels import label
from orrery.theatre.projections import Projections
from orrery.theatre.recorder import Recorder
from orrery.theatre.records import LectureStep, Outcome, PodCreation, SequenceReply, SequenceStep
from orrery.theatre.titles import title

ACTS: tuple[type[TraceEvent], ...] = (
    RequestAuthorized, SchedulingDecision, Reconciled, SandboxChanged, ImagePulled, ContainerChanged, RaftStateChanged,
    LeadershipChanged, ProcessStarted, ProcessExited, ProcessHung, ProcessResumed, HostCrashed, HostStarted,
)
STEPS_MOST = 4_000  # in one answer
FLOWS_KEPT = 4


class Sequences:
    """The flows of one run as sequences. Raises KeyError for a flow that is not known."""

    def __init__(self, kernel: Kernel, recorder: Recorder, projections: Projections) -> None:
        self._kernel = kernel
        self._recorder = recorder
        self._projections = projections
        self._read: OrderedDict[int, _Flow] = OrderedDict()

    def reply(self, flow: int, after: int = 0) -> SequenceReply:
        """The steps of a flow after an event, and in full what may change about those before."""
        record = self._projections.flows.record(flow)
        if record is None:
            raise KeyError(flow)
        read = self._read.setdefault(flow, _Flow(self._projections.watches.opened))
        self._read.move_to_end(flow)
        while len(self._read) > FLOWS_KEPT:
            self._read.popitem(last=False)
        for event in self._recorder.story(flow, read.upto):
            read.feed(event)
        steps = read.steps[read.index_after(after):]
        cut = steps[:STEPS_MOST]
        return SequenceReply(
            flow=record, whole=read.first == flow, upto=cut[-1].event if len(cut) < len(steps) else read.upto,
            more=len(cut) < len(steps), steps=tuple(cut), opened=read.opened(),
            outcomes=(*read.outcomes, *read.overdue(self._kernel.now_ns)), pods=read.pods(),
        )


class _Flow:
    """What has been read of one flow."""

    def __init__(self, opened: Callable[[int], tuple[MessageSent, ...]]) -> None:
        self._opened = opened
        self._creations = Creations(opened)
        self._step_of: dict[int, int] = {}  # event: the nearest step among it and its causes
        self._on_their_way: dict[int, SequenceStep] = {}
        self._delayed: dict[int, None] = {}
        self.first = 0
        self.upto = 0
        self.steps: list[SequenceStep] = []
        self.outcomes: list[Outcome] = []

    def feed(self, event: TraceEvent) -> None:
        self.first = self.first or event.id
        self.upto = event.id
        self._creations.feed(event)
        cause = self._step_of.get(event.parent, 0)
        if isinstance(event, MessageSent):
            if not event.quiet:
                self.steps.append(_message(event, cause))
                self._on_their_way[event.message] = self.steps[-1]
                cause = event.id
        elif isinstance(event, ACTS):
            self.steps.append(_act(event, cause))
            cause = event.id
        elif isinstance(event, MessageReceived | MessageDelayed | MessageDropped):
            self._end(event)
        self._step_of[event.id] = cause

    def _end(self, event: MessageReceived | MessageDelayed | MessageDropped) -> None:
        step = self._on_their_way.get(event.message)
        if step is None:
            return
        if isinstance(event, MessageDelayed):
            self._delayed[event.message] = None
            self.outcomes.append(Outcome(
                message=event.message, t_ns=event.time_ns, state="delayed", where="link", reason=event.reason,
                arrives_ns=event.arrives_ns or None,
            ))
            return
        del self._on_their_way[event.message]
        if isinstance(event, MessageDropped):
            where = event.where if event.where in ("source", "link", "target") else "link"
            self.outcomes.append(Outcome(
                message=event.message, t_ns=event.time_ns, state="dropped", where=where,
                reason=event.reason,
            ))
        elif event.time_ns > step.arrives_ns and event.message not in self._delayed:
            self.outcomes.append(_held(step, event.time_ns))

    def overdue(self, now_ns: int) -> list[Outcome]:
        """What should have arrived and was not taken: its receiver hangs."""
        return [
            _held(step, None) for step in self._on_their_way.values()
            if step.arrives_ns < now_ns and step.message not in self._delayed
        ]

    def index_after(self, event: int) -> int:
        """Of the first step after an event."""
        index = len(self.steps)
        while index and self.steps[index - 1].event > event:
            index -= 1
        return index

    def opened(self) -> tuple[SequenceStep, ...]:
        """The watches on which the lecture's steps 7 and 12 came, where they began before the flow."""
        found: dict[int, SequenceStep] = {}
        for pod in self._creations.pods():
            steps = self._creations.steps(pod)
            for number in (6, 11):
                if number in steps and steps[number].id not in self._step_of:
                    for message in self._opened(steps[number].call):
                        found[message.id] = _message(message, 0)
        return tuple(found[number] for number in sorted(found))

    def pods(self) -> tuple[PodCreation, ...]:
        return tuple(
            PodCreation(
                pod=pod,
                steps=tuple(LectureStep(number=n, event=e.id) for n, e in self._creations.steps(pod).items()),
            )
            for pod in self._creations.pods()
        )


def _message(event: MessageSent, cause: int) -> SequenceStep:
    return SequenceStep(
        event=event.id, cause=cause, t_ns=event.time_ns, arrives_ns=event.arrives_ns, source=event.source,
        target=event.target, protocol=event.protocol, part=event.part,
        call=event.call, message=event.message, type=event.TYPE, label=label(event),
    )


def _act(event: TraceEvent, cause: int) -> SequenceStep:
    return SequenceStep(
        event=event.id, cause=cause, t_ns=event.time_ns, arrives_ns=event.time_ns, source=event.source,
        target=event.source, protocol=None, part="act", call=getattr(event, "call", 0), message=0, type=event.TYPE,
        label=title(event),
    )


def _held(step: SequenceStep, until_ns: int | None) -> Outcome:
    return Outcome(
        message=step.message, t_ns=step.arrives_ns, state="delayed", where="target", reason="the receiver hangs",
        arrives_ns=until_ns,
    )
