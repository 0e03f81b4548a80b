"""Controllers in a whole cluster: rollouts, ownership, garbage, nodes that fall silent."""

from typing import Any

import orjson
import pytest
from cluster_lab import ClusterLab, deployment

from orrery.controllers import deployment_plan
from orrery.controllers.events import Reconciled
from orrery.etcd.events import EtcdApplied
from orrery.machinery.objects import condition_is_true, controller_of, dig, find_condition, is_deleting, name_of
from orrery.machinery.resources import (
    CONFIGMAPS,
    DEPLOYMENTS,
    ENDPOINTSLICES,
    EVENTS,
    NODES,
    PODS,
    REPLICASETS,
    SERVICES,
)
from orrery.machinery.wire import StatusError

Document = dict[str, Any]
POD_PREFIX = PODS.key_prefix("default")


class Bounds:
    """Outside the code under test: how many Pods there were, and how many of them ready, after each write."""

    def __init__(self, lab: ClusterLab) -> None:
        self._pods: dict[str, Document] = {}
        self._revision = 0
        self.most = 0
        self.fewest_ready = 10**6
        lab.kernel.trace.subscribe(self._see)

    def _see(self, event: Any) -> None:
        if not isinstance(event, EtcdApplied) or event.revision <= self._revision:
            return
        self._revision = event.revision
        for key, value, *_ in event.puts:
            if key.startswith(POD_PREFIX):
                self._pods[key] = orjson.loads(value)
        for key in event.deletes:
            self._pods.pop(key, None)
        there = [pod for pod in self._pods.values() if not is_deleting(pod)]
        self.most = max(self.most, len(there))
        self.fewest_ready = min(self.fewest_ready, sum(condition_is_true(pod, "Ready") for pod in there))


def rolled_out(lab: ClusterLab, image: str, replicas: int) -> bool:
    pods = [pod for pod in lab.pods() if not is_deleting(pod)]
    return len(pods) == replicas and all(
        condition_is_true(pod, "Ready") and dig(pod, "spec", "containers", 0, "image") == image for pod in pods
    )


def update(lab: ClusterLab, spec: Document) -> None:
    lab.ask(lambda api: api.patch(DEPLOYMENTS, "web", {"spec": spec}, "default", type="strategic"))


def image(name: str) -> Document:
    return {"template": {"spec": {"containers": [{"name": "main", "image": name}]}}}


def test_a_rolling_update_keeps_enough_ready_and_makes_not_too_many() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=4)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 4))
    bounds = Bounds(lab)
    bounds._pods = {PODS.key("default", name_of(pod)): pod for pod in lab.pods()}
    update(lab, image("nginx:1.28"))
    lab.until(lambda: rolled_out(lab, "nginx:1.28", 4))
    assert bounds.most <= 5 and bounds.fewest_ready >= 3
    sets = lab.objects(REPLICASETS, "default")
    assert sorted(dig(rs, "spec", "replicas") for rs in sets) == [0, 4]
    assert sorted(deployment_plan.revision(rs) for rs in sets) == [1, 2]


def test_the_bounds_are_seen_to_be_broken_when_a_bug_is_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        deployment_plan, "scale_down_old", lambda deployment, new, old: {name_of(rs): 0 for rs in old}
    )
    lab = ClusterLab()
    lab.deploy(replicas=4)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 4))
    bounds = Bounds(lab)
    bounds._pods = {PODS.key("default", name_of(pod)): pod for pod in lab.pods()}
    update(lab, image("nginx:1.28"))
    lab.until(lambda: rolled_out(lab, "nginx:1.28", 4))
    assert bounds.fewest_ready < 3


def test_recreate_ends_the_old_before_it_begins_the_new() -> None:
    lab = ClusterLab()
    made = deployment(replicas=2)
    made["spec"]["strategy"] = {"type": "Recreate"}
    lab.ask(lambda api: api.create(DEPLOYMENTS, made))
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 2))
    bounds = Bounds(lab)
    bounds._pods = {PODS.key("default", name_of(pod)): pod for pod in lab.pods()}
    update(lab, image("nginx:1.28"))
    lab.until(lambda: rolled_out(lab, "nginx:1.28", 2))
    assert bounds.most == 2 and bounds.fewest_ready == 0


def test_a_paused_deployment_waits_and_an_undo_brings_the_old_set_back() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=2)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 2))
    update(lab, {"paused": True, **image("nginx:1.28")})
    lab.run(20)
    assert rolled_out(lab, "nginx:1.27", 2)
    update(lab, {"paused": False})
    lab.until(lambda: rolled_out(lab, "nginx:1.28", 2))
    update(lab, image("nginx:1.27"))
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 2))
    sets = lab.objects(REPLICASETS, "default")
    assert len(sets) == 2 and sorted(deployment_plan.revision(rs) for rs in sets) == [2, 3]


