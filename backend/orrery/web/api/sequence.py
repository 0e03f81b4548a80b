"""A flow as a sequence diagram."""

from typing import Annotated
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query

from orrery.theatre.records import SequenceReply
from orrery.theatre.room import Room
from orrery.theatre.sequence import Sequences
from orrery.web.api.here import Here
from orrery.web.api.refusal import Refusal
from orrery.web.hall import Hall


def add(api: APIRouter, hall: Hall) -> None:
    known: WeakKeyDictionary[Room, Sequences] = WeakKeyDictionary()

    @api.get("/sequence/{flow}")
    async def sequence(flow: int, room: Here, after: Annotated[int, Query(ge=0)] = 0) -> SequenceReply:
        """The steps of a flow after an event (0: all)."""
        sequences = known.get(room)
        if sequences is None:
            sequences = known[room] = Sequences(room.kernel, room.recorder, room.projections)
        try:
            return sequences.reply(flow, after)
        except KeyError:
            raise Refusal(404, f"flow {flow} is not recorded any more, or has not begun", "flow") from None
