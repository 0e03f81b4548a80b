"""kube-proxy's rules."""

from typing import Any

import pytest

from orrery.node.proxy.rules import Endpoint, build_rules, changed, route


def service(name: str = "web", ip: str = "10.96.0.10", **spec: Any) -> Any:
    ports = [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]
    return {
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"clusterIP": ip, "ports": ports, "type": "ClusterIP", **spec},
    }


def endpoint(ip: str, node: str = "worker-1", **conditions: bool) -> Any:
    return {"addresses": [ip], "nodeName": node, "conditions": {"ready": True, **conditions}}


def slice_of(*endpoints: Any, name: str = "web") -> Any:
    labels = {"kubernetes.io/service-name": name}
    return {
        "metadata": {"name": f"{name}-abc", "namespace": "default", "labels": labels},
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        "endpoints": list(endpoints),
    }


IPS = ["10.244.1.2", "10.244.2.2", "10.244.3.2", "10.244.4.2"]


def test_every_endpoint_is_equally_likely() -> None:
    table = build_rules([service()], [slice_of(*map(endpoint, IPS))], "worker-1")
    rules = table.services["default/web:http"]
    assert [round(jump.probability, 3) for jump in rules.jumps] == [0.25, 0.333, 0.5, 1.0]
    chosen = [route(table, "10.96.0.10", 80, (step + 0.5) / 400) for step in range(400)]
    assert {ip: sum(c is not None and c.ip == ip for c in chosen) for ip in IPS} == dict.fromkeys(IPS, 100)


def test_endpoints_of_several_slices_are_one_set() -> None:
    table = build_rules([service()], [slice_of(endpoint(IPS[0])), slice_of(endpoint(IPS[1]), endpoint(IPS[0]))], "n")
    assert [j.endpoint.ip for j in table.services["default/web:http"].jumps] == IPS[:2]


def test_a_service_without_endpoints_refuses() -> None:
    table = build_rules([service()], [], "worker-1")
    assert route(table, "10.96.0.10", 80, 0.5) is None
    assert table.lines() == [
        "-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp "
        '-m comment --comment "default/web:http cluster IP" --dport 80 -j REJECT'
    ]


def test_no_rule_is_about_an_address_that_is_no_service() -> None:
    with pytest.raises(LookupError):
        route(build_rules([], [], "n"), "10.96.0.10", 80, 0.5)


def test_endpoints_that_are_not_ready_get_nothing() -> None:
    table = build_rules([service()], [slice_of(endpoint(IPS[0], ready=False), endpoint(IPS[1]))], "n")
    assert route(table, "10.96.0.10", 80, 0.1) == Endpoint(IPS[1], 8080, "worker-1")


def test_while_none_is_ready_those_that_still_serve_are_used() -> None:
    leaving = endpoint(IPS[0], ready=False, serving=True, terminating=True)
    assert route(build_rules([service()], [slice_of(leaving)], "n"), "10.96.0.10", 80, 0.1) is not None


def test_a_local_policy_keeps_traffic_on_the_node() -> None:
    items = [slice_of(endpoint(IPS[0], "worker-1"), endpoint(IPS[1], "worker-2"))]
    table = build_rules([service(internalTrafficPolicy="Local")], items, "worker-2")
    assert [j.endpoint.ip for j in table.services["default/web:http"].jumps] == [IPS[1]]


def test_a_node_port_leads_to_the_same_chain() -> None:
    the_service = service(type="NodePort")
    the_service["spec"]["ports"][0]["nodePort"] = 30080
    table = build_rules([the_service], [slice_of(endpoint(IPS[0]))], "worker-1")
    assert route(table, "10.0.0.21", 30080, 0.1, at_node=True) == Endpoint(IPS[0], 8080, "worker-1")


def test_headless_services_have_no_rules() -> None:
    assert build_rules([service(ip="None")], [slice_of(endpoint(IPS[0]))], "n").services == {}


def test_only_what_differs_is_told() -> None:
    old = build_rules([service(), service("api", "10.96.0.11")], [slice_of(endpoint(IPS[0]))], "n")
    new = build_rules([service()], [slice_of(endpoint(IPS[0]), endpoint(IPS[1]))], "n")
    difference = changed(old, new)
    assert list(difference) == ["default/web:http", "default/api:http"]
    assert difference["default/api:http"] is None


def test_chains_are_named_by_hashes_that_do_not_change() -> None:
    table = build_rules([service()], [slice_of(endpoint(IPS[0]))], "n")
    rules = table.services["default/web:http"]
    assert rules.chain.startswith("KUBE-SVC-") and len(rules.chain) == 25
    assert table == build_rules([service()], [slice_of(endpoint(IPS[0]))], "n")
