"""Everything that happened, by pages."""

from typing import Annotated

from fastapi import APIRouter, Query

from orrery.machinery.resources import RESOURCES
from orrery.theatre.paging import ROWS_MOST, EventFilter, page
from orrery.theatre.records import EventPage
from orrery.web.api.here import Here
from orrery.web.hall import Hall

Words = Annotated[list[str], Query(max_length=40)]
Word = Annotated[str, Query(max_length=200)]
Number = Annotated[int | None, Query(ge=0)]


def add(api: APIRouter, hall: Hall) -> None:
    @api.get("/events")
    async def events(
        room: Here, protocol: Words = [], type: Words = [], component: Word = "", object: Word = "",  # noqa: B006
        flow: Annotated[int, Query(ge=0)] = 0, text: Word = "", from_ns: Annotated[int, Query(ge=0)] = 0,
        to_ns: Number = None, quiet: bool = False, before: Number = None, after: Number = None, at_ns: Number = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_MOST)] = 200,
    ) -> EventPage:
        """The events that fit, next to a place: before or after an event's number, at an instant, or the newest.
        `object` is a name, or an object's id."""
        wanted = EventFilter(
            protocols=tuple(protocol), types=tuple(type), component=component, name=_name(object), flow=flow,
            text=text.strip(), from_ns=from_ns, to_ns=to_ns, quiet=quiet,
        )
        return page(room.recorder, wanted, before=before, after=after, at_ns=at_ns, limit=limit)


def _name(given: str) -> str:
    """The name in `object/pods/default/web-1`, `pods/web-1` or `web-1`."""
    kind, _, name = given.strip().rpartition("/")
    known = not kind or kind.startswith("object/") or any(kind in (r.plural, r.singular) for r in RESOURCES)
    return name if known else given.strip()
