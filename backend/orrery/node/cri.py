"""The words of the Container Runtime Interface, as far as kubelet and runtime here exchange them.

A request is a small dict under the name of the call (``RunPodSandbox``); answers are the values below. Everything is
immutable, for the trace keeps it. Times are unix nanoseconds of the node's clock, 0 where there is none yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from orrery.kernel import Address

PORT = 10010
PROTOCOL = "cri"

SANDBOX_READY = "SANDBOX_READY"
SANDBOX_NOTREADY = "SANDBOX_NOTREADY"
CREATED = "CONTAINER_CREATED"
RUNNING = "CONTAINER_RUNNING"
EXITED = "CONTAINER_EXITED"


def address(host: str) -> Address:
    """Where the runtime of a host listens."""
    return Address(host, PORT)


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """A Pod's sandbox: its network namespace and pause container."""

    id: str
    pod_uid: str
    namespace: str
    name: str
    attempt: int
    state: str
    created_ns: int
    ip: str

    @property
    def pod(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class ContainerStatus:
    """One container; ``attempt`` counts the restarts of its name in its Pod."""

    id: str
    sandbox_id: str
    pod_uid: str
    pod: str
    name: str
    attempt: int
    image: str
    image_id: str
    state: str
    created_ns: int
    started_ns: int = 0
    finished_ns: int = 0
    exit_code: int = 0
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class ContainerEvent:
    """Something changed in a Pod: all its sandboxes and containers as they are now."""

    type: str
    container_id: str
    pod_uid: str
    sandboxes: tuple[SandboxStatus, ...]
    containers: tuple[ContainerStatus, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """An image on a node."""

    reference: str
    image_id: str
    size_bytes: int
