"""Liveness, readiness and startup probes: one small loop for each probe of each container that runs.

HTTP and TCP probes go to the Pod's address, which is on this host; exec probes are calls of the runtime. What is
reported is the verdict when it changes; what is between is silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from orrery.kernel import MILLISECOND, NO_CAUSE, SECOND, Process, RpcError, RpcFailure, Task, sleep
from orrery.machinery.objects import key_of, uid_of
from orrery.node.containerd.machine import Machine
from orrery.node.cri import RUNNING, ContainerStatus
from orrery.node.events import ProbeResult
from orrery.node.kubelet.runtime import Runtime
from orrery.node.kubelet.view import Container, Pod

PROBES = ("startup", "liveness", "readiness")


class Answer(NamedTuple):
    """One try of a probe."""

    success: bool
    output: str


# pod, container, probe, output
OnFailure = Callable[[Pod, Container, str, str], object]


class Prober:
    """``verdicts`` holds what the probes say, by (container id, probe); ``on_change`` hears of the Pod's UID."""

    def __init__(
        self, process: Process, runtime: Runtime, machine: Machine, *, on_change: Callable[[str], object],
        on_failure: OnFailure,
    ) -> None:
        self.verdicts: dict[tuple[str, str], bool] = {}
        self._process = process
        self._runtime = runtime
        self._machine = machine
        self._on_change = on_change
        self._on_failure = on_failure
        self._loops: dict[tuple[str, str], Task] = {}
        self._containers: dict[str, list[str]] = {}  # by Pod

    def follow(self, pod: Pod, containers: list[Container], *, stopping: bool = False) -> None:
        """Probes the containers of a Pod that run, and no others. ``stopping``: readiness alone goes on."""
        uid = uid_of(pod)
        running: list[str] = []
        for container in containers:
            status = self._runtime.pod(uid).latest(str(container["name"]))
            if status is None or status.state != RUNNING:
                continue
            running.append(status.id)
            for probe in PROBES:
                spec = container.get(f"{probe}Probe")
                key = (status.id, probe)
                if stopping and probe != "readiness":
                    self._stop(key)
                elif spec and key not in self._loops:
                    loop = self._loop(pod, container, status, probe, spec)
                    self._loops[key] = self._process.spawn(loop, name=f"{probe} probe {key_of(pod)}")
        for container_id in self._containers.get(uid, ()):
            if container_id not in running:
                self._forget(container_id)
        self._containers[uid] = running

    def remove(self, uid: str) -> None:
        """Ends every probe of a Pod."""
        for container_id in self._containers.pop(uid, ()):
            self._forget(container_id)

    def _forget(self, container_id: str) -> None:
        for probe in PROBES:
            self._stop((container_id, probe))
            self.verdicts.pop((container_id, probe), None)

    def _stop(self, key: tuple[str, str]) -> None:
        loop = self._loops.pop(key, None)
        if loop is not None:
            loop.kill()

    async def _loop(
        self, pod: Pod, container: Container, status: ContainerStatus, probe: str, spec: Mapping[str, Any]
    ) -> None:
        key = (status.id, probe)
        period_ns = int(spec.get("periodSeconds") or 10) * SECOND
        since_ns = self._process.wall_ns() - status.started_ns
        await sleep(max(0, int(spec.get("initialDelaySeconds") or 0) * SECOND - since_ns))
        run, last = 0, None
        while True:
            self._process.kernel.cause = NO_CAUSE
            if probe == "startup" or self._has_started(container, status):
                answer = await self._try(pod, status, container, spec)
                run = run + 1 if answer.success == last else 1
                last = answer.success
                needed = int(spec.get("successThreshold" if last else "failureThreshold") or (1 if last else 3))
                if not last:
                    self._on_failure(pod, container, probe, answer.output)
                if run >= needed and self.verdicts.get(key) != last:
                    self._decide(pod, container, key, probe, answer)
                    if probe == "startup" or (probe == "liveness" and not last):
                        return  # a startup probe has said all; a container that is not alive is about to be killed
            elif not self._startup_pending(container, status):
                return
            await sleep(period_ns)

    def _decide(self, pod: Pod, container: Container, key: tuple[str, str], probe: str, answer: Answer) -> None:
        first = key not in self.verdicts
        self.verdicts[key] = answer.success
        if first and probe == "readiness" and not answer.success:
            return  # it was not ready before either
        uid = uid_of(pod)
        self._process.emit(
            ProbeResult(
                pod=key_of(pod), uid=uid, container=str(container["name"]), probe=probe, success=answer.success,
                output=answer.output,
            )
        )  # fmt: skip
        self._on_change(uid)

    def _has_started(self, container: Container, status: ContainerStatus) -> bool:
        return not container.get("startupProbe") or self.verdicts.get((status.id, "startup"), False)

    def _startup_pending(self, container: Container, status: ContainerStatus) -> bool:
        return self.verdicts.get((status.id, "startup")) is None

    # -- one try

    async def _try(
        self, pod: Pod, status: ContainerStatus, container: Container, spec: Mapping[str, Any]
    ) -> Answer:
        if spec.get("exec"):
            return await self._exec(status, spec)
        ip = self._pod_ip(uid_of(pod))
        await sleep(1 * MILLISECOND)
        if spec.get("httpGet"):
            return self._http(pod, container, spec["httpGet"], ip)
        socket = spec.get("tcpSocket") or spec.get("grpc") or {}
        port = _port(container, socket.get("port"))
        if self._taken(uid_of(pod), port):
            return Answer(True, "")
        return Answer(False, f"dial tcp {ip}:{port}: connect: connection refused")

    async def _exec(self, status: ContainerStatus, spec: Mapping[str, Any]) -> Answer:
        command = list((spec.get("exec") or {}).get("command") or ())
        limit_ns = int(spec.get("timeoutSeconds") or 1) * SECOND
        try:
            reply = await self._runtime.call(
                "ExecSync", quiet=True, timeout_ns=limit_ns, container_id=status.id, command=command
            )
        except RpcFailure as failure:
            return Answer(False, failure.message)
        except RpcError:
            shown = " ".join(map(str, command))
            return Answer(False, f"command timed out: {shown!r} timed out after {limit_ns // SECOND}s")
        return Answer(reply["exit_code"] == 0, str(reply["output"] or reply.get("errors", "")))

    def _http(self, pod: Pod, container: Container, get: Mapping[str, Any], ip: str) -> Answer:
        port, path = _port(container, get.get("port")), str(get.get("path") or "/")
        now_ns = self._process.now_ns
        for running in self._machine.answering(uid_of(pod)):
            code = running.behaviour.http_status(port, path, now_ns - running.started_ns)
            if code is not None:
                return Answer(200 <= code < 400, f"HTTP probe failed with statuscode: {code}")
        scheme = str(get.get("scheme") or "HTTP").lower()
        url = f"{scheme}://{ip}:{port}{path}"
        return Answer(False, f'Get "{url}": dial tcp {ip}:{port}: connect: connection refused')

    def _taken(self, uid: str, port: int) -> bool:
        now_ns = self._process.now_ns
        return any(r.behaviour.accepts(port, now_ns - r.started_ns) for r in self._machine.answering(uid))

    def _pod_ip(self, uid: str) -> str:
        sandbox = self._runtime.pod(uid).ready_sandbox
        return sandbox.ip if sandbox is not None else ""


def _port(container: Container, port: object) -> int:
    """A port by number or by its name in the container; 0 for a name that is not there."""
    if isinstance(port, int):
        return port
    for declared in container.get("ports") or ():
        if declared.get("name") == port:
            return int(declared["containerPort"])
    return int(str(port)) if str(port).isdecimal() else 0
