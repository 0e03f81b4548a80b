"""How Pods are printed; STATUS is worked out from phase, reasons and the states of all containers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orrery.machinery.objects import condition_is_true, dig, find_condition, is_deleting, name_of
from orrery.machinery.tables.columns import AGE, NAME, NONE, Cells, Column, Layout, age, since

COLUMNS = (
    NAME,
    Column("Ready", "Containers that are ready, of all."),
    Column("Status", "The state of the Pod and its containers in one word."),
    Column("Restarts", "How often containers were restarted, and when last."),
    AGE,
    Column("IP", "The address of the Pod.", priority=1),
    Column("Node", "The node that the Pod is bound to.", priority=1),
    Column("Nominated Node", "The node that a preemption makes room on.", priority=1),
    Column("Readiness Gates", "Readiness gates that are passed, of all.", priority=1),
)


@dataclass(slots=True)
class _Tally:
    reason: str
    ready: int = 0
    total: int = 0
    restarts: int = 0
    last_restart: str = ""

    def count(self, status: Mapping[str, Any]) -> None:
        self.restarts += status.get("restartCount") or 0
        self.last_restart = max(self.last_restart, dig(status, "lastState", "terminated", "finishedAt", default=""))


def pod_status(pod: Mapping[str, Any]) -> str:
    """The STATUS of a Pod: ``Running``, ``Init:0/1``, ``CrashLoopBackOff``, ``Terminating``, ..."""
    return _tally(pod).reason


def cells(pod: Mapping[str, Any], now_s: int) -> Cells:
    """The cells of one Pod."""
    tally = _tally(pod)
    restarts = str(tally.restarts)
    if tally.restarts and tally.last_restart:
        restarts = f"{restarts} ({since(tally.last_restart, now_s)} ago)"
    status = pod.get("status") or {}
    addresses = status.get("podIPs") or ()
    address = addresses[0].get("ip") if addresses else status.get("podIP")
    return [
        name_of(pod),
        f"{tally.ready}/{tally.total}",
        tally.reason,
        restarts,
        age(pod, now_s),
        address or NONE,
        dig(pod, "spec", "nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        _readiness_gates(pod),
    ]


def row_conditions(pod: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """What a printed row says about a Pod that has run to its end."""
    phase = dig(pod, "status", "phase")
    words = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}
    if phase not in words:
        return None
    return [{"type": "Completed", "status": "True", "reason": phase, "message": words[phase]}]


def _readiness_gates(pod: Mapping[str, Any]) -> str:
    gates = dig(pod, "spec", "readinessGates", default=())
    if not gates:
        return NONE
    passed = sum(condition_is_true(pod, gate.get("conditionType", "")) for gate in gates)
    return f"{passed}/{len(gates)}"


def _tally(pod: Mapping[str, Any]) -> _Tally:
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    phase = status.get("phase") or "Pending"
    tally = _Tally(reason=status.get("reason") or phase)
    scheduled = find_condition(pod, "PodScheduled")
    if scheduled is not None and scheduled.get("reason") == "SchedulingGated":
        tally.reason = "SchedulingGated"
    sidecars = [item.get("name") for item in spec.get("initContainers") or () if item.get("restartPolicy") == "Always"]
    tally.total = len(spec.get("containers") or ()) + len(sidecars)
    initializing = _count_init_containers(pod, sidecars, tally)
    if not initializing or condition_is_true(pod, "Initialized"):
        _count_containers(pod, sidecars, tally)
    if is_deleting(pod):
        if status.get("reason") == "NodeLost":
            tally.reason = "Unknown"
        elif phase not in ("Succeeded", "Failed"):
            tally.reason = "Terminating"
    return tally


def _count_init_containers(pod: Mapping[str, Any], sidecars: list[Any], tally: _Tally) -> bool:
    """Whether init containers are still at work; STATUS then tells of the first that is."""
    total = len(dig(pod, "spec", "initContainers", default=()))
    for index, status in enumerate(dig(pod, "status", "initContainerStatuses", default=())):
        tally.count(status)
        state = status.get("state") or {}
        terminated, waiting = state.get("terminated"), state.get("waiting") or {}
        if terminated is not None and not terminated.get("exitCode"):
            continue
        if status.get("name") in sidecars and status.get("started"):
            tally.ready += bool(status.get("ready"))
            continue
        if terminated is not None:
            tally.reason = f"Init:{_end_of(terminated)}"
        elif waiting.get("reason") and waiting["reason"] != "PodInitializing":
            tally.reason = f"Init:{waiting['reason']}"
        else:
            tally.reason = f"Init:{index}/{total}"
        return True
    return False


def _count_containers(pod: Mapping[str, Any], sidecars: list[Any], tally: _Tally) -> None:
    tally.restarts, tally.last_restart = 0, ""
    for status in dig(pod, "status", "initContainerStatuses", default=()):
        if status.get("name") in sidecars:
            tally.count(status)
    running = False
    for status in reversed(dig(pod, "status", "containerStatuses", default=())):
        tally.count(status)
        state = status.get("state") or {}
        terminated, waiting = state.get("terminated"), state.get("waiting") or {}
        if waiting.get("reason"):
            tally.reason = waiting["reason"]
        elif terminated is not None:
            tally.reason = _end_of(terminated)
        elif status.get("ready") and state.get("running") is not None:
            running = True
            tally.ready += 1
    if tally.reason == "Completed" and running:
        tally.reason = "Running" if condition_is_true(pod, "Ready") else "NotReady"


def _end_of(terminated: Mapping[str, Any]) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


LAYOUT = Layout(COLUMNS, cells)
