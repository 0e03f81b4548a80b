"""The network: datagrams that may be lost, and connections that are ordered and reliable while the link lives.

A connection behaves as TCP does where people can see it: opening takes a round trip, a lost frame is sent again after a
time-out that doubles and holds up what is behind it, a dead process closes or resets its connections, a dead host says
nothing at all. Sizes and bandwidth are not modelled here; whoever moves much data waits for it (an image pull does).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from orrery.kernel.connection import Connection, End
from orrery.kernel.events import LinkChanged, Message, MessageDropped, MessageReceived
from orrery.kernel.link import LOOPBACK, OUTSIDE, Link, LinkProfile
from orrery.kernel.tasks import Event, TimeoutExpired, timeout
from orrery.kernel.trace import Cause
from orrery.kernel.units import SECOND

if TYPE_CHECKING:
    from orrery.kernel.host import Host
    from orrery.kernel.kernel import Kernel
    from orrery.kernel.process import Process

_SYN_RETRY_NS = 1 * SECOND

# Messages make up nearly the whole trace: setting their fields one by one takes half the time of a call by name.
_new = object.__new__
_new_tuple = tuple.__new__


class RpcError(Exception):
    """A call that got no answer from its peer."""


class ConnectionRefused(RpcError):
    """Nothing listens at that port."""


class ConnectionReset(RpcError):
    """The connection broke before the answer came; whether the call was carried out is unknown."""


class Unreachable(RpcError):
    """No connection could be opened in time."""


class DeadlineExceeded(RpcError):
    """No answer in time; whether the call was carried out is unknown."""


class Address(NamedTuple):
    """Where to reach a process: a host's name, alias or IP address, and a port."""

    host: str
    port: int


class Listener(NamedTuple):
    """A process at a port: a handler of datagrams, or an acceptor of connections."""

    process: "Process"
    handler: Callable[[Message], object] | None
    acceptor: Callable[[End], object] | None


