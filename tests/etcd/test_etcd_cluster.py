"""Members on the kernel: elections, replication, faults, recovery, watches, leases."""

from __future__ import annotations

from typing import Any

import pytest
from etcd_cluster import Cluster

from orrery.etcd import Compare, EtcdError, Put, Range
from orrery.etcd.events import EtcdApplied, RaftLogChanged, RaftSnapshotInstalled, RaftStateChanged, VoteCast
from orrery.kernel import SECOND, Address, FlowStarted, MessageSent, sleep

FUTURE = "etcdserver: mvcc: required revision is a future revision"


@pytest.fixture
def cluster() -> Any:
    made = Cluster()
    made.wait_for_leader()
    yield made
    made.no_bugs()


# ------------------------------------------------------------------------------------- elections


def test_a_cluster_elects_a_leader_within_three_seconds() -> None:
    cluster = Cluster()
    cluster.wait(3)
    leader = cluster.leader()
    assert leader
    assert all(member.raft.leader == f"{leader}/etcd" for member in cluster.members.values())


def test_an_election_is_a_flow_with_ballots_and_changes_of_state(cluster: Cluster) -> None:
    (flow,) = [event for event in cluster.of(FlowStarted) if event.kind == "election"]
    roles = [
        event.role for event in cluster.of(RaftStateChanged) if event.flow == flow.id and event.member == flow.subject
    ]
    assert roles == ["pre-candidate", "candidate", "leader"]
    ballots = [event for event in cluster.of(VoteCast) if event.flow == flow.id]
    assert [event.pre for event in ballots] == [True, True, False, False]
    assert all(event.granted for event in ballots)


def test_an_idle_cluster_says_nothing_but_heartbeats(cluster: Cluster) -> None:
    cluster.wait(2)
    cluster.events.clear()
    cluster.wait(60)
    assert cluster.events == [] or all(type(event).__name__ == "MessageReceived" for event in cluster.events)


def test_a_crashed_leader_is_replaced_by_one_of_a_higher_term(cluster: Cluster) -> None:
    old = cluster.leader()
    term = cluster.members[old].raft.term
    cluster.crash(old)
    new = cluster.wait_for_leader(other_than=old)
    assert cluster.members[new].raft.term > term
    cluster.restart(old)
    cluster.wait(2)
    assert cluster.members[old].raft.leader == f"{new}/etcd"


def test_a_leader_cut_off_from_both_others_steps_down(cluster: Cluster) -> None:
    old = cluster.leader()
    others = [host for host in cluster.hosts if host != old]
    cluster.fault("partition", groups=[[old], others])
    cluster.wait(4)
    assert cluster.members[old].raft.role.name != "leader"
    assert cluster.leader() in others
    cluster.fault("heal-all")
    cluster.wait(3)
    terms = [member.raft.term for member in cluster.members.values()]
    assert terms == [terms[0]] * 3


def test_leadership_can_be_handed_over(cluster: Cluster) -> None:
    old = cluster.leader()
    target = next(host for host in cluster.hosts if host != old)
    assert cluster.members[old].transfer(f"{target}/etcd")
    cluster.wait(0.5)
    assert cluster.leader() == target


# ------------------------------------------------------------------------------------- reads and writes


@pytest.mark.parametrize("host", ["etcd-1", "etcd-2", "etcd-3"])
def test_any_member_takes_a_write_and_every_member_applies_it(cluster: Cluster, host: str) -> None:
    client = cluster.new_client(host)
    assert cluster.run(client.put(b"a", b"1")).revision == 2
    assert cluster.run(client.range(b"a")).kvs[0].value == b"1"
    cluster.wait(1)
    applied = cluster.of(EtcdApplied)
    assert sorted(event.member for event in applied) == ["etcd-1/etcd", "etcd-2/etcd", "etcd-3/etcd"]
    assert {(event.revision, *event.puts) for event in applied} == {(2, ("a", "1", 2, 1))}
    cluster.agree()


