"""A candidate asks for votes: first whether it would get them (pre-vote, thesis 9.6), then in a new term (5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orrery.raft.messages import (
    Append,
    Ballot,
    BallotsCounted,
    Heartbeat,
    InstallSnapshot,
    Message,
    VoteRequest,
)
from orrery.raft.quorum import Tally, majority

if TYPE_CHECKING:
    from orrery.raft.node import Raft


class Candidate:
    """Both kinds: `pre` has entered no term yet, so a pre-candidate disturbs nobody."""

    __slots__ = ("deadline_ns", "node", "pre", "since_ns", "tally")

    def __init__(self, node: Raft, now_ns: int, *, pre: bool) -> None:
        self.node = node
        self.pre = pre
        self.since_ns = now_ns
        self.deadline_ns = now_ns + node.draw_timeout()
        self.tally = Tally(len(node.members))

    @property
    def name(self) -> str:
        return "pre-candidate" if self.pre else "candidate"

    @property
    def leader(self) -> str:
        return ""

    def hears_leader(self, now_ns: int) -> bool:
        return False

    def ask(self, now_ns: int, forced: bool) -> None:
        """Vote for ourselves and ask the others."""
        node = self.node
        term = node.term + 1 if self.pre else node.term
        self.tally.record(node.member, True)
        for peer in node.peers:
            node.emit(VoteRequest(node.member, peer, term, node.log.last_index, node.log.last_term, self.pre, forced))
        self._count(now_ns)

    def tick(self, now_ns: int) -> None:
        if now_ns >= self.deadline_ns:
            self.node.campaign(now_ns, pre=True)

    def step(self, message: Message, now_ns: int) -> None:
        node = self.node
        if isinstance(message, Ballot):
            if message.pre is self.pre:
                self.tally.record(message.source, message.granted)
                self._count(now_ns)
        elif isinstance(message, Append | Heartbeat | InstallSnapshot):
            # Someone else has won this term.
            node.become_follower(node.term, message.source, now_ns)
            node.role.step(message, now_ns)
        elif isinstance(message, VoteRequest):
            node.ballot(message, now_ns)

    def propose(self, data: object, now_ns: int, cause: object, source: str) -> bool:
        return False

    def read(self, context: str, now_ns: int, source: str) -> bool:
        return False

    def _count(self, now_ns: int) -> None:
        node, tally, outcome = self.node, self.tally, self.tally.outcome
        node.emit(
            BallotsCounted(
                node.term + 1 if self.pre else node.term,
                self.pre,
                tally.side(True),
                tally.side(False),
                majority(tally.size),
                outcome,
            )
        )
        if outcome == "won" and self.pre:
            node.campaign(now_ns, pre=False)
        elif outcome == "won":
            node.become_leader(now_ns)
        elif outcome == "lost":
            node.become_follower(node.term, "", now_ns)
