"""A Service: one address for many Pods, made of EndpointSlices by a controller and of rules by every kube-proxy."""

from typing import Any

from orrery.kernel import MINUTE, SECOND
from orrery.machinery.objects import dig
from orrery.machinery.resources import DEPLOYMENTS, ENDPOINTSLICES, SERVICES
from orrery.node.events import ProxyRulesChanged
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

EXTERNAL_IP = "198.51.100.7"


def _slices(world: World) -> list[dict[str, Any]]:
    return [
        found.document for found in world.projections.objects.all_of(ENDPOINTSLICES)
        if dig(found.document, "metadata", "labels", "kubernetes.io/service-name") == "front"
    ]


def _ready_addresses(world: World) -> list[str]:
    return sorted(
        endpoint["addresses"][0] for found in _slices(world) for endpoint in found.get("endpoints") or ()
        if dig(endpoint, "conditions", "ready")
    )


def _pod_addresses(world: World) -> list[str]:
    return sorted(dig(pod, "status", "podIP", default="") for pod in looks.ready_pods(world, "front"))


def _rules(world: World, node: str) -> dict[str, Any]:
    """The rules of the Service on a node, as its kube-proxy last wrote them."""
    for event in reversed(ears.heard(world, ProxyRulesChanged, source=f"{node}/kube-proxy")):
        if "default/front" in event.services:
            return event.services["default/front"] or {}  # type: ignore[return-value]
    return {}


def _endpoints(world: World, node: str) -> list[str]:
    return sorted(entry["endpoint"].partition(":")[0] for entry in _rules(world, node).get("endpoints", ()))


def _rules_follow(world: World) -> bool:
    """Every node's rules lead to exactly the Pods that are ready."""
    wanted = _pod_addresses(world)
    return bool(wanted) and all(_endpoints(world, node) == wanted for node in looks.workers(world))


def _virtual_ip(world: World) -> bool:
    """The Service's address is nobody's: it stands in the rules of every node and on no machine."""
    ip = dig(looks.stored(world, SERVICES, "front"), "spec", "clusterIP", default="")
    return ip not in ("", "None") and all(host.ip != ip for host in world.kernel.hosts.values()) and all(
        f"{ip}:80/TCP" in _rules(world, node).get("destinations", ()) for node in looks.workers(world)
    )


def _fair(world: World) -> bool:
    """1/3, then 1/2 of what is left, then all that is left: each endpoint gets a third."""
    return all(
        [round(entry["probability"], 4) for entry in _rules(world, node)["endpoints"]] == [0.3333, 0.5, 1.0]
        for node in looks.workers(world)
    )


def _kill_one(world: World) -> None:
    pod = looks.ready_pods(world, "front")[0]
    world.notes.update(name=pod["metadata"]["name"], ip=pod["status"]["podIP"])
    world.acts.delete("pods", "default", world.notes["name"])


def _replaced(world: World) -> bool:
    return len(looks.ready_pods(world, "front")) == 3 and all(
        pod["metadata"]["name"] != world.notes["name"] for pod in looks.ready_pods(world, "front")
    )


def _open(world: World) -> None:
    world.acts.apply([manifests.service("front", type="NodePort", externalIPs=[EXTERNAL_IP])])


def _is_open(world: World) -> bool:
    """The node port is one of those kept for it, and stands in every node's rules with the external address."""
    ports = dig(looks.stored(world, SERVICES, "front"), "spec", "ports", default=[])
    node_port = int(ports[0].get("nodePort") or 0) if ports else 0
    return 30000 <= node_port <= 32767 and all(
        _rules(world, node).get("node_port") == node_port
        and f"{EXTERNAL_IP}:80/TCP" in _rules(world, node).get("destinations", ())
        for node in looks.workers(world)
    )


SCENE = Scene(
    id="service",
    title=Words(ko="서비스: 여러 파드, 한 주소", en="A Service: many Pods, one address"),
    text=Words(
        ko="엔드포인트슬라이스 컨트롤러가 준비된 파드의 주소를 모으고, 노드마다 kube-proxy가 그것으로 iptables 규칙을 "
           "씁니다.",
        en="A controller gathers the ready Pods' addresses in EndpointSlices; each kube-proxy makes iptables rules of "
           "them.",
    ),
    steps=(
        *table.clear((SERVICES, "front"), (DEPLOYMENTS, "front")),
        Do("listen", lambda world: ears.listen(world, ProxyRulesChanged)),
        Do("apply Deployment and Service",
           lambda world: world.acts.apply([manifests.deployment("front"), manifests.service("front")])),
        Wait("three Pods are Ready", lambda world: len(looks.ready_pods(world, "front")) == 3, 2 * MINUTE),
        say("파드가 준비될 때마다 엔드포인트슬라이스에 주소가 하나씩 늘어납니다.",
            "With each Pod that turns ready the EndpointSlice gains an address."),
        Wait("the EndpointSlice has their addresses",
             lambda world: _ready_addresses(world) == _pod_addresses(world) != [], 30 * SECOND),
        Wait("every kube-proxy has rules for them", lambda world: _rules_follow(world), 30 * SECOND),
        say("클러스터 IP는 어느 기계에도 없습니다. 노드마다 iptables 규칙에만 있습니다.",
            "The cluster IP is on no machine. It is in the iptables rules of every node."),
        Expect("a virtual address", _virtual_ip),
        Expect("in a chain of its own", lambda world: all(
            _rules(world, node)["chain"].startswith("KUBE-SVC-") for node in looks.workers(world))),
        say("규칙의 확률은 1/3, 1/2, 1입니다. 어느 파드나 똑같이 뽑힙니다.",
            "The rules' probabilities are 1/3, 1/2 and 1: every Pod is equally likely."),
        Expect("fair shares", _fair),
        say("파드 하나를 지웁니다. 규칙이 따라갑니다.", "A Pod is deleted. The rules follow."),
        Do("delete a Pod", _kill_one),
        Wait("it is replaced", _replaced, 2 * MINUTE),
        Wait("the rules have the new Pod, not the old one", lambda world: _rules_follow(world)
             and world.notes["ip"] not in _endpoints(world, looks.workers(world)[0]), 60 * SECOND),
        say("NodePort로 바꾸면 모든 노드가 같은 포트를 엽니다. 외부 IP도 규칙에 들어갑니다.",
            "As a NodePort every node opens the same port; an external IP goes into the rules, too."),
        Do("open it to the outside", _open),
        Wait("it is in every node's rules", _is_open, 30 * SECOND),
    ),
)
