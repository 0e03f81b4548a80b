"""Clients under faults see one register per key, and watches see every revision once."""

from __future__ import annotations

import random

import pytest
from etcd_cluster import Cluster
from etcd_history import Operation, is_linearizable

from orrery.etcd import Client, EtcdError
from orrery.etcd.events import RaftSnapshotInstalled
from orrery.etcd.server import Server
from orrery.etcd.watch import WatchHub
from orrery.kernel import MILLISECOND, SECOND, sleep

KEYS = (b"a", b"b")
Histories = dict[bytes, list[Operation]]


def test_a_register_may_answer_so() -> None:
    write, read = "write", "read"
    assert is_linearizable([Operation(write, 1, 0, 10), Operation(read, 1, 5, 6), Operation(read, 1, 11, 12)])
    assert is_linearizable([Operation(write, 1, 0), Operation(read, None, 5, 6), Operation(read, 1, 7, 8)])
    assert is_linearizable([Operation(write, 1, 0), Operation(read, None, 50, 60)])


def test_a_register_may_not_answer_so() -> None:
    write, read = "write", "read"
    assert not is_linearizable([Operation(write, 1, 0, 10), Operation(read, None, 11, 12)])
    assert not is_linearizable([Operation(write, 1, 0, 20), Operation(read, 1, 1, 2), Operation(read, None, 3, 4)])
    assert not is_linearizable([Operation(read, 7, 0, 1)])


async def use(cluster: Cluster, client: Client, rand: random.Random, histories: Histories, number: int) -> None:
    """One client reads and writes until it is stopped, and notes what it saw."""
    count = 0
    while True:
        await sleep(rand.randint(20, 400) * MILLISECOND)
        key, count = rand.choice(KEYS), count + 1
        operation = Operation("write", f"{number}.{count}", cluster.kernel.now_ns)
        if rand.random() < 0.5:
            operation.kind = "read"
        else:
            histories[key].append(operation)
        try:
            if operation.kind == "write":
                await client.put(key, str(operation.value).encode())
            else:
                kvs = (await client.range(key)).kvs
                operation.value = kvs[0].value.decode() if kvs else None
                histories[key].append(operation)
            operation.ended = cluster.kernel.now_ns
        except EtcdError:
            pass


async def watch(client: Client, revisions: list[int]) -> None:
    """Watch everything, and after each interruption go on from where it was."""
    while True:
        try:
            stream = await client.watch(b"\0", b"\0", start_revision=revisions[-1] + 1 if revisions else 2)
            while True:
                response = await stream.next()
                revisions.extend(event.kv.mod_revision for event in response.events)
        except EtcdError:
            await sleep(100 * MILLISECOND)


def break_something(cluster: Cluster, rand: random.Random) -> None:
    a, b = rand.sample(cluster.hosts, 2)
    process = f"{a}/etcd"
    faults: list[tuple[str, dict[str, object]]] = [
        ("crash-host", {"host": a}),
        ("restart-host", {"host": a}),
        ("restart-process", {"component": process}),
        ("hang-process", {"component": process}),
        ("cut-link", {"a": a, "b": b, "one_way": rand.random() < 0.5}),
        ("slow-link", {"a": a, "b": b, "extra_ns": rand.randint(1, 800) * MILLISECOND}),
        ("drop-link", {"a": a, "b": b, "probability": 0.3}),
        ("partition", {"groups": [[a], [host for host in cluster.hosts if host != a]]}),
    ]
    name, arguments = rand.choice(faults)
    if name.startswith(("restart-process", "hang")) and not cluster.alive(a):
        name, arguments = "heal-all", {}
    cluster.fault(name, **arguments)


