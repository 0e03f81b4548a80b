"""Starting one container: back-off, image, create, start; with the events that ``kubectl describe`` shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from orrery.kernel import Event, Process, RpcError, RpcFailure
from orrery.machinery.objects import name_of, namespace_of, uid_of
from orrery.machinery.time import go_duration
from orrery.node.cri import EXITED, SandboxStatus
from orrery.node.images import parse_reference
from orrery.node.kubelet.backoff import Backoff
from orrery.node.kubelet.runtime import Runtime
from orrery.node.kubelet.view import Container, Pod

# pod, container or None, type, reason, message
Recorder = Callable[[Pod, Container | None, str, str, str], object]


class NotStarted(Exception):
    """A container could not be started: the reason and message of its waiting state, and when to try again."""

    def __init__(self, reason: str, message: str, retry_ns: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.retry_ns = retry_ns


class _Pulled(NamedTuple):
    took_ns: int
    waited_ns: int
    size_bytes: int


def described(error: RpcError) -> str:
    """An error of the runtime as gRPC's clients print it."""
    if isinstance(error, RpcFailure):
        return f"rpc error: code = {error.code} desc = {error.message}"
    return f'rpc error: code = Unavailable desc = connection error: desc = "transport: {error}"'


class Starter:
    """Starts containers for all Pods of a node; images are pulled one at a time unless told otherwise."""

    def __init__(self, process: Process, runtime: Runtime, record: Recorder, *, serialize_pulls: bool) -> None:
        self._process = process
        self._runtime = runtime
        self._record = record
        self._crashes = Backoff()
        self._pulls = Backoff()
        self._serialize = serialize_pulls
        self._pulling: Event | None = None
        self._failures: dict[str, tuple[int, str]] = {}  # of pulls: when, and what was said

    def forget(self, pod: Pod) -> None:
        self._crashes.forget(f"{uid_of(pod)}/")
        self._pulls.forget(f"{uid_of(pod)}/")
        for key in [key for key in self._failures if key.startswith(f"{uid_of(pod)}/")]:
            del self._failures[key]

    async def start(self, pod: Pod, container: Container, sandbox: SandboxStatus) -> None:
        """Brings one container up. Raises NotStarted."""
        self._wait_out(pod, container)
        await self._ensure_image(pod, container)
        container_id = await self._create(pod, container, sandbox)
        try:
            await self._runtime.call("StartContainer", container_id=container_id)
        except RpcError as error:
            self._record(pod, container, "Warning", "Failed", f"Error: {_bare(error)}")
            raise NotStarted("RunContainerError", _bare(error)) from None
        self._record(pod, container, "Normal", "Started", "Container started")

    def _wait_out(self, pod: Pod, container: Container) -> None:
        """Whether a container that has ended may be started again by now (``doBackOff``)."""
        name = str(container["name"])
        last = self._runtime.pod(uid_of(pod)).latest(name)
        if last is None or last.state != EXITED:
            return
        key, now_ns = f"{uid_of(pod)}/{name}", self._process.wall_ns()
        until_ns = self._crashes.waits_until_ns(key, last.finished_ns, now_ns)
        if until_ns is None:
            self._crashes.lengthen(key, last.finished_ns, now_ns)
            return
        title = f"{name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})"
        self._record(
            pod, container, "Warning", "BackOff", f"Back-off restarting failed container {name} in pod {title}"
        )
        span = go_duration(self._crashes.current_ns(key))
        raise NotStarted(
            "CrashLoopBackOff", f"back-off {span} restarting failed container={name} pod={title}",
            self._process.now_ns + until_ns - now_ns,
        )  # fmt: skip

    # -- image

    async def _ensure_image(self, pod: Pod, container: Container) -> None:
        image, policy = str(container.get("image", "")), str(container.get("imagePullPolicy") or "IfNotPresent")
        try:
            parse_reference(image)
        except ValueError as error:
            message = f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": {error}'
            self._record(pod, container, "Warning", "InspectFailed", message)
            self._record(pod, container, "Warning", "Failed", "Error: InvalidImageName")
            raise NotStarted("InvalidImageName", message) from None
        present = await self._is_present(pod, container, image)
        if present and policy != "Always":
            message = f'Container image "{image}" already present on machine and can be accessed by the pod'
            self._record(pod, container, "Normal", "Pulled", message)
            return
        if policy == "Never":
            message = f'Container image "{image}" is not present with pull policy of Never'
            self._record(pod, container, "Warning", "ErrImageNeverPull", message)
            raise NotStarted("ErrImageNeverPull", message)
        await self._pull(pod, container, image)

    async def _is_present(self, pod: Pod, container: Container, image: str) -> bool:
        try:
            return await self._runtime.call("ImageStatus", image=image) is not None
        except RpcError as error:
            message = f'Failed to inspect image "{image}": {described(error)}'
            self._record(pod, container, "Warning", "InspectFailed", message)
            raise NotStarted("ImageInspectError", message) from None

    async def _pull(self, pod: Pod, container: Container, image: str) -> None:
        key, now_ns = f"{uid_of(pod)}/{image}", self._process.now_ns
        since_ns, last_error = self._failures.get(key, (0, ""))
        until_ns = self._pulls.waits_until_ns(key, since_ns, now_ns)
        if until_ns is not None:
            self._record(pod, container, "Normal", "BackOff", f'Back-off pulling image "{image}"')
            self._record(pod, container, "Warning", "Failed", "Error: ImagePullBackOff")
            message = f'Back-off pulling image "{image}": ErrImagePull: {last_error}'
            raise NotStarted("ImagePullBackOff", message, until_ns)
        self._record(pod, container, "Normal", "Pulling", f'Pulling image "{image}"')
        try:
            pulled = await self._pull_in_turn(image)
        except RpcError as error:
            text = described(error)
            self._record(pod, container, "Warning", "Failed", f'Failed to pull image "{image}": {text}')
            self._record(pod, container, "Warning", "Failed", "Error: ErrImagePull")
            at_ns = self._process.now_ns
            self._failures[key] = (at_ns, text)
            self._pulls.lengthen(key, at_ns, at_ns)
            raise NotStarted("ErrImagePull", text, at_ns) from None
        self._failures.pop(key, None)
        took, waited = go_duration(_rounded(pulled.took_ns)), go_duration(_rounded(pulled.waited_ns))
        self._record(
            pod, container, "Normal", "Pulled",
            f'Successfully pulled image "{image}" in {took} ({waited} including waiting). '
            f"Image size: {pulled.size_bytes} bytes.",
        )  # fmt: skip

    async def _pull_in_turn(self, image: str) -> _Pulled:
        asked_ns = self._process.now_ns
        cause = self._process.kernel.cause
        while self._serialize and self._pulling is not None:
            await self._pulling.wait()
        self._process.kernel.cause = cause
        turn = self._pulling = self._process.event()
        begin_ns = self._process.now_ns
        try:
            reply: dict[str, Any] = await self._runtime.call("PullImage", timeout_ns=None, image=image)
        finally:
            if self._pulling is turn:
                self._pulling = None
            turn.set()
        now_ns = self._process.now_ns
        return _Pulled(now_ns - begin_ns, now_ns - asked_ns, int(reply["size_bytes"]))

    # -- container

    async def _create(self, pod: Pod, container: Container, sandbox: SandboxStatus) -> str:
        name = str(container["name"])
        last = self._runtime.pod(uid_of(pod)).latest(name)
        try:
            reply: dict[str, str] = await self._runtime.call(
                "CreateContainer", sandbox_id=sandbox.id, name=name,
                attempt=last.attempt + 1 if last is not None else 0, image=str(container.get("image", "")),
                command=tuple(container.get("command") or ()), args=tuple(container.get("args") or ()),
                ports=tuple(int(port["containerPort"]) for port in container.get("ports") or ()),
                env=tuple((str(one["name"]), str(one.get("value") or "")) for one in container.get("env") or ()),
            )  # fmt: skip
        except RpcError as error:
            self._record(pod, container, "Warning", "Failed", f"Error: {_bare(error)}")
            raise NotStarted("CreateContainerError", _bare(error)) from None
        self._record(pod, container, "Normal", "Created", "Container created")
        return reply["container_id"]


def _bare(error: RpcError) -> str:
    return error.message if isinstance(error, RpcFailure) else described(error)


def _rounded(duration_ns: int) -> int:
    return duration_ns // 1_000_000 * 1_000_000
