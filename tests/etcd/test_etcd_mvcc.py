"""The store: revisions, ranges, transactions, history, compaction."""

from __future__ import annotations

import pytest

from orrery.etcd.errors import EtcdError
from orrery.etcd.mvcc import Store
from orrery.etcd.requests import FROM_KEY, Compare, DeleteRange, KeyValue, Put, Range, Txn


def put(store: Store, key: bytes, value: bytes = b"v") -> int:
    return store.put(Put(key, value)).revision


def keys(store: Store, key: bytes, range_end: bytes | None = None, **how: int) -> list[bytes]:
    return [kv.key for kv in store.range(Range(key, range_end, **how)).kvs]  # type: ignore[arg-type]


def text(error: pytest.ExceptionInfo[EtcdError]) -> str:
    return error.value.message


def test_an_empty_store_is_at_revision_1_as_etcds_is() -> None:
    assert Store().range(Range(b"a")).revision == 1


def test_each_put_makes_a_revision_and_counts_the_versions_of_a_generation() -> None:
    store = Store()
    assert put(store, b"a", b"1") == 2
    assert put(store, b"a", b"2") == 3
    assert store.get(b"a") == KeyValue(b"a", b"2", 2, 3, 2)


def test_a_put_gives_back_what_it_replaced() -> None:
    store = Store()
    put(store, b"a", b"1")
    assert store.put(Put(b"a", b"2")).prev == KeyValue(b"a", b"1", 2, 2, 1)


def test_a_delete_ends_the_generation_and_the_next_put_begins_a_new_one() -> None:
    store = Store()
    put(store, b"a")
    assert store.delete(DeleteRange(b"a")).deleted == 1
    assert store.get(b"a") is None
    put(store, b"a")
    assert store.get(b"a") == KeyValue(b"a", b"v", 4, 4, 1)


def test_deleting_nothing_makes_no_revision() -> None:
    store = Store()
    response = store.delete(DeleteRange(b"a"))
    assert (response.deleted, response.revision, store.revision) == (0, 1, 1)


def test_a_range_is_sorted_and_leaves_out_its_end() -> None:
    store = Store()
    for key in (b"c", b"a", b"b", b"d"):
        put(store, key)
    assert keys(store, b"b", b"d") == [b"b", b"c"]
    assert keys(store, b"b", FROM_KEY) == [b"b", b"c", b"d"]
    assert keys(store, b"b") == [b"b"]


def test_a_limited_range_counts_everything_and_says_that_there_is_more() -> None:
    store = Store()
    for key in (b"a", b"b", b"c"):
        put(store, key)
    response = store.range(Range(b"a", FROM_KEY, limit=2))
    assert (len(response.kvs), response.count, response.more) == (2, 3, True)
    response = store.range(Range(b"a", FROM_KEY, limit=3))
    assert (len(response.kvs), response.count, response.more) == (3, 3, False)
    response = store.range(Range(b"a", FROM_KEY, count_only=True))
    assert (len(response.kvs), response.count) == (0, 3)


def test_every_past_revision_can_be_read() -> None:
    store = Store()
    put(store, b"a", b"1")
    put(store, b"b", b"1")
    put(store, b"a", b"2")
    store.delete(DeleteRange(b"a"))
    seen = [
        [(kv.key, kv.value) for kv in store.range(Range(b"a", FROM_KEY, revision=revision)).kvs]
        for revision in range(1, 6)
    ]
    assert seen == [[], [(b"a", b"1")], [(b"a", b"1"), (b"b", b"1")], [(b"a", b"2"), (b"b", b"1")], [(b"b", b"1")]]


def test_a_revision_that_is_yet_to_come_cannot_be_read() -> None:
    with pytest.raises(EtcdError) as error:
        Store().range(Range(b"a", revision=9))
    assert text(error) == "etcdserver: mvcc: required revision is a future revision"


def test_a_txn_is_one_revision_however_much_it_writes() -> None:
    store = Store()
    put(store, b"c")
    response = store.txn(Txn((), (Put(b"a", b"1"), Put(b"b", b"2"), DeleteRange(b"c")), ()))
    assert (response.succeeded, response.revision, store.revision) == (True, 3, 3)
    assert [part.revision for part in response.responses] == [3, 3, 3]
    assert [(event.type, event.kv.key) for event in store.events_from(3)] == [
        ("PUT", b"a"),
        ("PUT", b"b"),
        ("DELETE", b"c"),
    ]


