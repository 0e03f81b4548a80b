"""Kinds that are stored as they are, with a word or two of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orrery.apiserver.kinds.strategy import Strategy
from orrery.machinery.objects import Document
from orrery.machinery.resources import (
    CONFIGMAPS,
    ENDPOINTS,
    ENDPOINTSLICES,
    EVENTS,
    LEASES,
    SECRETS,
    SERVICEACCOUNTS,
)  # fmt: skip
from orrery.machinery.wire import Cause

if TYPE_CHECKING:
    from orrery.apiserver.server import ApiServer


class LeaseStrategy(Strategy):
    """Leases: whoever renews one says which version it renews."""

    unconditional_update = False

    def check_update(self, new: Document, old: Document) -> list[Cause]:
        """Renewals are most of what an idle cluster writes: where nothing else changed, nothing else can be wrong."""
        if new["metadata"] == old["metadata"]:
            spec, stored = new.get("spec") or {}, old.get("spec") or {}
            if {**spec, "renewTime": None} == {**stored, "renewTime": None}:
                return []
        return super().check_update(new, old)


class EventStrategy(Strategy):
    """Events: kept for an hour."""

    create_on_update = True

    def ttl_s(self, server: ApiServer) -> int:
        return server.config.event_ttl_s


class EndpointsStrategy(Strategy):
    """Endpoints, which EndpointSlices have taken the place of."""

    create_on_update = True
    warning = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"


class EndpointSliceStrategy(Strategy):
    """EndpointSlices count the generations of what they list."""

    generation_of = ("endpoints", "ports", "metadata.labels")


class ServiceAccountStrategy(Strategy):
    """ServiceAccounts."""

    returns_deleted = True


STRATEGIES: tuple[Strategy, ...] = (
    Strategy(CONFIGMAPS),
    Strategy(SECRETS),
    LeaseStrategy(LEASES),
    EventStrategy(EVENTS),
    EndpointsStrategy(ENDPOINTS),
    EndpointSliceStrategy(ENDPOINTSLICES),
    ServiceAccountStrategy(SERVICEACCOUNTS),
)
