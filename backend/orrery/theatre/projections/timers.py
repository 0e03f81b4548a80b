"""Election timers: how long each member that follows or stands waits before it stands for election.

A heartbeat starts a timer anew ten times a second, which is no news: while heartbeats come, one record says that they
do, and another version is made only for what departs from it. Where time passes slowly enough to see each of them, each
is told.
"""

from dataclasses import dataclass

from orrery.kernel import MILLISECOND
from orrery.raft import Raft
from orrery.raft.candidate import Candidate
from orrery.raft.follower import Follower
from orrery.theatre.projections.insight import Insight
from orrery.theatre.records import TimerRecord
from orrery.theatre.stage import Stage

SLACK_NS = 25 * MILLISECOND  # a heartbeat may be so late without being missed
SLOWLY_NS = 13 * MILLISECOND  # virtual time between two glances when each restart can be seen


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer as it was last told: started at `started_ns` and, with `beat_ns`, at least so often from then on."""

    started_ns: int
    timeout_ns: int
    beat_ns: int | None

    def started_by(self, now_ns: int) -> int:
        """When it was last started, as whoever was told this believes."""
        if self.beat_ns is None or now_ns < self.started_ns:
            return self.started_ns
        return now_ns - (now_ns - self.started_ns) % self.beat_ns

    def holds(self, now: "Timer", now_ns: int, *, exactly: bool) -> bool:
        """Whether what was told still describes the timer as it is now."""
        if (now.timeout_ns, now.beat_ns) != (self.timeout_ns, self.beat_ns):
            return False
        if self.beat_ns is None or exactly:
            return now.started_ns == self.started_ns
        return now.started_ns >= self.started_by(now_ns - SLACK_NS) - SLACK_NS


class Timers:
    """One record a member that has an election timer."""

    def __init__(self, stage: Stage, insight: Insight) -> None:
        self._stage = stage
        self._insight = insight
        self._told: dict[str, Timer] = {}
        self._looked_ns = 0
        stage.glances.append(self._look)

    def _look(self) -> None:
        now_ns = self._insight.kernel.now_ns
        exactly = now_ns - self._looked_ns <= SLOWLY_NS
        for member in self._insight.members:
            raft = self._insight.raft(member)
            now = timer_of(raft, now_ns) if raft is not None else None
            told = self._told.get(member)
            if now is None:
                if told is not None:
                    del self._told[member]
                    self._stage.touch(now_ns, f"timer/{member}", lambda: None)
            elif told is None or not told.holds(now, now_ns, exactly=exactly):
                self._told[member] = now
                self._tell(max(now.started_ns, self._looked_ns) if exactly else now_ns, member, now)
        self._looked_ns = now_ns

    def _tell(self, t_ns: int, member: str, timer: Timer) -> None:
        record = TimerRecord(
            id=f"timer/{member}", component=member, started_ns=timer.started_ns, timeout_ns=timer.timeout_ns,
            beat_ns=timer.beat_ns,
        )
        self._stage.touch(t_ns, record.id, lambda: record)


def timer_of(raft: Raft, now_ns: int) -> Timer | None:
    """A member's election timer; None for a leader."""
    role = raft.role
    if isinstance(role, Candidate):
        return Timer(role.since_ns, role.deadline_ns - role.since_ns, None)
    if isinstance(role, Follower):
        beat_ns = raft.timing.heartbeat_ns
        heard = role.leader != "" and now_ns - role.heard_ns <= beat_ns + SLACK_NS
        return Timer(role.heard_ns, role.timeout_ns, beat_ns if heard else None)
    return None
