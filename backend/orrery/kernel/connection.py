"""One connection and its two ends: frames in order, sent again when lost, until somebody gives up."""

from bisect import insort
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from orrery.kernel.events import Message, MessageDelayed
from orrery.kernel.units import MILLISECOND, SECOND

if TYPE_CHECKING:
    from orrery.kernel.network import Network
    from orrery.kernel.process import Process

RTO_FIRST_NS = 200 * MILLISECOND  # the least retransmission time-out of Linux
RTO_MOST_NS = 8 * SECOND
GIVE_UP_NS = 60 * SECOND  # TCP_USER_TIMEOUT: unanswered data for so long ends the connection


class Connection:
    """Two ends on two processes, each bound to the boot of its host: a rebooted host does not know it."""

    __slots__ = ("client", "server")

    def __init__(self, network: "Network", client: "Process", server: "Process") -> None:
        number = network.next_connection()
        self.client = End(network, number, client)
        self.server = End(network, number, server)
        self.client.peer, self.server.peer = self.server, self.client

    def accept(self, acceptor: "Callable[[End], object]") -> None:
        process = self.server.process
        if process.frozen is not None:
            process.frozen.append((acceptor, self.server))
        else:
            process.guard(acceptor, self.server)


class End:
    """One side of a connection, and the direction away from it.

    `on_frame` is called with each message that arrives, in order, under its cause; `on_close` once, with a reason,
    when the peer or the link ended it.
    """

    __slots__ = ("_backlog", "_boots", "_busy_until_ns", "_network", "_rto_ns", "_stalled_since_ns", "number",
                 "on_close", "on_frame", "open", "peer", "process")

    def __init__(self, network: "Network", number: int, process: "Process") -> None:
        self._network = network
        self.number = number
        self.process = process
        self.peer: End
        self.open = True
        self.on_frame: Callable[[Message], object] = _ignore
        self.on_close: Callable[[str], object] = _ignore
        self._backlog: list[Message] = []
        self._busy_until_ns = 0
        self._stalled_since_ns: int | None = None
        self._rto_ns = RTO_FIRST_NS
        self._boots = process.host.boots
        process.ends[number] = self

    def transmit(
        self, protocol: str, kind: str, body: object, *, part: str, call: int = 0, quiet: bool = False
    ) -> None:
        """Sends a frame to the other side. Nothing happens on a closed end."""
        process = self.process
        if not self.open or not process.alive:
            return
        network = self._network
        kernel = network.kernel
        cause = kernel.cause
        message = network.make(process, self.peer.process.id, protocol, kind, body, quiet, part, call)
        link = network.link(process.host.name, self.peer.process.host.name)
        message.arrives_ns = self._arrival_ns(network.latency_ns(link))
        network.trace_sent(message)
        kernel.cause = cause
        if self._stalled_since_ns is not None:
            self._backlog.append(message)
            self._delayed(message, "behind a lost frame")
        elif network.lets_pass(link, process.host.name):
            kernel.push(message.arrives_ns - kernel.now_ns, self._arrive, message)
        else:
            self._stall(message, "link cut" if link.is_cut(process.host.name) else "lost")

    def forward(self, message: "Message") -> None:
        """Sends on what came from another connection: a proxy's work."""
        self.transmit(
            message.protocol, message.kind, message.body, part=message.part, call=message.call, quiet=message.quiet
        )

    def close(self) -> None:
        """Ends the connection: the other side is told, in order."""
        if self.open:
            self.transmit("tcp", "FIN", None, part="fin", quiet=True)
            self._discard("closed")

    def abandon(self, *, silent: bool) -> None:
        """The process is gone. Its operating system resets the connection, unless that is gone too (`silent`)."""
        if not self.open:
            return
        if not silent and self.process.host.up:
            network = self._network
            reset = network.make(self.process, self.peer.process.id, "tcp", "RST", None, True, "reset")
            network.post(self.process.host, self.peer.process.host, reset, self.peer._on_reset)
        self._discard("process ended")

    @property
    def backlog(self) -> int:
        """How many frames wait behind a lost one, or before a peer that hangs."""
        frozen = self.peer.process.frozen
        return len(self._backlog) + (len(frozen) if frozen is not None else 0)

    # -- arrival

    def _arrive(self, message: "Message") -> None:
        network = self._network
        peer = self.peer
        host = self.process.host
        target = peer.process.host
        link = network.link(host.name, target.name)
        if self._backlog and self._backlog[0].message < message.message:
            self._delayed(message, "behind a lost frame")
            insort(self._backlog, message, key=_number)
        elif link.cut and link.is_cut(host.name):
            self._stall(message, "link cut")
        elif not target.up:
            self._stall(message, "host down")
        elif not peer.open:
            network.trace_dropped(message, "target", "connection closed")
            if self.open and message.part != "fin":
                self._on_reset_later()
        else:
            peer._take(message)

    def _take(self, message: "Message") -> None:
        process = self.process
        if process.frozen is not None:
            process.frozen.append((self._take, message))
            return
        if not self.open:
            self._network.trace_dropped(message, "target", "connection closed")
            return
        self._network.trace_received(message)
        if message.part == "fin":
            self._ended("closed by the peer")
        else:
            process.guard(self.on_frame, message)

    def _on_reset_later(self) -> None:
        """The other host does not know this connection (any more): it answers with a reset."""
        network = self._network
        peer = self.peer
        reset = network.make(peer.process, self.process.id, "tcp", "RST", None, True, "reset")
        network.post(peer.process.host, self.process.host, reset, self._on_reset)

    def _on_reset(self, reset: "Message", host: Any) -> None:
        self._network.trace_received(reset)
        self._ended("connection reset by peer")

    def _ended(self, reason: str) -> None:
        if not self.open:
            return
        process = self.process
        if process.frozen is not None:
            process.frozen.append((self._ended, reason))
            return
        self._discard(reason)
        if process.alive:
            process.guard(self.on_close, reason)

    def _discard(self, reason: str) -> None:
        self.open = False
        self.process.ends.pop(self.number, None)
        backlog, self._backlog = self._backlog, []
        for message in backlog:
            self._network.trace_dropped(message, "link", reason)

    # -- loss

    def _arrival_ns(self, latency_ns: int) -> int:
        """In order: never before, nor together with, the frame ahead."""
        self._busy_until_ns = at_ns = max(self._network.kernel.now_ns + latency_ns, self._busy_until_ns + 1)
        return at_ns

    def _stall(self, message: "Message", reason: str) -> None:
        kernel = self._network.kernel
        insort(self._backlog, message, key=_number)
        self._delayed(message, reason)
        if self._stalled_since_ns is None:
            self._stalled_since_ns = kernel.now_ns
            self._rto_ns = RTO_FIRST_NS
            kernel.push(self._rto_ns, self._retry, None)

    def _delayed(self, message: "Message", reason: str, arrives_ns: int = 0) -> None:
        kernel = self._network.kernel
        if kernel.trace.enabled:
            kernel.cause = message.cause
            kernel.trace.emit(
                MessageDelayed(source=message.source, message=message.message, reason=reason, arrives_ns=arrives_ns)
            )

    def _retry(self, _: None) -> None:
        if not self.open and not self._backlog:
            return
        network = self._network
        kernel = network.kernel
        host, target = self.process.host, self.peer.process.host
        if not host.up or host.boots != self._boots or self._stalled_since_ns is None:
            return
        link = network.link(host.name, target.name)
        if network.lets_pass(link, host.name) and target.up:
            self._stalled_since_ns = None
            backlog, self._backlog = self._backlog, []
            for message in backlog:
                arrives_ns = self._arrival_ns(network.latency_ns(link))
                self._delayed(message, "sent again", arrives_ns)
                kernel.push(arrives_ns - kernel.now_ns, self._arrive, message)
        elif kernel.now_ns - self._stalled_since_ns >= GIVE_UP_NS:
            self._ended("connection timed out")
        else:
            self._rto_ns = min(2 * self._rto_ns, RTO_MOST_NS)
            kernel.push(self._rto_ns, self._retry, None)


def _number(message: "Message") -> int:
    return message.message


def _ignore(_: object) -> None:
    return None
