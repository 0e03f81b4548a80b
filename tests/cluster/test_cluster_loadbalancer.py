"""The load balancer alone, between a client and servers that only know how to answer."""

from typing import Any

from orrery.cluster.loadbalancer import LoadBalancer
from orrery.kernel import SECOND, Address, Call, Kernel, Process, RpcError
from orrery.machinery.wire import ApiResponse


class Lab:
    """Three servers that answer with their own name, a load balancer, a client."""

    def __init__(self, servers: int = 3) -> None:
        self.kernel = Kernel(2)
        self.names = [f"s{number}" for number in range(1, servers + 1)]
        for number, name in enumerate(self.names, start=1):
            host = self.kernel.add_host(name, ip=f"10.0.0.1{number}")
            host.add_process("kube-apiserver", self._server(name))
        self.sick: set[str] = set()
        self.balancer: LoadBalancer
        self.kernel.add_host("lb", ip="10.0.0.100").add_process("load-balancer", self._balancer)
        self.client = self.kernel.add_host("client", ip="10.0.0.200").add_process("kubectl", lambda p: p.event().wait())
        self.changes: list[tuple[str, bool, int]] = []
        self.kernel.trace.subscribe(self._note)

    def _note(self, event: Any) -> None:
        if event.TYPE == "BackendChanged":
            self.changes.append((event.backend.partition("/")[0], event.up, event.sessions))

    def _server(self, name: str) -> Any:
        async def answer(call: Call) -> object:
            if call.kind == "GET /readyz":
                return ApiResponse(500 if name in self.sick else 200, "ok")
            if call.streaming:
                await call.closed.wait()
            return name

        async def main(process: Process) -> None:
            process.serve(6443, answer, protocol="api")
            await process.event().wait()

        return main

    async def _balancer(self, process: Process) -> None:
        self.balancer = LoadBalancer(process, 6443, [Address(name, 6443) for name in self.names])
        await self.balancer.run()

    def ask(self, count: int) -> list[str]:
        """Asks over that many connections; gives who answered, or the error."""
        answers: list[str] = []

        async def work() -> None:
            for _ in range(count):
                channel = self.client.dial(Address("lb", 6443), protocol="api")
                try:
                    answers.append(await channel.call("GET /who", None, timeout_ns=5 * SECOND))
                except RpcError as error:
                    answers.append(type(error).__name__)
                channel.close()

        self.client.spawn(work(), name="ask")
        self.kernel.run_for(30 * SECOND)
        return answers


def test_connections_go_round_the_servers_that_are_up() -> None:
    lab = Lab()
    lab.kernel.run_for(5 * SECOND)
    answers = lab.ask(6)
    assert sorted(answers) == ["s1", "s1", "s2", "s2", "s3", "s3"]
    assert answers[:3] == answers[3:]


def test_a_server_counts_as_up_after_two_checks() -> None:
    lab = Lab()
    lab.kernel.run_for(1 * SECOND)
    assert lab.changes == []
    lab.kernel.run_for(2 * SECOND)
    assert sorted((name, up) for name, up, _ in lab.changes) == [("s1", True), ("s2", True), ("s3", True)]


def test_while_none_is_up_connections_are_closed() -> None:
    assert Lab(servers=1).ask(0) == []
    lab = Lab(servers=1)
    lab.sick.add("s1")
    assert lab.ask(1) == ["ConnectionReset"]


def test_a_server_that_says_it_is_not_ready_is_taken_out_after_three_checks_and_its_sessions_are_shut() -> None:
    lab = Lab(servers=1)
    lab.kernel.run_for(5 * SECOND)
    ended: list[str] = []

    async def hold() -> None:
        channel = lab.client.dial(Address("lb", 6443), protocol="api")
        stream = await channel.stream("WATCH", None)
        try:
            await stream.next()
        except RpcError as error:
            ended.append(type(error).__name__)

    lab.client.spawn(hold(), name="hold")
    lab.kernel.run_for(SECOND)
    lab.sick.add("s1")
    lab.kernel.run_for(4 * SECOND)
    assert ended == []
    lab.kernel.run_for(3 * SECOND)
    assert lab.changes[-1] == ("s1", False, 1)
    assert ended == ["ConnectionReset"]


def test_a_server_that_refuses_is_passed_over_before_its_checks_have_failed() -> None:
    lab = Lab()
    lab.kernel.run_for(5 * SECOND)
    lab.kernel.faults.apply("crash-process", component="s2/kube-apiserver")
    assert lab.ask(3) in (["s1", "s3", "s1"], ["s1", "s3", "s3"], ["s1", "s1", "s3"], ["s3", "s1", "s3"])


def test_when_the_balancer_dies_its_clients_hear_of_it() -> None:
    lab = Lab()
    lab.kernel.run_for(5 * SECOND)
    lab.kernel.faults.apply("crash-process", component="lb/load-balancer")
    assert lab.ask(1) == ["ConnectionRefused"]
