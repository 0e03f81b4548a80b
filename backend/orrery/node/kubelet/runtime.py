"""The kubelet's side of CRI: calls, and a view of every Pod that follows the runtime's events (the evented PLEG)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orrery.kernel import NO_CAUSE, SECOND, Process, RpcError, sleep
from orrery.node.cri import PROTOCOL, ContainerEvent, ContainerStatus, Image, SandboxStatus, address
from orrery.node.kubelet.view import NOTHING, PodRuntime

_RETRY_NS = 1 * SECOND
_HEALTH_INTERVAL_NS = 5 * SECOND
_DOWN_AFTER_NS = 30 * SECOND
_CALL_TIMEOUT_NS = 120 * SECOND

# What the kubelet calls the runtime's events in its log; of the others it says nothing.
_TOLD = {
    "CONTAINER_STARTED_EVENT": "ContainerStarted",
    "CONTAINER_STOPPED_EVENT": "ContainerDied",
    "CONTAINER_DELETED_EVENT": "ContainerRemoved",
}


class Runtime:
    """``pods`` is what the runtime has, by Pod UID. ``on_change`` hears of each Pod that changed."""

    def __init__(self, process: Process) -> None:
        self.pods: dict[str, PodRuntime] = {}
        self.on_change: Callable[[str], object] = lambda uid: None
        self.on_health: Callable[[], object] = lambda: None
        self.listed = process.event()
        self._process = process
        self._channel = process.dial(address(process.host.name), protocol=PROTOCOL)
        self._healthy_ns: int | None = None
        self._images: list[Image] | None = None

    def start(self) -> None:
        self._process.spawn(self._follow(), name="pleg")
        self._process.spawn(self._check_health(), name="runtime health")

    def pod(self, uid: str) -> PodRuntime:
        return self.pods.get(uid, NOTHING)

    def errors(self) -> list[str]:
        """Why the node cannot run Pods; empty if it can."""
        if self._healthy_ns is None:
            return ["container runtime status check may not have completed yet"]
        if self._process.now_ns - self._healthy_ns > _DOWN_AFTER_NS:
            return ["container runtime is down"]
        return []

    async def call(
        self, kind: str, *, quiet: bool = False, timeout_ns: int | None = _CALL_TIMEOUT_NS, **body: Any
    ) -> Any:
        """One CRI call. Raises RpcError; RpcFailure carries the runtime's own words."""
        answer = await self._channel.call(kind, body, quiet=quiet, timeout_ns=timeout_ns)
        if kind in ("PullImage", "RunPodSandbox"):
            self._images = None  # both may have brought one
        return answer

    async def images(self) -> list[Image]:
        """What is on the node: asked anew only when it may have changed."""
        if self._images is None:
            self._images = await self.call("ListImages", quiet=True)
        return self._images

    # -- following

    async def _follow(self) -> None:
        while True:
            self._process.kernel.cause = NO_CAUSE
            try:
                stream = await self._channel.stream("GetContainerEvents", {}, quiet=True)
                await self._relist()
                while True:
                    self._note(await stream.next())
            except RpcError:
                await sleep(_RETRY_NS)

    async def _relist(self) -> None:
        sandboxes: list[SandboxStatus] = await self.call("ListPodSandbox", quiet=True)
        containers: list[ContainerStatus] = await self.call("ListContainers", quiet=True)
        uids = dict.fromkeys([*self.pods, *(s.pod_uid for s in sandboxes), *(c.pod_uid for c in containers)])
        self._healthy_ns = self._process.now_ns
        self._images = None
        for uid in uids:
            new = PodRuntime(
                tuple(s for s in sandboxes if s.pod_uid == uid), tuple(c for c in containers if c.pod_uid == uid)
            )
            self._put(uid, new)
        self.listed.set()
        self.on_health()

    def _note(self, event: ContainerEvent) -> None:
        before = self.pod(event.pod_uid)
        self._put(event.pod_uid, PodRuntime(event.sandboxes, event.containers))
        told = _TOLD.get(event.type)
        known = (*event.sandboxes, *before.sandboxes)
        if told is not None and known:
            news = f'{{"ID":"{event.pod_uid}","Type":"{told}","Data":"{event.container_id}"}}'
            self._process.log(f'"SyncLoop (PLEG): event for pod" pod="{known[0].pod}" event={news}')

    def _put(self, uid: str, new: PodRuntime) -> None:
        if new == self.pod(uid):
            return
        if new == NOTHING:
            del self.pods[uid]
        else:
            self.pods[uid] = new
        self.on_change(uid)

    async def _check_health(self) -> None:
        while True:
            await sleep(_HEALTH_INTERVAL_NS)
            self._process.kernel.cause = NO_CAUSE
            before = bool(self.errors())
            try:
                await self.call("Status", quiet=True, timeout_ns=_HEALTH_INTERVAL_NS)
                self._healthy_ns = self._process.now_ns
            except RpcError as error:
                self._process.log(f"Container runtime sanity check failed: {error}", level="error")
            if bool(self.errors()) != before:
                self.on_health()
