"""kube-apiserver as a process: its parts, and what runs in it besides requests."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from orrery.apiserver import bootstrap, chain, upkeep
from orrery.apiserver.audit import Auditor
from orrery.apiserver.authorization import Authorizer
from orrery.apiserver.cacher import Cacher
from orrery.apiserver.config import ApiServerConfig
from orrery.apiserver.kinds import STRATEGIES
from orrery.apiserver.kinds.strategy import Strategy
from orrery.apiserver.storage import Storage
from orrery.apiserver.watching import Watcher
from orrery.etcd import Client
from orrery.kernel import Call, Process


class ApiServer:
    """One API server. ``run`` is the main coroutine of its process. It keeps nothing that etcd does not have."""

    def __init__(
        self, process: Process, config: ApiServerConfig, *, dial_etcd: Callable[[Process], Client] | None = None
    ) -> None:
        self.process = process
        self.config = config
        self.etcd = dial_etcd(process) if dial_etcd is not None else Client(process, config.etcd_endpoints)
        self.storage = Storage(self.etcd)
        self.cacher = Cacher(process, self.storage, window=config.watch_window)
        self.authorizer = Authorizer()
        self.strategies: dict[str, Strategy] = {strategy.resource.plural: strategy for strategy in STRATEGIES}
        self.service_network = ipaddress.ip_network(config.service_cidr)
        self.address = config.advertise_address or process.host.ip
        self.watchers: dict[int, Watcher] = {}
        self.auditor = Auditor(self)
        self.started_wall_ns = process.wall_ns()
        self.bootstrapped = False
        self._expiry = upkeep.ExpiryLeases(self)
        self._health = upkeep.EtcdHealth(self)

    async def run(self) -> None:
        """Serves until the process ends."""
        process = self.process
        process.serve(self.config.port, self._serve, protocol="api")
        process.log(f"Serving securely on [::]:{self.config.port}")
        async with process.task_group() as group:
            group.spawn(self.cacher.run(), name="watch cache")
            group.spawn(bootstrap.run(self), name="bootstrap-controller")
            group.spawn(upkeep.send_bookmarks(self), name="bookmarks")
            group.spawn(upkeep.compact(self), name="compaction")

    async def _serve(self, call: Call) -> object:
        return await chain.serve(self, call)

    async def etcd_answers(self) -> bool:
        """Whether etcd is there, for the health checks."""
        return await self._health.check()

    async def ttl_lease(self, strategy: Strategy) -> int:
        """The etcd lease under which objects of a kind are stored; 0: none."""
        ttl_s = strategy.ttl_s(self)
        return await self._expiry.lease(ttl_s) if ttl_s else 0
