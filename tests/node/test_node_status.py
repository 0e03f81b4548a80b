"""What a Pod's status says."""

from typing import Any

import pytest
from node_objects import container, exited, has, pod, running, sandbox

from orrery.machinery.objects import find_condition
from orrery.node.kubelet.status import Surroundings, pod_status
from orrery.node.kubelet.status_manager import status_patch
from orrery.node.kubelet.view import NOTHING, PodRuntime

NOW = "2026-01-01T00:01:00Z"


def status(the_pod: Any, runtime: PodRuntime, verdicts: Any = None, **waiting: tuple[str, str]) -> Any:
    around = Surroundings(now=NOW, host_ip="10.0.0.21", start_time="2026-01-01T00:00:00Z", waiting=waiting)
    return pod_status(the_pod, runtime, verdicts or {}, around)


@pytest.mark.parametrize(
    ("policy", "states", "phase"),
    [
        ("Always", [], "Pending"),
        ("Always", [running("a")], "Pending"),
        ("Always", [running("a"), running("b")], "Running"),
        ("Always", [exited("a"), exited("b")], "Running"),
        ("OnFailure", [exited("a"), exited("b")], "Succeeded"),
        ("OnFailure", [exited("a"), exited("b", 1)], "Running"),
        ("Never", [exited("a"), exited("b", 1)], "Failed"),
        ("Never", [exited("a"), exited("b")], "Succeeded"),
        ("Never", [exited("a", 1), running("b")], "Running"),
    ],
)
def test_the_phase_follows_from_the_containers(policy: str, states: list[Any], phase: str) -> None:
    assert status(pod(container("a"), container("b"), policy=policy), has(*states))["phase"] == phase


def test_a_phase_that_is_final_stays() -> None:
    assert status(pod(phase="Succeeded"), has(running()))["phase"] == "Succeeded"


def test_before_anything_runs_the_containers_are_being_created() -> None:
    result = status(pod(), NOTHING)
    assert result["containerStatuses"][0]["state"] == {"waiting": {"reason": "ContainerCreating"}}
    assert find_condition({"status": result}, "Ready")["reason"] == "ContainersNotReady"  # type: ignore[index]
    assert find_condition({"status": result}, "PodReadyToStartContainers")["status"] == "False"  # type: ignore[index]


def test_a_pod_that_runs_is_ready_and_has_an_address() -> None:
    result = status(pod(), has(running()))
    assert (result["podIP"], result["hostIP"]) == ("10.244.1.2", "10.0.0.21")
    assert [c["type"] for c in result["conditions"] if c["status"] == "True"] == [
        "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
    ]  # fmt: skip


def test_a_container_with_a_readiness_probe_is_ready_when_the_probe_says_so() -> None:
    probed = pod(container(readinessProbe={"httpGet": {"port": 80}}))
    assert not status(probed, has(running()))["containerStatuses"][0]["ready"]
    assert status(probed, has(running()), {("web-0", "readiness"): True})["containerStatuses"][0]["ready"]


def test_a_container_that_has_not_passed_its_startup_probe_is_not_started() -> None:
    probed = pod(container(startupProbe={"httpGet": {"port": 80}}))
    assert not status(probed, has(running()))["containerStatuses"][0]["started"]
    assert status(probed, has(running()), {("web-0", "startup"): True})["containerStatuses"][0]["started"]


def test_a_container_in_back_off_waits_and_tells_how_it_ended_last() -> None:
    result = status(pod(), has(exited(code=1)), web=("CrashLoopBackOff", "back-off 10s"))["containerStatuses"][0]
    assert result["state"] == {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    assert result["lastState"]["terminated"]["exitCode"] == 1
    assert not result["ready"]


def test_a_restarted_container_counts_its_restarts_and_remembers_the_last() -> None:
    result = status(pod(), has(exited(code=2), running(attempt=1)))["containerStatuses"][0]
    assert result["restartCount"] == 1
    assert "running" in result["state"]
    assert result["lastState"]["terminated"]["exitCode"] == 2


def test_conditions_keep_the_time_of_their_last_change() -> None:
    before = status(pod(), has(running()))
    later = pod(**before)
    again = pod_status(later, has(running()), {}, Surroundings("2026-01-01T09:00:00Z", "10.0.0.21", NOW))
    assert {c["lastTransitionTime"] for c in again["conditions"]} == {NOW}


def test_a_completed_pod_says_that_it_has_completed() -> None:
    result = status(pod(policy="Never"), has(exited(), box=sandbox(ready=False)))
    assert find_condition({"status": result}, "Ready") == {
        "type": "Ready", "status": "False", "reason": "PodCompleted", "lastTransitionTime": NOW,
    }  # fmt: skip


def test_a_patch_carries_what_differs_and_nothing_else() -> None:
    reported = status(pod(), NOTHING)
    wanted = status(pod(**reported), has(running()))
    patch = status_patch(reported, wanted)
    assert "hostIP" not in patch
    assert patch["phase"] == "Running"
    assert [c["type"] for c in patch["conditions"]] == ["PodReadyToStartContainers", "Ready", "ContainersReady"]
    assert status_patch(wanted, wanted) == {}


def test_a_condition_that_lost_its_reason_says_so_in_the_patch() -> None:
    reported = {"conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "m"}]}
    wanted = {"conditions": [{"type": "Ready", "status": "True"}]}
    assert status_patch(reported, wanted)["conditions"][0] == {
        "type": "Ready", "status": "True", "reason": None, "message": None, "lastProbeTime": None,
    }  # fmt: skip
