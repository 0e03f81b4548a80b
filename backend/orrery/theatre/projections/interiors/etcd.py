"""Inside an etcd member: its key space by prefix, what was written last, its leases, and who watches it. Its Raft log
is the Raft record's."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from orrery.etcd.events import EtcdApplied, EtcdCompacted, EtcdWatchChanged, LeaseChanged, RaftSnapshotInstalled
from orrery.kernel import ProcessExited
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.projections.objects import resource_of
from orrery.theatre.records import (
    EtcdClientsPart,
    EtcdWatchView,
    KeysPart,
    LeaseView,
    StorePart,
    WritesPart,
    WriteView,
)
from orrery.theatre.stage import Stage

WRITES_KEPT = 8
LEASES_SHOWN = 16
WATCHES_SHOWN = 16

Place = tuple[str, str]  # prefix, namespace


@dataclass(slots=True)
class _Member:
    revision: int = 0
    compacted: int = 0
    keys: dict[str, Place] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)     # by prefix, by namespace
    writes: deque[WriteView] = field(default_factory=lambda: deque(maxlen=WRITES_KEPT))
    leases: dict[str, LeaseView] = field(default_factory=dict)
    watches: dict[int, EtcdWatchView] = field(default_factory=dict)


def place_of(key: str) -> Place:
    """Where a key stands in the tree: the prefix of its kind, and its namespace ("" for none)."""
    found = resource_of(key)
    if found is not None:
        resource, namespace, _ = found
        return resource.key_prefix().rstrip("/"), namespace
    parent = key.rpartition("/")[0]
    return parent or key, ""


class EtcdMembers(Interior):
    name = "etcd"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._members: dict[str, _Member] = {}

    def handlers(self) -> Handlers:
        return {
            EtcdApplied: self._applied,
            EtcdCompacted: self._compacted,
            RaftSnapshotInstalled: self._installed,
            LeaseChanged: self._lease_changed,
            EtcdWatchChanged: self._watch_changed,
        }

    def exited(self, event: ProcessExited) -> None:
        member = self._member(event.source)
        member.watches.clear()
        self._touch_clients(event.time_ns, event.source)

    def _member(self, component: str) -> _Member:
        return self._members.setdefault(component, _Member())

    # -- keys

    def _applied(self, event: EtcdApplied) -> None:
        member = self._member(event.source)
        member.revision = event.revision
        touched: dict[str, None] = {}
        for key, _, _, version in event.puts:
            self._note(member, event, key, "create" if version == 1 else "update")
            if key not in member.keys:
                touched[_enter(member, key)] = None
        for key in event.deletes:
            self._note(member, event, key, "delete")
            place = member.keys.pop(key, None)
            if place is not None:
                _count(member, place, -1)
                touched[place[0]] = None
        for prefix in touched:
            self._touch_keys(event.time_ns, event.source, prefix)
        self._touch_store(event.time_ns, event.source)
        if not event.quiet:
            self._touch(event.time_ns, event.source, "writes", lambda: WritesPart(writes=tuple(member.writes)))

    @staticmethod
    def _note(member: _Member, event: EtcdApplied, key: str, change: Literal["create", "update", "delete"]) -> None:
        if not event.quiet:
            view = WriteView(revision=event.revision, key=key, change=change, t_ns=event.time_ns, event=event.id)
            member.writes.appendleft(view)

    def _compacted(self, event: EtcdCompacted) -> None:
        self._member(event.source).compacted = event.revision
        self._touch_store(event.time_ns, event.source)

    def _installed(self, event: RaftSnapshotInstalled) -> None:
        member = self._member(event.source)
        prefixes = dict.fromkeys(member.counts)
        member.revision, member.keys, member.counts = event.revision, {}, {}
        for key in event.keys:
            prefixes[_enter(member, key)] = None
        known = member.leases
        member.leases = {
            lease: known.get(lease) or LeaseView(lease=lease, ttl_s=ttl_s, granted_ns=event.time_ns)
            for lease, ttl_s in event.leases
        }
        for prefix in prefixes:
            self._touch_keys(event.time_ns, event.source, prefix)
        self._touch_store(event.time_ns, event.source)
        self._touch_clients(event.time_ns, event.source)

    def _touch_keys(self, t_ns: int, component: str, prefix: str) -> None:
        member = self._member(component)

        def make() -> KeysPart | None:
            counts = member.counts.get(prefix)
            return KeysPart(prefix=prefix, counts=dict(sorted(counts.items()))) if counts else None

        self._touch(t_ns, component, f"keys{prefix}", make)

    def _touch_store(self, t_ns: int, component: str) -> None:
        member = self._member(component)
        self._touch(t_ns, component, "store", lambda: StorePart(
            revision=member.revision, compacted=member.compacted, keys=len(member.keys)
        ))

    # -- leases and watches

    def _lease_changed(self, event: LeaseChanged) -> None:
        leases = self._member(event.source).leases
        if event.change == "granted":
            leases[event.lease] = LeaseView(lease=event.lease, ttl_s=event.ttl_s, granted_ns=event.time_ns)
        else:
            leases.pop(event.lease, None)
        self._touch_clients(event.time_ns, event.source)

    def _watch_changed(self, event: EtcdWatchChanged) -> None:
        watches = self._member(event.source).watches
        if event.open:
            watches[event.call] = EtcdWatchView(peer=event.peer, key=event.key, open_ns=event.time_ns)
        else:
            watches.pop(event.call, None)
        self._touch_clients(event.time_ns, event.source)

    def _touch_clients(self, t_ns: int, component: str) -> None:
        member = self._member(component)
        self._touch(t_ns, component, "clients", lambda: EtcdClientsPart(
            leases=tuple([*member.leases.values()][-LEASES_SHOWN:]),
            watches=tuple([*member.watches.values()][-WATCHES_SHOWN:]),
        ))


def _enter(member: _Member, key: str) -> str:
    place = member.keys[key] = place_of(key)
    _count(member, place, 1)
    return place[0]


def _count(member: _Member, place: Place, by: int) -> None:
    prefix, namespace = place
    counts = member.counts.setdefault(prefix, {})
    counts[namespace] = counts.get(namespace, 0) + by
    if not counts[namespace]:
        del counts[namespace]
