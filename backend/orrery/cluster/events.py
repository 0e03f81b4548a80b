"""What the load balancer tells the trace."""

from __future__ import annotations

from orrery.kernel import TraceEvent, event


@event
class BackendChanged(TraceEvent):
    """The load balancer's view of an API server changed; ``sessions`` were shut down with it."""

    backend: str
    up: bool
    reason: str
    sessions: int
