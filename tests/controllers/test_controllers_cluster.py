"""Nodes that fall silent, what stands behind Services, what every namespace has, and Pods that nobody looks after."""

from typing import Any

import pytest
from cluster_lab import deployment
from controllers_lab import OLD, World

from orrery.controllers.events import Reconciled
from orrery.machinery.objects import condition_is_true, dig, find_condition, is_deleting, name_of, node_name_of
from orrery.machinery.resources import (
    DEPLOYMENTS,
    ENDPOINTS,
    ENDPOINTSLICES,
    LEASES,
    NAMESPACES,
    NODES,
    PODS,
    SERVICEACCOUNTS,
    SERVICES,
)
from orrery.machinery.wire import StatusError

Document = dict[str, Any]
WORKERS = ("worker-1", "worker-2", "worker-3", "worker-4")
CONTROL_PLANE = ("lb", "cp-1", "cp-2", "cp-3")


def node(world: World, name: str) -> Document:
    found: Document = world.ask(lambda api: api.get(NODES, name))
    return found


def taints(world: World, name: str) -> list[tuple[str, str]]:
    return [(t["key"].partition("/")[2], t["effect"]) for t in dig(node(world, name), "spec", "taints", default=[])]


def test_a_silent_node_is_said_to_be_unknown_tainted_and_after_the_toleration_evicted_from() -> None:
    world = World()
    world.deployed(4)
    world.fault("crash-host", host="worker-1")
    took_s = world.until(lambda: world.not_ready_nodes() == ["worker-1"], 120)
    assert 40 <= took_s <= 60
    ready = find_condition(node(world, "worker-1"), "Ready") or {}
    assert (ready["status"], ready["reason"]) == ("Unknown", "NodeStatusUnknown")
    assert ready["message"] == "Kubelet stopped posting node status."
    world.run(5)
    assert taints(world, "worker-1") == [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")]
    (lost,) = [pod for pod in world.all(PODS) if node_name_of(pod) == "worker-1"]
    assert not condition_is_true(lost, "Ready")
    world.run(280)
    assert len(world.creations) == 4, "its Pod tolerates that for 300 s"
    world.until(lambda: world.ready(OLD) == 4, 60)
    (lost,) = [pod for pod in world.all(PODS) if name_of(pod) == name_of(lost)]
    assert is_deleting(lost) and (find_condition(lost, "DisruptionTarget") or {})["reason"] == "DeletionByTaintManager"
    assert world.told("NodeNotReady").count("Node worker-1 status is now: NodeNotReady") == 1
    assert world.told("TaintManagerEviction") == [f"Marking for deletion Pod default/{name_of(lost)}"]


def test_a_node_that_comes_back_in_time_keeps_its_pods() -> None:
    world = World()
    world.deployed(4)
    world.fault("crash-host", host="worker-1")
    world.until(lambda: world.not_ready_nodes() == ["worker-1"], 120)
    world.run(200)
    world.fault("restart-host", host="worker-1")
    world.until(lambda: world.not_ready_nodes() == [])
    world.run(300)
    assert len(world.creations) == len(world.all(PODS)) == 4
    assert taints(world, "worker-1") == []
    (message,) = world.told("TaintManagerEviction")
    assert message.startswith("Cancelling deletion of Pod default/web-")


def test_when_all_nodes_fall_silent_nothing_is_evicted() -> None:
    world = World()
    world.deployed(4)
    world.fault("partition", groups=[[*WORKERS], [*CONTROL_PLANE]])
    world.run(500)
    assert len(world.not_ready_nodes()) == 4
    assert [taints(world, name) for name in WORKERS] == [[("unreachable", "NoSchedule")]] * 4
    world.fault("heal-all")
    world.settle(OLD, 4)
    assert len(world.creations) == 4


def test_of_three_nodes_out_of_four_each_is_evicted_from_for_no_zone_is_large() -> None:
    """Two of zone-a, which has failed, and one of two of zone-b."""
    world = World()
    for name in WORKERS[:3]:
        world.fault("crash-host", host=name)
    world.until(lambda: len(world.not_ready_nodes()) == 3, 120)
    world.run(30)
    assert [("unreachable", "NoExecute") in taints(world, name) for name in WORKERS] == [True, True, True, False]


def test_every_node_is_said_to_be_registered() -> None:
    world = World()
    world.run(10)
    told = world.told("RegisteredNode")
    assert {f"Node {name} event: Registered Node {name} in Controller" for name in WORKERS} <= set(told)


def test_pods_and_lease_of_a_node_that_is_deleted_for_good_go_too() -> None:
    world = World()
    world.deployed(4)
    world.fault("crash-host", host="worker-2")
    world.ask(lambda api: api.delete(NODES, "worker-2"))
    world.until(lambda: not [pod for pod in world.all(PODS) if node_name_of(pod) == "worker-2"], 120)
    world.settle(OLD, 4)
    assert "worker-2" not in [name_of(lease) for lease in world.objects(LEASES, "kube-node-lease")]
    assert world.told("RemovingNode") == ["Node worker-2 event: Removing Node worker-2 from Controller"]


# Services


def addresses(world: World) -> tuple[list[str], list[str]]:
    """Ready ones by slices, and by Endpoints."""
    slices = [one for one in world.objects(ENDPOINTSLICES, "default") if name_of(one).startswith("web-")]
    endpoints = [endpoint for one in slices for endpoint in one.get("endpoints") or []]
    ready = [endpoint["addresses"][0] for endpoint in endpoints if endpoint["conditions"]["ready"]]
    mirrors = [one for one in world.objects(ENDPOINTS, "default") if name_of(one) == "web"]
    mirrored = [a["ip"] for one in mirrors for subset in one.get("subsets") or [] for a in subset.get("addresses", [])]
    return sorted(ready), sorted(mirrored)


def test_slices_and_endpoints_hold_what_is_ready_behind_a_service() -> None:
    world = World()
    service = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }
    world.ask(lambda api: api.create(SERVICES, service))
    world.run(2)
    (empty,) = [one for one in world.objects(ENDPOINTSLICES, "default") if name_of(one).startswith("web-")]
    assert not empty.get("endpoints") and not empty.get("ports")
    world.deployed(3)
    world.run(2)
    ips = sorted(pod["status"]["podIP"] for pod in world.all(PODS))
    assert addresses(world) == (ips, ips)
    assert [name_of(one) for one in world.objects(ENDPOINTSLICES, "default") if name_of(one).startswith("web-")] == [
        name_of(empty)
    ]
    loose = world.all(PODS)[0]
    world.ask(lambda api: api.patch(PODS, name_of(loose), {"metadata": {"labels": {"app": "other"}}}, "default"))
    world.until(lambda: len(world.all(PODS)) == 4 and world.ready() == 4)
    world.run(2)
    ready, mirrored = addresses(world)
    assert ready == mirrored and len(ready) == 3 and loose["status"]["podIP"] not in ready
    world.ask(lambda api: api.delete(SERVICES, "web", "default"))
    world.until(lambda: addresses(world) == ([], []))


