"""What the kernel itself traces: messages on their way, and what becomes of processes, hosts, links and clocks."""

from orrery.kernel.trace import Cause, JsonNames, TraceEvent, event, json_of

_names = JsonNames()


@event
class MessageSent(TraceEvent):
    """A message left its sender. `arrives_ns` is when it will arrive if nothing happens to it.

    `call` joins the messages of one remote call (0: none); `part` says which of them this is: datagram, request,
    stream, response, error, item, end, cancel, ping, pong, syn, syn-ack, fin, reset.

    The event is the message: this very object travels to the receiver, and nobody changes it once it is sent.
    """

    message: int
    target: str
    protocol: str
    kind: str
    part: str
    call: int
    quiet: bool
    arrives_ns: int
    body: object

    @property
    def cause(self) -> Cause:
        """Of what becomes of the message: its sending, or what led to that when sending was not traced."""
        return Cause(self.flow, self.id or self.parent)

    def line(self) -> bytes:
        """The same line as any event's, written in a third of the time: nearly the whole trace are messages."""
        return (
            b'{"type":"MessageSent","id":%d,"time_ns":%d,"flow":%d,"parent":%d,"source":%b,"message":%d,"target":%b,'
            b'"protocol":%b,"kind":%b,"part":%b,"call":%d,"quiet":%b,"arrives_ns":%d,"body":%b}\n'
        ) % (
            self.id, self.time_ns, self.flow, self.parent, _names[self.source], self.message, _names[self.target],
            _names[self.protocol], _names[self.kind], _names[self.part], self.call,
            b"true" if self.quiet else b"false", self.arrives_ns, json_of(self.body),
        )


Message = MessageSent


@event
class MessageReceived(TraceEvent):
    """A message reached its receiver (`source`)."""

    message: int

    def line(self) -> bytes:
        return (
            b'{"type":"MessageReceived","id":%d,"time_ns":%d,"flow":%d,"parent":%d,"source":%b,"message":%d}\n'
        ) % (self.id, self.time_ns, self.flow, self.parent, _names[self.source], self.message)


@event
class MessageDelayed(TraceEvent):
    """A message of a connection was lost or held and is sent again. `arrives_ns` 0: not known yet."""

    message: int
    reason: str
    arrives_ns: int


@event
class MessageDropped(TraceEvent):
    """A message will never arrive. `where` is "source", "link" or "target"."""

    message: int
    where: str
    reason: str


@event
class ProcessStarted(TraceEvent):
    incarnation: int


@event
class ProcessExited(TraceEvent):
    """A process ended. `crashed` says that it stays so until somebody starts it; otherwise its supervisor does."""

    reason: str
    crashed: bool
    restart_ns: int


@event
class ProcessHung(TraceEvent):
    """A process is stopped as by SIGSTOP: it holds what it has, and does nothing."""


@event
class ProcessResumed(TraceEvent):
    pass


@event
class HostCrashed(TraceEvent):
    pass


@event
class HostStarted(TraceEvent):
    pass


@event
class LinkChanged(TraceEvent):
    """The link between two hosts, in both directions, as it is from now on."""

    a: str
    b: str
    cut_a_to_b: bool
    cut_b_to_a: bool
    slow_ns: int
    drop: float


@event
class DiskChanged(TraceEvent):
    """The disk of host `source` became slow, full, or as it should be. `slow_ns` comes on top of every sync."""

    slow_ns: int
    full: bool


@event
class ClockChanged(TraceEvent):
    skew_ns: int


@event
class InputTaken(TraceEvent):
    """Something that came from outside the simulation; the list of these, with seed and configuration, is the run."""

    number: int
    kind: str
    payload: object
