"""What is seen inside a component, a host or a Pod that has been opened on the stage.

One record an item, so that a change sends little: a request in an API server, a kind in its watch cache, a sandbox.
`of` is the component, or "pod/<uid>"; `part` says what the item is. A new kind of item is a class and a name in `Part`.
"""

from typing import Annotated, Literal

from pydantic import Field

from orrery.theatre.records.base import Model

# -- API server


class StageVerdict(Model):
    stage: str                  # "TLS", "authentication", "authorization", "mutating admission", …
    verdict: Literal["allow", "deny", "changed", "pass"]
    reason: str


class RequestPart(Model):
    """A request in an API server: what each stage of the chain said, then the answer. Heartbeats are only counted."""

    kind: Literal["request"] = "request"
    event: int                  # the trace event of its verdicts; of its receipt before that
    verb: str
    resource: str               # "deployments", "pods/status"; a path for what is no resource
    namespace: str
    name: str
    user: str
    started_ns: int
    decided_ns: int | None = None   # when the last stage before the store had spoken
    stages: tuple[StageVerdict, ...] = ()
    code: int | None = None     # None: not answered yet
    reason: str = ""
    ended_ns: int | None = None


class AnswerCount(Model):
    verb: str
    code: int
    count: int


class AnswersPart(Model):
    """How many requests an API server has answered so far. Heartbeats and health checks
    are in the total of its component record alone."""

    kind: Literal["answers"] = "answers"
    counts: tuple[AnswerCount, ...]


class WatchCachePart(Model):
    """A kind in an API server's watch cache, and who watches it there."""

    kind: Literal["watch-cache"] = "watch-cache"
    resource: str
    objects: int
    watchers: tuple[str, ...]   # users, the first 16
    watching: int               # how many watches


# -- etcd


class StorePart(Model):
    kind: Literal["store"] = "store"
    revision: int
    compacted: int
    keys: int


class KeysPart(Model):
    """The keys of one kind in an etcd member's store."""

    kind: Literal["keys"] = "keys"
    prefix: str                 # "/registry/pods"
    counts: dict[str, int]      # by namespace; "" for what has none


class WriteView(Model):
    revision: int
    key: str
    change: Literal["create", "update", "delete"]
    t_ns: int
    event: int


class WritesPart(Model):
    """The last writes that a member applied, newest first, heartbeats left out."""

    kind: Literal["writes"] = "writes"
    writes: tuple[WriteView, ...]


class LeaseView(Model):
    lease: str
    ttl_s: int
    granted_ns: int


class EtcdWatchView(Model):
    peer: str
    key: str
    open_ns: int


class EtcdClientsPart(Model):
    kind: Literal["etcd-clients"] = "etcd-clients"
    leases: tuple[LeaseView, ...]
    watches: tuple[EtcdWatchView, ...]


# -- controller manager


class ReconciledView(Model):
    event: int
    flow: int
    t_ns: int
    key: str
    observed: str
    difference: str
    actions: tuple[str, ...]    # the first 6
    acted: int                  # how many actions


class ControllerPart(Model):
    """One loop: what waits in its queue, what its workers have in hand, and the differences that it acted upon."""

    kind: Literal["controller"] = "controller"
    name: str
    waiting: int
    working: tuple[str, ...]
    synced: int                 # keys done with
    failed: int                 # tries that failed
    last_key: str               # what it looked at last
    last_ns: int
    acts: tuple[ReconciledView, ...]    # the last two, newest first


# -- a worker's processes


class ProbeView(Model):
    container: str
    probe: str                  # liveness, readiness, startup
    success: bool
    output: str
    t_ns: int


class PodWorkerPart(Model):
    """A Pod as its kubelet has it."""

    kind: Literal["pod-worker"] = "pod-worker"
    pod: str
    uid: str
    state: str                  # SyncPod, TerminatingPod, TerminatedPod, Finished
    since_ns: int
    probes: tuple[ProbeView, ...] = ()


class RuntimeContainer(Model):
    name: str
    id: str                     # the first 12 digits
    attempt: int
    image: str
    state: str                  # created, running, exited
    since_ns: int
    exit_code: int = 0
    reason: str = ""


class SandboxPart(Model):
    """A Pod's sandbox and the containers in it, as the runtime has them."""

    kind: Literal["sandbox"] = "sandbox"
    pod: str
    uid: str
    sandbox: str                # the first 12 digits of its id
    state: str                  # ready, stopped
    ip: str
    since_ns: int
    network_ns: int | None = None   # how long the CNI plugin took
    containers: tuple[RuntimeContainer, ...] = ()


class LayerView(Model):
    digest: str                 # the first 12 digits
    size_bytes: int
    fetched: bool               # false: it was on the node already


class ImagePart(Model):
    kind: Literal["image"] = "image"
    image: str
    size_bytes: int
    pulled_ns: int
    duration_ns: int
    layers: tuple[LayerView, ...]


class EndpointView(Model):
    endpoint: str               # "10.244.1.5:80"
    node: str
    probability: float          # of its rule: given that no rule before it has taken the packet


class ServiceRulesPart(Model):
    """What a kube-proxy has written for one port of a Service."""

    kind: Literal["service-rules"] = "service-rules"
    service: str                # "default/web:http"
    chain: str
    destinations: tuple[str, ...]
    node_port: int
    endpoints: tuple[EndpointView, ...]     # the first 8
    count: int                  # of endpoints
    changed_ns: int


class ProxyPart(Model):
    kind: Literal["proxy"] = "proxy"
    chains: int
    rules: int
    synced_ns: int


class BackendPart(Model):
    """An API server as the load balancer sees it."""

    kind: Literal["backend"] = "backend"
    backend: str
    up: bool
    reason: str
    since_ns: int


# -- Pods


class VolumeView(Model):
    name: str
    source: str                 # "configMap web", "emptyDir", "projected"
    mounts: tuple[str, ...]     # "web:/etc/nginx"


class ProbeSpec(Model):
    container: str
    probe: str
    how: str                    # "GET :80/healthz", "tcp :6379", "exec cat /tmp/ok"
    period_s: int
    failures: int               # in a row, until it counts as failed


class PodDetailPart(Model):
    """A Pod as it is stored, beyond what its record says."""

    kind: Literal["pod-detail"] = "pod-detail"
    qos: str
    restart_policy: str
    grace_s: int
    service_account: str
    requests: dict[str, str]    # by container: "cpu 100m, memory 64Mi"
    conditions: dict[str, str]  # "Ready": "False"
    reasons: dict[str, str]     # why a condition is as it is, where it says so
    volumes: tuple[VolumeView, ...]
    probes: tuple[ProbeSpec, ...]


Part = Annotated[
    RequestPart | AnswersPart | WatchCachePart | StorePart | KeysPart | WritesPart | EtcdClientsPart
    | ControllerPart | PodWorkerPart | SandboxPart | ImagePart | ServiceRulesPart | ProxyPart | BackendPart
    | PodDetailPart,
    Field(discriminator="kind"),
]


class InteriorRecord(Model):
    type: Literal["interior"] = "interior"
    id: str                     # "inside/cp-1/kube-apiserver/watch/pods"
    of: str                     # "cp-1/kube-apiserver", "pod/<uid>"
    part: Part
