"""A whole cluster for tests: boot it, ask it, break it, and wait for what should come of it."""

from collections.abc import Callable, Coroutine
from typing import Any

from orrery.client import ApiClient
from orrery.cluster import Cluster, ClusterConfig, build, default_config
from orrery.kernel import SECOND, Kernel, RpcError
from orrery.machinery.objects import condition_is_true, name_of, node_name_of
from orrery.machinery.resources import DEPLOYMENTS, NODES, PODS, Resource
from orrery.machinery.wire import StatusError


def deployment(name: str = "web", replicas: int = 3, image: str = "nginx:1.27") -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": image}]}},
        },
    }


class ClusterLab:
    """`seen` counts trace events by type."""

    def __init__(self, config: ClusterConfig | None = None, seed: int = 1, *, boot: bool = True) -> None:
        self.kernel = Kernel(seed)
        self.cluster: Cluster = build(self.kernel, config or default_config())
        self.marks: list[Any] = []
        self.kernel.trace.subscribe(self._mark)
        if boot:
            self.cluster.boot()

    def _mark(self, event: Any) -> None:
        if event.TYPE in ("RaftStateChanged", "BackendChanged", "LeadershipChanged"):
            self.marks.append(event)

    @property
    def now_s(self) -> float:
        return self.kernel.now_ns / SECOND

    def ask(self, make: Callable[[ApiClient], Coroutine[Any, Any, Any]], limit_s: int = 60) -> Any:
        """Sends a person's request and lets time pass until it is answered; gives the answer or raises the failure."""
        outcome: list[Any] = []
        client = self.cluster.client

        async def work() -> None:
            api = ApiClient(client, self.cluster.api_address, user="kubernetes-admin", groups=("system:masters",))
            try:
                outcome.append(await make(api))
            except (StatusError, RpcError) as error:
                outcome.append(error)

        client.spawn(work(), name="person")
        end_ns = self.kernel.now_ns + limit_s * SECOND
        while not outcome and self.kernel.now_ns < end_ns:
            self.kernel.run_for(SECOND // 50)
        assert outcome, f"no answer in {limit_s} s"
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def objects(self, resource: Resource, namespace: str = "") -> list[dict[str, Any]]:
        items, _ = self.ask(lambda api: api.list(resource, namespace))
        return list(items)

    def run(self, seconds: float) -> None:
        self.kernel.run_for(int(seconds * SECOND))
        assert [f"{name}: {error!r}" for name, error in self.kernel.faults.bugs] == []

    def until(self, holds: Callable[[], bool], limit_s: int = 120, step_s: float = 1) -> float:
        """Lets time pass until it holds; gives the seconds that took."""
        begin_s = self.now_s
        while not holds():
            assert self.now_s - begin_s < limit_s, f"not so after {limit_s} s"
            self.run(step_s)
        return self.now_s - begin_s

    def fault(self, name: str, **arguments: Any) -> None:
        self.kernel.faults.apply(name, **arguments)

    # -- looking

    def pods(self) -> list[dict[str, Any]]:
        return self.objects(PODS, "default")

    def running(self) -> list[str]:
        """Nodes of the Pods that are ready, one for each."""
        return [node_name_of(pod) for pod in self.pods() if condition_is_true(pod, "Ready")]

    def not_ready_nodes(self) -> list[str]:
        return [name_of(node) for node in self.objects(NODES) if not condition_is_true(node, "Ready")]

    def deploy(self, **more: Any) -> None:
        self.ask(lambda api: api.create(DEPLOYMENTS, deployment(**more)))

    def etcd_leader(self) -> str:
        """The member that leads, as the members said last."""
        roles: dict[str, tuple[int, str]] = {}
        for event in self.marks:
            if event.TYPE == "RaftStateChanged":
                roles[event.member] = (event.term, event.role)
        leaders = [(term, member) for member, (term, role) in roles.items() if role == "leader"]
        return max(leaders)[1] if leaders else ""

    def term(self) -> int:
        return max((event.term for event in self.marks if event.TYPE == "RaftStateChanged"), default=0)
