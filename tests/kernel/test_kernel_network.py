"""Messages, connections and remote calls, and what faults do to them."""

import pytest
from kernel_world import ECHO, World

from orrery.kernel import (
    MILLISECOND,
    SECOND,
    Address,
    ConnectionRefused,
    ConnectionReset,
    DeadlineExceeded,
    Message,
    MessageDelayed,
    MessageDropped,
    MessageReceived,
    MessageSent,
    RpcError,
    RpcFailure,
    StreamEnded,
    Unreachable,
    sleep,
)


def test_a_call_is_answered_and_takes_the_links_time() -> None:
    world = World()
    channel = world.dial()
    assert world.run(lambda: channel.call("GET", 1)) == {"echo": 1}
    assert channel.peer == "b/echo"


def test_a_handlers_refusal_reaches_the_caller_with_its_code() -> None:
    world = World()
    with pytest.raises(RpcFailure) as refused:
        world.run(lambda: world.dial().call("GET", "refuse"))
    assert (refused.value.code, refused.value.message) == ("Refused", "as you asked")


def test_a_stream_gives_its_items_in_order_and_then_ends() -> None:
    world = World()

    async def read() -> list[int]:
        stream = await world.dial().stream("WATCH", 3)
        items = []
        with pytest.raises(StreamEnded):
            while True:
                items.append(await stream.next())
        return items

    assert world.run(read) == [0, 1, 2]


def test_nobody_listening_is_a_refusal_and_a_dead_host_is_silence() -> None:
    world = World()
    with pytest.raises(ConnectionRefused, match="10.0.0.2:81: connect: connection refused"):
        world.run(lambda: world.client.dial(Address("b", 81), protocol="api").call("GET", 1))
    world.kernel.faults.apply("crash-host", host="b")
    with pytest.raises(Unreachable, match="i/o timeout"):
        world.run(lambda: world.dial().call("GET", 1))


def test_a_name_that_does_not_exist_cannot_be_reached() -> None:
    world = World()
    with pytest.raises(Unreachable, match="lookup nowhere: no such host"):
        world.run(lambda: world.client.dial(Address("nowhere", 1), protocol="api").call("GET", 1))


def test_a_call_that_is_not_answered_in_time_is_given_up_and_cancelled_at_the_server() -> None:
    world = World()
    with pytest.raises(DeadlineExceeded):
        world.run(lambda: world.dial().call("GET", "never", timeout_ns=SECOND))
    world.kernel.run_for(10 * MILLISECOND)
    assert [e.part for e in world.of(MessageSent) if e.part == "cancel"] == ["cancel"]
    assert all(task.done or task.name == "main" for task in world.server._tasks)


def test_a_crashed_server_resets_its_calls_and_serves_again_once_restarted() -> None:
    world = World()
    channel = world.dial()
    world.kernel.call_at(SECOND, lambda: world.kernel.faults.apply("crash-process", component="b/echo"))
    with pytest.raises(ConnectionReset):
        world.run(lambda: channel.call("GET", "never"))
    with pytest.raises(ConnectionRefused):
        world.run(lambda: channel.call("GET", 1))
    world.kernel.faults.apply("restart-process", component="b/echo")
    assert world.run(lambda: channel.call("GET", 2)) == {"echo": 2}


def test_a_bug_in_a_handler_crashes_that_process_alone_and_its_supervisor_restarts_it() -> None:
    world = World()
    with pytest.raises(ConnectionReset):
        world.run(lambda: world.dial().call("GET", "bug"))
    assert world.server.state == "stopped" and world.client.state == "running"
    world.kernel.run_for(2 * SECOND)
    assert world.server.state == "running" and world.server.incarnation == 2
    assert world.run(lambda: world.dial().call("GET", 3)) == {"echo": 3}


def test_a_hung_server_answers_late_once_resumed() -> None:
    world = World()
    channel = world.dial()
    world.run(lambda: channel.call("GET", 0))
    world.kernel.faults.apply("hang-process", component="b/echo")
    world.kernel.call_at(
        world.kernel.now_ns + 5 * SECOND, lambda: world.kernel.faults.apply("resume-process", component="b/echo")
    )
    begun_ns = world.kernel.now_ns
    assert world.run(lambda: channel.call("GET", 1)) == {"echo": 1}
    assert world.kernel.now_ns - begun_ns >= 5 * SECOND


