"""A follower does what the leader of its term says, and starts an election when it no longer hears one (5.2)."""

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

if TYPE_CHECKING:
    from orrery.raft.node import Raft


class Follower:
    __slots__ = ("_answer", "heard_ns", "leader", "node", "timeout_ns")
    name: ClassVar[str] = "follower"

    def __init__(self, node: Raft, leader: str, now_ns: int) -> None:
        self.node = node
        self.leader = leader
        self.heard_ns = now_ns  # the last time that there was a reason not to campaign
        self.timeout_ns = node.draw_timeout()
        self._answer: HeartbeatAnswer | None = None

    @property
    def deadline_ns(self) -> int:
        return self.heard_ns + self.timeout_ns

    def hears_leader(self, now_ns: int) -> bool:
        return self.leader != "" and now_ns < self.heard_ns + self.node.timing.election_ns

    def tick(self, now_ns: int) -> None:
        if now_ns >= self.heard_ns + self.timeout_ns:
            self.node.campaign(now_ns, pre=True)

    def step(self, message: Message, now_ns: int) -> None:
        if isinstance(message, Heartbeat):
            self.on_heartbeat(message, now_ns)
        elif isinstance(message, Append):
            self.follow(message.source, now_ns)
            self.on_append(message)
        elif isinstance(message, VoteRequest):
            if self.node.ballot(message, now_ns) and not message.pre:
                self.heard_ns = now_ns
        elif isinstance(message, InstallSnapshot):
            self.follow(message.source, now_ns)
            self.on_snapshot(message)
        elif isinstance(message, TimeoutNow):
            self.node.campaign(now_ns, pre=False, forced=True)
        elif isinstance(message, ReadAnswer):
            self.node.emit(ReadReady(message.context, message.index))
        elif isinstance(message, Proposal):
            self.propose(message.data, now_ns, message.cause, message.source)
        elif isinstance(message, ReadRequest):
            self.read(message.context, now_ns, message.source)

    def follow(self, leader: str, now_ns: int) -> None:
        """The leader of this term has spoken."""
        self.heard_ns = now_ns
        if leader != self.leader:
            self.leader = leader
            self.node.announce()

    # -------------------------------------------------------------------------------------------- replication

    def on_heartbeat(self, message: Heartbeat, now_ns: int) -> None:
        self.heard_ns = now_ns
        if message.source != self.leader:
            self.follow(message.source, now_ns)
        node = self.node
        if message.commit > node.commit:
            node.commit_to(message.commit)
        answer = self._answer
        if answer is None or answer.context != message.context or answer.target != message.source:
            answer = HeartbeatAnswer(node.member, message.source, node.term, message.context)
            self._answer = answer
        node.emit(answer)

    def on_append(self, message: Append) -> None:
        """AppendEntries, receiver's side (figure 2)."""
        node, log = self.node, self.node.log
        if message.prev_index < min(node.commit, log.base_index):
            # What precedes is committed and compacted: we need no check to know that it matches.
            node.emit(AppendAnswer(node.member, message.source, node.term, True, node.commit))
            return
        if not log.matches(message.prev_index, message.prev_term):
            hint_index, hint_term = log.agreement(message.prev_index, message.prev_term)
            node.emit(
                AppendAnswer(node.member, message.source, node.term, False, message.prev_index, hint_index, hint_term)
            )
            return
        self.take_entries(message.entries)
        last_index = message.prev_index + len(message.entries)
        node.emit(AppendAnswer(node.member, message.source, node.term, True, last_index))
        if message.commit > node.commit:
            node.commit_to(min(message.commit, last_index))

    def take_entries(self, entries: tuple[Entry, ...]) -> None:
        """Append what we lack; where an entry conflicts with ours, ours and all that follow it go (5.3)."""
        node, log = self.node, self.node.log
        new = entries[log.first_new(entries) :]
        if not new:
            return
        truncate_from = 0
        if new[0].index <= log.last_index:
            truncate_from = new[0].index
            node.truncate(truncate_from)
        log.append(new)
        node.persist(entries=new, truncate_from=truncate_from)

    def on_snapshot(self, message: InstallSnapshot) -> None:
        """InstallSnapshot, receiver's side (section 7)."""
        node, snapshot = self.node, message.snapshot
        if snapshot.index > node.commit:
            if node.log.matches(snapshot.index, snapshot.term):
                node.commit_to(snapshot.index)
            else:
                node.restore(snapshot)
        node.emit(AppendAnswer(node.member, message.source, node.term, True, node.commit))

    # -------------------------------------------------------------------------------------------- requests

    def propose(self, data: object, now_ns: int, cause: object, source: str) -> bool:
        """Pass a proposal on; False when no leader is known (or it would only go round in circles)."""
        if not self.leader or source != self.node.member:
            return False
        self.node.emit(Proposal(self.node.member, self.leader, data, cause))
        return True

    def read(self, context: str, now_ns: int, source: str) -> bool:
        if not self.leader or source != self.node.member:
            return False
        self.node.emit(ReadRequest(self.node.member, self.leader, context))
        return True
