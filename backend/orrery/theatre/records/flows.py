"""Messages on their way, the causal stories that they belong to, and the points of the time line."""

from typing import Literal

from orrery.theatre.records.base import Model, ProtocolName

FlowKind = Literal["request", "fault", "election", "eviction", "controller", "kubelet", "other"]


class FlowRecord(Model):
    type: Literal["flow"] = "flow"
    id: str                     # "flow/7"
    flow: int
    kind: FlowKind
    title: str                  # "apply deployments/web", "crash-process cp-2/etcd"
    what: str = ""              # the title as data, for the page to word: "apply", "crash-process"; "": as it stands
    arguments: dict[str, str | int] = {}
    subject: str                # the object or component it is about
    started_ns: int
    steps: int                  # messages so far, heartbeats not counted
    in_flight: int
    last_ns: int


class MessageView(Model):
    """One hop over one link. It is drawn from `source` to `target` between sent_ns and arrives_ns."""
    id: int
    event: int                  # the trace event that sent it: /api/event/<id> tells the rest
    flow: int                   # 0: background
    cause: int                  # the trace event that caused it
    source: str                 # component id
    target: str                 # component id
    protocol: ProtocolName
    kind: str                   # "POST /api/v1/namespaces/default/pods", "MsgApp", "RunPodSandbox"
    label: str                  # a few words for the stage: "POST deployments web", "ADDED web-1"
    quiet: bool                 # heartbeat, lease renewal, probe
    sent_ns: int
    arrives_ns: int
    count: int = 1              # messages it stands for


class Outcome(Model):
    """How a message ended other than by arriving as foreseen."""
    message: int
    t_ns: int
    state: Literal["dropped", "delayed"]
    where: Literal["source", "link", "target"]
    reason: str                 # "link cut", "lost", "host down", "connection refused"
    arrives_ns: int | None = None   # delayed: the new arrival


MarkKind = Literal[
    "request", "deploy", "scale", "delete", "election", "leader", "no-leader", "fault", "heal", "node-not-ready",
    "node-ready", "eviction", "scheduled", "unschedulable", "pod-running", "component-crash",
]


class Mark(Model):
    """A point of the time line; also the source of the one-line narration (texts by kind, in the browser's
    catalogue)."""
    id: int
    t_ns: int
    kind: MarkKind
    flow: int
    subject: str                # "etcd-2", "worker-3", "default/web"
    args: dict[str, str | int] = {}     # for the sentence: {"node": "worker-2", "score": 187}
    prominent: bool             # gets a word on the time line
