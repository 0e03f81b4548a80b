"""Taints: nodes that turn Pods away, the reason in the scheduler's words, and a toleration that opens the door."""

from orrery.machinery.objects import dig, find_condition
from orrery.machinery.resources import NODES, PODS
from orrery.scheduler.events import SchedulingDecision
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

TAINT = {"key": "hardware", "value": "gpu", "effect": "NoSchedule"}
TOLERATION = {"key": "hardware", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}


def _taints(world: World, node: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = dig(looks.stored(world, NODES, node), "spec", "taints", default=[])
    return found


def _taint_all(world: World, tainted: bool) -> None:
    """Puts the taint on every node, or takes it off; other taints stay."""
    for node in looks.workers(world):
        others = [taint for taint in _taints(world, node) if taint != TAINT]
        talk.send(world, f"taint {node}", "PATCH", NODES.path("", node),
                  {"spec": {"taints": [*others, TAINT] if tainted else others or None}}, content_type=talk.MERGE)


def _are_tainted(world: World, tainted: bool) -> bool:
    return all((TAINT in _taints(world, node)) == tainted for node in looks.workers(world))


def _why(world: World) -> str:
    """What the unschedulable Pod's condition says."""
    pod = looks.stored(world, PODS, "plain")
    condition = find_condition(pod or {}, "PodScheduled") or {}
    return str(condition.get("message", "")) if condition.get("status") == "False" else ""


def _refused_by_taints(world: World) -> bool:
    decision = ears.heard(world, SchedulingDecision, pod="default/plain")[0]
    return decision.selected is None and all(node.filters[-1].plugin == "TaintToleration" for node in decision.nodes)


SCENE = Scene(
    id="taints",
    title=Words(ko="테인트와 톨러레이션", en="Taints and tolerations"),
    text=Words(
        ko="모든 노드에 테인트를 걸면 보통 파드는 갈 곳이 없습니다. 톨러레이션이 있는 파드만 들어갑니다.",
        en="With a taint on every node an ordinary Pod has nowhere to go. A Pod that tolerates it is let in.",
    ),
    steps=(
        *table.clear((PODS, "plain"), (PODS, "tolerant")),
        Do("listen", lambda world: ears.listen(world, SchedulingDecision)),
        say("모든 노드에 hardware=gpu:NoSchedule 테인트를 겁니다.",
            "Every node gets the taint hardware=gpu:NoSchedule."),
        Do("taint all nodes", lambda world: _taint_all(world, True)),
        Wait("they are tainted", lambda world: _are_tainted(world, True)),
        Do("apply an ordinary Pod", lambda world: world.acts.apply([manifests.pod("plain")])),
        Wait("it is refused, with a reason", _why),
        Expect("the reason names the taint", lambda world: "untolerated taint" in _why(world)),
        Expect("every node was refused by TaintToleration", _refused_by_taints),
        Wait("an Event says so", lambda world: looks.events_about(world, "plain", "FailedScheduling")),
        say("같은 파드에 톨러레이션을 주면 들어갑니다.", "The same Pod with a toleration is let in."),
        Do("apply a tolerant Pod",
           lambda world: world.acts.apply([manifests.pod("tolerant", tolerations=[TOLERATION])])),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "tolerant")),
        Expect("the ordinary one still waits", lambda world: not looks.node_of(looks.pods(world, "plain")[0])),
        say("테인트를 지우면 기다리던 파드도 바로 다시 시도됩니다.",
            "When the taint is removed the Pod that waits is tried again at once."),
        Do("remove the taints", lambda world: _taint_all(world, False)),
        Wait("they are gone", lambda world: _are_tainted(world, False)),
        Wait("the ordinary Pod is Ready", lambda world: looks.ready_pods(world, "plain")),
    ),
)
