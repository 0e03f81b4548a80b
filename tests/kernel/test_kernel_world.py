"""Disks, processes, faults, the inbox, and the identity of a run."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from kernel_world import World

from orrery.kernel import (
    SECOND,
    DiskFull,
    DiskProfile,
    FlowStarted,
    Kernel,
    MessageReceived,
    MessageSent,
    Process,
    ProcessExited,
    TraceEvent,
    encode,
    event,
    sleep,
)


def _disk(capacity_bytes: int = 1 << 20) -> tuple[Kernel, Process]:
    kernel = Kernel(1)
    host = kernel.add_host("a", ip="10.0.0.1", disk=DiskProfile(capacity_bytes=capacity_bytes))

    async def idle(process: Process) -> None:
        await process.event().wait()

    process = host.add_process("idle", idle)
    kernel.run_until(0)
    return kernel, process


def test_a_power_cut_loses_what_was_not_synced_and_a_crash_of_the_process_loses_nothing() -> None:
    kernel, process = _disk()
    disk = process.disk

    async def write() -> None:
        disk.append("log", b"one")
        await disk.sync("log")
        disk.append("log", b"two")

    kernel.run(write())
    process.crash()
    assert disk.records("log") == (b"one", b"two")
    process.host.crash()
    assert disk.records("log") == (b"one",)


def test_a_rewrite_that_was_not_synced_leaves_the_old_file() -> None:
    kernel, process = _disk()
    disk = process.disk

    async def write() -> None:
        disk.append("log", b"one")
        disk.append("log", b"two")
        await disk.sync("log")
        disk.truncate("log", 1)
        disk.append("log", b"other two")

    kernel.run(write())
    assert disk.records("log") == (b"one", b"other two")
    process.host.crash()
    assert disk.records("log") == (b"one", b"two")
    assert disk.used_bytes == 6


def test_what_is_appended_while_a_sync_runs_is_not_covered_by_it() -> None:
    kernel, process = _disk()
    disk = process.disk

    async def write() -> None:
        disk.append("log", b"one")
        kernel.call_at(kernel.now_ns + 10, disk.append, "log", b"late")
        await disk.sync("log")

    kernel.run(write())
    process.host.crash()
    assert disk.records("log") == (b"one",)


def test_syncs_of_one_disk_wait_for_each_other() -> None:
    kernel, process = _disk()
    disk = process.disk
    ends: list[int] = []

    async def write(path: str) -> None:
        disk.append(path, b"x")
        await disk.sync(path)
        ends.append(kernel.now_ns)

    for path in ("one", "two", "three"):
        kernel.spawn(write(path), name=path)
    kernel.run_until(SECOND)
    assert all(later - earlier >= disk.profile.sync_ns for earlier, later in zip(ends, ends[1:], strict=False))


def test_a_full_disk_says_so() -> None:
    _, process = _disk(capacity_bytes=10)
    process.disk.append("log", b"0123456789")
    with pytest.raises(DiskFull, match="a: no space left on device"):
        process.disk.append("log", b"x")
    process.disk.delete("log")
    process.disk.append("log", b"x")


def test_a_bug_restarts_a_process_after_a_back_off_that_doubles() -> None:
    kernel = Kernel(1)
    host = kernel.add_host("a", ip="10.0.0.1")
    starts: list[int] = []
    exits: list[TraceEvent] = []
    kernel.trace.subscribe(lambda e: exits.append(e) if isinstance(e, ProcessExited) else None)

    async def crash(process: Process) -> None:
        starts.append(kernel.now_ns)
        raise RuntimeError("boom")

    host.add_process("bad", crash)
    kernel.run_until(20 * SECOND)
    assert starts == [0, 1 * SECOND, 3 * SECOND, 7 * SECOND, 15 * SECOND]
    assert isinstance(exits[0], ProcessExited) and exits[0].reason == "RuntimeError: boom" and not exits[0].crashed


def test_a_process_crashed_by_hand_stays_down_even_when_its_host_reboots() -> None:
    world = World()
    world.kernel.faults.apply("crash-process", component="b/echo")
    world.kernel.faults.apply("restart-host", host="b")
    world.kernel.run_for(100 * SECOND)
    assert world.server.state == "crashed"
    world.kernel.faults.apply("restart-process", component="b/echo")
    world.kernel.run_for(SECOND)
    assert world.server.state == "running"


def test_timers_and_tasks_die_with_their_process() -> None:
    world = World()
    seen: list[str] = []

    async def late() -> None:
        await sleep(SECOND)
        seen.append("task")

    world.client.spawn(late(), name="late")
    world.client.call_later(SECOND, seen.append, "timer")
    world.client.crash()
    world.client.start()
    world.kernel.run_for(5 * SECOND)
    assert seen == []


def test_a_partition_cuts_between_groups_and_heal_all_mends_everything() -> None:
    world = World()
    kernel = world.kernel
    kernel.faults.apply("partition", groups=[["a"], ["b", "c"]])
    cut = {(link.a, link.b): link.is_cut(link.a) for link in kernel.network.links()}
    assert cut[("a", "b")] and cut[("a", "c")] and ("b", "c") not in cut
    kernel.faults.apply("crash-host", host="c")
    kernel.faults.apply("hang-process", component="b/echo")
    kernel.faults.apply("skew-clock", host="a", skew_ns=SECOND)
    kernel.faults.apply("heal-all")
    kernel.run_for(1)
    assert all(link.healthy for link in kernel.network.links())
    assert kernel.hosts["c"].up and world.server.state == "running" and not kernel.hosts["a"].clock_skew_ns


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("explode", {}, "unknown fault 'explode'"),
        ("crash-process", {"component": "b/none"}, "there is no component 'b/none'"),
        ("crash-host", {"host": "z"}, "there is no host 'z'"),
        ("cut-link", {"a": "a", "b": "a"}, "a link joins two hosts, not a with itself"),
        ("cut-link", {"a": "a"}, "'cut-link' does not take a"),
        ("drop-link", {"a": "a", "b": "b", "probability": 2}, "between 0 and 1"),
        ("partition", {"groups": [["a"], ["a"]]}, "host 'a' stands in the partition twice"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_a_sentence(
    name: str, arguments: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        World().kernel.faults.apply(name, **arguments)


def test_a_fault_begins_a_flow_to_which_its_consequences_belong() -> None:
    world = World()
    flow = world.kernel.faults.apply("crash-process", component="b/echo")
    started = world.of(FlowStarted)[-1]
    assert (started.flow, started.kind, started.subject) == (flow, "fault", "b/echo")
    assert world.of(ProcessExited)[-1].flow == flow


@event
class Noted(TraceEvent):
    text: str
    data: object


def test_an_event_is_one_line_of_json_that_names_its_type() -> None:
    kernel = Kernel(1)
    noted = Noted(text="한글", data={"bytes": b"ab", "pair": (1, 2), 3: None})
    kernel.trace.emit(noted)
    assert orjson.loads(encode(noted)) == {
        "type": "Noted", "id": 1, "time_ns": 0, "flow": 0, "parent": 0, "source": "", "text": "한글",
        "data": {"bytes": "ab", "pair": [1, 2], "3": None},
    }


def test_a_message_is_written_as_any_other_event_is() -> None:
    sent = MessageSent(
        id=3, time_ns=4, flow=1, parent=2, source="a/x", message=5, target='b/"y"', protocol="api", kind="GET /한글\n",
        part="request", call=6, quiet=True, arrives_ns=7, body={"value": b'{"a":1}', "no": None},
    )
    for told in (sent, MessageReceived(id=8, time_ns=9, flow=1, parent=3, source='b/"y"', message=5)):
        assert told.line() == TraceEvent.line(told)
        assert list(orjson.loads(encode(told)))[1:] == [field.name for field in dataclasses.fields(told)]


def test_the_digest_is_that_of_the_lines_and_asking_for_it_changes_nothing() -> None:
    import hashlib

    one, two = World(), World()
    lines: list[bytes] = []
    two.kernel.trace.subscribe_lines(lines.append)
    for world in (one, two):
        for _ in range(3):
            world.run(lambda world=world: world.dial().call("GET", 1))
            if world is two:
                world.kernel.trace.digest()
    assert one.kernel.trace.digest() == two.kernel.trace.digest()
    begun = [event for event in two.events if event.id <= two.kernel.trace.count]
    assert two.kernel.trace.digest() == hashlib.sha256(b"".join(encode(e) + b"\n" for e in begun)).hexdigest()
    assert b"".join(lines).endswith(encode(two.events[-1]) + b"\n")


def test_a_trace_that_is_switched_off_changes_nothing_that_happens() -> None:
    loud, silent = World(), World()
    silent.kernel.trace.enabled = False
    for world in (loud, silent):
        world.kernel.faults.apply("drop-link", a="a", b="b", probability=0.3)
        channel = world.dial()
        for number in range(5):
            world.run(lambda channel=channel, number=number: channel.call("GET", number))
    assert (loud.kernel.now_ns, loud.kernel.steps) == (silent.kernel.now_ns, silent.kernel.steps)


def _storm(kernel: Kernel, world: World) -> None:
    kernel.inbox.handle("fault", lambda payload: kernel.faults.apply(payload["name"], **payload["arguments"]))
    channel = world.dial()

    async def chatter() -> None:
        while True:
            try:
                await channel.call("GET", 1, timeout_ns=SECOND)
            except Exception:
                await sleep(SECOND // 3)

    world.client.spawn(chatter(), name="chatter")


def test_a_replay_from_the_recorded_inputs_gives_the_same_trace() -> None:
    first = World(seed=9)
    _storm(first.kernel, first)
    first.kernel.run_for(SECOND)
    first.kernel.inbox.take("fault", {"name": "drop-link", "arguments": {"a": "a", "b": "b", "probability": 0.2}})
    first.kernel.trace.subscribe(lambda e: first.kernel.stop() if e.id % 97 == 0 else None)
    first.kernel.run_until(3 * SECOND)  # stops in the middle of an instant
    first.kernel.inbox.take("fault", {"name": "crash-process", "arguments": {"component": "b/echo"}})
    with pytest.raises(ValueError, match="no host"):
        first.kernel.inbox.take("fault", {"name": "crash-host", "arguments": {"host": "z"}})
    first.kernel.run_for(SECOND)
    first.kernel.inbox.take("fault", {"name": "restart-process", "arguments": {"component": "b/echo"}})
    while first.kernel.now_ns < 10 * SECOND:
        first.kernel.run_until(10 * SECOND)

    again = World(seed=9)
    _storm(again.kernel, again)
    again.kernel.inbox.replay(first.kernel.inbox.inputs, until_ns=10 * SECOND)
    assert again.kernel.trace.digest() == first.kernel.trace.digest()

    other = World(seed=10)
    _storm(other.kernel, other)
    other.kernel.run_until(10 * SECOND)
    assert other.kernel.trace.digest() != first.kernel.trace.digest()


SCRIPT = """
import sys
sys.path[:0] = [{backend!r}, {here!r}]
from kernel_world import World
from test_kernel_world import _storm
world = World(seed=4)
_storm(world.kernel, world)
world.kernel.faults.apply("drop-link", a="a", b="b", probability=0.2)
world.kernel.run_for(20_000_000_000)
print(world.kernel.trace.digest())
"""


def test_two_processes_with_different_hash_seeds_give_the_same_digest() -> None:
    here = Path(__file__).parent
    script = SCRIPT.format(backend=str(here.parents[1] / "backend"), here=str(here))
    digests = [
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert digests[0] == digests[1] != ""


def test_a_full_disk_takes_nothing_more_and_a_slow_one_takes_its_time() -> None:
    kernel, process = _disk()
    disk = process.disk
    spent: list[int] = []

    async def write() -> None:
        disk.append("log", b"one")
        begun_ns = kernel.now_ns
        await disk.sync("log")
        spent.append(kernel.now_ns - begun_ns)

    kernel.run(write())
    kernel.faults.apply("slow-disk", host="a", extra_ns=SECOND)
    kernel.run(write())
    assert spent[0] < SECOND // 10 and spent[1] > SECOND
    kernel.faults.apply("fill-disk", host="a")
    with pytest.raises(DiskFull):
        kernel.run(write())
    kernel.faults.apply("heal-disk", host="a")
    kernel.run(write())
    assert spent[2] < SECOND // 10
    for bad in ({"host": "z", "extra_ns": 1}, {"host": "a", "extra_ns": -1}):
        with pytest.raises(ValueError):
            kernel.faults.apply("slow-disk", **bad)