# Namespaces


def test_a_namespace_that_is_deleted_goes_with_what_is_in_it_and_says_what_it_waits_for() -> None:
    world = World()
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "room"}}
    world.ask(lambda api: api.create(NAMESPACES, made))
    world.until(lambda: [name_of(a) for a in world.objects(SERVICEACCOUNTS, "room")] == ["default"])
    inside = deployment(replicas=2)
    inside["metadata"]["namespace"] = "room"
    inside["spec"]["template"]["spec"]["containers"][0].update(image="busybox", command=["sleep", "9999"])
    world.ask(lambda api: api.create(DEPLOYMENTS, inside))
    world.until(lambda: world.ready() == 2)
    world.ask(lambda api: api.delete(NAMESPACES, "room"))
    world.run(10)
    namespace = world.ask(lambda api: api.get(NAMESPACES, "room"))
    remaining = find_condition(namespace, "NamespaceContentRemaining") or {}
    assert remaining["message"] == "Some resources are remaining: pods. has 2 resource instances"
    assert len(world.all(DEPLOYMENTS)) == 1, "Pods go first"
    world.run(60)
    with pytest.raises(StatusError, match="not found"):
        world.ask(lambda api: api.get(NAMESPACES, "room"))
    assert [world.all(kind) for kind in world.WATCHED] == [[], [], []]
    assert len(world.creations) == 2, "nothing is made in a namespace that is going"


def test_a_default_service_account_that_is_deleted_comes_back() -> None:
    world = World()
    world.ask(lambda api: api.delete(SERVICEACCOUNTS, "default", "default"))
    world.until(lambda: [name_of(a) for a in world.objects(SERVICEACCOUNTS, "default")] == ["default"], 10)


# Quiet


def test_an_idle_cluster_gives_the_controllers_nothing_to_write() -> None:
    world = World()
    world.deployed(3)
    world.run(30)
    acted: list[Any] = []
    writes: list[str] = []

    def see(event: Any) -> None:
        if isinstance(event, Reconciled):
            acted.append(event)
        if event.TYPE == "EtcdApplied" and event.member.startswith("cp-1"):
            writes.extend(key for key, *_ in event.puts if not key.startswith("/registry/leases/"))
            writes.extend(event.deletes)

    world.kernel.trace.subscribe(see)
    world.run(120)
    assert acted == [] and writes == []
