"""A trace event in one short line of the field's own terms, for lists and headings: "web-5 → worker-2", "term 3:
leader".

One function an event type, and one line in TITLES. Messages have labels instead.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from orrery.apiserver.events import (
    RequestAudited,
    RequestAuthorized,
    RequestReceived,
    WatchCacheChanged,
    WatchChanged,
)
from orrery.client.events import CacheSynced, LeadershipChanged
from orrery.cluster.events import BackendChanged
from orrery.controllers.events import Reconciled, WorkChanged
from orrery.etcd.events import (
    EtcdApplied,
    EtcdCompacted,
    EtcdWatchChanged,
    LeaseChanged,
    RaftLogChanged,
    RaftSnapshotInstalled,
    RaftStateChanged,
    VoteCast,
    VotesCounted,
)
from orrery.kernel import (
    MILLISECOND,
    SECOND,
    ClockChanged,
    DiskChanged,
    FlowStarted,
    HostCrashed,
    HostStarted,
    InputTaken,
    LinkChanged,
    LogLine,
    MessageDelayed,
    MessageDropped,
    ProcessExited,
    ProcessHung,
    ProcessResumed,
    ProcessStarted,
    TraceEvent,
)
from orrery.node.events import (
    ContainerChanged,
    ImagePulled,
    NetworkPluginCalled,
    PodWorkerChanged,
    ProbeResult,
    ProxyRulesChanged,
    SandboxChanged,
)
from orrery.scheduler.events import (
    BindingEnded,
    BindingRequested,
    QueueChanged,
    SchedulerStarted,
    SchedulingDecision,
)
from orrery.scheduler.remedies import joined

STAMP = ("id", "time_ns", "flow", "parent", "source")
LONGEST = 160


def title(event: TraceEvent) -> str:
    """The event in one line."""
    make = TITLES.get(type(event))
    text = make(event) if make is not None else _fields(event)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _fields(event: TraceEvent) -> str:
    values = ((field.name, getattr(event, field.name)) for field in fields(event) if field.name not in STAMP)
    told = [f"{name}={value}" for name, value in values if isinstance(value, str | int) and value not in ("", 0, False)]
    return f"{event.TYPE} {' '.join(told)}".strip()


def _authorized(event: RequestAuthorized) -> str:
    denied = [f"{v.stage}: {v.reason}" for v in event.stages if v.verdict == "deny"]
    what = f"{event.user} may {event.verb} {event.resource or event.path} {event.name}".strip()
    return f"{event.user}: {denied[0]}" if denied else what


def _applied(event: EtcdApplied) -> str:
    keys = [f"put {key}" for key, *_ in event.puts] + [f"delete {key}" for key in event.deletes]
    return f"revision {event.revision}: {', '.join(keys)}"


def _log(event: RaftLogChanged) -> str:
    if event.entries:
        first, last = event.entries[0][0], event.entries[-1][0]
        entries = f"{first}" if first == last else f"{first}–{last}"
        return f"log holds {entries}, commit {event.commit}"
    return f"commit {event.commit}"


def _counted(event: VotesCounted) -> str:
    ask = "would vote" if event.pre else "votes"
    return f"term {event.term}: {len(event.granted)} of {event.needed} {ask}, {event.outcome}"


def _cast(event: VoteCast) -> str:
    word = ("would vote for" if event.pre else "votes for") if event.granted else "refuses"
    return f"term {event.term}: {word} {event.candidate}" + (f" ({event.reason})" if event.reason else "")


def _decided(event: SchedulingDecision) -> str:
    if event.selected:
        return f"{event.pod} → {event.selected}"
    way = event.way_in
    return f"{event.pod}: {event.message}" + (f" It {joined(way.remedies, way.node)}." if way else "")


def _pulled(event: ImagePulled) -> str:
    return f"{event.image} ({event.duration_ns / SECOND:.1f} s)"


def _container(event: ContainerChanged) -> str:
    return f"{event.pod} {event.container}: {event.state}" + (f" ({event.reason})" if event.reason else "")


TITLES: dict[type[TraceEvent], Callable[[Any], str]] = {
    FlowStarted: lambda e: e.title,
    LogLine: lambda e: e.text,
    InputTaken: lambda e: f"{e.kind} from outside",
    MessageDelayed: lambda e: f"held: {e.reason}",
    MessageDropped: lambda e: f"dropped: {e.reason}",
    ProcessStarted: lambda e: "starts",
    ProcessExited: lambda e: f"ends: {e.reason}",
    ProcessHung: lambda e: "hangs",
    ProcessResumed: lambda e: "goes on",
    HostCrashed: lambda e: "loses power",
    HostStarted: lambda e: "boots",
    LinkChanged: lambda e: f"link {e.a} – {e.b}",
    DiskChanged: lambda e: "disk full" if e.full else f"disk slower by {e.slow_ns / MILLISECOND:g} ms",
    ClockChanged: lambda e: f"clock off by {e.skew_ns / SECOND:g} s",
    RaftStateChanged: lambda e: f"term {e.term}: {e.role}",
    RaftLogChanged: _log,
    RaftSnapshotInstalled: lambda e: f"takes the leader's state, index {e.index}",
    VoteCast: _cast,
    VotesCounted: _counted,
    EtcdApplied: _applied,
    EtcdCompacted: lambda e: f"compacted at revision {e.revision}",
    LeaseChanged: lambda e: f"lease {e.lease} {e.change}",
    RequestReceived: lambda e: f"takes up {e.verb} {e.resource or e.path} {e.name} of {e.user or 'nobody'}",
    RequestAuthorized: _authorized,
    RequestAudited: lambda e: f"{e.code} to {e.verb} {e.resource} {e.name} by {e.user}",
    CacheSynced: lambda e: f"{e.objects} {e.resource} listed",
    LeadershipChanged: lambda e: f"{'holds' if e.leads else 'has lost'} {e.lease}",
    BackendChanged: lambda e: f"{e.backend} is {'up' if e.up else 'down'}",
    WatchChanged: lambda e: f"watch of {e.resource} by {e.user} {'opened' if e.open else 'ended'}",
    WatchCacheChanged: lambda e: f"watch cache holds {e.objects} {e.resource}",
    EtcdWatchChanged: lambda e: f"watch of {e.key} by {e.peer} {'opened' if e.open else 'ended'}",
    WorkChanged: lambda e: f"{e.controller}: {e.key} {e.change}",
    Reconciled: lambda e: f"{e.key}: {e.observed}; {e.difference}; {', '.join(e.actions)}",
    SchedulerStarted: lambda e: f"schedules Pods of {e.profile}",
    SchedulingDecision: _decided,
    BindingRequested: lambda e: f"asks to bind {e.pod} to {e.node}",
    BindingEnded: lambda e: f"{e.pod} → {e.node}: {e.error or 'bound'}",
    QueueChanged: lambda e: "queue: {} active, {} backing off, {} unschedulable".format(*e.counts),
    PodWorkerChanged: lambda e: f"{e.pod}: {e.state}",
    SandboxChanged: lambda e: f"{e.pod} sandbox: {e.state}",
    ContainerChanged: _container,
    NetworkPluginCalled: lambda e: f"CNI {e.command} {e.pod}",
    ImagePulled: _pulled,
    ProbeResult: lambda e: f"{e.pod} {e.container} {e.probe} {'succeeds' if e.success else 'fails'}",
    ProxyRulesChanged: lambda e: f"rules of {', '.join(e.services)}",
}
