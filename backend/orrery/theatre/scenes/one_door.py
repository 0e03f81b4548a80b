"""One door: whoever wants to know or change something goes to the API server, and it alone goes to etcd."""

from orrery.kernel import MINUTE, MessageSent
from orrery.machinery.resources import DEPLOYMENTS
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

API_SERVER, BALANCER, ETCD = "kube-apiserver", "load-balancer", "etcd"
ON_THE_NODE = ({"kubelet", "containerd"}, {"containerd", "registry"})  # what a node does for its Pods needs no door


def _names(event: MessageSent) -> tuple[str, str]:
    """The kinds of component at both ends, such as ("kubelet", "load-balancer")."""
    return event.source.partition("/")[2], event.target.partition("/")[2]


def _begin(world: World) -> None:
    ears.listen(world, MessageSent)
    world.acts.apply([manifests.deployment("visitor")])


def _through_the_door(world: World) -> bool:
    """Every message between different kinds of component has the API server, or the balancer before it, at one end."""
    pairs = [{*_names(event)} for event in ears.heard(world, MessageSent)]
    return all(
        len(pair) == 1 or API_SERVER in pair or BALANCER in pair for pair in pairs if pair not in ON_THE_NODE
    )


def _talkers_to_etcd(world: World) -> set[str]:
    return {
        name for event in ears.heard(world, MessageSent, protocol="etcd") for name in _names(event) if name != ETCD
    }


def _callers(world: World) -> set[str]:
    """Who asked the API server for something."""
    return {
        event.source.partition("/")[2] for event in ears.heard(world, MessageSent, protocol="api", part="request")
    }


SCENE = Scene(
    id="one-door",
    title=Words(ko="모두가 지나는 문", en="One door for all"),
    text=Words(
        ko="디플로이먼트 하나가 퍼져 나가는 동안 오간 메시지를 모두 셉니다. 컴포넌트끼리 직접 말한 것은 하나도 "
           "없습니다.",
        en="Every message is looked at while a Deployment unfolds: no component spoke to another but through the API "
           "server.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "visitor")),
        say("디플로이먼트를 만들고, 그동안 네트워크를 지나는 모든 메시지를 지켜봅니다.",
            "A Deployment is made, and every message on the network is watched."),
        Do("listen; apply a Deployment", _begin),
        Wait("three Pods are Ready", lambda world: len(looks.ready_pods(world, "visitor")) == 3, 2 * MINUTE),
        Expect("kubectl, controllers, scheduler and kubelets all asked the API server", lambda world: {
            "kubectl", "kube-controller-manager", "kube-scheduler", "kubelet"} <= _callers(world)),
        say("스케줄러는 kubelet에게 말하지 않습니다. 컨트롤러도 스케줄러에게 말하지 않습니다.",
            "The scheduler does not speak to a kubelet, nor a controller to the scheduler."),
        Expect("nobody spoke past it", _through_the_door),
        say("그리고 etcd와 이야기하는 것은 API 서버뿐입니다.", "And the API server alone speaks to etcd."),
        Expect("only API servers spoke to etcd", lambda world: _talkers_to_etcd(world) == {API_SERVER}),
    ),
)
