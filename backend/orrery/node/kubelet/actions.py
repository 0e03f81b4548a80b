"""What has to be done for a Pod to be as it should be (``computePodActions`` of kuberuntime): a pure function."""

from __future__ import annotations

from dataclasses import dataclass, field

from orrery.node.cri import CREATED, EXITED, RUNNING, ContainerStatus
from orrery.node.kubelet.view import (
    Container,
    Pod,
    PodRuntime,
    Verdicts,
    containers,
    init_containers,
    is_done,
    is_initialized,
    is_sidecar,
    restart_policy,
)


@dataclass(frozen=True, slots=True)
class Kill:
    """A container to stop, and why."""

    container: ContainerStatus
    message: str


@dataclass(slots=True)
class PodActions:
    """``kill_pod``: stop everything that there is first. ``create_sandbox``: with this ``attempt``. ``start``: the
    containers to start, by name, in order."""

    kill_pod: bool = False
    create_sandbox: bool = False
    attempt: int = 0
    start: list[str] = field(default_factory=list)
    kill: list[Kill] = field(default_factory=list)


def compute_actions(pod: Pod, runtime: PodRuntime, verdicts: Verdicts) -> PodActions:
    """The next steps for a Pod that is to run."""
    if runtime.ready_sandbox is None:
        return _with_new_sandbox(pod, runtime)
    actions = PodActions()
    if not is_initialized(pod, runtime, verdicts):
        _next_init_container(pod, runtime, verdicts, actions)
        return actions
    for container in [*filter(is_sidecar, init_containers(pod)), *containers(pod)]:
        _main_container(pod, container, runtime, verdicts, actions)
    if not actions.start and not actions.kill and not _anything_left(pod, runtime):
        actions.kill_pod = True
    return actions


def should_restart(pod: Pod, container: Container, status: ContainerStatus | None) -> bool:
    """Whether a container that does not run is to be started (again)."""
    if status is None or status.state == CREATED:
        return True
    if status.state == RUNNING:
        return False
    if is_sidecar(container):
        return True
    policy = restart_policy(pod)
    return policy == "Always" or (policy == "OnFailure" and status.exit_code != 0)


def _with_new_sandbox(pod: Pod, runtime: PodRuntime) -> PodActions:
    last = runtime.sandbox
    actions = PodActions(kill_pod=last is not None, attempt=last.attempt + 1 if last is not None else 0)
    again = [c for c in containers(pod) if should_restart(pod, c, runtime.latest(str(c["name"])))]
    if last is not None and runtime.containers and not again:
        return actions  # everything has run to its end: no sandbox is needed any more
    if last is not None and runtime.containers and restart_policy(pod) == "Never":
        return actions
    actions.create_sandbox = True
    first = init_containers(pod)[:1]
    actions.start = [str(c["name"]) for c in first or again]
    return actions


def _next_init_container(pod: Pod, runtime: PodRuntime, verdicts: Verdicts, actions: PodActions) -> None:
    sandbox = runtime.ready_sandbox
    assert sandbox is not None
    for container in init_containers(pod):
        status = runtime.latest(str(container["name"]))
        if status is not None and status.sandbox_id != sandbox.id and not is_done(container, status, verdicts):
            status = None  # of an earlier sandbox
        if status is not None and status.state == RUNNING:
            reason = _probe_failure(container, status, verdicts)
            if reason:
                actions.kill.append(Kill(status, reason))
        if is_done(container, status, verdicts):
            continue
        if status is None or status.state == CREATED:
            actions.start.append(str(container["name"]))
        elif status.state == EXITED:
            if restart_policy(pod) == "Never" and not is_sidecar(container):
                actions.kill_pod = True
            else:
                actions.start.append(str(container["name"]))
        return


def _main_container(
    pod: Pod, container: Container, runtime: PodRuntime, verdicts: Verdicts, actions: PodActions
) -> None:
    name = str(container["name"])
    status = runtime.latest(name)
    if status is None or status.state != RUNNING:
        if should_restart(pod, container, status):
            actions.start.append(name)
        return
    reason = _probe_failure(container, status, verdicts)
    if reason:
        restarts = restart_policy(pod) != "Never" or is_sidecar(container)
        actions.kill.append(Kill(status, f"{reason}, will be restarted" if restarts else reason))


def _probe_failure(container: Container, status: ContainerStatus, verdicts: Verdicts) -> str:
    for probe in ("liveness", "startup"):
        if container.get(f"{probe}Probe") and verdicts.get((status.id, probe)) is False:
            return f"Container {container['name']} failed {probe} probe"
    return ""


def _anything_left(pod: Pod, runtime: PodRuntime) -> bool:
    latest = (runtime.latest(str(c["name"])) for c in containers(pod))
    return any(status is not None and status.state == RUNNING for status in latest)
