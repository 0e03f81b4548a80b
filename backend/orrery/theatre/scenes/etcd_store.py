"""What etcd keeps: one key an object, in a hierarchy, with versions and a history, the same on every member."""

from orrery.etcd.events import EtcdApplied, RaftLogChanged
from orrery.kernel import MessageSent
from orrery.machinery.resources import CONFIGMAPS, NODES, PODS
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")
ONE = CONFIGMAPS.path("default", "settings")
KEY = CONFIGMAPS.key("default", "settings")


def _versions(world: World, member: str) -> list[tuple[int, int, str]]:
    """What a member applied of the key: (revision, version, the colour in it)."""
    return [
        (event.revision, version, "red" if '"red"' in value else "blue")
        for event in ears.heard(world, EtcdApplied, member=member) for key, value, _, version in event.puts
        if key == KEY
    ]


def _everywhere(world: World, count: int) -> bool:
    """Every member has applied so many versions, and they are the same."""
    members = looks.components(world, "etcd")
    first = _versions(world, members[0])
    return len(first) == count and all(_versions(world, member) == first for member in members)


def _begin(world: World) -> None:
    ears.listen(world, EtcdApplied, RaftLogChanged, MessageSent)
    talk.send(world, "made", "POST", ALL, manifests.config_map("settings", color="red"))


def _past(world: World) -> None:
    query = {"resourceVersion": talk.version_of(world, "made"), "resourceVersionMatch": "Exact"}
    talk.send(world, "past", "GET", ALL, query=query)


def _past_color(world: World) -> str:
    items = talk.answer(world, "past").body["items"]
    return next((item["data"]["color"] for item in items if item["metadata"]["name"] == "settings"), "")


def _from_the_leader(world: World) -> bool:
    """Entries were sent by the leader alone."""
    senders = {event.source for event in ears.heard(world, MessageSent, protocol="raft", kind="AppendEntries")}
    return senders == {looks.etcd_leader(world)}


def _same_place(world: World) -> bool:
    """The entry stands at one index, with one term, in every log."""
    places = {
        (event.member, index, term) for event in ears.heard(world, RaftLogChanged)
        for index, term, text in event.entries if KEY in text
    }
    members = {member for member, _, _ in places}
    return members == {*looks.components(world, "etcd")} and len({place[1:] for place in places}) == 1


def _keys(world: World) -> bool:
    keys = world.projections.objects.by_key
    pod = looks.pods(world, "resident")[0]
    return (
        KEY == "/registry/configmaps/default/settings" and KEY in keys
        and NODES.key("", "worker-1") == "/registry/minions/worker-1" in keys
        and keys[PODS.key("default", "resident")].document["spec"]["nodeName"] == looks.node_of(pod)
    )


SCENE = Scene(
    id="etcd-store",
    title=Words(ko="etcd 안을 들여다보면", en="A look into etcd"),
    text=Words(
        ko="객체 하나가 키 하나입니다. 리더가 로그에 적고 과반이 받으면 모든 멤버가 같은 순서로 적용합니다. 지난 "
           "버전도 남습니다.",
        en="One object is one key. The leader logs it, a majority has it, every member applies it. Versions are kept.",
    ),
    steps=(
        *table.clear((CONFIGMAPS, "settings"), (PODS, "resident")),
        say("ConfigMap 하나를 만듭니다. 키는 /registry/configmaps/default/settings입니다.",
            "A ConfigMap is made. Its key is /registry/configmaps/default/settings."),
        Do("create", _begin),
        Wait("all members have applied it", lambda world: _everywhere(world, 1)),
        Expect("the leader gave it to the others", _from_the_leader),
        Expect("it has one place in all logs", _same_place),
        Expect("it is version 1", lambda world: _versions(world, looks.components(world, "etcd")[0])[0][1] == 1),
        Expect("its revision is the resourceVersion", lambda world: str(
            _versions(world, looks.components(world, "etcd")[0])[0][0]) == talk.version_of(world, "made")),
        say("고치면 같은 키의 버전 2가 됩니다. 버전 1도 압축될 때까지 읽을 수 있습니다.",
            "A change makes version 2 of the same key. Version 1 can be read until it is compacted."),
        Do("change", lambda world: talk.send(
            world, "changed", "PATCH", ONE, {"data": {"color": "blue"}}, content_type=talk.MERGE)),
        Wait("all members have applied both", lambda world: _everywhere(world, 2)),
        Do("read the past", _past),
        Wait("the past", lambda world: talk.code(world, "past") == 200),
        Expect("it was red then", lambda world: _past_color(world) == "red"),
        say("파드와 노드도 키입니다. 노드는 옛 이름 minions 아래에 있습니다.",
            "Pods and Nodes are keys, too. Nodes stand under their old name, minions."),
        Do("run a Pod", lambda world: world.acts.apply([manifests.pod("resident")])),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "resident")),
        Expect("the keys are Kubernetes' own", _keys),
    ),
)
