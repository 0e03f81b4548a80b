"""Requests that a scene sends as a client of its own would: over the REST API, with a method and a path."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from orrery.machinery.wire import ApiResponse
from orrery.theatre.acts import ADMIN, ADMIN_GROUPS, Listener
from orrery.theatre.scenes.scene import World

JSON = "application/json"
MERGE = "application/merge-patch+json"

Identity = tuple[str, tuple[str, ...]]
PEOPLE: Identity = (ADMIN, ADMIN_GROUPS)
NOBODY: Identity = ("system:anonymous", ("system:unauthenticated",))


@dataclass(slots=True)
class Answer:
    """What came back so far. `code` 0: nothing yet. `items`: what a watch has brought."""

    number: int = 0
    code: int = 0
    body: Any = None
    items: list[Mapping[str, Any]] = field(default_factory=list)
    over: bool = False


def send(
    world: World, note: str, method: str, path: str, body: Any = None, *, query: Mapping[str, str] | None = None,
    content_type: str = JSON, identity: Identity = PEOPLE,
) -> None:
    """Sends a request; its answer is found under `note`."""
    answer = world.notes[note] = Answer()

    def on_response(response: ApiResponse) -> None:
        answer.code, answer.body = response.code, response.body

    def on_end() -> None:
        answer.over = True

    answer.number = world.acts.request(
        method, path, query or {}, {"content-type": content_type, "accept": JSON, "user-agent": "scene"},
        b"" if body is None else orjson.dumps(body), Listener(on_response, answer.items.append, on_end),
        identity=identity,
    )


def watch(world: World, note: str, path: str, *, version: str = "") -> None:
    """Opens a watch; what it brings is found under `note`."""
    query = {"watch": "true", "resourceVersion": version} if version else {"watch": "true"}
    send(world, note, "GET", path, query=query)


def hang_up(world: World, note: str) -> None:
    """Closes a watch."""
    world.acts.hang_up(answer(world, note).number)


def answer(world: World, note: str) -> Answer:
    found: Answer = world.notes[note]
    return found


def code(world: World, note: str) -> int:
    """The status code of an answer; 0 until it is there."""
    return answer(world, note).code


def kinds(world: World, note: str) -> list[str]:
    """The types of the events that a watch has brought, such as ADDED."""
    return [str(item["type"]) for item in answer(world, note).items]


def version_of(world: World, note: str) -> str:
    """The resourceVersion of the object, or list, in an answer."""
    return str(answer(world, note).body["metadata"]["resourceVersion"])
