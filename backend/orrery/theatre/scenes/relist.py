"""A watch that is too old: 410 Gone. Whoever was away too long lists again, and loses nothing."""

from typing import Any

from orrery.client.events import CacheSynced
from orrery.kernel import MINUTE, SECOND
from orrery.machinery.resources import CONFIGMAPS
from orrery.theatre.scenes import ears, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")


def _leave(world: World) -> None:
    world.notes["version"] = talk.version_of(world, "list")
    world.acts.apply([manifests.config_map("while-away", seen="no")])


def _crash_all(world: World) -> None:
    """All API servers: with their processes their memory of past events is gone."""
    ears.listen(world, CacheSynced)
    for host in world.kernel.hosts.values():
        if "kube-apiserver" in host.processes:
            world.acts.fault("restart-process", component=f"{host.name}/kube-apiserver")


def _gone(world: World) -> dict[str, Any] | None:
    """The 410 that the watch was answered, as an event or as the response."""
    answer = talk.answer(world, "late")
    for item in answer.items:
        if item["type"] == "ERROR" and item["object"]["code"] == 410:
            found: dict[str, Any] = item["object"]
            return found
    return answer.body if answer.code == 410 else None


def _watch_again(world: World) -> bool:
    """Opens the old watch as soon as a server answers again."""
    answer = world.notes.get("late")
    if answer is None or (answer.over and _gone(world) is None):
        talk.watch(world, "late", ALL, version=world.notes["version"])
    return _gone(world) is not None


def _names(world: World) -> list[str]:
    return [item["metadata"]["name"] for item in talk.answer(world, "fresh").body["items"]]


SCENE = Scene(
    id="relist",
    title=Words(ko="410 Gone: 다시 목록부터", en="410 Gone: list again"),
    text=Words(
        ko="감시를 이어 갈 지점이 너무 오래되면 API 서버는 410으로 답합니다. 클라이언트는 목록을 다시 읽고 그 뒤부터 "
           "감시합니다.",
        en="Where a watch would begin too long ago the API server answers 410. The client lists anew and watches from "
           "there.",
    ),
    steps=(
        *table.clear((CONFIGMAPS, "while-away")),
        Do("list", lambda world: talk.send(world, "list", "GET", ALL)),
        Wait("the list", lambda world: talk.code(world, "list") == 200),
        say("클라이언트가 목록을 읽고 자리를 비웁니다. 그 사이에 객체가 하나 생깁니다.",
            "A client lists and goes away. An object is made meanwhile."),
        Do("leave", _leave),
        Wait("it is stored", lambda world: CONFIGMAPS.key("default", "while-away") in world.projections.objects.by_key),
        say("API 서버들이 다시 시작합니다. 지난 이벤트의 창은 메모리에만 있었습니다.",
            "The API servers restart. The window of past events was in their memory alone."),
        Do("restart all API servers", _crash_all),
        Wait("the old watch is answered 410", _watch_again, MINUTE),
        Expect("its reason is Expired", lambda world: (_gone(world) or {})["reason"] == "Expired"),
        say("그래서 목록을 다시 읽습니다. 놓친 객체도 거기 있습니다.",
            "So it lists again. The object that it missed is there."),
        Do("list again", lambda world: talk.send(world, "fresh", "GET", ALL)),
        Wait("the new list", lambda world: talk.code(world, "fresh") == 200),
        Expect("nothing is missing", lambda world: "while-away" in _names(world)),
        Do("watch from there", lambda world: talk.watch(world, "watch", ALL, version=talk.version_of(world, "fresh"))),
        Wait("the watch is open", lambda world: talk.code(world, "watch") == 200),
        say("컴포넌트의 인포머도 끊긴 감시를 마지막 지점부터 잇고, 410을 받으면 똑같이 다시 읽습니다.",
            "The components' informers do the same: they resume where they were, and list again on 410."),
        Wait("an informer lists again", lambda world: [
            event for event in ears.heard(world, CacheSynced) if "too old resource version" in event.relisted
        ], 60 * SECOND),
        Do("close the watch", lambda world: talk.hang_up(world, "watch")),
    ),
)
