"""Three schedulers, one lease: who holds it schedules. When the holder dies, another takes the lease."""

from orrery.client import LeadershipChanged
from orrery.kernel import MINUTE, SECOND
from orrery.machinery.objects import dig
from orrery.machinery.resources import LEASES, PODS
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

NAME = "kube-scheduler"


def _holder(world: World) -> str:
    lease = looks.stored(world, LEASES, NAME, "kube-system")
    return str(dig(lease, "spec", "holderIdentity", default="")).partition("_")[0]


def _transitions(world: World) -> int:
    return int(dig(looks.stored(world, LEASES, NAME, "kube-system"), "spec", "leaseTransitions", default=0))


def _crash(world: World) -> None:
    leader = looks.leader_of(world, NAME)
    ears.listen(world, LeadershipChanged)
    world.notes.update(leader=leader, transitions=_transitions(world), at_ns=world.kernel.now_ns)
    world.acts.fault("crash-process", component=leader)
    world.acts.apply([manifests.pod("patient-pod")])


def _restart(world: World) -> None:
    world.notes["back_ns"] = world.kernel.now_ns
    world.acts.fault("restart-process", component=world.notes["leader"])


def _stands_by(world: World) -> bool:
    """It has been running for a while, and has left the lease to its holder."""
    leader = str(world.notes["leader"])
    return (
        world.kernel.now_ns > world.notes["back_ns"] + 3 * SECOND and world.kernel.process(leader).state == "running"
        and looks.leader_of(world, NAME) not in ("", leader)
    )


SCENE = Scene(
    id="scheduler-failover",
    title=Words(ko="스케줄러 리더가 죽으면", en="When the leading scheduler dies"),
    text=Words(
        ko="스케줄러는 셋이지만 일하는 것은 리스를 쥔 하나입니다. 그가 죽으면 15초 뒤 다른 스케줄러가 리스를 "
           "넘겨받습니다.",
        en="There are three schedulers, and one holds the lease and works. When it dies another takes over after 15 s.",
    ),
    steps=(
        *table.clear((PODS, "patient-pod")),
        Expect("the lease names its holder", lambda world: looks.leader_of(world, NAME) == f"{_holder(world)}/{NAME}"),
        say("리스를 쥔 스케줄러가 죽고, 바로 그때 파드가 하나 생깁니다.",
            "The scheduler that holds the lease dies, and at that moment a Pod is made."),
        Do("crash the leader; make a Pod", _crash),
        Wait("the Pod is stored", lambda world: looks.pods(world, "patient-pod"), 30 * SECOND),
        say("리스가 다할 때까지 아무도 넘겨받지 못합니다. 파드는 기다립니다.",
            "Until the lease runs out nobody may take it. The Pod waits."),
        Expect("nobody has placed it", lambda world: not looks.node_of(looks.pods(world, "patient-pod")[0])),
        Wait("another scheduler leads", lambda world: looks.leader_of(world, NAME) not in ("", world.notes["leader"]),
             MINUTE),
        Expect("not before the lease ran out", lambda world: world.kernel.now_ns - world.notes["at_ns"] > 10 * SECOND),
        Expect("the lease counts the change", lambda world: _transitions(world) == world.notes["transitions"] + 1),
        Wait("the Pod is Ready", lambda world: looks.ready_pods(world, "patient-pod"), MINUTE),
        Expect("one new leader, not two", lambda world: len(
            ears.heard(world, LeadershipChanged, lease=f"kube-system/{NAME}", leads=True)) == 1),
        Do("restart the old leader", _restart),
        Wait("it stands by", _stands_by),
    ),
)
