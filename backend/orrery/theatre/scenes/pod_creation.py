"""The lecture's sequence: sixteen messages from `kubectl create` to a container that runs, each found in the trace.

Twelve of them lie on one chain of causes, which is followed backwards from the last. The other four are answers (4, 5)
and the two watches (6, 11), which were opened long before, and on whose streams 7 and 12 came.
"""

from collections.abc import Callable
from typing import Any

import orjson

from orrery.apiserver import RequestAuthorized
from orrery.etcd.requests import Put, Txn
from orrery.kernel import MINUTE, SECOND, MessageSent, TraceEvent
from orrery.machinery.resources import PODS
from orrery.scheduler.events import SchedulingDecision
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

KEY = PODS.key("default", "solo").encode()
ALL = PODS.path("default")
Sequence = dict[int, Any]  # the lecture's number -> the event


def _component(name: str) -> str:
    return name.partition("/")[2]


def _is(event: TraceEvent, protocol: str, part: str, *, source: str = "", target: str = "", kind: str = "") -> bool:
    return (
        isinstance(event, MessageSent) and event.protocol == protocol and event.part == part
        and (not source or _component(event.source) == source) and (not target or _component(event.target) == target)
        and event.kind.startswith(kind)
    )


def _stores(event: TraceEvent) -> dict[str, Any] | None:
    """The Pod as a request to etcd would store it."""
    if _is(event, "etcd", "request", source="kube-apiserver", target="etcd", kind="Txn"):
        assert isinstance(event, MessageSent) and isinstance(event.body, Txn)
        for op in event.body.success:
            if isinstance(op, Put) and op.key == KEY:
                document: dict[str, Any] = orjson.loads(op.value)
                return document
    return None


def _authorized(event: TraceEvent) -> bool:
    return isinstance(event, RequestAuthorized) and event.verb == "create" and event.resource == "pods"


def _selects(event: TraceEvent) -> bool:
    return isinstance(event, SchedulingDecision) and event.selected is not None


# What lies on the chain of causes, in the lecture's order and with its numbers.
ON_THE_CHAIN: dict[int, Callable[[TraceEvent], bool]] = {
    1: lambda event: _is(event, "api", "request", source="kubectl", kind=f"POST {ALL}"),
    2: _authorized,
    3: lambda event: _stores(event) is not None,
    7: lambda event: _is(event, "watch", "item", source="kube-apiserver", target="kube-scheduler", kind="ADDED"),
    8: _selects,
    9: lambda event: _is(event, "api", "request", source="kube-scheduler", kind=f"POST {ALL}/solo/binding"),
    10: lambda event: "nodeName" in (_stores(event) or {}).get("spec", {}),
    12: lambda event: _is(event, "watch", "item", target="kubelet", kind="ADDED"),
    13: lambda event: _is(event, "cri", "request", source="kubelet", target="containerd", kind="CreateContainer"),
    14: lambda event: _is(event, "cri", "response", source="containerd", target="kubelet", kind="StartContainer"),
    15: lambda event: _is(event, "api", "request", source="kubelet", kind=f"PATCH {ALL}/solo/status"),
    16: lambda event: (_stores(event) or {}).get("status", {}).get("phase") == "Running",
}


def _last_message(world: World) -> TraceEvent | None:
    """The sixteenth: Running is stored."""
    return next((event for event in ears.recorded(world) if ON_THE_CHAIN[16](event)), None)


def _sequence(world: World) -> Sequence:
    """All sixteen, found. What is missing is not in it."""
    if "sequence" in world.notes:
        return world.notes["sequence"]  # type: ignore[no-any-return]
    last = _last_message(world)
    assert last is not None
    story = iter(ears.story_of(world, last))
    found: Sequence = {}
    for number, fits in ON_THE_CHAIN.items():
        event = next((event for event in story if fits(event)), None)  # each after the one before it
        if event is not None:
            found[number] = event
    for event in ears.recorded(world):
        if isinstance(event, MessageSent):
            _add_answers_and_watches(found, event)
    world.notes["sequence"] = found
    return found


def _add_answers_and_watches(found: Sequence, event: MessageSent) -> None:
    """The answers to 3 and 1, and the requests on whose streams 7 and 12 came, by their calls."""
    calls = {number: found[number].call for number in (1, 3, 7, 12) if number in found}
    if event.call == calls.get(3) and event.part == "response":
        found[4] = event
    elif event.call == calls.get(1) and event.part == "response" and _component(event.target) == "kubectl":
        found[5] = event
    elif event.call == calls.get(7) and _is(event, "api", "stream", source="kube-scheduler", kind="WATCH /api/v1/pods"):
        found[6] = event
    elif event.call == calls.get(12) and _is(event, "api", "stream", source="kubelet", kind="WATCH /api/v1/pods"):
        found[11] = event


def _restart(world: World) -> None:
    """Schedulers and kubelets, so that we see them open their watches."""
    ears.record(world)
    for name in ("kube-scheduler", "kubelet"):
        for component in looks.components(world, name):
            world.acts.fault("restart-process", component=component)


def _watching(world: World) -> bool:
    """A scheduler leads, and every kubelet has opened its watch of Pods."""
    watches = {event.source for event in ears.recorded(world) if _is(event, "api", "stream", kind="WATCH /api/v1/pods")}
    return bool(looks.leader_of(world, "kube-scheduler")) and {*looks.components(world, "kubelet")} <= watches


def _in_order(world: World, *numbers: int) -> bool:
    found = _sequence(world)
    ids = [found[number].id for number in numbers]
    return bool(ids == sorted(ids))


def _one_server_did(world: World) -> bool:
    """Who authorized also stored, and was confirmed; and kubectl was told that the Pod is created."""
    found = _sequence(world)
    return bool(found[2].source == found[3].source == found[4].target and found[5].body.code == 201)


def _one_node_did(world: World) -> bool:
    """The node that was selected is the node that was stored, and its kubelet did the rest."""
    found = _sequence(world)
    kubelet = found[12].target
    stored = _stores(found[10]) or {}
    return bool(
        stored["spec"]["nodeName"] == found[8].selected == kubelet.partition("/")[0]
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
