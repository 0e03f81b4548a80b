"""The client's side of a member: what etcd's KV, Watch, Lease and Maintenance services answer.

Writes go through the log. A linearizable read asks Raft for a read index first: one round of heartbeats for all reads
that wait (etcd's linearizable read loop). A serializable read is answered from what this member has, however old.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orrery.etcd import errors
from orrery.etcd.applier import Applied, check
from orrery.etcd.events import EtcdWatchChanged
from orrery.etcd.requests import (
    Command,
    Compaction,
    DeleteRange,
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
    Put,
    Range,
    Request,
    Response,
    StatusRequest,
    StatusResponse,
    Txn,
    WatchRequest,
)
from orrery.etcd.watch import WatchHub
from orrery.kernel import (
    MILLISECOND,
    NO_CAUSE,
    SECOND,
    Address,
    Call,
    Cause,
    Channel,
    Event,
    RpcError,
    RpcFailure,
    TimeoutExpired,
    sleep,
)

if TYPE_CHECKING:
    from orrery.etcd.member import EtcdMember

ELECTION_NS = 1 * SECOND
REQUEST_TIMEOUT_NS = 5 * SECOND + 2 * ELECTION_NS  # server/config: ReqTimeout
READ_INDEX_RETRY_NS = 500 * MILLISECOND
NO_LEADER_NS = 3 * ELECTION_NS  # after so long without a leader, watches end
LEASE_CHECK_NS = 500 * MILLISECOND
LEASE_RETRY_NS = 3 * SECOND


@dataclass(slots=True)
class _Proposed:
    """A request of ours on its way through the log."""

    done: Event
    applied: Applied | None = None
    cause: Cause = NO_CAUSE


@dataclass(slots=True)
class _Reader:
    """A linearizable read that waits for its index."""

    done: Event
    cause: Cause
    quiet: bool
    index: int = 0
    given_up: bool = False


@dataclass(slots=True)
class _Waits:
    proposed: dict[str, _Proposed] = field(default_factory=dict)
    readers: list[_Reader] = field(default_factory=list)
    for_index: list[tuple[int, Event]] = field(default_factory=list)


class Server:
    def __init__(self, member: EtcdMember) -> None:
        self._member = member
        self._process = member.process
        self._kernel = member.process.kernel
        self.watches = WatchHub(lambda: member.machine.store)
        self._waits = _Waits()
        self._numbers = 0
        self._leader = ""
        self._leader_known = Event(self._kernel)
        self._read_wanted = Event(self._kernel)
        self._read_settled = Event(self._kernel)
        self._read_context = ""
        self._read_index = 0
        self._lease_timer_set = False
        self._lessors: dict[str, Channel] = {}

    async def answer(self, call: Call) -> object:
        """Every request that arrives at the client port."""
        try:
            return await self._answer(call, call.body)
        except errors.EtcdError as error:
            raise RpcFailure(error.code, error.message) from None

    async def _answer(self, call: Call, body: object) -> object:
        match body:
            case Range():
                check(body)
                if not body.serializable:
                    await self.read_barrier(quiet=call.quiet)
                return self._member.machine.store.range(body)
            case Txn() if all(isinstance(op, Range) for op in (*body.success, *body.failure)):
                check(body)
                await self.read_barrier(quiet=call.quiet)
                return self._member.machine.store.txn(body)
            case Put() | DeleteRange() | Txn() | Compaction() | LeaseRevoke():
                return await self.propose(body, quiet=call.quiet)
            case LeaseGrant(id, ttl_s):
                return await self.propose(LeaseGrant(id or self._process.random.bits(62) + 1, ttl_s), quiet=call.quiet)
            case LeaseKeepAlive() | LeaseTimeToLive():
                return await self._of_the_lessor(call.kind, body)
            case LeaseLeases():
                return LeasesResponse(tuple(self._member.machine.lessor.leases), self._member.machine.store.revision)
            case MemberList():
                await self.read_barrier(quiet=call.quiet)
                member = self._member
                return MembersResponse(member.members, member.raft.term, member.machine.store.revision)
            case WatchRequest():
                if body.require_leader and not self._leader:
                    raise errors.no_leader()
                await self._watch(call, body)
                return None
            case StatusRequest():
                return self._status()
        raise errors.EtcdError("Unimplemented", f"unknown request {call.kind}")

    async def _watch(self, call: Call, request: WatchRequest) -> None:
        self._tell(call, request, open=True)
        try:
            await self.watches.serve(call, request)
        finally:
            if self._process.alive:
                self._tell(call, request, open=False)

    def _tell(self, call: Call, request: WatchRequest, *, open: bool) -> None:
        key, end = (part.decode("utf-8", "backslashreplace") for part in (request.key, request.range_end or b""))
        event = EtcdWatchChanged(
            member=self._member.name, call=call.number, peer=call.peer, key=key, range_end=end, open=open
        )
        self._process.emit(event, follow=False)

    def _status(self) -> StatusResponse:
        member, raft = self._member, self._member.raft
        return StatusResponse(
            member=member.name,
            leader=raft.leader,
            term=raft.term,
            raft_index=raft.commit,
            raft_applied_index=member.applied_index,
            revision=member.machine.store.revision,
            db_size_bytes=member.db_size_bytes(),
            errors=() if raft.leader else (errors.no_leader().message,),
        )

    # -------------------------------------------------------------------------------------------- writes

    async def propose(self, command: Command, *, quiet: bool) -> Response:
        """Take a command through the log and wait until this member has applied it. Raises EtcdError."""
        check(command)
        self._numbers += 1
        id = f"{self._member.name}.{self._process.incarnation}.{self._numbers}"
        request = Request(id, command, quiet)
        waiting = self._waits.proposed[id] = _Proposed(Event(self._kernel))
        begun_ns = self._kernel.now_ns
        try:
            with self._process.timeout(REQUEST_TIMEOUT_NS):
                while not self._member.propose(request):
                    await self._leader_wanted()
                await waiting.done.wait()
        except TimeoutExpired:
            raise self._timed_out(begun_ns) from None
        finally:
            del self._waits.proposed[id]
        applied = waiting.applied
        assert applied is not None
        self._kernel.cause = waiting.cause
        if applied.error is not None:
            raise applied.error
        assert applied.response is not None
        return applied.response

    def settle(self, id: str, applied: Applied) -> None:
        """A request was applied; if it was ours, somebody waits for it."""
        waiting = self._waits.proposed.get(id)
        if waiting is not None:
            waiting.applied, waiting.cause = applied, self._kernel.cause
            waiting.done.set()

    def _timed_out(self, begun_ns: int) -> errors.EtcdError:
        elected_ns = self._member.leader_since_ns
        if elected_ns - 2 * ELECTION_NS < begun_ns < elected_ns:
            return errors.timed_out_by_leader_failure()
        return errors.timed_out()

    async def _leader_wanted(self) -> None:
        if self._leader:
            await sleep(LEASE_CHECK_NS)  # there is one, but it takes nothing: it is handing over
        else:
            await self._leader_known.wait()

    # -------------------------------------------------------------------------------------------- reads

    async def read_barrier(self, *, quiet: bool) -> None:
        """Wait until this member has applied everything that was committed when the read came. Raises EtcdError."""
        reader = _Reader(Event(self._kernel), self._kernel.cause, quiet)
        self._waits.readers.append(reader)
        self._read_wanted.set()
        begun_ns = self._kernel.now_ns
        try:
            with self._process.timeout(REQUEST_TIMEOUT_NS):
                await reader.done.wait()
                if self._member.applied_index < reader.index:
                    caught_up = Event(self._kernel)
                    self._waits.for_index.append((reader.index, caught_up))
                    await caught_up.wait()
        except TimeoutExpired:
            raise self._timed_out(begun_ns) from None
        finally:
            reader.given_up = True

    async def read_index_loop(self) -> None:
        """One read index at a time: all reads that come meanwhile share the next."""
        number = 0
        while True:
            await self._read_wanted.wait()
            self._read_wanted.clear()
            batch, self._waits.readers = self._waits.readers, []
            self._kernel.cause = batch[0].cause
            quiet = all(reader.quiet for reader in batch)
            number += 1
            context = f"{'quiet ' * quiet}read {number}.{self._process.incarnation} of {self._member.name}"
            await self._read_index_of(context, batch, quiet)
            for reader in batch:
                reader.index = self._read_index
                reader.done.set()

    async def _read_index_of(self, context: str, batch: list[_Reader], quiet: bool) -> None:
        """Ask until there is an answer, or nobody wants it any more."""
        self._read_context = context
        self._read_settled.clear()
        cause = self._kernel.cause
        while not self._read_settled.is_set() and not all(reader.given_up for reader in batch):
            self._kernel.cause = cause
            asked = self._member.read(context, quiet=quiet)
            try:
                with self._process.timeout(READ_INDEX_RETRY_NS):
                    if asked:
                        await self._read_settled.wait()
                    else:
                        await self._leader_known.wait()
            except TimeoutExpired:
                continue

    def read_ready(self, context: str, index: int) -> None:
        if context == self._read_context:
            self._read_index = index
            self._read_settled.set()

    def applied(self, index: int) -> None:
        """Everything up to `index` is applied: let the reads go that waited for it."""
        waiting = self._waits.for_index
        if waiting:
            self._waits.for_index = [(wanted, event) for wanted, event in waiting if wanted > index]
            for wanted, event in waiting:
                if wanted <= index:
                    event.set()

    # -------------------------------------------------------------------------------------------- leadership

    def leader_changed(self, leader: str) -> None:
        self._leader = leader
        if leader:
            self._leader_known.set()
        elif self._leader_known.is_set():
            self._leader_known.clear()
            self._process.call_later(NO_LEADER_NS, self._still_no_leader, self._kernel.now_ns)
        lessor = self._member.machine.lessor
        if leader == self._member.name:
            if not lessor.primary:
                lessor.promote(self._kernel.now_ns, ELECTION_NS)
                self.leases_changed()
        else:
            lessor.demote()

    def _still_no_leader(self, since_ns: int) -> None:
        if not self._leader and self._member.leader_since_ns <= since_ns:
            self.watches.no_leader()

    # -------------------------------------------------------------------------------------------- leases

    async def _of_the_lessor(
        self, kind: str, request: LeaseKeepAlive | LeaseTimeToLive
    ) -> LeaseResponse | LeaseTimeToLiveResponse:
        """Only the leader counts a lease's time: anybody else asks it."""
        member = self._member
        try:
            with self._process.timeout(REQUEST_TIMEOUT_NS):
                while not member.machine.lessor.primary:
                    if request.forwarded:
                        raise errors.no_leader()
                    if self._leader and self._leader != member.name:
                        try:
                            answer = await self._lessor().call(kind, type(request)(request.id, True), quiet=True)
                            assert isinstance(answer, LeaseResponse | LeaseTimeToLiveResponse)
                            return answer
                        except RpcError:
                            await sleep(50 * MILLISECOND)
                    else:
                        await self._leader_known.wait()
        except TimeoutExpired:
            raise errors.timed_out() from None
        lessor, revision = member.machine.lessor, member.machine.store.revision
        if isinstance(request, LeaseKeepAlive):
            return LeaseResponse(request.id, lessor.renew(request.id, self._kernel.now_ns), revision)
        lease = lessor.leases.get(request.id)
        left_s = lessor.remaining_s(request.id, self._kernel.now_ns)
        granted_s, keys = (lease.ttl_s, tuple(sorted(lease.keys))) if lease is not None else (0, ())
        return LeaseTimeToLiveResponse(request.id, left_s, granted_s, keys, revision)

    def _lessor(self) -> Channel:
        channel = self._lessors.get(self._leader)
        if channel is None:
            host = self._leader.partition("/")[0]
            channel = self._lessors[self._leader] = self._process.dial(Address(host, 2379), protocol="etcd")
        return channel

    def leases_changed(self) -> None:
        """While this member leads and there are leases, look twice a second whether one has run out."""
        lessor = self._member.machine.lessor
        if lessor.primary and lessor.leases and not self._lease_timer_set:
            self._lease_timer_set = True
            self._process.call_later(LEASE_CHECK_NS, self._check_leases)

    def _check_leases(self) -> None:
        self._lease_timer_set = False
        self._kernel.cause = NO_CAUSE
        lessor = self._member.machine.lessor
        if lessor.primary:
            for id in lessor.expired(self._kernel.now_ns, LEASE_RETRY_NS):
                self._process.spawn(self._expire(id), name="lease expiry")
        self.leases_changed()

    async def _expire(self, id: int) -> None:
        try:
            await self.propose(LeaseRevoke(id), quiet=True)
        except errors.EtcdError:
            pass  # whoever leads next will find it
