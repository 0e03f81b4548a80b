"""What clients of the API server trace."""

from orrery.kernel import TraceEvent, event


@event
class LeadershipChanged(TraceEvent):
    """The process began (`leads`) or ceased to hold a lease, "namespace/name"."""

    lease: str
    holder: str
    leads: bool


@event
class CacheSynced(TraceEvent):
    """An informer has listed everything: `relisted` says that it had to do so again, and why."""

    resource: str
    objects: int
    relisted: str
