"""An API server dies behind the load balancer: the next one carries on, for none of them keeps anything of its own."""

from orrery.apiserver import RequestAudited
from orrery.cluster.events import BackendChanged
from orrery.kernel import SECOND
from orrery.machinery.resources import CONFIGMAPS
from orrery.theatre.scenes import ears, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = CONFIGMAPS.path("default")
ONE = CONFIGMAPS.path("default", "ledger")
VISITS = ("visit-1", "visit-2", "visit-3")


def _servers(world: World) -> list[str]:
    """The API servers that answered requests about ConfigMaps, in order of first appearance."""
    return [*dict.fromkeys(event.source for event in ears.heard(world, RequestAudited, resource="configmaps"))]


def _visit(world: World) -> None:
    """Three people, each over a connection of their own."""
    for name in VISITS:
        world.acts.apply([manifests.config_map(name, hello="world")])


def _crash(world: World) -> None:
    ears.listen(world, BackendChanged)
    world.notes["server"] = ears.heard(world, RequestAudited, resource="configmaps", verb="create", code=201)[-1].source
    world.acts.fault("crash-process", component=world.notes["server"])


def _ask_again(world: World) -> bool:
    """Asks until an answer comes: a client whose connection broke tries once more."""
    if talk.code(world, "again") in (0, 200):
        return talk.code(world, "again") == 200
    talk.send(world, "again", "GET", ONE)
    return False


def _is_out(world: World) -> bool:
    return bool(ears.heard(world, BackendChanged, backend=world.notes["server"], up=False))


def _by_another(world: World) -> bool:
    last = ears.heard(world, RequestAudited, resource="configmaps", verb="get", name="ledger", code=200)[-1]
    return last.source != str(world.notes["server"])


SCENE = Scene(
    id="apiserver-crash",
    title=Words(ko="API 서버가 죽으면", en="When an API server dies"),
    text=Words(
        ko="API 서버는 상태를 갖지 않습니다. 하나가 죽으면 로드 밸런서가 다른 서버로 보내고, 데이터는 그대로 있습니다.",
        en="API servers keep no state: when one dies, the load balancer turns to another, and all data is there.",
    ),
    steps=(
        *table.clear((CONFIGMAPS, "ledger"), *((CONFIGMAPS, name) for name in VISITS)),
        Do("listen", lambda world: ears.listen(world, RequestAudited)),
        say("세 사람이 각자 연결합니다. 로드 밸런서는 연결을 API 서버들에 차례로 나눕니다.",
            "Three people connect. The load balancer hands their connections to the API servers in turn."),
        Do("three visits", _visit),
        Wait("all are answered", lambda world: all(
            CONFIGMAPS.key("default", name) in world.projections.objects.by_key for name in VISITS)),
        Expect("more than one server answered", lambda world: len(_servers(world)) >= 2),
        Do("write through one of them", lambda world: talk.send(
            world, "made", "POST", ALL, manifests.config_map("ledger", balance="100"))),
        Wait("201 Created", lambda world: talk.code(world, "made") == 201),
        say("방금 답한 그 서버가 죽습니다.", "The very server that answered dies."),
        Do("crash it", _crash),
        Do("ask for what it stored", lambda world: talk.send(world, "again", "GET", ONE)),
        Wait("another server answers", _ask_again, 30 * SECOND),
        Expect("it was another", _by_another),
        Expect("the data is the same", lambda world: talk.answer(world, "again").body["data"] == {"balance": "100"}),
        say("상태 검사가 세 번 실패하면 로드 밸런서는 그 서버를 뺍니다.",
            "After three failed health checks the load balancer takes the server out."),
        Wait("the load balancer has taken it out", _is_out, 20 * SECOND),
        Do("write", lambda world: talk.send(
            world, "spent", "PATCH", ONE, {"data": {"balance": "90"}}, content_type=talk.MERGE)),
        Wait("writes go on", lambda world: talk.code(world, "spent") == 200),
        Do("restart it", lambda world: world.acts.fault("restart-process", component=world.notes["server"])),
        Wait("it is back", lambda world: ears.heard(
            world, BackendChanged, backend=world.notes["server"], up=True), 30 * SECOND),
    ),
)
