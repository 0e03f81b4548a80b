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
