"""Remote calls over connections: many at once on one connection, with streams, cancellation and keep-alive.

Behaves as HTTP/2 and gRPC do where it matters: a call that is given up is cancelled at the server, a connection that
has been silent is pinged, and when no answer comes every call on it fails with ConnectionReset.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from orrery.kernel.events import Message
from orrery.kernel.network import Address, ConnectionReset, DeadlineExceeded, RpcError
from orrery.kernel.tasks import Event, Queue, Task, TimeoutExpired, timeout
from orrery.kernel.trace import Cause

if TYPE_CHECKING:
    from orrery.kernel.connection import End
    from orrery.kernel.process import Process


class RpcFailure(RpcError):
    """The peer answered with an error; a handler raises it to answer so."""

    def __init__(self, code: str, message: str, details: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


class StreamEnded(RpcError):
    """The server has ended the stream."""


class Reply(NamedTuple):
    """A handler's answer under a name of its own, such as "201 Created"."""

    kind: str
    body: object


class Failure(NamedTuple):
    """The body of an answer of the part "error"."""

    code: str
    message: str
    details: object


# -- the server's side


class Call:
    """One call as its handler sees it. When the caller gives up or is gone, `closed` is set and the handler is
    cancelled at its wait."""

    __slots__ = ("_end", "_inbox", "_protocol", "_server", "closed", "kind", "body", "number", "peer", "quiet",
                 "streaming", "task")

    def __init__(self, server: "_Connection", message: Message) -> None:
        self._server = server
        self._end = server.end
        self._protocol = server.protocol
        self.kind = message.kind
        self.body = message.body
        self.peer = message.source
        self.quiet = message.quiet
        self.number = message.call
        self.streaming = message.part == "stream"
        self.closed = Event(server.end.process.kernel)
        self._inbox: Queue[Message] | None = None
        self.task: Task | None = None

    def push(self, kind: str, body: object, *, protocol: str | None = None, quiet: bool = False) -> None:
        """Sends one item of the stream."""
        self._end.transmit(protocol or self._protocol, kind, body, part="item", call=self.number, quiet=quiet)

    async def receive(self) -> object:
        """The next item that the caller sent on the stream."""
        return (await self._items().get()).body

    @property
    def backlog(self) -> int:
        """How many frames wait on their way to the caller: behind a lost one, or for a caller that hangs."""
        return self._end.backlog

    def _items(self) -> Queue[Message]:
        if self._inbox is None:
            self._inbox = Queue(self._end.process.kernel)
        return self._inbox

    def _give_up(self) -> None:
        self.closed.set()
        if self.task is not None:
            self.task.cancel()


Handler = Callable[[Call], Awaitable[object]]


class _Connection:
    """A connection that a server accepted, and the calls that run on it."""

    __slots__ = ("_calls", "_handler", "end", "protocol")

    def __init__(self, end: "End", handler: Handler, protocol: str) -> None:
        self.end = end
        self.protocol = protocol
        self._handler = handler
        self._calls: dict[int, Call] = {}
        end.on_frame = self._on_frame
        end.on_close = self._on_close

    def _on_frame(self, message: Message) -> None:
        part = message.part
        if part == "request" or part == "stream":
            call = Call(self, message)
            self._calls[message.call] = call
            call.task = self.end.process.spawn(self._answer(call), name=message.kind)
        elif part == "ping":
            self.end.transmit("tcp", "PING ACK", None, part="pong", quiet=True)
        else:
            known = self._calls.get(message.call)
            if known is not None:
                if part == "item":
                    known._items().put(message)
                elif part == "cancel":
                    known._give_up()

    async def _answer(self, call: Call) -> None:
        end = self.end
        try:
            answer = await self._handler(call)
        except RpcFailure as failure:
            body = Failure(failure.code, failure.message, failure.details)
            end.transmit(self.protocol, failure.code, body, part="error", call=call.number, quiet=call.quiet)
            return
        finally:
            self._calls.pop(call.number, None)
        if call.streaming:
            end.transmit(self.protocol, "end", None, part="end", call=call.number, quiet=True)
        elif type(answer) is Reply:
            end.transmit(
                self.protocol, answer.kind, answer.body, part="response", call=call.number, quiet=call.quiet
            )
        else:
            end.transmit(self.protocol, call.kind, answer, part="response", call=call.number, quiet=call.quiet)

    def _on_close(self, reason: str) -> None:
        for call in list(self._calls.values()):
            call._give_up()


