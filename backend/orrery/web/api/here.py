"""Which branch a request is about: `?branch=`, the main one unless it says otherwise."""

from typing import Annotated

from fastapi import Depends, Request

from orrery.theatre.room import Room
from orrery.web.api.refusal import Refusal
from orrery.web.hall import Hall


def _room(request: Request, branch: str = "") -> Room:
    hall: Hall = request.app.state.hall
    try:
        return hall.find(branch)
    except LookupError as error:
        raise Refusal(404, str(error.args[0]), "branch") from None


Here = Annotated[Room, Depends(_room)]
"""The room that a request is about: `async def route(room: Here)`."""
