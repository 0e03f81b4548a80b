"""A cluster that stands: where its parts are, and how it boots."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from orrery.cluster.config import ClusterConfig
from orrery.cluster.readiness import Readiness
from orrery.kernel import MILLISECOND, SECOND, Address, Host, Kernel, Process

BOOT_LIMIT_NS = 120 * SECOND
_STEP_NS = 100 * MILLISECOND


class BootFailure(RuntimeError):
    """The cluster did not come up; the message says what is missing."""


class Part(Protocol):
    """What runs in a process."""

    def run(self) -> Awaitable[object]: ...


class Cluster:
    """The machines and processes of one configuration in one kernel.

    ``api_address`` is where clients reach the API: the load balancer, by the name of the control-plane endpoint.
    ``booted_ns`` is when everything was ready for the first time; None: it has not been yet.
    ``parts`` is what runs, or ran last, in each process: for those who look, and who change nothing.
    """

    def __init__(self, kernel: Kernel, config: ClusterConfig) -> None:
        self.kernel = kernel
        self.config = config
        self.api_address: Address = config.endpoint
        self.booted_ns: int | None = None
        self.parts: dict[str, Part] = {}
        self._readiness = Readiness(kernel, config)

    @property
    def hosts(self) -> list[Host]:
        """Every machine, in the order in which they were set up."""
        return list(self.kernel.hosts.values())

    @property
    def processes(self) -> list[Process]:
        """Every process, host by host."""
        return [process for host in self.hosts for process in host.processes.values()]

    @property
    def client(self) -> Process:
        """The process from which people's requests go out."""
        return self.kernel.process(f"{self.config.client.name}/kubectl")

    def is_ready(self) -> bool:
        """Whether everything is ready; once it was, it counts as booted."""
        if self.booted_ns is None and not self._readiness.missing():
            self.booted_ns = self.kernel.now_ns
            self._readiness.close()
        return self.booted_ns is not None

    def boot(self, *, limit_ns: int = BOOT_LIMIT_NS) -> None:
        """Runs the kernel until etcd leads, every API server is behind the load balancer, scheduler and controller
        manager have leaders and every node is Ready. Raises BootFailure after so much virtual time."""
        end_ns = self.kernel.now_ns + limit_ns
        while not self.is_ready():
            if self.kernel.now_ns >= end_ns:
                lacking = "; ".join(self._readiness.missing())
                bugs = "".join(f"; {name}: {error!r}" for name, error in self.kernel.faults.bugs[-3:])
                raise BootFailure(f"the cluster did not boot in {limit_ns / SECOND:g} virtual seconds: {lacking}{bugs}")
            self.kernel.run_for(_STEP_NS)
