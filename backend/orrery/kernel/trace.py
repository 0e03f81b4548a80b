"""The trace: every send, receive, drop, change of state and decision, as one typed event with its cause.

An event knows its flow (the causal story it belongs to; 0 is background) and its parent (the event that caused it),
so the whole life of one Pod can be cut out of the noise. The bytes of the trace are the identity of a run: two runs
are the same if and only if their digests are.
"""

import dataclasses
import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

import orjson

if TYPE_CHECKING:
    from orrery.kernel.kernel import Kernel


class Cause(NamedTuple):
    """Why something happens: its flow, and the trace event that led to it (0: none)."""

    flow: int
    parent: int


NO_CAUSE = Cause(0, 0)

E = TypeVar("E")


@dataclass_transform(kw_only_default=True)
def event(cls: type[E]) -> type[E]:
    """Makes a class body of annotated fields an event type: a slotted dataclass whose fields are given by name."""
    made: Any = dataclasses.dataclass(slots=True, kw_only=True)(cls)
    made.TYPE = made.__name__
    made.HEAD = b'{"type":"' + made.__name__.encode() + b'",'
    return made  # type: ignore[no-any-return]


@event
class TraceEvent:
    """What every event has; `Trace.emit` fills these in."""

    TYPE: ClassVar[str]
    HEAD: ClassVar[bytes]

    id: int = 0
    time_ns: int = 0
    flow: int = 0
    parent: int = 0
    source: str = ""

    def line(self) -> bytes:
        """Its line in the trace, which ends with a line feed."""
        return self.HEAD + orjson.dumps(self, default=_plain, option=_OPTIONS | orjson.OPT_APPEND_NEWLINE)[1:]


@event
class FlowStarted(TraceEvent):
    """A causal story begins. Its id is the flow's number."""

    kind: str
    title: str
    subject: str


@event
class LogLine(TraceEvent):
    """A line that a process wrote to its log."""

    level: str
    text: str


_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS


def json_of(value: object) -> bytes:
    """A value as it stands in a line."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def _plain(value: object) -> object:
    """What orjson cannot encode by itself: bytes (as UTF-8 text), named tuples, tuples, sets never."""
    if isinstance(value, bytes):
        return _text_of(value)
    if isinstance(value, tuple):
        as_dict = getattr(value, "_asdict", None)
        return as_dict() if as_dict is not None else list(value)
    to_trace = getattr(value, "to_trace", None)
    if to_trace is not None:
        return to_trace()
    raise TypeError(f"{type(value).__name__} cannot stand in a trace event")


@lru_cache(maxsize=512)  # a value is proposed, appended, applied and watched: about ten events in a row carry it
def _text_of(value: bytes) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(value.decode("utf-8", "backslashreplace")))


class JsonNames(dict[str, bytes]):
    """Names as JSON, each encoded once: the same few occur in most lines. Bounded, because objects come and go."""

    def __missing__(self, name: str) -> bytes:
        if len(self) >= 10_000:
            self.clear()
        encoded = self[name] = orjson.dumps(name)
        return encoded


def encode(event: TraceEvent) -> bytes:
    """One line of the trace, without its line feed."""
    return event.line()[:-1]


Sink = Callable[[TraceEvent], object]

_BATCH = 16


class Trace:
    """Numbers events, remembers nothing, hands each to its sinks and folds it into the digest.

    `enabled` False makes the trace as cheap as possible: nothing is made and nothing is handed on (for measuring).
    `hashing` False keeps the sinks but not the digest.
    """

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._line_sinks: list[Callable[[bytes], object]] = []
        self._hash = hashlib.sha256()
        self._pending: list[TraceEvent] = []
        self._keep: Sink = self._pending.append
        self._sinks: list[Sink] = [self._keep]
        self.count = 0
        self.enabled = True

    @property
    def hashing(self) -> bool:
        return self._keep in self._sinks

    @hashing.setter
    def hashing(self, wanted: bool) -> None:
        self._fold()
        self._sinks = [sink for sink in self._sinks if sink is not self._keep]
        if wanted:
            self._sinks.insert(0, self._keep)

    def subscribe(self, sink: Sink) -> Callable[[], None]:
        """Calls `sink` with every event from now on, in order; returns what ends it."""
        self._sinks.append(sink)
        return lambda: self._sinks.remove(sink)

    def subscribe_lines(self, sink: Callable[[bytes], object]) -> None:
        """Calls `sink` with the encoded lines (each ends with a line feed), in batches: what a trace file holds."""
        self._line_sinks.append(sink)

    def emit(self, event: TraceEvent) -> int:
        """Stamps the event with number, time and cause, and hands it on; returns its number (from 1)."""
        if not self.enabled:
            return 0
        kernel = self._kernel
        event.time_ns = kernel.now_ns
        event.flow, event.parent = kernel.cause
        return self.hand_on(event)

    def hand_on(self, event: TraceEvent) -> int:
        """Numbers an event that has its time and its cause, and gives it to the sinks. For what has seen to it that
        the trace is enabled; everything else emits."""
        self.count = number = event.id = self.count + 1
        for sink in self._sinks:
            sink(event)
        if not number % _BATCH:
            self._fold()
        return number

    def start_flow(self, *, kind: str, title: str, subject: str, source: str = "") -> int:
        """Begins a causal story: what the current task does from here on belongs to it. Returns the flow's number.

        The story keeps its parent, so that the view can say what it grew out of.
        """
        kernel = self._kernel
        if not self.enabled:
            return 0
        number = self.count + 1
        kernel.cause = Cause(number, kernel.cause.parent)
        self.emit(FlowStarted(source=source, kind=kind, title=title, subject=subject))
        kernel.cause = Cause(number, number)
        return number

    def digest(self) -> str:
        """The sha256 of the trace so far, in hex: of its lines, each ended by a line feed."""
        self._fold()
        return self._hash.copy().hexdigest()

    def _fold(self) -> None:
        if not self._pending:
            return
        block = b"".join([event.line() for event in self._pending])
        self._pending.clear()
        self._hash.update(block)
        for sink in self._line_sinks:
            sink(block)
