"""A watch instead of polling: one request stays open, and every change comes as an event of its own."""

import orjson

from orrery.etcd import WatchResponse
from orrery.kernel import SECOND, MessageSent
from orrery.machinery.resources import CONFIGMAPS, PODS
from orrery.theatre.scenes import ears, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")
ONE = CONFIGMAPS.path("default", "news")
MANY = tuple(f"page-{number}" for number in range(8))


def _fill(world: World) -> None:
    world.acts.apply([manifests.config_map(name, text="x" * 400) for name in MANY])


def _open(world: World) -> None:
    world.notes["version"] = talk.version_of(world, "list")
    talk.watch(world, "watch", ALL, version=world.notes["version"])


def _change(world: World) -> None:
    talk.send(world, "changed", "PATCH", ONE, {"data": {"headline": "second"}}, content_type=talk.MERGE)


def _in_order(world: World) -> bool:
    items = talk.answer(world, "watch").items
    versions = [int(item["object"]["metadata"]["resourceVersion"]) for item in items]
    return versions == sorted(versions) and versions[0] > int(world.notes["version"])


def _polls(world: World) -> list[MessageSent]:
    """Requests for Pods, by anybody, while nothing happened."""
    return [
        event for event in ears.heard(world, MessageSent, protocol="api", part="request")
        if event.kind.startswith(f"GET {PODS.path()}")
    ]


def _saved(world: World) -> bool:
    """An event is smaller than the list that polling would have read."""
    item = len(orjson.dumps(talk.answer(world, "watch").items[0]))
    return 5 * item < len(orjson.dumps(talk.answer(world, "list").body))


def _came_through_etcd(world: World) -> bool:
    """etcd told the API server, which told the watcher."""
    key = CONFIGMAPS.key("default", "news").encode()
    return any(
        isinstance(event.body, WatchResponse) and any(change.kv.key == key for change in event.body.events)
        for event in ears.heard(world, MessageSent, protocol="etcd", part="item")
    )


SCENE = Scene(
    id="watch",
    title=Words(ko="폴링 대신 감시", en="A watch instead of polling"),
    text=Words(
        ko="감시 요청 하나를 열어 두면 ADDED, MODIFIED, DELETED가 일어난 순서대로 흘러옵니다. 묻지 않아도 됩니다.",
        en="One request stays open: ADDED, MODIFIED and DELETED come in their order. Nobody has to ask again.",
    ),
    steps=(
        *table.clear((CONFIGMAPS, "news")),
        Do("fill the collection", _fill),
        Wait("it is full", lambda world: all(
            CONFIGMAPS.key("default", name) in world.projections.objects.by_key for name in MANY)),
        Do("list once", lambda world: talk.send(world, "list", "GET", ALL)),
        Wait("the list", lambda world: talk.code(world, "list") == 200),
        say("목록을 한 번 읽고, 그 resourceVersion부터 감시를 엽니다.",
            "The collection is listed once; the watch begins at that list's resourceVersion."),
        Do("open a watch", _open),
        Wait("it is open", lambda world: talk.code(world, "watch") == 200),
        Do("listen", lambda world: ears.listen(world, MessageSent)),
        Do("create", lambda world: talk.send(
            world, "made", "POST", ALL, manifests.config_map("news", headline="first"))),
        Wait("ADDED", lambda world: talk.kinds(world, "watch") == ["ADDED"]),
        Do("change", _change),
        Wait("MODIFIED", lambda world: talk.kinds(world, "watch") == ["ADDED", "MODIFIED"]),
        Do("delete", lambda world: talk.send(world, "gone", "DELETE", ONE)),
        Wait("DELETED", lambda world: talk.kinds(world, "watch") == ["ADDED", "MODIFIED", "DELETED"]),
        Expect("in the order of their revisions", _in_order),
        Expect("the API server had it from a watch of etcd", _came_through_etcd),
        Expect("an event is a fraction of the list", _saved),
        say("이제 20초 동안 아무 일도 없습니다. 아무도 파드 목록을 다시 묻지 않습니다.",
            "Now nothing happens for twenty seconds. Nobody asks for the list of Pods again."),
        Do("forget what was heard", ears.forget),
        Do("look at the clock", lambda world: world.notes.update(at_ns=world.kernel.now_ns)),
        Wait("twenty seconds", lambda world: world.kernel.now_ns > world.notes["at_ns"] + 20 * SECOND),
        Expect("nobody polled", lambda world: not _polls(world)),
        Do("close the watch", lambda world: talk.hang_up(world, "watch")),
    ),
)
