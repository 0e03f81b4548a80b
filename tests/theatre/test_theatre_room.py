"""A room: pace, batches, what is shown of what happened, and the sameness of a run at any pace."""

from collections.abc import Callable

import pytest

from orrery.cluster import default_config
from orrery.kernel import DEFAULT_EPOCH_S, SECOND, Kernel, MessageReceived, MessageSent, TraceEvent
from orrery.theatre.acts import Listener
from orrery.theatre.production import Production
from orrery.theatre.records import Batch, ControlRequest, Snapshot
from orrery.theatre.room import Room
from orrery.theatre.scenes import manifests

POD = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "solo", "namespace": "default"},
    "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]},
}


class Seat:
    """A room that has been taken a seat in: every batch that it sends is kept."""

    def __init__(self, seed: int = 7) -> None:
        self.room = Room(seed, default_config(), epoch_s=DEFAULT_EPOCH_S)
        self.snapshot: Snapshot = self.room.snapshot()
        self.batches: list[Batch] = []
        self.events: list[TraceEvent] = []
        self.room.listeners.append(lambda kept: self.batches.append(Batch.model_validate_json(kept.text)))
        self.room.kernel.trace.subscribe(self.events.append)

    def play(self, wall_s: float, frame_s: float = 0.025) -> None:
        for _ in range(round(wall_s / frame_s)):
            self.room.play(frame_s)

    def play_until(self, reached: Callable[[], object], wall_s: float = 120.0) -> float:
        """Plays on; gives the wall seconds that it took."""
        played_s = 0.0
        while not reached():
            assert played_s < wall_s, f"not reached within {wall_s} seconds of play"
            self.room.play(0.025)
            played_s += 0.025
        return played_s

    def control(self, **request: object) -> None:
        self.room.control(ControlRequest.model_validate(request))

    def marks(self, kind: str) -> list[str]:
        return [mark.subject for mark in self.room.stage.marks if mark.kind == kind]

    def record(self, record_id: str) -> dict[str, object]:
        self.room.stage.settle()
        return self.room.stage.records[record_id].model_dump()


def _solo_ready(seat: Seat) -> bool:
    return "default/solo" in seat.marks("pod-running")


def test_the_audience_comes_in_when_the_cluster_stands() -> None:
    seat = Seat()
    nodes = [r for r in seat.snapshot.records if r.type == "node"]
    assert sorted((n.name, n.ready) for n in nodes) == [(f"worker-{i}", "True") for i in range(1, 5)]
    assert seat.snapshot.marks == () and not [r for r in seat.snapshot.records if r.type == "flow"]
    leaders = [r.id for r in seat.snapshot.records if r.type == "component" and r.leader]
    assert [name.partition("/")[2] for name in sorted(leaders, key=lambda n: n.partition("/")[2])] == [
        "etcd", "kube-controller-manager", "kube-scheduler",
    ]
    assert {r.role for r in seat.snapshot.records if r.type == "host"} == {
        "client", "load-balancer", "control-plane", "worker", "outside",
    }


def test_when_nothing_happens_time_passes_as_on_the_wall() -> None:
    seat = Seat()
    before_ns = seat.room.kernel.now_ns
    seat.play(3.0)
    assert 2.9 * SECOND < seat.room.kernel.now_ns - before_ns < 3.2 * SECOND


def test_a_write_takes_the_focus_and_its_hops_are_slow_enough_to_watch() -> None:
    seat = Seat()
    flow = seat.room.acts.apply([POD])
    seat.room.play(0.025)
    assert seat.room.director.focus == flow
    seat.play_until(lambda: _solo_ready(seat))
    hops = [m for batch in seat.batches for m in batch.messages if m.flow == flow and not m.quiet]
    assert len(hops) > 30
    for message in hops[:20]:
        shown_ms = sum(
            batch.stretch.wall_ms * overlap(batch, message.sent_ns, message.arrives_ns) for batch in seat.batches
        )
        assert 240 <= shown_ms <= 1500, (message.kind, message.source, shown_ms)


def overlap(batch: Batch, begin_ns: int, end_ns: int) -> float:
    """The share of a batch's stretch that lies between two instants."""
    stretch = batch.stretch
    length_ns = stretch.to_ns - stretch.from_ns
    if length_ns <= 0:
        return 0.0
    return max(0, min(end_ns, stretch.to_ns) - max(begin_ns, stretch.from_ns)) / length_ns


