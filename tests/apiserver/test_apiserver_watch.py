"""Watches: order, selectors, bookmarks, what is too old, and who is too slow."""

from __future__ import annotations

import pytest
from apiserver_lab import CONFIGMAPS, PODS, Lab, config_map, pod

from orrery.apiserver.cacher import Cacher
from orrery.kernel import MINUTE, SECOND, MessageSent

MERGE = "application/merge-patch+json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
WATCH_LIST = {
    "sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true",
}  # fmt: skip


@pytest.fixture
def lab() -> Lab:
    return Lab()


def label(lab: Lab, name: str, colour: str | None) -> None:
    lab.ok("PATCH", f"{CONFIGMAPS}/{name}", {"metadata": {"labels": {"colour": colour}}}, content_type=MERGE)


def test_a_watch_from_a_lists_version_sees_everything_after_it_once(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, config_map("a"))
    version = lab.ok("GET", CONFIGMAPS)["metadata"]["resourceVersion"]
    lab.ok("POST", CONFIGMAPS, config_map("b"))
    watch = lab.watch(CONFIGMAPS, query={"resourceVersion": version})
    assert watch.response.code == 200
    label(lab, "a", "red")
    deleted = lab.ok("DELETE", f"{CONFIGMAPS}/b")
    assert watch.take(2) == [("ADDED", "b"), ("MODIFIED", "a")]
    kind, last = watch.next()
    assert (kind, last["metadata"]["uid"]) == ("DELETED", deleted["details"]["uid"])
    assert int(last["metadata"]["resourceVersion"]) > int(version) + 2
    assert watch.is_silent()


def test_a_watch_without_a_version_begins_with_what_is_there(lab: Lab) -> None:
    for name in ("b", "a"):
        lab.ok("POST", CONFIGMAPS, config_map(name))
    assert lab.watch(CONFIGMAPS).take(2) == [("ADDED", "a"), ("ADDED", "b")]
    assert lab.watch(CONFIGMAPS, query={"resourceVersion": "0"}).take(2) == [("ADDED", "a"), ("ADDED", "b")]


def test_a_watch_sees_its_namespace_alone(lab: Lab) -> None:
    watch = lab.watch(CONFIGMAPS)
    lab.ok("POST", "/api/v1/namespaces/kube-system/configmaps", config_map())
    assert watch.is_silent()
    everywhere = lab.watch("/api/v1/configmaps")
    assert everywhere.take(1) == [("ADDED", "settings")]


def test_selectors_turn_modifications_into_additions_and_deletions(lab: Lab) -> None:
    lab.ok("POST", CONFIGMAPS, config_map("a", labels={"colour": "blue"}))
    watch = lab.watch(CONFIGMAPS, query={"labelSelector": "colour=red"})
    label(lab, "a", "red")
    lab.ok("PATCH", f"{CONFIGMAPS}/a", {"data": {"x": "1"}}, content_type=MERGE)
    label(lab, "a", "green")
    lab.ok("DELETE", f"{CONFIGMAPS}/a")
    assert watch.take(2) == [("ADDED", "a"), ("MODIFIED", "a")]
    kind, gone = watch.next()
    assert kind == "DELETED" and gone["metadata"]["labels"] == {"colour": "red"}
    assert watch.is_silent()


def test_a_kubelets_watch_sees_the_pods_of_its_node(lab: Lab) -> None:
    node = ("system:node:worker-1", ("system:nodes",))
    watch = lab.watch("/api/v1/pods", query={"fieldSelector": "spec.nodeName=worker-1"}, who=node)
    for name, where in (("a", "worker-1"), ("b", "worker-2")):
        lab.ok("POST", PODS, pod(name))
        lab.call("POST", f"{PODS}/{name}/binding", {"metadata": {"name": name}, "target": {"name": where}})
    assert watch.take(1) == [("ADDED", "a")] and watch.is_silent()


