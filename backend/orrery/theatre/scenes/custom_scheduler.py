"""A scheduler of one's own: kube-scheduler leaves the Pod alone, and whoever may create a Binding places it."""

from orrery.kernel import SECOND
from orrery.machinery.resources import PODS
from orrery.scheduler.events import SchedulingDecision
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say


def _apply(world: World) -> None:
    ears.listen(world, SchedulingDecision)
    world.notes["at_ns"] = world.kernel.now_ns
    world.acts.apply([manifests.pod("handmade", schedulerName="my-scheduler")])


def _bind(world: World) -> None:
    """Our scheduler's algorithm: the last worker."""
    world.notes["node"] = looks.workers(world)[-1]
    binding = {
        "apiVersion": "v1", "kind": "Binding", "metadata": {"name": "handmade", "namespace": "default"},
        "target": {"apiVersion": "v1", "kind": "Node", "name": world.notes["node"]},
    }
    talk.send(world, "binding", "POST", PODS.path("default", "handmade", "binding"), binding)


SCENE = Scene(
    id="custom-scheduler",
    title=Words(ko="나만의 스케줄러", en="A scheduler of one's own"),
    text=Words(
        ko="schedulerName이 다르면 kube-scheduler는 손대지 않습니다. 여기서는 우리가 직접 바인딩을 보내 스케줄러 "
           "노릇을 합니다.",
        en="kube-scheduler leaves Pods of another schedulerName alone. Here we play the scheduler and send the "
           "Binding.",
    ),
    steps=(
        *table.clear((PODS, "handmade")),
        Do("apply a Pod for my-scheduler", _apply),
        Wait("it is stored", lambda world: looks.pods(world, "handmade")),
        say("5초가 지나도 kube-scheduler는 이 파드를 보지 않습니다.",
            "Five seconds go by: kube-scheduler does not look at it."),
        Wait("five seconds", lambda world: world.kernel.now_ns > world.notes["at_ns"] + 5 * SECOND),
        Expect("nobody decided about it", lambda world: not ears.heard(
            world, SchedulingDecision, pod="default/handmade")),
        Expect("it is Pending", lambda world: not looks.node_of(looks.pods(world, "handmade")[0])),
        say("우리의 스케줄러가 pods/binding에 POST합니다.", "Our scheduler POSTs to pods/binding."),
        Do("bind it", _bind),
        Wait("201 Created", lambda world: talk.code(world, "binding") == 201),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "handmade")),
        Expect("where we put it", lambda world: looks.node_of(looks.pods(world, "handmade")[0]) == world.notes["node"]),
    ),
)
