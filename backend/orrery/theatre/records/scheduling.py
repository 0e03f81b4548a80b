"""The scheduler's profile, queues, decisions and bindings.

A decision is sent once and whole, so that any instant of the past shows it; to keep it small what many nodes share
(refusals, remedies) stands in a list of its own and a node refers to it by its place there.
"""

from typing import Literal

from orrery.theatre.records.base import Model

Argument = str | int


class Point(Model):
    """An extension point of the cycle and the plugins that are called there, in order."""
    point: str                  # "Filter"
    plugins: tuple[str, ...]


class Hints(Model):
    plugin: str
    events: tuple[str, ...]     # "Node/Add", "AssignedPod/Delete": what may change its mind


class SchedulerRecord(Model):
    type: Literal["scheduler"] = "scheduler"
    id: str                     # "scheduler/cp-1/kube-scheduler"
    component: str
    profile: str                # "default-scheduler": what a Pod's schedulerName asks for
    points: tuple[Point, ...]
    hints: tuple[Hints, ...]


class Scorer(Model):
    plugin: str
    weight: int
    skipped: bool = False       # it had nothing to score for this Pod


class Filter(Model):
    plugin: str
    skipped: bool = False       # it had nothing to hold against this Pod


class Refusal(Model):
    plugin: str
    code: Literal["Unschedulable", "UnschedulableAndUnresolvable", "Error"]
    reasons: tuple[str, ...] = ()


class Remedy(Model):
    """One change that would help, from the plugin that refused; the page words it by kind."""
    plugin: str
    kind: Literal[
        "uncordon", "recover", "relieve", "tolerate", "ask-less", "ask-none", "pods-leave", "allow-pods", "label",
        "unlabel", "drop-selector", "allow-node", "drop-affinity", "name-node", "add-node",
    ]
    arguments: dict[str, Argument] = {}


class NodeVerdict(Model):
    """A node in a decision. Scores are in the order of the decision's scorers, those that skipped left out."""
    node: str
    refusal: int | None = None  # place in `refusals`; None: it passed every filter
    remedies: tuple[int, ...] = ()          # places in `remedies`: all of them together would let the Pod in
    raw: tuple[int, ...] = ()
    normalized: tuple[int, ...] = ()
    weighted: tuple[int, ...] = ()
    total: int | None = None


class Constraint(Model):
    field: Literal["nodeSelector", "required", "preferred", "toleration"]
    text: str                   # "zone=a", "zone in (a, b) & disk exists"


class Amount(Model):
    resource: str
    amount: str                 # "500m", "1Gi"


class WayIn(Model):
    """The change that takes least, for the whole Pod."""
    node: str                   # empty: whichever
    remedies: tuple[Remedy, ...]
    nodes: int                  # how many nodes the same kinds of change would open


class DecisionRecord(Model):
    type: Literal["decision"] = "decision"
    id: str                     # "decision/<event id>"
    event: int
    flow: int
    began_ns: int
    time_ns: int
    scheduler: str              # component
    pod: str                    # "default/web-5d9-abcde"
    pod_uid: str
    attempt: int
    priority: int
    requests: tuple[Amount, ...]
    constraints: tuple[Constraint, ...]
    selected: str | None
    failed: bool                # the cycle itself broke
    tied: tuple[str, ...] = ()  # nodes that shared the highest total
    message: str                # "Successfully assigned …" or "0/4 nodes are available: …"
    all_nodes: int
    evaluated: int
    feasible: int
    filters: tuple[Filter, ...]
    scorers: tuple[Scorer, ...]
    refusals: tuple[Refusal, ...]
    remedies: tuple[Remedy, ...]
    nodes: tuple[NodeVerdict, ...]          # in the order in which they were looked at
    refused_by: tuple[str, ...] = ()        # the plugins whose change of mind could cure a failure
    way_in: WayIn | None = None
    victims: tuple[str, ...] = ()           # Pods that preemption evicts


class BindingRecord(Model):
    """The binding that a decision led to, as far as it has come."""
    type: Literal["binding"] = "binding"
    id: str                     # "binding/<event id of the decision>"
    decision: str               # "decision/<event id>"
    pod: str
    node: str
    state: Literal["requested", "bound", "failed"]
    message: str                # why it failed
    requested_ns: int
    answered: int | None = None             # trace event
    answered_ns: int | None = None
    stored_ns: int | None = None            # when etcd held the Pod with its node
    revision: int | None = None


class WaitingPod(Model):
    pod: str
    uid: str
    priority: int
    attempts: int
    since_ns: int
    due_ns: int                 # back-off: when it ends; unschedulable: when it is tried again anyway
    refused_by: tuple[str, ...] = ()
    woken_by: str = ""          # the event that brought it back: "Node/Add"


class QueueRecord(Model):
    type: Literal["queue"] = "queue"
    id: str                     # "queue/cp-1/kube-scheduler"
    component: str
    in_hand: WaitingPod | None = None       # its cycle is running
    active: tuple[WaitingPod, ...]          # the first of each, in order
    backoff: tuple[WaitingPod, ...]
    unschedulable: tuple[WaitingPod, ...]
    counts: tuple[int, ...]     # all of each