def test_watch_list_ends_its_beginning_with_an_annotated_bookmark(lab: Lab) -> None:
    for name in ("a", "b"):
        lab.ok("POST", CONFIGMAPS, config_map(name))
    watch = lab.watch(CONFIGMAPS, query=WATCH_LIST)
    assert watch.take(2) == [("ADDED", "a"), ("ADDED", "b")]
    kind, bookmark = watch.next()
    assert kind == "BOOKMARK" and bookmark["kind"] == "ConfigMap"
    assert bookmark["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    lab.ok("POST", CONFIGMAPS, config_map("c"))
    assert watch.take(1) == [("ADDED", "c")]


def test_watch_list_wants_its_options_complete(lab: Lab) -> None:
    incomplete = lab.watch(CONFIGMAPS, query={"sendInitialEvents": "true"}).response
    assert incomplete.code == 422 and "resourceVersionMatch" in incomplete.body["message"]


def test_bookmarks_come_once_a_minute_to_those_who_asked(lab: Lab) -> None:
    watch = lab.watch(CONFIGMAPS, query={"allowWatchBookmarks": "true"})
    lab.ok("POST", PODS, pod())
    kind, bookmark = watch.next()
    assert kind == "BOOKMARK" and lab.kernel.now_ns <= MINUTE + SECOND
    assert int(bookmark["metadata"]["resourceVersion"]) >= lab.server().cacher.revision - 1
    assert lab.watch(CONFIGMAPS).is_silent(100)


def test_a_version_that_has_left_the_window_is_a_410_in_the_stream() -> None:
    lab = Lab(watch_window=4)
    version = lab.ok("POST", CONFIGMAPS, config_map("old"))["metadata"]["resourceVersion"]
    for number in range(8):
        lab.ok("POST", CONFIGMAPS, config_map(f"c{number}"))
    lab.settle(0.1)
    watch = lab.watch(CONFIGMAPS, query={"resourceVersion": version})
    assert watch.response.code == 200
    kind, status = watch.next()
    oldest = lab.server().cacher.kinds["configmaps"].oldest
    assert (kind, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
    assert status["message"] == f"too old resource version: {version} ({oldest})"
    assert watch.ends()
    assert lab.watch(CONFIGMAPS, query={"resourceVersion": str(oldest)}).take(4) == [
        ("ADDED", f"c{number}") for number in (4, 5, 6, 7)
    ]


def test_a_watch_at_a_server_that_lags_does_not_go_back_in_time() -> None:
    lab = Lab(servers=2)
    lab.settle(1)
    lab.kernel.faults.apply("slow-link", a="cp-2", b="etcd-1", extra_ns=2 * SECOND)
    lab.ok("POST", CONFIGMAPS, config_map("a"))
    version = lab.ok("GET", CONFIGMAPS)["metadata"]["resourceVersion"]
    watch = lab.watch(CONFIGMAPS, query={"resourceVersion": version}, server=2)
    assert lab.server(2).cacher.revision < int(version)
    lab.ok("POST", CONFIGMAPS, config_map("b"))
    assert watch.take(1) == [("ADDED", "b")] and watch.is_silent()


def test_a_watch_ends_when_its_time_is_up(lab: Lab) -> None:
    watch = lab.watch(CONFIGMAPS, query={"timeoutSeconds": "7"})
    began_ns = lab.kernel.now_ns
    assert watch.ends()
    assert 6 * SECOND < lab.kernel.now_ns - began_ns < 8 * SECOND
    assert not lab.server().watchers


def test_a_watch_as_tables_has_columns_in_its_first_event_only(lab: Lab) -> None:
    watch = lab.watch(PODS, accept=TABLE)
    lab.ok("POST", PODS, pod("a"))
    lab.ok("POST", PODS, pod("b"))
    (_, first), (_, second) = watch.next(), watch.next()
    assert first["kind"] == "Table" and first["columnDefinitions"][0]["name"] == "Name"
    assert second["columnDefinitions"] is None and second["rows"][0]["cells"][0] == "b"
    assert second["rows"][0]["object"]["metadata"]["name"] == "b"


def test_events_carry_the_cause_of_the_write(lab: Lab) -> None:
    lab.watch(CONFIGMAPS)
    sent = lab.collect(MessageSent)
    flow = lab.kernel.trace.start_flow(kind="test", title="a write", subject="settings")
    lab.ok("POST", CONFIGMAPS, config_map())
    lab.settle(1)
    pushed = [event for event in sent if event.protocol == "watch"]
    assert [(event.flow, event.kind, event.quiet) for event in pushed] == [(flow, "ADDED default/settings", False)]


def test_a_watcher_that_does_not_keep_up_is_ended() -> None:
    lab = Lab(watch_backlog=5)
    lab.watch(CONFIGMAPS)
    writer = lab.kernel.add_host("writer", ip="10.0.0.101").add_process("kubectl", lab._idle)
    channel = writer.dial(lab.channels[0].to, protocol="api")
    lab.kernel.faults.apply("hang-process", component="client/kubectl")
    lab.client, lab.channels = writer, [channel]
    for number in range(12):
        lab.ok("POST", CONFIGMAPS, config_map(f"c{number}"))
    lab.settle(1)
    assert not lab.server().watchers


def test_a_client_that_goes_takes_its_watch_along(lab: Lab) -> None:
    lab.watch(CONFIGMAPS).stream.close()
    lab.watch(CONFIGMAPS)
    lab.settle(1)
    assert len(lab.server().watchers) == 1
    lab.kernel.faults.apply("crash-process", component="client/kubectl")
    lab.settle(1)
    assert not lab.server().watchers and not lab.server().cacher.resets


def test_when_the_caches_revision_is_compacted_all_watches_end_and_everything_is_read_anew(lab: Lab) -> None:
    watch = lab.watch(CONFIGMAPS)
    cacher: Cacher = lab.server().cacher
    cut = {"a": "cp-1", "b": "etcd-1"}
    lab.kernel.faults.apply("cut-link", **cut)

    async def meanwhile() -> None:
        from orrery.etcd import Client
        from orrery.kernel import Address

        etcd = Client(lab.client, [Address("etcd-1", 2379)])
        for number in range(5):
            response = await etcd.put(b"/registry/elsewhere", str(number).encode())
        await etcd.compact(response.revision)

    task = lab.client.spawn(meanwhile(), name="meanwhile")
    lab.kernel.run(task.join())
    lab.settle(70)
    lab.kernel.faults.apply("heal-link", **cut)
    lab.settle(40)
    assert watch.ends() and cacher.ready.is_set()
    assert lab.ok("POST", CONFIGMAPS, config_map())
    assert lab.watch(CONFIGMAPS).take(1) == [("ADDED", "settings")]
