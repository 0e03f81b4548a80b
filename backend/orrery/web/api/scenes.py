"""Scenes: which there are, and playing one."""

from fastapi import APIRouter

from orrery.theatre.records import Pace, SceneRequest, SceneView
from orrery.web.api.here import Here
from orrery.web.hall import Hall


def add(api: APIRouter, hall: Hall) -> None:
    @api.get("/scenes")
    async def scenes() -> list[SceneView]:
        return hall.scenes()

    @api.post("/scene")
    async def scene(request: SceneRequest, room: Here) -> Pace:
        """Plays a scene."""
        return hall.play_scene(request.id, room).director.pace()
