"""The kernel: virtual time, randomness, hosts, processes, disks, the network, faults, the trace. No Kubernetes.

Rules
- Time is an integer of nanoseconds, and stands still while code runs. What is due at one instant runs in the order in
  which it was asked for. Nothing else decides an order: no clock of the machine, no thread, no hash.
- Code runs as coroutines of a process (`Process.spawn`) or as plain callbacks (timers, arriving messages). A coroutine
  waits only through `sleep`, `Event`, `Queue`, `timeout`, `TaskGroup` and what is made of them.
- Processes meet over the network alone: datagrams (`send`, `listen`), connections (`connect`, `accept`) and remote
  calls over these (`dial`, `serve`).
- All randomness comes from named streams of the run's seed.
- The outside world acts through the inbox alone, which records what it did.
- Everything that happens is traced with its cause.

What may not be here: knowledge of Kubernetes, etcd or Raft; asyncio; the real clock.
"""

from orrery.kernel.connection import End
from orrery.kernel.disk import Disk, DiskFull, DiskProfile
from orrery.kernel.events import (
    ClockChanged,
    DiskChanged,
    HostCrashed,
    HostStarted,
    InputTaken,
    LinkChanged,
    Message,
    MessageDelayed,
    MessageDropped,
    MessageReceived,
    MessageSent,
    ProcessExited,
    ProcessHung,
    ProcessResumed,
    ProcessStarted,
)
from orrery.kernel.faults import FAULTS, FaultDesk
from orrery.kernel.host import Host
from orrery.kernel.inbox import Inbox, Input
from orrery.kernel.kernel import DEFAULT_EPOCH_S, Kernel, Spinning, Timer
from orrery.kernel.link import Link, LinkProfile
from orrery.kernel.network import (
    Address,
    ConnectionRefused,
    ConnectionReset,
    DeadlineExceeded,
    Network,
    RpcError,
    Unreachable,
)
from orrery.kernel.process import Process
from orrery.kernel.randomness import RandomStream
from orrery.kernel.rpc import Call, Channel, Reply, RpcFailure, Stream, StreamEnded
from orrery.kernel.tasks import (
    Cancelled,
    Event,
    Queue,
    QueueEmpty,
    Task,
    TaskGroup,
    TimeoutExpired,
    sleep,
    timeout,
)
from orrery.kernel.trace import NO_CAUSE, Cause, FlowStarted, LogLine, Trace, TraceEvent, encode, event
from orrery.kernel.units import HOUR, MICROSECOND, MILLISECOND, MINUTE, NANOSECOND, SECOND

__all__ = [
    "DEFAULT_EPOCH_S", "FAULTS", "HOUR", "MICROSECOND", "MILLISECOND", "MINUTE", "NANOSECOND", "NO_CAUSE", "SECOND",
    "Address", "Call", "Cancelled", "Cause", "Channel", "ClockChanged", "ConnectionRefused", "ConnectionReset",
    "DeadlineExceeded", "Disk", "DiskChanged", "DiskFull", "DiskProfile", "End", "Event", "FaultDesk", "FlowStarted",
    "Host",
    "HostCrashed", "HostStarted", "Inbox", "Input", "InputTaken", "Kernel", "Link", "LinkChanged", "LinkProfile",
    "LogLine", "Message", "MessageDelayed", "MessageDropped", "MessageReceived", "MessageSent", "Network", "Process",
    "ProcessExited", "ProcessHung", "ProcessResumed", "ProcessStarted", "Queue", "QueueEmpty", "RandomStream", "Reply",
    "RpcError", "RpcFailure", "Spinning", "Stream", "StreamEnded", "Task", "TaskGroup", "TimeoutExpired", "Timer",
    "Trace", "TraceEvent", "Unreachable", "encode", "event", "sleep", "timeout",
]