def test_the_status_tells_what_kubectl_reads_and_events_what_was_done() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=3)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 3))
    lab.run(5)
    (web,) = lab.objects(DEPLOYMENTS, "default")
    status = web["status"]
    assert [status.get(k) for k in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")] == [3] * 4
    assert status["observedGeneration"] == web["metadata"]["generation"] and "unavailableReplicas" not in status
    assert (find_condition(web, "Available") or {})["reason"] == "MinimumReplicasAvailable"
    assert (find_condition(web, "Progressing") or {})["reason"] == "NewReplicaSetAvailable"
    messages = [event["message"] for event in lab.objects(EVENTS, "default")]
    assert any(m.startswith("Scaled up replica set web-") and m.endswith("from 0 to 3") for m in messages)
    assert len([m for m in messages if m.startswith("Created pod: web-")]) == 3


def test_a_rollout_that_gets_nowhere_is_said_to_have_timed_out() -> None:
    lab = ClusterLab()
    made = deployment(replicas=1, image="nginx:1.27")
    made["spec"]["progressDeadlineSeconds"] = 30
    made["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "100"}}
    lab.ask(lambda api: api.create(DEPLOYMENTS, made))
    lab.run(45)
    (web,) = lab.objects(DEPLOYMENTS, "default")
    progressing = find_condition(web, "Progressing") or {}
    assert (progressing["status"], progressing["reason"]) == ("False", "ProgressDeadlineExceeded")


def test_a_pod_that_is_deleted_is_replaced_and_each_has_one_owner() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=3)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 3))
    victim = name_of(lab.pods()[0])
    lab.ask(lambda api: api.delete(PODS, victim, "default"))
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 3) and victim not in map(name_of, lab.pods()))
    owners = [controller_of(pod) for pod in lab.pods()]
    assert len({owner["uid"] for owner in owners if owner is not None}) == 1


def test_a_pod_whose_labels_change_is_released_and_an_orphan_is_adopted() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=2)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 2))
    loose = name_of(lab.pods()[0])
    relabel = {"metadata": {"labels": {"app": "other"}}}
    lab.ask(lambda api: api.patch(PODS, loose, relabel, "default"))
    lab.until(lambda: len(lab.pods()) == 3)
    released = lab.ask(lambda api: api.get(PODS, loose, "default"))
    assert controller_of(released) is None
    lab.ask(lambda api: api.patch(PODS, loose, {"metadata": {"labels": {"app": "web"}}}, "default"))
    lab.until(lambda: len([pod for pod in lab.pods() if not is_deleting(pod)]) == 2)


@pytest.mark.parametrize(("propagation", "left"), [("Background", 0), ("Foreground", 0), ("Orphan", 2)])
def test_what_is_owned_goes_or_stays_as_the_deletion_says(propagation: str, left: int) -> None:
    lab = ClusterLab()
    lab.deploy(replicas=2)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 2))
    lab.ask(lambda api: api.delete(DEPLOYMENTS, "web", "default", propagation=propagation))
    lab.run(60)
    assert lab.objects(DEPLOYMENTS, "default") == []
    assert len(lab.pods()) == left
    assert len(lab.objects(REPLICASETS, "default")) == (1 if left else 0)


def test_an_owner_of_the_same_name_but_another_uid_is_somebody_else() -> None:
    lab = ClusterLab()
    owned = {
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {
            "name": "owned", "namespace": "default",
            "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "not-this-one"}],
        },
    }
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner", "namespace": "default"}}
    lab.ask(lambda api: api.create(CONFIGMAPS, owner))
    lab.ask(lambda api: api.create(CONFIGMAPS, owned))
    lab.run(10)
    assert [name_of(c) for c in lab.objects(CONFIGMAPS, "default")] == ["owner"]


