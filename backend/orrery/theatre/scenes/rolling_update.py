"""A rolling update: a new image, Pod by Pod, never too few and never too many."""

from orrery.kernel import MINUTE
from orrery.machinery.objects import controller_of, dig, find_condition
from orrery.machinery.resources import DEPLOYMENTS, REPLICASETS
from orrery.theatre.scenes import looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

OLD, NEW = "nginx:1.26", "nginx:1.27"


def _images(world: World) -> list[str]:
    return [dig(pod, "spec", "containers", 0, "image") for pod in looks.ready_pods(world, "wave")]


def _update(world: World) -> None:
    deployment = looks.deployment(world, "wave") or {}
    world.notes.update(generation=deployment["metadata"]["generation"], fewest=99, most=0, lagged=False)
    world.acts.apply([manifests.deployment("wave", replicas=4, image=NEW)])


def _finished(world: World) -> bool:
    """Looks on at every step: how few were ready, how many there were, whether what is seen lagged what is wanted."""
    notes = world.notes
    deployment = looks.deployment(world, "wave") or {}
    wanted, seen = deployment["metadata"]["generation"], dig(deployment, "status", "observedGeneration", default=0)
    if wanted > notes["generation"]:
        notes["fewest"] = min(notes["fewest"], len(_images(world)))
        notes["most"] = max(notes["most"], len(looks.pods(world, "wave")))
        status = deployment["status"]
        notes["lagged"] |= status.get("updatedReplicas", 0) < 4
    return (
        wanted == seen > notes["generation"] and _images(world) == [NEW] * 4
        and dig(deployment, "status", "updatedReplicas") == dig(deployment, "status", "replicas") == 4
    )


def _replica_sets(world: World) -> dict[str, int]:
    """The Deployment's ReplicaSets by image, with how many Pods each wants."""
    sets = [
        found.document["spec"] for found in world.projections.objects.all_of(REPLICASETS)
        if (controller_of(found.document) or {}).get("name") == "wave"
    ]
    return {dig(spec, "template", "spec", "containers", 0, "image"): spec["replicas"] for spec in sets}


def _condition(world: World, kind: str) -> tuple[str, str]:
    found = find_condition(looks.deployment(world, "wave") or {}, kind) or {}
    return str(found.get("status", "")), str(found.get("reason", ""))


SCENE = Scene(
    id="rolling-update",
    title=Words(ko="롤링 업데이트", en="A rolling update"),
    text=Words(
        ko="이미지를 바꾸면 디플로이먼트가 새 레플리카셋을 조금씩 늘리고 옛것을 줄입니다. 그동안 네 개 중 셋은 늘 "
           "준비되어 있습니다.",
        en="A new image: the Deployment grows a new ReplicaSet and shrinks the old. Three of four are ready all along.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "wave")),
        Do("apply a Deployment of four",
           lambda world: world.acts.apply([manifests.deployment("wave", replicas=4, image=OLD)])),
        Wait("four are Ready", lambda world: _images(world) == [OLD] * 4, 3 * MINUTE),
        Wait("it is Available", lambda world: _condition(world, "Available")[0] == "True"),
        say("원하는 상태를 바꿉니다: 새 이미지. generation이 하나 올라가고, 컨트롤러가 그것을 보면 "
            "observedGeneration이 따라갑니다.",
            "What is wanted changes: a new image. The generation goes up by one; observedGeneration follows when the "
            "controller has seen it."),
        Do("apply the new image", _update),
        Wait("all four run the new image, and the controller has seen it", _finished, 5 * MINUTE),
        Expect("what was stored lagged behind what was wanted", lambda world: world.notes["lagged"]),
        Expect("never fewer than three were ready (maxUnavailable 25 %)", lambda world: world.notes["fewest"] >= 3),
        Expect("never more than five were there (maxSurge 25 %)", lambda world: world.notes["most"] <= 5),
        Expect("the old ReplicaSet is kept, with nothing in it",
               lambda world: _replica_sets(world) == {OLD: 0, NEW: 4}),
        say("조건이 전이를 말해 줍니다: Progressing은 NewReplicaSetAvailable로 끝났습니다.",
            "Conditions tell of the transition: Progressing ended as NewReplicaSetAvailable."),
        Wait("Progressing: NewReplicaSetAvailable",
             lambda world: _condition(world, "Progressing") == ("True", "NewReplicaSetAvailable")),
        Expect("Available all along", lambda world: _condition(world, "Available")[0] == "True"),
    ),
)