def test_waiting_is_run_through_in_cinematic_time() -> None:
    seat = Seat()
    seat.room.acts.apply([POD])
    seat.play_until(lambda: _solo_ready(seat))
    seat.play(2.0)
    node = str(seat.record(f"pod/{_uid(seat)}")["node"])
    seat.room.acts.fault("crash-host", host=node)
    begun_ns = seat.room.kernel.now_ns
    wall_s = seat.play_until(lambda: "default/solo" in seat.marks("eviction"), wall_s=40.0)
    virtual_s = (seat.room.kernel.now_ns - begun_ns) / SECOND
    assert virtual_s > 300 and wall_s < 40.0


def _uid(seat: Seat) -> str:
    seat.room.stage.settle()
    return next(r.uid for r in seat.room.stage.records.values() if r.type == "pod" and r.name == "solo")


def test_what_is_shown_is_what_was_traced_message_by_message() -> None:
    seat = Seat()
    flow = seat.room.acts.apply([POD])
    seat.play_until(lambda: _solo_ready(seat))
    traced = {e.message: e for e in seat.events if isinstance(e, MessageSent) and e.flow == flow and not e.quiet}
    shown = {m.id: m for batch in seat.batches for m in batch.messages if m.flow == flow and not m.quiet}
    assert shown.keys() == traced.keys()
    for number, message in shown.items():
        event = traced[number]
        assert (message.source, message.target, message.sent_ns, message.arrives_ns) == (
            event.source, event.target, event.time_ns, event.arrives_ns
        )


def test_paused_nothing_moves_and_a_step_shows_one_arrival_of_the_flow_in_focus() -> None:
    seat = Seat()
    seat.control(action="pause")
    at_ns = seat.room.kernel.now_ns
    seat.play(1.0)
    assert seat.room.kernel.now_ns == at_ns
    seat.room.acts.apply([POD])
    for number in range(1, 6):
        seat.control(action="step", step="message")
        seat.play_until(lambda: not seat.room.director.running)
        sent = {e.message for e in seat.events if isinstance(e, MessageSent) and e.flow and not e.quiet}
        arrived = [e for e in seat.events if isinstance(e, MessageReceived) and e.message in sent]
        assert len(arrived) == number


def test_a_step_to_the_next_milestone_ends_at_a_mark() -> None:
    seat = Seat()
    seat.control(action="pause")
    seat.room.acts.fault("crash-process", component=str(seat.room.projections.consensus.leader))
    before = len(seat.marks("leader"))
    for _ in range(4):
        seat.control(action="step", step="milestone")
        seat.play_until(lambda: not seat.room.director.running)
        if len(seat.marks("leader")) > before:
            break
    assert len(seat.marks("leader")) == before + 1 and seat.room.director.paused


@pytest.mark.parametrize(("mode", "factor", "at_least"), [("real-time", 10.0, 7.0), ("fastest", 1.0, 20.0)])
def test_modes_set_how_fast_time_passes(mode: str, factor: float, at_least: float) -> None:
    seat = Seat()
    seat.control(action="mode", mode=mode)
    seat.control(action="factor", factor=factor)
    before_ns = seat.room.kernel.now_ns
    seat.play(1.0)
    # A frame computes for a bounded wall time: on a busy machine some virtual time is left undone.
    assert (seat.room.kernel.now_ns - before_ns) / SECOND >= at_least


def _perform(seat: Seat, pace: Callable[[Seat], None]) -> str:
    """The same acts at the same virtual instants, at some pace; gives the digest of the run."""
    kernel = seat.room.kernel
    begin_ns = kernel.now_ns
    plan: list[tuple[int, Callable[[], object]]] = [
        (2, lambda: seat.room.acts.apply([POD])),
        (20, lambda: seat.room.acts.fault("crash-process", component="cp-2/etcd")),
        (40, lambda: seat.room.acts.fault("restart-process", component="cp-2/etcd")),
    ]
    for at_s, act in plan:
        while kernel.now_ns < begin_ns + at_s * SECOND:
            pace(seat)
        act()
    while kernel.now_ns < begin_ns + 60 * SECOND:
        pace(seat)
    return kernel.trace.digest()