def test_a_silent_node_is_tainted_its_pods_evicted_and_a_return_in_time_cancels_it() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=4)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 4))
    before = sorted(map(name_of, lab.pods()))
    lab.fault("crash-host", host="worker-1")
    took_s = lab.until(lambda: lab.not_ready_nodes() == ["worker-1"], 120)
    assert 40 <= took_s <= 70
    node = lab.ask(lambda api: api.get(NODES, "worker-1"))
    assert (find_condition(node, "Ready") or {})["message"] == "Kubelet stopped posting node status."
    lab.run(20)
    node = lab.ask(lambda api: api.get(NODES, "worker-1"))
    taints = [(taint["key"], taint["effect"]) for taint in dig(node, "spec", "taints", default=[])]
    assert taints == [("node.kubernetes.io/unreachable", "NoSchedule"), ("node.kubernetes.io/unreachable", "NoExecute")]
    lab.run(150)
    lab.fault("restart-host", host="worker-1")
    lab.until(lambda: lab.not_ready_nodes() == [])
    lab.run(300)
    assert sorted(map(name_of, lab.pods())) == before, "back within the toleration: nothing was evicted"
    assert dig(lab.ask(lambda api: api.get(NODES, "worker-1")), "spec", "taints", default=[]) == []


def test_when_all_nodes_fall_silent_nothing_is_evicted() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=4)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 4))
    before = sorted(map(name_of, lab.pods()))
    lab.fault("partition", groups=[["worker-1", "worker-2", "worker-3", "worker-4"], ["lb", "cp-1", "cp-2", "cp-3"]])
    lab.run(500)
    assert len(lab.not_ready_nodes()) == 4
    assert sorted(name_of(pod) for pod in lab.pods() if not is_deleting(pod)) == before
    lab.fault("heal-all")
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 4))
    assert sorted(map(name_of, lab.pods())) == before


def test_slices_hold_what_is_ready_behind_a_service() -> None:
    lab = ClusterLab()
    service = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }
    lab.ask(lambda api: api.create(SERVICES, service))
    lab.deploy(replicas=3)

    def ready() -> int:
        slices = [s for s in lab.objects(ENDPOINTSLICES, "default") if name_of(s).startswith("web-")]
        return sum(dig(e, "conditions", "ready") for s in slices for e in s.get("endpoints") or [])

    lab.until(lambda: ready() == 3)
    lab.ask(lambda api: api.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 1}}, "default"))
    lab.until(lambda: ready() == 1)
    lab.ask(lambda api: api.delete(SERVICES, "web", "default"))
    lab.until(lambda: not [s for s in lab.objects(ENDPOINTSLICES, "default") if name_of(s).startswith("web-")])


def test_a_rollout_goes_on_when_its_manager_dies_in_the_middle() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=6)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 6))
    update(lab, image("nginx:1.28"))
    lab.run(0.5)
    changes = [e for e in lab.marks if e.TYPE == "LeadershipChanged" and "controller" in e.lease and e.leads]
    leader = changes[-1]
    lab.fault("crash-process", component=leader.source)
    lab.until(lambda: rolled_out(lab, "nginx:1.28", 6), 180)


def test_an_idle_cluster_gives_the_controllers_nothing_to_do() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=3)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 3))
    lab.run(30)
    acted: list[Any] = []
    lab.kernel.trace.subscribe(lambda event: acted.append(event) if isinstance(event, Reconciled) else None)
    lab.run(120)
    assert acted == []


def test_what_a_deployment_causes_belongs_to_its_flow() -> None:
    lab = ClusterLab()
    flows: dict[str, set[int]] = {"pods": set(), "deployments": set()}

    def see(event: Any) -> None:
        if isinstance(event, EtcdApplied):
            for key, _, _, version in event.puts:
                if version == 1 and (key.startswith(POD_PREFIX) or "/deployments/default/" in key):
                    flows["pods" if key.startswith(POD_PREFIX) else "deployments"].add(event.flow)

    lab.kernel.trace.subscribe(see)

    async def create(api: Any) -> None:
        lab.cluster.client.start_flow(kind="request", title="create deployments/web", subject="web")
        await api.create(DEPLOYMENTS, deployment())

    lab.ask(create)
    lab.until(lambda: rolled_out(lab, "nginx:1.27", 3))
    assert flows["pods"] == flows["deployments"] and 0 not in flows["pods"]


def test_a_namespace_that_is_not_empty_goes_with_what_is_in_it() -> None:
    from orrery.machinery.resources import NAMESPACES, SERVICEACCOUNTS

    lab = ClusterLab()
    lab.ask(lambda api: api.create(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "room"}}))
    lab.until(lambda: [name_of(a) for a in lab.objects(SERVICEACCOUNTS, "room")] == ["default"])
    inside = deployment(replicas=2)
    inside["metadata"]["namespace"] = "room"
    lab.ask(lambda api: api.create(DEPLOYMENTS, inside))
    lab.run(10)
    lab.ask(lambda api: api.delete(NAMESPACES, "room"))
    lab.run(60)
    with pytest.raises(StatusError, match="not found"):
        lab.ask(lambda api: api.get(NAMESPACES, "room"))
    assert lab.objects(PODS, "room") == []
