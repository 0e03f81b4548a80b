"""The past of objects: every version, who wrote it, and how an object stood at an instant."""

import copy
from typing import Any

import pytest
from test_theatre_room import Seat

from orrery.kernel import SECOND
from orrery.machinery.resources import DEPLOYMENTS, LEASES, NODES, PODS, REPLICASETS
from orrery.theatre.inventory import Inventory, differences, matching, meanwhile
from orrery.theatre.projections import history as histories
from orrery.theatre.projections.history import Past
from orrery.theatre.standing import observed, standing

WEB: dict[str, Any] = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"},
    "spec": {
        "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]},
        },
    },
}


class Played:
    """A room in which a Deployment was made, scaled, and is kept an eye on."""

    def __init__(self) -> None:
        self.seat = Seat()
        self.room = self.seat.room
        self.history = self.room.projections.history
        self.inventory = Inventory(self.room.kernel, self.history)
        self.begun_ns = self.now_ns
        self.seat.control(action="mode", mode="fastest")
        self.room.acts.apply([WEB])
        self.wait("web", 2)
        self.ready_ns = self.now_ns
        self.room.acts.scale("default", "web", 3)
        self.wait("web", 3)

    @property
    def now_ns(self) -> int:
        return self.room.kernel.now_ns

    def wait(self, name: str, ready: int) -> None:
        def reached() -> bool:
            stored = self.room.projections.objects.get(DEPLOYMENTS, "default", name)
            return stored is not None and (stored.document.get("status") or {}).get("readyReplicas") == ready

        self.seat.play_until(reached)

    def past(self) -> Past:
        found = self.history.past(DEPLOYMENTS, "default", "web")
        assert found is not None
        return found

    def stands(self, at_ns: int) -> dict[str, tuple[str, str, str]]:
        version = self.past().at(at_ns)
        assert version is not None
        rows = standing(DEPLOYMENTS, self.inventory.document(self.past(), version), self.inventory, at_ns)
        return {f"{row.key} {row.name}".strip(): (row.wanted, row.actual, row.state) for row in rows}


@pytest.fixture(scope="module")
def played() -> Played:
    return Played()


def test_every_version_is_kept_as_etcd_had_it(played: Played) -> None:
    past = played.past()
    revisions = [version.revision for version in past.versions]
    assert revisions == sorted(set(revisions)) and past.versions[0].verb == "created" and len(revisions) > 5
    newest = played.inventory.document(past, past.versions[-1])
    stored = played.room.projections.objects.get(DEPLOYMENTS, "default", "web")
    assert stored is not None and newest["spec"] == stored.document["spec"] and stored.revision == revisions[-1]
    assert newest["metadata"]["resourceVersion"] == str(revisions[-1])


def test_an_instant_shows_what_held_then(played: Played) -> None:
    assert played.past().at(played.begun_ns) is None
    then = played.past().at(played.ready_ns)
    assert then is not None and played.inventory.document(played.past(), then)["spec"]["replicas"] == 2
    pods = [row.name for row in matching(played.inventory.rows(played.ready_ns), resource="pods", search="app=web")]
    assert len(pods) == 2
    assert len([*matching(played.inventory.rows(played.now_ns), resource="pods", search="app=web")]) == 3
    kinds = {row.kind for row in played.inventory.rows(played.begun_ns)}
    assert {"Node", "Namespace", "Service", "Lease", "ServiceAccount", "Endpoints"} <= kinds


def test_versions_say_who_wrote_them_and_what_they_changed(played: Played) -> None:
    versions, more = played.inventory.versions(played.past(), None, 100)
    assert not more and versions[-1].writer is not None
    assert (versions[-1].writer.user, versions[-1].writer.agent) == ("kubernetes-admin", "kubectl-apply")
    assert versions[-1].writer.component == "client/kubectl"
    written = {v.writer.user for v in versions if v.writer is not None and v.verb == "updated"}
    assert {"system:kube-controller-manager", "kubernetes-admin"} <= written
    scaled = next(v for v in versions if "spec.replicas" in v.changed)
    assert scaled.writer is not None and scaled.writer.agent == "kubectl-scale" and scaled.flow > 0
    assert played.room.recorder.event(scaled.writer.event) is not None
    some, older = played.inventory.versions(played.past(), versions[2].revision, 2)
    assert some == versions[3:5] and older


def test_owners_are_found_down_the_tree(played: Played) -> None:
    past = played.past()
    deployment = played.inventory.row(past, past.versions[-1])
    (replica_set, _), = played.inventory.children(deployment.uid, played.now_ns, REPLICASETS)
    assert replica_set.owner == "Deployment/web"
    assert len([*played.inventory.children(replica_set.uid, played.now_ns, PODS)]) == 3


