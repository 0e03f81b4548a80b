"""Who may do what, and what admission says."""

from __future__ import annotations

import pytest
from apiserver_lab import CONFIGMAPS, DEPLOYMENTS, PODS, Lab, config_map, deployment, pod

from orrery.kernel import SECOND, sleep

NODE = ("system:node:worker-1", ("system:nodes",))
SCHEDULER = ("system:kube-scheduler", ())
CONTROLLERS = ("system:kube-controller-manager", ())
NOBODY = ("", ())
MERGE = "application/merge-patch+json"


@pytest.fixture
def lab() -> Lab:
    return Lab()


def node(name: str = "worker-1") -> dict:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {}, "status": {}}


def test_nobody_may_know_the_version_and_the_health_and_nothing_else(lab: Lab) -> None:
    for path in ("/version", "/healthz", "/livez", "/readyz"):
        assert lab.call("GET", path, who=NOBODY).code == 200
    assert lab.fails("GET", PODS, who=NOBODY) == (
        403,
        "Forbidden",
        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" '
        'in the namespace "default"',
    )
    assert lab.fails("GET", "/api", who=NOBODY)[2] == 'forbidden: User "system:anonymous" cannot get path "/api"'


def test_a_user_without_a_role_may_discover_and_is_told_in_kubernetes_words(lab: Lab) -> None:
    someone = ("jane", ("developers",))
    assert lab.call("GET", "/apis", who=someone).code == 200
    assert lab.fails("GET", f"{DEPLOYMENTS}/web", who=someone)[2] == (
        'deployments.apps "web" is forbidden: User "jane" cannot get resource "deployments" '
        'in API group "apps" in the namespace "default"'
    )
    assert lab.fails("GET", "/api/v1/nodes", who=someone)[2] == (
        'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope'
    )
    assert lab.fails("PATCH", f"{PODS}/web/status", {}, who=someone, content_type=MERGE)[2] == (
        'pods "web" is forbidden: User "jane" cannot patch resource "pods/status" in API group "" '
        'in the namespace "default"'
    )


