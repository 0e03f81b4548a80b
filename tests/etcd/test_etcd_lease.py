"""Leases, and what is refused at the door."""

from __future__ import annotations

import pytest

from orrery.etcd.applier import StateMachine, check, in_range
from orrery.etcd.errors import EtcdError
from orrery.etcd.lease import Lessor
from orrery.etcd.requests import (
    Command,
    Compare,
    DeleteRange,
    LeaseGrant,
    LeaseRevoke,
    Put,
    Range,
    Request,
    Txn,
    pack,
    summary,
    unpack,
)

SECOND = 1_000_000_000


def test_a_lease_is_at_least_as_long_as_an_election_takes() -> None:
    assert Lessor().grant(1, 1, 0).ttl_s == 2


def test_a_lease_that_exists_cannot_be_granted_again() -> None:
    lessor = Lessor()
    lessor.grant(1, 10, 0)
    with pytest.raises(EtcdError, match="etcdserver: lease already exists"):
        lessor.grant(1, 10, 0)


def test_the_primary_finds_what_has_run_out_and_names_it_again_only_later() -> None:
    lessor = Lessor()
    lessor.grant(1, 10, 0)
    lessor.promote(5 * SECOND, SECOND)
    assert lessor.next_expiry_ns() == 16 * SECOND
    assert lessor.expired(15 * SECOND, SECOND) == []
    assert lessor.expired(16 * SECOND, SECOND) == [1]
    assert lessor.expired(16 * SECOND, SECOND) == []
    assert lessor.expired(17 * SECOND, SECOND) == [1]


def test_keeping_a_lease_alive_gives_it_its_whole_time_again() -> None:
    lessor = Lessor()
    lessor.grant(1, 10, 0)
    assert lessor.renew(1, 9 * SECOND) == 10
    assert lessor.expired(18 * SECOND, SECOND) == []
    assert lessor.renew(2, 0) == 0


def test_revoking_a_lease_deletes_its_keys_in_one_revision() -> None:
    machine = StateMachine()
    machine.apply(LeaseGrant(7, 10), 0)
    machine.apply(Put(b"b", b"", 7), 0)
    machine.apply(Put(b"a", b"", 7), 0)
    machine.apply(Put(b"c", b"", 7), 0)
    machine.apply(Put(b"c", b""), 0)  # it has left the lease
    applied = machine.apply(LeaseRevoke(7), 0)
    assert [event.kv.key for event in applied.events] == [b"a", b"b"]
    assert machine.store.get(b"c") is not None


def test_a_put_under_a_lease_that_is_not_there_fails() -> None:
    applied = StateMachine().apply(Put(b"a", b"", 9), 0)
    assert applied.error is not None
    assert applied.error.message == "etcdserver: requested lease not found"


def test_a_state_machine_read_back_from_its_image_is_the_same() -> None:
    machine, again = StateMachine(), StateMachine()
    machine.apply(LeaseGrant(7, 10), 0)
    machine.apply(Put(b"a", b"x", 7), 0)
    again.restore(machine.image())
    assert again.image().data == machine.image().data
    assert again.lessor.leases[7].keys == {b"a": True}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (Put(b"", b""), "etcdserver: key is not provided"),
        (Put(b"a", b"x" * 1536 * 1024), "etcdserver: request is too large"),
        (Txn((), (Put(b"a", b""), Put(b"a", b"")), ()), "etcdserver: duplicate key given in txn request"),
        (Txn((), (Put(b"a", b""), DeleteRange(b"a", b"c")), ()), "etcdserver: duplicate key given in txn request"),
        (Txn((), (Range(b"a"),) * 129, ()), "etcdserver: too many operations in txn request"),
        (Txn((Compare(b"", "mod", "=", 0),), (), ()), "etcdserver: key is not provided"),
    ],
)
def test_what_is_refused_at_the_door(command: Command, message: str) -> None:
    with pytest.raises(EtcdError) as error:
        check(command)
    assert error.value.message == message


def test_what_is_let_in() -> None:
    check(Txn((), (Put(b"a", b""), DeleteRange(b"b", b"c"), Range(b"a")), (Put(b"a", b""),)))


def test_ranges_are_given_as_etcd_gives_them() -> None:
    assert in_range(b"a", b"a", None) and not in_range(b"ab", b"a", None)
    assert in_range(b"ab", b"a", b"b") and not in_range(b"b", b"a", b"b")
    assert in_range(b"zzz", b"a", b"\0") and not in_range(b"A", b"a", b"\0")


def test_a_request_comes_back_from_its_bytes() -> None:
    txn = Txn((Compare(b"k", "value", "=", b"\xff"),), (Put(b"k", b"\x00", 3), Range(b"k", b"l")), (DeleteRange(b"k"),))
    for command in (txn, Put(b"a", b"b"), LeaseGrant(1, 2), LeaseRevoke(1)):
        request = Request("m.1.2", command, True)
        assert unpack(pack(request)) == request
    assert unpack(pack(None)) is None


def test_a_request_has_a_line_for_people() -> None:
    txn = Txn((), (Put(b"/registry/pods/default/web", b""), Range(b"x")), ())
    assert summary(Request("", txn)) == "txn put /registry/pods/default/web"
    assert summary(None) == "no-op"
