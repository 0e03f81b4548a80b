"""One member: the gate that every message passes, the change of roles, and what all roles share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from orrery.raft.candidate import Candidate
from orrery.raft.follower import Follower
from orrery.raft.leader import Leader
from orrery.raft.log import Log
from orrery.raft.messages import (
    Append,
    AppendAnswer,
    Apply,
    Ballot,
    BallotCast,
    Entry,
    HardState,
    Heartbeat,
    InstallSnapshot,
    Message,
    Output,
    Persist,
    Restore,
    RoleChanged,
    Snapshot,
    Timing,
    VoteRequest,
)


class RaftError(Exception):
    """A safety property would be broken by going on: the disk or the code is not what it should be."""


class Raft:
    """One member of a Raft group; the package's docstring is the manual.

    `between(low, high)` draws an integer, both ends included. `hard`, `log` and `commit` are what the disk kept.
    """

    __slots__ = ("_announced", "_unsaved", "between", "commit", "durable_index", "log", "member", "members",
                 "outputs", "peers", "role", "term", "timing", "vote")  # fmt: skip

    role: Follower | Candidate | Leader

    def __init__(
        self,
        member: str,
        members: Sequence[str],
        *,
        between: Callable[[int, int], int],
        now_ns: int,
        hard: HardState | None = None,
        log: Log | None = None,
        commit: int = 0,
        timing: Timing | None = None,
    ) -> None:
        if member not in members:
            raise RaftError(f"{member} is not one of {', '.join(members)}")
        self.member = member
        self.members = tuple(members)
        self.peers = tuple(other for other in members if other != member)
        self.between = between
        self.timing = timing or Timing()
        self.term = hard.term if hard else 0
        self.vote = hard.vote if hard else ""
        self.log = log or Log()
        self.durable_index = self.log.last_index
        self.outputs: list[Output] = []
        self._unsaved = False  # term or vote changed since the last Persist
        self._announced = ("", -1, "")
        snapshot = self.log.snapshot
        self.commit = snapshot.index if snapshot else self.log.base_index
        self.become_follower(self.term, "", now_ns)
        self.commit_to(max(self.commit, min(commit, self.log.last_index)))

    # -------------------------------------------------------------------------------------------- inputs

    @property
    def deadline_ns(self) -> int:
        """When `tick` has something to do."""
        return self.role.deadline_ns

    @property
    def leader(self) -> str:
        """The leader of this term as far as this member knows, "" if it does not."""
        return self.role.leader

    def take(self) -> list[Output]:
        """What is to be done, in order. The caller keeps the list."""
        outputs = self.outputs
        if outputs:
            self.outputs = []
        return outputs

    def tick(self, now_ns: int) -> None:
        self.role.tick(now_ns)

    def step(self, message: Message, now_ns: int) -> None:
        """A message has arrived. Terms are the gate (5.1): an older one is refused, a newer one is entered."""
        term = message.term
        if term == self.term or term == 0:
            self.role.step(message, now_ns)
        elif term > self.term:
            self._step_newer(message, now_ns)
        else:
            self._step_older(message, now_ns)
        if self._unsaved:
            self.persist()

    def propose(self, data: object, now_ns: int, *, cause: object = None) -> bool:
        """Ask for an entry. False: no leader is known, nothing will come of it. True promises nothing."""
        return self.role.propose(data, now_ns, cause, self.member)

    def read(self, context: str, now_ns: int) -> bool:
        """Ask for a read index; `ReadReady(context, index)` answers it, or nothing does. `context` must be unique in
        the group. False: no leader is known."""
        return self.role.read(context, now_ns, self.member)

    def transfer(self, target: str, now_ns: int) -> bool:
        """Ask to hand leadership over; False where that cannot be begun here."""
        return isinstance(self.role, Leader) and self.role.transfer(target, now_ns)

    def persisted(self, entry: Entry, now_ns: int) -> None:
        """A Persist whose last entry this is has become durable. It may have been cut off again meanwhile."""
        if entry.index > self.durable_index and self.log.term_at(entry.index) == entry.term:
            self.durable_index = entry.index
            if isinstance(self.role, Leader):
                self.role.persisted(now_ns)

    def compact(self, snapshot: Snapshot, keep_from: int) -> None:
        """The state machine was saved as `snapshot`: entries before `keep_from` may go."""
        if snapshot.index > self.commit:
            raise RaftError(f"snapshot at {snapshot.index} is beyond the commit index {self.commit}")
        self.log.compact(snapshot, keep_from)

    # -------------------------------------------------------------------------------------------- the gate

    def _step_newer(self, message: Message, now_ns: int) -> None:
        if isinstance(message, VoteRequest):
            if not message.forced and self.role.hears_leader(now_ns):
                # We hear a leader: whoever does not is no reason to unseat it (thesis 4.2.3).
                self.outputs.append(
                    BallotCast(message.source, message.term, message.pre, False, f"I still hear {self.leader}")
                )
                return
            if not message.pre:
                self.become_follower(message.term, "", now_ns)
        elif isinstance(message, Ballot) and message.pre and message.granted:
            pass  # it carries the term that we asked about, which nobody has entered
        elif isinstance(message, Append | Heartbeat | InstallSnapshot):
            self.become_follower(message.term, message.source, now_ns)
        else:
            self.become_follower(message.term, "", now_ns)
        self.role.step(message, now_ns)

    def _step_older(self, message: Message, now_ns: int) -> None:
        if isinstance(message, Append | Heartbeat | InstallSnapshot):
            # A deposed leader: our answer's term tells it so.
            self.emit(AppendAnswer(self.member, message.source, self.term, False, 0))
        elif isinstance(message, VoteRequest):
            self._answer_ballot(message, False, f"my term {self.term} is newer")

    # -------------------------------------------------------------------------------------------- voting

    def ballot(self, message: VoteRequest, now_ns: int) -> bool:
        """RequestVote, receiver's side (figure 2, with 5.4.1); whether the vote was granted."""
        reason = self.refusal(message)
        granted = reason == ""
        if granted and not message.pre and self.vote != message.source:
            self.vote = message.source
            self._unsaved = True
        self._answer_ballot(message, granted, reason or "its log is at least as up-to-date as mine")
        return granted

    def refusal(self, message: VoteRequest) -> str:
        """Why this candidate does not get our vote; "" if it does."""
        if not self.is_free_to_vote(message):
            return f"I voted for {self.vote}" if self.vote else f"{self.leader} leads this term"
        if not self.log.is_up_to_date(message.last_index, message.last_term):
            return (
                f"its log ends at {message.last_index} of term {message.last_term}, "
                f"mine at {self.log.last_index} of term {self.log.last_term}"
            )
        return ""

    def is_free_to_vote(self, message: VoteRequest) -> bool:
        """One vote a term, first come first served; a pre-vote for a term to come binds nobody."""
        if message.pre and message.term > self.term:
            return True
        return self.vote == message.source or (self.vote == "" and self.leader == "")

    def _answer_ballot(self, message: VoteRequest, granted: bool, reason: str) -> None:
        self.emit(BallotCast(message.source, message.term, message.pre, granted, reason))
        term = message.term if granted else self.term
        self.emit(Ballot(self.member, message.source, term, granted, message.pre))

    # -------------------------------------------------------------------------------------------- roles

    def draw_timeout(self) -> int:
        """Randomized, so that split votes are rare and soon resolved (5.2)."""
        return self.between(self.timing.election_ns, 2 * self.timing.election_ns)

    def become_follower(self, term: int, leader: str, now_ns: int) -> None:
        if term != self.term:
            self._enter(term, "")
        self.role = Follower(self, leader, now_ns)
        self.announce()

    def campaign(self, now_ns: int, *, pre: bool, forced: bool = False) -> None:
        """Stand for election: with `pre` only in thought, else by entering a new term with a vote for ourselves."""
        if not pre:
            self._enter(self.term + 1, self.member)
        candidate = Candidate(self, now_ns, pre=pre)
        self.role = candidate
        self.announce()
        candidate.ask(now_ns, forced)

    def become_leader(self, now_ns: int) -> None:
        """A majority voted for us. The no-op lets us commit at once what earlier leaders left (section 8)."""
        leader = Leader(self, now_ns)
        self.role = leader
        self.announce()
        leader.append(None, None, now_ns)

    def announce(self) -> None:
        role = self.role
        if self._announced != (role.name, self.term, role.leader):
            self._announced = (role.name, self.term, role.leader)
            self.outputs.append(RoleChanged(role.name, self.term, role.leader, self.vote, role.deadline_ns))

    def _enter(self, term: int, vote: str) -> None:
        if term < self.term:
            raise RaftError(f"term would go back from {self.term} to {term}")
        self.term, self.vote = term, vote
        self._unsaved = True

    # -------------------------------------------------------------------------------------------- outputs

    def emit(self, output: Output) -> None:
        """Put a command on the list, after the hard state if that has changed."""
        if self._unsaved:
            self.persist()
        self.outputs.append(output)

    def persist(self, *, entries: tuple[Entry, ...] = (), truncate_from: int = 0) -> None:
        hard = HardState(self.term, self.vote) if self._unsaved else None
        self._unsaved = False
        self.outputs.append(Persist(hard, entries, truncate_from))

    def truncate(self, first: int) -> None:
        if first <= self.commit:
            raise RaftError(f"entry {first} conflicts with a committed one (commit index {self.commit})")
        self.log.truncate(first)
        self.durable_index = min(self.durable_index, first - 1)

    def commit_to(self, index: int) -> None:
        if index <= self.commit:
            return
        if index > self.log.last_index:
            raise RaftError(f"entry {index} is committed, but the log ends at {self.log.last_index}: has it been lost?")
        entries = self.log.slice(self.commit + 1, index)
        self.commit = index
        self.emit(Apply(entries))

    def restore(self, snapshot: Snapshot) -> None:
        self.log.restore(snapshot)
        self.commit = self.durable_index = snapshot.index
        hard = HardState(self.term, self.vote) if self._unsaved else None
        self._unsaved = False
        self.outputs.append(Persist(hard, snapshot=snapshot))
        self.outputs.append(Restore(snapshot))
