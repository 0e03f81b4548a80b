"""The queue: who is next, who waits how long, and what wakes whom."""

from __future__ import annotations

from typing import Any

from scheduler_objects import a_node, a_pod, taint

from orrery.kernel import MINUTE, SECOND, Cause
from orrery.scheduler.changes import ASSIGNED_POD, node_change, pod_change
from orrery.scheduler.nodeinfo import PodInfo
from orrery.scheduler.plugins import default_framework
from orrery.scheduler.queue import QueuedPod, SchedulingQueue


def a_queue(**options: Any) -> SchedulingQueue:
    return SchedulingQueue(default_framework(), **options)


def info(name: str, cpu: str | None = None, **spec: Any) -> PodInfo:
    return PodInfo(a_pod(name, cpu, **spec))


def popped(queue: SchedulingQueue, now: int) -> QueuedPod:
    item = queue.pop(now)
    assert item is not None
    return item


def keys(queue: SchedulingQueue, limit: int = 100) -> tuple[list[str], ...]:
    return tuple([item.pod.key for item in part] for part in queue.contents(limit))


def a_refused_pod(queue: SchedulingQueue, now: int, *refused_by: str, cpu: str | None = "1") -> None:
    queue.add(info("web", cpu), now)
    queue.refuse(popped(queue, now), refused_by, now)


def test_the_highest_priority_is_next_and_then_the_longest_waiting() -> None:
    queue = a_queue()
    queue.add(info("late"), 2)
    queue.add(info("important", priority=1000), 3)
    queue.add(info("early"), 1)
    assert [popped(queue, 3).pod.name for _ in range(3)] == ["important", "early", "late"]
    assert queue.pop(3) is None


def test_a_refused_pod_waits_for_an_event_that_its_plugin_asked_for() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0, "NodeResourcesFit")
    assert keys(queue) == ([], [], ["default/web"])
    labels = node_change(a_node("n"), a_node("n", labels={"a": "b"}))
    assert queue.move(labels, 2 * SECOND) == 0
    assert queue.move(node_change(None, a_node("tiny", "500m")), 2 * SECOND) == 0
    assert queue.move(node_change(None, a_node("large", "2")), 2 * SECOND) == 1
    assert keys(queue) == (["default/web"], [], [])
    assert queue.contents()[0][0].woken_by == "Node/Add"


def test_a_pod_that_went_from_a_node_wakes_those_that_lacked_room() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0, "NodeResourcesFit")
    assert queue.move(pod_change(ASSIGNED_POD, a_pod("old", "1", node="n"), None), 2 * SECOND) == 1


def test_a_taint_that_went_wakes_those_it_kept_out() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0, "TaintToleration")
    tainted, other, clean = (a_node("n", taints=taints) for taints in ([taint("a")], [taint("b")], []))
    assert queue.move(node_change(tainted, other), 2 * SECOND) == 0
    assert queue.move(node_change(other, clean), 2 * SECOND) == 1


def test_an_uncordoned_node_wakes_those_it_refused() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0, "NodeUnschedulable")
    assert queue.move(node_change(a_node("n", unschedulable=True), a_node("n")), 2 * SECOND) == 1


def test_a_pods_own_change_may_cure_it() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0, "TaintToleration")
    tolerant = a_pod("web", "1", tolerations=[{"operator": "Exists"}])
    queue.update(a_pod("web", "1"), PodInfo(tolerant), 2 * SECOND)
    assert popped(queue, 2 * SECOND).pod.tolerations == [{"operator": "Exists"}]


def test_an_event_during_the_cycle_is_not_lost() -> None:
    queue = a_queue()
    queue.add(info("web", "1"), 0)
    item = popped(queue, 0)
    queue.move(node_change(None, a_node("large", "2")), 1)
    queue.refuse(item, ["NodeResourcesFit"], 2)
    assert keys(queue) == ([], ["default/web"], [])


