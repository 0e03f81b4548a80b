"""A small world for tests of the API server: etcd members, API servers, and a client on a host of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.apiserver import ApiServer, ApiServerConfig
from orrery.etcd import EtcdMember
from orrery.kernel import MILLISECOND, SECOND, Address, Kernel, Process, Stream, StreamEnded, sleep
from orrery.kernel.tasks import TimeoutExpired, timeout
from orrery.machinery.wire import ApiRequest, ApiResponse

ADMIN = ("kubernetes-admin", ("kubeadm:cluster-admins",))
Body = dict[str, Any]


class Lab:
    """``members`` etcd members and ``servers`` API servers, booted; call the API with the methods below."""

    def __init__(
        self, *, members: int = 1, servers: int = 1, seed: int = 1, hashing: bool = False, **config: Any
    ) -> None:
        self.kernel = kernel = Kernel(seed)
        kernel.trace.hashing = hashing
        self.events: list[Any] = []
        self.etcd_hosts = [f"etcd-{n}" for n in range(1, members + 1)]
        for number, name in enumerate(self.etcd_hosts):
            kernel.add_host(name, ip=f"10.0.0.{31 + number}")
        for name in self.etcd_hosts:
            kernel.hosts[name].add_process("etcd", self._etcd)
        endpoints = tuple(Address(name, 2379) for name in self.etcd_hosts)
        self.config = ApiServerConfig(etcd_endpoints=endpoints, **config)
        self.servers: list[ApiServer] = []
        for number in range(1, servers + 1):
            host = kernel.add_host(f"cp-{number}", ip=f"10.0.0.{10 + number}")
            self.servers.append(None)  # type: ignore[arg-type]
            host.add_process("kube-apiserver", self._apiserver)
        client_host = kernel.add_host("client", ip="10.0.0.100")
        self.client: Process = client_host.add_process("kubectl", self._idle)
        self.channels = [
            self.client.dial(Address(f"cp-{number}", 6443), protocol="api") for number in range(1, servers + 1)
        ]
        kernel.run(self._booted())

    async def _etcd(self, process: Process) -> None:
        await EtcdMember(process, self.etcd_hosts).run()

    async def _apiserver(self, process: Process) -> None:
        server = ApiServer(process, self.config)
        self.servers[int(process.host.name.removeprefix("cp-")) - 1] = server
        await server.run()

    async def _idle(self, process: Process) -> None:
        await process.event().wait()

    async def _booted(self) -> None:
        while not all(server is not None and server.bootstrapped for server in self.servers):
            await sleep(100 * MILLISECOND)
        account = {"metadata": {"name": "default"}}  # a controller's work, of which there is none here
        await self.ask("POST", "/api/v1/namespaces/default/serviceaccounts", account, who=("lab", ("system:masters",)))

    def server(self, number: int = 1) -> ApiServer:
        return self.servers[number - 1]

    # -- within the simulation

    async def ask(
        self, method: str, path: str, body: object = None, *, query: Mapping[str, str] | None = None,
        accept: str = "", content_type: str = "", who: tuple[str, tuple[str, ...]] = ADMIN, server: int = 1,
        quiet: bool = False,
    ) -> ApiResponse:
        headers = {key: value for key, value in (("Accept", accept), ("Content-Type", content_type)) if value}
        request = ApiRequest(method, path, query or {}, headers, body, *who, quiet=quiet)
        task = self.client.spawn(self.channels[server - 1].call(f"{method} {path}", request, quiet=quiet), name="ask")
        response = await task.join()
        assert isinstance(response, ApiResponse)
        return response

    async def open_watch(
        self, path: str, *, query: Mapping[str, str] | None = None, accept: str = "",
        who: tuple[str, tuple[str, ...]] = ADMIN, server: int = 1,
    ) -> tuple[ApiResponse, Stream]:
        headers = {"Accept": accept} if accept else {}
        request = ApiRequest("GET", path, {"watch": "true", **(query or {})}, headers, None, *who)
        stream = await self.channels[server - 1].stream(f"WATCH {path}", request)
        return await stream.next(), stream

    # -- from outside: each runs the world until it is answered

    def run(self, coro: Any) -> Any:
        return self.kernel.run(coro)

    def call(self, method: str, path: str, body: object = None, **options: Any) -> ApiResponse:
        response: ApiResponse = self.kernel.run(self.ask(method, path, body, **options))
        return response

    def ok(self, method: str, path: str, body: object = None, **options: Any) -> Body:
        response = self.call(method, path, body, **options)
        assert response.ok, response
        assert isinstance(response.body, dict)
        return response.body

    def fails(self, method: str, path: str, body: object = None, **options: Any) -> tuple[int, str, str]:
        """(code, reason, message) of a refusal."""
        response = self.call(method, path, body, **options)
        assert not response.ok and isinstance(response.body, dict), response
        assert response.body["kind"] == "Status" and response.body["code"] == response.code
        return response.code, response.body["reason"], response.body["message"]

    def watch(self, path: str, **options: Any) -> Watch:
        response, stream = self.kernel.run(self.open_watch(path, **options))
        return Watch(self, response, stream)

    def settle(self, seconds: float = 1) -> None:
        self.kernel.run_for(int(seconds * SECOND))

    def collect(self, *kinds: type) -> list[Any]:
        """The trace events of these types, from now on."""
        found: list[Any] = []
        self.kernel.trace.subscribe(lambda event: found.append(event) if isinstance(event, kinds) else None)
        return found


class Watch:
    """An open watch, read from outside the simulation."""

    def __init__(self, lab: Lab, response: ApiResponse, stream: Stream) -> None:
        self.lab = lab
        self.response = response
        self.stream = stream

    def next(self) -> tuple[str, Body]:
        event = self.lab.kernel.run(self.stream.next(), limit_ns=200 * SECOND)
        return event["type"], event["object"]

    def take(self, count: int) -> list[tuple[str, str]]:
        """The next few events, as (type, name)."""
        return [(kind, obj["metadata"].get("name", "")) for kind, obj in (self.next() for _ in range(count))]

    def is_silent(self, seconds: int = 5) -> bool:
        async def wait() -> bool:
            try:
                with timeout(self.lab.kernel, seconds * SECOND):
                    await self.stream.next()
            except TimeoutExpired:
                return True
            return False

        task = self.lab.client.spawn(wait(), name="wait")
        self.lab.kernel.run(task.join())
        return bool(task.result)

    def ends(self) -> bool:
        try:
            self.lab.kernel.run(self.stream.next(), limit_ns=200 * SECOND)
        except StreamEnded:
            return True
        return False


def pod(name: str = "web", **more: Any) -> Body:
    spec = {"containers": [{"name": "app", "image": "nginx:1.27"}], **more.pop("spec", {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **more.pop("metadata", {})}, "spec": spec}


def config_map(name: str = "settings", data: Mapping[str, str] | None = None, **metadata: Any) -> Body:
    return {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": dict(data or {}),
    }


def deployment(name: str = "web", replicas: int = 1) -> Body:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod()["spec"]},
        },
    }


PODS = "/api/v1/namespaces/default/pods"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
SERVICES = "/api/v1/namespaces/default/services"
NAMESPACES = "/api/v1/namespaces"

