"""Back-off, resources, life cycle and the Node's status."""

from typing import Any

import pytest
from node_objects import container, pod

from orrery.kernel import SECOND
from orrery.node.cri import Image
from orrery.node.kubelet.backoff import Backoff
from orrery.node.kubelet.config import KubeletConfig
from orrery.node.kubelet.lifecycle import FINISHED, LIFE, SYNC, TERMINATED, TERMINATING, after
from orrery.node.kubelet.node_status import changes, initial_node, node_status
from orrery.node.kubelet.resources import Amounts, qos_class, requests_of, shortage

CONFIG = KubeletConfig(node_name="worker-1", pod_cidr="10.244.1.0/24", labels={"disk": "ssd"})
NOW = "2026-01-01T00:00:00Z"


def asking(cpu: str, memory: str = "64Mi", name: str = "web") -> dict[str, Any]:
    return container(name, resources={"requests": {"cpu": cpu, "memory": memory}})


# -- back-off


def test_the_first_restart_is_at_once_and_each_one_after_it_waits_twice_as_long() -> None:
    backoff, waits, now_ns = Backoff(), [], 0
    for _ in range(8):
        until_ns = backoff.waits_until_ns("c", now_ns, now_ns)
        waits.append(0 if until_ns is None else (until_ns - now_ns) // SECOND)
        now_ns = until_ns or now_ns
        backoff.lengthen("c", now_ns, now_ns)
        now_ns += SECOND
    assert waits == [0, 10, 20, 40, 80, 160, 300, 300]


def test_a_container_that_ran_long_enough_begins_anew() -> None:
    backoff = Backoff()
    backoff.lengthen("c", 0, 0)
    backoff.lengthen("c", SECOND, SECOND)
    late_ns = 700 * SECOND
    assert backoff.waits_until_ns("c", late_ns, late_ns) is None
    backoff.lengthen("c", late_ns, late_ns)
    assert backoff.current_ns("c") == 10 * SECOND


# -- resources


def test_requests_are_the_larger_of_init_and_main_containers() -> None:
    the_pod = pod(asking("200m"), asking("300m", name="b"), init=(asking("800m", name="init"),))
    assert requests_of(the_pod) == Amounts(800, 128 << 20)


@pytest.mark.parametrize(
    ("cpu", "reason"), [("1", None), ("3500m", "OutOfcpu"), ("100m", None)],
)  # fmt: skip
def test_a_pod_is_refused_when_the_node_has_too_little(cpu: str, reason: str | None) -> None:
    lacking = shortage(pod(asking(cpu)), [pod(asking("1"))], Amounts(4000, 8 << 30), 110)
    assert (lacking and lacking.reason) == reason


def test_a_refusal_says_how_much_there_was() -> None:
    lacking = shortage(pod(asking("3500m")), [pod(asking("1"))], Amounts(4000, 8 << 30), 110)
    assert lacking is not None
    assert lacking.message == (
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 3500, used: 1000, capacity: 4000"
    )


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "100m"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m", "memory": "1Gi"}}, "Burstable"),
    ],
)
def test_quality_of_service(resources: dict[str, Any], expected: str) -> None:
    assert qos_class(pod(container(resources=resources))) == expected


# -- life cycle


def test_a_pods_life_only_goes_forward_until_it_is_looked_at_again() -> None:
    order = [SYNC, TERMINATING, TERMINATED, FINISHED]
    backwards = {
        (state, what): then for (state, what), then in LIFE.items() if order.index(then) < order.index(state)
    }
    assert set(backwards) == {(FINISHED, "deleted"), (FINISHED, "removed")}


def test_what_cannot_happen_is_an_error() -> None:
    with pytest.raises(KeyError):
        after(FINISHED, "stopped")


# -- the Node


def describe(errors: list[str], old: Any = None, now: str = NOW) -> Any:
    images = [Image("docker.io/library/nginx:1.27", "sha256:abc", 75_497_472)]
    return node_status(CONFIG, "10.0.0.21", "0" * 32, images, {}, errors, old, now)


def test_the_node_carries_its_labels_and_its_pod_subnet() -> None:
    node = initial_node(CONFIG)
    assert node["metadata"]["labels"]["kubernetes.io/hostname"] == "worker-1"
    assert node["metadata"]["labels"]["disk"] == "ssd"
    assert node["spec"]["podCIDR"] == "10.244.1.0/24"


def test_a_healthy_node_says_so_in_kubernetes_words() -> None:
    said = {c["type"]: (c["status"], c["reason"], c["message"]) for c in describe([])["conditions"]}
    assert said["Ready"] == ("True", "KubeletReady", "kubelet is posting ready status")
    assert said["DiskPressure"] == ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure")


def test_a_node_whose_runtime_is_down_is_not_ready_and_says_why() -> None:
    ready = describe(["container runtime is down"])["conditions"][-1]
    assert (ready["status"], ready["reason"], ready["message"]) == (
        "False", "KubeletNotReady", "container runtime is down",
    )  # fmt: skip


def test_a_heartbeat_alone_is_no_change() -> None:
    old = describe([])
    new = describe([], {"status": old}, "2026-01-01T00:00:10Z")
    assert changes(old, new) == {}
    assert new["conditions"][0]["lastTransitionTime"] == NOW
    assert changes(old, describe(["container runtime is down"], {"status": old}))["conditions"][0]["type"] == "Ready"


def test_capacity_and_allocatable_differ_by_what_is_kept_back() -> None:
    status = describe([])
    assert status["capacity"]["memory"] == "8Gi"
    assert status["allocatable"]["memory"] == "8092Mi"
    assert status["capacity"]["cpu"] == status["allocatable"]["cpu"] == "4"
