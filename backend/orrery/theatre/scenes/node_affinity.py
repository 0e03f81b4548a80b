"""Node affinity: what must be so, and what would be nice."""

from orrery.machinery.objects import labels_of
from orrery.machinery.resources import NODES, PODS
from orrery.scheduler.events import SchedulingDecision
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"


def _term(key: str, value: str) -> dict[str, object]:
    return {"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}


def _zone(world: World, node: str) -> str:
    return labels_of(looks.stored(world, NODES, node) or {}).get(ZONE, "")


def _choose(world: World) -> None:
    """Requires the last worker's zone, prefers the last worker."""
    last = looks.workers(world)[-1]
    world.notes.update(last=last, zone=_zone(world, last))
    affinity = {"nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [_term(ZONE, world.notes["zone"])]},
        "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": _term(HOST, last)}],
    }}
    ears.listen(world, SchedulingDecision)
    world.acts.apply([manifests.pod("choosy", affinity=affinity)])


def _node(world: World) -> str:
    """Where it was placed; empty while it is not."""
    return "".join(looks.node_of(pod) for pod in looks.pods(world, "choosy"))


def _others_refused(world: World) -> bool:
    """Exactly the nodes of other zones were refused, by NodeAffinity."""
    decision = ears.heard(world, SchedulingDecision, pod="default/choosy")[0]
    return all(
        (node.total is None) == (_zone(world, node.node) != world.notes["zone"])
        and (node.total is not None or node.filters[-1].plugin == "NodeAffinity")
        for node in decision.nodes
    )


def _preferred_scored(world: World) -> bool:
    decision = ears.heard(world, SchedulingDecision, pod="default/choosy")[0]
    given = {node.node: s.normalized for node in decision.nodes for s in node.scores if s.plugin == "NodeAffinity"}
    return given[world.notes["last"]] == 100 and all(
        score == 0 for node, score in given.items() if node != world.notes["last"]
    )


SCENE = Scene(
    id="node-affinity",
    title=Words(ko="노드 어피니티", en="Node affinity"),
    text=Words(
        ko="required는 필터가 되어 다른 존의 노드를 빼고, preferred는 점수가 되어 한 노드를 밀어 줍니다.",
        en="What is required becomes a filter that rules out other zones; what is preferred becomes a score.",
    ),
    steps=(
        *table.clear((PODS, "choosy")),
        say("한 존을 요구하고, 그 존의 한 노드를 선호하는 파드입니다.",
            "This Pod requires a zone, and prefers one node of that zone."),
        Do("apply a choosy Pod", _choose),
        Wait("it is placed", lambda world: _node(world)),
        Expect("nodes of other zones were filtered out", _others_refused),
        Expect("the preferred node got the points", _preferred_scored),
        Expect("it is on the preferred node",
               lambda world: _node(world) == world.notes["last"]),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "choosy")),
    ),
)
