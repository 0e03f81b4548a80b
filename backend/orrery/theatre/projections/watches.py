"""Which messages opened the streams that are open: what comes on a watch was asked for long before."""

from collections import OrderedDict

from orrery.kernel import MessageSent
from orrery.theatre.projections.handlers import Handlers

KEPT = 5_000  # streams


class Watches:
    """The messages that opened each stream of the API, a hop each, by call."""

    def __init__(self) -> None:
        self._by_call: OrderedDict[int, tuple[MessageSent, ...]] = OrderedDict()

    def handlers(self) -> Handlers:
        return {MessageSent: self._sent}

    def opened(self, call: int) -> tuple[MessageSent, ...]:
        """In their order; empty if the stream is not known (any more)."""
        return self._by_call.get(call, ())

    def _sent(self, event: MessageSent) -> None:
        if event.part == "stream" and event.protocol == "api":
            self._by_call[event.call] = (*self._by_call.get(event.call, ()), event)
            if len(self._by_call) > KEPT:
                self._by_call.popitem(last=False)
