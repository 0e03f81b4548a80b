"""The frames of the websocket: a snapshot, then batches of what changed."""

from typing import Annotated, Literal

from pydantic import Field

from orrery.theatre.records.base import Model
from orrery.theatre.records.consensus import QuorumRecord, RaftRecord, SafetyRecord, TimerRecord
from orrery.theatre.records.flows import FlowRecord, Mark, MessageView, Outcome
from orrery.theatre.records.interiors import InteriorRecord
from orrery.theatre.records.machines import ChaosRecord, ComponentRecord, HostRecord, LinkRecord
from orrery.theatre.records.scenes import SceneRecord
from orrery.theatre.records.scheduling import BindingRecord, DecisionRecord, QueueRecord, SchedulerRecord
from orrery.theatre.records.time import BranchView, Pace, RunInfo, Stretch
from orrery.theatre.records.workloads import NodeRecord, ObjectRecord, PodRecord

Record = Annotated[
    HostRecord
    | ComponentRecord
    | LinkRecord
    | RaftRecord
    | NodeRecord
    | PodRecord
    | ObjectRecord
    | DecisionRecord
    | BindingRecord
    | QueueRecord
    | SchedulerRecord
    | FlowRecord
    | SceneRecord
    | TimerRecord
    | QuorumRecord
    | SafetyRecord
    | InteriorRecord
    | ChaosRecord,
    Field(discriminator="type"),
]


class Change(Model):
    """From `t_ns` on, the thing `id` is `record`; None: it is gone."""
    t_ns: int
    id: str
    record: Record | None


class Snapshot(Model):
    type: Literal["snapshot"] = "snapshot"
    seq: int
    run: RunInfo
    now_ns: int
    records: tuple[Record, ...]
    messages: tuple[MessageView, ...]       # in flight now
    marks: tuple[Mark, ...]                 # all of the run so far (bounded)
    pace: Pace
    branches: tuple[BranchView, ...] = ()


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
    branches: tuple[BranchView, ...] | None = None  # present when they changed


class Hello(Model):
    """Browser to server, first frame: where it left off, to go on without loss."""
    type: Literal["hello"] = "hello"
    run: str | None = None
    seq: int | None = None
    branch: str = "main"


ServerFrame = Annotated[Snapshot | Batch, Field(discriminator="type")]