def test_backoff_doubles_from_one_to_ten_seconds() -> None:
    item = QueuedPod(info("web"), 0)
    waits = []
    for item.refusals in range(7):
        waits.append(item.backoff_ends_ns(1 * SECOND, 10 * SECOND) // SECOND)
    assert waits == [0, 1, 2, 4, 8, 10, 10]


def test_in_backoff_a_pod_goes_first_only_if_nothing_else_is_ready() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0, "NodeResourcesFit")
    queue.move(node_change(None, a_node("large", "2")), 1)
    queue.add(info("other"), 2)
    assert [popped(queue, 3).pod.name for _ in range(2)] == ["other", "web"]


def test_without_the_early_pop_backoff_is_waited_for() -> None:
    queue = a_queue(pop_from_backoff=False)
    a_refused_pod(queue, 0, "NodeResourcesFit")
    queue.move(node_change(None, a_node("large", "2")), 1)
    assert queue.pop(SECOND - 1) is None
    assert queue.next_time() == SECOND
    assert popped(queue, SECOND).pod.name == "web"


def test_after_an_error_backoff_is_always_waited_for() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0)
    assert queue.pop(SECOND - 1) is None
    item = popped(queue, SECOND)
    assert (item.attempts, item.errors) == (2, 1)
    queue.refuse(item, [], SECOND)
    assert queue.next_time() == 3 * SECOND


def test_a_refusal_ends_the_count_of_errors() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0)
    item = popped(queue, SECOND)
    queue.refuse(item, ["NodeResourcesFit"], SECOND)
    assert (item.errors, item.refusals) == (0, 1)


def test_after_five_minutes_an_unschedulable_pod_is_tried_again_anyway() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0, "NodeResourcesFit")
    assert queue.next_time() == 5 * MINUTE
    assert queue.pop(5 * MINUTE - 1) is None
    assert popped(queue, 5 * MINUTE).pod.name == "web"


def test_a_deleted_pod_is_gone_from_wherever_it_waited() -> None:
    queue = a_queue()
    a_refused_pod(queue, 0, "NodeResourcesFit")
    queue.delete("uid-web")
    queue.add(info("other"), 0)
    queue.delete("uid-other")
    assert (queue.pop(0), queue.next_time(), queue.sizes()) == (None, None, (0, 0, 0))


def test_a_pod_deleted_and_made_anew_is_tried_once() -> None:
    queue = a_queue()
    queue.add(info("web"), 0)
    queue.delete("uid-web")
    queue.add(info("web"), 1)
    assert popped(queue, 1).since_ns == 1
    assert queue.pop(1) is None


def test_the_cause_is_what_woke_the_pod_and_background_work_wakes_in_the_pods_own_name() -> None:
    queue = a_queue()
    queue.add(info("web", "1"), 0, Cause(7, 70))
    item = popped(queue, 0)
    assert item.cause == Cause(7, 70)
    queue.refuse(item, ["NodeResourcesFit"], 0)
    queue.move(node_change(None, a_node("large", "2")), 2 * SECOND, Cause(9, 90))
    item = popped(queue, 2 * SECOND)
    assert item.cause == Cause(9, 90)
    queue.refuse(item, ["NodeResourcesFit"], 2 * SECOND)
    queue.move(node_change(None, a_node("larger", "4")), 9 * SECOND)
    assert popped(queue, 9 * SECOND).cause == Cause(9, 90)


def test_the_first_of_a_long_queue_are_listed_in_order() -> None:
    queue = a_queue()
    for name, since in (("d", 4), ("a", 1), ("c", 3), ("gone", 2), ("b", 2), ("first", 9)):
        queue.add(info(name, priority=1 if name == "first" else 0), since)
    queue.delete("uid-gone")
    assert keys(queue, 4)[0] == ["default/first", "default/a", "default/b", "default/c"]
    assert queue.sizes() == (5, 0, 0)