def test_a_cut_holds_what_is_sent_and_a_heal_in_time_lets_it_through_in_order() -> None:
    world = World()
    channel = world.dial()
    world.run(lambda: channel.call("GET", 0))
    world.kernel.faults.apply("cut-link", a="a", b="b")
    world.kernel.call_at(
        world.kernel.now_ns + 3 * SECOND, lambda: world.kernel.faults.apply("heal-link", a="a", b="b")
    )
    answers = []

    async def ask(number: int) -> None:
        answers.append(await channel.call("GET", number))

    for number in range(4):
        world.client.spawn(ask(number), name="ask")
    world.kernel.run_for(20 * SECOND)
    assert answers == [{"echo": n} for n in range(4)]
    held = [e for e in world.of(MessageDelayed) if not e.arrives_ns]
    assert len(held) == 4 and held[0].reason == "link cut"


def test_a_silent_connection_is_pinged_and_given_up_when_nobody_answers() -> None:
    world = World()
    channel = world.dial()
    world.run(lambda: channel.call("GET", 0))
    world.kernel.faults.apply("cut-link", a="a", b="b")
    with pytest.raises(ConnectionReset, match="connection lost"):
        world.run(lambda: channel.call("GET", "never"))
    assert 30 * SECOND <= world.kernel.now_ns <= 50 * SECOND


def test_a_lossy_link_slows_calls_and_loses_none() -> None:
    world = World()
    world.kernel.faults.apply("drop-link", a="a", b="b", probability=0.3)
    channel = world.dial()

    async def many() -> list[object]:
        return [await channel.call("GET", number) for number in range(30)]

    assert world.run(many) == [{"echo": n} for n in range(30)]
    assert world.kernel.now_ns > SECOND and world.of(MessageDelayed)


def test_a_rebooted_host_does_not_know_its_old_connections() -> None:
    world = World()
    channel = world.dial()
    world.run(lambda: channel.call("GET", 0))
    world.kernel.faults.apply("crash-host", host="b")
    world.kernel.run_for(SECOND)
    world.kernel.faults.apply("restart-host", host="b")
    with pytest.raises(ConnectionReset):
        world.run(lambda: channel.call("GET", 1))
    assert world.run(lambda: channel.call("GET", 2)) == {"echo": 2}


def test_datagrams_may_overtake_each_other_and_each_arrives_at_most_once() -> None:
    world = World()
    got: list[object] = []
    world.server.listen(99, lambda message: got.append(message.body))
    for number in range(50):
        world.client.send(Address("b", 99), "raft", "Msg", number)
    world.kernel.run_for(SECOND)
    assert sorted(got) == list(range(50)) and got != list(range(50))


def test_a_one_way_cut_stops_one_direction() -> None:
    world = World()
    got: list[str] = []

    def take(name: str, message: Message) -> None:
        got.append(name)

    world.server.listen(99, lambda message: take("b", message))
    world.client.listen(99, lambda message: take("a", message))
    world.kernel.faults.apply("cut-link", a="a", b="b", one_way=True)
    world.client.send(Address("b", 99), "raft", "Msg", 1)
    world.server.send(Address("a", 99), "raft", "Msg", 1)
    world.kernel.run_for(SECOND)
    assert got == ["a"]
    assert [(e.where, e.reason) for e in world.of(MessageDropped)] == [("link", "link cut")]


def test_every_message_that_is_sent_arrives_or_is_dropped_in_the_trace() -> None:
    world = World(seed=5)
    channel = world.dial()

    async def many() -> None:
        for number in range(20):
            try:
                await channel.call("GET", number, timeout_ns=2 * SECOND)
            except RpcError:
                await sleep(SECOND)

    world.kernel.faults.apply("drop-link", a="a", b="b", probability=0.2)
    world.kernel.call_at(2 * SECOND, lambda: world.kernel.faults.apply("crash-process", component="b/echo"))
    world.kernel.call_at(5 * SECOND, lambda: world.kernel.faults.apply("restart-process", component="b/echo"))
    world.run(many)
    world.kernel.run_for(100 * SECOND)
    sent = {e.message for e in world.of(MessageSent)}
    ended = [e.message for e in world.events if isinstance(e, MessageReceived | MessageDropped)]
    assert len(ended) == len(set(ended)), "a message ended twice"
    assert sent == set(ended)


def test_the_cause_of_an_answer_leads_back_to_the_question() -> None:
    world = World()
    world.run(lambda: world.dial().call("GET", 1))
    by_id = {event.id: event for event in world.events}
    answer = next(e for e in world.of(MessageSent) if e.part == "response")
    received = by_id[answer.parent]
    question = by_id[received.parent]
    assert isinstance(received, MessageReceived) and isinstance(question, MessageSent)
    assert (question.part, question.source, question.target) == ("request", "a/client", "b/echo")
    assert ECHO.port == 80