def test_a_write_stays_in_its_flow_through_log_store_and_watch(cluster: Cluster) -> None:
    seen: list[int] = []

    async def story() -> None:
        stream = await cluster.client.watch(b"a", start_revision=0)
        flow = cluster.client_process.start_flow(kind="test", title="a write", subject="a")
        await cluster.client.put(b"a", b"1")
        seen.append(flow)
        seen.append(cluster.kernel.cause.flow)
        cluster.kernel.cause = cluster.kernel.cause._replace(flow=0)
        await stream.next()
        seen.append(cluster.kernel.cause.flow)

    cluster.run(story())
    cluster.wait(1)
    flow = seen[0]
    assert seen == [flow] * 3
    assert [event.flow for event in cluster.of(EtcdApplied)] == [flow] * 3
    kinds = {event.kind for event in cluster.of(MessageSent) if event.flow == flow}
    assert {"Put", "AppendEntries", "AppendReply", "WatchResponse"} <= kinds
    appended = [event for event in cluster.of(RaftLogChanged) if event.entries and event.flow == flow]
    assert [event.entries for event in appended] == [[(2, appended[0].entries[0][1], "put a")]] * 3


def test_a_txn_whose_comparison_fails_changes_nothing(cluster: Cluster) -> None:
    created = Compare(b"a", "create", "=", 0)
    first = cluster.run(cluster.client.txn([created], [Put(b"a", b"1")], [Range(b"a")]))
    second = cluster.run(cluster.client.txn([created], [Put(b"a", b"2")], [Range(b"a")]))
    assert (first.succeeded, second.succeeded) == (True, False)
    assert second.responses[0].kvs[0].value == b"1"
    assert second.revision == first.revision == 2


def test_errors_are_etcds_own(cluster: Cluster) -> None:
    for call, code, message in [
        (cluster.client.put(b"", b""), "InvalidArgument", "etcdserver: key is not provided"),
        (
            cluster.client.range(b"a", revision=99),
            "OutOfRange",
            "etcdserver: mvcc: required revision is a future revision",
        ),
        (cluster.client.put(b"a", b"", lease=5), "NotFound", "etcdserver: requested lease not found"),
        (cluster.client.lease_keep_alive(5), "NotFound", "etcdserver: requested lease not found"),
    ]:
        with pytest.raises(EtcdError) as error:
            cluster.run(call)
        assert (error.value.code, error.value.message) == (code, message)


def test_a_write_that_comes_while_no_leader_is_known_waits_and_then_succeeds(cluster: Cluster) -> None:
    survivor = next(host for host in cluster.hosts if host != cluster.leader())
    others = [host for host in cluster.hosts if host != survivor]
    for host in others:
        cluster.crash(host)
    cluster.wait(3)
    assert cluster.members[survivor].raft.leader == ""
    begun = cluster.kernel.now_ns
    write = cluster.client_process.spawn(cluster.new_client(survivor).put(b"a", b"1"), name="write")
    cluster.wait(1)
    assert not write.done
    cluster.restart(others[0])
    cluster.wait_for_leader()
    cluster.wait(0.1)
    assert write.done and write.result.revision == 2
    assert cluster.kernel.now_ns - begun > SECOND
    cluster.restart(others[1])
    cluster.wait(2)
    cluster.agree()


def test_a_write_on_its_way_to_a_dead_leader_fails_in_etcds_words(cluster: Cluster) -> None:
    """The follower does not know yet that its leader is dead and passes the write on to it: etcd does not ask again."""
    old = cluster.leader()
    survivor = next(host for host in cluster.hosts if host != old)
    cluster.crash(old)
    with pytest.raises(EtcdError) as error:
        cluster.run(cluster.new_client(survivor).put(b"a", b"1"))
    assert error.value.message == "etcdserver: request timed out, possibly due to previous leader failure"
    assert cluster.leader() not in ("", old)
    assert cluster.run(cluster.new_client(survivor).put(b"a", b"2")).revision == 2


