"""A Pod's life on its node, call by call: sandbox, network, images, containers; and back again."""

from ipaddress import ip_address, ip_network

from orrery.kernel import SECOND, MessageSent
from orrery.machinery.objects import dig
from orrery.machinery.resources import NODES, PODS
from orrery.node.events import ContainerChanged, NetworkPluginCalled, PodWorkerChanged, SandboxChanged
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say


def _apply(world: World) -> None:
    ears.listen(world, MessageSent, SandboxChanged, ContainerChanged, NetworkPluginCalled, PodWorkerChanged)
    pod = manifests.pod("duo")
    pod["spec"]["containers"].append({"name": "sidecar", "image": "redis:7.4"})
    world.acts.apply([pod])


def _uid(world: World) -> str:
    return str(world.notes["uid"])


def _remember(world: World) -> None:
    pod = looks.pods(world, "duo")[0]
    world.notes.update(uid=pod["metadata"]["uid"], node=looks.node_of(pod), ip=dig(pod, "status", "podIP"))


def _calls(world: World) -> list[str]:
    """What the kubelet asked of the runtime on that node, in order."""
    kubelet, runtime = f"{world.notes['node']}/kubelet", f"{world.notes['node']}/containerd"
    return [
        event.kind for event in ears.heard(world, MessageSent, protocol="cri", part="request", source=kubelet)
        if event.target == runtime and event.kind in _TELLING
    ]


_TELLING = (
    "RunPodSandbox", "ImageStatus", "CreateContainer", "StartContainer", "StopContainer", "StopPodSandbox",
    "RemovePodSandbox",
)


def _is_in_order(world: World, *wanted: str) -> bool:
    """The first of each kind of call came in this order."""
    calls = _calls(world)
    return all(name in calls for name in wanted) and [
        name for name in dict.fromkeys(calls) if name in wanted
    ] == list(wanted)


def _network(world: World) -> bool:
    """The CNI plugin gave the sandbox the Pod's address, out of the node's own range."""
    given = [event.ip for event in ears.heard(world, NetworkPluginCalled, command="ADD", uid=_uid(world))]
    node = looks.stored(world, NODES, world.notes["node"])
    return given == [world.notes["ip"]] and ip_address(given[0]) in ip_network(dig(node, "spec", "podCIDR"))


def _one_sandbox_two_containers(world: World) -> bool:
    sandboxes = ears.heard(world, SandboxChanged, uid=_uid(world), state="ready")
    running = ears.heard(world, ContainerChanged, uid=_uid(world), state="running")
    return len(sandboxes) == 1 and sorted(event.container for event in running) == ["duo", "sidecar"]


def _stages(world: World) -> list[str]:
    return [event.state for event in ears.heard(world, PodWorkerChanged, uid=_uid(world))]


SCENE = Scene(
    id="pod-life",
    title=Words(ko="노드에서 파드의 한살이", en="A Pod's life on its node"),
    text=Words(
        ko="kubelet은 CRI로 containerd에게 샌드박스, 이미지, 컨테이너를 차례로 부탁하고, 지울 때는 거꾸로 되돌립니다.",
        en="By CRI the kubelet asks containerd for a sandbox, images, containers, in turn; and takes them down again.",
    ),
    steps=(
        *table.clear((PODS, "duo")),
        say("컨테이너가 둘인 파드를 만듭니다.", "A Pod of two containers is made."),
        Do("apply the Pod", _apply),
        Wait("it is Ready", lambda world: looks.ready_pods(world, "duo"), 90 * SECOND),
        Do("remember it", _remember),
        say("RunPodSandbox로 파드의 네트워크 자리를 만들고, CNI 플러그인이 주소를 줍니다.",
            "RunPodSandbox makes the Pod's place in the network; the CNI plugin gives it an address."),
        Expect("sandbox, image, container, start: in this order", lambda world: _is_in_order(
            world, "RunPodSandbox", "ImageStatus", "CreateContainer", "StartContainer")),
        Expect("the CNI plugin gave it an address of the node", _network),
        say("두 컨테이너가 한 샌드박스, 한 주소를 같이 씁니다.", "Both containers share one sandbox, and one address."),
        Expect("one sandbox, two containers", _one_sandbox_two_containers),
        Expect("the runtime is containerd", lambda world: str(dig(
            looks.stored(world, NODES, world.notes["node"]), "status", "nodeInfo", "containerRuntimeVersion"
        )).startswith("containerd://")),
        Expect("the kubelet reported it Running",
               lambda world: dig(looks.stored(world, PODS, "duo"), "status", "phase") == "Running"),
        say("지우면 컨테이너를 멈추고, 네트워크를 거두고, 샌드박스를 없앤 뒤에야 객체가 사라집니다.",
            "Deleted: containers are stopped, the network is taken back, the sandbox removed; then the object goes."),
        Do("delete the Pod", lambda world: world.acts.delete("pods", "default", "duo")),
        Wait("it is gone", lambda world: looks.stored(world, PODS, "duo") is None, 60 * SECOND),
        Wait("the sandbox is removed",
             lambda world: ears.heard(world, SandboxChanged, uid=_uid(world), state="removed"), 60 * SECOND),
        Expect("stop before remove", lambda world: _is_in_order(
            world, "StopContainer", "StopPodSandbox", "RemovePodSandbox")),
        Expect("the address was given back",
               lambda world: ears.heard(world, NetworkPluginCalled, command="DEL", uid=_uid(world))),
        Expect("its worker went through its stages", lambda world: len({*_stages(world)}) >= 2),
    ),
)
