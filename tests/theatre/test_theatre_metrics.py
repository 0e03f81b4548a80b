"""The charts' series: true to the trace, to a percentile over any stretch, and bounded."""

from __future__ import annotations

import random

import pytest

from orrery.apiserver.events import RequestAudited
from orrery.cluster import default_config
from orrery.etcd.events import RaftLogChanged
from orrery.kernel import SECOND, MessageSent, TraceEvent
from orrery.theatre.production import Production
from orrery.theatre.records import MetricsReply
from orrery.theatre.scenes import manifests
from orrery.theatre.series import LEVELS, Sample, Series, percentile_ms


class Watched:
    """A production that has run for a while, and every event of it."""

    def __init__(self) -> None:
        self.production = Production(7, default_config())
        self.begun_s = 8  # it has booted; as all steps of a few seconds do, one begins here
        self.production.kernel.run_until(self.begun_s * SECOND)
        self.events: list[TraceEvent] = []
        self.production.kernel.trace.subscribe(self.events.append)

    def run(self, seconds: int) -> None:
        self.production.kernel.run_for(seconds * SECOND)

    def series(self, points: int = 1000, from_s: int | None = None) -> MetricsReply:
        begin = self.begun_s if from_s is None else from_s
        return self.production.projections.metrics.between(begin * SECOND, self.production.kernel.now_ns, points)


@pytest.fixture(scope="module")
def watched() -> Watched:
    watched = Watched()
    watched.production.acts.apply([manifests.deployment("web", replicas=3)])
    watched.run(40)
    return watched


def total(reply: MetricsReply, prefix: str) -> int:
    columns = [column for name, column in reply.series.items() if name.startswith(prefix)]
    # Each step is whole, so its rate times its length is what was counted.
    return round(sum(value or 0 for column in columns for value in column) * reply.step_s)


def latest(reply: MetricsReply, name: str) -> float | None:
    return reply.series[name][-1]


@pytest.mark.parametrize("points", [1000, 10])
def test_rates_add_up_to_what_was_traced_at_any_resolution(watched: Watched, points: int) -> None:
    reply = watched.series(points)
    end_ns = (reply.t_s[-1] + reply.step_s) * SECOND
    seen = [event for event in watched.events if event.time_ns < min(end_ns, watched.production.kernel.now_ns)]
    audited = [event for event in seen if isinstance(event, RequestAudited)]
    messages = [event for event in seen if isinstance(event, MessageSent)]
    commits = [event.commit for event in seen if isinstance(event, RaftLogChanged)]
    assert len(reply.t_s) <= points + 2
    assert abs(total(reply, "verb/") - len(audited)) <= 1 and abs(total(reply, "code/") - len(audited)) <= 1
    assert abs(total(reply, "messages/") - len(messages)) <= 8  # what the last second still holds
    assert abs(total(reply, "commits") - (max(commits) - min(commits))) <= 1
    assert total(reply, "messages/raft") > 400


def test_states_and_depths_are_those_of_the_cluster(watched: Watched) -> None:
    reply = watched.series()
    assert latest(reply, "pods/Running") == 3 and latest(reply, "nodes/True") == 4
    assert max(value or 0 for value in reply.series["queue/active"]) >= 1
    assert any(name.startswith("work/") and max(v or 0 for v in column) >= 1 for name, column in reply.series.items())
    assert reply.series["nodes/Unknown"][-1] == 0


def test_durations_are_plausible_and_ordered(watched: Watched) -> None:
    reply = watched.series()
    bounds_ms = {"commit": (0.5, 60), "raft": (0.5, 5), "api": (0.1, 500), "scheduling": (0.5, 5000)}
    for name, (least_ms, most_ms) in bounds_ms.items():
        pairs = [
            (low, high)
            for low, high in zip(reply.series[f"{name}/p50"], reply.series[f"{name}/p99"], strict=True)
            if low is not None and high is not None
        ]
        assert pairs, name
        assert all(least_ms <= low <= high <= most_ms for low, high in pairs), (name, pairs)


def test_a_commit_waits_while_there_is_no_quorum_and_no_request_is_lost_from_the_charts() -> None:
    watched = Watched()
    consensus = watched.production.projections.consensus
    for _ in range(2):
        leader = consensus.leader
        assert leader is not None
        watched.production.acts.fault("crash-process", component=leader)
        watched.run(5)
    watched.run(20)
    commits = watched.series().series["commits"]
    assert any(commits[:4]) and commits[-18:] == (0.0,) * 18


def test_what_is_kept_is_bounded_and_any_stretch_can_be_asked_for() -> None:
    series = Series()
    for second in range(30_000):
        sample = Sample()
        sample.count("commits", 3)
        sample.states["pods/Running"] = second
        series.add(second, sample)
    for level, (_, keep) in zip(series._levels, LEVELS, strict=True):
        assert len(level.kept) <= keep
    whole = series.between(0, 30_000 * SECOND, 300)
    assert whole.step_s == 120 and whole.t_s[0] == 0 and len(whole.t_s) <= 301
    assert set(whole.series["commits"]) == {3.0}
    recent = series.between(29_000 * SECOND, 29_100 * SECOND, 300)
    assert recent.step_s == 1 and len(recent.t_s) == 100
    assert recent.series["pods/Running"][-1] == 29_099
    old = series.between(1_000 * SECOND, 1_100 * SECOND, 300)
    assert old.step_s == 10 and set(old.series["commits"]) == {3.0}
    assert series.between(40_000 * SECOND, 50_000 * SECOND, 10).t_s == ()


def test_a_percentile_over_joined_samples_is_that_of_all_durations() -> None:
    chance = random.Random(5)
    whole, parts = Sample(), [Sample() for _ in range(20)]
    durations = sorted(chance.lognormvariate(15, 1.5) for _ in range(5_000))
    for number, duration in enumerate(durations):
        whole.took("api", round(duration))
        parts[number % 20].took("api", round(duration))
    joined = Sample()
    for part in parts:
        joined.join(Sample.unpacked(part.packed()))
    assert joined.durations == whole.durations
    for share in (0.5, 0.99):
        true_ms = durations[round(share * len(durations)) - 1] / 1e6
        assert percentile_ms(joined.durations["api"], share) == pytest.approx(true_ms, rel=0.06)
