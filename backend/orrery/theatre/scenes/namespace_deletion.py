"""A namespace is deleted: everything in it goes first, then the namespace."""

from orrery.kernel import MINUTE
from orrery.machinery.objects import dig
from orrery.machinery.resources import CONFIGMAPS, NAMESPACES, PODS
from orrery.theatre.scenes import looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

SPACE = "workshop"
MORE = CONFIGMAPS.path(SPACE)


def _furnish(world: World) -> None:
    pod = manifests.pod("lathe")
    pod["metadata"]["namespace"] = SPACE
    world.acts.apply([manifests.namespace(SPACE), manifests.config_map("tools", namespace=SPACE, hammer="1"), pod])


def _left(world: World) -> list[str]:
    """The keys that are left in the namespace."""
    return [key for key, stored in world.projections.objects.by_key.items() if stored.namespace == SPACE]


def _is_running(world: World) -> bool:
    return str(dig(looks.stored(world, PODS, "lathe", SPACE), "status", "phase")) == "Running"


def _phase(world: World) -> str:
    return str(dig(looks.stored(world, NAMESPACES, SPACE), "status", "phase", default=""))


SCENE = Scene(
    id="namespace-deletion",
    title=Words(ko="네임스페이스를 지우면", en="When a namespace is deleted"),
    text=Words(
        ko="네임스페이스는 Terminating이 되어 새 객체를 받지 않고, 컨트롤러가 안의 것을 모두 지운 뒤 finalizer를 떼면 "
           "사라집니다.",
        en="It turns Terminating and takes nothing new; a controller deletes all in it, drops the finalizer, and it is "
           "gone.",
    ),
    steps=(
        *table.clear((NAMESPACES, SPACE)),
        Do("make a namespace and furnish it", _furnish),
        Wait("its Pod runs", _is_running, 2 * MINUTE),
        say("네임스페이스를 지웁니다. 바로 사라지지는 않습니다.", "The namespace is deleted. It does not go at once."),
        Do("delete it", lambda world: world.acts.delete("namespaces", "", SPACE)),
        Wait("Terminating", lambda world: _phase(world) == "Terminating"),
        Do("make something in it", lambda world: talk.send(
            world, "late", "POST", MORE, manifests.config_map("late", namespace=SPACE))),
        Wait("refused: 403", lambda world: talk.code(world, "late") == 403),
        Expect("because it is being terminated",
               lambda world: "is being terminated" in talk.answer(world, "late").body["message"]),
        say("파드는 우아하게 멈추고, 그 뒤에 네임스페이스가 사라집니다.",
            "Its Pod is stopped gracefully; then the namespace goes."),
        Wait("it is gone", lambda world: looks.stored(world, NAMESPACES, SPACE) is None, 2 * MINUTE),
        Expect("nothing is left of it", lambda world: not _left(world)),
    ),
)
