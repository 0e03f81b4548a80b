"""One worker a Pod: it looks, decides (``actions``), acts through the runtime, and says how things are.

It wakes when the Pod changes, when the runtime or a probe has news, when a back-off is over, and once a minute. Which
stage of its life the Pod is in stands in ``lifecycle``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from orrery.kernel import SECOND, Cancelled, Cause, RpcError, Task, TimeoutExpired, Timer, sleep
from orrery.machinery.objects import is_deleting, key_of, meta, name_of, namespace_of, uid_of
from orrery.node.cri import ContainerStatus, SandboxStatus
from orrery.node.events import PodWorkerChanged
from orrery.node.kubelet.actions import Kill, PodActions, compute_actions
from orrery.node.kubelet.lifecycle import SYNC, TERMINATED, TERMINATING, after
from orrery.node.kubelet.resources import Shortage
from orrery.node.kubelet.starter import NotStarted, described
from orrery.node.kubelet.status import Surroundings, is_terminal, pod_status, rejected_status
from orrery.node.kubelet.view import Container, Pod, PodRuntime, containers, init_containers

if TYPE_CHECKING:
    from orrery.node.kubelet.kubelet import Kubelet

Step = Callable[[], Awaitable[None]]

_ERROR_BACKOFF_NS = 10 * SECOND
_AFTER_ERROR_NS = 1 * SECOND
_ORPHAN_GRACE_S = 1


class PodWorker:
    """The life of one Pod on this node."""

    def __init__(self, kubelet: Kubelet, pod: Pod) -> None:
        self.pod = pod
        self.uid = uid_of(pod)
        self.state = SYNC
        self.removed = False  # the API server has it no more
        self.grace_s: int | None = None
        self._kubelet = kubelet
        self._process = kubelet.process
        self._wake = self._process.event()
        self._cause: Cause = self._process.kernel.cause
        self._not_before_ns = 0
        self._timer: Timer | None = None
        self._waiting: dict[str, tuple[str, str]] = {}
        self._shortage: Shortage | None = None
        status = pod.get("status") or {}
        self._start_time = str(status.get("startTime") or self._process.timestamp())
        self._busy = False
        self._overtaken = False
        self._process.emit(PodWorkerChanged(pod=key_of(pod), uid=self.uid, state=SYNC))
        self._task: Task = self._process.spawn(self._run(), name=f"pod worker {key_of(pod)}")
        self.wake()

    # -- what happens to it

    def wake(self) -> None:
        """There is news: look again, under the present cause."""
        self._cause = self._process.kernel.cause
        self._wake.set()

    def update(self, pod: Pod) -> None:
        """Another version of the Pod."""
        old, self.pod = self.pod, pod
        grace_s = int(meta(pod).get("deletionGracePeriodSeconds") or 0)
        if is_deleting(pod) and (self.state == SYNC or not is_deleting(old) or grace_s < (self.grace_s or 0)):
            self._end("deleted", grace_s)
        elif old.get("spec") != pod.get("spec") or meta(old).get("labels") != meta(pod).get("labels"):
            self.wake()

    def remove(self, *, orphan: bool = False) -> None:
        """The Pod is gone from the API server."""
        self.removed = True
        grace_s = int((self.pod.get("spec") or {}).get("terminationGracePeriodSeconds") or 30)
        self._end("removed", _ORPHAN_GRACE_S if orphan else grace_s)

    def reject(self, shortage: Shortage) -> None:
        """The node cannot take the Pod."""
        self._shortage = shortage
        self._end("rejected", 0)

    def _end(self, what: str, grace_s: int) -> None:
        shorter = self.grace_s is None or grace_s < self.grace_s
        self.grace_s = grace_s if self.grace_s is None else min(self.grace_s, grace_s)
        overtaken = self.state == SYNC or (self.state == TERMINATING and shorter)
        self._move(what)
        self._not_before_ns = 0
        self.wake()
        if overtaken and self._busy and self._process.kernel.current is not self._task:
            self._overtaken = True
            self._task.cancel()

    def _move(self, what: str) -> None:
        before, self.state = self.state, after(self.state, what)
        if self.state != before:
            self._process.emit(PodWorkerChanged(pod=key_of(self.pod), uid=self.uid, state=self.state))

    # -- the loop

    async def _run(self) -> None:
        kernel = self._process.kernel
        while True:
            await self._wake.wait()
            if self._not_before_ns > kernel.now_ns:
                self._again_at(self._not_before_ns)
                self._wake.clear()
                continue
            self._wake.clear()
            kernel.cause = self._cause
            if self.state == SYNC:
                await self._unless_overtaken(self._sync)
            if self.state == TERMINATING:
                await self._unless_overtaken(self._terminate)
            if self.state == TERMINATED:
                await self._retried(self._clean_up)
                if self.removed:
                    self._kubelet.forget(self)
                    return

    async def _unless_overtaken(self, step: Step) -> None:
        """A step that is given up when the Pod is to end, or to end sooner."""
        self._busy = True
        try:
            await self._retried(step)
        except Cancelled:
            if not self._overtaken:
                raise
        finally:
            self._busy = self._overtaken = False

    async def _retried(self, step: Step) -> None:
        try:
            await step()
        except RpcError as error:
            self._process.log(f'Error syncing pod "{key_of(self.pod)}", skipping: {described(error)}', level="error")
            self._again_at(self._process.now_ns + _ERROR_BACKOFF_NS)

    def _again_at(self, time_ns: int) -> None:
        if self._timer is not None:
            if self._timer.active and self._process.now_ns < self._timer.time_ns <= time_ns:
                return
            self._timer.cancel()
        self._timer = self._process.call_at(time_ns, self._on_timer)

    def _on_timer(self) -> None:
        self._wake.set()

    # -- running

    async def _sync(self) -> None:
        kubelet = self._kubelet
        runtime = kubelet.runtime.pod(self.uid)
        kubelet.prober.follow(self.pod, [*init_containers(self.pod), *containers(self.pod)])
        if is_terminal(self._report(runtime)):
            self._end("completed", 0)
            return
        actions = compute_actions(self.pod, runtime, kubelet.prober.verdicts)
        retry_ns = self._process.now_ns + kubelet.config.sync_interval_ns
        try:
            await self._act(actions, runtime)
        except NotStarted as stop:
            retry_ns = stop.retry_ns or self._process.now_ns + _ERROR_BACKOFF_NS
            self._not_before_ns = self._process.now_ns + _AFTER_ERROR_NS
        except RpcError as error:
            self._process.log(f'Error syncing pod "{key_of(self.pod)}", skipping: {described(error)}', level="error")
            retry_ns = self._process.now_ns + _ERROR_BACKOFF_NS
            self._not_before_ns = self._process.now_ns + _AFTER_ERROR_NS
        self._report(kubelet.runtime.pod(self.uid))
        self._again_at(max(retry_ns, self._not_before_ns))

    async def _act(self, actions: PodActions, runtime: PodRuntime) -> None:
        if actions.kill_pod:
            await self._stop([Kill(c, f"Stopping container {c.name}") for c in runtime.running], None)
            for sandbox in runtime.sandboxes:
                await self._kubelet.runtime.call("StopPodSandbox", sandbox_id=sandbox.id)
        else:
            await self._stop(actions.kill, None)
        sandbox_now: SandboxStatus | None = runtime.ready_sandbox
        if actions.create_sandbox:
            sandbox_now = await self._create_sandbox(actions.attempt)
        if sandbox_now is None:
            return
        by_name = {str(c["name"]): c for c in [*init_containers(self.pod), *containers(self.pod)]}
        failure: NotStarted | None = None
        for name in actions.start:
            try:
                await self._kubelet.starter.start(self.pod, by_name[name], sandbox_now)
                self._waiting.pop(name, None)
            except NotStarted as stop:
                self._waiting[name] = (stop.reason, stop.message)
                if failure is None or (stop.retry_ns or 0) < (failure.retry_ns or 0):
                    failure = stop
        if failure is not None:
            raise failure

    async def _create_sandbox(self, attempt: int) -> SandboxStatus | None:
        spec = self.pod.get("spec") or {}
        runtime = self._kubelet.runtime
        try:
            await runtime.call(
                "RunPodSandbox", namespace=namespace_of(self.pod), name=name_of(self.pod), uid=self.uid,
                attempt=attempt, host_network=bool(spec.get("hostNetwork")),
            )  # fmt: skip
        except RpcError as error:
            message = f"Failed to create pod sandbox: {described(error)}"
            self._kubelet.record(self.pod, None, "Warning", "FailedCreatePodSandBox", message)
            raise
        self._report(runtime.pod(self.uid))
        return runtime.pod(self.uid).ready_sandbox

    async def _stop(self, kills: list[Kill], grace_s: int | None) -> None:
        """Stops containers side by side, each with its grace."""
        if not kills:
            return
        async with self._process.task_group() as group:
            for kill in kills:
                group.spawn(self._stop_one(kill, grace_s), name=f"kill {kill.container.name}")

    async def _stop_one(self, kill: Kill, grace_s: int | None) -> None:
        container = self._spec_of(kill.container.name)
        if grace_s is None:
            grace_s = int((self.pod.get("spec") or {}).get("terminationGracePeriodSeconds") or 30)
            for probe in ("livenessProbe", "startupProbe"):
                if f"failed {probe.removesuffix('Probe')}" in kill.message:
                    grace_s = int(((container or {}).get(probe) or {}).get("terminationGracePeriodSeconds") or grace_s)
        self._kubelet.record(self.pod, container or {"name": kill.container.name}, "Normal", "Killing", kill.message)
        name, container_id = kill.container.name, kill.container.id
        self._process.log(
            f'"Killing container with a grace period" pod="{key_of(self.pod)}" podUID="{self.uid}" '
            f'containerName="{name}" containerID="containerd://{container_id}" gracePeriod={grace_s}'
        )
        begin_ns = self._process.now_ns
        await self._pre_stop(container or {}, kill.container, grace_s)
        left_s = max(2 if grace_s else 0, grace_s - (self._process.now_ns - begin_ns) // SECOND)
        await self._kubelet.runtime.call(
            "StopContainer", timeout_ns=None, container_id=kill.container.id, timeout_s=left_s
        )

    async def _pre_stop(self, container: Container, status: ContainerStatus, grace_s: int) -> None:
        hook: Mapping[str, Any] = (container.get("lifecycle") or {}).get("preStop") or {}
        if not hook or not grace_s:
            return
        try:
            with self._process.timeout(grace_s * SECOND):
                if hook.get("sleep"):
                    await sleep(int(hook["sleep"].get("seconds") or 0) * SECOND)
                elif hook.get("exec"):
                    command = list(hook["exec"].get("command") or ())
                    await self._kubelet.runtime.call(
                        "ExecSync", timeout_ns=None, container_id=status.id, command=command
                    )
        except (TimeoutExpired, RpcError) as error:
            self._kubelet.record(self.pod, container, "Warning", "FailedPreStopHook", f"PreStopHook failed: {error}")

    # -- ending

    async def _terminate(self) -> None:
        kubelet = self._kubelet
        while self.state == TERMINATING:
            runtime = kubelet.runtime.pod(self.uid)
            grace_s = self.grace_s
            kubelet.prober.follow(self.pod, [*init_containers(self.pod), *containers(self.pod)], stopping=True)
            if self._shortage is None and not self.removed:
                self._report(runtime)
            kills = [Kill(c, f"Stopping container {c.name}") for c in runtime.running]
            await self._stop(kills, grace_s)
            kubelet.prober.remove(self.uid)
            for sandbox in runtime.sandboxes:
                await kubelet.runtime.call("StopPodSandbox", sandbox_id=sandbox.id)
            if not kubelet.runtime.pod(self.uid).running:
                self._move("stopped")

    async def _clean_up(self) -> None:
        """Says the last word about the Pod, and removes what is left once nobody wants to look at it any more."""
        kubelet = self._kubelet
        runtime = kubelet.runtime.pod(self.uid)
        if not self.removed:
            self._report(runtime)
            kubelet.statuses.finish(self.pod)
        if self.removed or is_deleting(self.pod):
            for sandbox in runtime.sandboxes:
                await kubelet.runtime.call("RemovePodSandbox", sandbox_id=sandbox.id)
        if self.state == TERMINATED:
            self._move("cleaned")

    # -- what is said about it

    def _report(self, runtime: PodRuntime) -> dict[str, Any]:
        around = Surroundings(
            now=self._process.timestamp(), host_ip=self._process.host.ip, start_time=self._start_time,
            waiting=self._waiting,
        )  # fmt: skip
        if self._shortage is not None:
            status = rejected_status(self.pod, self._shortage.reason, self._shortage.message, around)
        else:
            known = self._kubelet.statuses.status_of(self.uid)
            pod = self.pod if known is None else {**self.pod, "status": known}
            status = pod_status(pod, runtime, self._kubelet.prober.verdicts, around)
        self._kubelet.statuses.set(self.pod, status)
        return status

    def _spec_of(self, name: str) -> Container | None:
        for container in [*init_containers(self.pod), *containers(self.pod)]:
            if container["name"] == name:
                return container
        return None


def orphan(runtime: PodRuntime) -> Pod | None:
    """A Pod as far as it can be told from its sandbox, for one that the API server does not know."""
    sandbox = runtime.sandbox
    if sandbox is None:
        return None
    names = dict.fromkeys(c.name for c in runtime.containers)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": sandbox.namespace, "name": sandbox.name, "uid": sandbox.pod_uid},
        "spec": {"containers": [{"name": name} for name in names]},
        "status": {},
    }



