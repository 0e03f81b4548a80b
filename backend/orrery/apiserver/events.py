"""What an API server traces: of a request the verdicts before the store and the outcome; watches; the watch cache."""

from __future__ import annotations

from typing import NamedTuple

from orrery.kernel import TraceEvent, event


class Verdict(NamedTuple):
    """What one stage of the chain said: ``allow``, ``deny``, ``changed``, ``pass``, and why."""

    stage: str
    verdict: str
    reason: str


@event
class RequestReceived(TraceEvent):
    """A request has been taken up: it is on its way through the chain. Not traced for quiet requests."""

    call: int
    verb: str
    resource: str
    subresource: str
    namespace: str
    name: str
    path: str
    user: str


@event
class RequestAuthorized(TraceEvent):
    """A request went through the chain as far as the last of ``stages``. Not traced for quiet requests."""

    call: int
    verb: str
    group: str
    resource: str
    subresource: str
    namespace: str
    name: str
    path: str
    user: str
    stages: tuple[Verdict, ...]


@event
class RequestAudited(TraceEvent):
    """A request was answered. ``call`` joins it with the request's messages."""

    call: int
    verb: str
    resource: str
    subresource: str
    namespace: str
    name: str
    user: str
    code: int
    reason: str
    latency_ns: int
    quiet: bool


@event
class WatchChanged(TraceEvent):
    """A watch of a collection was opened (``open``) or has ended. ``call`` is that of its request."""

    call: int
    resource: str
    namespace: str
    user: str
    open: bool


@event
class WatchCacheChanged(TraceEvent):
    """The watch cache has more or fewer objects of a kind, as of a revision."""

    resource: str
    objects: int
    revision: int
