"""The Python `kubernetes` client against a running server: creates, watches, deletes."""

import time

import pytest
from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from live_server import LiveServer

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def api(server: LiveServer) -> client.CoreV1Api:
    server.real_time(5)
    return client.CoreV1Api(config.new_client_from_config(str(server.kubeconfig)))


def pod(name: str) -> client.V1Pod:
    return client.V1Pod(
        metadata=client.V1ObjectMeta(name=name, labels={"made": "python"}),
        spec=client.V1PodSpec(containers=[client.V1Container(name="c", image="nginx:1.27")]),
    )


def test_it_creates_watches_and_deletes(api: client.CoreV1Api) -> None:
    listed = api.list_namespaced_pod("default", label_selector="made=python")
    api.create_namespaced_pod("default", pod("snake"))
    seen: list[tuple[str, str]] = []
    watcher = watch.Watch()
    deleted = False
    for event in watcher.stream(
        api.list_namespaced_pod, "default", label_selector="made=python",
        resource_version=listed.metadata.resource_version, timeout_seconds=60,
    ):
        found = event["object"]
        ready = any(c.type == "Ready" and c.status == "True" for c in found.status.conditions or [])
        seen.append((event["type"], "ready" if ready else found.status.phase))
        if ready and not deleted:
            deleted = True
            api.delete_namespaced_pod("snake", "default")
        if event["type"] == "DELETED":
            watcher.stop()
    assert seen[0] == ("ADDED", "Pending") and seen[-1][0] == "DELETED"
    assert ("MODIFIED", "ready") in seen


def test_a_stale_write_is_a_conflict_and_a_fresh_one_is_not(api: client.CoreV1Api) -> None:
    made = api.create_namespaced_config_map(
        "default", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="shared"), data={"a": "1"})
    )
    fresh = api.patch_namespaced_config_map("shared", "default", {"data": {"a": "2"}})
    made.data = {"a": "3"}
    with pytest.raises(ApiException) as conflict:
        api.replace_namespaced_config_map("shared", "default", made)
    assert conflict.value.status == 409
    fresh.data = {"a": "3"}
    assert api.replace_namespaced_config_map("shared", "default", fresh).data == {"a": "3"}
    api.delete_namespaced_config_map("shared", "default")


def test_a_list_in_pages_gives_everything_once(api: client.CoreV1Api) -> None:
    for number in range(7):
        api.create_namespaced_config_map(
            "default",
            client.V1ConfigMap(metadata=client.V1ObjectMeta(name=f"page-{number}", labels={"paged": "yes"})),
        )
    names: list[str] = []
    token = None
    while True:
        part = api.list_namespaced_config_map("default", label_selector="paged=yes", limit=3, _continue=token)
        names += [item.metadata.name for item in part.items]
        token = part.metadata._continue
        if not token:
            break
    assert names == [f"page-{number}" for number in range(7)]


def test_a_client_that_goes_away_ends_its_watch(api: client.CoreV1Api, server: LiveServer) -> None:
    watcher = watch.Watch()
    begun_s = time.monotonic()
    for _ in watcher.stream(api.list_namespace, timeout_seconds=2):
        pass
    assert time.monotonic() - begun_s < 20
    assert server.get("/healthz")[0] == 200
