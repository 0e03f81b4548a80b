"""The kubelet's process: what it is made of, and how news finds its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orrery.client import ApiClient, EventRecorder, Informer, reference_to
from orrery.kernel import Process, RpcFailure
from orrery.machinery.objects import is_deleting, key_of, pod_is_terminal, uid_of
from orrery.machinery.resources import PODS
from orrery.node.commands import filled
from orrery.node.containerd.machine import Machine
from orrery.node.cri import CREATED, RUNNING, ContainerStatus
from orrery.node.kubelet.agent import NodeAgent
from orrery.node.kubelet.config import KubeletConfig
from orrery.node.kubelet.lifecycle import SYNC
from orrery.node.kubelet.probes import Prober
from orrery.node.kubelet.resources import shortage
from orrery.node.kubelet.runtime import Runtime
from orrery.node.kubelet.server import KubeletServer, Lines, Run, Wanted
from orrery.node.kubelet.starter import Starter
from orrery.node.kubelet.status_manager import StatusManager
from orrery.node.kubelet.view import Container, Pod
from orrery.node.kubelet.worker import PodWorker, orphan


class Kubelet:
    """One node's agent; ``run`` is the main coroutine of its process."""

    def __init__(self, process: Process, api: ApiClient, machine: Machine, config: KubeletConfig) -> None:
        self.process = process
        self.config = config
        self.workers: dict[str, PodWorker] = {}
        self.runtime = Runtime(process)
        self.statuses = StatusManager(process, api, self._current)
        self.prober = Prober(process, self.runtime, machine, on_change=self._news, on_failure=self._probe_failed)
        self.starter = Starter(process, self.runtime, self.record, serialize_pulls=config.serialize_image_pulls)
        self._recorder = EventRecorder(api, component="kubelet", host=config.node_name)
        self._agent = NodeAgent(process, api, config, self.runtime, self._recorder)
        self._machine = machine
        self._server = KubeletServer(process, self._lines, self._runner)
        self._pods = Informer(api, PODS, field_selector=f"spec.nodeName={config.node_name}")

    async def run(self) -> None:
        self.runtime.on_change = self._news
        self.runtime.on_health = self._agent.report_soon
        self.runtime.start()
        await self._agent.register()
        self._agent.start()
        self._server.start()
        self.statuses.start()
        await self.runtime.listed.wait()
        self._pods.add_handlers(self._added, self._updated, self._deleted)
        self._pods.start()
        await self._pods.synced()
        self._end_orphans()
        await self.process.event().wait()

    # -- what the watch brings

    def _added(self, pod: Pod) -> None:
        uid = uid_of(pod)
        self._tell("ADD", pod)
        worker = self.workers.get(uid)
        if worker is None:
            worker = self.workers[uid] = PodWorker(self, pod)
            lacking = None if pod_is_terminal(pod) or uid in self.runtime.pods else self._lacking(pod)
            if lacking is not None:
                self.record(pod, None, "Warning", lacking.reason, lacking.message.removeprefix("Pod was rejected: "))
                worker.reject(lacking)
                return
        worker.update(pod)

    def _updated(self, old: Pod, new: Pod) -> None:
        if uid_of(old) != uid_of(new):
            self._deleted(old)
            self._added(new)
            return
        worker = self.workers.get(uid_of(new))
        if is_deleting(new) and not is_deleting(old):
            self._tell("DELETE", new)
        elif old.get("spec") != new.get("spec"):
            self._tell("UPDATE", new)
        if worker is None:
            self._added(new)
            return
        self.statuses.reconcile(new)
        worker.update(new)

    def _deleted(self, pod: Pod) -> None:
        self._tell("REMOVE", pod)
        worker = self.workers.get(uid_of(pod))
        if worker is not None:
            worker.remove()

    def _tell(self, what: str, pod: Pod) -> None:
        self.process.log(f'"SyncLoop {what}" source="api" pods=["{key_of(pod)}"]')

    def _end_orphans(self) -> None:
        """Stops what runs here of Pods that were deleted while the kubelet did not look."""
        for uid in list(self.runtime.pods):
            self._end_orphan(uid)

    def _end_orphan(self, uid: str) -> None:
        pod = orphan(self.runtime.pod(uid)) if uid not in self.workers else None
        if pod is not None:
            self.workers[uid] = worker = PodWorker(self, pod)
            worker.remove(orphan=True)

    def forget(self, worker: PodWorker) -> None:
        """Nothing is left of a Pod, here or at the API server."""
        self.workers.pop(worker.uid, None)
        self.statuses.forget(worker.uid)
        self.prober.remove(worker.uid)
        self.starter.forget(worker.pod)

    # -- news from below

    def _news(self, uid: str) -> None:
        worker = self.workers.get(uid)
        if worker is not None:
            worker.wake()
        elif self._pods.has_synced:
            self._end_orphan(uid)

    def _probe_failed(self, pod: Pod, container: Container, probe: str, output: str) -> None:
        where = f'pod="{key_of(pod)}" podUID="{uid_of(pod)}" containerName="{container["name"]}"'
        said = output.replace('"', '\\"')
        kind = probe.capitalize()
        self.process.log(f'"Probe failed" probeType="{kind}" {where} probeResult="failure" output="{said}"')
        self.record(pod, container, "Warning", "Unhealthy", f"{probe.capitalize()} probe failed: {output}")

    # -- what the API server asks for

    def _container(self, wanted: Wanted) -> ContainerStatus:
        """The container that is meant. RpcFailure in the kubelet's words."""
        pod = self._pods.cache.get(wanted.namespace, wanted.pod)
        if pod is None:
            raise RpcFailure("NotFound", f'pod "{wanted.pod}" does not exist')
        runtime = self.runtime.pod(uid_of(pod))
        if wanted.previous:
            found = runtime.before(wanted.container)
            if found is None:
                raise RpcFailure(
                    "BadRequest", f'previous terminated container "{wanted.container}" in pod "{wanted.pod}" not found'
                )
            return found
        found = runtime.latest(wanted.container)
        if found is None or found.state == CREATED:
            status = self.statuses.status_of(uid_of(pod)) or {}
            waiting = [
                (one.get("state") or {}).get("waiting") or {} for one in status.get("containerStatuses") or ()
                if one.get("name") == wanted.container
            ]
            reason = (waiting[0].get("reason") if waiting else "") or "ContainerCreating"
            raise RpcFailure(
                "BadRequest", f'container "{wanted.container}" in pod "{wanted.pod}" is waiting to start: {reason}'
            )
        return found

    def _lines(self, wanted: Wanted) -> Lines:
        status = self._container(wanted)
        log = self._machine.log_of(status.id)
        process = self.process

        def read(after_ns: int) -> tuple[list[tuple[int, str]], bool]:
            if log is None:
                return [], False
            lines = log.lines(process.now_ns, after_ns=after_ns)
            return [(at_ns, filled(line, wanted.pod, at_ns)) for at_ns, line in lines], log.ended_ns is None

        return read

    def _runner(self, wanted: Wanted) -> Run:
        status = self._container(wanted)
        if status.state != RUNNING:
            raise RpcFailure("Unknown", f'unable to upgrade connection: container not found ("{wanted.container}")')

        async def run(command: list[str], out: Callable[[str], object], err: Callable[[str], object]) -> int:
            answer = await self.runtime.call("ExecSync", container_id=status.id, command=command, by_person=True)
            for text, tell in ((answer["output"], out), (answer.get("errors"), err)):
                if text:
                    tell(text)
            return int(answer["exit_code"])

        return run

    # -- what the parts ask for

    def record(self, pod: Pod, container: Container | None, kind: str, reason: str, message: str) -> None:
        """An event about a Pod, or about one of its containers."""
        involved: dict[str, Any] = {**reference_to(pod)}
        if container is not None:
            involved["fieldPath"] = f"spec.containers{{{container['name']}}}"
        self._recorder.event(involved, kind, reason, message)

    def _current(self, uid: str) -> Pod | None:
        worker = self.workers.get(uid)
        return None if worker is None or worker.removed else worker.pod

    def _lacking(self, pod: Pod) -> Any:
        others = [
            worker.pod for uid, worker in self.workers.items()
            if uid != uid_of(pod) and worker.state == SYNC and not pod_is_terminal(worker.pod)
        ]  # fmt: skip
        lacking = shortage(pod, others, self.config.allocatable, self.config.pods_most)
        if lacking is not None:
            self.process.log(f'Failed to admit pod "{key_of(pod)}": {lacking.message}', level="warning")
        return lacking
