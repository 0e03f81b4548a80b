"""What a description may ask for besides the object: events, and other objects."""

from __future__ import annotations

from typing import Any

from orrery.machinery.resources import EVENTS
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl.api import Api
from orrery.theatre.terminal.kubectl.describe.paper import Document, Paper


class Desk:
    """Where descriptions are written. ``show_events``: whether anybody wants to see them."""

    def __init__(self, api: Api, *, show_events: bool) -> None:
        self.api = api
        self.show_events = show_events

    def paper(self) -> Paper:
        return Paper(self.api.process.wall_ns())

    async def events(
        self, obj: Document, *, uid: str = "", kind: str | None = None
    ) -> list[dict[str, Any]] | None:
        """The events about an object; None where nobody wants them or they cannot be had. ``kind`` "" leaves it out."""
        if not self.show_events:
            return None
        metadata = obj["metadata"]
        terms = {
            "involvedObject.name": metadata["name"], "involvedObject.namespace": metadata.get("namespace", ""),
            "involvedObject.kind": obj.get("kind", "") if kind is None else kind,
            "involvedObject.uid": uid or metadata.get("uid", ""),
        }
        fields = ",".join(f"{key}={terms[key]}" for key in sorted(terms) if terms[key])
        try:
            return await self.api.items(EVENTS, metadata.get("namespace", ""), fields=fields)
        except StatusError:
            return None
