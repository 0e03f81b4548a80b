"""The client of etcd: it knows the members' addresses, finds one that answers, and hands on etcd's own errors.

Which calls are repeated follows clientv3: a read may always be asked again elsewhere; a write only where it certainly
was not begun, because nobody listened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from orrery.etcd import errors
from orrery.etcd.errors import EtcdError
from orrery.etcd.requests import (
    Compaction,
    CompactResponse,
    Compare,
    DeleteRange,
    DeleteResponse,
    LeaseGrant,
    LeaseKeepAlive,
    LeaseLeases,
    LeaseResponse,
    LeaseRevoke,
    LeasesResponse,
    LeaseTimeToLive,
    LeaseTimeToLiveResponse,
    MemberList,
    MembersResponse,
    Op,
    Put,
    PutResponse,
    Range,
    RangeResponse,
    StatusRequest,
    StatusResponse,
    Txn,
    TxnResponse,
    WatchRequest,
    WatchResponse,
)
from orrery.kernel import (
    MILLISECOND,
    SECOND,
    Address,
    Channel,
    ConnectionRefused,
    DeadlineExceeded,
    Process,
    RpcError,
    RpcFailure,
    Stream,
    Unreachable,
    sleep,
)

REQUEST_TIMEOUT_NS = 10 * SECOND  # longer than etcd's own 7 s, so that etcd's words come through
RETRY_PAUSE_NS = 100 * MILLISECOND
KEEPALIVE_NS = 30 * SECOND
KEEPALIVE_TIMEOUT_NS = 10 * SECOND


class Client:
    """Raises EtcdError from every call; code "Unavailable" or "DeadlineExceeded" says that the outcome is unknown."""

    def __init__(
        self, process: Process, endpoints: Sequence[Address], *, request_timeout_ns: int = REQUEST_TIMEOUT_NS
    ) -> None:
        if not endpoints:
            raise ValueError("an etcd client needs an endpoint")
        self._process = process
        self._timeout_ns = request_timeout_ns
        self._channels = {
            endpoint: process.dial(
                endpoint, protocol="etcd", keepalive_ns=KEEPALIVE_NS, keepalive_timeout_ns=KEEPALIVE_TIMEOUT_NS
            )
            for endpoint in endpoints
        }
        self._endpoints = tuple(endpoints)
        self._current = 0

    @property
    def endpoint(self) -> Address:
        """The endpoint that the next call goes to."""
        return self._endpoints[self._current]

    # -------------------------------------------------------------------------------------------- keys

    async def range(
        self,
        key: bytes,
        range_end: bytes | None = None,
        *,
        revision: int = 0,
        limit: int = 0,
        serializable: bool = False,
        count_only: bool = False,
        quiet: bool = False,
    ) -> RangeResponse:
        """Keys in [key, range_end), or `key` alone; of the newest revision or a past one."""
        body = Range(key, range_end, revision, limit, count_only, serializable)
        response: RangeResponse = await self._call("Range", body, repeatable=True, quiet=quiet)
        return response

    async def put(self, key: bytes, value: bytes, *, lease: int = 0, quiet: bool = False) -> PutResponse:
        response: PutResponse = await self._call("Put", Put(key, value, lease), quiet=quiet)
        return response

    async def delete(self, key: bytes, range_end: bytes | None = None, *, quiet: bool = False) -> DeleteResponse:
        response: DeleteResponse = await self._call("DeleteRange", DeleteRange(key, range_end), quiet=quiet)
        return response

    async def txn(
        self, compare: Sequence[Compare], success: Sequence[Op], failure: Sequence[Op] = (), *, quiet: bool = False
    ) -> TxnResponse:
        """If all comparisons hold do `success`, else `failure`, as one."""
        body = Txn(tuple(compare), tuple(success), tuple(failure))
        repeatable = all(isinstance(op, Range) for op in (*success, *failure))
        response: TxnResponse = await self._call("Txn", body, repeatable=repeatable, quiet=quiet)
        return response

    async def compact(self, revision: int) -> CompactResponse:
        response: CompactResponse = await self._call("Compact", Compaction(revision), quiet=True)
        return response

    # -------------------------------------------------------------------------------------------- leases

    async def lease_grant(self, ttl_s: int, id: int = 0) -> int:
        """Begin a lease; its id."""
        response: LeaseResponse = await self._call("LeaseGrant", LeaseGrant(id, ttl_s), quiet=True)
        return response.id

    async def lease_keep_alive(self, id: int) -> int:
        """Give a lease its full time again; that time in seconds. Raises EtcdError where it is gone."""
        response: LeaseResponse = await self._call("LeaseKeepAlive", LeaseKeepAlive(id), repeatable=True, quiet=True)
        if not response.ttl_s:
            raise errors.lease_not_found()
        return response.ttl_s

    async def lease_time_to_live(self, id: int) -> LeaseTimeToLiveResponse:
        body = LeaseTimeToLive(id)
        response: LeaseTimeToLiveResponse = await self._call("LeaseTimeToLive", body, repeatable=True, quiet=True)
        return response

    async def leases(self) -> LeasesResponse:
        response: LeasesResponse = await self._call("LeaseLeases", LeaseLeases(), repeatable=True, quiet=True)
        return response

    async def members(self) -> MembersResponse:
        response: MembersResponse = await self._call("MemberList", MemberList(), repeatable=True, quiet=True)
        return response

    async def lease_revoke(self, id: int) -> None:
        """End a lease: its keys are deleted."""
        await self._call("LeaseRevoke", LeaseRevoke(id))

    # -------------------------------------------------------------------------------------------- watches, status

    async def watch(
        self,
        key: bytes,
        range_end: bytes | None = None,
        *,
        start_revision: int,
        prev_kv: bool = True,
        require_leader: bool = True,
    ) -> WatchStream:
        """Every change of a key or range from `start_revision` on (0: from now)."""
        body = WatchRequest(key, range_end, start_revision, prev_kv, require_leader)
        deadline_ns = self._process.now_ns + self._timeout_ns
        while True:
            try:
                remaining_ns = deadline_ns - self._process.now_ns
                return WatchStream(await self._channel().stream("Watch", body, timeout_ns=remaining_ns), self._rotate)
            except RpcError as error:
                self._rotate()
                if self._process.now_ns + RETRY_PAUSE_NS >= deadline_ns:
                    raise _unavailable(error) from None
                await sleep(RETRY_PAUSE_NS)

    async def status(self, endpoint: Address) -> StatusResponse:
        """What one member says of itself."""
        channel = self._channels.get(endpoint) or self._process.dial(endpoint, protocol="etcd")
        try:
            response: StatusResponse = await channel.call(
                "Status", StatusRequest(), timeout_ns=self._timeout_ns, quiet=True
            )
        except RpcFailure as failure:
            raise EtcdError(failure.code, failure.message) from None
        except RpcError as error:
            raise _unavailable(error) from None
        return response

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()

    # -------------------------------------------------------------------------------------------- inside

    async def _call(self, kind: str, body: object, *, repeatable: bool = False, quiet: bool = False) -> Any:
        """Ask one endpoint after the other until one answers or the time is up."""
        process = self._process
        deadline_ns = process.now_ns + self._timeout_ns
        failures = 0
        while True:
            try:
                remaining_ns = deadline_ns - process.now_ns
                return await self._channel().call(kind, body, timeout_ns=remaining_ns, quiet=quiet)
            except RpcFailure as failure:
                if failure.code == errors.UNAVAILABLE:
                    self._rotate()  # cut off from its leader, perhaps: the next call had better try another
                raise EtcdError(failure.code, failure.message) from None
            except DeadlineExceeded:
                self._rotate()
                raise EtcdError(errors.DEADLINE_EXCEEDED, "context deadline exceeded") from None
            except RpcError as error:
                self._rotate()
                failures += 1
                never_sent = isinstance(error, ConnectionRefused | Unreachable)
                pause_ns = RETRY_PAUSE_NS if failures % len(self._endpoints) == 0 else 0
                if not (repeatable or never_sent) or process.now_ns + pause_ns >= deadline_ns:
                    raise _unavailable(error) from None
                await sleep(pause_ns)

    def _channel(self) -> Channel:
        return self._channels[self.endpoint]

    def _rotate(self) -> None:
        self._current = (self._current + 1) % len(self._endpoints)


class WatchStream:
    """An open watch."""

    __slots__ = ("_on_failure", "_stream")

    def __init__(self, stream: Stream, on_failure: Callable[[], object]) -> None:
        self._stream = stream
        self._on_failure = on_failure

    async def next(self) -> WatchResponse:
        """The next response; the task goes on under the cause of the write in it.

        Raises EtcdError when the watch is over: its start was compacted, its member lost its leader or is gone.
        """
        try:
            response = await self._stream.next()
        except RpcFailure as failure:
            self._on_failure()
            raise EtcdError(failure.code, failure.message) from None
        except RpcError as error:
            self._on_failure()
            raise _unavailable(error) from None
        assert isinstance(response, WatchResponse)
        return response

    def request_progress(self) -> None:
        """Ask how far the watch has come: a response with `progress` answers it."""
        self._stream.send("WatchProgress", None, quiet=True)

    def close(self) -> None:
        self._stream.close()


def _unavailable(error: RpcError) -> EtcdError:
    return EtcdError(errors.UNAVAILABLE, f"rpc error: code = Unavailable desc = {error}")
