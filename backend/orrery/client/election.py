"""Leader election on a Lease: of several candidates, the one that holds the lease leads.

Times are taken from the process's own monotonic clock: a candidate waits a whole lease duration from when it *saw* the
last renewal, so that clocks which disagree do no harm, as long as they run equally fast. It is not a lock: a leader
that hangs may believe itself leader for a moment when another already is. Source: client-go, tools/leaderelection.
"""

from __future__ import annotations

from collections.abc import Callable

from orrery.client.api import ApiClient, Document
from orrery.client.events import LeadershipChanged
from orrery.client.recorder import EventRecorder
from orrery.kernel import NO_CAUSE, SECOND, RpcError, TimeoutExpired, sleep
from orrery.machinery.resources import LEASES
from orrery.machinery.wire import StatusError

LEASE_DURATION_NS = 15 * SECOND
RENEW_DEADLINE_NS = 10 * SECOND
RETRY_PERIOD_NS = 2 * SECOND
JITTER = 1.2


class LeaderElector:
    """One candidate. `identity` defaults to the host and a random id, as the real components name themselves."""

    def __init__(
        self, api: ApiClient, namespace: str, name: str, *, identity: str = "",
        on_started_leading: Callable[[], object], on_stopped_leading: Callable[[], object] | None = None,
        lease_duration_ns: int = LEASE_DURATION_NS, renew_deadline_ns: int = RENEW_DEADLINE_NS,
        retry_period_ns: int = RETRY_PERIOD_NS,
    ) -> None:
        self._api = api
        self._process = api.process
        self.namespace = namespace
        self.name = name
        self.identity = identity or f"{api.process.host.name}_{api.process.random.uuid()}"
        self._on_started_leading = on_started_leading
        self._on_stopped_leading = on_stopped_leading
        self._lease_duration_ns = lease_duration_ns
        self._renew_deadline_ns = renew_deadline_ns
        self._retry_period_ns = retry_period_ns
        self._recorder = EventRecorder(api, component=name)
        self._observed: Document | None = None
        self._observed_ns = 0
        self.leads = False

    @property
    def holder(self) -> str:
        """Who holds the lease, as last seen."""
        return _spec(self._observed).get("holderIdentity") or ""

    async def run(self) -> None:
        """Stands for election until elected, leads until the lease cannot be renewed, then returns."""
        while not await self._attempt():
            jitter = 1.0 + JITTER * self._process.random.unit()
            await sleep(round(self._retry_period_ns * jitter))
        self._set_leads(True)
        self._on_started_leading()
        await self._renew()
        self._set_leads(False)
        if self._on_stopped_leading is not None:
            self._on_stopped_leading()

    async def _renew(self) -> None:
        begun_ns = self._process.now_ns
        deadline_ns = begun_ns + self._renew_deadline_ns
        while self._process.now_ns < deadline_ns:
            await sleep(max(0, begun_ns + self._retry_period_ns - self._process.now_ns))
            begun_ns = self._process.now_ns
            if begun_ns < deadline_ns and await self._attempt(deadline_ns - begun_ns):
                deadline_ns = self._process.now_ns + self._renew_deadline_ns

    async def _attempt(self, limit_ns: int = RENEW_DEADLINE_NS) -> bool:
        """Tries to take or renew the lease; True if it is ours now. An attempt that hangs is given up after half the
        renewal deadline, so that there is time for another."""
        self._process.kernel.cause = NO_CAUSE
        try:
            with self._process.timeout(min(limit_ns, self._renew_deadline_ns // 2)):
                return await self._try_acquire_or_renew()
        except (StatusError, RpcError, TimeoutExpired) as error:
            self._process.log(f"error retrieving or updating lease {self.namespace}/{self.name}: {error}", "warning")
            return False

    async def _try_acquire_or_renew(self) -> bool:
        now = self._process.timestamp_micro()
        if self.leads and self._observed is not None:
            try:  # the fast path: renew what we hold without reading it first
                self._observe(await self._put(self._observed, {**_spec(self._observed), "renewTime": now}))
                return True
            except StatusError as error:
                if error.code not in (404, 409):
                    raise
        try:
            lease = await self._api.get(LEASES, self.name, self.namespace, quiet=True)
        except StatusError as error:
            if error.code != 404:
                raise
            self._observe(await self._create(now))
            return True
        if self._observed is None or _spec(lease) != _spec(self._observed):
            self._observe(lease)
        spec = _spec(lease)
        holder = spec.get("holderIdentity") or ""
        if holder and holder != self.identity and self._is_valid(spec):
            return False
        ours = {**spec, "holderIdentity": self.identity, "renewTime": now,
                "leaseDurationSeconds": self._lease_duration_ns // SECOND}
        if holder != self.identity:
            ours["acquireTime"] = now
            ours["leaseTransitions"] = int(spec.get("leaseTransitions") or 0) + 1
        self._observe(await self._put(lease, ours))
        return True

    def _is_valid(self, spec: Document) -> bool:
        duration_ns = int(spec.get("leaseDurationSeconds") or 0) * SECOND
        return self._observed_ns + duration_ns > self._process.now_ns

    def _observe(self, lease: Document) -> None:
        self._observed = lease
        self._observed_ns = self._process.now_ns

    async def _create(self, now: str) -> Document:
        return await self._api.create(LEASES, {
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {"name": self.name, "namespace": self.namespace},
            "spec": {
                "holderIdentity": self.identity, "leaseDurationSeconds": self._lease_duration_ns // SECOND,
                "acquireTime": now, "renewTime": now, "leaseTransitions": 0,
            },
        }, quiet=True)

    async def _put(self, lease: Document, spec: Document) -> Document:
        return await self._api.update(LEASES, {**lease, "spec": spec}, quiet=True)

    def _set_leads(self, leads: bool) -> None:
        self.leads = leads
        lease = f"{self.namespace}/{self.name}"
        self._process.emit(LeadershipChanged(lease=lease, holder=self.identity, leads=leads))
        word = "became leader" if leads else "stopped leading"
        self._process.log(f"{self.identity} {word} of {lease}")
        if leads and self._observed is not None:
            self._recorder.event(self._observed, "Normal", "LeaderElection", f"{self.identity} became leader")


def _spec(lease: Document | None) -> Document:
    return (lease or {}).get("spec") or {}
