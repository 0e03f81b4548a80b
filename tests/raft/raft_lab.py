"""A bench for directed schedules: nothing moves unless the script says so, and everything is written down.

lab = Lab()                    three members n1, n2, n3, disks that write at once
lab.timeout("n1")              its deadline comes
lab.deliver("n1", "n2")        what n1 has sent to n2 arrives, in order
lab.settle()                   everything arrives, and what that causes, until silence
lab.transcript                 lines such as "n1 -> n2 Append 3+1 commit 2"
"""

from __future__ import annotations

from raft_sim import Disk, seen

from orrery.raft import (
    Append,
    AppendAnswer,
    Apply,
    Ballot,
    BallotCast,
    BallotsCounted,
    Entry,
    HardState,
    Heartbeat,
    HeartbeatAnswer,
    InstallSnapshot,
    Message,
    Output,
    Persist,
    Proposal,
    Raft,
    ReadAnswer,
    ReadReady,
    ReadRequest,
    Restore,
    RoleChanged,
    TimeoutNow,
    VoteRequest,
)
from orrery.raft.checkers import RaftCheckers

SECOND = 1_000_000_000


class Lab:
    def __init__(self, *, members: int = 3, raft_class: type[Raft] = Raft, logs: dict[str, list[int]] | None = None):
        """`logs` gives members a past: the terms of their entries, e.g. {"n1": [1, 1, 2]}."""
        self.raft_class = raft_class
        self.names = [f"n{number + 1}" for number in range(members)]
        self.now = 0
        self.checkers = RaftCheckers()
        self.transcript: list[str] = []
        self.wire: list[Message] = []
        self.disks = {name: Disk() for name in self.names}
        self.applied: dict[str, list[Entry]] = {name: [] for name in self.names}
        self.nodes: dict[str, Raft] = {}
        self.reads: dict[str, int] = {}
        newest = max((max(terms) for terms in (logs or {}).values()), default=0)
        for name in self.names:
            terms = (logs or {}).get(name, [])
            self.disks[name].entries = [Entry(n + 1, term, f"{n + 1}.{term}") for n, term in enumerate(terms)]
            self.disks[name].hard = HardState(newest, "")
            self.start(name)

    def start(self, name: str) -> None:
        disk = self.disks[name]
        self.checkers.saw_restart(name, [seen(entry) for entry in disk.entries])
        self.applied[name] = []
        self.nodes[name] = self.raft_class(
            name, self.names, between=lambda low, high: low, now_ns=self.now, hard=disk.hard, log=disk.log()
        )
        self._carry_out(name)

    def crash(self, name: str) -> None:
        del self.nodes[name]

    def timeout(self, name: str) -> None:
        node = self.nodes[name]
        self.now = max(self.now, node.deadline_ns)
        node.tick(self.now)
        self._carry_out(name)

    def wait(self, duration: int) -> None:
        """Time passes, and nobody looks at a clock."""
        self.now += duration

    def step(self, message: Message) -> None:
        node = self.nodes.get(message.target)
        if node is not None:
            node.step(message, self.now)
            self._carry_out(message.target)

    def deliver(self, source: str, target: str) -> None:
        batch = [message for message in self.wire if (message.source, message.target) == (source, target)]
        self.wire = [message for message in self.wire if (message.source, message.target) != (source, target)]
        for message in batch:
            self.step(message)

    def drop(self, source: str = "", target: str = "") -> list[Message]:
        """Lose what is under way (from `source`, to `target`); it is returned, and may be delivered late."""
        lost = [m for m in self.wire if m.source == (source or m.source) and m.target == (target or m.target)]
        self.wire = [m for m in self.wire if m not in lost]
        return lost

    def settle(self, *, among: tuple[str, ...] = ()) -> None:
        """Deliver until silence; with `among` only between these, the rest is lost."""
        while self.wire:
            message = self.wire.pop(0)
            if not among or (message.source in among and message.target in among):
                self.step(message)

    def elect(self, name: str, *, among: tuple[str, ...] = ()) -> None:
        """Let `name` win an election, the others having heard from nobody for long enough."""
        self.now += 3 * SECOND
        for _ in range(2):
            self.timeout(name)
            self.settle(among=among)
            if self.nodes[name].role.name == "leader":
                return

    def elect_quietly(self, name: str, *, voters: tuple[str, ...]) -> None:
        """Let `name` win with these votes; what it sends as leader stays on the wire, other messages are lost."""
        self.now += 3 * SECOND
        self.drop()
        for _ in range(4):
            self.timeout(name)
            for _ in ("pre-vote", "vote"):
                for voter in voters:
                    self.deliver(name, voter)
                for voter in voters:
                    self.deliver(voter, name)
            if self.nodes[name].role.name == "leader":
                self.wire = [message for message in self.wire if isinstance(message, Append)]
                return
        raise AssertionError(f"{name} was not elected")

    def propose(self, name: str, data: object) -> bool:
        taken = self.nodes[name].propose(data, self.now)
        self._carry_out(name)
        return taken

    def read(self, name: str, context: str) -> bool:
        taken = self.nodes[name].read(context, self.now)
        self._carry_out(name)
        return taken

    def leader(self) -> str:
        leading = [(node.term, name) for name, node in self.nodes.items() if node.role.name == "leader"]
        return max(leading)[1] if leading else ""

    def terms(self, name: str) -> list[int]:
        return [entry.term for entry in self.disks[name].entries]

    def note(self, member: str, output: Output) -> None:
        self.transcript.append(describe(member, output))

    def _carry_out(self, name: str) -> None:
        node = self.nodes[name]
        while outputs := node.take():
            for output in outputs:
                self.note(name, output)
                self._do(name, node, output)

    def _do(self, name: str, node: Raft, output: Output) -> None:
        if isinstance(output, Persist):
            self.disks[name].write(output)
            self.checkers.saw_log(name, [seen(e) for e in output.entries], truncate_from=output.truncate_from)
            if output.entries:
                node.persisted(output.entries[-1], self.now)
        elif isinstance(output, RoleChanged):
            self.checkers.saw_role(name, output.role, output.term)
        elif isinstance(output, Apply):
            self.applied[name].extend(output.entries)
            for entry in output.entries:
                self.checkers.saw_applied(name, seen(entry))
        elif isinstance(output, ReadReady):
            self.reads[output.context] = output.index
        elif not isinstance(output, Restore | BallotCast | BallotsCounted):
            self.wire.append(output)


