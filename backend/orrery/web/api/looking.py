"""A closer look: an event, a flow."""

from fastapi import APIRouter

from orrery.theatre.records import EventView, FlowReply
from orrery.web.api.here import Here
from orrery.web.api.refusal import Refusal
from orrery.web.hall import Hall


def add(api: APIRouter, hall: Hall) -> None:
    @api.get("/event/{number}")
    async def event(number: int, room: Here) -> EventView:
        """One trace event: why it happened and what it caused."""
        found = room.recorder.explain(number)
        if found is None:
            raise Refusal(404, f"event {number} is not recorded any more, or has not happened", "event")
        return found

    @api.get("/flow/{number}")
    async def flow(number: int, room: Here) -> FlowReply:
        """A flow and its steps in order."""
        record = room.projections.flows.record(number)
        if record is None:
            raise Refusal(404, f"flow {number} is not recorded any more, or has not begun", "flow")
        recorder = room.recorder
        return FlowReply(flow=record, steps=tuple(recorder.brief(e) for e in recorder.flow_events(number)))
