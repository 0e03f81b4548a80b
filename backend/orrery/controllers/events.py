"""What controllers tell the audience."""

from orrery.kernel import TraceEvent, event


@event
class Reconciled(TraceEvent):
    """A controller found a difference and acted: what it saw, what was missing, what it did. Not traced where there was
    nothing to do."""

    controller: str
    key: str
    observed: str
    difference: str
    actions: list[str]


@event
class WorkChanged(TraceEvent):
    """A worker took a key from its controller's queue, has done with it, or failed and will try it again (``change``:
    taken, done, failed); ``waiting`` keys are still in the queue."""

    controller: str
    key: str
    change: str
    waiting: int
    reason: str = ""
