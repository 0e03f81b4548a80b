"""What a class sees: a Deployment comes up, things break, and the cluster heals."""

import pytest
from cluster_lab import ClusterLab

from orrery.cluster import EXAMPLES, default_config, load
from orrery.kernel import RpcError
from orrery.machinery.objects import find_condition, name_of
from orrery.machinery.resources import CONFIGMAPS, EVENTS, NODES
from orrery.machinery.wire import StatusError


def config_map(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}


@pytest.mark.parametrize("name", ["default", "lecture"])
def test_a_deployment_becomes_running_and_ready(name: str) -> None:
    lab = ClusterLab(default_config() if name == "default" else load(EXAMPLES / "lecture.yaml"))
    lab.deploy(replicas=4)
    assert lab.until(lambda: len(lab.running()) == 4, limit_s=30, step_s=0.5) < 15
    assert sorted(lab.running()) == ["worker-1", "worker-2", "worker-3", "worker-4"]
    pods = lab.pods()
    assert len({pod["status"]["podIP"] for pod in pods}) == 4
    assert all(pod["status"]["qosClass"] == "BestEffort" for pod in pods)


def test_a_crashed_worker_is_noticed_and_its_pods_are_replaced_elsewhere() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=4)
    lab.until(lambda: len(lab.running()) == 4, limit_s=30)
    lab.fault("crash-host", host="worker-2")
    noticed_s = lab.until(lambda: lab.not_ready_nodes() == ["worker-2"], limit_s=90)
    assert 40 <= noticed_s <= 60
    node = next(node for node in lab.objects(NODES) if name_of(node) == "worker-2")
    ready = find_condition(node, "Ready")
    assert ready is not None
    assert (ready["status"], ready["reason"]) == ("Unknown", "NodeStatusUnknown")
    replaced_s = lab.until(lambda: len([n for n in lab.running() if n != "worker-2"]) == 4, limit_s=360, step_s=5)
    assert 290 <= replaced_s <= 330  # the toleration of 300 s
    lab.fault("restart-host", host="worker-2")
    lab.until(lambda: lab.not_ready_nodes() == [], limit_s=60)
    lab.until(lambda: len(lab.pods()) == 4, limit_s=60)


def test_a_crashed_etcd_leader_is_replaced_and_writes_go_on() -> None:
    lab = ClusterLab()
    leader, term = lab.etcd_leader(), lab.term()
    lab.fault("crash-process", component=leader)
    try:  # what was handed to the leader as it died is lost: its sender is told so, in etcd's own words
        lab.ask(lambda api: api.create(CONFIGMAPS, config_map("during")))
    except StatusError as error:
        assert error.message == "etcdserver: request timed out, possibly due to previous leader failure"
    lab.ask(lambda api: api.create(CONFIGMAPS, config_map("after")), limit_s=5)
    assert lab.etcd_leader() not in ("", leader)
    assert lab.term() > term


def test_without_a_quorum_nothing_can_be_written_and_pods_live_on() -> None:
    lab = ClusterLab()
    lab.deploy(replicas=2)
    lab.until(lambda: len(lab.running()) == 2, limit_s=30)
    uids = sorted(pod["metadata"]["uid"] for pod in lab.pods())
    for member in ("cp-1", "cp-2"):
        lab.fault("crash-process", component=f"{member}/etcd")
    lab.run(15)
    with pytest.raises((StatusError, RpcError, AssertionError)):
        lab.ask(lambda api: api.create(CONFIGMAPS, config_map("lost")), limit_s=70)
    for member in ("cp-1", "cp-2"):
        lab.fault("restart-process", component=f"{member}/etcd")
    lab.run(60)
    lab.ask(lambda api: api.create(CONFIGMAPS, config_map("found")), limit_s=90)
    lab.until(lambda: len(lab.running()) == 2 and lab.not_ready_nodes() == [], limit_s=120)
    assert sorted(pod["metadata"]["uid"] for pod in lab.pods()) == uids
    assert all(pod["status"]["containerStatuses"][0]["restartCount"] == 0 for pod in lab.pods())


def test_a_crashed_api_server_is_taken_out_and_kubelets_go_on_through_another() -> None:
    lab = ClusterLab()
    lab.fault("crash-process", component="cp-1/kube-apiserver")
    lab.run(60)
    downs = [event for event in lab.marks if event.TYPE == "BackendChanged" and not event.up]
    assert [event.backend for event in downs] == ["cp-1/kube-apiserver"]
    assert lab.not_ready_nodes() == []
    lab.fault("restart-process", component="cp-1/kube-apiserver")
    lab.run(20)
    ups = [event for event in lab.marks if event.TYPE == "BackendChanged" and event.up]
    assert ups[-1].backend == "cp-1/kube-apiserver"


def test_a_crashed_api_server_host_is_noticed_by_the_checks_and_its_sessions_are_shut() -> None:
    lab = ClusterLab()
    lab.fault("crash-host", host="cp-3")
    lab.run(90)
    downs = [event for event in lab.marks if event.TYPE == "BackendChanged" and not event.up]
    assert [event.backend for event in downs] == ["cp-3/kube-apiserver"]
    assert lab.not_ready_nodes() == []


def test_when_the_scheduler_that_leads_crashes_another_takes_over() -> None:
    lab = ClusterLab()
    first = [e for e in lab.marks if e.TYPE == "LeadershipChanged" and e.lease == "kube-system/kube-scheduler"][-1]
    lab.fault("crash-process", component=first.source)
    lab.deploy(replicas=1)
    lab.until(lambda: len(lab.running()) == 1, limit_s=60)
    last = [e for e in lab.marks if e.TYPE == "LeadershipChanged" and e.lease == "kube-system/kube-scheduler"][-1]
    assert last.source != first.source and last.leads


def test_an_image_that_nobody_has_leaves_the_pod_waiting_and_says_why() -> None:
    lab = ClusterLab()
    lab.deploy(name="typo", replicas=1, image="nginx:does-not-exist")
    lab.run(30)
    (pod,) = lab.pods()
    assert pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] in ("ErrImagePull", "ImagePullBackOff")
    reasons = [event["reason"] for event in lab.objects(EVENTS, "default") if event["involvedObject"]["kind"] == "Pod"]
    assert {"Scheduled", "Pulling", "Failed", "BackOff"} <= set(reasons)
