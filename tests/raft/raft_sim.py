"""A simulated world for Raft members: time, disks that lose what was not synced, a network that does its worst.

Everything follows from a seed. The checkers are told what an onlooker sees; nothing here looks into the members.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from orrery.raft import (
    Apply,
    Entry,
    HardState,
    Log,
    Output,
    Persist,
    Raft,
    ReadReady,
    Restore,
    RoleChanged,
    Snapshot,
    Timing,
)
from orrery.raft.checkers import RaftCheckers, SeenEntry

MS = 1_000_000
SECOND = 1000 * MS


@dataclass
class Faults:
    """How bad the world is. Probabilities are per message, rates per virtual second."""

    loss: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0  # held back for up to `late_ms`, so that it is overtaken
    late_ms: int = 1500
    delay_ms: tuple[int, int] = (1, 10)
    sync_ms: tuple[int, int] = (1, 5)
    crashes: float = 0.0
    partitions: float = 0.0
    down_ms: tuple[int, int] = (50, 3000)
    proposals: float = 10.0
    reads: float = 2.0
    compact_after: int = 0  # entries; 0 for never
    timing: Timing = field(default_factory=Timing)


MILD = Faults(loss=0.02, duplicate=0.02, late=0.02, crashes=0.3, partitions=0.3, compact_after=40)
HARSH = Faults(
    loss=0.15,
    duplicate=0.1,
    late=0.1,
    late_ms=600,
    crashes=1.5,
    partitions=1.5,
    down_ms=(20, 800),
    sync_ms=(1, 30),
    proposals=20.0,
    reads=5.0,
    compact_after=25,
    timing=Timing(heartbeat_ns=20 * MS, election_ns=100 * MS),
)


class Disk:
    """What one member has written (`kept`) and what would survive the power going (`synced`)."""

    def __init__(self) -> None:
        self.hard = HardState()
        self.entries: list[Entry] = []
        self.snapshot: Snapshot | None = None
        self.base = (0, 0)

    def write(self, persist: Persist) -> None:
        if persist.hard:
            self.hard = persist.hard
        if persist.snapshot:
            self.snapshot, self.entries = persist.snapshot, []
            self.base = (persist.snapshot.index, persist.snapshot.term)
        if persist.truncate_from:
            self.entries = [entry for entry in self.entries if entry.index < persist.truncate_from]
        self.entries.extend(persist.entries)

    def compact(self, snapshot: Snapshot, keep_from: int) -> None:
        self.snapshot = snapshot
        for entry in self.entries:
            if entry.index < keep_from:
                self.base = (entry.index, entry.term)
        self.entries = [entry for entry in self.entries if entry.index > self.base[0]]

    def log(self) -> Log:
        return Log(self.entries, base_index=self.base[0], base_term=self.base[1], snapshot=self.snapshot)


class Host:
    """One machine: a disk, and a member while it is up."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.disk = Disk()
        self.node: Raft | None = None
        self.life = 0  # which incarnation
        self.queue: list[Output] = []
        self.writing: Persist | None = None
        self.state: list[Entry] = []  # the state machine: what was applied
        self.armed = 0  # when `wake` will be called


