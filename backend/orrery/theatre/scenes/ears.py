"""What a scene hears: trace events of the types that it listens to, from then on until it ends."""

from typing import Any, TypeVar

from orrery.kernel import TraceEvent
from orrery.theatre.scenes.scene import World

E = TypeVar("E", bound=TraceEvent)


def listen(world: World, *types: type[TraceEvent], loud: bool = False) -> None:
    """Begins to keep the events of these types. `loud`: heartbeats, renewals and the like are left out."""
    kept: list[TraceEvent] = world.notes.setdefault("heard", [])

    def sink(event: TraceEvent) -> None:
        if type(event) in types and not (loud and getattr(event, "quiet", False)):
            kept.append(event)

    world.notes.setdefault("stops", []).append(world.kernel.trace.subscribe(sink))


def heard(world: World, kind: type[E], /, **fields: Any) -> list[E]:
    """What was heard of one type, with these fields, in order."""
    return [
        event for event in world.notes.get("heard", ())
        if type(event) is kind and all(getattr(event, name) == value for name, value in fields.items())
    ]


def forget(world: World) -> None:
    """Goes on listening, with nothing kept so far."""
    world.notes.get("heard", []).clear()


def record(world: World) -> None:
    """Begins to keep every event, so that causes can be followed."""
    kept: dict[int, TraceEvent] = {}
    world.notes["trace"] = kept

    def sink(event: TraceEvent) -> None:
        kept[event.id] = event

    world.notes.setdefault("stops", []).append(world.kernel.trace.subscribe(sink))


def recorded(world: World) -> list[TraceEvent]:
    """Every event since `record`, in order."""
    return list(world.notes.get("trace", {}).values())


def story_of(world: World, event: TraceEvent) -> list[TraceEvent]:
    """What led to an event: its cause, and the cause of that, and so on; the oldest first, the event itself last."""
    kept: dict[int, TraceEvent] = world.notes["trace"]
    story = [event]
    while (cause := kept.get(story[-1].parent)) is not None:
        story.append(cause)
    return story[::-1]
