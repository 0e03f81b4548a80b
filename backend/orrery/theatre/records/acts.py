"""What people do over HTTP, and what they are answered. A refusal is an ErrorReply with a 4xx status."""

from typing import Literal

from pydantic import Field

from orrery.theatre.records.base import Model


class FaultRequest(Model):
    """POST /api/fault: what to break or mend. Process faults name a component, host faults a host, link faults a host
    and its peer."""

    fault: Literal[
        "crash-process", "restart-process", "hang-process", "resume-process", "crash-host", "restart-host", "cut-link",
        "heal-link", "slow-link", "drop-link", "partition", "skew-clock", "slow-disk", "fill-disk", "heal-disk",
        "heal-links", "heal-all",
    ]
    component: str | None = None
    host: str | None = None
    peer: str | None = None
    one_way: bool = False
    extra_ms: float | None = Field(default=None, ge=0, le=60_000)
    probability: float | None = Field(default=None, ge=0, le=1)
    skew_ms: float | None = Field(default=None, ge=-86_400_000, le=86_400_000)
    groups: tuple[tuple[str, ...], ...] | None = None


class ChaosRequest(Model):
    """POST /api/chaos: faults that come by themselves, or their end."""

    on: bool
    seed: int = Field(default=1, ge=0, lt=2**53)
    wild: bool = False


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
    message: str = ""           # why it failed, as kubectl prints it
    why: Literal["", "no-quorum", "unreachable"] = ""   # what is behind that


class ApplyReply(Model):
    """What became of an act, and the flow that follows from it. No results: the cluster has not answered in time."""

    flow: int
    results: tuple[ApplyResult, ...]
