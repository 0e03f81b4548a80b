"""The one door through which the outside world acts on a run, and the list of what came through it.

Seed, configuration and this list are the run: `replay` gives the same trace again, byte for byte. An input has an exact
place, the number of callbacks run before it, since the clock may have stood within an instant when it came.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orrery.kernel.events import InputTaken
from orrery.kernel.trace import NO_CAUSE, Cause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orrery.kernel.kernel import Kernel

INPUTS_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Input:
    """Something that was done from outside. `payload` is plain JSON."""

    number: int
    steps: int
    time_ns: int
    kind: str
    payload: Any


class Inbox:
    """Takes inputs at the present instant, records them, and hands each to the handler of its kind."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._count = 0
        self._handlers: dict[str, Callable[[Any], Any]] = {}
        self.inputs: list[Input] = []
        self.complete = True  # False: more came than are kept, so that the run cannot be replayed from this list

    def handle(self, kind: str, handler: Callable[[Any], Any]) -> None:
        """`handler(payload)` is a plain function that runs when an input of this kind is taken."""
        self._handlers[kind] = handler

    def take(self, kind: str, payload: Any) -> Any:
        """Takes an input now, between two callbacks; gives what its handler returned. Raises KeyError for an unknown
        kind. A handler that refuses raises; the input stays on the list, since the trace has it: a replay refuses
        too."""
        handler = self._handlers[kind]
        kernel = self._kernel
        self._count = number = self._count + 1
        taken = Input(number, kernel.steps, kernel.now_ns, kind, payload)
        kernel.cause = NO_CAUSE
        event = kernel.trace.emit(InputTaken(source="outside", number=number, kind=kind, payload=payload))
        kernel.cause = Cause(0, event)
        if len(self.inputs) < INPUTS_MOST:
            self.inputs.append(taken)
        else:
            self.complete = False
        return handler(payload)

    def replay(self, inputs: "Iterable[Input]", *, until_ns: int) -> None:
        """Runs the kernel with the inputs of an earlier run, each at its place, up to a time."""
        for item in inputs:
            self._kernel.run_until(item.time_ns, max_steps=item.steps)
            self.retake(item)
        self._kernel.run_until(until_ns)

    def retake(self, item: Input) -> None:
        """Takes an input of an earlier run again, once the kernel has been run to its place. Raises ValueError if this
        is not its place: seed or configuration differ."""
        if self._kernel.steps != item.steps:
            raise ValueError(f"input {item.number} has no place in this run: seed or configuration differ")
        self._kernel.now_ns = item.time_ns
        try:
            self.take(item.kind, item.payload)
        except ValueError:
            pass  # it was refused then, too
