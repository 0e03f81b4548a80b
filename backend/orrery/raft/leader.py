"""A leader appends, replicates, commits, confirms reads, and gives up when a majority is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from orrery.raft.messages import (
    Append,
    AppendAnswer,
    Entry,
    Heartbeat,
    HeartbeatAnswer,
    InstallSnapshot,
    Message,
    Proposal,
    ReadAnswer,
    ReadReady,
    ReadRequest,
    TimeoutNow,
    VoteRequest,
)
from orrery.raft.progress import BATCH_ENTRIES, PROBING, SNAPSHOTTING, Progress
from orrery.raft.quorum import majority, quorum_index
from orrery.raft.reads import ReadQueue

if TYPE_CHECKING:
    from orrery.raft.node import Raft


class Leader:
    __slots__ = ("_check_ns", "_early_reads", "_followers", "_transfer_until_ns", "deadline_ns", "node",
                 "progress", "reads", "transferee")  # fmt: skip
    name: ClassVar[str] = "leader"

    def __init__(self, node: Raft, now_ns: int) -> None:
        self.node = node
        self.progress = {peer: Progress(peer, node.log.last_index + 1) for peer in node.peers}
        self._followers = tuple(self.progress.values())
        self.reads = ReadQueue(len(node.members))
        self._early_reads: list[tuple[str, str]] = []  # asked before the first commit of this term
        self._check_ns = now_ns + node.timing.election_ns
        self.deadline_ns = now_ns + node.timing.heartbeat_ns
        self.transferee = ""
        self._transfer_until_ns = 0

    @property
    def leader(self) -> str:
        return self.node.member

    def hears_leader(self, now_ns: int) -> bool:
        return True

    # -------------------------------------------------------------------------------------------- time

    def tick(self, now_ns: int) -> None:
        """Heartbeats each 100 ms, and each election timeout the question whether a majority still answers."""
        if now_ns >= self._check_ns:
            self._check_ns = now_ns + self.node.timing.election_ns
            if not self._quorum_is_active():
                self.node.become_follower(self.node.term, "", now_ns)
                return
        if self.transferee and now_ns >= self._transfer_until_ns:
            self.transferee = ""
        if now_ns >= self.deadline_ns:
            self.deadline_ns = now_ns + self.node.timing.heartbeat_ns
            self.send_heartbeats()

    def _quorum_is_active(self) -> bool:
        alive = 1
        for progress in self._followers:
            alive += progress.active
            progress.active = False
        return alive >= majority(len(self.node.members))

    def send_heartbeats(self) -> None:
        node, context = self.node, self.reads.newest
        commit, outputs = node.commit, node.outputs
        for progress in self._followers:
            known = progress.match if progress.match < commit else commit
            heartbeat = progress.heartbeat
            if heartbeat is None or heartbeat.commit != known or heartbeat.context != context:
                heartbeat = Heartbeat(node.member, progress.member, node.term, known, context)
                progress.heartbeat = heartbeat
            outputs.append(heartbeat)

    # -------------------------------------------------------------------------------------------- messages

    def step(self, message: Message, now_ns: int) -> None:
        if isinstance(message, HeartbeatAnswer):
            self.on_heartbeat_answer(message, now_ns)
        elif isinstance(message, AppendAnswer):
            self.on_append_answer(message, now_ns)
        elif isinstance(message, Proposal):
            self.propose(message.data, now_ns, message.cause, message.source)
        elif isinstance(message, ReadRequest):
            self.read(message.context, now_ns, message.source)
        elif isinstance(message, VoteRequest):
            self.node.ballot(message, now_ns)

    def on_heartbeat_answer(self, message: HeartbeatAnswer, now_ns: int) -> None:
        progress = self.progress[message.source]
        progress.active = True
        if progress.match < self.node.log.last_index or progress.state == PROBING:
            # Something of ours may have been lost: even an empty Append finds out where it stands.
            progress.paused = False
            self._send_append(progress, now_ns, even_empty=True)
        if message.context:
            for read in self.reads.acknowledged(message.context, message.source):
                self._answer_read(read.context, read.source, read.index)

    def on_append_answer(self, message: AppendAnswer, now_ns: int) -> None:
        progress = self.progress[message.source]
        progress.active = True
        log = self.node.log
        if not message.accepted:
            agreement = message.hint_index
            if message.hint_term:
                agreement, _ = log.agreement(message.hint_index, message.hint_term)
            if progress.refused(message.index, agreement):
                self._send_append(progress, now_ns, even_empty=True)
            return
        if message.index > log.last_index:
            return  # nothing that we could have sent
        if progress.accepted(message.index):
            self._advance_commit(now_ns)
        while progress.next <= log.last_index and self._send_append(progress, now_ns):
            pass
        if progress.member == self.transferee and progress.match == log.last_index:
            self.node.emit(TimeoutNow(self.node.member, progress.member, self.node.term))

    # -------------------------------------------------------------------------------------------- replication

    def append(self, data: object, cause: object, now_ns: int) -> None:
        """A new entry at the end of our log; followers hear of it while our own disk is written."""
        node = self.node
        entry = Entry(node.log.last_index + 1, node.term, data, cause)
        node.log.append((entry,))
        for progress in self._followers:
            self._send_append(progress, now_ns)
        node.persist(entries=(entry,))

    def _send_append(self, progress: Progress, now_ns: int, *, even_empty: bool = False) -> bool:
        """Send the next entries, or a snapshot where they are gone; whether something was sent."""
        if not progress.may_send:
            return False
        node, log = self.node, self.node.log
        prev_index = progress.next - 1
        prev_term = log.term_at(prev_index)
        if prev_term is None:
            return self._send_snapshot(progress, now_ns)
        last_index = min(log.last_index, prev_index + BATCH_ENTRIES)
        if last_index <= prev_index and not even_empty:
            return False
        entries = log.slice(progress.next, last_index)
        node.emit(Append(node.member, progress.member, node.term, prev_index, prev_term, entries, node.commit))
        progress.sent(last_index)
        return True

    def _send_snapshot(self, progress: Progress, now_ns: int) -> bool:
        snapshot = self.node.log.snapshot
        under_way = progress.state == SNAPSHOTTING and (
            now_ns < progress.snapshot_sent_ns + self.node.timing.election_ns
        )
        if snapshot is None or under_way or not progress.active:
            return False
        progress.state = SNAPSHOTTING
        progress.snapshot_sent_ns = now_ns
        progress.paused = True
        self.node.emit(InstallSnapshot(self.node.member, progress.member, self.node.term, snapshot))
        return True

    def _advance_commit(self, now_ns: int) -> None:
        """Commit what a majority holds, if the last of it is of our own term (5.4.2), and tell the followers."""
        node = self.node
        index = self.replicated_index()
        if index <= node.commit or not self.may_commit(index):
            return
        node.commit_to(index)
        for progress in self._followers:
            self._send_append(progress, now_ns, even_empty=True)
        early, self._early_reads = self._early_reads, []
        for context, source in early:
            self.read(context, now_ns, source)

    def replicated_index(self) -> int:
        matches = [progress.match for progress in self._followers]
        matches.append(self.node.durable_index)
        return quorum_index(matches, len(matches))

    def may_commit(self, index: int) -> bool:
        return self.node.log.term_at(index) == self.node.term

    def persisted(self, now_ns: int) -> None:
        self._advance_commit(now_ns)

    # -------------------------------------------------------------------------------------------- requests

    def propose(self, data: object, now_ns: int, cause: object, source: str) -> bool:
        if self.transferee:
            return False
        self.append(data, cause, now_ns)
        return True

    def read(self, context: str, now_ns: int, source: str) -> bool:
        node = self.node
        if node.log.term_at(node.commit) != node.term:
            # Until an entry of this term is committed we may not know the newest commit (thesis 6.4, step 1).
            self._early_reads.append((context, source))
        elif not self._followers:
            self._answer_read(context, source, node.commit)
        else:
            self.reads.add(context, source, node.commit, node.member)
            self.send_heartbeats()
        return True

    def _answer_read(self, context: str, source: str, index: int) -> None:
        node = self.node
        if source == node.member:
            node.emit(ReadReady(context, index))
        else:
            node.emit(ReadAnswer(node.member, source, node.term, index, context))

    def transfer(self, target: str, now_ns: int) -> bool:
        """Hand leadership to `target` (thesis 3.10): bring it up to date, then tell it to campaign."""
        progress = self.progress.get(target)
        if progress is None:
            return False
        self.transferee = target
        self._transfer_until_ns = now_ns + self.node.timing.election_ns
        if progress.match == self.node.log.last_index:
            self.node.emit(TimeoutNow(self.node.member, target, self.node.term))
        else:
            self._send_append(progress, now_ns)
        return True