def test_what_is_wanted_is_set_against_what_is_there(played: Played) -> None:
    now = played.stands(played.now_ns)
    assert now["replicas"] == ("3", "3", "good") and now["ready"] == ("3", "3", "good")
    assert now["image nginx:1.27"] == ("3", "3", "good") and now["seen"][2] == "good"
    scaled_ns = next(v.time_ns for v in played.past().versions if v.time_ns > played.ready_ns)
    between = played.stands(scaled_ns)
    assert between["ready"] == ("3", "2", "moving") and between["seen"][2] == "moving"


def test_those_who_look_after_it_say_what_they_saw(played: Played) -> None:
    observations = played.room.projections.observations
    (seen,) = observed(DEPLOYMENTS, WEB, observations, played.now_ns)
    assert (seen.by, seen.source.partition("/")[2]) == ("deployment", "kube-controller-manager")
    assert "replicas" in seen.saw and seen.actions and seen.looked_ns is not None and seen.t_ns is not None
    assert observed(DEPLOYMENTS, WEB, observations, played.begun_ns) == []
    pod = next(matching(played.inventory.rows(played.now_ns), resource="pods", search="app=web"))
    document = {"metadata": {"name": pod.name, "namespace": "default"}}
    kubelet = next(view for view in observed(PODS, document, observations, played.now_ns) if view.by == "kubelet")
    assert kubelet.source.startswith("worker-") and kubelet.saw


def test_nodes_and_pods_stand_by_their_conditions(played: Played) -> None:
    node = played.history.past(NODES, "", "worker-1")
    assert node is not None
    rows = standing(NODES, played.inventory.document(node, node.versions[-1]), played.inventory, played.now_ns)
    told = {f"{row.key} {row.name}".strip(): row for row in rows}
    assert told["condition Ready"].state == "good" and told["condition MemoryPressure"].wanted == "False"
    assert told["lease worker-1"].state == "good" and told["cpu"].actual_count is not None


def test_the_oldest_versions_are_forgotten_but_what_held_at_the_horizon_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "KEPT_BYTES", 40_000)
    monkeypatch.setattr(histories, "OFTEN_KEPT_BYTES", 60_000)
    played = Played()
    history = played.history
    for replicas in (0, 4, 0):
        played.room.acts.scale("default", "web", replicas)
        played.room.kernel.run_until(played.now_ns + 60 * SECOND)
    live_bytes = sum(len(version.packed) + histories.OVERHEAD_BYTES for _, version in history.at(played.now_ns))
    assert history.kept_bytes - live_bytes <= (60_000 + 40_000) * 9 // 8
    horizon_ns = history.whole_from_ns(PODS)
    assert 0 < horizon_ns < played.now_ns and 0 < history.whole_from_ns(LEASES) != horizon_ns
    lease = history.past(LEASES, "kube-system", "kube-scheduler")
    assert lease is not None and len(lease.versions) < 60 and lease.times_ns[1] >= history.whole_from_ns(LEASES)
    for past, version in history.at(played.now_ns):
        stored = played.room.projections.objects.get(past.resource, past.namespace, past.name)
        assert stored is not None and stored.revision == version.revision
    held = {past.id for past, _ in history.at(horizon_ns)}
    assert {"object/nodes//worker-1", "object/namespaces//default"} <= held


def test_differences_name_items_of_lists_by_their_names() -> None:
    after = copy.deepcopy(WEB)
    after["spec"]["replicas"] = 5
    after["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:1.28"
    after["metadata"]["labels"] = {"a": "b"}
    assert [*differences(WEB, after)] == [
        "metadata.labels", "spec.replicas", "spec.template.spec.containers[c].image",
    ]


def test_what_others_changed_meanwhile_is_merged_and_what_both_changed_is_told() -> None:
    live, mine = copy.deepcopy(WEB), copy.deepcopy(WEB)
    live["spec"]["replicas"] = 5
    live["metadata"]["labels"] = {"by": "them"}
    mine["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:1.28"
    merged, clashes = meanwhile(WEB, live, mine)
    assert clashes == [] and merged["spec"]["replicas"] == 5 and merged["metadata"]["labels"] == {"by": "them"}
    assert merged["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.28"
    mine["spec"]["replicas"] = 4
    merged, clashes = meanwhile(WEB, live, mine)
    assert clashes == [("spec.replicas", 5)] and merged["spec"]["replicas"] == 4