def test_without_a_quorum_writes_and_reads_time_out_and_serializable_reads_answer(cluster: Cluster) -> None:
    cluster.run(cluster.client.put(b"a", b"1"))
    cluster.wait(1)
    leader = cluster.leader()
    survivor = next(host for host in cluster.hosts if host != leader)
    for host in cluster.hosts:
        if host != survivor:
            cluster.crash(host)
    cluster.wait(3)
    client = cluster.new_client(survivor)
    for call in (client.put(b"a", b"2"), client.range(b"a")):
        begun = cluster.kernel.now_ns
        with pytest.raises(EtcdError) as error:
            cluster.run(call)
        assert error.value.message == "etcdserver: request timed out"
        assert 7 * SECOND <= cluster.kernel.now_ns - begun < 7.1 * SECOND
    assert cluster.run(client.range(b"a", serializable=True)).kvs[0].value == b"1"
    status = cluster.run(client.status(Address(survivor, 2379)))
    assert (status.leader, status.errors) == ("", ("etcdserver: no leader",))

    for host in cluster.hosts:
        if host != survivor:
            cluster.restart(host)
    cluster.wait_for_leader()
    cluster.run(client.put(b"a", b"3"))
    assert cluster.run(client.range(b"a")).kvs[0].value == b"3"
    cluster.wait(1)
    cluster.agree()


def test_standing_for_election_again_and_again_is_one_story(cluster: Cluster) -> None:
    leader = cluster.leader()
    survivor = next(host for host in cluster.hosts if host != leader)
    for host in cluster.hosts:
        if host != survivor:
            cluster.crash(host)
    cluster.events.clear()
    cluster.wait(30)
    assert len([event for event in cluster.of(FlowStarted) if event.kind == "election"]) == 1
    assert cluster.members[survivor].raft.term == 1  # pre-vote spends no terms


# ------------------------------------------------------------------------------------- disks


@pytest.mark.parametrize("whole_cluster", [False, True], ids=["leader", "everybody"])
def test_an_acknowledged_write_survives_a_power_cut_at_any_instant(whole_cluster: bool) -> None:
    """Before the write is sent, while disks sync, between persisting and sending, between commit and apply, after."""
    outcomes: list[tuple[bool, bool]] = []
    for step in range(30):
        cluster = Cluster(3)
        leader = cluster.wait_for_leader()
        survivor = next(host for host in cluster.hosts if host != leader)
        write = cluster.client_process.spawn(_message(cluster.new_client(survivor).put(b"a", b"1")), name="write")
        cluster.wait(step * 0.0002)
        acknowledged = write.done
        doomed = cluster.hosts if whole_cluster else (leader,)
        for host in doomed:
            cluster.fault("crash-host", host=host)
        cluster.wait(0.5)
        for host in doomed:
            cluster.fault("restart-host", host=host)
        cluster.wait_for_leader()
        cluster.wait(3)
        kept = cluster.run(cluster.new_client().range(b"a")).count == 1
        assert kept or not acknowledged, f"lost when the power went {step * 0.2:.1f} ms after the write began"
        cluster.agree()
        cluster.no_bugs()
        outcomes.append((acknowledged, kept))
    assert (True, True) in outcomes and (False, False) in outcomes and (False, True) in outcomes


def test_a_member_comes_back_with_its_term_vote_log_and_store(cluster: Cluster) -> None:
    for number in range(5):
        cluster.run(cluster.client.put(b"k%d" % number, b"v"))
    cluster.wait(1)
    before = {host: (m.raft.term, m.raft.vote, m.raft.log.last_index) for host, m in cluster.members.items()}
    dump = cluster.members["etcd-1"].machine.store.dump()
    for host in cluster.hosts:
        cluster.fault("crash-host", host=host)
    for host in cluster.hosts:
        cluster.fault("restart-host", host=host)
        cluster.wait(0.01)
        member = cluster.members[host]
        assert (member.raft.term, member.raft.vote, member.raft.log.last_index) == before[host]
    cluster.wait_for_leader()
    cluster.wait(1)
    assert cluster.members["etcd-1"].machine.store.dump() == dump
    cluster.agree()


