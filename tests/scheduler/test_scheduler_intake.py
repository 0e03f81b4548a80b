"""What each watch event does to the cache and the queue."""

from __future__ import annotations

from typing import Any

from scheduler_objects import a_node, a_pod

from orrery.kernel import NO_CAUSE, SECOND
from orrery.scheduler.cache import Cache
from orrery.scheduler.intake import Intake
from orrery.scheduler.nodeinfo import PodInfo
from orrery.scheduler.plugins import default_framework
from orrery.scheduler.queue import SchedulingQueue


class Desk:
    """An intake with its cache and queue, one Node, and a clock that stands still."""

    def __init__(self) -> None:
        self.cache = Cache()
        self.queue = SchedulingQueue(default_framework())
        self.intake = Intake(self.cache, self.queue, "default-scheduler")
        self.intake.node(None, a_node("n"), 0, NO_CAUSE)

    def pod(self, old: Any, new: Any, now: int = 0) -> None:
        self.intake.pod(old, new, now, NO_CAUSE)

    @property
    def used(self) -> int:
        return self.cache.snapshot().nodes[0].requested.get("cpu", 0)


def test_a_pod_without_a_node_waits_and_one_with_a_node_takes_up_room() -> None:
    desk = Desk()
    desk.pod(None, a_pod("waits", "1"))
    desk.pod(None, a_pod("runs", "1", node="n"))
    assert (desk.queue.sizes(), desk.used) == ((1, 0, 0), 1000)


def test_a_pod_of_another_scheduler_does_not_wait_here() -> None:
    desk = Desk()
    desk.pod(None, a_pod("other", schedulerName="my-scheduler"))
    assert desk.queue.sizes() == (0, 0, 0)


def test_a_pod_that_somebody_bound_leaves_the_queue() -> None:
    desk = Desk()
    desk.pod(None, a_pod("web", "1"))
    desk.pod(a_pod("web", "1"), a_pod("web", "1", node="n"))
    assert (desk.queue.sizes(), desk.used) == ((0, 0, 0), 1000)


def test_a_pod_that_ran_to_its_end_gives_its_room_back_and_wakes_others() -> None:
    desk = Desk()
    job = a_pod("job", "3", node="n")
    desk.pod(None, job)
    desk.pod(None, a_pod("web", "2"))
    item = desk.queue.pop(0)
    assert item is not None
    desk.queue.refuse(item, ["NodeResourcesFit"], 0)
    desk.pod(job, job | {"status": {"phase": "Succeeded"}}, 2 * SECOND)
    assert (desk.used, desk.queue.sizes()) == (0, (1, 0, 0))


def test_an_update_of_a_pod_that_is_assumed_does_not_queue_it_again() -> None:
    desk = Desk()
    pod = a_pod("web", "1")
    desk.cache.assume(PodInfo(pod), "n")
    desk.pod(pod, a_pod("web", "1", labels={"a": "b"}))
    assert desk.queue.sizes() == (0, 0, 0)


def test_a_pod_deleted_before_its_binding_was_seen_gives_its_room_back() -> None:
    desk = Desk()
    pod = a_pod("web", "1")
    desk.cache.assume(PodInfo(pod), "n")
    desk.pod(pod, None)
    assert desk.used == 0


def test_a_pod_deleted_and_made_anew_between_two_looks_is_another_pod() -> None:
    desk = Desk()
    old = a_pod("web", "1", node="n")
    new = a_pod("web", "1")
    new["metadata"]["uid"] = "uid-other"
    desk.pod(None, old)
    desk.pod(old, new)
    assert (desk.used, desk.queue.sizes()) == (0, (1, 0, 0))
