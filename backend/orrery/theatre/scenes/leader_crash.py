"""etcd's leader dies; the others elect a new one; writes wait meanwhile and then succeed."""

from orrery.kernel import SECOND
from orrery.machinery.resources import DEPLOYMENTS
from orrery.theatre.scenes import looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Say, Scene, Wait, Words, World


def _crash(world: World) -> None:
    leader = looks.etcd_leader(world)
    assert leader is not None
    world.notes.update(leader=leader, term=looks.etcd_term(world))
    world.acts.fault("crash-process", component=leader)


def _new_leader(world: World) -> bool:
    leader = looks.etcd_leader(world)
    return leader is not None and leader != world.notes["leader"] and looks.etcd_term(world) > world.notes["term"]


SCENE = Scene(
    id="leader-crash",
    title=Words(ko="etcd 리더가 죽으면", en="When etcd's leader dies"),
    text=Words(
        ko="리더가 멈추면 팔로워의 선거 타이머가 다하고, 더 높은 임기의 새 리더가 뽑힙니다. 그동안 쓰기는 기다립니다.",
        en="The leader stops; a follower's election timer runs out; a leader of a higher term is elected. Writes wait.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "patient")),
        Wait("etcd has a leader", looks.etcd_leader),
        Say(Words(ko="etcd 리더를 강제로 멈춥니다.", en="etcd's leader is killed.")),
        Do("crash the leader", _crash),
        Do("apply a Deployment meanwhile",
           lambda world: world.acts.apply([manifests.deployment("patient", replicas=1)])),
        Expect("it is not stored yet", lambda world: looks.deployment(world, "patient") is None),
        Say(Words(
            ko="하트비트가 끊기자 팔로워가 기다리다 후보가 되어 표를 요청합니다. 과반을 얻으면 새 리더입니다.",
            en="No heartbeat comes: a follower stands for election and asks for votes. A majority makes it leader.",
        )),
        Wait("another member leads in a higher term", _new_leader, 10 * SECOND),
        Say(Words(
            ko="새 리더가 뽑혔고, 기다리던 쓰기가 이어집니다.",
            en="A new leader is there; the write that waited goes on.",
        )),
        Wait("the write has succeeded", lambda world: looks.deployment(world, "patient"), 30 * SECOND),
        Do("restart the old leader",
           lambda world: world.acts.fault("restart-process", component=world.notes["leader"])),
        Wait("its Pod is Ready", lambda world: len(looks.ready_pods(world, "patient")) == 1, 120 * SECOND),
    ),
)
