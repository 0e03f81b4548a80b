"""Self-healing: a Pod is deleted, the ReplicaSet controller sees the difference and makes another. Again and again."""

from orrery.controllers.events import Reconciled
from orrery.kernel import MINUTE, SECOND
from orrery.machinery.objects import controller_of
from orrery.machinery.resources import DEPLOYMENTS
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say


def _names(world: World) -> set[str]:
    return {pod["metadata"]["name"] for pod in looks.ready_pods(world, "phoenix")}


def _kill(world: World) -> None:
    ears.forget(world)
    world.notes["before"] = _names(world)
    world.notes["victim"] = min(world.notes["before"])
    world.acts.delete("pods", "default", world.notes["victim"])


def _healed(world: World) -> bool:
    names = _names(world)
    return len(names) == 3 and world.notes["victim"] not in names


def _reconciliation(world: World) -> Reconciled | None:
    """What the ReplicaSet controller said when it acted."""
    told = ears.heard(world, Reconciled)
    return next((event for event in told if "phoenix" in event.key and event.controller == "replicaset"), None)


def _begin(world: World) -> None:
    ears.listen(world, Reconciled)
    world.acts.apply([manifests.deployment("phoenix")])


def _whole(world: World) -> bool:
    told = _reconciliation(world)
    return told is not None and bool(told.observed) and bool(told.difference) and len(told.actions) == 1


SCENE = Scene(
    id="self-healing",
    title=Words(ko="스스로 고치는 클러스터", en="The cluster heals itself"),
    text=Words(
        ko="파드를 지우면 컨트롤러가 관찰하고, 비교하고, 행동합니다. 셋이 있어야 하는데 둘이니 하나를 더 만듭니다.",
        en="A Pod is deleted: the controller observes, compares, acts. Three are wanted, two are there: it makes one "
           "more.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "phoenix")),
        Do("apply a Deployment of three", _begin),
        Wait("three are Ready", lambda world: len(_names(world)) == 3, 2 * MINUTE),
        Expect("several controllers worked on it",
               lambda world: len({event.controller for event in ears.heard(world, Reconciled)}) >= 2),
        Expect("the Pods belong to a ReplicaSet", lambda world: all(
            (controller_of(pod) or {}).get("kind") == "ReplicaSet" for pod in looks.pods(world, "phoenix"))),
        say("파드 하나를 지웁니다. 감시 이벤트가 컨트롤러를 깨웁니다.",
            "One Pod is deleted. A watch event wakes the controller."),
        Do("delete a Pod", _kill),
        Wait("the controller has acted", _reconciliation, 30 * SECOND),
        say("관찰: 둘. 원하는 것: 셋. 차이: 하나. 행동: 파드 하나를 만듭니다.",
            "Observed: two. Wanted: three. Difference: one. Action: create a Pod."),
        Expect("it said what it saw, what was missing, what it did", _whole),
        Wait("three are Ready again", _healed, 2 * MINUTE),
        say("루프는 끝나지 않습니다. 또 지우면 또 만듭니다.",
            "The loop never ends: delete another, and it makes another."),
        Do("delete another Pod", _kill),
        Wait("the controller has acted again", _reconciliation, 30 * SECOND),
        Wait("three are Ready once more", _healed, 2 * MINUTE),
    ),
)
