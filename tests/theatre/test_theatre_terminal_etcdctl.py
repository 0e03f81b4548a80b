"""etcdctl prints what etcdctl 3.5 prints (the formats of its own documentation), and CMD-09 streams."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

import orjson
import pytest
from terminal_seat import Seat, fresh, shared

from orrery.cluster import default_config
from orrery.cluster.config import etcd_hosts
from orrery.theatre.production import Production
from orrery.theatre.scenes.manifests import deployment
from orrery.theatre.terminal.etcdctl.printing import duration, size, table


@pytest.fixture
def seat() -> Iterator[Seat]:
    yield from shared()


def test_cmd_09_streams_each_pod_as_it_is_written() -> None:
    seat = fresh()
    seat.stream("etcdctl watch --prefix /registry/pods/")
    seat.production.acts.apply([deployment("web", replicas=1)])
    seat.wait(10)
    assert seat.kind == "busy"
    lines = seat.interrupt().splitlines()
    events = [lines[i : i + 3] for i in range(0, len(lines), 3)]
    assert len(events) > 3 and all(kind == "PUT" for kind, _, _ in events)
    assert all(key.startswith("/registry/pods/default/web-") for _, key, _ in events)
    assert [orjson.loads(value)["kind"] for _, _, value in events] == ["Pod"] * len(events)
    assert orjson.loads(events[-1][2])["status"]["phase"] == "Running"


def test_health_as_the_lecture_asks_for_it(seat: Seat) -> None:
    flags = (
        "--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt "
        "--cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
    )
    expected = r"https://127\.0\.0\.1:2379 is healthy: successfully committed proposal: took = [\d.]+(ms|µs)\n"
    assert re.fullmatch(expected, seat.run(f"etcdctl {flags} endpoint health"))
    found = orjson.loads(seat.run("etcdctl endpoint health --cluster -w json"))
    assert [(each["endpoint"], each["health"]) for each in found] == [
        (f"https://10.0.0.{n}:2379", True) for n in (11, 12, 13)
    ]


def test_status_and_members_as_lines_and_as_tables(seat: Seat) -> None:
    line = seat.run("etcdctl endpoint status")
    assert re.fullmatch(
        r"127\.0\.0\.1:2379, [0-9a-f]{15,16}, 3\.5\.\d+, \d+ kB, (true|false), false, \d+, \d+, \d+, \n", line
    )
    rule, header, *_ = seat.run("etcdctl endpoint status --cluster -w table").splitlines()
    assert header.strip("| ").split(" | ")[1:] != [] and set(rule) == {"+", "-"}
    assert [cell.strip() for cell in header.strip("|").split("|")] == [
        "ENDPOINT", "ID", "VERSION", "DB SIZE", "IS LEADER", "IS LEARNER", "RAFT TERM", "RAFT INDEX",
        "RAFT APPLIED INDEX", "ERRORS",
    ]  # fmt: skip
    members = seat.run("etcdctl member list").splitlines()
    assert len(members) == 3
    urls = r"https://10\.0\.0\.11:2380, https://10\.0\.0\.11:2379"
    assert re.fullmatch(rf"[0-9a-f]{{15,16}}, started, cp-1, {urls}, false", members[0])
    leaders = [row for row in seat.run("etcdctl endpoint status --cluster").splitlines() if ", true, false, " in row]
    assert len(leaders) == 1


def test_the_table_is_drawn_as_in_etcdctl_s_documentation() -> None:
    assert table(["endpoint", "health", "took", "error"], [["127.0.0.1:2379", "true", "3.349545ms", ""]]) == (
        "+----------------+--------+------------+-------+\n"
        "|    ENDPOINT    | HEALTH |    TOOK    | ERROR |\n"
        "+----------------+--------+------------+-------+\n"
        "| 127.0.0.1:2379 |   true | 3.349545ms |       |\n"
        "+----------------+--------+------------+-------+"
    )
    assert [size(n) for n in (82, 1234, 25_000, 20_480_000)] == ["82 B", "1.2 kB", "25 kB", "20 MB"]
    assert [duration(n) for n in (2_345_678, 912_340, 1_500_000_000, 12)] == ["2.345678ms", "912.34µs", "1.5s", "12ns"]


def test_where_etcd_stands_apart_its_members_are_asked() -> None:
    config = default_config().replace(etcd=etcd_hosts(["etcd1", "etcd2", "etcd3"]))
    seat = Seat(Production(7, config))
    assert [line.partition(" ")[0] for line in seat.run("etcdctl endpoint health").splitlines()] == [
        "https://etcd1:2379", "https://etcd2:2379", "https://etcd3:2379"
    ]  # fmt: skip
    assert "etcd2, https://10.0.0.52:2380" in seat.run("etcdctl member list")


def test_put_get_del() -> None:
    seat = fresh()
    assert seat.run("etcdctl put foo bar; etcdctl put foo1 bar1; etcdctl put foo2 bar2") == "OK\nOK\nOK\n"
    assert seat.run("etcdctl get foo") == "foo\nbar\n"
    assert seat.run("etcdctl get --prefix foo --limit 2 --keys-only") == "foo\n\nfoo1\n\n"
    assert seat.run("etcdctl get foo foo2 --print-value-only") == "bar\nbar1\n"
    assert seat.run("etcdctl get --prefix foo --order=DESCEND --keys-only").split() == ["foo2", "foo1", "foo"]
    document = orjson.loads(seat.run("etcdctl get foo -w json"))
    (kv,) = document["kvs"]
    assert (b64decode(kv["key"]), b64decode(kv["value"]), kv["version"]) == (b"foo", b"bar", 1)
    assert document["count"] == 1 and {"cluster_id", "member_id", "revision", "raft_term"} == set(document["header"])
    revision = kv["mod_revision"]
    assert seat.run("etcdctl put foo new --prev-kv") == "OK\nfoo\nbar\n"
    assert seat.run(f"etcdctl get foo --rev={revision} --print-value-only") == "bar\n"
    assert seat.run("etcdctl del --prefix foo") == "3\n"
    assert seat.run("etcdctl get foo") == ""
    assert "--count-only is only for" in seat.run("etcdctl get / --count-only")
    assert "get command needs one argument" in seat.run("etcdctl get")
    assert 'unknown command "frob" for "etcdctl"' in seat.run("etcdctl frob")


def test_leases_hold_keys_and_end_with_them() -> None:
    seat = fresh()
    granted = re.fullmatch(r"lease ([0-9a-f]{16}) granted with TTL\(10s\)\n", seat.run("etcdctl lease grant 10"))
    assert granted is not None
    lease = granted[1]
    seat.run(f"etcdctl put lock held --lease={lease}")
    out = seat.run(f"etcdctl lease timetolive {lease} --keys")
    assert re.fullmatch(rf"lease {lease} granted with TTL\(10s\), remaining\(\d+s\), attached keys\(\[lock\]\)\n", out)
    assert lease in seat.run("etcdctl lease list")
    assert seat.run(f"etcdctl lease keep-alive {lease} --once") == f"lease {lease} keepalived with TTL(10)\n"
    seat.stream(f"etcdctl lease keep-alive {lease}", seconds=15)
    assert seat.interrupt().count(f"lease {lease} keepalived with TTL(10)") == 5
    seat.wait(15)
    assert seat.run("etcdctl get lock") == ""
    assert seat.run(f"etcdctl lease timetolive {lease}") == f"lease {lease} already expired\n"
    assert "requested lease not found" in seat.run(f"etcdctl lease revoke {lease}")


def test_a_transaction_compares_and_acts_as_one() -> None:
    seat = fresh()
    seat.run("etcdctl put k 1")
    script = "etcdctl txn <<E\nvalue(\"k\") = \"1\"\n\nput k 2\nget k\n\nput k 3\nE"
    assert seat.run(script) == "SUCCESS\n\nOK\n\nk\n2\n"
    assert seat.run(script) == "FAILURE\n\nOK\n"
    assert seat.run("etcdctl get k --print-value-only") == "3\n"
    assert "malformed comparison" in seat.run("etcdctl txn <<E\nfrob\nE")


def test_compaction_and_a_watch_that_begins_before_it() -> None:
    seat = fresh()
    seat.run("etcdctl put k 1; etcdctl put k 2")
    revision = orjson.loads(seat.run("etcdctl get k -w json"))["header"]["revision"]
    assert seat.run(f"etcdctl compaction {revision}") == f"compacted revision {revision}\n"
    assert seat.run("etcdctl watch k --rev=1") == (
        "watch was canceled (etcdserver: mvcc: required revision has been compacted)\n"
    )


def test_without_a_quorum_it_says_so_and_a_watch_goes_on_afterwards() -> None:
    seat = fresh()
    watcher = Seat(seat.production)
    watcher.stream("etcdctl --endpoints=cp-1:2379,cp-2:2379 watch k")
    for host in ("cp-2", "cp-3"):
        seat.production.acts.fault("crash-process", component=f"{host}/etcd")
    seat.wait(2)
    out = seat.run("etcdctl endpoint health --endpoints=cp-1:2379,cp-2:2379", limit_s=60)
    assert "cp-1:2379 is unhealthy: failed to commit proposal: " in out and out.endswith("Error: unhealthy cluster\n")
    assert "Error: " in seat.run("etcdctl put k v", limit_s=60)
    for host in ("cp-2", "cp-3"):
        seat.production.acts.fault("restart-process", component=f"{host}/etcd")
    seat.wait(5)
    assert seat.run("etcdctl put k v") == "OK\n"
    seat.wait(1)
    assert "PUT\nk\nv\n" in watcher.printed
