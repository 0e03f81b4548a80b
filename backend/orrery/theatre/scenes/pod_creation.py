"""The lecture's sequence: sixteen messages from `kubectl create` to a container that runs, each found in the trace by
its cause (`theatre/creation.py` knows how)."""

from orrery.kernel import MINUTE, SECOND, MessageSent, TraceEvent
from orrery.machinery.resources import PODS
from orrery.theatre.creation import Creations, Steps, component, is_message, pod_stored
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

POD = "default/solo"
ALL = PODS.path("default")


def _last_message(world: World) -> TraceEvent | None:
    """The sixteenth: Running is stored."""
    for event in ears.recorded(world):
        stored = pod_stored(event)
        if stored is not None and stored[0] == POD and stored[1].get("status", {}).get("phase") == "Running":
            return event
    return None


def _sequence(world: World) -> Steps:
    """All sixteen, found. What is missing is not in it."""
    if "sequence" in world.notes:
        return world.notes["sequence"]  # type: ignore[no-any-return]
    opened: dict[int, tuple[MessageSent, ...]] = {}
    creations = Creations(lambda call: opened.get(call, ()))
    for event in ears.recorded(world):
        if is_message(event, "api", "stream", kind="WATCH /api/v1/pods"):
            assert isinstance(event, MessageSent)
            opened[event.call] = (*opened.get(event.call, ()), event)
        creations.feed(event)
    found: Steps = creations.steps(POD)
    world.notes["sequence"] = found
    return found


def _restart(world: World) -> None:
    """Schedulers and kubelets, so that we see them open their watches."""
    ears.record(world)
    for name in ("kube-scheduler", "kubelet"):
        for found in looks.components(world, name):
            world.acts.fault("restart-process", component=found)


def _watching(world: World) -> bool:
    """A scheduler leads, and every kubelet has opened its watch of Pods."""
    watches = {e.source for e in ears.recorded(world) if is_message(e, "api", "stream", kind="WATCH /api/v1/pods")}
    return bool(looks.leader_of(world, "kube-scheduler")) and {*looks.components(world, "kubelet")} <= watches


def _in_order(world: World, *numbers: int) -> bool:
    found = _sequence(world)
    ids = [found[number].id for number in numbers]
    return bool(ids == sorted(ids))


def _one_server_did(world: World) -> bool:
    """Kubectl asked; who authorized also stored, and was confirmed; and kubectl was told that the Pod is created."""
    found = _sequence(world)
    return bool(
        component(found[1].source) == "kubectl" and found[2].source == found[3].source == found[4].target
        and found[5].body.code == 201 and found[5].target == found[1].source
    )


def _one_node_did(world: World) -> bool:
    """The node that was selected is the node that was stored, and its kubelet did the rest."""
    found = _sequence(world)
    kubelet = found[12].target
    stored = pod_stored(found[10])
    assert stored is not None
    return bool(
        stored[1]["spec"]["nodeName"] == found[8].selected == kubelet.partition("/")[0]
        and kubelet == found[13].source == found[14].target == found[15].source
    )


def _judged(world: World) -> bool:
    stages = {verdict.stage: verdict.verdict for verdict in _sequence(world)[2].stages}
    return stages.get("authentication") == stages.get("authorization") == "allow"


SCENE = Scene(
    id="pod-creation",
    title=Words(ko="파드가 만들어지기까지: 열여섯 메시지", en="How a Pod comes to be: sixteen messages"),
    text=Words(
        ko="강의의 시퀀스 다이어그램 그대로입니다. kubectl의 요청부터 Running이 저장될 때까지, 원인의 사슬을 따라 "
           "메시지를 하나씩 확인합니다.",
        en="The lecture's sequence diagram, live: from kubectl's request to Running in etcd, each message found by its "
           "cause.",
    ),
    steps=(
        *table.clear((PODS, "solo")),
        say("먼저 스케줄러와 kubelet을 다시 시작합니다. 감시를 여는 모습(6번, 11번)을 보기 위해서입니다. 감시는 파드가 "
            "생기기 훨씬 전에 열려 있습니다.",
            "First schedulers and kubelets restart, so that we see them open their watches (6 and 11): these stand "
            "open "
            "long before any Pod is made."),
        Do("restart schedulers and kubelets", _restart),
        Wait("they watch", _watching, MINUTE),
        Do("look at the clock", lambda world: world.notes.update(at_ns=world.kernel.now_ns)),
        Wait("all is quiet", lambda world: world.kernel.now_ns > world.notes["at_ns"] + SECOND),
        say("1–5: kubectl이 파드를 만들어 달라고 하면 API 서버가 인증·인가하고, etcd에 저장하고, 확인을 받아 답합니다.",
            "1–5: kubectl asks for a Pod; the API server authenticates and authorizes, stores it in etcd, is "
            "confirmed, "
            "and answers."),
        Do("kubectl creates a Pod", lambda world: talk.send(world, "made", "POST", ALL, manifests.pod("solo"))),
        Wait("201 Created", lambda world: talk.code(world, "made") == 201),
        say("7–10: 감시 이벤트가 스케줄러에 닿고, 노드를 골라 바인딩을 보내면, API 서버가 저장합니다.",
            "7–10: a watch event reaches the scheduler; it selects a node and sends the Binding; the API server stores "
            "it."),
        Wait("it is bound", lambda world: looks.pods(world, "solo") and looks.node_of(looks.pods(world, "solo")[0])),
        say("12–16: kubelet이 배정을 보고 런타임에 컨테이너를 만들게 하고, 시작되면 상태를 알립니다.",
            "12–16: the kubelet sees the assignment, has the runtime create the container, and reports when it has "
            "started."),
        Wait("Running is stored", _last_message, 2 * MINUTE),
        Expect("all sixteen are in the trace", lambda world: sorted(_sequence(world)) == list(range(1, 17))),
        Expect("1 to 5 in order", lambda world: _in_order(world, 1, 2, 3, 4, 5)),
        Expect("the watches were opened before", lambda world: _in_order(world, 6, 1) and _in_order(world, 11, 1)),
        Expect("3 led to 7, and on to 10", lambda world: _in_order(world, 3, 7, 8, 9, 10)),
        Expect("10 led to 12, and on to 16", lambda world: _in_order(world, 10, 12, 13, 14, 15, 16)),
        Expect("authentication and authorization said yes", _judged),
        Expect("one API server authorized, stored and answered", _one_server_did),
        Expect("the selected node's kubelet did the rest", _one_node_did),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "solo")),
    ),
)
