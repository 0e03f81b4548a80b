"""What a node's processes tell the trace."""

from __future__ import annotations

from orrery.kernel import TraceEvent, event


@event
class PodWorkerChanged(TraceEvent):
    """The kubelet's worker of a Pod is in another stage of its life: see ``kubelet.lifecycle``."""

    pod: str
    uid: str
    state: str


@event
class SandboxChanged(TraceEvent):
    """A Pod's sandbox is ready, stopped or removed (``state``: ready, stopped, removed)."""

    pod: str
    uid: str
    sandbox: str
    state: str
    ip: str


@event
class ContainerChanged(TraceEvent):
    """A container is in another state (``state``: created, running, exited, removed)."""

    pod: str
    uid: str
    container: str
    container_id: str
    attempt: int
    image: str
    state: str
    exit_code: int
    reason: str


@event
class NetworkPluginCalled(TraceEvent):
    """The runtime ran the CNI plugin on its host (``command``: ADD or DEL) and got this answer."""

    command: str
    pod: str
    uid: str
    sandbox: str
    ip: str
    duration_ns: int
    error: str


@event
class ImagePulled(TraceEvent):
    """An image arrived on a node. ``layers``: digest, size in bytes, and whether it had to be fetched."""

    image: str
    size_bytes: int
    duration_ns: int
    layers: list[tuple[str, int, bool]]


@event
class ProbeResult(TraceEvent):
    """A probe's verdict changed (``probe``: liveness, readiness, startup)."""

    pod: str
    uid: str
    container: str
    probe: str
    success: bool
    output: str


@event
class ProxyRulesChanged(TraceEvent):
    """kube-proxy wrote its rules: the Services that changed, and each one's chains as they are now.

    ``services`` maps a Service's port name to its cluster IP, port, protocol and endpoints, each with its probability;
    None: the Service's rules are gone.
    """

    services: dict[str, object]
    chains: int
    rules: int
