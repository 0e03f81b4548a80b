"""Series for the charts."""

from typing import Annotated

from fastapi import APIRouter, Query

from orrery.theatre.records import MetricsReply
from orrery.web.api.here import Here
from orrery.web.hall import Hall


def add(api: APIRouter, hall: Hall) -> None:
    @api.get("/metrics")
    async def metrics(
        room: Here,
        from_ns: Annotated[int, Query(ge=0)] = 0,
        to_ns: Annotated[int | None, Query(ge=0)] = None,
        points: Annotated[int, Query(ge=10, le=1_000)] = 300,
    ) -> MetricsReply:
        """Every series between two instants, in at most about so many steps; without an end: until now."""
        return room.projections.metrics.between(from_ns, room.kernel.now_ns if to_ns is None else to_ns, points)
