"""A Pod as the runtime knows it, and small questions about a Pod's containers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orrery.node.cri import EXITED, RUNNING, SANDBOX_READY, ContainerStatus, SandboxStatus

Container = Mapping[str, Any]
Pod = Mapping[str, Any]

# (container id, probe) -> whether it succeeds; what is missing is not known yet.
Verdicts = Mapping[tuple[str, str], bool]


@dataclass(frozen=True, slots=True)
class PodRuntime:
    """The sandboxes and containers of one Pod."""

    sandboxes: tuple[SandboxStatus, ...] = ()
    containers: tuple[ContainerStatus, ...] = ()

    @property
    def sandbox(self) -> SandboxStatus | None:
        """The newest sandbox."""
        return max(self.sandboxes, key=lambda s: (s.attempt, s.created_ns), default=None)

    @property
    def ready_sandbox(self) -> SandboxStatus | None:
        newest = self.sandbox
        return newest if newest is not None and newest.state == SANDBOX_READY else None

    def latest(self, name: str) -> ContainerStatus | None:
        """The newest container of that name."""
        mine = (c for c in self.containers if c.name == name)
        return max(mine, key=lambda c: (c.attempt, c.created_ns), default=None)

    def before(self, name: str) -> ContainerStatus | None:
        """The container of that name before the newest one."""
        mine = sorted((c for c in self.containers if c.name == name), key=lambda c: (c.attempt, c.created_ns))
        return mine[-2] if len(mine) > 1 else None

    @property
    def running(self) -> list[ContainerStatus]:
        return [c for c in self.containers if c.state == RUNNING]


NOTHING = PodRuntime()


def init_containers(pod: Pod) -> list[Container]:
    return list((pod.get("spec") or {}).get("initContainers") or ())


def containers(pod: Pod) -> list[Container]:
    return list((pod.get("spec") or {}).get("containers") or ())


def is_sidecar(container: Container) -> bool:
    """An init container that is to go on running."""
    return container.get("restartPolicy") == "Always"


def restart_policy(pod: Pod) -> str:
    return str((pod.get("spec") or {}).get("restartPolicy") or "Always")


def is_started(container: Container, status: ContainerStatus, verdicts: Verdicts) -> bool:
    """Whether a container runs and has passed its startup probe, if it has one."""
    if status.state != RUNNING:
        return False
    return not container.get("startupProbe") or verdicts.get((status.id, "startup"), False)


def is_done(container: Container, status: ContainerStatus | None, verdicts: Verdicts) -> bool:
    """Whether an init container lets the next one begin: it has ended well, or, as a sidecar, has started."""
    if status is None:
        return False
    if is_sidecar(container):
        return is_started(container, status, verdicts)
    return status.state == EXITED and status.exit_code == 0


def is_initialized(pod: Pod, runtime: PodRuntime, verdicts: Verdicts) -> bool:
    """Whether all init containers are done; once a main container exists they were."""
    if any(runtime.latest(str(c["name"])) is not None for c in containers(pod)) and runtime.ready_sandbox is not None:
        newest = runtime.ready_sandbox
        if any(c.sandbox_id == newest.id and _is_main(pod, c.name) for c in runtime.containers):
            return True
    return all(is_done(c, runtime.latest(str(c["name"])), verdicts) for c in init_containers(pod))


def _is_main(pod: Pod, name: str) -> bool:
    return any(c["name"] == name for c in containers(pod))
