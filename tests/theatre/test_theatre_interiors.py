"""What is seen inside components, hosts and Pods: each item from what the component itself has traced."""

from collections.abc import Iterator
from typing import TypeVar

import pytest

from orrery.cluster import default_config
from orrery.kernel import SECOND
from orrery.machinery.resources import PODS
from orrery.theatre.production import Production
from orrery.theatre.records import (
    AnswersPart,
    BackendPart,
    ControllerPart,
    EtcdClientsPart,
    ImagePart,
    InteriorRecord,
    KeysPart,
    PodDetailPart,
    PodWorkerPart,
    RequestPart,
    SandboxPart,
    ServiceRulesPart,
    StorePart,
    WatchCachePart,
    WritesPart,
)
from orrery.theatre.scenes import manifests

P = TypeVar("P")

PROBED = {
    "livenessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 2},
    "volumeMounts": [{"name": "page", "mountPath": "/usr/share/nginx/html"}],
}


class Theatre:
    """A cluster that runs a Deployment, a Service, and a Pod with a probe and a volume."""

    def __init__(self) -> None:
        self.production = Production(7, default_config())
        probed = manifests.pod("solo", volumes=[{"name": "page", "configMap": {"name": "page"}}])
        probed["spec"]["containers"][0].update(PROBED)
        self.production.acts.apply([manifests.deployment("web"), manifests.service("web"), probed])
        self.run(12)

    def run(self, seconds: float) -> None:
        self.production.kernel.run_for(int(seconds * SECOND))

    def parts(self, of: str, kind: type[P]) -> list[P]:
        """The items of one kind inside a component, in order."""
        self.production.stage.settle()
        records = self.production.stage.records.values()
        return [r.part for r in records if isinstance(r, InteriorRecord) and r.of == of and isinstance(r.part, kind)]

    def everywhere(self, process: str, kind: type[P]) -> list[P]:
        return [part for host in self.production.kernel.hosts for part in self.parts(f"{host}/{process}", kind)]


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    return Theatre()


@pytest.fixture
def fresh() -> Iterator[Theatre]:
    yield Theatre()


def test_a_request_goes_through_the_stages_in_their_order_and_ends_with_its_answer(theatre: Theatre) -> None:
    requests = theatre.everywhere("kube-apiserver", RequestPart)
    made = next(part for part in requests if part.verb == "create" and part.resource == "pods/binding")
    assert [stage.stage for stage in made.stages] == ["TLS", "authentication", "authorization", "storage"]
    assert made.stages[0].reason == "client certificate CN=system:kube-scheduler"
    assert made.code == 201
    assert made.ended_ns is not None and made.decided_ns is not None
    assert made.started_ns < made.decided_ns < made.ended_ns


def test_answers_are_counted_by_verb_and_code(theatre: Theatre) -> None:
    counts = {
        (count.verb, count.code): count.count
        for part in theatre.everywhere("kube-apiserver", AnswersPart) for count in part.counts
    }
    assert counts["create", 201] > 8
    assert counts["watch", 200] > 8


def test_the_watch_cache_holds_what_etcd_holds_and_knows_its_watchers(theatre: Theatre) -> None:
    objects = theatre.production.projections.objects
    for server in ("cp-1", "cp-2", "cp-3"):
        cached = {part.resource: part for part in theatre.parts(f"{server}/kube-apiserver", WatchCachePart)}
        assert cached["pods"].objects == len(objects.all_of(PODS)) == 4
    pods = [part for part in theatre.everywhere("kube-apiserver", WatchCachePart) if part.resource == "pods"]
    users = {user for part in pods for user in part.watchers}
    assert {"system:kube-scheduler", "system:node:worker-1"} <= users


def test_every_member_has_the_same_key_space_and_it_is_what_is_stored(theatre: Theatre) -> None:
    by_member = [
        {part.prefix: part.counts for part in theatre.parts(f"{host}/etcd", KeysPart)}
        for host in ("cp-1", "cp-2", "cp-3")
    ]
    assert by_member[0] == by_member[1] == by_member[2]
    assert by_member[0]["/registry/pods"] == {"default": 4}
    store = theatre.parts("cp-1/etcd", StorePart)[0]
    assert store.keys == sum(sum(counts.values()) for counts in by_member[0].values())
    assert len(theatre.production.projections.objects.by_key) <= store.keys


def test_the_last_writes_come_newest_first_without_heartbeats(theatre: Theatre) -> None:
    writes = theatre.parts("cp-1/etcd", WritesPart)[0].writes
    revisions = [write.revision for write in writes]
    assert revisions == sorted(revisions, reverse=True)
    assert not any(write.change == "update" and "/leases/" in write.key for write in writes)


def test_each_api_server_watches_its_etcd_member(theatre: Theatre) -> None:
    for host in ("cp-1", "cp-2", "cp-3"):
        clients = theatre.parts(f"{host}/etcd", EtcdClientsPart)[0]
        assert [(watch.peer, watch.key) for watch in clients.watches] == [(f"{host}/kube-apiserver", "/registry/")]
        assert clients.leases


