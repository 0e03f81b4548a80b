"""What the browser is told: records, messages, marks, and the frames that carry them.

A record is the state of one thing at one instant. The server sends a new version whenever a trace event changed
it; the browser keeps the versions, so that any past instant is a look-up. Nothing here is computed in the browser.
Times are virtual nanoseconds since the run's beginning (integers below 2**53).

One file a part; all names are here.
"""

from orrery.theatre.records.acts import (
    Accepted,
    ApplyReply,
    ApplyRequest,
    ApplyResult,
    DeleteRequest,
    ErrorDetail,
    ErrorReply,
    FaultRequest,
    ScaleRequest,
)
from orrery.theatre.records.base import (
    Model,
    ProtocolName,
    Words,
)
from orrery.theatre.records.consensus import (
    Ballot,
    LogEntry,
    RaftRecord,
    RaftRole,
)
from orrery.theatre.records.flows import (
    FlowKind,
    FlowRecord,
    Mark,
    MarkKind,
    MessageView,
    Outcome,
)
from orrery.theatre.records.frames import (
    Batch,
    Change,
    Hello,
    Record,
    ServerFrame,
    Snapshot,
)
from orrery.theatre.records.looking import (
    EventBrief,
    EventView,
    FlowReply,
    ObjectReply,
)
from orrery.theatre.records.machines import (
    ComponentRecord,
    Cut,
    HostRecord,
    HostRole,
    LinkRecord,
    ProcessState,
)
from orrery.theatre.records.scenes import (
    SceneRecord,
    SceneRequest,
    SceneState,
    SceneView,
)
from orrery.theatre.records.scheduling import (
    DecisionRecord,
    FilterVerdict,
    NodeVerdict,
    PluginScore,
    QueueRecord,
)
from orrery.theatre.records.sequence import (
    LectureStep,
    PodCreation,
    SequencePart,
    SequenceReply,
    SequenceStep,
)
from orrery.theatre.records.time import (
    BranchRequest,
    BranchView,
    ChapterView,
    ControlRequest,
    ForkRequest,
    OpenRequest,
    Pace,
    RecordingIndex,
    RunInfo,
    RunLink,
    RunRequest,
    Stretch,
)
from orrery.theatre.records.workloads import (
    ContainerView,
    NodeRecord,
    ObjectRecord,
    PodPhase,
    PodRecord,
    Readiness,
)

__all__ = [
    "Accepted",
    "ApplyReply",
    "ApplyRequest",
    "ApplyResult",
    "Ballot",
    "Batch",
    "BranchRequest",
    "BranchView",
    "Change",
    "ChapterView",
    "ComponentRecord",
    "ContainerView",
    "ControlRequest",
    "Cut",
    "DecisionRecord",
    "DeleteRequest",
    "ErrorDetail",
    "ErrorReply",
    "EventBrief",
    "EventView",
    "FaultRequest",
    "FilterVerdict",
    "FlowKind",
    "FlowRecord",
    "FlowReply",
    "ForkRequest",
    "Hello",
    "HostRecord",
    "HostRole",
    "LectureStep",
    "LinkRecord",
    "LogEntry",
    "Mark",
    "MarkKind",
    "MessageView",
    "Model",
    "NodeRecord",
    "NodeVerdict",
    "ObjectRecord",
    "ObjectReply",
    "OpenRequest",
    "Outcome",
    "Pace",
    "PluginScore",
    "PodCreation",
    "PodPhase",
    "PodRecord",
    "ProcessState",
    "ProtocolName",
    "QueueRecord",
    "RaftRecord",
    "RaftRole",
    "Readiness",
    "Record",
    "RecordingIndex",
    "RunInfo",
    "RunLink",
    "RunRequest",
    "ScaleRequest",
    "SceneRecord",
    "SceneRequest",
    "SceneState",
    "SceneView",
    "SequencePart",
    "SequenceReply",
    "SequenceStep",
    "ServerFrame",
    "Snapshot",
    "Stretch",
    "Words",
]
