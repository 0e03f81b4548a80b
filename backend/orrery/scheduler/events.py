"""What the scheduler tells the trace."""

from __future__ import annotations

from dataclasses import dataclass

from orrery.kernel import TraceEvent, event
from orrery.scheduler.decision import NodeVerdict
from orrery.scheduler.remedies import WayIn

LISTED = 12
Pair = tuple[str, str]


@event
class SchedulerStarted(TraceEvent):
    """What the scheduler works with: (extension point, plugins) in the order of the cycle, (plugin, weight) of the
    scores, and for each plugin that can refuse the cluster events that may change its mind, by Kubernetes' names."""

    profile: str
    points: tuple[tuple[str, tuple[str, ...]], ...]
    weights: tuple[tuple[str, int], ...]
    hints: tuple[tuple[str, tuple[str, ...]], ...]


@event
class SchedulingDecision(TraceEvent):
    """One scheduling cycle with all its reasons. ``selected`` is None where the Pod fits nowhere; ``message`` says why,
    or where to.

    ``nodes``: what each filter said and each scorer gave, node by node. ``tied``: nodes that shared the best total.
    ``requests`` and ``constraints``: what the Pod asked for, in words. ``way_in``: what would let it in most cheaply.
    ``failed``: the cycle broke, and nothing is held against the Pod. ``began_ns``: when the cycle did.
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
    began_ns: int
    priority: int
    requests: tuple[Pair, ...]
    constraints: tuple[Pair, ...]
    skipped: tuple[Pair, ...]
    refused_by: tuple[str, ...]
    failed: bool
    way_in: WayIn | None


@event
class BindingRequested(TraceEvent):
    """The binding of a decision is asked of the API server. ``decision`` is the number of the decision's event."""

    decision: int
    pod: str
    uid: str
    node: str


@dataclass(slots=True)  # made often: not frozen, which would take three times as long
class Waiting:
    """A Pod in the queue. ``due_ns``: when its back-off ends, or when it is tried again though nothing has changed;
    0 where it waits for its turn alone. ``woken_by``: the event that brought it back, by Kubernetes' name."""

    pod: str
    uid: str
    priority: int
    attempts: int
    since_ns: int
    due_ns: int
    refused_by: tuple[str, ...]
    woken_by: str


@event
class QueueChanged(TraceEvent):
    """The scheduling queue after a change: the Pods in each part, in order, at most ``LISTED`` of them.

    ``in_hand``: the Pod whose cycle is running. ``counts`` are the full numbers of active, back-off and unschedulable
    Pods.
    """

    active: tuple[Waiting, ...]
    backoff: tuple[Waiting, ...]
    unschedulable: tuple[Waiting, ...]
    in_hand: Waiting | None
    counts: tuple[int, int, int]


@event
class BindingEnded(TraceEvent):
    """The binding of a Pod to its node is stored, or has failed (``error``)."""

    pod: str
    uid: str
    node: str
    error: str
    decision: int
