"""A worker dies: its lease goes stale, it turns NotReady, its Pods are evicted and replaced elsewhere."""

from orrery.kernel import MINUTE, SECOND
from orrery.machinery.resources import DEPLOYMENTS
from orrery.theatre.scenes import looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Say, Scene, Wait, Words, World


def _crash(world: World) -> None:
    world.notes["node"] = looks.busiest_worker(world, "shop")
    world.notes["at_ns"] = world.kernel.now_ns
    world.acts.fault("crash-host", host=world.notes["node"])


def _replaced(world: World) -> bool:
    ready = looks.ready_pods(world, "shop")
    return len(ready) == 4 and all(looks.node_of(pod) != world.notes["node"] for pod in ready)


SCENE = Scene(
    id="worker-crash",
    title=Words(ko="워커 노드가 죽으면", en="When a worker dies"),
    text=Words(
        ko="kubelet의 리스가 갱신되지 않으면 노드는 NotReady가 되고, 300초 뒤 파드가 축출되어 "
           "다른 노드에서 다시 만들어집니다.",
        en="Its lease is not renewed; the node turns NotReady; after 300 seconds its Pods are evicted and replaced "
           "elsewhere.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "shop")),
        Do("apply a Deployment of four", lambda world: world.acts.apply([manifests.deployment("shop", replicas=4)])),
        Wait("all four are Ready", lambda world: len(looks.ready_pods(world, "shop")) == 4, 120 * SECOND),
        Say(Words(ko="워커 하나의 전원을 내립니다.", en="One worker loses power.")),
        Do("crash the busiest worker", _crash),
        Say(Words(
            ko="아직 아무도 모릅니다. 노드 컨트롤러는 유예 시간이 지나야 NotReady로 표시합니다.",
            en="Nobody knows yet. The node controller marks it NotReady when the grace period has passed.",
        )),
        Wait("the node is not Ready",
             lambda world: looks.node_readiness(world, world.notes["node"]) != "True", 2 * MINUTE),
        Expect("not before the grace period", lambda world: world.kernel.now_ns - world.notes["at_ns"] > 30 * SECOND),
        Say(Words(
            ko="파드는 300초 동안 unreachable 테인트를 견딥니다. 그 뒤 축출됩니다.",
            en="The Pods tolerate the unreachable taint for 300 seconds. Then they are evicted.",
        )),
        Wait("the Pods run elsewhere", _replaced, 8 * MINUTE),
        Say(Words(ko="다른 노드에서 파드가 다시 실행됩니다.", en="The Pods run on other nodes.")),
        Do("restart the worker", lambda world: world.acts.fault("restart-host", host=world.notes["node"])),
        Wait("it is Ready again", lambda world: looks.node_readiness(world, world.notes["node"]) == "True", 2 * MINUTE),
    ),
)
