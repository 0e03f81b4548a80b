"""Raft's safety properties as lamps: the checkers of `orrery.raft.checkers`, run over the trace since the run began.

The count of checks alone is no news: it is told now and then. A lamp that turns red stays so, with its counter-example.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orrery.etcd.events import RaftLogChanged, RaftSnapshotInstalled, RaftStateChanged
from orrery.etcd.lamps import RaftLamps
from orrery.kernel import SECOND, Kernel, ProcessStarted, TraceEvent
from orrery.raft.checkers import SENTENCES, Violation
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.insight import host_of
from orrery.theatre.records import Lamp, SafetyRecord, Words
from orrery.theatre.stage import Stage

TOLD_EVERY_NS = 10 * SECOND
ENTRIES_KEPT = 6_000  # of the log are remembered; as many as lie between two compactions


@dataclass(frozen=True, slots=True)
class _Broken:
    t_ns: int
    event: int
    violation: Violation


class Safety:
    """The record with the five lamps."""

    def __init__(self, stage: Stage, kernel: Kernel) -> None:
        self._stage = stage
        self._kernel = kernel
        self._lamps = RaftLamps(keep=ENTRIES_KEPT)
        self._broken: dict[str, _Broken] = {}  # by property, the first time
        self._seen = 0
        self._told_ns = -TOLD_EVERY_NS
        stage.glances.append(self._look)

    def handlers(self) -> Handlers:
        return dict.fromkeys((RaftLogChanged, RaftStateChanged, RaftSnapshotInstalled, ProcessStarted), self._observe)

    def _observe(self, event: TraceEvent) -> None:
        self._lamps.observe(event)
        violations = self._lamps.violations
        if len(violations) > self._seen:
            for violation in violations[self._seen :]:
                self._broken.setdefault(violation.property, _Broken(event.time_ns, event.id, violation))
            self._seen = len(violations)
            self._tell(event.time_ns)
        elif isinstance(event, RaftStateChanged) and event.role == "leader":
            self._tell(event.time_ns)

    def _look(self) -> None:
        if self._kernel.now_ns - self._told_ns >= TOLD_EVERY_NS:
            self._tell(self._kernel.now_ns)

    def _tell(self, t_ns: int) -> None:
        self._told_ns = t_ns
        self._stage.touch(t_ns, "safety", self.record)

    def record(self) -> SafetyRecord:
        lamps = [self._lamp(name, checks) for name, checks in self._lamps.checks.items()]
        return SafetyRecord(since_ns=0, told_ns=self._told_ns, lamps=tuple(lamps))

    def _lamp(self, name: str, checks: int) -> Lamp:
        broken = self._broken.get(name)
        return Lamp.model_validate({
            "property": name, "checks": checks, "broken_ns": broken.t_ns if broken else None,
            "event": broken.event if broken else None, "example": example(broken.violation) if broken else None,
        })


def example(violation: Violation) -> Words:
    """The counter-example in both languages."""
    facts: dict[str, Any] = {
        key: host_of(value) if isinstance(value, str) and key in ("member", "other") else value
        for key, value in violation.facts.items()
    }
    return Words(en=SENTENCES[violation.kind].format_map(facts), ko=KOREAN[violation.kind].format_map(facts))


KOREAN: Mapping[str, str] = {
    "two-leaders": "임기 {term}에 {other} 멤버와 {member} 멤버가 모두 당선되었습니다",
    "leader-cut": "임기 {term}의 리더 {member} 멤버가 자기 로그를 {index}번부터 잘라 냈습니다",
    "leader-overwrote": "임기 {term}의 리더 {member} 멤버가 {index}번 엔트리를 덮어썼습니다",
    "logs-part": "{member} 멤버의 {index}번은 임기 {before} 다음의 {entry}인데, 다른 멤버의 같은 임기 {index}번은 "
    "임기 {known_before} 다음의 {known!r}입니다",
    "entry-lacking": "{index}번 {entry}: 임기 {commit_term}에 커밋되었는데, "
    "임기 {term}에 당선된 {member} 멤버에는 없습니다",
    "entry-replaced": "{index}번 {entry}: 임기 {commit_term}에 커밋되었는데, 임기 {term}에 당선된 {member} 멤버에는 "
    "다른 엔트리가 있습니다: {mine}",
    "applied-otherwise": "이미 적용된 {index}번 {known} 자리에 {member} 멤버가 다른 엔트리를 적용했습니다: {entry}",
}
