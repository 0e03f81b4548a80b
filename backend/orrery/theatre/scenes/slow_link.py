"""A slow link: what is wanted, what is, and what is known of it come apart for a while, and meet again."""

from orrery.kernel import MINUTE, SECOND
from orrery.machinery.objects import dig
from orrery.machinery.resources import PODS
from orrery.node.events import ContainerChanged
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

EXTRA_NS = 3 * SECOND


def _slow(world: World) -> None:
    node = looks.workers(world)[0]
    world.notes["node"] = node
    ears.listen(world, ContainerChanged)
    world.acts.fault("slow-link", a="lb", b=node, extra_ns=EXTRA_NS)


def _apply(world: World) -> None:
    world.acts.apply([manifests.pod("distant", nodeName=world.notes["node"])])


def _runs(world: World) -> bool:
    """Whether its container really runs."""
    return bool(ears.heard(world, ContainerChanged, pod="default/distant", container="distant", state="running"))


def _phase(world: World) -> str:
    return str(dig(looks.stored(world, PODS, "distant"), "status", "phase", default=""))


SCENE = Scene(
    id="slow-link",
    title=Words(ko="느린 링크와 최종 일관성", en="A slow link, and eventual consistency"),
    text=Words(
        ko="링크가 3초 느리면 원하는 상태, 실제 상태, 알려진 상태가 잠시 어긋납니다. 그래도 결국 같아집니다.",
        en="With a link three seconds slow, what is wanted, what is, and what is known differ for a while. In the end "
           "they agree.",
    ),
    steps=(
        *table.clear((PODS, "distant")),
        say("워커 하나와 로드 밸런서 사이의 링크를 3초 느리게 합니다.",
            "The link between a worker and the load balancer is made three seconds slower."),
        Do("slow the link", _slow),
        Do("apply a Pod for that worker", _apply),
        Wait("it is stored", lambda world: looks.stored(world, PODS, "distant")),
        say("API 서버는 이미 알고 있지만, kubelet은 아직 모릅니다.",
            "The API server knows it already; the kubelet does not."),
        Expect("nothing runs yet", lambda world: not _runs(world) and _phase(world) == "Pending"),
        Wait("its container runs", _runs, MINUTE),
        say("이제 컨테이너는 돌지만, API 서버의 상태는 아직 Pending입니다.",
            "Now the container runs, and the API server still says Pending."),
        Expect("what is known lags behind what is", lambda world: _phase(world) == "Pending"),
        Wait("in the end it is known", lambda world: looks.ready_pods(world, "distant"), MINUTE),
        Do("heal the link", lambda world: world.acts.fault("heal-link", a="lb", b=world.notes["node"])),
        Expect("the node was never taken for dead",
               lambda world: looks.node_readiness(world, world.notes["node"]) == "True"),
    ),
)
