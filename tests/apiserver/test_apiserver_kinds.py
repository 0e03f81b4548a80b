"""What is particular to Pods, Services, workloads and Events."""

from __future__ import annotations

import pytest
from apiserver_lab import DEPLOYMENTS, PODS, SERVICES, Lab, deployment, pod

MERGE = "application/merge-patch+json"
EVENTS = "/api/v1/namespaces/default/events"


@pytest.fixture
def lab() -> Lab:
    return Lab()


def service(name: str = "web", kind: str = "ClusterIP", **spec: object) -> dict:
    return {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
        "spec": {"type": kind, "selector": {"app": "web"}, "ports": [{"port": 80}], **spec},
    }  # fmt: skip


def test_a_binding_holds_once(lab: Lab) -> None:
    made = lab.ok("POST", PODS, pod())
    binding = {"metadata": {"name": "web"}, "target": {"kind": "Node", "name": "worker-1"}}
    answer = lab.call("POST", f"{PODS}/web/binding", binding)
    assert answer.code == 201 and answer.body["status"] == "Success"
    bound = lab.ok("GET", f"{PODS}/web")
    assert bound["spec"]["nodeName"] == "worker-1" and bound["metadata"]["uid"] == made["metadata"]["uid"]
    (condition,) = bound["status"]["conditions"]
    assert (condition["type"], condition["status"]) == ("PodScheduled", "True") and condition["lastTransitionTime"]
    assert lab.fails("POST", f"{PODS}/web/binding", binding) == (
        409,
        "Conflict",
        'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "worker-1"',
    )


def test_a_binding_is_for_the_pod_that_was_seen(lab: Lab) -> None:
    lab.ok("POST", PODS, pod())
    other = {"metadata": {"name": "web", "uid": "gone"}, "target": {"name": "worker-1"}}
    assert "UID in precondition: gone" in lab.fails("POST", f"{PODS}/web/binding", other)[2]
    assert lab.fails("POST", f"{PODS}/web/binding", {"target": {}})[2] == (
        'Binding "web" is invalid: target.name: Required value'
    )


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "100m"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"requests": {"cpu": "500m"}, "limits": {"cpu": "1", "memory": "1Gi"}}, "Burstable"),
    ],
)
def test_the_class_of_service_follows_from_requests_and_limits(lab: Lab, resources: dict, expected: str) -> None:
    body = pod()
    body["spec"]["containers"][0]["resources"] = resources
    assert lab.ok("POST", PODS, body)["status"]["qosClass"] == expected


def test_scale_is_a_view_of_the_replicas(lab: Lab) -> None:
    lab.ok("POST", DEPLOYMENTS, deployment())
    scale = lab.ok("GET", f"{DEPLOYMENTS}/web/scale")
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert scale["spec"] == {"replicas": 1} and scale["status"] == {"replicas": 0, "selector": "app=web"}
    scale["spec"]["replicas"] = 3
    lab.ok("PUT", f"{DEPLOYMENTS}/web/scale", scale)
    assert lab.fails("PUT", f"{DEPLOYMENTS}/web/scale", scale)[:2] == (409, "Conflict")
    lab.ok("PATCH", f"{DEPLOYMENTS}/web/scale", b'{"spec":{"replicas":5}}', content_type=MERGE)
    obj = lab.ok("GET", f"{DEPLOYMENTS}/web")
    assert obj["spec"]["replicas"] == 5 and obj["metadata"]["generation"] == 3
    code, _, message = lab.fails("PATCH", f"{DEPLOYMENTS}/web/scale", {"spec": {"replicas": -1}}, content_type=MERGE)
    assert code == 422 and message == (
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'
    )


def test_every_service_gets_an_address_of_its_own_and_keeps_it(lab: Lab) -> None:
    addresses = [lab.ok("POST", SERVICES, service(f"s{n}"))["spec"]["clusterIP"] for n in range(5)]
    assert len(dict.fromkeys(addresses)) == 5 and all(address.startswith("10.") for address in addresses)
    new = service("s0")
    new["spec"]["ports"] = [{"port": 81}]
    kept = lab.ok("PUT", f"{SERVICES}/s0", new)["spec"]
    assert kept["clusterIP"] == addresses[0] and kept["clusterIPs"] == [addresses[0]]
    assert kept["ports"] == [{"port": 81, "protocol": "TCP", "targetPort": 81}]


def test_an_address_is_given_out_once_and_comes_back_with_its_service(lab: Lab) -> None:
    lab.ok("POST", SERVICES, service("a", clusterIP="10.96.7.7"))
    code, reason, message = lab.fails("POST", SERVICES, service("b", clusterIP="10.96.7.7"))
    assert (code, reason) == (422, "Invalid")
    assert message == (
        'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.7.7"]: '
        "failed to allocate IP 10.96.7.7: provided IP is already allocated"
    )
    lab.ok("DELETE", f"{SERVICES}/a")
    assert lab.ok("POST", SERVICES, service("b", clusterIP="10.96.7.7"))["spec"]["clusterIP"] == "10.96.7.7"
    assert "is not in the valid range" in lab.fails("POST", SERVICES, service("c", clusterIP="192.168.0.1"))[2]


