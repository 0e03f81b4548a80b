"""The cache: what takes up room where, and when it stops to."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from scheduler_objects import MIB, a_node, a_pod

from orrery.scheduler.cache import Cache
from orrery.scheduler.nodeinfo import PodInfo


def used(cache: Cache, name: str = "n") -> int:
    [node] = [node for node in cache.snapshot().nodes if node.name == name]
    return node.requested.get("cpu", 0)


def test_an_assumed_pod_takes_up_room_at_once_and_forgetting_gives_it_back() -> None:
    cache = Cache()
    cache.set_node(a_node("n"))
    cache.assume(PodInfo(a_pod("web", "1")), "n")
    assert used(cache) == 1000
    assert cache.forget("uid-web")
    assert used(cache) == 0


def test_a_confirmed_pod_is_no_longer_assumed_and_counts_once() -> None:
    cache = Cache()
    cache.set_node(a_node("n"))
    cache.assume(PodInfo(a_pod("web", "1")), "n")
    cache.set_pod(a_pod("web", "1", node="n"))
    assert not cache.is_assumed("uid-web")
    assert not cache.forget("uid-web")
    assert used(cache) == 1000


def test_a_pod_that_was_bound_elsewhere_than_assumed_moves() -> None:
    cache = Cache()
    cache.set_node(a_node("n"))
    cache.set_node(a_node("m"))
    cache.assume(PodInfo(a_pod("web", "1")), "n")
    cache.set_pod(a_pod("web", "1", node="m"))
    assert (used(cache, "n"), used(cache, "m")) == (0, 1000)


def test_pods_seen_before_their_node_count_once_it_is_seen() -> None:
    cache = Cache()
    cache.set_pod(a_pod("web", "1", node="n"))
    assert cache.snapshot().nodes == ()
    cache.set_node(a_node("n"))
    assert used(cache) == 1000


def test_a_node_that_went_and_came_back_still_has_its_pods() -> None:
    cache = Cache()
    cache.set_node(a_node("n"))
    cache.set_pod(a_pod("web", "1", node="n"))
    cache.remove_node("n")
    assert cache.snapshot().nodes == ()
    cache.set_node(a_node("n"))
    assert used(cache) == 1000


def test_a_snapshot_stays_as_it_was_while_the_cluster_moves_on() -> None:
    cache = Cache()
    cache.set_node(a_node("n"))
    before = cache.snapshot()
    assert cache.snapshot() is before
    cache.set_pod(a_pod("web", "1", node="n"))
    assert before.nodes[0].requested == {}
    after = cache.snapshot()
    assert after.nodes[0].generation > before.nodes[0].generation


def test_only_what_changed_gets_a_new_generation() -> None:
    cache = Cache()
    for name in ("a", "b"):
        cache.set_node(a_node(name))
    before = cache.snapshot()
    cache.set_pod(a_pod("web", node="b"))
    after = cache.snapshot()
    assert after.nodes[0] is before.nodes[0]
    assert after.nodes[1] is not before.nodes[1]


def test_a_change_of_status_alone_changes_nothing_here() -> None:
    cache = Cache()
    cache.set_node(a_node("n"))
    cache.set_pod(a_pod("web", node="n"))
    before = cache.snapshot()
    cache.set_pod(a_pod("web", node="n") | {"status": {"phase": "Running"}})
    assert cache.snapshot() is before


def test_images_are_counted_by_the_nodes_that_have_them() -> None:
    cache = Cache()
    cache.set_node(a_node("a", images={"x:1": MIB, "y:1": MIB}))
    cache.set_node(a_node("b", images={"x:1": MIB}))
    assert cache.snapshot().image_nodes == {"x:1": 2, "y:1": 1}
    cache.set_node(a_node("a", images={"z:1": MIB}))
    cache.remove_node("b")
    assert cache.snapshot().image_nodes == {"z:1": 1}


actions = st.lists(
    st.tuples(
        st.sampled_from(["assume", "forget", "set", "remove", "node", "no-node"]),
        st.sampled_from(["p", "q", "r"]),
        st.sampled_from(["n", "m"]),
    ),
    max_size=30,
)


@given(actions)
def test_after_any_history_a_node_holds_the_sum_of_its_pods(history: list[Any]) -> None:
    cache = Cache()
    for action, pod, node in history:
        match action:
            case "assume":
                cache.assume(PodInfo(a_pod(pod, "1")), node) if not cache.is_assumed(f"uid-{pod}") else None
            case "forget":
                cache.forget(f"uid-{pod}")
            case "set":
                cache.set_pod(a_pod(pod, "1", node=node))
            case "remove":
                cache.remove_pod(f"uid-{pod}")
            case "node":
                cache.set_node(a_node(node))
            case _:
                cache.remove_node(node)
    on_nodes = [uid for node in cache.snapshot().nodes for uid in node.pods]
    assert len(on_nodes) == len(dict.fromkeys(on_nodes))
    for info in cache.snapshot().nodes:
        assert info.requested.get("cpu", 0) == 1000 * len(info.pods)
        assert info.nonzero_requested.get("memory", 0) == 200 * MIB * len(info.pods)
