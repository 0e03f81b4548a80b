"""The kubelet of a control plane: its Pods are static, each the process of a component on this very host.

It registers the host as a Node that takes no others' Pods, keeps its lease, shows a mirror Pod for each manifest, and
looks once a second how the components are (PLEG's relist).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orrery.client import ApiClient, EventRecorder, Informer
from orrery.kernel import NO_CAUSE, SECOND, Process, RpcError, RpcFailure, sleep
from orrery.machinery.objects import is_deleting
from orrery.machinery.resources import PODS
from orrery.machinery.wire import StatusError
from orrery.node.commands import not_started
from orrery.node.cri import Image
from orrery.node.kubelet.agent import NodeAgent
from orrery.node.kubelet.config import KubeletConfig
from orrery.node.kubelet.server import KubeletServer, Lines, Run, Wanted
from orrery.node.kubelet.static_pods import NAMESPACE, Seen, StaticPod, mirror, status
from orrery.node.kubelet.status_manager import status_patch

RELIST_NS = 1 * SECOND

Document = dict[str, Any]


class HostRuntime:
    """What the node agent asks of a runtime; here the host itself runs everything."""

    def errors(self) -> list[str]:
        return []

    async def images(self) -> list[Image]:
        return []


class StaticKubelet:
    """A control plane's kubelet; ``run`` is the main coroutine of its process."""

    def __init__(
        self, process: Process, api: ApiClient, config: KubeletConfig, pods: tuple[StaticPod, ...]
    ) -> None:
        self.process = process
        self.config = config
        self.pods = pods
        self._api = api
        self._recorder = EventRecorder(api, component="kubelet", host=config.node_name)
        self._agent = NodeAgent(process, api, config, HostRuntime(), self._recorder)
        self._mirrors = Informer(api, PODS, field_selector=f"spec.nodeName={config.node_name}")
        self._seen: dict[str, tuple[int, Seen]] = {}  # by component: the incarnation, and what was seen of it
        self._began = process.timestamp()
        self._server = KubeletServer(process, self._lines, self._runner)

    async def run(self) -> None:
        await self._agent.register()
        self._agent.start()
        self._server.start()
        self._mirrors.start()
        await self._mirrors.synced()
        while True:
            self.process.kernel.cause = NO_CAUSE
            for pod in self.pods:
                try:
                    await self._sync(pod)
                except (StatusError, RpcError) as error:
                    name = f"{NAMESPACE}/{pod.component}-{self.config.node_name}"
                    self.process.log(f'Failed to sync mirror pod "{name}": {error}', level="warning")
            await sleep(RELIST_NS)

    async def _sync(self, pod: StaticPod) -> None:
        """Makes the mirror Pod, or brings its status up to date."""
        seen = self._look(pod)
        wanted = status(pod, seen, self.process.host.ip, self._began)
        name = f"{pod.component}-{self.config.node_name}"
        known: Mapping[str, Any] | None = self._mirrors.cache.get(NAMESPACE, name)
        if known is None:
            known = await self._create(pod, name)
        if is_deleting(known):  # a mirror waits for nothing: it goes, and the next look makes another
            await self._api.delete(PODS, name, NAMESPACE, grace_period_s=0, uid=known["metadata"]["uid"])
            return
        patch = status_patch(known.get("status") or {}, wanted)
        if patch:
            body = {"metadata": {"uid": known["metadata"]["uid"]}, "status": patch}
            await self._api.patch(PODS, name, body, NAMESPACE, type="strategic", subresource="status")

    async def _create(self, pod: StaticPod, name: str) -> Mapping[str, Any]:
        try:
            return await self._api.create(PODS, mirror(pod, self._agent.node, self.process.timestamp()))
        except StatusError as error:
            if error.reason != "AlreadyExists":
                raise
            return await self._api.get(PODS, name, NAMESPACE)

    def _look(self, pod: StaticPod) -> Seen:
        """How the component is, and since when."""
        component = self.process.host.processes[pod.component]
        before = self._seen.get(pod.component)
        if before is not None:
            incarnation, seen = before
            if incarnation == component.incarnation and seen.running == component.alive:
                return seen
        now = self.process.timestamp()
        number = self.process.kernel.stream(f"static-pod/{component.id}/{component.incarnation}").hex(64)
        ended = "" if before is None else now if before[1].running else before[1].ended
        seen = Seen(component.alive, now, component.restarts, f"containerd://{number}", ended)
        self._seen[pod.component] = component.incarnation, seen
        return seen

    # -- what the API server asks for

    def _component(self, wanted: Wanted) -> Process:
        """The process that a mirror Pod's container is. RpcFailure in the kubelet's words."""
        component = self.process.host.processes.get(wanted.container)
        if component is None or all(pod.component != wanted.container for pod in self.pods):
            raise RpcFailure("NotFound", f'pod "{wanted.pod}" does not exist')
        return component

    def _lines(self, wanted: Wanted) -> Lines:
        component = self._component(wanted)
        return lambda after_ns: ([line for line in component.output if line[0] > after_ns], True)

    def _runner(self, wanted: Wanted) -> Run:
        component = self._component(wanted)
        if not component.alive:
            raise RpcFailure("Unknown", f'unable to upgrade connection: container not found ("{wanted.container}")')

        async def run(command: list[str], out: Callable[[str], object], err: Callable[[str], object]) -> int:
            program = self.process.host.programs.get(command[0].rpartition("/")[2])
            if program is None:  # the images of the control plane hold one program each, and no shell
                raise not_started(command)
            return await program(self.process, command[1:], out, err)

        return run