def test_anybody_who_is_known_may_ask_who_they_are_and_what_they_may(lab: Lab) -> None:
    someone = ("jane", ("developers",))
    who = lab.call("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, who=someone)
    assert who.code == 201 and who.body["status"]["userInfo"] == {
        "username": "jane", "groups": ["developers", "system:authenticated"],
    }  # fmt: skip
    reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    for user, allowed in ((someone, False), (("root", ("system:masters",)), True)):
        asked = {"spec": {"resourceAttributes": {"verb": "delete", "resource": "nodes"}}}
        answer = lab.call("POST", reviews, asked, who=user)
        assert answer.code == 201 and answer.body["status"]["allowed"] is allowed
    assert lab.call("POST", reviews, {"spec": {}}, who=someone).code == 400
    assert lab.call("GET", reviews, who=someone).code in (403, 405)
    assert lab.call("POST", reviews, {}, who=NOBODY).code == 403


def test_admins_may_do_everything(lab: Lab) -> None:
    assert lab.call("POST", PODS, pod(), who=("root", ("system:masters",))).code == 201
    assert lab.call("GET", "/metrics", who=("root", ("system:masters",))).code == 200


def test_the_scheduler_binds_and_does_not_create(lab: Lab) -> None:
    lab.ok("POST", PODS, pod())
    binding = {"metadata": {"name": "web"}, "target": {"name": "worker-1"}}
    assert lab.call("POST", f"{PODS}/web/binding", binding, who=SCHEDULER).code == 201
    assert lab.call("POST", PODS, pod("other"), who=SCHEDULER).code == 403
    assert lab.call("GET", "/api/v1/nodes", who=SCHEDULER).code == 200


def test_the_controller_manager_does_what_its_controllers_do(lab: Lab) -> None:
    assert lab.call("POST", PODS, pod(), who=CONTROLLERS).code == 201
    assert lab.call("DELETE", f"{PODS}/web", who=CONTROLLERS).code == 200


def test_a_kubelet_keeps_to_its_own_node(lab: Lab) -> None:
    registered = lab.ok("POST", "/api/v1/nodes", node(), who=NODE)
    assert registered["spec"]["taints"] == [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]
    code, _, message = lab.fails("POST", "/api/v1/nodes", node("worker-2"), who=NODE)
    assert code == 403 and message == (
        'nodes "worker-2" is forbidden: node "worker-1" is not allowed to modify node "worker-2"'
    )
    patch = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    assert lab.call("PATCH", "/api/v1/nodes/worker-1/status", patch, who=NODE, content_type=MERGE).code == 200
    assert lab.fails("PATCH", "/api/v1/nodes/worker-2/status", patch, who=NODE, content_type=MERGE)[0] == 403
    taint = {"spec": {"taints": []}}
    assert "is not allowed to modify taints" in lab.fails(
        "PATCH", "/api/v1/nodes/worker-1", taint, who=NODE, content_type=MERGE
    )[2]


def test_a_kubelet_lists_the_pods_of_its_node_alone(lab: Lab) -> None:
    own = {"fieldSelector": "spec.nodeName=worker-1"}
    assert lab.call("GET", "/api/v1/pods", query=own, who=NODE).code == 200
    assert lab.fails("GET", "/api/v1/pods", who=NODE)[2] == (
        'pods is forbidden: User "system:node:worker-1" cannot list resource "pods" in API group "" '
        "at the cluster scope: can only list/watch pods with spec.nodeName field selector"
    )


def test_a_kubelet_writes_the_status_of_its_own_pods_alone(lab: Lab) -> None:
    for name, where in (("a", "worker-1"), ("b", "worker-2")):
        lab.ok("POST", PODS, pod(name))
        lab.call("POST", f"{PODS}/{name}/binding", {"metadata": {"name": name}, "target": {"name": where}})
    patch = {"status": {"phase": "Running"}}
    assert lab.call("PATCH", f"{PODS}/a/status", patch, who=NODE, content_type=MERGE).code == 200
    assert lab.fails("PATCH", f"{PODS}/b/status", patch, who=NODE, content_type=MERGE)[2] == (
        'pods "b" is forbidden: node "worker-1" can only update pod status for pods with spec.nodeName set to itself'
    )
    assert lab.call("DELETE", f"{PODS}/b", who=NODE).code == 403
    assert "can only create mirror pods" in lab.fails("POST", PODS, pod("c"), who=NODE)[2]


def test_a_kubelet_renews_its_own_lease_alone(lab: Lab) -> None:
    leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
    lease = {"metadata": {"name": "worker-1"}, "spec": {"holderIdentity": "worker-1", "leaseDurationSeconds": 40}}
    made = lab.ok("POST", leases, lease, who=NODE)
    renewed = {**made, "spec": {**made["spec"], "renewTime": "2026-01-01T00:00:10.000000Z"}}
    answer = lab.ok("PUT", f"{leases}/worker-1", renewed, who=NODE, quiet=True)
    assert answer["spec"]["renewTime"] == "2026-01-01T00:00:10.000000Z"
    assert lab.fails("GET", f"{leases}/worker-2", who=NODE)[0] == 403
    assert lab.fails("GET", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x", who=NODE)[0] == 403


def test_priority_classes_are_numbers_or_refused(lab: Lab) -> None:
    critical = pod(spec={"priorityClassName": "system-node-critical"})
    assert lab.ok("POST", PODS, critical)["spec"]["priority"] == 2_000_001_000
    unknown = pod("other", spec={"priorityClassName": "gold"})
    assert lab.fails("POST", PODS, unknown) == (
        403, "Forbidden", 'pods "other" is forbidden: no PriorityClass with name gold was found'
    )


def test_a_pod_waits_a_second_for_the_default_account_and_not_for_another(lab: Lab) -> None:
    lab.ok("POST", "/api/v1/namespaces", {"metadata": {"name": "team"}})
    pods = "/api/v1/namespaces/team/pods"
    began_ns = lab.kernel.now_ns
    assert lab.fails("POST", pods, pod()) == (
        403,
        "Forbidden",
        'pods "web" is forbidden: error looking up service account team/default: serviceaccount "default" not found',
    )
    assert lab.kernel.now_ns - began_ns > SECOND
    began_ns = lab.kernel.now_ns
    named = pod(spec={"serviceAccountName": "robot"})
    assert 'serviceaccount "robot" not found' in lab.fails("POST", pods, named)[2]
    assert lab.kernel.now_ns - began_ns < SECOND // 10

    async def soon() -> int:
        asked = lab.client.spawn(lab.ask("POST", pods, pod()), name="ask")
        await sleep(SECOND // 2)
        await lab.ask("POST", "/api/v1/namespaces/team/serviceaccounts", {"metadata": {"name": "default"}})
        return (await asked.join()).code

    assert lab.run(soon()) == 201


def test_a_namespaced_kind_in_a_namespace_made_a_moment_ago_by_another_server() -> None:
    lab = Lab(servers=2)
    lab.ok("POST", "/api/v1/namespaces", {"metadata": {"name": "team"}}, server=1)
    assert lab.call("POST", "/api/v1/namespaces/team/configmaps", config_map(), server=2).code == 201


def test_everything_may_be_read_by_the_controller_manager(lab: Lab) -> None:
    lab.ok("POST", DEPLOYMENTS, deployment())
    assert lab.call("GET", DEPLOYMENTS, who=CONTROLLERS).code == 200
    assert lab.call("GET", CONFIGMAPS, who=CONTROLLERS).code == 200
