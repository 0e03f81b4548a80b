"""A node is emptied for maintenance: cordoned first, then its Pods are evicted and made anew elsewhere."""

from orrery.kernel import MINUTE
from orrery.machinery.objects import dig
from orrery.machinery.resources import DEPLOYMENTS, NODES, PODS
from orrery.theatre.scenes import looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say


def _cordon(world: World) -> None:
    world.notes["node"] = looks.busiest_worker(world, "tenant")
    _set_unschedulable(world, True)


def _set_unschedulable(world: World, closed: bool) -> None:
    path = NODES.path("", world.notes["node"])
    talk.send(world, "cordon", "PATCH", path, {"spec": {"unschedulable": closed}}, content_type=talk.MERGE)


def _there(world: World) -> list[str]:
    """The Pods on the node, on their way out or not."""
    return [
        found.name for found in world.projections.objects.all_of(PODS)
        if looks.node_of(found.document) == world.notes["node"] and found.name.startswith("tenant-")
    ]


def _evict(world: World) -> None:
    world.notes["evicted"] = _there(world)
    for name in world.notes["evicted"]:
        eviction = {
            "apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": "default"},
        }
        talk.send(world, name, "POST", PODS.path("default", name, "eviction"), eviction)


SCENE = Scene(
    id="drain",
    title=Words(ko="노드 비우기: cordon과 drain", en="Emptying a node: cordon and drain"),
    text=Words(
        ko="점검할 노드를 먼저 cordon해 새 파드를 막고, 있던 파드를 축출합니다. 레플리카셋이 다른 노드에 다시 "
           "만듭니다.",
        en="A node due for maintenance is cordoned: no new Pods. Then its Pods are evicted, and made anew elsewhere.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "tenant")),
        Do("apply a Deployment of five", lambda world: world.acts.apply([manifests.deployment("tenant", replicas=5)])),
        Wait("five are Ready", lambda world: len(looks.ready_pods(world, "tenant")) == 5, 3 * MINUTE),
        say("파드가 가장 많은 노드를 cordon합니다. 있던 파드는 그대로 돕니다.",
            "The node with most Pods is cordoned. The Pods on it run on."),
        Do("cordon it", _cordon),
        Wait("it takes no new Pods", lambda world: dig(
            looks.stored(world, NODES, world.notes["node"]), "spec", "unschedulable")),
        Expect("its Pods are still there", _there),
        say("이제 하나씩 축출합니다. kubectl drain이 하는 일입니다.",
            "Now each is evicted: what `kubectl drain` does."),
        Do("evict its Pods", _evict),
        Wait("all evictions are granted", lambda world: all(
            talk.code(world, name) in (200, 201) for name in world.notes["evicted"])),
        Wait("the node is empty", lambda world: not _there(world), 2 * MINUTE),
        Wait("five are Ready elsewhere", lambda world: len(looks.ready_pods(world, "tenant")) == 5, 3 * MINUTE),
        Expect("none came back", lambda world: not _there(world)),
        Do("uncordon it", lambda world: _set_unschedulable(world, False)),
        Wait("it takes Pods again", lambda world: talk.code(world, "cordon") == 200),
    ),
)
