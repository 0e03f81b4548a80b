"""Two of three etcd members die: no majority, no writes. What runs goes on running."""

from orrery.kernel import MINUTE, SECOND
from orrery.machinery.objects import dig
from orrery.machinery.resources import CONFIGMAPS, DEPLOYMENTS
from orrery.theatre.scenes import looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")
ONE = CONFIGMAPS.path("default", "vote")


def _crash_one(world: World) -> None:
    """The first follower."""
    members = looks.components(world, "etcd")
    world.notes["dead"] = [member for member in members if member != looks.etcd_leader(world)][:1]
    world.acts.fault("crash-process", component=world.notes["dead"][0])


def _crash_leader(world: World) -> None:
    leader = looks.etcd_leader(world)
    assert leader is not None
    world.notes["dead"].append(leader)
    world.acts.fault("crash-process", component=leader)


def _restart(world: World) -> None:
    for member in world.notes["dead"]:
        world.acts.fault("restart-process", component=member)


SCENE = Scene(
    id="quorum-loss",
    title=Words(ko="정족수를 잃으면", en="When the quorum is lost"),
    text=Words(
        ko="세 멤버 중 하나를 잃으면 쓰기가 이어지지만, 둘을 잃으면 과반이 없어 멈춥니다. 돌던 파드는 계속 돕니다.",
        en="With one of three members gone writes go on; with two gone there is no majority. Running Pods live on.",
    ),
    steps=(
        *table.clear((CONFIGMAPS, "vote"), (DEPLOYMENTS, "steady")),
        Do("run two Pods", lambda world: world.acts.apply([manifests.deployment("steady", replicas=2)])),
        Wait("both are Ready", lambda world: len(looks.ready_pods(world, "steady")) == 2, 2 * MINUTE),
        say("팔로워 하나가 죽습니다. 둘이 남아 아직 과반입니다.", "A follower dies. Two are left: still a majority."),
        Do("crash a follower", _crash_one),
        Do("write", lambda world: talk.send(world, "made", "POST", ALL, manifests.config_map("vote", votes="2"))),
        Wait("the write succeeds", lambda world: talk.code(world, "made") == 201, 30 * SECOND),
        say("리더도 죽습니다. 하나로는 과반이 안 됩니다. 후보가 되어도 표를 얻지 못합니다.",
            "The leader dies, too. One is no majority: it stands for election and gets no vote."),
        Do("crash the leader", _crash_leader),
        Do("write", lambda world: talk.send(
            world, "lost", "PATCH", ONE, {"data": {"votes": "1"}}, content_type=talk.MERGE)),
        Wait("the write fails", lambda world: talk.code(world, "lost") >= 500, 2 * MINUTE),
        Expect("nobody leads", lambda world: looks.etcd_leader(world) is None),
        Expect("the Pods run on", lambda world: all(
            container["state"].get("running") for pod in looks.pods(world, "steady")
            for container in pod["status"]["containerStatuses"])),
        Expect("nothing was written",
               lambda world: dig(looks.stored(world, CONFIGMAPS, "vote"), "data", "votes") == "2"),
        say("둘이 돌아오면 다시 리더를 뽑고 쓰기가 이어집니다. 잃은 것은 없습니다.",
            "When they are back a leader is elected and writes go on. Nothing is lost."),
        Do("restart both", _restart),
        Wait("somebody leads", looks.etcd_leader, MINUTE),
        Wait("the write succeeds now", lambda world: _try(world), 2 * MINUTE),
        Wait("the Pods are Ready", lambda world: len(looks.ready_pods(world, "steady")) == 2, 2 * MINUTE),
    ),
)


def _try(world: World) -> bool:
    """Writes again and again until it succeeds."""
    if world.notes.get("try") is None or talk.code(world, "try") >= 400:
        talk.send(world, "try", "PATCH", ONE, {"data": {"votes": "3"}}, content_type=talk.MERGE)
    return talk.code(world, "try") == 200