def test_a_controller_tells_what_it_saw_and_did(theatre: Theatre) -> None:
    loops = {part.name: part for part in theatre.everywhere("kube-controller-manager", ControllerPart)}
    assert {"deployment", "replicaset", "endpointslice"} <= set(loops)
    act = loops["replicaset"].acts[-1]
    assert act.key.startswith("default/web-") and act.difference == "3 are wanted" and act.actions == ("create 3",)
    assert all(loop.waiting == 0 and loop.working == () for loop in loops.values())


def test_a_sandbox_holds_its_containers_and_the_image_its_layers(theatre: Theatre) -> None:
    sandboxes = theatre.everywhere("containerd", SandboxPart)
    assert sorted(part.pod.split("-")[0] for part in sandboxes) == ["default/solo", *3 * ["default/web"]]
    for part in sandboxes:
        assert [container.state for container in part.containers] == ["running"]
        assert part.state == "ready" and part.ip.startswith("10.244.") and part.network_ns
    nginx = next(part for part in theatre.everywhere("containerd", ImagePart) if "nginx" in part.image)
    assert len(nginx.layers) == 3 and all(layer.fetched for layer in nginx.layers)
    assert sum(layer.size_bytes for layer in nginx.layers) == nginx.size_bytes


def test_a_kubelet_has_a_worker_for_each_pod_and_the_verdict_of_its_probes(theatre: Theatre) -> None:
    workers = theatre.everywhere("kubelet", PodWorkerPart)
    assert len(workers) == 4 and {worker.state for worker in workers} == {"SyncPod"}
    solo = next(worker for worker in workers if worker.pod == "default/solo")
    assert [(probe.probe, probe.success) for probe in solo.probes] == [("liveness", True)]


def test_every_proxy_has_the_same_rules(theatre: Theatre) -> None:
    for node in ("worker-1", "worker-2", "worker-3", "worker-4"):
        rules = {part.service: part for part in theatre.parts(f"{node}/kube-proxy", ServiceRulesPart)}
        web = rules["default/web"]
        assert web.count == 3
        assert [round(endpoint.probability, 2) for endpoint in web.endpoints] == [0.33, 0.5, 1.0]


def test_a_stored_pod_tells_its_volumes_probes_and_conditions(theatre: Theatre) -> None:
    pod = next(pod for pod in theatre.production.projections.objects.all_of(PODS) if pod.name == "solo")
    (detail,) = theatre.parts(f"pod/{pod.document['metadata']['uid']}", PodDetailPart)
    assert [(volume.source, volume.mounts) for volume in detail.volumes] == [
        ("configMap page", ("solo:/usr/share/nginx/html",))
    ]
    assert [(probe.probe, probe.how, probe.period_s) for probe in detail.probes] == [("liveness", "GET :80/", 2)]
    assert detail.conditions["Ready"] == "True"


def test_a_crashed_api_server_loses_its_memory_and_the_balancer_sees_it(fresh: Theatre) -> None:
    assert all(part.up for part in fresh.parts("lb/load-balancer", BackendPart))
    answered = fresh.parts("cp-2/kube-apiserver", AnswersPart)
    fresh.production.kernel.process("cp-2/kube-apiserver").crash()
    fresh.run(10)
    assert fresh.parts("cp-2/kube-apiserver", AnswersPart) == answered
    assert fresh.parts("cp-2/kube-apiserver", WatchCachePart) == []
    assert fresh.parts("cp-2/kube-apiserver", RequestPart) == []
    down = [part.backend for part in fresh.parts("lb/load-balancer", BackendPart) if not part.up]
    assert down == ["cp-2/kube-apiserver"]
    assert not fresh.parts("cp-2/etcd", EtcdClientsPart)[0].watches


def test_a_deleted_pod_leaves_no_items_behind(fresh: Theatre) -> None:
    fresh.production.acts.delete(PODS.plural, "default", "solo")
    fresh.run(40)
    assert [part.pod for part in fresh.everywhere("kubelet", PodWorkerPart) if "solo" in part.pod] == []
    assert [part.pod for part in fresh.everywhere("containerd", SandboxPart) if "solo" in part.pod] == []
    records = [r for r in fresh.production.stage.records.values() if isinstance(r, InteriorRecord)]
    uids = {pod.document["metadata"]["uid"] for pod in fresh.production.projections.objects.all_of(PODS)}
    assert {r.of.removeprefix("pod/") for r in records if r.of.startswith("pod/")} == uids


def test_a_kubelet_that_ends_forgets_its_workers_and_the_runtime_keeps_its_containers(fresh: Theatre) -> None:
    node = next(
        host for host in fresh.production.kernel.hosts if fresh.parts(f"{host}/kubelet", PodWorkerPart)
    )
    before = fresh.parts(f"{node}/containerd", SandboxPart)
    fresh.production.kernel.process(f"{node}/kubelet").crash()
    fresh.run(1)
    assert fresh.parts(f"{node}/kubelet", PodWorkerPart) == []
    assert fresh.parts(f"{node}/containerd", SandboxPart) == before
