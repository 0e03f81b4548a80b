"""The clock's buttons, and another run."""

from fastapi import APIRouter

from orrery.theatre.records import ControlRequest, Pace, RunInfo, RunRequest
from orrery.web.api.here import Here
from orrery.web.hall import Hall


def add(api: APIRouter, hall: Hall) -> None:
    @api.post("/control")
    async def control(request: ControlRequest, room: Here) -> Pace:
        """The clock's buttons."""
        room.control(request)
        return room.director.pace(room.waiting_requests)

    @api.post("/run")
    async def run(request: RunRequest) -> RunInfo:
        """Begins another run of the same cluster."""
        hall.begin(request.seed)
        return hall.room.info()
