"""What the browser is told: records, messages, marks, and the frames that carry them.

A record is the state of one thing at one instant. The server sends a new version whenever a trace event changed
it; the browser keeps the versions, so that any past instant is a look-up. Nothing here is computed in the browser.
Times are virtual nanoseconds since the run's beginning (integers below 2**53).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


ProtocolName = Literal["api", "watch", "etcd", "raft", "cri", "cni", "image", "traffic", "probe", "tcp"]
ProcessState = Literal["running", "hung", "crashed", "stopped"]
HostRole = Literal["client", "load-balancer", "control-plane", "etcd", "worker", "outside"]
Cut = Literal["no", "both", "a-to-b", "b-to-a"]
RaftRole = Literal["follower", "pre-candidate", "candidate", "leader"]
Ballot = Literal["granted", "refused", "waiting"]
Readiness = Literal["True", "False", "Unknown"]
PodPhase = Literal["Pending", "Running", "Succeeded", "Failed", "Unknown"]
SceneState = Literal["playing", "done", "failed"]
FlowKind = Literal["request", "fault", "election", "eviction", "controller", "kubelet", "other"]


class HostRecord(Model):
    type: Literal["host"] = "host"
    id: str                     # "host/cp-1"
    name: str
    ip: str
    role: HostRole
    up: bool
    clock_skew_ns: int = 0
    order: int                  # order of appearance within the role


class ComponentRecord(Model):
    type: Literal["component"] = "component"
    id: str                     # "cp-1/etcd": host and process
    host: str
    name: str                   # "etcd", "kube-apiserver", "kubelet", "containerd", "load-balancer", "kubectl" …
    state: ProcessState
    restarts: int = 0
    leader: bool | None = None  # it holds its lease, or leads Raft; None: nothing of the kind
    since_ns: int               # since when in this state
    reason: str = ""            # why it is not running
    requests: int = 0           # API servers: requests answered so far


class LinkRecord(Model):
    type: Literal["link"] = "link"
    id: str                     # "link/cp-1|cp-2", hosts in alphabetical order
    a: str
    b: str
    cut: Cut
    slow_ns: int = 0
    drop: float = 0.0


class LogEntry(Model):
    index: int
    term: int
    text: str = ""              # what it proposes, in short: "put /registry/pods/default/web-1"


class RaftRecord(Model):
    type: Literal["raft"] = "raft"
    id: str                     # "raft/cp-1/etcd"
    component: str
    member: str                 # "etcd-1"
    role: RaftRole
    term: int
    vote: str | None            # the member voted for in this term
    leader: str | None          # whom it believes to lead
    commit: int
    applied: int
    first_index: int
    last_index: int
    log: tuple[LogEntry, ...] = ()          # the last 24 entries, oldest first
    ballots: dict[str, Ballot] = {}   # a candidate's own view, by member
    election_deadline_ns: int | None = None  # when it will campaign if it hears nothing (as known at its last change)


class NodeRecord(Model):
    type: Literal["node"] = "node"
    id: str                     # "node/worker-1"
    name: str
    host: str
    ready: Readiness
    ready_since_ns: int
    lease_renewed_ns: int | None
    unschedulable: bool
    taints: tuple[str, ...] = ()             # "key=value:Effect"
    cpu_milli: int              # allocatable
    memory_bytes: int
    pods_max: int
    cpu_requested_milli: int
    memory_requested_bytes: int
    pods: int
    images: tuple[str, ...] = ()


class ContainerView(Model):
    name: str
    image: str
    state: Literal["waiting", "running", "terminated"]
    reason: str = ""            # ContainerCreating, ErrImagePull, CrashLoopBackOff, Completed
    ready: bool
    restarts: int


class PodRecord(Model):
    type: Literal["pod"] = "pod"
    id: str                     # "pod/<uid>"
    uid: str
    namespace: str
    name: str
    node: str | None
    phase: PodPhase
    status: str                 # the word kubectl prints: Running, ContainerCreating, Terminating, CrashLoopBackOff …
    ready: bool
    lost: bool                  # its node does not answer: what is known of it is old
    terminating: bool
    ip: str | None
    owner: str | None           # "ReplicaSet/web-5d9"
    containers: tuple[ContainerView, ...] = ()
    restarts: int = 0
    created_ns: int
    flow: int                   # the flow that made it
    message: str = ""           # why it is pending, in the scheduler's own words
    decision: str | None = None # id of the scheduling decision that placed or refused it last


class ObjectRecord(Model):
    """Any other object, in one line; its whole text is fetched from /api/object when it is opened."""
    type: Literal["object"] = "object"
    id: str                     # "object/deployments/default/web"
    kind: str
    resource: str               # "deployments"
    namespace: str
    name: str
    resource_version: int
    summary: str                # "2/3 ready", "10.96.0.10:80 → 3 endpoints"
    owner: str | None = None


class FilterVerdict(Model):
    plugin: str
    code: Literal["Success", "Unschedulable", "UnschedulableAndUnresolvable", "Error", "Skip"]
    reasons: tuple[str, ...] = ()


class PluginScore(Model):
    plugin: str
    raw: float
    normalized: int
    weight: int
    weighted: int


class NodeVerdict(Model):
    node: str
    filters: tuple[FilterVerdict, ...]
    scores: tuple[PluginScore, ...] = ()
    total: int | None = None


class DecisionRecord(Model):
    type: Literal["decision"] = "decision"
    id: str                     # "decision/<event id>"
    event: int
    flow: int
    time_ns: int
    scheduler: str              # component
    pod: str                    # "default/web-5d9-abcde"
    pod_uid: str
    selected: str | None
    tied: tuple[str, ...] = ()  # nodes that shared the highest total
    message: str                # "Successfully assigned …" or "0/4 nodes are available: …"
    nodes: tuple[NodeVerdict, ...]


class QueueRecord(Model):
    type: Literal["queue"] = "queue"
    id: str                     # "queue/cp-1/kube-scheduler"
    component: str
    active: tuple[str, ...]
    backoff: tuple[str, ...]
    unschedulable: tuple[str, ...]


class FlowRecord(Model):
    type: Literal["flow"] = "flow"
    id: str                     # "flow/7"
    flow: int
    kind: FlowKind
    title: str                  # "create deployments/web", "crash cp-2/etcd"
    subject: str                # the object or component it is about
    started_ns: int
    steps: int                  # messages so far, heartbeats not counted
    in_flight: int
    last_ns: int


class Words(Model):
    """A text for people, in both languages of the page."""
    ko: str
    en: str


class SceneRecord(Model):
    """The scene that is being played: where it is, and what it says."""
    type: Literal["scene"] = "scene"
    id: Literal["scene"] = "scene"
    scene: str
    title: Words
    step: int                   # from 0
    steps: int
    say: Words | None           # what it says at this step
    state: SceneState


Record = Annotated[
    HostRecord | ComponentRecord | LinkRecord | RaftRecord | NodeRecord | PodRecord | ObjectRecord | DecisionRecord
    | QueueRecord | FlowRecord | SceneRecord,
    Field(discriminator="type"),
]


class Change(Model):
    """From `t_ns` on, the thing `id` is `record`; None: it is gone."""
    t_ns: int
    id: str
    record: Record | None


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


class Pace(Model):
    mode: Literal["cinematic", "real-time", "fastest"]
    paused: bool
    factor: float               # chosen real-time factor (real-time mode)
    rate: float                 # virtual seconds per wall second at this moment
    focus: int | None           # the flow in focus
    waiting_requests: int = 0   # requests of real clients held at the door while paused


class Stretch(Model):
    """A piece of the playback: virtual time from_ns to to_ns is to be shown in wall_ms."""
    from_ns: int
    to_ns: int
    wall_ms: float


class RunInfo(Model):
    id: str                     # changes when another run begins
    seed: int
    epoch_s: int                # calendar time of virtual zero, unix seconds
    cluster: str                # name of the cluster
    kubernetes: str             # "v1.37.0"
    version: str                # of Orrery
    digest: str                 # sha256 of the trace so far, first 12 hex digits


class Snapshot(Model):
    type: Literal["snapshot"] = "snapshot"
    seq: int
    run: RunInfo
    now_ns: int
    records: tuple[Record, ...]
    messages: tuple[MessageView, ...]       # in flight now
    marks: tuple[Mark, ...]                 # all of the run so far (bounded)
    pace: Pace


class Batch(Model):
    type: Literal["batch"] = "batch"
    seq: int
    stretch: Stretch
    changes: tuple[Change, ...] = ()
    messages: tuple[MessageView, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    marks: tuple[Mark, ...] = ()
    pace: Pace | None = None                # present when it changed
    digest: str | None = None


class Hello(Model):
    """Browser to server, first frame: where it left off, to go on without loss."""
    type: Literal["hello"] = "hello"
    run: str | None = None
    seq: int | None = None


ServerFrame = Annotated[Snapshot | Batch, Field(discriminator="type")]


class EventView(Model):
    """GET /api/event/<id>: one trace event, why it happened and what it caused."""
    event: int
    t_ns: int
    type: str                   # "MessageSent", "SchedulingDecision", …
    source: str
    flow: int
    title: str                  # one plain sentence, English
    fields: dict[str, object]   # the event as it is traced; a message's body under "body"
    causes: tuple[EventBrief, ...]    # from the nearest cause back to the flow's beginning
    effects: tuple[EventBrief, ...]   # what it directly caused
    answer: EventBrief | None = None  # the reply, where it is a request
    latency_ns: int | None = None


class EventBrief(Model):
    event: int
    t_ns: int
    type: str
    source: str
    target: str = ""
    protocol: ProtocolName | None = None
    title: str


# -- what the browser asks for over HTTP; a refusal is an ErrorReply with a 4xx status


class ControlRequest(Model):
    """POST /api/control: the clock's buttons."""

    action: Literal["play", "pause", "step", "mode", "factor", "focus", "skip"]
    step: Literal["event", "message", "milestone"] | None = None
    mode: Literal["cinematic", "real-time", "fastest"] | None = None
    factor: float | None = Field(default=None, ge=0.001, le=1000)
    flow: int | None = None


