"""kube-proxy's process: follows Services and EndpointSlices, and writes the rules at most once a second."""

from __future__ import annotations

from orrery.client import ApiClient, Informer
from orrery.kernel import MILLISECOND, SECOND, Process, sleep
from orrery.machinery.resources import ENDPOINTSLICES, SERVICES
from orrery.node.events import ProxyRulesChanged
from orrery.node.proxy.rules import RuleTable, build_rules, changed

MIN_SYNC_PERIOD_NS = 1 * SECOND
_RESTORE_NS = 20 * MILLISECOND  # iptables-restore, and a little more for each rule
_RESTORE_PER_RULE_NS = 20_000
_SLICES = "!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name"


class KubeProxy:
    """One node's kube-proxy; ``run`` is the main coroutine of its process. ``table`` is what is in force."""

    def __init__(
        self, process: Process, api: ApiClient, node_name: str, *, min_sync_period_ns: int = MIN_SYNC_PERIOD_NS
    ) -> None:
        self.table = RuleTable()
        self._process = process
        self._node_name = node_name
        self._min_sync_period_ns = min_sync_period_ns
        self._services = Informer(api, SERVICES, label_selector="!service.kubernetes.io/service-proxy-name")
        self._slices = Informer(api, ENDPOINTSLICES, label_selector=_SLICES)
        self._wake = process.event()
        self._cause = process.kernel.cause

    async def run(self) -> None:
        for informer in (self._services, self._slices):
            informer.add_handlers(self._changed, self._changed, self._changed)
            informer.start()
        await self._services.synced()
        await self._slices.synced()
        self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._process.kernel.cause = self._cause
            await self._sync()
            await sleep(self._min_sync_period_ns)

    def _changed(self, *objects: object) -> None:
        self._cause = self._process.kernel.cause
        self._wake.set()

    async def _sync(self) -> None:
        table = build_rules(self._services.cache.list(), self._slices.cache.list(), self._node_name)
        difference = changed(self.table, table)
        if not difference:
            return
        await sleep(_RESTORE_NS + table.rules * _RESTORE_PER_RULE_NS)
        self.table = table
        self._process.emit(ProxyRulesChanged(services=difference, chains=table.chains, rules=table.rules))