def describe(member: str, output: Output) -> str:
    """One line a command."""
    match output:
        case Persist(hard, entries, truncate_from):
            parts = [f"term {hard.term} vote {hard.vote or 'nobody'}"] if hard else []
            parts += [f"cut at {truncate_from}"] if truncate_from else []
            parts += [f"entry {entry.index} of {entry.term}" for entry in entries]
            parts += [f"snapshot {output.snapshot.index}"] if output.snapshot else []
            return f"{member} writes {', '.join(parts)}"
        case RoleChanged(role, term, leader):
            return f"{member} is {role} of {term}" + (f" under {leader}" if leader not in ("", member) else "")
        case Apply(entries):
            return f"{member} applies {', '.join(str(entry.index) for entry in entries)}"
        case Restore(snapshot):
            return f"{member} restores {snapshot.index}"
        case BallotCast(candidate, term, pre, granted, reason):
            return f"{member} {'grants' if granted else 'refuses'} {candidate} {'pre-' * pre}vote {term}: {reason}"
        case BallotsCounted(term, pre, granted, refused, needed, outcome):
            return f"{member} counts {len(granted)} for, {len(refused)} against, of {needed}: {outcome}"
        case ReadReady(context, index):
            return f"{member} may read {context} at {index}"
        case VoteRequest(_, target, term, last_index, last_term, pre):
            return f"{member} -> {target} {'Pre' * pre}Vote {term}, log {last_index} of {last_term}"
        case Ballot(_, target, term, granted, pre):
            return f"{member} -> {target} {'Pre' * pre}Ballot {term} {'yes' if granted else 'no'}"
        case Append(_, target, term, prev_index, _, entries, commit):
            return f"{member} -> {target} Append {term}, {len(entries)} after {prev_index}, commit {commit}"
        case AppendAnswer(_, target, term, accepted, index, hint_index, _):
            return f"{member} -> {target} {'Accept' if accepted else 'Refuse'} {term}, {index}" + (
                "" if accepted else f" hint {hint_index}"
            )
        case Heartbeat(_, target, term, commit, context):
            return f"{member} -> {target} Heartbeat {term}, commit {commit}" + (f", read {context}" if context else "")
        case HeartbeatAnswer(_, target, term, context):
            return f"{member} -> {target} Answer {term}" + (f", read {context}" if context else "")
        case InstallSnapshot(_, target, term, snapshot):
            return f"{member} -> {target} Snapshot {term}, {snapshot.index}"
        case TimeoutNow(_, target, term):
            return f"{member} -> {target} TimeoutNow {term}"
        case Proposal(_, target, data):
            return f"{member} -> {target} Propose {data}"
        case ReadRequest(_, target, context):
            return f"{member} -> {target} Read {context}"
        case ReadAnswer(_, target, _, index, context):
            return f"{member} -> {target} ReadIndex {context} {index}"
    raise AssertionError(output)
