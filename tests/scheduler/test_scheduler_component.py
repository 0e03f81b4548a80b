"""The scheduler as a process on the simulated network."""

from __future__ import annotations

from typing import Any

from scheduler_objects import a_node, a_pod, taint
from scheduler_world import World

from orrery.kernel import MILLISECOND, SECOND
from orrery.machinery.objects import find_condition
from orrery.scheduler.config import SchedulerConfig
from orrery.scheduler.events import BindingEnded, BindingRequested, QueueChanged, SchedulerStarted
from orrery.scheduler.framework import SKIP, FilterCheck, FilterPlugin, Framework, Status, failure
from orrery.scheduler.nodeinfo import PodInfo, Snapshot


def a_world(nodes: list[Any], **options: Any) -> World:
    """A world with these Nodes whose scheduler leads."""
    world = World(**options)
    for node in nodes:
        world.api.put("nodes", node)
    world.run_for(5 * SECOND)
    return world


def events_of(world: World, reason: str) -> list[tuple[str, str]]:
    return [
        (event["type"], event.get("message") or event.get("note"))
        for event in world.api.all("events")
        if event["reason"] == reason
    ]


def test_a_new_pod_is_bound_to_the_best_node_and_an_event_says_so() -> None:
    world = a_world([a_node("full"), a_node("empty")])
    world.api.put("pods", a_pod("there", "3", node="full"))
    world.api.put("pods", a_pod("web", "1"))
    world.run_for(1 * SECOND)
    assert world.node_of("web") == "empty"
    [decision] = world.decisions()
    assert (decision.pod, decision.selected, decision.feasible) == ("default/web", "empty", 2)
    assert decision.message == "Successfully assigned default/web to empty"
    assert events_of(world, "Scheduled") == [("Normal", "Successfully assigned default/web to empty")]


def test_the_decision_belongs_to_the_flow_that_made_the_pod() -> None:
    world = a_world([a_node("n")])
    flow = world.kernel.trace.start_flow(kind="client", title="kubectl apply", subject="web")
    world.api.put("pods", a_pod("web"))
    world.run_for(1 * SECOND)
    assert world.decisions()[0].flow == flow


def test_pods_made_at_once_do_not_get_the_same_room_twice() -> None:
    world = a_world([a_node("a", "2"), a_node("b", "2")])
    for number in range(4):
        world.api.put("pods", a_pod(f"web-{number}", "1"))
    world.run_for(1 * SECOND)
    assert sorted(node for _, node in world.api.bindings) == ["a", "a", "b", "b"]


def test_a_pod_that_fits_nowhere_waits_with_its_reasons_until_something_changes() -> None:
    world = a_world([a_node("small", "1"), a_node("cp", taints=[taint("node-role.kubernetes.io/control-plane")])])
    world.api.put("pods", a_pod("web", "2"))
    world.run_for(2 * SECOND)
    message = "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s)."
    condition = find_condition(world.api.get("pods", "default/web"), "PodScheduled")
    assert condition is not None
    assert (condition["status"], condition["reason"], condition["message"]) == ("False", "Unschedulable", message)
    assert events_of(world, "FailedScheduling") == [("Warning", message)]
    world.run_for(60 * SECOND)
    assert len(world.decisions()) == 1
    world.api.put("nodes", a_node("large", "4"))
    world.run_for(1 * SECOND)
    assert world.node_of("web") == "large"
    assert [decision.attempts for decision in world.decisions()] == [1, 2]


def test_a_pod_that_leaves_makes_room_for_one_that_waits() -> None:
    world = a_world([a_node("n", "2")])
    world.api.put("pods", a_pod("first", "2"))
    world.api.put("pods", a_pod("second", "2"))
    world.run_for(2 * SECOND)
    waiting = [name for name in ("first", "second") if not world.node_of(name)]
    assert waiting == ["second"]
    world.api.delete("pods", "default/first")
    world.run_for(2 * SECOND)
    assert world.node_of("second") == "n"


def test_a_binding_that_fails_gives_the_room_back_and_is_tried_again_after_back_off() -> None:
    world = a_world([a_node("n", "1")])
    world.api.refuse_bindings = 2
    world.api.put("pods", a_pod("web", "1"))
    world.run_for(500 * MILLISECOND)
    assert world.schedulers["cp-1/kube-scheduler"].cache.snapshot().nodes[0].pods == {}
    condition = find_condition(world.api.get("pods", "default/web"), "PodScheduled")
    assert condition is not None
    assert condition["reason"] == "SchedulerError"
    world.run_for(5 * SECOND)
    assert world.node_of("web") == "n"
    first, second, third = (decision.time_ns for decision in world.decisions())
    assert SECOND <= second - first < 1.2 * SECOND
    assert 2 * SECOND <= third - second < 2.2 * SECOND


def test_a_pod_deleted_while_it_waits_is_forgotten() -> None:
    world = a_world([])
    world.api.put("pods", a_pod("web"))
    world.run_for(1 * SECOND)
    world.api.delete("pods", "default/web")
    world.run_for(1 * SECOND)
    assert world.schedulers["cp-1/kube-scheduler"].queue.sizes() == (0, 0, 0)