def test_the_log_is_compacted_and_a_member_that_was_away_gets_a_snapshot() -> None:
    cluster = Cluster(snapshot_entries=20)
    leader = cluster.wait_for_leader()
    away = next(host for host in cluster.hosts if host != leader)
    cluster.crash(away)
    for number in range(70):
        cluster.run(cluster.client.put(b"k%d" % (number % 7), b"%d" % number))
    member = cluster.members[leader]
    assert member.raft.log.first_index > 40
    assert len(cluster.kernel.hosts[leader].disk.list("/var/lib/etcd/")) == 2
    assert len(cluster.kernel.hosts[leader].disk.records(member._storage.wal_path)) < 90
    cluster.restart(away)
    cluster.wait(3)
    assert [event.member for event in cluster.of(RaftSnapshotInstalled)] == [f"{away}/etcd"]
    cluster.agree()
    for host in cluster.hosts:  # and what is on disk now is enough to start from
        cluster.fault("crash-host", host=host)
    for host in cluster.hosts:
        cluster.fault("restart-host", host=host)
    cluster.wait_for_leader()
    cluster.wait(1)
    cluster.agree()
    assert cluster.run(cluster.client.range(b"k6")).kvs[0].value == b"69"
    cluster.no_bugs()


# ------------------------------------------------------------------------------------- watches


async def take(stream: Any, count: int) -> list[tuple[str, bytes, int]]:
    found: list[tuple[str, bytes, int]] = []
    while len(found) < count:
        response = await stream.next()
        found += [(event.type, event.kv.key, event.kv.mod_revision) for event in response.events]
    return found


def test_a_watch_from_the_past_misses_nothing_and_repeats_nothing(cluster: Cluster) -> None:
    async def story() -> list[tuple[str, bytes, int]]:
        for number in range(3):
            await cluster.client.put(b"/p/%d" % number, b"")
            await cluster.client.put(b"/other", b"")
        stream = await cluster.client.watch(b"/p/", b"/p0", start_revision=3)
        for number in range(3):
            await cluster.client.put(b"/p/%d" % number, b"")
        await cluster.client.delete(b"/p/", b"/p0")
        return await take(stream, 8)

    found = cluster.run(story())
    assert [revision for _, _, revision in found] == [4, 6, 8, 9, 10, 11, 11, 11]
    assert [kind for kind, _, _ in found] == ["PUT"] * 5 + ["DELETE"] * 3


def test_a_watch_from_a_compacted_revision_is_told_so(cluster: Cluster) -> None:
    async def story() -> Any:
        for number in range(5):
            await cluster.client.put(b"a", b"%d" % number)
        await cluster.client.compact(5)
        stream = await cluster.client.watch(b"a", start_revision=3)
        return await stream.next()

    assert cluster.run(story()).compact_revision == 5
    with pytest.raises(EtcdError, match="required revision has been compacted"):
        cluster.run(cluster.client.range(b"a", revision=3))


def test_a_watch_says_how_far_it_has_come_when_asked(cluster: Cluster) -> None:
    async def story() -> Any:
        stream = await cluster.client.watch(b"a", start_revision=0)
        await cluster.client.put(b"b", b"")
        stream.request_progress()
        return await stream.next()

    response = cluster.run(story())
    assert (response.progress, response.revision, response.events) == (True, 2, ())


def test_a_watch_at_a_member_without_a_leader_ends(cluster: Cluster) -> None:
    leader = cluster.leader()
    survivor = next(host for host in cluster.hosts if host != leader)

    async def story() -> None:
        stream = await cluster.new_client(survivor).watch(b"a", start_revision=0)
        await stream.next()

    task = cluster.client_process.spawn(_message(story()), name="watch")
    cluster.wait(0.1)
    for host in cluster.hosts:
        if host != survivor:
            cluster.crash(host)
    cluster.wait(8)
    assert task.result == "etcdserver: no leader"
    task = cluster.client_process.spawn(_message(story()), name="a new watch there")
    cluster.wait(0.1)
    assert task.result == "etcdserver: no leader"


