"""What stands behind a Service.

Sources: "Service" and "EndpointSlices" (Conditions, Management, Distribution) in Kubernetes' documentation;
staging/src/k8s.io/endpointslice, pkg/controller/endpoint.
"""

from typing import Any

import pytest
from controller_objects import pod, service

from orrery.controllers.endpoints import subsets_of
from orrery.controllers.endpointslice import endpoint_of, has_endpoints, ports_of, selects

READY = "2026-01-01T00:00:00Z"
HTTP = {"name": "http", "containerPort": 8080}


def test_a_named_target_port_is_that_of_each_pods_container() -> None:
    wanted = service(
        {"name": "web", "port": 80, "targetPort": "http"}, {"port": 81, "targetPort": 8081},
        {"port": 82, "protocol": "UDP"}, {"port": 83, "targetPort": "missing"},
    )  # fmt: skip
    one = pod("a", containers=[{"name": "side"}, {"name": "main", "ports": [HTTP]}])
    assert ports_of(wanted, one) == [
        {"name": "web", "port": 8080, "protocol": "TCP"}, {"name": "", "port": 8081, "protocol": "TCP"},
        {"name": "", "port": 82, "protocol": "UDP"},
    ]  # fmt: skip


def test_a_service_selects_pods_that_have_all_its_labels_and_without_a_selector_none() -> None:
    wanted = service(selector={"app": "web", "tier": "front"})
    assert selects(wanted, {"app": "web", "tier": "front", "more": "x"})
    assert not selects(wanted, {"app": "web"})
    assert not selects(service(selector={}), {"app": "web"})


def test_a_service_without_a_selector_or_with_an_external_name_keeps_its_own_endpoints() -> None:
    assert has_endpoints(service())
    assert not has_endpoints(service(selector=None))
    assert not has_endpoints(service(type="ExternalName"))


@pytest.mark.parametrize(
    ("is_ready", "deleting", "always", "conditions"),
    [
        (True, False, False, (True, True, False)),
        (False, False, False, (False, False, False)),
        (True, True, False, (False, True, True)),  # it serves on, but nothing new is sent to it
        (False, True, False, (False, False, True)),
        (False, False, True, (True, False, False)),  # publishNotReadyAddresses speaks of ready alone
        (True, True, True, (True, True, True)),
    ],
)
def test_an_endpoint_is_ready_when_its_pod_is_and_is_not_going(
    is_ready: bool, deleting: bool, always: bool, conditions: tuple[bool, bool, bool]
) -> None:
    one = pod("a", ready=READY if is_ready else "", deleting=deleting, ip="10.1.0.1")
    told = endpoint_of(service(publishNotReadyAddresses=always), one)["conditions"]
    assert (told["ready"], told["serving"], told["terminating"]) == conditions


def test_an_endpoint_says_where_its_pod_is() -> None:
    one = pod("a", ip="10.1.0.1", node="n7", hostname="db-0", subdomain="web")
    endpoint = endpoint_of(service(), one, "zone-b")
    assert {key: endpoint[key] for key in ("addresses", "nodeName", "zone", "hostname")} == {
        "addresses": ["10.1.0.1"], "nodeName": "n7", "zone": "zone-b", "hostname": "db-0",
    }
    assert endpoint["targetRef"] == {"kind": "Pod", "namespace": "default", "name": "a", "uid": "a"}


def addresses(subset: dict[str, Any], kind: str) -> list[str]:
    return [address["ip"] for address in subset.get(kind, [])]


def test_endpoints_hold_ready_and_not_ready_addresses_apart_and_leave_out_who_is_going() -> None:
    pods = [
        pod("b", ip="10.1.0.2"), pod("a", ready=READY, ip="10.1.0.1"), pod("c", phase="Succeeded", ip="10.1.0.3"),
        pod("d", ready=READY, deleting=True, ip="10.1.0.4"), pod("e", ready=READY),
    ]  # fmt: skip
    (subset,) = subsets_of(service({"port": 80}), pods)
    assert (addresses(subset, "addresses"), addresses(subset, "notReadyAddresses")) == (["10.1.0.1"], ["10.1.0.2"])
    assert subset["ports"] == [{"name": "", "port": 80, "protocol": "TCP"}]
    (all_of_them,) = subsets_of(service({"port": 80}, publishNotReadyAddresses=True), pods)
    assert addresses(all_of_them, "addresses") == ["10.1.0.1", "10.1.0.2", "10.1.0.4"]


def test_endpoints_do_not_depend_on_the_order_in_which_pods_came() -> None:
    pods = [pod(name, ready=READY, ip=f"10.1.0.{n}") for n, name in enumerate("cab")]
    assert subsets_of(service({"port": 80}), pods) == subsets_of(service({"port": 80}), pods[::-1])


def test_pods_with_other_ports_stand_in_a_subset_of_their_own() -> None:
    other = pod("b", ip="10.1.0.2", containers=[{"name": "main", "ports": [{**HTTP, "containerPort": 9090}]}])
    one = pod("a", ip="10.1.0.1", containers=[{"name": "main", "ports": [HTTP]}])
    subsets = subsets_of(service({"port": 80, "targetPort": "http"}), [one, other])
    assert [subset["ports"][0]["port"] for subset in subsets] == [8080, 9090]
