"""A small cluster for the kubelet: one etcd member, one API server, one worker, a registry. Pods are bound by hand."""

from collections.abc import Coroutine
from typing import Any

from orrery.apiserver import ApiServer, ApiServerConfig
from orrery.client import ApiClient
from orrery.etcd import EtcdMember
from orrery.kernel import SECOND, Address, Kernel, Process, RpcError, TraceEvent
from orrery.machinery.resources import EVENTS, NODES, PODS, SERVICEACCOUNTS
from orrery.machinery.tables.pods import pod_status
from orrery.machinery.wire import StatusError
from orrery.node import Containerd, Kubelet, KubeletConfig, KubeProxy, Machine, Registry, RegistryConfig

SERVER = Address("cp-1", 6443)


class KubeletLab:
    """`pod(...)` makes a Pod on worker-1; `run(seconds)` lets time pass; `see(name)` is the Pod as the API has it."""

    def __init__(self, seed: int = 3, **config: Any) -> None:
        self.kernel = Kernel(seed)
        self.seen: list[TraceEvent] = []
        control = self.kernel.add_host("cp-1", ip="10.0.0.11", role="control-plane")
        self.worker = self.kernel.add_host("worker-1", ip="10.0.0.21", role="worker")
        far = self.kernel.add_host("registry", ip="203.0.113.10", role="outside")
        client = self.kernel.add_host("client", ip="10.0.0.200", role="client")
        api = ApiServerConfig(etcd_endpoints=(Address("cp-1", 2379),))
        control.add_process("etcd", lambda process: EtcdMember(process, ["cp-1"]).run())
        control.add_process("kube-apiserver", lambda process: ApiServer(process, api).run())
        far.add_process("registry", lambda process: Registry(process, RegistryConfig()).run())
        self.machine = Machine(self.worker)
        self.kubelet: Kubelet
        self.config = KubeletConfig(node_name="worker-1", pod_cidr="10.244.1.0/24", **config)
        self.worker.add_process(
            "containerd", lambda process: Containerd(process, self.machine, pod_cidr="10.244.1.0/24").run()
        )
        self.worker.add_process("kubelet", self._kubelet)
        self.worker.add_process("kube-proxy", self._proxy)
        self.client: Process = client.add_process("kubectl", lambda process: process.event().wait())
        self.api = ApiClient(self.client, SERVER, user="kubernetes-admin", groups=("system:masters",))
        self.kernel.trace.subscribe(self.seen.append)
        self.run(20)
        self.do(self.api.create(SERVICEACCOUNTS, {"metadata": {"name": "default", "namespace": "default"}}))

    async def _kubelet(self, process: Process) -> None:
        user = "system:node:worker-1"
        api = ApiClient(process, SERVER, user=user, groups=("system:nodes",), user_agent="kubelet")
        self.kubelet = Kubelet(process, api, self.machine, self.config)
        await self.kubelet.run()

    async def _proxy(self, process: Process) -> None:
        api = ApiClient(process, SERVER, user="system:kube-proxy", user_agent="kube-proxy")
        self.proxy = KubeProxy(process, api, "worker-1")
        await self.proxy.run()

    # -- doing

    def do(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Runs a request of the client to its end."""
        outcome: list[Any] = []

        async def work() -> None:
            try:
                outcome.append(await coro)
            except (StatusError, RpcError) as error:
                outcome.append(error)

        self.client.spawn(work(), name="test")
        while not outcome:
            self.kernel.run_for(SECOND // 100)
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def run(self, seconds: float) -> None:
        self.kernel.run_for(int(seconds * SECOND))
        assert [f"{name}: {error!r}" for name, error in self.kernel.faults.bugs] == []

    def fault(self, name: str, **arguments: Any) -> None:
        self.kernel.faults.apply(name, **arguments)

    def pod(self, name: str, *containers: dict[str, Any], **spec: Any) -> Any:
        document = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"nodeName": "worker-1", "containers": list(containers), **spec},
        }
        return self.do(self.api.create(PODS, document))

    def delete(self, name: str, grace_s: int | None = None) -> None:
        self.do(self.api.delete(PODS, name, "default", grace_period_s=grace_s))

    # -- looking

    def see(self, name: str) -> Any:
        """The Pod, or None."""
        try:
            return self.do(self.api.get(PODS, name, "default"))
        except StatusError as error:
            if error.code == 404:
                return None
            raise

    def word(self, name: str) -> str:
        """The Pod's STATUS as kubectl prints it; "gone" when there is none."""
        pod = self.see(name)
        return "gone" if pod is None else pod_status(pod)

    def until(self, name: str, word: str, limit_s: int = 120) -> float:
        """Lets time pass until the Pod's STATUS is this word; gives the seconds that took."""
        begin_ns = self.kernel.now_ns
        while (now := self.word(name)) != word:
            passed_s = (self.kernel.now_ns - begin_ns) / SECOND
            assert passed_s < limit_s, f"{name} is {now} after {passed_s:g} s, not {word}: {self.events(name)}"
            self.run(0.05)
        return (self.kernel.now_ns - begin_ns) / SECOND

    def events(self, name: str) -> list[str]:
        """"Reason: message" of every event about an object, in order."""
        items, _ = self.do(self.api.list(EVENTS, "default"))
        mine = [e for e in items if e["involvedObject"]["name"] == name]
        return [f"{e['reason']}: {e['message']}" for e in mine]

    def reasons(self, name: str) -> list[str]:
        return [line.partition(":")[0] for line in self.events(name)]

    def node(self) -> Any:
        return self.do(self.api.get(NODES, "worker-1"))

    def container(self, name: str, index: int = 0) -> Any:
        return self.see(name)["status"]["containerStatuses"][index]

    def traced(self, kind: str) -> list[Any]:
        return [event for event in self.seen if kind == event.TYPE]