def test_a_run_is_the_same_when_replayed_from_its_inputs_whatever_the_pace_was() -> None:
    seat = Seat(seed=11)
    digest = _perform(seat, lambda s: s.room.play(0.1))
    until_ns = seat.room.kernel.now_ns
    again = Production(11, default_config())
    again.kernel.inbox.replay(seat.room.kernel.inbox.inputs, until_ns=until_ns)
    assert again.kernel.trace.digest() == digest


def test_a_viewer_that_was_away_gets_what_it_missed_or_a_snapshot() -> None:
    seat = Seat()
    seat.play(1.0)
    seen = seat.batches[-1].seq
    seat.play(1.0)
    missed = seat.room.since(seat.room.id, seen)
    assert missed is not None and [kept.seq for kept in missed] == list(range(seen + 1, seat.batches[-1].seq + 1))
    assert seat.room.since("another run", seen) is None
    assert seat.room.since(seat.room.id, None) is None
    assert seat.room.since(seat.room.id, 10**9) is None


def test_batches_lead_from_the_snapshot_to_what_the_room_has_now() -> None:
    seat = Seat()
    records = {record.id: record for record in seat.snapshot.records}
    seat.room.acts.apply([manifests.deployment("web", replicas=2)])
    seat.play(10.0)
    for batch in seat.batches:
        for change in batch.changes:
            if change.record is None:
                records.pop(change.id, None)
            else:
                records[change.id] = change.record
    assert [b.seq for b in seat.batches] == [seat.snapshot.seq + 1 + n for n in range(len(seat.batches))]
    assert records == {record.id: record for record in seat.room.snapshot().records}


def test_an_event_tells_its_causes_back_to_the_act_and_its_effects() -> None:
    seat = Seat()
    flow = seat.room.acts.apply([POD])
    seat.play_until(lambda: _solo_ready(seat))
    binding = next(
        e for e in seat.events if isinstance(e, MessageSent) and e.flow == flow and e.kind.endswith("/binding")
    )
    told = seat.room.recorder.explain(binding.id)
    assert told is not None and told.answer is not None and told.answer.title.startswith("201")
    chain = [(brief.type, brief.source) for brief in told.causes]
    assert chain[0] == ("SchedulingDecision", binding.source)
    assert chain[-1][0] in ("FlowStarted", "InputTaken")
    assert any(brief.source == "client/kubectl" for brief in told.causes)
    assert told.effects and told.latency_ns and told.latency_ns > 0


def test_a_real_clients_request_is_answered_by_the_simulated_api_server() -> None:
    seat = Seat()
    answers: list[tuple[int, object]] = []
    ended: list[bool] = []
    listener = Listener(
        lambda response: answers.append((response.code, response.body)), lambda item: None, lambda: ended.append(True)
    )
    seat.room.acts.request("GET", "/api/v1/nodes", {}, {"accept": "application/json"}, b"", listener)
    seat.play_until(lambda: ended, wall_s=5.0)
    assert answers[0][0] == 200 and len(answers[0][1]["items"]) == 4  # type: ignore[index]
    assert seat.room.director.focus is None, "a read must not take the focus"


def test_the_stage_forgets_nothing_that_is_there_and_keeps_nothing_that_is_gone() -> None:
    seat = Seat()
    seat.room.acts.apply([POD])
    seat.play_until(lambda: _solo_ready(seat))
    uid = _uid(seat)
    seat.room.acts.delete("pods", "default", "solo")
    seat.control(action="mode", mode="fastest")
    seat.play(3.0)
    seat.room.stage.settle()
    assert f"pod/{uid}" not in seat.room.stage.records


def test_an_act_on_what_is_not_there_is_refused_in_a_sentence() -> None:
    seat = Seat()
    with pytest.raises(ValueError, match="there is no component 'cp-9/etcd'"):
        seat.room.acts.fault("crash-process", component="cp-9/etcd")
    with pytest.raises(ValueError, match="there is no resource 'unicorns'"):
        seat.room.acts.delete("unicorns", "default", "x")
    assert isinstance(seat.room.kernel, Kernel)
