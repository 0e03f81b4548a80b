"""What all insides share: items by key, made when they are looked at, and the end of a process that held them."""

from collections.abc import Callable

from orrery.kernel import ProcessExited, ProcessStarted
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.records import InteriorRecord, Part
from orrery.theatre.stage import Stage

Make = Callable[[], Part | None]


class Interior:
    """The insides of one kind of component. Subclasses name the process (`name`) and say what they hear."""

    name = ""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def handlers(self) -> Handlers:
        """What it hears, by type of event."""
        return {}

    def started(self, event: ProcessStarted) -> None:
        """A process of that name has started, with nothing but its disk."""

    def exited(self, event: ProcessExited) -> None:
        """A process of that name has ended: what it had in memory is gone."""

    def _touch(self, t_ns: int, of: str, item: str, make: Make) -> None:
        """The item has changed; `make` gives its part when somebody looks (None: it is gone)."""
        record_id = f"inside/{of}/{item}"

        def build() -> InteriorRecord | None:
            part = make()
            return None if part is None else InteriorRecord(id=record_id, of=of, part=part)

        self._stage.touch(t_ns, record_id, build)
