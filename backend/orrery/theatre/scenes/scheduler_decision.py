"""One scheduling decision, opened up: what each filter said of each node, what each score gave, which node won."""

from orrery.apiserver import RequestAudited
from orrery.kernel import SECOND
from orrery.machinery.objects import dig
from orrery.machinery.resources import NODES, PODS
from orrery.scheduler.decision import NodeVerdict
from orrery.scheduler.events import SchedulingDecision
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

BIG = {"resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}
SIZED = {"resources": {"requests": {"cpu": "2500m", "memory": "1Gi"}}}
FULL, CLOSED = 0, 1  # which worker is made full, and which is cordoned


def _cordon(world: World, closed: bool) -> None:
    node = looks.workers(world)[CLOSED]
    talk.send(world, "cordon", "PATCH", NODES.path("", node), {"spec": {"unschedulable": closed}},
              content_type=talk.MERGE)


def _occupy(world: World) -> None:
    """A Pod that leaves too little room on one worker."""
    world.acts.apply([manifests.pod("occupant", container=BIG, nodeName=looks.workers(world)[FULL])])


def _tidy(world: World) -> None:
    _cordon(world, False)
    for name in ("newcomer", "occupant"):
        world.acts.delete("pods", "default", name)


def _ask(world: World) -> None:
    ears.listen(world, SchedulingDecision, RequestAudited)
    world.acts.apply([manifests.pod("newcomer", container=SIZED)])


def _decision(world: World) -> SchedulingDecision | None:
    return next(iter(ears.heard(world, SchedulingDecision, pod="default/newcomer")), None)


def _decided(world: World) -> SchedulingDecision:
    decision = _decision(world)
    assert decision is not None
    return decision


def _verdict(world: World, worker: int) -> NodeVerdict:
    name = looks.workers(world)[worker]
    return next(node for node in _decided(world).nodes if node.node == name)


def _refusal(world: World, worker: int) -> tuple[str, str]:
    """The plugin that refused a node, and why."""
    last = _verdict(world, worker).filters[-1]
    return last.plugin, " ".join(last.reasons)


def _winner_has_most(world: World) -> bool:
    decision = _decided(world)
    totals = {node.node: node.total for node in decision.nodes if node.total is not None}
    return decision.selected in totals and totals[decision.selected] == max(totals.values())


def _adds_up(world: World) -> bool:
    nodes = _decided(world).nodes
    return all(
        score.weighted == score.normalized * score.weight for node in nodes for score in node.scores
    ) and all(
        node.total == sum(score.weighted for score in node.scores) for node in nodes if node.total is not None
    )


def _scorers(world: World) -> set[str]:
    return {score.plugin for node in _decided(world).nodes for score in node.scores}


def _asked(world: World, verb: str) -> list[str]:
    """What the scheduler asked of the API server, heartbeats aside."""
    return [
        f"{event.resource}/{event.subresource}" for event in ears.heard(world, RequestAudited, verb=verb, quiet=False)
        if event.user == "system:kube-scheduler" and event.resource in ("nodes", "pods")
    ]


SCENE = Scene(
    id="scheduler-decision",
    title=Words(ko="스케줄러의 결정을 열어 보기", en="A scheduling decision, opened up"),
    text=Words(
        ko="필터가 노드를 거르고, 점수가 순서를 매기고, 가장 높은 노드에 바인딩합니다. 노드마다 이유가 남습니다.",
        en="Filters rule nodes out, scores rank the rest, the highest gets the binding. Every node has its reasons.",
    ),
    steps=(
        *table.clear((PODS, "newcomer"), (PODS, "occupant")),
        say("한 노드는 자리가 모자라고, 한 노드는 cordon되어 있습니다.",
            "One node has too little room; one is cordoned."),
        Do("fill a worker", _occupy),
        Do("cordon another", lambda world: _cordon(world, True)),
        Wait("the occupant is Ready", lambda world: looks.ready_pods(world, "occupant"), 60 * SECOND),
        Wait("the cordon is stored", lambda world: dig(
            looks.stored(world, NODES, looks.workers(world)[CLOSED]), "spec", "unschedulable")),
        say("CPU 2.5개를 원하는 파드가 옵니다.", "A Pod comes that asks for 2.5 CPUs."),
        Do("apply the Pod", _ask),
        Wait("the scheduler decides", _decision),
        Expect("four nodes were looked at", lambda world: len(_decided(world).nodes) == len(looks.workers(world))),
        say("1단계, 필터: 자리가 모자란 노드와 cordon된 노드가 이유와 함께 빠집니다.",
            "Step one, filters: the full node and the cordoned one are ruled out, each with its reason."),
        Expect("the full node: Insufficient cpu",
               lambda world: _refusal(world, FULL) == ("NodeResourcesFit", "Insufficient cpu")),
        Expect("the cordoned node: unschedulable", lambda world: _refusal(world, CLOSED) == (
            "NodeUnschedulable", "node(s) were unschedulable")),
        say("2단계, 점수: 남은 노드마다 플러그인의 점수에 가중치를 곱해 더합니다.",
            "Step two, scores: for each node that is left, every plugin's score times its weight, added up."),
        Expect("resources were scored",
               lambda world: {"NodeResourcesFit", "NodeResourcesBalancedAllocation"} <= _scorers(world)),
        Expect("the sums are right", _adds_up),
        say("3단계, 선택: 총점이 가장 높은 노드입니다. 같으면 그중에서 무작위로 고릅니다.",
            "Step three, the choice: the highest total; chance decides between equals."),
        Expect("the winner has the highest total", _winner_has_most),
        say("4·5단계: 바인딩을 만들어 API 서버로 보냅니다. 노드와 파드는 캐시에서 보았으므로 묻지 않았습니다.",
            "Steps four and five: the Binding is made and sent to the API server. Nothing was asked for: nodes and "
            "Pods "
            "were in the scheduler's cache."),
        Wait("the Pod is bound", lambda world: looks.node_of(looks.pods(world, "newcomer")[0])),
        Expect("to the winner",
               lambda world: looks.node_of(looks.pods(world, "newcomer")[0]) == _decided(world).selected),
        Expect("by one POST of a Binding", lambda world: _asked(world, "create") == ["pods/binding"]),
        Expect("without reading anything", lambda world: not _asked(world, "get") and not _asked(world, "list")),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "newcomer"), 60 * SECOND),
        say("정리합니다: cordon을 풀고 두 파드를 지웁니다.", "We tidy up: the cordon is lifted, both Pods go."),
        Do("tidy up", _tidy),
        Wait("both are gone", lambda world: not looks.pods(world, "newcomer") and not looks.pods(world, "occupant")),
    ),
)