class FaultRequest(Model):
    """POST /api/fault: what to break or mend. Process faults name a component, host faults a host, link faults a host
    and its peer."""

    fault: Literal[
        "crash-process", "restart-process", "hang-process", "resume-process", "crash-host", "restart-host", "cut-link",
        "heal-link", "slow-link", "drop-link", "partition", "heal-all",
    ]
    component: str | None = None
    host: str | None = None
    peer: str | None = None
    one_way: bool = False
    extra_ms: float | None = Field(default=None, ge=0, le=60_000)
    probability: float | None = Field(default=None, ge=0, le=1)
    groups: tuple[tuple[str, ...], ...] | None = None


class ApplyRequest(Model):
    """POST /api/apply: YAML or JSON, several documents too, as `kubectl apply -f -` takes them."""

    text: str = Field(max_length=262_144)


class ScaleRequest(Model):
    """POST /api/scale"""

    namespace: str
    name: str
    replicas: int = Field(ge=0, le=10_000)


class DeleteRequest(Model):
    """POST /api/delete"""

    resource: str
    namespace: str = ""
    name: str


class RunRequest(Model):
    """POST /api/run: begins another run."""

    seed: int = Field(ge=0, lt=2**53)


class SceneRequest(Model):
    """POST /api/scene: plays a scene."""

    id: str


class Accepted(Model):
    """What a person's act became: the flow that follows from it."""

    flow: int


class ErrorDetail(Model):
    message: str
    field: str = ""


class ErrorReply(Model):
    error: ErrorDetail


class ApplyResult(Model):
    object: str                 # "deployment.apps/web"
    verb: Literal["created", "configured", "unchanged", "deleted", "failed"]
    message: str = ""


class ApplyReply(Model):
    """What became of an act, and the flow that follows from it. No results: the cluster has not answered in time."""

    flow: int
    results: tuple[ApplyResult, ...]


class ObjectReply(Model):
    """GET /api/object?resource=&namespace=&name=: an object as it is stored now."""

    text: str
    object: dict[str, object]


class FlowReply(Model):
    """GET /api/flow/<flow>: the messages and decisions of a flow in order, heartbeats left out."""

    flow: FlowRecord
    steps: tuple[EventBrief, ...]


class SceneView(Model):
    """GET /api/scenes"""

    id: str
    title: Words
    text: Words


FlowReply.model_rebuild()
EventView.model_rebuild()
