"""containerd's CRI service: one method a call, listed in ``_CALLS``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from orrery.kernel import MILLISECOND, SECOND, Call, Event, Process, RpcFailure, TimeoutExpired, sleep
from orrery.node.behaviour import behaviour_of
from orrery.node.commands import EXTRA, Surroundings, not_started, output
from orrery.node.containerd.machine import Machine
from orrery.node.containerd.network import PodNetwork
from orrery.node.containerd.pull import pull
from orrery.node.containerd.store import Store, StoredImage
from orrery.node.cri import (
    CREATED,
    EXITED,
    PORT,
    PROTOCOL,
    RUNNING,
    SANDBOX_NOTREADY,
    SANDBOX_READY,
    ContainerEvent,
    ContainerStatus,
    SandboxStatus,
)
from orrery.node.events import ContainerChanged, SandboxChanged
from orrery.node.images import PAUSE, parse_reference
from orrery.node.registry import RegistryConfig
from orrery.node.shell import COMMANDS

_STATES = {CREATED: "created", RUNNING: "running", EXITED: "exited"}
_LOST_POWER_CODE = 255

Body = Mapping[str, Any]


class Containerd:
    """The runtime of one worker; ``run`` is the main coroutine of its process."""

    def __init__(
        self, process: Process, machine: Machine, *, pod_cidr: str, registry: RegistryConfig | None = None,
        version: str = "v2.2.0",
    ) -> None:
        self.version = version
        self._process = process
        self._machine = machine
        self._store = Store(process)
        self._network = PodNetwork(process, pod_cidr)
        self._registry = process.dial((registry or RegistryConfig()).address, protocol="image")
        self._watchers: dict[int, Call] = {}
        self._configs: dict[str, Body] = {}  # of containers that this daemon created
        self._ends: dict[str, Event] = {}  # of containers that are being stopped

    async def run(self) -> None:
        self._recover()
        self._machine.on_exit = self._on_exit
        self._process.serve(PORT, self._handle, protocol=PROTOCOL)
        await self._process.event().wait()

    async def _handle(self, call: Call) -> object:
        if call.streaming:
            await self._watch(call)
            return None
        method = _CALLS.get(call.kind)
        if method is None:
            raise RpcFailure("Unimplemented", f"unknown method {call.kind}")
        body = call.body
        return await method(self, body if isinstance(body, Mapping) else {})

    # -- after a start

    def _recover(self) -> None:
        """Learns what became of the containers while nobody looked: shims know, unless the machine lost power."""
        for container in list(self._store.containers.values()):
            if container.state != RUNNING or self._machine.running(container.id) is not None:
                continue
            ended = self._machine.exit_of(container.id)
            code, reason = (ended.code, ended.reason) if ended else (_LOST_POWER_CODE, "Unknown")
            at_ns = ended.time_ns if ended else self._process.wall_ns()
            self._set_container(
                replace(container, state=EXITED, exit_code=code, reason=reason, finished_ns=at_ns)
            )
        for sandbox in list(self._store.sandboxes.values()):
            if sandbox.state == SANDBOX_READY and self._machine.running(sandbox.id) is None:
                self._set_sandbox(replace(sandbox, state=SANDBOX_NOTREADY))

    def _on_exit(self, container_id: str) -> None:
        process = self._process
        if process.state == "running":
            process.guard(self._note_exit, container_id)
        elif process.frozen is not None:
            process.frozen.append((self._note_exit, container_id))

    def _note_exit(self, container_id: str) -> None:
        container = self._store.containers.get(container_id)
        ended = self._machine.exit_of(container_id)
        end = self._ends.pop(container_id, None)
        if end is not None:
            end.set()
        if container is None or ended is None or container.state == EXITED:
            return
        self._set_container(
            replace(
                container, state=EXITED, exit_code=ended.code, reason=ended.reason, finished_ns=ended.time_ns
            )
        )
        self._tell("CONTAINER_STOPPED_EVENT", container_id, container.pod_uid)

    # -- sandboxes

    async def _run_pod_sandbox(self, body: Body) -> dict[str, str]:
        process = self._process
        sandbox_id = process.random.hex(64)
        pause = await self._ensure_pause()
        pod, uid = f"{body['namespace']}/{body['name']}", str(body["uid"])
        try:
            ip = process.host.ip if body.get("host_network") else await self._network.add(sandbox_id, pod, uid)
        except OSError as error:
            where = f'failed to setup network for sandbox "{sandbox_id}"'
            raise RpcFailure("Unknown", f'{where}: plugin type="bridge" failed (add): {error}') from None
        try:
            await sleep(60 * MILLISECOND + process.random.below(40 * MILLISECOND))
            sandbox = SandboxStatus(
                sandbox_id, uid, str(body["namespace"]), str(body["name"]), int(body["attempt"]), SANDBOX_READY,
                process.wall_ns(), ip,
            )  # fmt: skip
            await self._store.put_sandbox(sandbox)
        except BaseException:  # the caller gave up: what was begun is undone
            self._store.drop_sandbox(sandbox_id)
            self._network.release(ip)
            raise
        self._machine.start(sandbox_id, uid, ip, behaviour_of(pause.profile, (), ()))
        self._show_sandbox(sandbox, "ready")
        self._tell("CONTAINER_STARTED_EVENT", sandbox_id, uid)
        return {"sandbox_id": sandbox_id}

    async def _stop_pod_sandbox(self, body: Body) -> None:
        sandbox = self._store.sandboxes.get(str(body["sandbox_id"]))
        if sandbox is None:
            return
        for container in self._of_sandbox(sandbox.id):
            self._machine.kill(container.id)
        await self._network.delete(sandbox.id, sandbox.pod, sandbox.pod_uid)
        if sandbox.state == SANDBOX_READY:
            self._machine.kill(sandbox.id)
            self._set_sandbox(replace(sandbox, state=SANDBOX_NOTREADY))
            self._tell("CONTAINER_STOPPED_EVENT", sandbox.id, sandbox.pod_uid)

    async def _remove_pod_sandbox(self, body: Body) -> None:
        sandbox = self._store.sandboxes.get(str(body["sandbox_id"]))
        if sandbox is None:
            return
        await self._stop_pod_sandbox(body)
        for container in self._of_sandbox(sandbox.id):
            await self._remove_container({"container_id": container.id})
        self._machine.remove(sandbox.id)
        self._store.drop_sandbox(sandbox.id)
        self._show_sandbox(sandbox, "removed")
        self._tell("CONTAINER_DELETED_EVENT", sandbox.id, sandbox.pod_uid)

    async def _list_pod_sandbox(self, body: Body) -> list[SandboxStatus]:
        return list(self._store.sandboxes.values())

    def _of_sandbox(self, sandbox_id: str) -> list[ContainerStatus]:
        return [c for c in self._store.containers.values() if c.sandbox_id == sandbox_id]

    # -- images

    async def _pull_image(self, body: Body) -> dict[str, Any]:
        image = await pull(self._process, self._registry, self._store, parse_reference(str(body["image"])))
        return {"image_ref": image.image_id, "size_bytes": image.size_bytes}

    async def _image_status(self, body: Body) -> object:
        image = self._store.images.get(str(parse_reference(str(body["image"]))))
        return None if image is None else image.summary

    async def _list_images(self, body: Body) -> object:
        return [image.summary for image in self._store.images.values()]

    async def _ensure_pause(self) -> StoredImage:
        image = self._store.images.get(PAUSE)
        if image is None:
            image = await pull(self._process, self._registry, self._store, parse_reference(PAUSE))
        return image

    # -- containers

    async def _create_container(self, body: Body) -> dict[str, str]:
        process = self._process
        sandbox = self._store.sandboxes.get(str(body["sandbox_id"]))
        if sandbox is None or sandbox.state != SANDBOX_READY:
            raise RpcFailure("NotFound", f'failed to find sandbox id "{body["sandbox_id"]}": not found')
        image = self._image_of(str(body["image"]))
        await sleep(20 * MILLISECOND + process.random.below(15 * MILLISECOND))
        container = ContainerStatus(
            process.random.hex(64), sandbox.id, sandbox.pod_uid, sandbox.pod, str(body["name"]), int(body["attempt"]),
            image.reference, image.image_id, CREATED, process.wall_ns(),
        )  # fmt: skip
        try:
            await self._store.put_container(container)
        except BaseException:
            self._store.drop_container(container.id)
            raise
        self._configs[container.id] = body
        self._show_container(container)
        self._tell("CONTAINER_CREATED_EVENT", container.id, container.pod_uid)
        return {"container_id": container.id}

    async def _start_container(self, body: Body) -> None:
        process = self._process
        container = self._container(str(body["container_id"]))
        config = self._configs.get(container.id)
        if container.state != CREATED or config is None:
            raise RpcFailure("Unknown", f'container "{container.id}" is not in CREATED state')
        sandbox = self._store.sandboxes.get(container.sandbox_id)
        behaviour = behaviour_of(
            self._image_of(container.image).profile, tuple(config["command"]), tuple(config["args"]),
            tuple(config["ports"]),
        )  # fmt: skip
        await sleep(50 * MILLISECOND + process.random.below(40 * MILLISECOND))
        if behaviour.error:
            message = (
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
                f"runc create failed: unable to start container process: error during container init: {behaviour.error}"
            )
            now_ns = process.wall_ns()
            failed = replace(
                container, state=EXITED, exit_code=128, reason="StartError", message=message, finished_ns=now_ns
            )
            self._set_container(failed)
            self._tell("CONTAINER_STOPPED_EVENT", container.id, container.pod_uid)
            raise RpcFailure("Unknown", f"{message}: unknown")
        if sandbox is None or sandbox.state != SANDBOX_READY:
            raise RpcFailure("Unknown", f'sandbox container "{container.sandbox_id}" is not running')
        self._machine.start(container.id, container.pod_uid, sandbox.ip, behaviour)
        await self._store.put_container(replace(container, state=RUNNING, started_ns=process.wall_ns()))
        if self._machine.running(container.id) is not None:
            self._show_container(self._store.containers[container.id])
            self._tell("CONTAINER_STARTED_EVENT", container.id, container.pod_uid)
        else:
            self._note_exit(container.id)

    async def _stop_container(self, body: Body) -> None:
        """SIGTERM, then SIGKILL when ``timeout_s`` have passed; returns when the container has ended."""
        container = self._store.containers.get(str(body["container_id"]))
        if container is None or container.state != RUNNING:
            return
        self._machine.terminate(container.id)
        end = self._ends.setdefault(container.id, self._process.event())
        try:
            with self._process.timeout(int(body["timeout_s"]) * SECOND):
                await end.wait()
        except TimeoutExpired:
            self._machine.kill(container.id)

    async def _remove_container(self, body: Body) -> None:
        container = self._store.containers.get(str(body["container_id"]))
        if container is None:
            return
        self._machine.kill(container.id)
        self._machine.remove(container.id)
        container = self._store.containers[container.id]
        self._store.drop_container(container.id)
        self._configs.pop(container.id, None)
        self._show_container(container, "removed")
        self._tell("CONTAINER_DELETED_EVENT", container.id, container.pod_uid)

    async def _list_containers(self, body: Body) -> list[ContainerStatus]:
        return list(self._store.containers.values())

    async def _container_status(self, body: Body) -> ContainerStatus:
        return self._container(str(body["container_id"]))

    async def _exec_sync(self, body: Body) -> dict[str, Any]:
        """Runs a command in a container: files that its program made can be looked at, the rest is the shell's."""
        container = self._container(str(body["container_id"]))
        running = self._machine.running(container.id)
        if running is None:
            raise RpcFailure("Unknown", "failed to exec in container: container is in CONTAINER_EXITED state")
        await sleep(25 * MILLISECOND + self._process.random.below(15 * MILLISECOND))
        command = [str(word) for word in body["command"]]
        name, paths = command[0].rpartition("/")[2], [word for word in command[1:] if word.startswith("/")]
        if name in ("cat", "ls", "test", "stat", "[") and paths:
            after_ns = self._process.now_ns - running.started_ns
            if name == "cat" and paths[0] in ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf"):
                return dict(zip(("exit_code", "output"), output(command, self._surroundings(container)), strict=True))
            if all(running.behaviour.file_exists(path, after_ns) or not running.behaviour.files for path in paths):
                return {"exit_code": 0, "output": ""}
            missing = f"{name}: can't open '{paths[0]}': No such file or directory\n"
            return {"exit_code": 1, "output": "", "errors": missing}
        if body.get("by_person") and name not in (*EXTRA, *self._image_of(container.image).profile.programs) \
                and name not in COMMANDS:
            raise not_started(command)
        code, text = output(command, self._surroundings(container))
        return {"exit_code": code, "output": text}

    def _surroundings(self, container: ContainerStatus) -> Surroundings:
        config = self._configs.get(container.id, {})
        sandbox = self._store.sandboxes.get(container.sandbox_id)
        hostname = container.pod.partition("/")[2]
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME": hostname,
            **dict(config.get("env") or {}), "HOME": "/root",
        }
        return Surroundings(hostname, sandbox.ip if sandbox else "", environment, self._process.wall_ns())

    async def _status(self, body: Body) -> dict[str, bool]:
        return {"runtime_ready": True, "network_ready": True}

    # -- what everything here shares

    def _container(self, container_id: str) -> ContainerStatus:
        container = self._store.containers.get(container_id)
        if container is None:
            raise RpcFailure("NotFound", f'an error occurred when try to find container "{container_id}": not found')
        return container

    def _image_of(self, image: str) -> StoredImage:
        stored = self._store.images.get(str(parse_reference(image)))
        if stored is None:
            raise RpcFailure("NotFound", f'failed to get image from containerd "{image}": not found')
        return stored

    def _set_container(self, container: ContainerStatus) -> None:
        self._store.note_container(container)
        self._show_container(container)

    def _set_sandbox(self, sandbox: SandboxStatus) -> None:
        self._store.note_sandbox(sandbox)
        self._show_sandbox(sandbox, "stopped")

    def _show_container(self, container: ContainerStatus, state: str = "") -> None:
        self._process.emit(
            ContainerChanged(
                pod=container.pod, uid=container.pod_uid, container=container.name, container_id=container.id,
                attempt=container.attempt, image=container.image, state=state or _STATES[container.state],
                exit_code=container.exit_code, reason=container.reason,
            )
        )  # fmt: skip

    def _show_sandbox(self, sandbox: SandboxStatus, state: str) -> None:
        self._process.emit(
            SandboxChanged(pod=sandbox.pod, uid=sandbox.pod_uid, sandbox=sandbox.id, state=state, ip=sandbox.ip)
        )

    # -- who wants to know

    async def _watch(self, call: Call) -> None:
        self._watchers[call.number] = call
        try:
            await call.closed.wait()
        finally:
            self._watchers.pop(call.number, None)

    def _tell(self, kind: str, container_id: str, pod_uid: str) -> None:
        if not self._watchers:
            return
        store = self._store
        event = ContainerEvent(
            kind, container_id, pod_uid,
            tuple(s for s in store.sandboxes.values() if s.pod_uid == pod_uid),
            tuple(c for c in store.containers.values() if c.pod_uid == pod_uid),
        )  # fmt: skip
        for call in self._watchers.values():
            call.push(kind, event)


Method = Callable[[Containerd, Body], Awaitable[object]]

_CALLS: dict[str, Method] = {
    "RunPodSandbox": Containerd._run_pod_sandbox,
    "StopPodSandbox": Containerd._stop_pod_sandbox,
    "RemovePodSandbox": Containerd._remove_pod_sandbox,
    "ListPodSandbox": Containerd._list_pod_sandbox,
    "PullImage": Containerd._pull_image,
    "ImageStatus": Containerd._image_status,
    "ListImages": Containerd._list_images,
    "CreateContainer": Containerd._create_container,
    "StartContainer": Containerd._start_container,
    "StopContainer": Containerd._stop_container,
    "RemoveContainer": Containerd._remove_container,
    "ListContainers": Containerd._list_containers,
    "ContainerStatus": Containerd._container_status,
    "ExecSync": Containerd._exec_sync,
    "Status": Containerd._status,
}
