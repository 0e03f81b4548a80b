"""Pods, containers and sandboxes for tests, made from what differs."""

from typing import Any

from orrery.node.cri import (
    CREATED,
    EXITED,
    RUNNING,
    SANDBOX_NOTREADY,
    SANDBOX_READY,
    ContainerStatus,
    SandboxStatus,
)
from orrery.node.kubelet.view import PodRuntime

UID = "11111111-2222-4333-8444-555555555555"


def container(name: str = "web", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": "nginx:1.27", **more}


def pod(
    *containers: dict[str, Any], policy: str = "Always", init: tuple[dict[str, Any], ...] = (), **status: Any
) -> Any:
    spec: dict[str, Any] = {"containers": list(containers or (container(),)), "restartPolicy": policy}
    if init:
        spec["initContainers"] = list(init)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": UID},
        "spec": spec,
        "status": status,
    }


def sandbox(*, attempt: int = 0, ready: bool = True, ip: str = "10.244.1.2") -> SandboxStatus:
    state = SANDBOX_READY if ready else SANDBOX_NOTREADY
    return SandboxStatus(f"sandbox-{attempt}", UID, "default", "web", attempt, state, 1 + attempt, ip)


def created(name: str = "web", *, attempt: int = 0, box: int = 0) -> ContainerStatus:
    return _status(name, attempt, box, CREATED)


def running(name: str = "web", *, attempt: int = 0, box: int = 0) -> ContainerStatus:
    return _status(name, attempt, box, RUNNING, started_ns=2)


def exited(name: str = "web", code: int = 0, *, attempt: int = 0, box: int = 0) -> ContainerStatus:
    reason = "Error" if code else "Completed"
    return _status(name, attempt, box, EXITED, started_ns=2, finished_ns=3, exit_code=code, reason=reason)


def _status(name: str, attempt: int, box: int, state: str, **more: Any) -> ContainerStatus:
    return ContainerStatus(
        f"{name}-{attempt}", f"sandbox-{box}", UID, "default/web", name, attempt, "docker.io/library/nginx:1.27",
        "sha256:abc", state, 1, **more,
    )  # fmt: skip


def has(*containers: ContainerStatus, box: SandboxStatus | None = None) -> PodRuntime:
    """A Pod whose sandbox is ready unless told otherwise."""
    return PodRuntime((box or sandbox(),), containers)
