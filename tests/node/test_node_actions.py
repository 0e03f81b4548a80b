"""What is to be done for a Pod: each case is a sentence about its present state."""

from typing import Any

import pytest
from node_objects import container, created, exited, has, pod, running, sandbox

from orrery.node.kubelet.actions import PodActions, compute_actions
from orrery.node.kubelet.view import NOTHING

PROBED = container(livenessProbe={"httpGet": {"port": 80}})
SIDECAR = container("proxy", restartPolicy="Always")


def decide(the_pod: Any, runtime: Any, verdicts: Any = None) -> PodActions:
    return compute_actions(the_pod, runtime, verdicts or {})


def test_a_new_pod_gets_a_sandbox_and_all_its_containers() -> None:
    actions = decide(pod(container("a"), container("b")), NOTHING)
    assert actions == PodActions(create_sandbox=True, attempt=0, start=["a", "b"])


def test_a_new_pod_with_init_containers_begins_with_the_first_alone() -> None:
    actions = decide(pod(init=(container("first"), container("second"))), NOTHING)
    assert actions.start == ["first"]


def test_a_running_pod_is_left_alone() -> None:
    assert decide(pod(), has(running())) == PodActions()


@pytest.mark.parametrize(
    ("policy", "code", "starts", "kills_pod"),
    [
        ("Always", 0, True, False),
        ("Always", 1, True, False),
        ("OnFailure", 0, False, True),
        ("OnFailure", 1, True, False),
        ("Never", 0, False, True),
        ("Never", 1, False, True),
    ],
)
def test_the_restart_policy_decides_about_what_has_ended(policy: str, code: int, starts: bool, kills_pod: bool) -> None:
    actions = decide(pod(policy=policy), has(exited(code=code)))
    assert (actions.start == ["web"], actions.kill_pod) == (starts, kills_pod)


def test_one_container_that_ended_does_not_disturb_the_other() -> None:
    actions = decide(pod(container("a"), container("b"), policy="Never"), has(exited("a"), running("b")))
    assert actions == PodActions()


def test_a_lost_sandbox_is_replaced_and_everything_started_again() -> None:
    actions = decide(pod(), has(exited(code=255), box=sandbox(ready=False)))
    assert (actions.kill_pod, actions.create_sandbox, actions.attempt, actions.start) == (True, True, 1, ["web"])


def test_a_lost_sandbox_of_a_pod_that_never_restarts_stays_lost() -> None:
    actions = decide(pod(policy="Never"), has(exited(code=255), box=sandbox(ready=False)))
    assert not actions.create_sandbox


def test_the_next_init_container_begins_when_the_one_before_it_has_ended_well() -> None:
    the_pod = pod(init=(container("first"), container("second")))
    assert decide(the_pod, has(running("first"))).start == []
    assert decide(the_pod, has(exited("first"))).start == ["second"]
    assert decide(the_pod, has(exited("first"), exited("second"))).start == ["web"]


def test_a_failed_init_container_is_started_again_or_ends_the_pod() -> None:
    init = (container("first"),)
    assert decide(pod(init=init), has(exited("first", 1))).start == ["first"]
    assert decide(pod(init=init, policy="Never"), has(exited("first", 1))).kill_pod


def test_init_containers_are_not_run_again_once_the_pod_is_initialized() -> None:
    the_pod = pod(init=(container("first"),))
    assert decide(the_pod, has(exited("first"), exited(code=1))).start == ["web"]


def test_a_sidecar_lets_the_containers_begin_as_soon_as_it_has_started() -> None:
    assert decide(pod(init=(SIDECAR,)), has(running("proxy"))).start == ["web"]


def test_a_sidecar_that_ended_is_started_again_beside_the_containers() -> None:
    assert decide(pod(init=(SIDECAR,)), has(exited("proxy", 1), running())).start == ["proxy"]


def test_a_container_that_fails_its_liveness_probe_is_killed() -> None:
    actions = decide(pod(PROBED), has(running()), {("web-0", "liveness"): False})
    assert [kill.message for kill in actions.kill] == ["Container web failed liveness probe, will be restarted"]


def test_a_container_that_was_only_created_is_started() -> None:
    assert decide(pod(), has(created())).start == ["web"]
