"""The clock's buttons, and another run."""

from fastapi import APIRouter

from orrery.theatre.records import ControlRequest, Pace, RunInfo, RunRequest
from orrery.web.hall import Hall


def add(api: APIRouter, hall: Hall) -> None:
    @api.post("/control")
    async def control(request: ControlRequest) -> Pace:
        """The clock's buttons."""
        hall.room.control(request)
        return hall.room.director.pace(hall.room.waiting_requests)

    @api.post("/run")
    async def run(request: RunRequest) -> RunInfo:
        """Begins another run of the same cluster."""
        hall.begin(request.seed)
        return hall.room.info()
