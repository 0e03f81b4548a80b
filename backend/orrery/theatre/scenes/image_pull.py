"""Images: one that does not exist, one that is pulled, and one that is there already."""

from orrery.kernel import SECOND, MessageSent
from orrery.machinery.objects import dig
from orrery.machinery.resources import NODES, PODS
from orrery.machinery.tables.pods import pod_status
from orrery.node.events import ImagePulled
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

IMAGES = tuple(f"mariadb:11.{minor}" for minor in range(4, 40))


def _status(world: World, name: str) -> str:
    pod = looks.stored(world, PODS, name)
    return pod_status(pod) if pod is not None else ""


def _full_name(image: str) -> str:
    return f"docker.io/library/{image}"


def _apply_first(world: World) -> None:
    """With the first image that no node has."""
    nodes = [looks.stored(world, NODES, node) for node in looks.workers(world)]
    there = {name for node in nodes for image in dig(node, "status", "images", default=[]) for name in image["names"]}
    world.notes["image"] = next(image for image in IMAGES if _full_name(image) not in there)
    ears.listen(world, ImagePulled, MessageSent)
    world.acts.apply([manifests.pod("first", image=world.notes["image"])])


def _apply_second(world: World) -> None:
    """A second Pod on the same node."""
    world.notes["node"] = looks.node_of(looks.pods(world, "first")[0])
    ears.forget(world)
    world.acts.apply([manifests.pod("second", image=world.notes["image"], nodeName=world.notes["node"])])


def _image_calls(world: World) -> list[str]:
    """What the kubelets asked of the runtimes about images."""
    return [
        event.kind for event in ears.heard(world, MessageSent, protocol="cri", part="request")
        if event.kind in ("PullImage", "ImageStatus")
    ]


SCENE = Scene(
    id="image-pull",
    title=Words(ko="이미지를 받을 수 없으면", en="When an image cannot be pulled"),
    text=Words(
        ko="없는 이미지는 ErrImagePull, 이어 ImagePullBackOff가 됩니다. 있는 이미지는 한 번 받아 노드에 두고 다시 "
           "씁니다.",
        en="A missing image means ErrImagePull, then ImagePullBackOff. One that exists is pulled once and kept on the "
           "node.",
    ),
    steps=(
        *table.clear((PODS, "typo"), (PODS, "first"), (PODS, "second")),
        say("태그를 잘못 쓴 파드입니다. 레지스트리에는 그런 이미지가 없습니다.",
            "A Pod with a mistyped tag: the registry has no such image."),
        Do("apply it", lambda world: world.acts.apply([manifests.pod("typo", image="nginx:1.161")])),
        Wait("ErrImagePull", lambda world: _status(world, "typo") == "ErrImagePull", 30 * SECOND),
        Wait("ImagePullBackOff", lambda world: _status(world, "typo") == "ImagePullBackOff", 60 * SECOND),
        Wait("an Event says that it failed", lambda world: looks.events_about(world, "typo", "Failed"), 30 * SECOND),
        say("이미지를 고칩니다. 스펙에서 바꿀 수 있는 몇 안 되는 필드입니다.",
            "The image is corrected: one of the few fields of a Pod's spec that may be changed."),
        Do("correct the image", lambda world: world.acts.apply([manifests.pod("typo", image="nginx:1.27")])),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "typo"), 120 * SECOND),
        say("이번에는 노드에 없는 이미지입니다. 레지스트리에서 매니페스트와 레이어를 받습니다.",
            "Now an image that no node has: manifest and layers come from the registry."),
        Do("apply a first Pod", _apply_first),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "first"), 120 * SECOND),
        Expect("it was pulled once",
               lambda world: len(ears.heard(world, ImagePulled, image=_full_name(world.notes["image"]))) == 1),
        Expect("layers came from the registry", lambda world: ears.heard(world, MessageSent, protocol="image")),
        Expect("by the image API", lambda world: _image_calls(world)[:2] == ["ImageStatus", "PullImage"]),
        say("같은 노드의 다음 파드는 이미 있는 이미지를 씁니다.",
            "The next Pod on that node uses the image that is there."),
        Do("apply a second Pod there", _apply_second),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "second"), 60 * SECOND),
        Expect("nothing was pulled", lambda world: not ears.heard(world, ImagePulled)
               and not ears.heard(world, MessageSent, protocol="image")),
        Expect("only asked for", lambda world: "PullImage" not in _image_calls(world)
               and "ImageStatus" in _image_calls(world)),
        Expect("the container runs", lambda world: dig(
            looks.pods(world, "second")[0], "status", "containerStatuses", 0, "state", "running")),
    ),
)
