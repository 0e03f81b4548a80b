"""Garbage collection: what is owned goes when its owner has gone."""

from orrery.kernel import MINUTE
from orrery.machinery.objects import owners_of
from orrery.machinery.resources import DEPLOYMENTS, PODS, REPLICASETS
from orrery.theatre.scenes import looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say


def _replica_sets(world: World) -> list[str]:
    return [
        found.name for found in world.projections.objects.all_of(REPLICASETS)
        if any(owner["name"] == "tree" for owner in owners_of(found.document))
    ]


def _owned(world: World) -> bool:
    """Every Pod names its ReplicaSet as owner, by UID."""
    sets = {
        found.document["metadata"]["uid"] for found in world.projections.objects.all_of(REPLICASETS)
        if found.name in _replica_sets(world)
    }
    return all(owners_of(pod)[0]["uid"] in sets for pod in looks.pods(world, "tree"))


SCENE = Scene(
    id="garbage-collection",
    title=Words(ko="주인이 사라지면", en="When the owner is gone"),
    text=Words(
        ko="디플로이먼트를 지우면 그것이 소유한 레플리카셋이, 이어 레플리카셋이 소유한 파드가 지워집니다. "
           "ownerReferences를 따라갑니다.",
        en="Delete a Deployment: its ReplicaSets go, then their Pods. The garbage collector follows ownerReferences.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "tree")),
        Do("apply a Deployment of three", lambda world: world.acts.apply([manifests.deployment("tree")])),
        Wait("three are Ready", lambda world: len(looks.ready_pods(world, "tree")) == 3, 2 * MINUTE),
        Expect("they name their owners", lambda world: len(_replica_sets(world)) == 1 and _owned(world)),
        say("뿌리인 디플로이먼트만 지웁니다.", "Only the root, the Deployment, is deleted."),
        Do("delete the Deployment", lambda world: world.acts.delete("deployments", "default", "tree")),
        Wait("the Deployment is gone", lambda world: looks.deployment(world, "tree") is None),
        say("가비지 컬렉터가 주인 없는 것을 찾아 지웁니다.",
            "The garbage collector finds what has no owner, and deletes it."),
        Wait("the ReplicaSet is gone", lambda world: not _replica_sets(world), MINUTE),
        Wait("the Pods are gone, with their containers", lambda world: not any(
            found.name.startswith("tree-") for found in world.projections.objects.all_of(PODS)), 2 * MINUTE),
    ),
)
