"""What is kept of a run: shelves within bounds, messages by their layers, everything that happened by pages."""

from collections.abc import Iterator

import pytest
from test_theatre_room import POD, Seat

from orrery.kernel import LogLine, MessageReceived, MessageSent, TraceEvent
from orrery.theatre.paging import EventFilter, page
from orrery.theatre.recorder import UPKEEP
from orrery.theatre.records import EventPage
from orrery.theatre.shelf import Arrivals, Shelf


@pytest.fixture(scope="module")
def seat() -> Seat:
    """A room in which a Pod was made."""
    seat = Seat()
    seat.control(action="mode", mode="fastest")
    seat.room.acts.apply([POD])
    seat.play_until(lambda: "default/solo" in seat.marks("pod-running"))
    return seat


def test_a_shelf_forgets_the_oldest_and_says_from_when_it_is_whole() -> None:
    shelf = Shelf(100)
    for number in range(1, 1_001):
        old = shelf.add(TraceEvent(id=number * 2, time_ns=number * 10, parent=number))
        assert (old is None) is (number <= 100)
    assert len(shelf) == 100 and shelf.whole_from_ns == 9_000
    assert shelf.get(1_800) is None and shelf.get(1_802) is not None and shelf.get(1_803) is None
    assert [event.id for event in shelf.forwards(1_995)] == [1_996, 1_998, 2_000]
    assert [event.id for event in shelf.backwards(1_806)] == [1_804, 1_802]
    assert list(shelf.caused_by(950)) == [1_900]
    assert shelf.number_at(9_990, 0) == 2_000 and shelf.number_at(10_000, 7) == 7


def test_an_arrival_is_put_together_again_from_its_numbers() -> None:
    arrivals = Arrivals(10)
    for number in range(1, 40):
        arrivals.add(MessageReceived(id=number * 3, time_ns=number, parent=number * 3 - 1, flow=7, message=number))
    assert arrivals.sent_of(99) == (98, 33) and arrivals.of(98) == (99, 33)
    assert arrivals.sent_of(3) is None and 10 <= len(arrivals) <= 12


