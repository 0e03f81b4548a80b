"""The network splits, and etcd's leader stands in the minority: it steps down, and the majority goes on."""

from orrery.etcd.events import EtcdApplied, RaftStateChanged
from orrery.kernel import MINUTE, SECOND
from orrery.machinery.resources import CONFIGMAPS
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")
ONE = CONFIGMAPS.path("default", "border")
KEY = CONFIGMAPS.key("default", "border")


def _split(world: World) -> None:
    leader = looks.etcd_leader(world)
    assert leader is not None
    alone = leader.partition("/")[0]
    others = [member.partition("/")[0] for member in looks.components(world, "etcd") if member != leader]
    world.notes.update(leader=leader, term=looks.etcd_term(world), alone=alone, others=others)
    world.acts.fault("partition", groups=[[alone], others])


def _heal(world: World) -> None:
    for other in world.notes["others"]:
        world.acts.fault("heal-link", a=world.notes["alone"], b=other)


def _stepped_down(world: World) -> bool:
    told = ears.heard(world, RaftStateChanged, member=world.notes["leader"])
    return bool(told) and told[-1].role != "leader"


def _another_leads(world: World) -> bool:
    leader = looks.etcd_leader(world)
    return leader not in (None, world.notes["leader"]) and looks.etcd_term(world) > world.notes["term"]


def _write(world: World) -> bool:
    """Writes until it succeeds: whoever asks the lonely server is refused, and asks again."""
    if world.notes.get("write") is None or talk.code(world, "write") >= 400:
        talk.send(world, "write", "PATCH", ONE, {"data": {"side": "majority"}}, content_type=talk.MERGE)
    return talk.code(world, "write") == 200


def _read(world: World) -> bool:
    """Reads until it is answered."""
    if world.notes.get("read") is None or talk.code(world, "read") >= 400:
        talk.send(world, "read", "GET", ONE)
    return talk.code(world, "read") == 200


def _has_it(world: World) -> bool:
    """The lonely member has applied the majority's write."""
    applied = ears.heard(world, EtcdApplied, member=world.notes["leader"])
    return any(key == KEY and "majority" in value for event in applied for key, value, _, _ in event.puts)


def _one_leader_a_term(world: World) -> bool:
    leaders: dict[int, str] = {}
    return all(
        leaders.setdefault(event.term, event.member) == event.member
        for event in ears.heard(world, RaftStateChanged, role="leader")
    )


def _same_everywhere(world: World) -> bool:
    """No two members applied different things at one index."""
    applied: dict[int, tuple[object, ...]] = {}
    for event in ears.heard(world, EtcdApplied):
        entry = (event.term, event.puts, event.deletes)
        if applied.setdefault(event.index, entry) != entry:
            return False
    return True


SCENE = Scene(
    id="partition",
    title=Words(ko="네트워크가 갈라지면", en="When the network splits"),
    text=Words(
        ko="리더가 소수 쪽에 갇히면 스스로 물러나고, 과반 쪽이 새 리더를 뽑아 이어 갑니다. 이어지면 소수가 과반을 "
           "따라잡습니다.",
        en="A leader caught in the minority steps down; the majority elects another and goes on; healed, the minority "
           "catches up.",
    ),
    steps=(
        *table.clear((CONFIGMAPS, "border")),
        Do("listen", lambda world: ears.listen(world, RaftStateChanged, EtcdApplied)),
        Do("create", lambda world: talk.send(world, "made", "POST", ALL, manifests.config_map("border", side="both"))),
        Wait("it is created", lambda world: talk.code(world, "made") == 201),
        say("리더의 호스트와 나머지 둘 사이가 끊깁니다.", "The leader's host is cut off from the other two."),
        Do("split the network", _split),
        Wait("the old leader steps down", _stepped_down, 10 * SECOND),
        say("과반의 소식을 듣지 못한 리더는 물러납니다. 옛 값을 답하느니 답하지 않습니다.",
            "A leader that hears no majority steps down: it rather says nothing than something old."),
        Wait("the majority has a leader of a higher term", _another_leads, 10 * SECOND),
        Wait("a write succeeds on the majority's side", _write, 2 * MINUTE),
        Wait("a read is answered", _read, 2 * MINUTE),
        Expect("with the new value, whoever was asked",
               lambda world: talk.answer(world, "read").body["data"] == {"side": "majority"}),
        Expect("the cut-off member does not have it", lambda world: not _has_it(world)),
        say("다시 이어집니다. 소수 쪽은 더 높은 임기를 보고 팔로워가 되어 로그를 받습니다.",
            "The link heals. The minority sees the higher term, follows, and takes over the log."),
        Do("heal", _heal),
        Wait("the cut-off member has caught up", _has_it, MINUTE),
        Expect("never two leaders in one term", _one_leader_a_term),
        Expect("all members applied the same", _same_everywhere),
    ),
)
