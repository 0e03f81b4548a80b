"""What the scheduler tells the trace."""

from __future__ import annotations

from orrery.kernel import TraceEvent, event
from orrery.scheduler.decision import NodeVerdict

LISTED = 32


@event
class SchedulingDecision(TraceEvent):
    """One scheduling cycle with all its reasons. ``selected`` is None where the Pod fits nowhere; ``message`` says why,
    or where to.

    ``nodes``: what each filter said and each scorer gave, node by node. ``tied``: nodes that shared the best total.
    """

    pod: str
    uid: str
    selected: str | None
    nodes: tuple[NodeVerdict, ...]
    all_nodes: int
    evaluated: int
    feasible: int
    tied: tuple[str, ...]
    attempts: int
    message: str


@event
class QueueChanged(TraceEvent):
    """The scheduling queue after a change: the keys of the Pods in each part, in order, at most ``LISTED`` of them.

    ``counts`` are the full numbers of active, back-off and unschedulable Pods.
    """

    active: list[str]
    backoff: list[str]
    unschedulable: list[str]
    counts: tuple[int, int, int]


@event
class CycleStarted(TraceEvent):
    """The scheduler took a Pod in hand, for the ``attempts``-th time."""

    pod: str
    uid: str
    attempts: int


@event
class BindingEnded(TraceEvent):
    """The binding of a Pod to its node is stored, or has failed (``error``)."""

    pod: str
    uid: str
    node: str
    error: str
