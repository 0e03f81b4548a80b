"""What the kernel itself traces: messages on their way, and what becomes of processes, hosts, links and clocks."""

from orrery.kernel.trace import TraceEvent, event


@event
class MessageSent(TraceEvent):
    """A message left its sender. `arrives_ns` is when it will arrive if nothing happens to it.

    `call` joins the messages of one remote call (0: none); `part` says which of them this is: datagram, request,
    stream, response, error, item, end, cancel, ping, pong, syn, syn-ack, fin, reset.
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


@event
class MessageReceived(TraceEvent):
    """A message reached its receiver (`source`)."""

    message: int


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
class ClockChanged(TraceEvent):
    skew_ns: int


@event
class InputTaken(TraceEvent):
    """Something that came from outside the simulation; the list of these, with seed and configuration, is the run."""

    number: int
    kind: str
    payload: object
