"""The director: how fast virtual time passes for the audience.

Cinematic time follows the flow in focus. While its messages travel, each hop gets a watchable share of a second;
between hops, time gathers speed until the next one is sent; while nothing of it moves but something in the cluster is
unsettled, time runs through the waiting; when all is settled, it passes as on the wall. A person's write or fault
takes the focus at once; what follows from it (an election, an eviction) takes it when the focus rests. Reads and
heartbeats never do.

Everything here is about pace. Nothing here may change what happens: the same inputs at the same virtual instants give
the same run at any pace.
"""

import math
from collections.abc import Callable, Iterator
from typing import Literal

from orrery.kernel import SECOND, FlowStarted, Kernel, MessageDropped, MessageReceived, MessageSent, TraceEvent
from orrery.theatre.projections import Projections
from orrery.theatre.records import Pace, Stretch
from orrery.theatre.stage import Stage

Mode = Literal["cinematic", "real-time", "fastest"]
StepKind = Literal["event", "message", "milestone"]

HOP_S = 0.6  # a request's share of wall time in cinematic time
ANSWER_S = 0.4  # an answer's, an acknowledgement's, and a hop's within one host
LEAST_HOP_S = 0.25
MANY_STEPS = 40  # a flow that has taken so many steps is told faster
GATHER_S = 0.06  # between hops the rate grows e-fold in this wall time
WAITING_RATE = 100.0  # virtual seconds a wall second, at most, while something is unsettled
LEADERLESS_RATE = 2.0
PATIENCE_NS = 400 * SECOND  # unsettled for longer without any change: it will not settle by itself
STEP_LIMIT_NS = 600 * SECOND
SLICE_NS = SECOND // 20  # virtual time between two looks at the budget
FOREVER_NS = 1 << 62
RETRACE_S = 0.25  # of wall time that a frame stands for when a run is gone through again

TAKES_FOCUS_AT_ONCE = ("request", "fault")
TAKES_FOCUS_AT_REST = ("election", "eviction")