def test_what_the_queue_holds_is_shown_when_it_changes_and_only_then() -> None:
    world = a_world([a_node("n", "1")])
    world.api.put("pods", a_pod("web", "2"))
    world.run_for(2 * SECOND)
    shown = [event for event in world.events if isinstance(event, QueueChanged)]
    assert [waiting.pod for waiting in shown[-1].unschedulable] == ["default/web"]
    count = len(shown)
    world.run_for(100 * SECOND)
    assert len([event for event in world.events if isinstance(event, QueueChanged)]) == count


def test_of_several_schedulers_one_schedules_and_another_takes_over_when_it_dies() -> None:
    world = a_world([a_node("n")], schedulers=2)
    world.api.put("pods", a_pod("first"))
    world.run_for(2 * SECOND)
    [first] = world.decisions()
    world.kernel.faults.apply("crash-process", component=first.source)
    world.api.put("pods", a_pod("second"))
    world.run_for(5 * SECOND)
    assert len(world.decisions()) == 1
    world.run_for(30 * SECOND)
    _, second = world.decisions()
    assert second.source != first.source
    assert world.node_of("second") == "n"


def test_the_same_seed_places_the_same_pods_on_the_same_nodes() -> None:
    def run(seed: int) -> tuple[list[tuple[str, str]], str]:
        world = a_world([a_node(f"n{number}") for number in range(4)], seed=seed)
        for number in range(12):
            world.api.put("pods", a_pod(f"web-{number}"))
        world.run_for(2 * SECOND)
        return world.api.bindings, world.kernel.trace.digest()

    assert run(3) == run(3)
    assert run(3)[0] != run(4)[0]


def test_without_leader_election_it_schedules_at_once() -> None:
    world = World(config=SchedulerConfig(leader_elect=False))
    world.api.put("nodes", a_node("n"))
    world.api.put("pods", a_pod("web"))
    world.run_for(1 * SECOND)
    assert world.node_of("web") == "n"
    assert world.api.all("leases") == []


class _Raising(FilterPlugin):
    """A plugin with a bug."""

    name = "Raising"

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        raise ZeroDivisionError("a bug")


class _Failing(FilterPlugin):
    """A plugin that could not do its work, twice."""

    name = "Failing"

    def __init__(self) -> None:
        self.left = 2

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        self.left -= 1
        return failure("no luck") if self.left >= 0 else SKIP


def test_an_error_of_a_plugin_fails_the_cycle_and_the_pod_comes_back_after_its_back_off() -> None:
    world = a_world([a_node("n")], config=SchedulerConfig(framework=lambda: Framework([_Failing()])))
    world.api.put("pods", a_pod("web"))
    world.run_for(5 * SECOND)
    message = 'running PreFilter plugin "Failing": no luck'
    assert [(each.failed, each.message) for each in world.decisions()[:2]] == [(True, message)] * 2
    assert events_of(world, "FailedScheduling") == [("Warning", message)]  # the second is counted, not told again
    assert world.node_of("web") == "n"


def test_a_plugin_that_raises_takes_the_process_with_it_as_a_panic_does() -> None:
    world = a_world([a_node("n")], config=SchedulerConfig(framework=lambda: Framework([_Raising()])))
    world.api.put("pods", a_pod("web"))
    world.kernel.run_for(1 * SECOND)
    [(component, error)] = world.kernel.faults.bugs
    assert (component, str(error)) == ("cp-1/kube-scheduler", "a bug")
    assert not world.kernel.hosts["cp-1"].processes["kube-scheduler"].alive
    assert world.node_of("web") == ""


def test_the_trace_tells_of_a_binding_from_its_request_to_its_answer() -> None:
    world = a_world([a_node("n")])
    world.api.refuse_bindings = 1
    world.api.put("pods", a_pod("web"))
    world.run_for(5 * SECOND)
    told = [event for event in world.events if isinstance(event, BindingRequested | BindingEnded)]
    assert [type(event) for event in told] == [BindingRequested, BindingEnded] * 2
    assert [bool(event.error) for event in told if isinstance(event, BindingEnded)] == [True, False]
    assert [event.decision for event in told] == [each.id for each in world.decisions() for _ in range(2)]


def test_the_queue_says_who_is_in_hand_until_when_a_pod_backs_off_and_what_woke_it() -> None:
    world = a_world([a_node("n", "1")])
    world.api.put("pods", a_pod("web", "2", priority=7))
    world.run_for(2 * SECOND)
    shown = [event for event in world.events if isinstance(event, QueueChanged)]
    in_hand = next(event.in_hand for event in shown if event.in_hand)
    assert (in_hand.pod, in_hand.priority, in_hand.attempts) == ("default/web", 7, 1)
    [waiting] = shown[-1].unschedulable
    assert waiting.refused_by == ("NodeResourcesFit",)
    assert waiting.due_ns == waiting.since_ns + 300 * SECOND
    started = next(event for event in world.events if isinstance(event, SchedulerStarted))
    assert "Node/Add" in dict(started.hints)["NodeResourcesFit"]
    world.api.put("nodes", a_node("large"))
    world.run_for(1 * SECOND)
    back = [event.in_hand for event in world.events if isinstance(event, QueueChanged) and event.in_hand][-1]
    assert (back.attempts, back.woken_by) == (2, "Node/Add")