def test_the_list_of_addresses_says_what_the_address_says(lab: Lab) -> None:
    listed = lab.fails("POST", SERVICES, service("a", clusterIPs=["abc"]))
    assert listed[2] == (
        'Service "a" is invalid: spec.clusterIPs: Invalid value: ["abc"]: '
        "must be empty when `clusterIP` is not specified"
    )
    other = service("a", clusterIP="10.96.0.9", clusterIPs=["10.96.0.8"])
    assert lab.fails("POST", SERVICES, other)[2].endswith("first value must match `clusterIP`")


def test_headless_and_external_services_have_no_address(lab: Lab) -> None:
    assert lab.ok("POST", SERVICES, service("h", clusterIP="None"))["spec"]["clusterIPs"] == ["None"]
    assert lab.ok("POST", SERVICES, service("h2", clusterIP="None"))["spec"]["clusterIP"] == "None"
    external = service("e", "ExternalName", externalName="example.com")
    assert "clusterIP" not in lab.ok("POST", SERVICES, external)["spec"]


def test_node_ports_are_given_out_once(lab: Lab) -> None:
    port = lab.ok("POST", SERVICES, service("a", "NodePort"))["spec"]["ports"][0]["nodePort"]
    assert 30000 <= port <= 32767
    wanted = service("b", "NodePort", ports=[{"port": 80, "nodePort": port}])
    assert lab.fails("POST", SERVICES, wanted)[2] == (
        f'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: {port}: provided port is already allocated'
    )
    low = service("c", "NodePort", ports=[{"port": 80, "nodePort": 80}])
    assert lab.fails("POST", SERVICES, low)[2].endswith(
        "provided port is not in the valid range. The range of valid ports is 30000-32767"
    )
    lab.ok("PATCH", f"{SERVICES}/a", {"spec": {"type": "ClusterIP"}}, content_type=MERGE)
    assert lab.ok("POST", SERVICES, wanted)["spec"]["ports"][0]["nodePort"] == port


def test_a_narrow_range_is_used_up_to_the_last_address() -> None:
    lab = Lab(service_cidr="10.96.0.0/29")
    given = [lab.ok("POST", SERVICES, service(f"s{n}"))["spec"]["clusterIP"] for n in range(5)]
    assert sorted(given) == [f"10.96.0.{n}" for n in range(2, 7)]
    code, _, message = lab.fails("POST", SERVICES, service("more"))
    assert code == 500 and message.endswith("failed to allocate a serviceIP: range is full")


def test_two_servers_never_give_out_the_same_address() -> None:
    lab = Lab(servers=2, service_cidr="10.96.0.0/28")

    async def create(number: int) -> str:
        response = await lab.ask("POST", SERVICES, service(f"s{number}"), server=1 + number % 2)
        return response.body["spec"]["clusterIP"]  # type: ignore[index]

    async def all_at_once() -> list[str]:
        tasks = [lab.client.spawn(create(number), name="create") for number in range(12)]
        return [await task.join() for task in tasks]

    given = lab.run(all_at_once())
    assert len(dict.fromkeys(given)) == 12


def test_events_are_kept_for_an_hour(lab: Lab) -> None:
    lab.ok("POST", EVENTS, {"metadata": {"name": "e"}, "involvedObject": {"namespace": "default"}, "reason": "R"})
    lab.settle(3590)
    assert lab.call("GET", f"{EVENTS}/e").code == 200
    lab.settle(90)
    assert lab.call("GET", f"{EVENTS}/e").code == 404


def test_the_system_is_there_from_the_start(lab: Lab) -> None:
    names = [item["metadata"]["name"] for item in lab.ok("GET", "/api/v1/namespaces")["items"]]
    assert names == ["default", "kube-node-lease", "kube-public", "kube-system"]
    assert lab.ok("GET", f"{SERVICES}/kubernetes")["spec"]["clusterIP"] == "10.96.0.1"


def test_the_endpoints_of_kubernetes_follow_the_servers() -> None:
    lab = Lab(servers=3)
    lab.settle(15)
    endpoints, slices = "/api/v1/namespaces/default/endpoints/kubernetes", (
        "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"
    )

    def addresses() -> tuple[list[str], list[str]]:
        subset = lab.ok("GET", endpoints)["subsets"][0]
        listed = lab.ok("GET", slices)["endpoints"]
        return [a["ip"] for a in subset["addresses"]], [a for e in listed for a in e["addresses"]]

    everyone = ["10.0.0.11", "10.0.0.12", "10.0.0.13"]
    assert addresses() == (everyone, everyone)
    lab.kernel.faults.apply("crash-process", component="cp-3/kube-apiserver")
    lab.settle(40)
    assert addresses() == (everyone[:2], everyone[:2])
    lab.kernel.faults.apply("restart-process", component="cp-3/kube-apiserver")
    lab.settle(15)
    assert addresses() == (everyone, everyone)


def test_endpoints_come_with_a_warning(lab: Lab) -> None:
    response = lab.call("GET", "/api/v1/namespaces/default/endpoints")
    assert response.headers["Warning"] == (
        '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'
    )
