"""The clock: its pace, its buttons, and the run that it belongs to."""

from typing import Literal

from pydantic import Field

from orrery.theatre.records.base import Model


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


class ControlRequest(Model):
    """POST /api/control: the clock's buttons."""

    action: Literal["play", "pause", "step", "mode", "factor", "focus", "skip"]
    step: Literal["event", "message", "milestone"] | None = None
    mode: Literal["cinematic", "real-time", "fastest"] | None = None
    factor: float | None = Field(default=None, ge=0.001, le=1000)
    flow: int | None = None


class RunRequest(Model):
    """POST /api/run: begins another run."""

    seed: int = Field(ge=0, lt=2**53)
