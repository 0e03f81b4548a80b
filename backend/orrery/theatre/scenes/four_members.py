"""Four etcd members: a majority of four is three, so they bear the loss of one, just as three do."""

from dataclasses import replace

from orrery.cluster import ClusterConfig, default_config
from orrery.cluster.config import etcd_hosts
from orrery.etcd.events import VotesCounted
from orrery.kernel import MINUTE, SECOND
from orrery.machinery.resources import CONFIGMAPS
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")


def four() -> ClusterConfig:
    """The default cluster, with four etcd members on hosts of their own."""
    return replace(default_config(), name="four", etcd=etcd_hosts([f"etcd{number}" for number in (1, 2, 3, 4)]))


def _crash_leader(world: World) -> None:
    leader = looks.etcd_leader(world)
    assert leader is not None
    world.notes.update(leader=leader, term=looks.etcd_term(world))
    world.acts.fault("crash-process", component=leader)


def _write(world: World, note: str) -> bool:
    if world.notes.get(note) is None or talk.code(world, note) >= 500:
        talk.send(world, note, "POST", ALL, manifests.config_map(note))
    return talk.code(world, note) in (201, 409)  # 409: an earlier attempt was carried out after all


def _is_refused(world: World) -> bool:
    if world.notes.get("refused") is None:
        talk.send(world, "refused", "POST", ALL, manifests.config_map("refused"))
    return talk.code(world, "refused") >= 500


def _needed(world: World) -> list[int]:
    return [event.needed for event in ears.heard(world, VotesCounted)]


SCENE = Scene(
    id="four-members",
    title=Words(ko="왜 넷이 아닌가", en="Why not four?"),
    text=Words(
        ko="넷의 과반은 셋입니다. 하나를 잃으면 돌지만 둘을 잃으면 멈춥니다. 셋과 같은 만큼만 견디면서 기다릴 표는 더 "
           "많습니다.",
        en="A majority of four is three: one may be lost, two may not. It bears what three bear, and waits for more "
           "votes.",
    ),
    config=four,
    steps=(
        *table.clear(*((CONFIGMAPS, name) for name in ("three-left", "refused", "three-again"))),
        Do("listen", lambda world: ears.listen(world, VotesCounted)),
        Expect("there are four members", lambda world: len(looks.components(world, "etcd")) == 4),
        say("리더가 죽습니다. 남은 셋 모두의 표가 있어야 새 리더가 됩니다.",
            "The leader dies. The new one needs the votes of all three that are left."),
        Do("crash the leader", _crash_leader),
        Wait("another leads", lambda world: looks.etcd_leader(world) not in (None, world.notes["leader"]), 20 * SECOND),
        Expect("three votes were needed", lambda world: set(_needed(world)) == {3}),
        Wait("a write succeeds", lambda world: _write(world, "three-left"), MINUTE),
        say("하나가 더 죽습니다. 넷 중 둘은 과반이 아닙니다.", "Another dies. Two of four are no majority."),
        Do("crash the new leader", _crash_leader),
        Wait("a write fails", _is_refused, 2 * MINUTE),
        Expect("nobody leads", lambda world: looks.etcd_leader(world) is None),
        say("다섯이면 둘까지 잃어도 됩니다. 그래서 3, 5, 7입니다.", "Five would bear the loss of two. Hence 3, 5, 7."),
        Do("restart it", lambda world: world.acts.fault("restart-process", component=world.notes["leader"])),
        Wait("a write succeeds again", lambda world: _write(world, "three-again"), 2 * MINUTE),
    ),
)
