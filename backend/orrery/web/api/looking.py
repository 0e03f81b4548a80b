"""A closer look: an event, a flow, an object."""

from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Query

from orrery.machinery.resources import RESOURCES
from orrery.theatre.records import EventView, FlowReply, ObjectReply
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

    @api.get("/object")
    async def object_(
        room: Here, resource: Annotated[str, Query()], name: Annotated[str, Query()],
        namespace: Annotated[str, Query()] = "",
    ) -> ObjectReply:
        """An object as it is stored."""
        kind = next((r for r in RESOURCES if r.plural == resource), None)
        if kind is None:
            raise Refusal(404, f"there is no resource {resource!r}", "resource")
        stored = room.projections.objects.get(kind, namespace, name)
        if stored is None:
            raise Refusal(404, f"{kind.plural} {name!r} not found", "name")
        document: dict[str, Any] = {
            **stored.document,
            "metadata": {**stored.document["metadata"], "resourceVersion": str(stored.revision)},
        }
        return ObjectReply(text=yaml.safe_dump(document, sort_keys=False, allow_unicode=True), object=document)