class Network:
    """Every host, every link between two of them, every message under way."""

    def __init__(self, kernel: "Kernel") -> None:
        self.kernel = kernel
        self._names: dict[str, Host] = {}
        self._links: dict[tuple[str, str], Link] = {}
        self._profiles: dict[tuple[str, str], LinkProfile] = {}
        self.default_profile = LinkProfile()
        self._messages = 0
        self._calls = 0
        self._connections = 0
        self._random = kernel.stream("network")

    # -- names

    def register(self, host: "Host") -> None:
        for name in (host.name, host.ip):
            if name in self._names:
                raise ValueError(f"{name} is taken by host {self._names[name].name}")
            self._names[name] = host

    def alias(self, name: str, host: str) -> None:
        """A further DNS name of a host."""
        self._names[name] = self._names[host]

    def names(self) -> dict[str, list[str]]:
        """Every host's names, its own first."""
        found: dict[str, list[str]] = {name: [name] for name in self.kernel.hosts}
        for name, host in self._names.items():
            if name not in (host.name, host.ip):
                found[host.name].append(name)
        return found

    def resolve(self, name: str) -> "Host":
        host = self._names.get(name)
        if host is None:
            raise Unreachable(f"lookup {name}: no such host")
        return host

    # -- links

    def link(self, a: str, b: str) -> Link:
        """The link between two hosts, by their names."""
        key = (a, b) if a <= b else (b, a)
        link = self._links.get(key)
        if link is None:
            for name in key:
                if name not in self.kernel.hosts:
                    raise KeyError(f"there is no host {name!r}")
            link = self._links[key] = Link(*key, self._profiles.get(key) or self._usual(*key))
        return link

    def set_profile(self, a: str, b: str, profile: LinkProfile) -> None:
        self._profiles[(a, b) if a <= b else (b, a)] = profile
        self.link(a, b).profile = profile

    def links(self) -> list[Link]:
        """Every link that has been used or touched so far, in order of first use."""
        return list(self._links.values())

    def cut(self, a: str, b: str, *, one_way: bool = False) -> None:
        """Lets nothing pass from a to b, nor back unless it is one-way."""
        link = self.link(a, b)
        link.cut = {**link.cut, a: True} if one_way else {a: True, b: True}
        self._changed(link)

    def heal(self, a: str, b: str) -> None:
        """The link is as new."""
        link = self.link(a, b)
        link.cut, link.slow_ns, link.drop = {}, 0, 0.0
        self._changed(link)

    def slow(self, a: str, b: str, extra_ns: int) -> None:
        link = self.link(a, b)
        link.slow_ns = extra_ns
        self._changed(link)

    def drop(self, a: str, b: str, probability: float) -> None:
        link = self.link(a, b)
        link.drop = probability
        self._changed(link)

    def _usual(self, a: str, b: str) -> LinkProfile:
        if a == b:
            return LOOPBACK
        if "outside" in (self.kernel.hosts[a].role, self.kernel.hosts[b].role):
            return OUTSIDE
        return self.default_profile

    def _changed(self, link: Link) -> None:
        self.kernel.trace.emit(
            LinkChanged(
                source=f"{link.a}|{link.b}", a=link.a, b=link.b, cut_a_to_b=link.is_cut(link.a),
                cut_b_to_a=link.is_cut(link.b), slow_ns=link.slow_ns, drop=link.drop,
            )
        )

    # -- messages

    def listen(
        self, process: "Process", port: int, *, handler: Callable[[Message], object] | None = None,
        acceptor: Callable[[End], object] | None = None,
    ) -> None:
        listeners = process.host.listeners
        taken = listeners.get(port)
        if taken is not None and taken.process is not process:
            raise OSError(f"bind: address already in use: {process.host.name}:{port} ({taken.process.name})")
        listeners[port] = Listener(process, handler, acceptor)

    def next_call(self) -> int:
        self._calls += 1
        return self._calls

    def make(
        self, process: "Process", target: str, protocol: str, kind: str, body: object, quiet: bool, part: str,
        call: int = 0,
    ) -> Message:
        """A message that leaves now, under the present cause; `arrives_ns` is for its sender to say."""
        kernel = self.kernel
        message = _new(Message)
        message.id = 0
        message.time_ns = kernel.now_ns
        message.flow, message.parent = kernel.cause
        message.source = process.id
        message.message = self._messages = self._messages + 1
        message.target = target
        message.protocol = protocol
        message.kind = kind
        message.part = part
        message.call = call
        message.quiet = quiet
        message.body = body
        return message

    def latency_ns(self, link: Link) -> int:
        """A draw of how long the next message takes."""
        profile = link.profile
        jitter_ns = profile.jitter_ns
        return profile.latency_ns + link.slow_ns + (self._random.below(jitter_ns) if jitter_ns else 0)

    def lets_pass(self, link: Link, sender: str) -> bool:
        if not link.cut and not link.drop:
            return True
        return not link.is_cut(sender) and not (link.drop and self._random.chance(link.drop))

    def trace_sent(self, message: Message) -> None:
        trace = self.kernel.trace
        if trace.enabled:
            trace.hand_on(message)

    def trace_received(self, message: Message) -> None:
        """Traces the arrival; what the receiver does next is caused by it."""
        kernel = self.kernel
        trace = kernel.trace
        if not trace.enabled:
            kernel.cause = _new_tuple(Cause, (message.flow, message.id or message.parent))
            return
        event = _new(MessageReceived)
        event.time_ns = kernel.now_ns
        event.flow = message.flow
        event.parent = message.id or message.parent
        event.source = message.target
        event.message = message.message
        kernel.cause = _new_tuple(Cause, (message.flow, trace.hand_on(event)))

    def trace_dropped(self, message: Message, where: str, reason: str) -> None:
        trace = self.kernel.trace
        if trace.enabled:
            self.kernel.cause = message.cause
            trace.emit(MessageDropped(source=message.source, message=message.message, where=where, reason=reason))

    def send(self, process: "Process", to: Address, protocol: str, kind: str, body: object, quiet: bool) -> None:
        """Sends a datagram."""
        if not process.alive:
            return
        target = self.resolve(to.host)
        listener = target.listeners.get(to.port)
        destination = listener.process.id if listener is not None else target.name
        message = self.make(process, destination, protocol, kind, body, quiet, "datagram")
        self._put_on_link(process.host, target, message, self._arrive_at_port, to.port)

    def post(
        self, host: "Host", target: "Host", message: Message, deliver: Callable[[Message, "Host"], object]
    ) -> None:
        """Sends a message between two hosts: it is delivered once, or dropped on the way."""
        self._put_on_link(host, target, message, self._arrive, deliver)

    def _put_on_link(
        self, host: "Host", target: "Host", message: Message, arrive: Callable[[Any], object], whereto: object
    ) -> None:
        """Reordering comes from the jitter."""
        kernel = self.kernel
        cause = kernel.cause
        link = self.link(host.name, target.name)
        delay_ns = self.latency_ns(link)
        message.arrives_ns = kernel.now_ns + delay_ns
        self.trace_sent(message)
        if self.lets_pass(link, host.name):
            kernel.push(delay_ns, arrive, (message, link, host.name, target, whereto))
        else:
            kernel.push(delay_ns // 2, self._vanish, (message, "link cut" if link.is_cut(host.name) else "lost"))
        kernel.cause = cause

    def _vanish(self, argument: tuple[Message, str]) -> None:
        self.trace_dropped(argument[0], "link", argument[1])

    def _arrive(self, argument: tuple[Message, Link, str, "Host", Callable[[Message, "Host"], object]]) -> None:
        message, link, sender, target, deliver = argument
        if self._reaches(message, link, sender, target):
            deliver(message, target)

    def _arrive_at_port(self, argument: tuple[Message, Link, str, "Host", int]) -> None:
        message, link, sender, target, port = argument
        if self._reaches(message, link, sender, target):
            self._deliver((message, target, port))

    def _reaches(self, message: Message, link: Link, sender: str, target: "Host") -> bool:
        if link.cut and link.is_cut(sender):
            self.trace_dropped(message, "link", "link cut")
        elif not target.up:
            self.trace_dropped(message, "target", "host down")
        else:
            return True
        return False

    def _deliver(self, argument: tuple[Message, "Host", int]) -> None:
        message, target, port = argument
        listener = target.listeners.get(port)
        if listener is None or listener.handler is None:
            self.trace_dropped(message, "target", "nothing listens")
            return
        process = listener.process
        if process.frozen is not None:
            process.frozen.append((self._deliver, argument))
            return
        self.trace_received(message)
        process.guard(listener.handler, message)

    # -- connections

    async def connect(self, process: "Process", to: Address, timeout_ns: int) -> End:
        """Opens a connection: SYN, answered by SYN-ACK (or a reset), sent again after 1, 3, 7 … seconds."""
        target = self.resolve(to.host)
        attempt = _Attempt(self, process, to, target)
        cause = self.kernel.cause
        try:
            with timeout(self.kernel, timeout_ns):
                attempt.send_syn(_SYN_RETRY_NS)
                await attempt.settled.wait()
        except TimeoutExpired:
            raise Unreachable(f"dial tcp {target.ip}:{to.port}: i/o timeout") from None
        finally:
            attempt.over = True
        self.kernel.cause = cause
        if attempt.end is None:
            raise ConnectionRefused(f"dial tcp {target.ip}:{to.port}: connect: connection refused")
        return attempt.end

    def next_connection(self) -> int:
        self._connections += 1
        return self._connections

    def forget(self, process: "Process", *, silent: bool) -> None:
        """A process has ended: its ports close and, unless the host is gone, its peers hear of it."""
        listeners = process.host.listeners
        for port in [p for p, listener in listeners.items() if listener.process is process]:
            del listeners[port]
        for end in list(process.ends.values()):
            end.abandon(silent=silent)


class _Attempt:
    """One attempt to open a connection."""

    __slots__ = ("_network", "_process", "_target", "_to", "end", "over", "settled")

    def __init__(self, network: Network, process: "Process", to: Address, target: "Host") -> None:
        self._network = network
        self._process = process
        self._to = to
        self._target = target
        self.settled = Event(network.kernel)
        self.end: End | None = None
        self.over = False

    def send_syn(self, retry_ns: int) -> None:
        if self.over or not self._process.alive:
            return
        listener = self._target.listeners.get(self._to.port)
        destination = listener.process.id if listener else self._target.name
        syn = self._network.make(self._process, destination, "tcp", "SYN", None, True, "syn")
        self._network.post(self._process.host, self._target, syn, self._at_target)
        self._network.kernel.push(retry_ns, self.send_syn, 2 * retry_ns)

    def _at_target(self, syn: Message, target: "Host") -> None:
        network = self._network
        network.trace_received(syn)
        listener = target.listeners.get(self._to.port)
        if self.over or self.settled.is_set():
            return
        if listener is None or listener.acceptor is None:
            speaker = next(iter(target.processes.values()), None)
            if speaker is None:
                return
            reset = network.make(speaker, self._process.id, "tcp", "RST", None, True, "reset")
            reset.source = syn.target
            network.post(target, self._process.host, reset, self._refused)
            return
        answer = network.make(listener.process, self._process.id, "tcp", "SYN-ACK", None, True, "syn-ack")
        network.post(target, self._process.host, answer, self._established)

    def _refused(self, reset: Message, host: "Host") -> None:
        self._network.trace_received(reset)
        self.settled.set()

    def _established(self, answer: Message, host: "Host") -> None:
        network = self._network
        network.trace_received(answer)
        if self.over or self.settled.is_set() or not self._process.alive:
            return
        listener = self._target.listeners.get(self._to.port)
        if listener is None or listener.acceptor is None:
            self.settled.set()  # it went away meanwhile: refused
            return
        connection = Connection(network, self._process, listener.process)
        self.end = connection.client
        connection.accept(listener.acceptor)
        self.settled.set()