async def _message(coro: Any) -> str:
    try:
        await coro
    except EtcdError as error:
        return error.message
    return ""


def test_a_closed_watch_is_forgotten(cluster: Cluster) -> None:
    async def story() -> None:
        stream = await cluster.new_client("etcd-1").watch(b"a", start_revision=0)
        await sleep(SECOND // 10)
        assert len(cluster.members["etcd-1"].server.watches) == 1
        stream.close()
        await sleep(SECOND // 10)
        assert len(cluster.members["etcd-1"].server.watches) == 0

    cluster.run(story())


# ------------------------------------------------------------------------------------- leases


def test_a_lease_that_nobody_keeps_alive_takes_its_keys_with_it(cluster: Cluster) -> None:
    lease = cluster.run(cluster.client.lease_grant(5))
    cluster.run(cluster.client.put(b"a", b"1", lease=lease))
    cluster.wait(4)
    assert cluster.run(cluster.client.range(b"a")).count == 1
    cluster.wait(2)
    assert cluster.run(cluster.client.range(b"a")).count == 0


def test_a_lease_lives_as_long_as_it_is_kept_alive_through_any_member_and_a_new_leader(cluster: Cluster) -> None:
    lease = cluster.run(cluster.client.lease_grant(5))
    cluster.run(cluster.client.put(b"a", b"1", lease=lease))
    for host in cluster.hosts:
        cluster.wait(3)
        assert cluster.run(cluster.new_client(host).lease_keep_alive(lease)) == 5
    cluster.crash(cluster.leader())
    cluster.wait_for_leader()
    cluster.wait(3)
    assert cluster.run(cluster.client.lease_keep_alive(lease)) == 5
    assert cluster.run(cluster.client.range(b"a")).count == 1
    cluster.run(cluster.client.lease_revoke(lease))
    assert cluster.run(cluster.client.range(b"a")).count == 0


# ------------------------------------------------------------------------------------- the client, the run


def test_a_client_goes_on_to_a_member_that_answers(cluster: Cluster) -> None:
    first = cluster.client.endpoint.host
    cluster.crash(first)
    cluster.wait_for_leader()
    assert cluster.run(cluster.client.put(b"a", b"1")).revision == 2
    assert cluster.client.endpoint.host != first


def test_a_client_leaves_a_member_that_is_cut_off_from_its_leader(cluster: Cluster) -> None:
    lonely = cluster.client.endpoint.host
    cluster.fault("partition", groups=[[lonely], [host for host in cluster.hosts if host != lonely]])
    cluster.wait_for_leader(other_than=lonely)
    with pytest.raises(EtcdError, match="etcdserver: request timed out"):
        cluster.run(cluster.client.put(b"a", b"1"))
    assert cluster.run(cluster.client.put(b"a", b"2")).revision >= 2


def test_a_client_without_any_member_says_so_in_time(cluster: Cluster) -> None:
    for host in cluster.hosts:
        cluster.crash(host)
    begun = cluster.kernel.now_ns
    with pytest.raises(EtcdError, match="connection refused") as error:
        cluster.run(cluster.client.range(b"a"))
    assert error.value.code == "Unavailable"
    assert cluster.kernel.now_ns - begun <= 10.1 * SECOND


def scenario(seed: int) -> str:
    cluster = Cluster(seed)
    cluster.wait_for_leader()
    for number in range(10):
        cluster.run(cluster.client.put(b"k%d" % number, b"v"))
    cluster.crash(cluster.leader())
    cluster.wait(5)
    cluster.fault("heal-all")
    cluster.wait(5)
    return cluster.kernel.trace.digest()


def test_the_same_seed_gives_the_same_trace_and_another_seed_another() -> None:
    assert scenario(5) == scenario(5) != scenario(6)