class Director:
    """Advances a kernel by the wall clock that it is told. `clock` gives wall seconds (monotonic): it bounds how long
    one call may compute."""

    def __init__(self, kernel: Kernel, stage: Stage, projections: Projections, clock: Callable[[], float]) -> None:
        self._kernel = kernel
        self._stage = stage
        self._flows = projections.flows
        self._suspense = projections.suspense
        self._clock = clock
        self.mode: Mode = "cinematic"
        self.paused = False
        self.factor = 1.0
        self.focus: int | None = None
        self.rate = 1.0
        self._next_focus: int | None = None
        self._goal: StepKind | None = None
        self._goal_limit_ns = 0
        self._goal_marks = 0
        self._pause_then = True
        self._reached = False
        self._last_ns = FOREVER_NS  # nothing runs beyond this instant and this step
        self._last_step: int | None = None
        self._on_their_way: dict[int, bool] = {}  # messages on their way that a step may end with
        kernel.trace.subscribe(self._on_event)

    def pace(self, waiting_requests: int = 0) -> Pace:
        """The pace as the audience is told it."""
        return Pace(
            mode=self.mode, paused=self.paused, factor=self.factor, rate=0.0 if self.paused else self.rate,
            focus=self.focus, waiting_requests=waiting_requests,
        )

    @property
    def running(self) -> bool:
        return not self.paused or self._goal is not None

    def step(self, kind: StepKind) -> None:
        """Goes on, even while paused, to the next event, arrival of a message in focus, or milestone; then pauses."""
        self.paused = True
        self._goal, self._reached = kind, False
        self._goal_limit_ns = self._kernel.now_ns + STEP_LIMIT_NS
        self._goal_marks = self._prominent()
        self._pause_then = True

    def skip(self) -> None:
        """Goes on to the next milestone as fast as it can, and keeps playing if it played."""
        paused = self.paused
        self.step("milestone")
        self._pause_then = paused

    def advance(self, wall_s: float, budget_s: float) -> Iterator[Stretch]:
        """Lets `wall_s` seconds pass; computes for `budget_s` at most. Yields each piece that ran at one rate."""
        deadline = self._clock() + budget_s
        if self._goal is not None:
            yield self._advance_to_goal(deadline)
            return
        left_s = wall_s
        while left_s > 1e-4 and not self.paused:
            begin_ns = self._kernel.now_ns
            self.rate = self._choose_rate(left_s)
            spent_s = self._run(left_s, deadline)
            yield Stretch(from_ns=begin_ns, to_ns=self._kernel.now_ns, wall_ms=1e3 * spent_s)
            left_s -= spent_s
            if self._clock() >= deadline:
                return

    def retrace(self, until_ns: int, until_steps: int | None, *, paced: bool) -> Iterator[Stretch]:
        """Runs an earlier run again, as fast as it can, to an instant and, if `until_steps` is given, to that step
        within it. Yields its pieces: at the pace at which an audience would see them (`paced`), or second by second."""
        kernel = self._kernel
        self._last_ns, self._last_step = until_ns, until_steps
        self.mode = "cinematic" if paced else "fastest"
        while kernel.now_ns < until_ns and kernel.steps != until_steps:
            if paced:
                yield from self.advance(RETRACE_S, math.inf)
            else:
                begin_ns = kernel.now_ns
                kernel.run_until(min(until_ns, begin_ns + SECOND), max_steps=until_steps)
                yield Stretch(from_ns=begin_ns, to_ns=kernel.now_ns, wall_ms=0.0)
        self._last_ns, self._last_step = FOREVER_NS, None
        self.mode, self.rate = "cinematic", 1.0
        if until_steps is not None:
            begin_ns, kernel.now_ns = kernel.now_ns, until_ns
            yield Stretch(from_ns=begin_ns, to_ns=until_ns, wall_ms=0.0)
            return
        while (due_ns := kernel.next_time_ns()) is not None and due_ns <= until_ns:
            kernel.run_until(until_ns)

    # -- running

    def _run(self, wall_s: float, deadline: float) -> float:
        """Runs at the present rate until the wall time is used up, a hop begins, or the budget is spent; gives the wall
        seconds that this stands for."""
        kernel = self._kernel
        begin_ns = kernel.now_ns
        end_ns = begin_ns + max(1, round(wall_s * self.rate * SECOND)) if self.mode != "fastest" else FOREVER_NS
        end_ns = min(end_ns, self._last_ns)
        self._reached = False
        while kernel.now_ns < end_ns and not self._reached:
            kernel.run_until(min(end_ns, kernel.now_ns + SLICE_NS), max_steps=self._last_step)
            if self._clock() >= deadline or kernel.steps == self._last_step:
                break
        passed_ns = kernel.now_ns - begin_ns
        if self.mode == "fastest":
            self.rate = passed_ns / SECOND / wall_s
            return wall_s
        if kernel.now_ns >= end_ns or not self._reached:
            return wall_s  # where the machine could not keep up, the audience sees what it could
        return min(wall_s, passed_ns / SECOND / self.rate)

    def _advance_to_goal(self, deadline: float) -> Stretch:
        kernel = self._kernel
        begin_ns = kernel.now_ns
        while not self._reached and kernel.now_ns < self._goal_limit_ns and self._clock() < deadline:
            kernel.run_until(min(self._goal_limit_ns, kernel.now_ns + SLICE_NS))
            if self._goal == "milestone" and self._prominent() > self._goal_marks:
                self._reached = True
        if self._reached or kernel.now_ns >= self._goal_limit_ns:
            self._goal = None
            self.paused = self._pause_then
        return Stretch(from_ns=begin_ns, to_ns=kernel.now_ns, wall_ms=500.0)

    def _prominent(self) -> int:
        return next((mark.id for mark in reversed(self._stage.marks) if mark.prominent), 0)

    # -- the rate

    def _choose_rate(self, wall_s: float) -> float:
        if self.mode == "real-time":
            return self.factor
        if self.mode == "fastest":
            return self.rate
        moving = self._moving()
        if moving:
            # While a flow is young its steps come one by one, and each is shown. Later many travel at once: then the
            # clock goes by those between hosts, and what passes within a host may flash by.
            young = self._flows.by_number[moving[0].flow].steps <= MANY_STEPS
            return self.factor * (min if young else max)(self._hop_rate(message) for message in moving)
        most = self.factor * self._waiting_rate()
        return min(most, max(self.rate, 1e-4) * math.exp(wall_s / GATHER_S))

    def _moving(self) -> list[MessageSent]:
        """The messages of the flow in focus that arrive next."""
        flow = self._flows.by_number.get(self.focus or 0)
        if flow is None or not flow.moving:
            self._rest()
            flow = self._flows.by_number.get(self.focus or 0)
            if flow is None or not flow.moving:
                return []
        moving = list(flow.moving.values())[:64]
        replicating = all(message.protocol == "raft" for message in moving)
        if replicating and flow.kind != "election" and flow.steps > MANY_STEPS:
            return []  # by now the audience has seen how a write is replicated: drawn still, it holds nothing up
        return moving

    def _hop_rate(self, message: MessageSent) -> float:
        latency_s = (message.arrives_ns - message.time_ns) / SECOND
        same_host = message.source.partition("/")[0] == message.target.partition("/")[0]
        share_s = HOP_S if message.part in ("request", "stream", "item") and not same_host else ANSWER_S
        flow = self._flows.by_number.get(message.flow)
        if flow is not None and flow.steps > MANY_STEPS:
            share_s = max(LEAST_HOP_S, share_s * MANY_STEPS / flow.steps)
        return max(latency_s, 1e-6) / share_s

    def _waiting_rate(self) -> float:
        suspense = self._suspense
        if suspense.leaderless():
            return LEADERLESS_RATE
        last_ns = max(suspense.changed_ns, self._stage.marks[-1].t_ns if self._stage.marks else 0)
        if suspense.unsettled() and self._kernel.now_ns - last_ns < PATIENCE_NS:
            return WAITING_RATE
        return 1.0

    # -- the focus

    def _rest(self) -> None:
        """Nothing of the flow in focus moves: what waits for the focus may have it."""
        if self._next_focus is not None:
            self.focus, self._next_focus = self._next_focus, None

    def _on_event(self, event: TraceEvent) -> None:
        kind = type(event)
        if kind is MessageSent:
            self._on_sent(event)  # type: ignore[arg-type]
        elif kind is FlowStarted:
            self._on_flow(event)  # type: ignore[arg-type]
        elif kind is MessageReceived or kind is MessageDropped:
            arrived = self._on_their_way.pop(event.message, False)  # type: ignore[attr-defined]
            if arrived and self._goal == "message":
                self._reach()
        if self._goal == "event" and kind is not MessageReceived and not getattr(event, "quiet", False) and event.flow:
            self._reach()

    def _on_sent(self, event: MessageSent) -> None:
        if event.quiet or not event.flow or (self.focus is not None and event.flow != self.focus):
            return
        self._on_their_way[event.message] = True
        if self.mode == "cinematic" and event.flow == self.focus and self._goal is None:
            self._reach()

    def _on_flow(self, event: FlowStarted) -> None:
        if event.kind in TAKES_FOCUS_AT_ONCE:
            self.focus, self._next_focus = event.flow, None
        elif event.kind in TAKES_FOCUS_AT_REST:
            flow = self._flows.by_number.get(self.focus or 0)
            if flow is None or not flow.moving:
                self.focus, self._next_focus = event.flow, None
            else:
                self._next_focus = event.flow

    def _reach(self) -> None:
        self._reached = True
        self._kernel.stop()
