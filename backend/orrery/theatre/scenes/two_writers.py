"""Two writers, one object: the second is told 409 Conflict, reads again, and neither change is lost."""

from typing import Any

from orrery.machinery.resources import CONFIGMAPS
from orrery.theatre.scenes import looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")
ONE = CONFIGMAPS.path("default", "board")


def _read(world: World, *notes: str) -> None:
    for note in notes:
        talk.send(world, note, "GET", ONE)


def _put(world: World, note: str, read: str, **data: str) -> None:
    """Replaces the object as it was read, with a change."""
    document: dict[str, Any] = talk.answer(world, read).body
    talk.send(world, note, "PUT", ONE, {**document, "data": {**document["data"], **data}})


def _data(world: World) -> dict[str, str]:
    found: dict[str, str] = (looks.stored(world, CONFIGMAPS, "board") or {})["data"]
    return found


def _patch_both(world: World) -> None:
    """At the same instant."""
    for note in ("left", "right"):
        talk.send(world, note, "PATCH", ONE, {"data": {note: "patched"}}, content_type=talk.MERGE)


def _delete_old(world: World) -> None:
    """Only if it is still of the version that was read at first."""
    precondition = {"resourceVersion": talk.version_of(world, "read-a")}
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": precondition}
    talk.send(world, "delete", "DELETE", ONE, options)


SCENE = Scene(
    id="two-writers",
    title=Words(ko="두 사람이 동시에 쓰면", en="Two writers at once"),
    text=Words(
        ko="둘이 같은 버전을 읽고 고칩니다. 먼저 쓴 쪽만 성공하고 나중 쪽은 409 Conflict를 받습니다. 다시 읽고 고치면 "
           "둘 다 남습니다.",
        en="Two read the same version and change it. One wins, the other gets 409 Conflict, reads again; both changes "
           "stay.",
    ),
    steps=(
        *table.clear((CONFIGMAPS, "board")),
        Do("create", lambda world: talk.send(world, "made", "POST", ALL, manifests.config_map("board", text="hello"))),
        Wait("201 Created", lambda world: talk.code(world, "made") == 201),
        say("두 사람이 같은 객체를 읽습니다. resourceVersion도 같습니다.",
            "Two people read the object: the same resourceVersion."),
        Do("both read", lambda world: _read(world, "read-a", "read-b")),
        Wait("both have it", lambda world: talk.code(world, "read-a") == talk.code(world, "read-b") == 200),
        Expect("of one version", lambda world: talk.version_of(world, "read-a") == talk.version_of(world, "read-b")),
        Do("the first writes", lambda world: _put(world, "write-a", "read-a", first="was here")),
        Wait("200 OK", lambda world: talk.code(world, "write-a") == 200),
        Expect("with a new resourceVersion",
               lambda world: int(talk.version_of(world, "write-a")) > int(talk.version_of(world, "read-a"))),
        say("두 번째 사람의 버전은 이제 옛것입니다. 덮어쓰는 대신 거절됩니다.",
            "The second one's version is old now. It is refused, not overwritten."),
        Do("the second writes", lambda world: _put(world, "write-b", "read-b", second="was here")),
        Wait("409 Conflict", lambda world: talk.code(world, "write-b") == 409),
        Expect("the message says why", lambda world: "the object has been modified; please apply your changes to the "
               "latest version and try again" in talk.answer(world, "write-b").body["message"]),
        Expect("the first change stands", lambda world: _data(world).get("first") == "was here"),
        say("다시 읽고, 다시 고쳐, 다시 씁니다.", "It reads again, changes again, writes again."),
        Do("the second reads again", lambda world: _read(world, "reread-b")),
        Wait("it has it", lambda world: talk.code(world, "reread-b") == 200),
        Do("the second writes again", lambda world: _put(world, "rewrite-b", "reread-b", second="was here")),
        Wait("200 OK", lambda world: talk.code(world, "rewrite-b") == 200),
        Expect("no change is lost", lambda world: _data(world) == {
            "text": "hello", "first": "was here", "second": "was here"}),
        say("PATCH는 버전을 말하지 않습니다. 동시에 와도 API 서버가 조건부 쓰기를 다시 시도해 둘 다 넣습니다.",
            "A PATCH names no version: when two come at once the API server repeats its conditional write, and both go "
            "in."),
        Do("two patches at the same instant", _patch_both),
        Wait("both succeed", lambda world: talk.code(world, "left") == talk.code(world, "right") == 200),
        Expect("both are there", lambda world: _data(world)["left"] == _data(world)["right"] == "patched"),
        say("지우는 것도 조건을 달 수 있습니다. 버전이 다르면 지우지 않습니다.",
            "A deletion may have a condition, too: of another version it deletes nothing."),
        Do("delete if it is still the first version", _delete_old),
        Wait("409 Conflict", lambda world: talk.code(world, "delete") == 409),
        Expect("it is still there", lambda world: looks.stored(world, CONFIGMAPS, "board")),
    ),
)