class Sim:
    raft_class: type[Raft] = Raft

    def __init__(self, seed: int, *, members: int = 3, faults: Faults | None = None) -> None:
        self.random = random.Random(seed)
        self.faults = faults or Faults()
        self.names = [f"n{number + 1}" for number in range(members)]
        self.hosts = {name: Host(name) for name in self.names}
        self.checkers = RaftCheckers()
        self.now = 0
        self.cut: dict[tuple[str, str], bool] = {}
        self.stale_reads: list[str] = []
        self.reads_done = 0
        self.elections = 0
        self._reads: dict[str, int] = {}
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._sequence = 0
        self._proposed = 0
        self._committed = 0
        for name in self.names:
            self.start(name)

    # ------------------------------------------------------------------------------------------ time

    def at(self, time: int, action: Callable[[], None]) -> None:
        self._sequence += 1
        heapq.heappush(self._heap, (time, self._sequence, action))

    def run(self, duration: int) -> None:
        end = self.now + duration
        while self._heap and self._heap[0][0] <= end:
            self.now, _, action = heapq.heappop(self._heap)
            action()
        self.now = end

    # ------------------------------------------------------------------------------------------ members

    def start(self, name: str) -> None:
        host = self.hosts[name]
        if host.node is not None:
            return
        host.life += 1
        host.queue, host.writing, host.armed = [], None, 1 << 62
        disk = host.disk
        log = disk.log()
        host.state = list(disk.snapshot.data) if disk.snapshot else []  # type: ignore[call-overload]
        self.checkers.saw_restart(name, [seen(entry) for entry in disk.entries], first_index=log.first_index)
        host.node = self.raft_class(
            name, self.names, between=self.random.randint, now_ns=self.now, hard=disk.hard, log=log,
            timing=self.faults.timing,
        )  # fmt: skip
        self.after_input(host)

    def crash(self, name: str) -> None:
        """The power goes: a write under way may or may not have reached the disk."""
        host = self.hosts[name]
        host.node = None
        if host.writing and self.random.random() < 0.5:
            host.disk.write(host.writing)
        host.queue, host.writing = [], None

    def wake(self, host: Host, life: int) -> None:
        if host.node is None or host.life != life or self.now < host.armed:
            return
        host.armed = 1 << 62
        host.node.tick(self.now)
        self.after_input(host)

    def after_input(self, host: Host) -> None:
        assert host.node is not None
        for output in host.node.take():
            self.observe(host, output)
            host.queue.append(output)
        if host.node.deadline_ns < host.armed:
            host.armed, life = host.node.deadline_ns, host.life
            self.at(host.armed, lambda: self.wake(host, life))
        if host.writing is None:
            self.carry_out(host)

    def carry_out(self, host: Host) -> None:
        while host.queue:
            output = host.queue.pop(0)
            if isinstance(output, Persist):
                self.write(host, output)
                if host.writing:
                    return
            elif isinstance(output, Apply):
                for entry in output.entries:
                    host.state.append(entry)
                    self._committed = max(self._committed, entry.index)
                    self.checkers.saw_applied(host.name, seen(entry))
                self.maybe_compact(host)
            elif isinstance(output, Restore):
                host.state = list(output.snapshot.data)  # type: ignore[call-overload]
                for entry in host.state:
                    self.checkers.saw_applied(host.name, seen(entry))
            elif isinstance(output, ReadReady):
                self.read_ready(output)
            elif hasattr(output, "target"):
                self.send(output)

    def write(self, host: Host, persist: Persist) -> None:
        host.writing, life = persist, host.life

        def synced() -> None:
            if host.node is None or host.life != life:
                return
            host.disk.write(persist)
            host.writing = None
            if persist.entries:
                host.node.persisted(persist.entries[-1], self.now)
            self.carry_out(host)
            self.after_input(host)

        self.at(self.now + self.random.randint(*self.faults.sync_ms) * MS, synced)

    def observe(self, host: Host, output: Output) -> None:
        if isinstance(output, RoleChanged):
            self.checkers.saw_role(host.name, output.role, output.term)
            self.elections += output.role == "leader"
        elif isinstance(output, Persist):
            if output.snapshot:
                self.checkers.saw_snapshot(host.name, output.snapshot.index)
            self.checkers.saw_log(
                host.name, [seen(entry) for entry in output.entries], truncate_from=output.truncate_from
            )

    def maybe_compact(self, host: Host) -> None:
        after, node = self.faults.compact_after, host.node
        if not after or node is None or not host.state:
            return
        last = host.state[-1]
        snapshot_index = node.log.snapshot.index if node.log.snapshot else 0
        if last.index - snapshot_index >= after and host.disk.entries and host.disk.entries[-1].index >= last.index:
            snapshot = Snapshot(last.index, last.term, tuple(host.state))
            keep_from = last.index - after // 3
            node.compact(snapshot, keep_from)
            host.disk.compact(snapshot, keep_from)
            self.checkers.saw_compaction(host.name, node.log.first_index)

    # ------------------------------------------------------------------------------------------ network

    def send(self, message: object) -> None:
        source, target = message.source, message.target  # type: ignore[attr-defined]
        faults, rand = self.faults, self.random
        if self.cut.get((source, target)) or rand.random() < faults.loss:
            return
        copies = 2 if rand.random() < faults.duplicate else 1
        for _ in range(copies):
            delay = rand.randint(*faults.delay_ms) * MS
            if rand.random() < faults.late:
                delay += rand.randint(0, faults.late_ms) * MS
            self.at(self.now + delay, lambda: self.deliver(message))

    def deliver(self, message: object) -> None:
        host = self.hosts[message.target]  # type: ignore[attr-defined]
        if host.node is not None:
            host.node.step(message, self.now)  # type: ignore[arg-type]
            self.after_input(host)

    def partition(self, side: list[str], *, one_way: bool = False) -> None:
        for a in self.names:
            for b in self.names:
                if (a in side) != (b in side) and (not one_way or a in side):
                    self.cut[a, b] = True

    def heal(self) -> None:
        self.cut.clear()

    # ------------------------------------------------------------------------------------------ clients

    def propose(self, name: str) -> bool:
        host = self.hosts[name]
        self._proposed += 1
        accepted = host.node is not None and host.node.propose(f"x{self._proposed}", self.now)
        if host.node is not None:
            self.after_input(host)
        return accepted

    def read(self, name: str) -> str:
        host = self.hosts[name]
        context = f"r{len(self._reads) + 1}"
        self._reads[context] = self._committed
        if host.node is not None:
            host.node.read(context, self.now)
            self.after_input(host)
        return context

    def read_ready(self, ready: ReadReady) -> None:
        self.reads_done += 1
        known = self._reads[ready.context]
        if ready.index < known:
            self.stale_reads.append(f"{ready.context} answered {ready.index}, but {known} was committed before it")

    def leader(self) -> str:
        """The member that leads the highest term, "" for none."""
        leading = [
            (host.node.term, name) for name, host in self.hosts.items() if host.node and host.node.role.name == "leader"
        ]
        return max(leading)[1] if leading else ""

    # ------------------------------------------------------------------------------------------ chaos

    def chaos(self, duration: int) -> None:
        """Clients and faults at random for `duration`, then peace."""
        end = self.now + duration
        self._every(self.faults.proposals, end, lambda: self.propose(self.random.choice(self.names)))
        self._every(self.faults.reads, end, lambda: self.read(self.random.choice(self.names)))
        self._every(self.faults.crashes, end, self._crash_someone)
        self._every(self.faults.partitions, end, self._partition_somehow)
        self.run(duration)

    def _every(self, rate: float, end: int, action: Callable[[], object]) -> None:
        if not rate:
            return

        def again() -> None:
            if self.now < end:
                action()
                self.at(self.now + int(self.random.expovariate(rate) * SECOND) + 1, again)

        self.at(self.now + int(self.random.expovariate(rate) * SECOND) + 1, again)

    def _crash_someone(self) -> None:
        name = self.random.choice(self.names)
        leader = self.leader()
        if leader and self.random.random() < 0.3:
            name = leader
        if self.hosts[name].node is None:
            return
        self.crash(name)
        down = self.random.randint(*self.faults.down_ms) * MS
        self.at(self.now + down, lambda: self.start(name))

    def _partition_somehow(self) -> None:
        side = self.random.sample(self.names, self.random.randint(1, len(self.names) - 1))
        self.partition(side, one_way=self.random.random() < 0.4)
        self.at(self.now + self.random.randint(*self.faults.down_ms) * MS, self.heal)

    def peace(self, duration: int = 10 * SECOND) -> None:
        """Faults end; whatever is down comes back."""
        self.heal()
        timing = self.faults.timing
        self.faults = Faults(proposals=0, reads=0, timing=timing)
        for name in self.names:
            self.start(name)
        self.run(duration)


def seen(entry: Entry) -> SeenEntry:
    return SeenEntry(entry.index, entry.term, entry.data)
