"""Three etcd members on a kernel, and clients beside them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from orrery.etcd import CLIENT_PORT, Client, EtcdMember
from orrery.kernel import SECOND, Address, Kernel, MessageSent, Process, TraceEvent, sleep

HOSTS = ("etcd-1", "etcd-2", "etcd-3")


class Cluster:
    def __init__(self, seed: int = 1, *, members: int = 3, snapshot_entries: int = 10_000) -> None:
        self.kernel = Kernel(seed)
        self.hosts = tuple(f"etcd-{number + 1}" for number in range(members))
        self.members: dict[str, EtcdMember] = {}
        self.events: list[TraceEvent] = []
        self.kernel.trace.subscribe(self._keep)
        for number, host in enumerate(self.hosts):
            self.kernel.add_host(host, ip=f"10.0.0.{11 + number}", role="etcd")
        self.desk = self.kernel.add_host("client", ip="10.0.0.100", role="client")
        for host in self.hosts:
            self.kernel.hosts[host].add_process("etcd", self._main(host, snapshot_entries))
        self.client_process = self.desk.add_process("tester", _idle)
        self.client = self.new_client()

    def _main(self, host: str, snapshot_entries: int) -> Callable[[Process], Awaitable[object]]:
        def main(process: Process) -> Awaitable[object]:
            member = self.members[host] = EtcdMember(process, self.hosts, snapshot_entries=snapshot_entries)
            return member.run()

        return main

    def _keep(self, event: TraceEvent) -> None:
        if not isinstance(event, MessageSent) or not event.quiet:
            self.events.append(event)

    def new_client(self, *hosts: str) -> Client:
        return Client(self.client_process, [Address(host, CLIENT_PORT) for host in hosts or self.hosts])

    def run(self, coro: Any) -> Any:
        """Run a coroutine as the tester; its result, or its error."""
        task = self.client_process.spawn(_caught(coro), name="test")
        while not task.done:
            self.kernel.run_for(SECOND // 100)
        result, error = task.result
        if error is not None:
            raise error
        return result

    def wait(self, seconds: float) -> None:
        self.kernel.run_for(int(seconds * SECOND))

    def fault(self, name: str, **arguments: Any) -> None:
        self.kernel.faults.apply(name, **arguments)

    def crash(self, host: str) -> None:
        self.fault("crash-process", component=f"{host}/etcd")

    def restart(self, host: str) -> None:
        self.fault("restart-process", component=f"{host}/etcd")

    def alive(self, host: str) -> bool:
        return self.kernel.hosts[host].processes["etcd"].state == "running"

    def leader(self) -> str:
        """The host of the leader of the highest term among those alive, "" for none."""
        leading = [
            (member.raft.term, host)
            for host, member in self.members.items()
            if self.alive(host) and member.raft.role.name == "leader"
        ]
        return max(leading)[1] if leading else ""

    def wait_for_leader(self, *, other_than: str = "", seconds: int = 20) -> str:
        for _ in range(seconds * 100):
            self.wait(0.01)
            leader = self.leader()
            if (
                leader
                and leader != other_than
                and self.members[leader].raft.log.term_at(self.members[leader].raft.commit)
                == self.members[leader].raft.term
            ):
                return leader
        raise AssertionError("no leader was elected")

    def of(self, kind: type[TraceEvent]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def agree(self) -> None:
        """Every member alive has the same store, byte by byte."""
        dumps = [member.machine.store.dump() for host, member in self.members.items() if self.alive(host)]
        assert all(dump == dumps[0] for dump in dumps)

    def no_bugs(self) -> None:
        assert self.kernel.faults.bugs == []


async def _idle(process: Process) -> None:
    while True:
        await sleep(1000 * SECOND)


async def _caught(coro: Any) -> tuple[Any, BaseException | None]:
    try:
        return await coro, None
    except Exception as error:
        return None, error