def storm(seed: int, seconds: int = 60) -> tuple[Cluster, Histories, list[int]]:
    rand = random.Random(seed)
    cluster = Cluster(seed, snapshot_entries=60)
    cluster.wait(3)
    histories: Histories = {key: [] for key in KEYS}
    revisions: list[int] = []
    users = []
    for number, host in enumerate((*cluster.hosts, cluster.hosts[0])):
        client = cluster.new_client(host)
        users.append(cluster.client_process.spawn(use(cluster, client, rand, histories, number), name="user"))
    watcher = cluster.client_process.spawn(watch(cluster.new_client(), revisions), name="watcher")
    for _ in range(seconds // 4):
        break_something(cluster, rand)
        cluster.wait(rand.uniform(0.5, 3))
        if rand.random() < 0.7:
            cluster.fault("heal-all")
        cluster.wait(rand.uniform(0.5, 4))
    cluster.fault("heal-all")
    cluster.wait(10)
    for user in users:
        user.cancel()
    cluster.wait(50)  # a host that went silently is noticed after 40 s
    assert not watcher.done
    return cluster, histories, revisions


@pytest.mark.parametrize("seed", range(8))
def test_histories_are_linearizable_and_watches_whole_under_faults(seed: int) -> None:
    cluster, histories, revisions = storm(seed)
    cluster.no_bugs()
    ended = [op for key in KEYS for op in histories[key] if op.ended < 1 << 62]
    assert len(ended) > 50, f"seed {seed}: next to nothing succeeded"
    for key in KEYS:
        assert is_linearizable(histories[key]), f"seed {seed}: what clients saw of {key!r} fits no register"
    cluster.wait(1)
    newest = max(member.machine.store.revision for member in cluster.members.values())
    assert revisions == list(range(2, newest + 1)), f"seed {seed}: the watch has a gap or a repetition"
    cluster.agree()


def test_the_judge_catches_reads_that_do_not_ask_for_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_barrier(self: Server, *, quiet: bool) -> None:
        return None

    monkeypatch.setattr(Server, "read_barrier", no_barrier)
    for seed in range(10):
        _, histories, _ = storm(seed, 40)
        if not all(is_linearizable(histories[key]) for key in KEYS):
            return
    pytest.fail("no storm of 10 showed a stale read")


def watch_across_a_snapshot() -> list[int]:
    """What a watch sees at a member that was cut off for so long that it gets a snapshot."""
    cluster = Cluster(3, snapshot_entries=20)
    leader = cluster.wait_for_leader()
    lonely = next(host for host in cluster.hosts if host != leader)
    revisions: list[int] = []

    async def follow() -> None:
        stream = await cluster.new_client(lonely).watch(b"\0", b"\0", start_revision=2, require_leader=False)
        while True:
            revisions.extend(event.kv.mod_revision for event in (await stream.next()).events)

    cluster.client_process.spawn(follow(), name="watcher")
    cluster.run(cluster.client.put(b"a", b"first"))
    cluster.fault("partition", groups=[[lonely], [host for host in cluster.hosts if host != lonely]])
    for number in range(60):
        cluster.run(cluster.new_client(leader).put(b"a", b"%d" % number))
    cluster.fault("heal-all")
    cluster.wait(4)
    assert cluster.of(RaftSnapshotInstalled)
    cluster.run(cluster.new_client(lonely).put(b"a", b"last"))
    cluster.wait(1)
    return revisions


def test_a_watch_misses_nothing_where_its_member_gets_a_snapshot() -> None:
    assert watch_across_a_snapshot() == list(range(2, 64))


def test_a_watch_that_is_not_caught_up_after_a_snapshot_shows_as_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WatchHub, "store_replaced", lambda self, old_revision: None)
    assert watch_across_a_snapshot() != list(range(2, 64))


def test_the_storms_restart_members_and_change_leaders() -> None:
    cluster, _, _ = storm(3)
    assert max(member.raft.term for member in cluster.members.values()) >= 4
    assert sum(cluster.kernel.hosts[host].processes["etcd"].incarnation for host in cluster.hosts) >= 5
    assert cluster.kernel.now_ns > SECOND * 60
