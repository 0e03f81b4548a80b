"""tcpdump: every simulated message that leaves or reaches the host, as it happens.

Messages are not cut into packets here: each is one line, its length that of its body as JSON. What TLS hides it hides
here as well: there is no way to look inside (the stage can).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from orrery.kernel import SECOND, MessageDropped, MessageReceived, MessageSent, Process, RpcError, TraceEvent
from orrery.kernel.trace import json_of
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.options import UsageError, read
from orrery.theatre.terminal.toolbox import Place
from orrery.theatre.terminal.tools.wire import ports

_FLAGS = {
    "interface": True,
    "numeric": False,
    "count": True,
    "verbose": False,
    "quick": False,
    "ascii": False,
    "hex": False,
    "line": False,
    "time": False,
    "ether": False,
    "snapshot": True,
    "quiet": False,
}
_SHORT = {
    "i": "interface",
    "n": "numeric",
    "c": "count",
    "v": "verbose",
    "q": "quick",
    "A": "ascii",
    "X": "hex",
    "l": "line",
    "t": "time",
    "e": "ether",
    "s": "snapshot",
}
_TCP = {"syn": "S", "syn-ack": "S.", "fin": "F.", "reset": "R"}
_KEPT_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Packet:
    """A message as it passes an interface. Ports as they are on the wire; hosts by name."""

    source: str
    target: str
    source_port: int
    target_port: int
    message: MessageSent


Filter = Callable[[Packet], bool]


async def tcpdump(place: Place, invocation: Invocation) -> int:
    options = read(invocation.arguments, _FLAGS, _SHORT)
    interface = options.last("interface", "eth0")
    if interface not in ("any", "eth0", "lo"):
        raise UsageError(f"{interface}: No such device exists")
    keeps = parse_filter(options.rest, _resolver(place))
    capture = _Capture(place, invocation, interface, "numeric" in options, keeps, options.number("count", 0))
    kind = "LINUX_SLL2 (Linux cooked v2)" if interface == "any" else "EN10MB (Ethernet)"
    if "ascii" in options or "hex" in options:
        invocation.stderr(
            place.said(
                "(내용은 TLS로 암호화되어 보이지 않습니다. 무대에서 메시지를 클릭하면 볼 수 있습니다)",
                "(what travels is TLS: click a message on the stage to read it)",
            )
            + "\n"
        )
    if interface == "any":
        invocation.stderr("tcpdump: data link type LINUX_SLL2\n")
    invocation.stderr("tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n")
    invocation.stderr(f"listening on {interface}, link-type {kind}, snapshot length 262144 bytes\n")
    stop = place.world.kernel.trace.subscribe(capture.on_event)
    try:
        await capture.enough.wait()
    finally:
        stop()
        count = capture.count
        noun = "packet" if count == 1 else "packets"
        invocation.stderr(f"{count} {noun} captured\n{count} {noun} received by filter\n0 packets dropped by kernel\n")
    return 0


class _Capture:
    def __init__(
        self, place: Place, invocation: Invocation, interface: str, numeric: bool, keeps: Filter, most: int
    ) -> None:
        self._kernel = place.world.kernel
        self._host = place.host.name
        self._invocation = invocation
        self._interface = interface
        self._numeric = numeric
        self._keeps = keeps
        self._most = most
        self._coming: dict[int, Packet] = {}  # by message: what is on its way to this host
        self._sent: dict[tuple[str, int, str, int], int] = {}  # bytes so far, by direction
        self.count = 0
        self.enough = invocation.process.event()

    def on_event(self, event: TraceEvent) -> None:
        kind = type(event)
        if kind is MessageSent:
            self._on_sent(event)  # type: ignore[arg-type]
        elif kind is MessageReceived:
            packet = self._coming.pop(event.message, None)  # type: ignore[attr-defined]
            if packet is not None:
                self._show(packet, "In")
        elif kind is MessageDropped:
            self._coming.pop(event.message, None)  # type: ignore[attr-defined]

    def _on_sent(self, message: MessageSent) -> None:
        source, target = message.source.partition("/")[0], message.target.partition("/")[0]
        if self._host not in (source, target):
            return
        packet = Packet(
            source, target, *ports(message, self._process(message.source), self._process(message.target)), message
        )
        if not self._keeps(packet):
            return
        if source == target:
            if self._interface in ("any", "lo"):
                self._show(packet, "In", "lo")
        elif self._interface == "lo":
            return
        elif source == self._host:
            self._show(packet, "Out")
        elif len(self._coming) < _KEPT_MOST:
            self._coming[message.message] = packet

    def _process(self, component: str) -> Process | None:
        host, _, name = component.partition("/")
        return self._kernel.hosts[host].processes.get(name) if host in self._kernel.hosts else None

    def _show(self, packet: Packet, direction: str, interface: str = "eth0") -> None:
        if self.enough.is_set():
            return
        self.count += 1
        wall_ns = self._kernel.hosts[self._host].wall_ns()
        when = datetime.fromtimestamp(wall_ns // SECOND, UTC)
        where = f"{interface:<5} {direction:<3} " if self._interface == "any" else ""
        ends = f"{self._name(packet.source)}.{packet.source_port} > {self._name(packet.target)}.{packet.target_port}"
        stamp = f"{when:%H:%M:%S}.{wall_ns % SECOND // 1000:06d}"
        self._invocation.stdout(f"{stamp} {where}IP {ends}: {self._described(packet)}\n")
        if self._most and self.count >= self._most:
            self.enough.set()

    def _described(self, packet: Packet) -> str:
        message = packet.message
        length = 0 if message.body is None else len(json_of(message.body))
        if message.part in _TCP:
            length = 0
        there = (packet.source, packet.source_port, packet.target, packet.target_port)
        back = (packet.target, packet.target_port, packet.source, packet.source_port)
        begin = self._sent.get(there, 1)
        if message.part == "syn":
            self._sent[there] = self._sent[back] = 1
            return f"Flags [S], seq {message.message * 64021 % (1 << 32)}, win 64240, length 0"
        if message.part == "syn-ack":
            return f"Flags [S.], seq {message.message * 64021 % (1 << 32)}, ack 1, win 65160, length 0"
        self._sent[there] = begin + length
        flags = _TCP.get(message.part, "P." if length else ".")
        sequence = f"seq {begin}:{begin + length}, " if length else f"seq {begin}, " if flags != "." else ""
        return f"Flags [{flags}], {sequence}ack {self._sent.get(back, 1)}, win 502, length {length}"

    def _name(self, host: str) -> str:
        return self._kernel.hosts[host].ip if self._numeric and host in self._kernel.hosts else host


def _resolver(place: Place) -> Callable[[str], str]:
    def resolve(name: str) -> str:
        try:
            return place.world.kernel.network.resolve(name).name
        except RpcError:
            raise UsageError(f"unknown host '{name}'") from None

    return resolve


# -- filters


def parse_filter(words: list[str], resolve: Callable[[str], str] = str) -> Filter:
    """`port 6443 and not host cp-1`: and, or, not, host, port, src, dst, tcp. `resolve` gives the host of a name or an
    address. Raises UsageError."""
    waiting = " ".join(words).replace("(", " ( ").replace(")", " ) ").split()
    if not waiting:
        return lambda packet: True
    found = _Parser(waiting, resolve).either()
    if waiting:
        raise UsageError("can't parse filter expression: syntax error")
    return found


class _Parser:
    def __init__(self, waiting: list[str], resolve: Callable[[str], str]) -> None:
        self._waiting = waiting
        self._resolve = resolve

    def either(self) -> Filter:
        first = self._both()
        while self._waiting and self._waiting[0] in ("or", "||"):
            self._waiting.pop(0)
            first = _or(first, self._both())
        return first

    def _both(self) -> Filter:
        first = self._one()
        while self._waiting and self._waiting[0] not in ("or", "||", ")"):
            if self._waiting[0] in ("and", "&&"):
                self._waiting.pop(0)
            first = _and(first, self._one())
        return first

    def _one(self) -> Filter:
        waiting = self._waiting
        if not waiting:
            raise UsageError("can't parse filter expression: syntax error")
        word = waiting.pop(0)
        if word in ("not", "!"):
            inner = self._one()
            return lambda packet: not inner(packet)
        if word == "(":
            inside = self.either()
            if waiting[:1] != [")"]:
                raise UsageError("can't parse filter expression: syntax error")
            waiting.pop(0)
            return inside
        if word in ("tcp", "ip"):
            return self._one() if waiting[:1] and waiting[0] in ("port", "src", "dst") else lambda packet: True
        if word in ("udp", "icmp", "arp", "ip6"):
            return lambda packet: False  # there is none of it here
        side = word if word in ("src", "dst") else ""
        if side:
            word = waiting.pop(0) if waiting and waiting[0] in ("host", "port") else "host"
        if word not in ("host", "port") or not waiting:
            raise UsageError(f"can't parse filter expression: syntax error near {word!r}")
        return self._end(word, side, waiting.pop(0))

    def _end(self, what: str, side: str, value: str) -> Filter:
        if what == "host":
            name = self._resolve(value)
            return lambda packet: (side != "dst" and packet.source == name) or (side != "src" and packet.target == name)
        if not value.isdigit():
            raise UsageError(f"unknown port '{value}'")
        port = int(value)
        return lambda packet: (
            (side != "dst" and packet.source_port == port) or (side != "src" and packet.target_port == port)
        )


def _or(a: Filter, b: Filter) -> Filter:
    return lambda packet: a(packet) or b(packet)


def _and(a: Filter, b: Filter) -> Filter:
    return lambda packet: a(packet) and b(packet)
