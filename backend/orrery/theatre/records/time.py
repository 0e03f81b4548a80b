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
    branch: str = "main"        # which of the server's branches it is
    horizon_ns: int = 0         # from when on the server's recording is whole


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


class BranchView(Model):
    """One of the runs that the server keeps: the first, one that was forked from another's past, or one that was opened
    from a link or file."""

    id: str
    name: str
    parent: str | None          # the branch that it was forked from
    forked_ns: int | None       # at which instant of it
    seed: int
    state: Literal["making", "ready", "failed"]
    progress: float = 0.0       # while it is being made: 0 to 1
    now_ns: int = 0             # where its clock stood when this was written
    clients: bool = False       # real clients (kubectl ...) are attached to it
    digest: str = ""            # of its trace when this was written, first 12 hex digits
    same: bool | None = None    # an opened run: it has the digest that its link or file says
    message: str = ""           # why it failed


class ForkRequest(Model):
    """POST /api/fork?branch=: a new branch that leaves another at an instant of its past."""

    t_ns: int = Field(ge=0)
    name: str = Field(default="", max_length=60)


class BranchRequest(Model):
    """POST /api/branch: renames a branch, closes it, or gives it to the real clients."""

    id: str
    action: Literal["rename", "close", "attach"]
    name: str = Field(default="", max_length=60)


class ChapterView(Model):
    number: int
    from_ns: int
    to_ns: int


class RecordingIndex(Model):
    """GET /api/recording: the chapters of a run's recording, oldest first. GET /api/recording/<number>: one of them,
    {"snapshot": Snapshot, "batches": [Batch, ...]}."""

    chapters: tuple[ChapterView, ...]
    now_ns: int


class OpenRequest(Model):
    """POST /api/open: a run from its link (what stands after "run=") or its file."""

    text: str = Field(max_length=32_000_000)


class RunLink(Model):
    """GET /api/run: the run as a link and as a file."""

    code: str                   # "" if it is too long for an address
    code_bytes: int
    inputs: int
    now_ns: int
    digest: str                 # whole
