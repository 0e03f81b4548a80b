"""A Pod's status from what the runtime and the probes say: a pure function (``generateAPIPodStatus``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orrery.machinery.objects import conditions_of, set_condition
from orrery.machinery.time import format_time
from orrery.node.cri import CREATED, EXITED, RUNNING, ContainerStatus
from orrery.node.kubelet.resources import qos_class
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
    is_started,
    restart_policy,
)

Status = dict[str, Any]

# The conditions that the kubelet owns; everybody else's are left alone.
CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a status needs besides. ``waiting``: why a container is not started, as (reason, message) by name."""

    now: str
    host_ip: str
    start_time: str
    waiting: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def pod_status(pod: Pod, runtime: PodRuntime, verdicts: Verdicts, around: Surroundings) -> Status:
    """The status as it should be reported."""
    initialized = is_initialized(pod, runtime, verdicts)
    default = "PodInitializing" if init_containers(pod) else "ContainerCreating"
    inits = [_container_status(pod, c, runtime, verdicts, around, "PodInitializing") for c in init_containers(pod)]
    mains = [_container_status(pod, c, runtime, verdicts, around, default) for c in containers(pod)]
    phase = _phase(pod, inits, mains)
    status: Status = {
        "phase": phase,
        "qosClass": qos_class(pod),
        "startTime": around.start_time,
        "hostIP": around.host_ip,
        "hostIPs": [{"ip": around.host_ip}],
    }
    sandbox = runtime.sandbox
    if sandbox is not None and sandbox.ip:
        status["podIP"] = sandbox.ip
        status["podIPs"] = [{"ip": sandbox.ip}]
    if inits:
        status["initContainerStatuses"] = inits
    status["containerStatuses"] = mains
    status["conditions"] = _conditions(pod, runtime, phase, initialized, inits, mains, around.now)
    return status


def rejected_status(pod: Pod, reason: str, message: str, around: Surroundings) -> Status:
    """The status of a Pod that the node does not take."""
    return {
        "phase": "Failed",
        "reason": reason,
        "message": message,
        "qosClass": qos_class(pod),
        "startTime": around.start_time,
        "hostIP": around.host_ip,
        "hostIPs": [{"ip": around.host_ip}],
    }


def is_terminal(status: Mapping[str, Any]) -> bool:
    return status.get("phase") in ("Succeeded", "Failed")


# -- containers


def _container_status(
    pod: Pod, container: Container, runtime: PodRuntime, verdicts: Verdicts, around: Surroundings, default: str
) -> Status:
    name = str(container["name"])
    latest = runtime.latest(name)
    blocked = around.waiting.get(name)
    result: Status = {"name": name, "image": str(container.get("image", "")), "imageID": "", "lastState": {}}
    before: ContainerStatus | None = None
    if latest is None:
        reason, message = blocked or (default, "")
        result["state"] = {"waiting": _waiting(reason, message)}
    else:
        result["image"] = latest.image
        result["imageID"] = f"{latest.image.rpartition(':')[0]}@{latest.image_id}"
        result["containerID"] = f"containerd://{latest.id}"
        before = runtime.before(name)
        if latest.state == CREATED:
            result["state"] = {"waiting": _waiting(*(blocked or (default, "")))}
        elif latest.state == EXITED and blocked is not None:
            result["state"], before = {"waiting": _waiting(*blocked)}, latest
        else:
            result["state"] = _state(latest)
    if before is not None and before.state == EXITED:
        result["lastState"] = _state(before)
    started = latest is not None and is_started(container, latest, verdicts)
    result["ready"] = _is_ready(container, latest, started, verdicts, initial=container in init_containers(pod))
    result["restartCount"] = latest.attempt if latest is not None else 0
    result["started"] = started
    return result


def _is_ready(
    container: Container, status: ContainerStatus | None, started: bool, verdicts: Verdicts, *, initial: bool
) -> bool:
    if status is None:
        return False
    if initial and not is_sidecar(container):
        return status.state == EXITED and status.exit_code == 0
    if not started:
        return False
    return not container.get("readinessProbe") or verdicts.get((status.id, "readiness"), False)