def serve(process: "Process", port: int, handler: Handler, protocol: str) -> None:
    """Answers calls at a port. What the handler returns is the answer; RpcFailure answers an error; any other
    exception is a bug and ends the process."""
    process.accept(port, lambda end: _Connection(end, handler, protocol))


# -- the caller's side


class _Pending:
    """A call or stream that waits for its peer."""

    __slots__ = ("cause", "error", "items", "message", "settled")

    def __init__(self, process: "Process", streaming: bool) -> None:
        self.settled = Event(process.kernel)
        self.items: Queue[Message | None] | None = Queue(process.kernel) if streaming else None
        self.message: Message | None = None
        self.error: RpcError | None = None
        self.cause: Cause | None = None

    def fail(self, error: RpcError) -> None:
        self.error = error
        self.settled.set()
        if self.items is not None:
            self.items.put(None)


class Stream:
    """The caller's side of a stream."""

    __slots__ = ("_channel", "_number", "_pending", "open")

    def __init__(self, channel: "Channel", number: int, pending: _Pending) -> None:
        self._channel = channel
        self._number = number
        self._pending = pending
        self.open = True

    async def next(self) -> Any:
        """The next item's body; the task goes on under its cause. Raises StreamEnded, RpcFailure or ConnectionReset."""
        pending = self._pending
        assert pending.items is not None
        if pending.error is not None and not len(pending.items):
            raise pending.error
        message = await pending.items.get()
        if message is None:
            self.open = False
            assert pending.error is not None
            raise pending.error
        return message.body

    def send(self, kind: str, body: object, *, quiet: bool = False) -> None:
        self._channel._transmit(kind, body, "item", self._number, quiet)

    def close(self) -> None:
        """Tells the server that nobody listens any more."""
        if self.open:
            self.open = False
            self._channel._give_up(self._number)