def test_events_are_found_by_number_whatever_they_are(seat: Seat) -> None:
    kept = [event for event in seat.events if event.flow]
    for event in kept[:: max(1, len(kept) // 400)]:
        assert seat.room.recorder.event(event.id) == event
    flow = next(event.flow for event in seat.events if type(event).__name__ == "FlowStarted")
    assert seat.room.recorder.story(flow) == [event for event in seat.events if event.flow == flow]


def test_an_event_tells_its_causes_and_what_it_directly_caused(seat: Seat) -> None:
    recorder = seat.room.recorder
    binding = next(
        e for e in seat.events
        if isinstance(e, MessageSent) and e.part == "request" and "binding" in e.kind and "scheduler" in e.source
    )
    view = recorder.explain(binding.id)
    assert view is not None and view.causes[0].type == "SchedulingDecision" and view.answer is not None
    assert any(effect.type == "RequestAuthorized" for effect in view.effects)
    assert all(effect.type != "MessageReceived" for effect in view.effects)


def test_a_message_is_told_by_its_layers(seat: Seat) -> None:
    request = next(
        e for e in seat.events if isinstance(e, MessageSent) and e.protocol == "api" and e.part == "request"
        and e.kind.startswith("POST") and "kubectl" in e.source
    )
    view = seat.room.recorder.explain(request.id)
    assert view is not None and [layer.name for layer in view.layers] == ["link", "connection", "call", "content"]
    facts = {(layer.name, fact.key): fact for layer in view.layers for fact in layer.facts}
    assert facts["link", "from"].text.startswith("client (") and facts["link", "latency"].ns
    arrived = next(e for e in seat.events if isinstance(e, MessageReceived) and e.message == request.message)
    assert facts["link", "arrived"].ns == arrived.time_ns
    assert facts["connection", "user"].text == "kubernetes-admin"
    assert (facts["call", "method"].text, facts["content", "object"].text) == ("POST", "Pod solo")


def _all(seat: Seat, wanted: EventFilter, limit: int = 40) -> Iterator[EventPage]:
    before: int | None = None
    for _ in range(10_000):
        got = page(seat.room.recorder, wanted, before=before, limit=limit)
        yield got
        if got.older is None:
            return
        before = got.older
    raise AssertionError("it has no end")


@pytest.mark.parametrize("quiet", [False, True])
def test_paging_back_from_the_end_meets_every_event_once_and_forwards_too(seat: Seat, quiet: bool) -> None:
    wanted = EventFilter(quiet=quiet)
    backwards = [row.event for got in reversed([*_all(seat, wanted, 500)]) for row in got.rows]
    first = seat.events[0].id
    assert backwards == sorted(set(backwards))
    expected = [
        e.id for e in seat.events
        if not isinstance(e, MessageReceived)
        and (quiet or not (getattr(e, "quiet", False) or isinstance(e, UPKEEP)))
    ]
    assert [number for number in backwards if number >= first] == expected
    forwards, after = [], first - 1
    while True:
        got = page(seat.room.recorder, wanted, after=after, limit=300)
        forwards += [row.event for row in got.rows]
        if not got.rows:
            break
        after = got.newer
    assert forwards == expected


def test_filters_are_applied_on_the_server(seat: Seat) -> None:
    def rows(**wanted: object) -> list[str]:
        found = [row for got in _all(seat, EventFilter(**wanted), 500) for row in got.rows]  # type: ignore[arg-type]
        assert found, wanted
        for row in found:
            if wanted.get("protocols"):
                assert row.protocol in wanted["protocols"]  # type: ignore[operator]
            if wanted.get("component"):
                part = str(wanted["component"])
                assert any(end == part or end.startswith(f"{part}/") for end in (row.source, row.target))
            if wanted.get("flow"):
                assert row.flow == wanted["flow"]
        return [f"{row.type} {row.title}" for row in found]

    rows(protocols=("etcd", "raft"))
    rows(component="cp-1")
    rows(component="cp-1/etcd", quiet=True)
    flow = next(event.flow for event in seat.events if type(event).__name__ == "FlowStarted")
    rows(flow=flow, protocols=("cri",))
    assert all("solo" in title for title in rows(types=("SchedulingDecision", "ContainerChanged"), name="solo"))
    assert any("solo" in title for title in rows(text="SOLO"))
    assert not page(seat.room.recorder, EventFilter(name="sol")).rows, "a name is a whole word"


def test_a_span_of_time_and_an_instant_can_be_asked_for(seat: Seat) -> None:
    events = [e for e in seat.events if e.flow]
    early, late = events[len(events) // 4].time_ns, events[len(events) // 2].time_ns
    spans = [row.t_ns for got in _all(seat, EventFilter(from_ns=early, to_ns=late)) for row in got.rows]
    assert spans and min(spans) >= early and max(spans) <= late
    at = page(seat.room.recorder, EventFilter(), at_ns=late, limit=5)
    assert at.rows[-1].t_ns <= late
    after = page(seat.room.recorder, EventFilter(), after=at.newer, limit=5)
    assert after.rows[0].t_ns > late


def test_a_filter_that_fits_nothing_is_bounded_and_goes_on(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orrery.theatre.paging.EFFORT_MOST", 500)
    pages = [*_all(seat, EventFilter(text="no such words anywhere"))]
    assert len(pages) > 3 and not any(got.rows for got in pages)


def test_a_journal_holds_lines_from_the_boot_on_and_the_changes_between(seat: Seat) -> None:
    journal = seat.room.projections.journal
    lines = [event for event in journal.forwards(0, "cp-1/kube-apiserver") if isinstance(event, LogLine)]
    assert any("Serving securely" in line.text for line in lines)
    assert any(event.TYPE == "RaftStateChanged" for event in journal.backwards(10**9, "cp-1/etcd"))
    assert journal.lines["cp-1/kube-apiserver"] == len(lines)