def _waiting(reason: str, message: str) -> Status:
    return {"reason": reason, "message": message} if message else {"reason": reason}


def _state(status: ContainerStatus) -> Status:
    if status.state == RUNNING:
        return {"running": {"startedAt": format_time(status.started_ns)}}
    ended: Status = {
        "exitCode": status.exit_code,
        "reason": status.reason,
        "startedAt": format_time(status.started_ns) if status.started_ns else "1970-01-01T00:00:00Z",
        "finishedAt": format_time(status.finished_ns),
        "containerID": f"containerd://{status.id}",
    }
    if status.message:
        ended["message"] = status.message
    return {"terminated": ended}


# -- phase


def _phase(pod: Pod, inits: list[Status], mains: list[Status]) -> str:
    reported = str((pod.get("status") or {}).get("phase", ""))
    if reported in ("Succeeded", "Failed"):
        return reported
    policy = restart_policy(pod)
    for container, status in zip(init_containers(pod), inits, strict=True):
        ended = status["state"].get("terminated")
        if is_sidecar(container):
            if not status["started"] and not _has_run(status):
                return "Pending"
        elif ended is None or ended["exitCode"]:
            return "Failed" if ended is not None and policy == "Never" else "Pending"
    running = waiting = stopped = succeeded = 0
    for status in mains:
        state = status["state"]
        if "running" in state:
            running += 1
        elif "terminated" in state:
            stopped += 1
            succeeded += state["terminated"]["exitCode"] == 0
        elif status["lastState"].get("terminated") is not None:
            stopped += 1
        else:
            waiting += 1
    if waiting or not mains:
        return "Pending"
    if running or policy == "Always":
        return "Running"
    if stopped == succeeded:
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def _has_run(status: Status) -> bool:
    return "running" in status["state"] or bool(status["lastState"].get("terminated"))


# -- conditions


def _conditions(
    pod: Pod, runtime: PodRuntime, phase: str, initialized: bool, inits: list[Status], mains: list[Status], now: str
) -> list[Status]:
    unready = [s["name"] for s in mains if not s["ready"]]
    by_name = {s["name"]: s for s in inits}
    unready += [c["name"] for c in init_containers(pod) if is_sidecar(c) and not by_name[c["name"]]["ready"]]
    sandbox = runtime.ready_sandbox
    ready = _readiness(phase, unready)
    new: list[Status] = [
        _condition("PodReadyToStartContainers", sandbox is not None and bool(sandbox.ip)),
        _initialization(phase, initialized, pod, runtime),
        {"type": "Ready", **ready},
        {"type": "ContainersReady", **ready},
        _condition("PodScheduled", True),
    ]
    result: list[Status] = conditions_of(pod)
    for condition in new:
        result = set_condition(result, condition, now)
    return [condition for condition in result if condition["type"] in CONDITIONS]


def _condition(kind: str, holds: bool) -> Status:
    return {"type": kind, "status": "True" if holds else "False"}


def _readiness(phase: str, unready: list[str]) -> Status:
    if phase == "Succeeded":
        return {"status": "False", "reason": "PodCompleted"}
    if phase == "Failed":
        return {"status": "False", "reason": "PodFailed"}
    if unready:
        message = f"containers with unready status: [{' '.join(unready)}]"
        return {"status": "False", "reason": "ContainersNotReady", "message": message}
    return {"status": "True"}


def _initialization(phase: str, initialized: bool, pod: Pod, runtime: PodRuntime) -> Status:
    if phase == "Succeeded":
        return {"type": "Initialized", "status": "True", "reason": "PodCompleted"}
    if initialized:
        return {"type": "Initialized", "status": "True"}
    left = [c["name"] for c in init_containers(pod) if not is_done(c, runtime.latest(str(c["name"])), {})]
    return {
        "type": "Initialized",
        "status": "False",
        "reason": "ContainersNotInitialized",
        "message": f"containers with incomplete status: [{' '.join(left)}]",
    }
