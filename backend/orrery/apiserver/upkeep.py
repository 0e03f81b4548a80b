"""What an API server does without being asked: bookmarks, compaction of etcd, leases of what expires, its own health.

One of the servers compacts etcd, every five minutes, to the revision of five minutes ago: whoever first writes
``compact_rev_key`` (``etcd3/compact.go``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orrery.etcd import Compare, EtcdError, Put, Range, RangeResponse
from orrery.kernel import MINUTE, NO_CAUSE, SECOND, TimeoutExpired, sleep

if TYPE_CHECKING:
    from orrery.apiserver.server import ApiServer

COMPACT_KEY = b"compact_rev_key"
HEALTH_KEY = b"/registry/health"
HEALTH_WAIT_NS = 2 * SECOND
LEASE_REUSED_NS = 1 * MINUTE


async def send_bookmarks(server: ApiServer) -> None:
    """Once a minute, tells every watcher who wants to know how far its watch has come."""
    while True:
        await sleep(server.config.bookmark_interval_ns)
        server.process.kernel.cause = NO_CAUSE
        revision = server.cacher.revision
        for watcher in list(server.watchers.values()):
            if watcher.bookmarks and watcher.sent_revision < revision:
                watcher.bookmark(revision)


async def compact(server: ApiServer) -> None:
    """Compacts etcd in turn with the other servers."""
    etcd = server.etcd
    turn, last_revision = 0, 0
    while True:
        await sleep(server.config.compaction_interval_ns)
        server.process.kernel.cause = NO_CAUSE
        try:
            response = await etcd.txn(
                [Compare(COMPACT_KEY, "version", "=", turn)],
                [Put(COMPACT_KEY, str(last_revision).encode())],
                [Range(COMPACT_KEY)],
                quiet=True,
            )
            if not response.succeeded:
                found = response.responses[0]
                assert isinstance(found, RangeResponse)
                turn = found.kvs[0].version if found.kvs else 0
                last_revision = response.revision
                continue
            turn += 1
            revision, last_revision = last_revision, response.revision
            if revision:
                await etcd.compact(revision)
        except EtcdError as error:
            server.process.log(f"compaction of etcd failed: {error.message}", "warning")


class ExpiryLeases:
    """The leases of what is kept for a while: what is stored within the same minute shares one."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._known: dict[int, tuple[int, int]] = {}  # seconds to live -> (lease, until when it is given out)

    async def lease(self, ttl_s: int) -> int:
        """A lease that lasts for at least that long."""
        process = self._server.process
        known = self._known.get(ttl_s)
        if known is not None and process.now_ns < known[1]:
            return known[0]
        lease = await self._server.etcd.lease_grant(ttl_s + LEASE_REUSED_NS // SECOND)
        self._known[ttl_s] = (lease, process.now_ns + LEASE_REUSED_NS)
        return lease


class EtcdHealth:
    """Whether etcd answers a linearizable read within two seconds; asked at most once in that time."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._answered = False
        self._asked_ns = -HEALTH_WAIT_NS

    async def check(self) -> bool:
        """The newest answer."""
        process = self._server.process
        if process.now_ns - self._asked_ns < HEALTH_WAIT_NS:
            return self._answered
        self._asked_ns = process.now_ns
        self._answered = False
        try:
            with process.timeout(HEALTH_WAIT_NS):
                await self._server.etcd.range(HEALTH_KEY, quiet=True)
            self._answered = True
        except (EtcdError, TimeoutExpired):
            pass
        return self._answered