class Channel:
    """Calls to one address over one connection, which is opened when needed."""

    def __init__(
        self, process: "Process", to: Address, protocol: str, keepalive_ns: int, keepalive_timeout_ns: int
    ) -> None:
        self._process = process
        self._kernel = process.kernel
        self.to = to
        self._protocol = protocol
        self._keepalive_ns = keepalive_ns
        self._keepalive_timeout_ns = keepalive_timeout_ns
        self._end: End | None = None
        self._opening: Event | None = None
        self._pending: dict[int, _Pending] = {}
        self._heard_ns = 0
        self._pinged = False

    @property
    def peer(self) -> str | None:
        """The component at the other end; None while there is no connection."""
        return self._end.peer.process.id if self._end is not None else None

    async def call(self, kind: str, body: object, *, timeout_ns: int | None = None, quiet: bool = False) -> Any:
        """Asks and waits for the answer's body; the task goes on under the answer's cause.

        Raises ConnectionRefused, Unreachable, ConnectionReset, DeadlineExceeded, or RpcFailure as the peer answered.
        """
        if timeout_ns is None:
            return await self._call(kind, body, quiet)
        guard = timeout(self._kernel, timeout_ns)
        try:
            with guard:
                return await self._call(kind, body, quiet)
        except TimeoutExpired:
            if not guard.expired:
                raise
            raise DeadlineExceeded(f"no answer from {self.to.host}:{self.to.port} in {timeout_ns / 1e9:g} s") from None

    async def stream(self, kind: str, body: object, *, timeout_ns: int | None = None, quiet: bool = False) -> Stream:
        """Opens a stream; it is open as soon as the request is sent."""
        if timeout_ns is None:
            await self._connected()
        else:
            try:
                with timeout(self._kernel, timeout_ns):
                    await self._connected()
            except TimeoutExpired:
                raise DeadlineExceeded(f"no connection to {self.to.host}:{self.to.port} in time") from None
        number, pending = self._begin(streaming=True)
        self._transmit(kind, body, "stream", number, quiet)
        return Stream(self, number, pending)

    def close(self) -> None:
        """Closes the connection; what still waits on it fails."""
        end, self._end = self._end, None
        if end is not None:
            end.close()
            self._fail_all(ConnectionReset("the channel was closed"))

    # -- inside

    async def _call(self, kind: str, body: object, quiet: bool) -> Any:
        if self._end is None:
            await self._connected()
        number, pending = self._begin(streaming=False)
        self._transmit(kind, body, "request", number, quiet)
        try:
            await pending.settled.wait()
        except BaseException:
            self._give_up(number)
            raise
        if pending.error is not None:
            raise pending.error
        message = pending.message
        assert message is not None and pending.cause is not None
        self._kernel.cause = pending.cause
        return message.body

    def _begin(self, *, streaming: bool) -> tuple[int, _Pending]:
        number = self._kernel.network.next_call()
        pending = self._pending[number] = _Pending(self._process, streaming)
        return number, pending

    def _transmit(self, kind: str, body: object, part: str, number: int, quiet: bool) -> None:
        if self._end is not None:
            self._end.transmit(self._protocol, kind, body, part=part, call=number, quiet=quiet)

    def _give_up(self, number: int) -> None:
        if self._pending.pop(number, None) is not None:
            self._transmit("cancel", None, "cancel", number, True)

    async def _connected(self) -> None:
        while self._end is None:
            if self._opening is not None:
                await self._opening.wait()
                continue
            self._opening = Event(self._kernel)
            try:
                end = await self._process.connect(self.to)
                end.on_frame = self._on_frame
                end.on_close = self._on_close
                self._end = end
                self._heard_ns = self._kernel.now_ns
                self._pinged = False
                self._process.call_later(self._keepalive_ns, self._check, end)
            finally:
                opening, self._opening = self._opening, None
                opening.set()

    def _on_frame(self, message: Message) -> None:
        self._heard_ns = self._kernel.now_ns
        self._pinged = False
        part = message.part
        if part == "item":
            pending = self._pending.get(message.call)
            if pending is not None and pending.items is not None:
                pending.items.put(message)
            return
        pending = self._pending.pop(message.call, None)
        if pending is None:
            return
        pending.cause = self._kernel.cause
        if part == "response":
            pending.message = message
            pending.settled.set()
        elif part == "error":
            failure = message.body
            assert isinstance(failure, Failure)
            pending.fail(RpcFailure(failure.code, failure.message, failure.details))
        elif part == "end":
            pending.fail(StreamEnded("the server ended the stream"))

    def _on_close(self, reason: str) -> None:
        self._end = None
        self._fail_all(ConnectionReset(reason))

    def _fail_all(self, error: RpcError) -> None:
        waiting, self._pending = self._pending, {}
        for pending in waiting.values():
            pending.fail(error)

    def _check(self, end: "End") -> None:
        """Pings a silent connection, and gives it up when the ping stays unanswered."""
        if self._end is not end:
            return
        now_ns = self._kernel.now_ns
        if self._pinged:
            self._end = None
            end.close()
            self._fail_all(ConnectionReset("client connection lost"))
            return
        silent_ns = now_ns - self._heard_ns
        if silent_ns < self._keepalive_ns:
            self._process.call_later(self._keepalive_ns - silent_ns, self._check, end)
            return
        self._pinged = True
        end.transmit("tcp", "PING", None, part="ping", quiet=True)
        self._process.call_later(self._keepalive_timeout_ns, self._check_ping, end)

    def _check_ping(self, end: "End") -> None:
        if self._end is end and not self._pinged:
            self._process.call_later(self._keepalive_ns, self._check, end)
        else:
            self._check(end)


__all__ = ["Call", "Channel", "Failure", "Handler", "Reply", "RpcFailure", "Stream", "StreamEnded", "serve"]