def test_a_txn_that_only_reads_makes_no_revision() -> None:
    store = Store()
    put(store, b"a")
    response = store.txn(Txn((), (Range(b"a"),), ()))
    assert (response.revision, store.revision) == (2, 2)


def test_a_range_in_a_txn_sees_the_writes_before_it() -> None:
    store = Store()
    response = store.txn(Txn((), (Put(b"a", b"1"), Range(b"a")), ()))
    assert response.responses[1].kvs[0].value == b"1"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("compare", "holds"),
    [
        (Compare(b"a", "mod", "=", 3), True),
        (Compare(b"a", "mod", ">", 3), False),
        (Compare(b"a", "create", "<", 3), True),
        (Compare(b"a", "version", "!=", 1), True),
        (Compare(b"a", "value", "=", b"2"), True),
        (Compare(b"a", "lease", "=", 0), True),
        (Compare(b"none", "mod", "=", 0), True),
        (Compare(b"none", "create", ">", 0), False),
        (Compare(b"none", "value", "!=", b"x"), False),
    ],
)
def test_a_txn_compares(compare: Compare, holds: bool) -> None:
    store = Store()
    put(store, b"a", b"1")
    put(store, b"a", b"2")
    response = store.txn(Txn((compare,), (Put(b"yes", b""),), (Put(b"no", b""),)))
    assert response.succeeded is holds
    assert (store.get(b"yes") is not None) is holds
    assert (store.get(b"no") is not None) is not holds


def test_compaction_keeps_what_the_revision_needs_and_forgets_the_rest() -> None:
    store = Store()
    put(store, b"a", b"1")  # 2
    put(store, b"a", b"2")  # 3
    put(store, b"b", b"1")  # 4
    store.delete(DeleteRange(b"b"))  # 5
    put(store, b"a", b"3")  # 6
    store.compact(5)
    assert store.range(Range(b"a", revision=5)).kvs[0].value == b"2"
    assert keys(store, b"b", revision=5) == []
    assert store.range(Range(b"a")).kvs[0] == KeyValue(b"a", b"3", 2, 6, 3)
    for revision in (2, 3, 4):
        with pytest.raises(EtcdError) as error:
            store.range(Range(b"a", revision=revision))
        assert text(error) == "etcdserver: mvcc: required revision has been compacted"


def test_compaction_goes_neither_back_nor_ahead() -> None:
    store = Store()
    put(store, b"a")
    put(store, b"a")
    store.compact(3)
    with pytest.raises(EtcdError, match="has been compacted"):
        store.compact(3)
    with pytest.raises(EtcdError, match="is a future revision"):
        store.compact(4)


def test_history_is_told_from_any_revision_on_with_what_was_before() -> None:
    store = Store()
    put(store, b"a", b"1")
    put(store, b"a", b"2")
    store.delete(DeleteRange(b"a"))
    told = [
        (event.type, event.kv.mod_revision, event.prev_kv.value if event.prev_kv else None)
        for event in store.events_from(1)
    ]
    assert told == [("PUT", 2, None), ("PUT", 3, b"1"), ("DELETE", 4, b"2")]
    assert [event.kv.mod_revision for event in store.events_from(4)] == [4]
    assert list(store.events_from(5)) == []


def test_history_before_the_compaction_is_gone_and_from_it_on_is_whole() -> None:
    store = Store()
    for number in range(5):
        put(store, b"a", b"%d" % number)
    store.compact(4)
    assert [event.kv.mod_revision for event in store.events_from(4)] == [4, 5, 6]
    with pytest.raises(EtcdError, match="has been compacted"):
        list(store.events_from(3))


def test_a_store_read_back_from_its_bytes_is_the_same() -> None:
    store = Store()
    put(store, b"a", b"1")
    store.txn(Txn((), (Put(b"b", b"1"), Put(b"a", b"2")), ()))
    store.compact(3)
    store.delete(DeleteRange(b"b"))
    put(store, b"c", b"\xff\x00")
    again = Store.load(store.dump())
    assert again.dump() == store.dump()
    assert again.size_bytes == store.size_bytes
    assert list(again.events_from(4)) == list(store.events_from(4))
    assert put(again, b"a") == put(store, b"a")
    assert again.get(b"a") == store.get(b"a")
