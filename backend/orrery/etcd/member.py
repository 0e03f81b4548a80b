"""One etcd member: it drives Raft, writes its disk, talks to its peers, and applies what is committed.

Raft's commands are carried out strictly in order. At a Persist everything behind it waits until the disk has synced;
all Persists that have queued up meanwhile share the next sync. Each command keeps the cause under which Raft gave it,
so that a reply, an apply and a watch event stay in the flow of the write that they belong to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from orrery.etcd.applier import StateImage, StateMachine
from orrery.etcd.events import (
    EtcdApplied,
    EtcdCompacted,
    LeaseChanged,
    RaftLogChanged,
    RaftSnapshotInstalled,
    RaftStateChanged,
    VoteCast,
    VotesCounted,
)
from orrery.etcd.requests import FROM_KEY, Compaction, LeaseGrant, LeaseRevoke, Range, Request, summary
from orrery.etcd.server import Server
from orrery.etcd.storage import Storage
from orrery.kernel import NO_CAUSE, Address, Cause, Message, Process, Timer
from orrery.raft import (
    Append,
    AppendAnswer,
    Apply,
    Ballot,
    BallotCast,
    BallotsCounted,
    Entry,
    Heartbeat,
    HeartbeatAnswer,
    InstallSnapshot,
    Output,
    Persist,
    Proposal,
    Raft,
    ReadAnswer,
    ReadReady,
    ReadRequest,
    Restore,
    RoleChanged,
    Snapshot,
    TimeoutNow,
    VoteRequest,
)

CLIENT_PORT = 2379
PEER_PORT = 2380
SNAPSHOT_ENTRIES = 10_000  # --snapshot-count
CATCH_UP_ENTRIES = 5_000  # --experimental-snapshot-catchup-entries
NEVER_NS = 1 << 62

# What a message is called on the stage.
KINDS: dict[type, str] = {
    Heartbeat: "Heartbeat",
    HeartbeatAnswer: "HeartbeatReply",
    Append: "AppendEntries",
    AppendAnswer: "AppendReply",
    VoteRequest: "RequestVote",
    Ballot: "VoteReply",
    InstallSnapshot: "InstallSnapshot",
    TimeoutNow: "TimeoutNow",
    Proposal: "Propose",
    ReadRequest: "ReadIndex",
    ReadAnswer: "ReadIndexReply",
}


class EtcdMember:
    """The member on `process`, one of the cluster on `hosts` (each runs a process named "etcd")."""

    def __init__(self, process: Process, hosts: Sequence[str], *, snapshot_entries: int = SNAPSHOT_ENTRIES) -> None:
        self.process = process
        self.name = process.id
        self.members = tuple(f"{host}/{process.name}" for host in hosts)
        self.machine = StateMachine()
        self.applied_index = 0
        self.leader_since_ns = 0  # when the present leader became known
        self.server = Server(self)
        self._kernel = process.kernel
        self._peers = {member: Address(host, PEER_PORT) for member, host in zip(self.members, hosts, strict=True)}
        self._storage = Storage(process.disk)
        self._snapshot_entries = snapshot_entries
        self._queue: deque[tuple[Output, Cause, bool]] = deque()  # command, its cause, whether it is background noise
        self._synced = 0  # so many of the Persists at the head of the queue are durable
        self._syncing = False
        self._timer: Timer | None = None
        self._armed_ns = NEVER_NS
        self._told_last = 0  # the last index of the log as the audience knows it: what is durable
        self._campaign = NO_CAUSE  # the flow of the election under way
        self.raft: Raft

    async def run(self) -> None:
        """The process's main."""
        recovered = self._storage.recover()
        snapshot = recovered.log.snapshot
        if snapshot is not None:
            self._restore(snapshot)
        self.raft = Raft(
            self.name,
            self.members,
            between=self.process.random.between,
            now_ns=self._kernel.now_ns,
            hard=recovered.hard,
            log=recovered.log,
            commit=recovered.commit,
        )
        self.process.listen(PEER_PORT, self._on_peer)
        self.process.serve(CLIENT_PORT, self.server.answer, protocol="etcd")
        self._told_last = recovered.log.last_index
        self._tell_log((), 0, False)
        self.drive(quiet=False)
        self._arm()
        await self.server.read_index_loop()

    def db_size_bytes(self) -> int:
        return self.machine.store.size_bytes

    # -------------------------------------------------------------------------------------------- inputs to Raft

    def _on_peer(self, message: Message) -> None:
        raft = self.raft
        raft.step(message.body, self._kernel.now_ns)  # type: ignore[arg-type]  # peers send nothing else
        if raft.outputs:
            self.drive(quiet=message.quiet)
        if raft.deadline_ns < self._armed_ns:
            self._arm()

    def _on_timer(self) -> None:
        self._armed_ns = NEVER_NS
        raft, now_ns = self.raft, self._kernel.now_ns
        self._kernel.cause = NO_CAUSE
        if now_ns >= raft.deadline_ns and raft.role.name != "leader":
            self._begin_election(raft.role.name)
        raft.tick(now_ns)
        self.drive(quiet=False)
        self._arm()

    def _arm(self) -> None:
        """A follower's deadline only moves away: its timer is left where it is, and armed anew when it fires."""
        if self._timer is not None:
            self._timer.cancel()
        self._armed_ns = self.raft.deadline_ns
        self._timer = self.process.call_at(self._armed_ns, self._on_timer)

    def _begin_election(self, role: str) -> None:
        """An election is a story of its own; standing again and again for want of a majority is still the same."""
        if role == "follower" or self._campaign == NO_CAUSE:
            self.process.start_flow(kind="election", title=f"{self.name} stands for election", subject=self.name)
            self._campaign = self._kernel.cause
        else:
            self._kernel.cause = self._campaign

    def propose(self, request: Request) -> bool:
        """Give a request to Raft, under the present cause; False while no leader is known."""
        taken = self.raft.propose(request, self._kernel.now_ns, cause=self._kernel.cause)
        self.drive(quiet=request.quiet)
        return taken

    def read(self, context: str, *, quiet: bool) -> bool:
        """Ask Raft for a read index; `Server.read_ready` gets it. False while no leader is known."""
        taken = self.raft.read(context, self._kernel.now_ns)
        self.drive(quiet=quiet)
        return taken

    def transfer(self, target: str) -> bool:
        """Hand leadership to another member; False unless this one leads and the target is a member."""
        begun = self.raft.transfer(target, self._kernel.now_ns)
        self.drive(quiet=False)
        return begun

    # -------------------------------------------------------------------------------------------- Raft's commands

    def drive(self, *, quiet: bool) -> None:
        """Carry out what Raft has asked for, as far as the disk lets us."""
        queue, cause = self._queue, self._kernel.cause
        for output in self.raft.take():
            if not queue and (type(output) is Heartbeat or type(output) is HeartbeatAnswer):
                self._send(output, True)
            else:
                queue.append((output, cause, quiet))
        if queue and not self._syncing:
            self._work_off()
            self._kernel.cause = cause

    def _work_off(self) -> None:
        queue, raft = self._queue, self.raft
        while queue:
            output, cause, quiet = queue[0]
            self._kernel.cause = cause
            if isinstance(output, Persist):
                if not self._synced:
                    self._begin_sync()
                    return
                self._synced -= 1
                if output.entries:
                    self._told_last = output.entries[-1].index
                    self._tell_log(output.entries, output.truncate_from, quiet)
                    raft.persisted(output.entries[-1], self._kernel.now_ns)
            queue.popleft()
            self._carry_out(output, quiet)
            queue.extend((more, cause, quiet) for more in raft.take())

    def _begin_sync(self) -> None:
        """Write every Persist that waits, up to the next one with a snapshot, and sync once for them all."""
        self._syncing = True
        head = self._queue[0][0]
        count = 0
        if isinstance(head, Persist) and head.snapshot is None:
            for output, _, _ in self._queue:
                if isinstance(output, Persist):
                    if output.snapshot is not None:
                        break
                    self._storage.write(output)
                    count += 1
        self.process.spawn(self._sync(count), name="wal sync")

    async def _sync(self, count: int) -> None:
        head = self._queue[0][0]
        if count:
            await self._storage.sync()
            await self._maybe_snapshot()
        elif isinstance(head, Persist) and head.snapshot is not None:
            count = 1
            if head.hard is not None:
                self._storage.write(Persist(head.hard))
            snapshot = head.snapshot
            await self._storage.begin_again(snapshot, (snapshot.index, snapshot.term), ())
        self._syncing = False
        self._synced = count
        self._work_off()

    def _carry_out(self, output: Output, quiet: bool) -> None:
        if type(output) in KINDS:
            self._send(output, quiet)
        elif isinstance(output, Apply):
            self._apply(output, quiet)
        elif isinstance(output, RoleChanged):
            self._role_changed(output)
        elif isinstance(output, ReadReady):
            self.server.read_ready(output.context, output.index)
        elif isinstance(output, Restore):
            self._install(output.snapshot)
        elif isinstance(output, BallotCast):
            self.process.emit(
                VoteCast(
                    member=self.name,
                    candidate=output.candidate,
                    term=output.term,
                    pre=output.pre,
                    granted=output.granted,
                    reason=output.reason,
                )
            )
        elif isinstance(output, BallotsCounted):
            self.process.emit(
                VotesCounted(
                    member=self.name,
                    term=output.term,
                    pre=output.pre,
                    granted=list(output.granted),
                    refused=list(output.refused),
                    needed=output.needed,
                    outcome=output.outcome,
                )
            )

    def _send(self, message: Output, quiet: bool) -> None:
        kind = KINDS[type(message)]
        if isinstance(message, Heartbeat | HeartbeatAnswer):
            quiet = not message.context or message.context.startswith("quiet")
        elif isinstance(message, Append):
            if message.entries:
                quiet = all(isinstance(entry.data, Request) and entry.data.quiet for entry in message.entries)
        elif isinstance(message, VoteRequest) and message.pre:
            kind = "RequestPreVote"
        elif isinstance(message, Ballot) and message.pre:
            kind = "PreVoteReply"
        self.process.send(self._peers[message.target], "raft", kind, message, quiet=quiet)  # type: ignore[union-attr]

    def _role_changed(self, change: RoleChanged) -> None:
        waits = change.role != "leader"
        self.process.emit(
            RaftStateChanged(
                member=self.name,
                role=change.role,
                term=change.term,
                leader=change.leader,
                vote=change.vote,
                election_deadline_ns=change.deadline_ns if waits else 0,
                election_timeout_ns=change.deadline_ns - self._kernel.now_ns if waits else 0,
            )
        )
        if change.leader:
            self.leader_since_ns = self._kernel.now_ns
        self.server.leader_changed(change.leader)

    # -------------------------------------------------------------------------------------------- applying

    def _apply(self, output: Apply, quiet: bool) -> None:
        last_index = output.entries[-1].index
        self._storage.note_commit(last_index)
        self._tell_log((), 0, quiet, applied=last_index)
        cause = self._kernel.cause
        for entry in output.entries:
            mine = entry.cause if isinstance(entry.cause, Cause) else NO_CAUSE
            self._kernel.cause = cause if cause.flow == mine.flow else mine
            self.applied_index = entry.index
            if isinstance(entry.data, Request):
                self._apply_request(entry, entry.data)
        self._kernel.cause = cause
        self.server.applied(last_index)

    def _apply_request(self, entry: Entry, request: Request) -> None:
        machine = self.machine
        applied = machine.apply(request.command, self._kernel.now_ns)
        if applied.events:
            revision = machine.store.revision
            self.process.emit(
                EtcdApplied(
                    member=self.name,
                    index=entry.index,
                    term=entry.term,
                    revision=revision,
                    puts=[
                        (_text(kv.key), _text(kv.value), kv.create_revision, kv.version)
                        for kv in (event.kv for event in applied.events if event.type == "PUT")
                    ],
                    deletes=[_text(event.kv.key) for event in applied.events if event.type == "DELETE"],
                    quiet=request.quiet,
                )
            )
            self.server.watches.notify(applied.events, revision, quiet=request.quiet)
        command = request.command
        if applied.error is None and isinstance(command, Compaction):
            self.process.emit(EtcdCompacted(member=self.name, revision=command.revision))
        elif applied.error is None and isinstance(command, LeaseGrant | LeaseRevoke):
            granted = isinstance(command, LeaseGrant)
            ttl_s = command.ttl_s if isinstance(command, LeaseGrant) else 0
            change = "granted" if granted else "revoked"
            self.process.emit(LeaseChanged(member=self.name, lease=f"{command.id:x}", ttl_s=ttl_s, change=change))
            self.server.leases_changed()
        self.server.settle(request.id, applied)

    # -------------------------------------------------------------------------------------------- snapshots

    async def _maybe_snapshot(self) -> None:
        """Shorten the log once enough has been applied since the last time."""
        log = self.raft.log
        last = log.snapshot.index if log.snapshot else 0
        index = self.applied_index
        if index - last < self._snapshot_entries:
            return
        term = log.term_at(index)
        assert term is not None
        snapshot = Snapshot(index, term, self.machine.image())
        self.raft.compact(snapshot, index - min(CATCH_UP_ENTRIES, self._snapshot_entries // 2) + 1)
        base = (log.base_index, log.base_term)
        await self._storage.begin_again(snapshot, base, log.slice(log.first_index, log.last_index))
        self._tell_log((), 0, True)

    def _install(self, snapshot: Snapshot) -> None:
        old_revision = self.machine.store.revision
        self._restore(snapshot)
        store, lessor = self.machine.store, self.machine.lessor
        self.process.emit(
            RaftSnapshotInstalled(
                member=self.name, index=snapshot.index, term=snapshot.term, revision=store.revision,
                keys=[_text(kv.key) for kv in store.range(Range(FROM_KEY, FROM_KEY)).kvs],
                leases=[(f"{lease.id:x}", lease.ttl_s) for lease in lessor.leases.values()],
            )
        )
        self._told_last = snapshot.index
        self._tell_log((), 0, False)
        self.server.watches.store_replaced(old_revision)
        self.server.applied(snapshot.index)

    def _restore(self, snapshot: Snapshot) -> None:
        assert isinstance(snapshot.data, StateImage)
        self.machine.restore(snapshot.data)
        self.applied_index = snapshot.index

    def _tell_log(
        self, entries: tuple[Entry, ...], truncated_from: int, quiet: bool, *, applied: int | None = None
    ) -> None:
        log = self.raft.log
        self.process.emit(
            RaftLogChanged(
                member=self.name,
                first_index=log.first_index,
                last_index=self._told_last,
                commit=self.raft.commit,
                applied=self.applied_index if applied is None else applied,
                entries=[(entry.index, entry.term, summary(entry.data)) for entry in entries],
                truncated_from=truncated_from,
                quiet=quiet,
            ),
            follow=False,
        )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
