"""Get, list, tables, discovery, health."""

from __future__ import annotations

import pytest
from apiserver_lab import CONFIGMAPS, PODS, Lab, config_map, pod

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


@pytest.fixture
def lab() -> Lab:
    lab = Lab()
    for name in ("e", "b", "a", "d", "c"):
        lab.ok("POST", CONFIGMAPS, config_map(name, labels={"vowel": str(name in "ae").lower()}))
    return lab


def names(document: dict) -> list[str]:
    return [item["metadata"]["name"] for item in document["items"]]


def test_a_list_is_in_the_order_of_names_and_tells_its_version(lab: Lab) -> None:
    listed = lab.ok("GET", CONFIGMAPS)
    assert names(listed) == ["a", "b", "c", "d", "e"]
    assert listed["kind"] == "ConfigMapList" and int(listed["metadata"]["resourceVersion"]) > 1


def test_a_list_is_cut_by_limit_and_continued_at_the_same_version(lab: Lab) -> None:
    first = lab.ok("GET", CONFIGMAPS, query={"limit": "2"})
    assert names(first) == ["a", "b"] and first["metadata"]["remainingItemCount"] == 3
    lab.ok("POST", CONFIGMAPS, config_map("bb"))
    query = {"limit": "2", "continue": first["metadata"]["continue"]}
    second = lab.ok("GET", CONFIGMAPS, query=query)
    assert names(second) == ["c", "d"]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    last = lab.ok("GET", CONFIGMAPS, query={"limit": "2", "continue": second["metadata"]["continue"]})
    assert names(last) == ["e"] and "continue" not in last["metadata"]


def test_a_limit_counts_what_the_selectors_choose(lab: Lab) -> None:
    first = lab.ok("GET", CONFIGMAPS, query={"limit": "2", "labelSelector": "vowel=false"})
    assert names(first) == ["b", "c"]
    query = {"limit": "2", "labelSelector": "vowel=false", "continue": first["metadata"]["continue"]}
    assert names(lab.ok("GET", CONFIGMAPS, query=query)) == ["d"]


def test_a_token_of_a_compacted_version_is_a_410_with_a_token_to_go_on(lab: Lab) -> None:
    first = lab.ok("GET", CONFIGMAPS, query={"limit": "2"})
    lab.ok("POST", CONFIGMAPS, config_map("z"))
    lab.settle(0.1)
    lab.run(_compacted(lab))
    response = lab.call("GET", CONFIGMAPS, query={"limit": "2", "continue": first["metadata"]["continue"]})
    assert (response.code, response.body["reason"]) == (410, "Expired")
    assert response.body["message"].startswith("The provided continue parameter is too old")
    rest = lab.ok("GET", CONFIGMAPS, query={"continue": response.body["metadata"]["continue"]})
    assert names(rest) == ["c", "d", "e", "z"]


async def _compacted(lab: Lab) -> None:
    async def compact() -> None:
        server = lab.server()
        await server.etcd.compact(server.cacher.revision)

    await lab.server().process.spawn(compact(), name="compact").join()


def test_a_token_that_is_none_is_a_400(lab: Lab) -> None:
    assert lab.fails("GET", CONFIGMAPS, query={"limit": "2", "continue": "!!"})[::2] == (
        400, "continue key is not valid"
    )


def test_versions_choose_where_a_read_comes_from(lab: Lab) -> None:
    lab.settle(0.1)
    now = lab.ok("GET", CONFIGMAPS)["metadata"]["resourceVersion"]
    assert len(lab.ok("GET", CONFIGMAPS, query={"resourceVersion": "0"})["items"]) == 5
    assert len(lab.ok("GET", CONFIGMAPS, query={"resourceVersion": now})["items"]) == 5
    exact = {"resourceVersion": str(int(now) - 1), "resourceVersionMatch": "Exact"}
    assert len(lab.ok("GET", CONFIGMAPS, query=exact)["items"]) == 4
    code, reason, message = lab.fails("GET", CONFIGMAPS, query={"resourceVersion": "99999"})
    assert (code, reason) == (504, "Timeout") and message.startswith("Timeout: Too large resource version: 99999")
    assert lab.ok("GET", f"{CONFIGMAPS}/a", query={"resourceVersion": "0"})["metadata"]["name"] == "a"


def test_bad_selectors_and_versions_are_400(lab: Lab) -> None:
    assert lab.fails("GET", CONFIGMAPS, query={"labelSelector": "a in"})[0] == 400
    assert lab.fails("GET", PODS, query={"fieldSelector": "spec.color=red"})[2] == (
        "field label not supported: spec.color"
    )
    assert "invalid resource version" in lab.fails("GET", PODS, query={"resourceVersion": "x"})[2]


def test_tables_by_the_accept_header(lab: Lab) -> None:
    table = lab.ok("GET", CONFIGMAPS, accept=TABLE)
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert [row["cells"][0] for row in table["rows"]] == ["a", "b", "c", "d", "e"]
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    one = lab.ok("GET", f"{CONFIGMAPS}/a", accept=TABLE, query={"includeObject": "Object"})
    assert [row["object"]["kind"] for row in one["rows"]] == ["ConfigMap"]
    assert lab.ok("GET", CONFIGMAPS, accept=TABLE, query={"includeObject": "None"})["rows"][0]["object"] is None
    assert lab.fails("GET", CONFIGMAPS, accept=TABLE, query={"includeObject": "All"})[0] == 400


def test_metadata_alone_and_what_cannot_be_had(lab: Lab) -> None:
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    listed = lab.ok("GET", CONFIGMAPS, accept=accept)
    assert listed["kind"] == "PartialObjectMetadataList" and "data" not in listed["items"][0]
    assert lab.fails("GET", CONFIGMAPS, accept="text/html")[:2] == (406, "NotAcceptable")


def test_discovery_openapi_and_version(lab: Lab) -> None:
    assert lab.ok("GET", "/version")["gitVersion"] == "v1.37.0"
    assert lab.ok("GET", "/api")["kind"] == "APIVersions"
    aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    response = lab.call("GET", "/apis", accept=f"{aggregated},application/json")
    assert response.headers["Content-Type"] == aggregated and response.body["kind"] == "APIGroupDiscoveryList"
    assert lab.ok("GET", "/apis/apps/v1")["kind"] == "APIResourceList"
    assert "apis/apps/v1" in lab.ok("GET", "/openapi/v3")["paths"]
    assert "components" in lab.ok("GET", "/openapi/v3/apis/apps/v1")
    assert "/apis/apps/v1" in lab.ok("GET", "/")["paths"]


def test_health_is_ok_or_says_what_is_not(lab: Lab) -> None:
    assert lab.call("GET", "/healthz").body == "ok"
    verbose = lab.call("GET", "/readyz", query={"verbose": ""}).body
    assert verbose.startswith("[+]ping ok\n[+]log ok\n[+]etcd ok\n") and verbose.endswith("readyz check passed\n")
    assert lab.call("GET", "/livez/etcd").body == "ok" and lab.call("GET", "/livez/none").code == 404
    lab.kernel.faults.apply("crash-process", component="etcd-1/etcd")
    lab.settle(5)
    down = lab.call("GET", "/readyz")
    assert down.code == 500 and "[-]etcd failed: reason withheld" in down.body
    assert lab.call("GET", "/readyz", query={"exclude": "etcd"}).code == 200


def test_metrics_count_the_requests(lab: Lab) -> None:
    text = lab.call("GET", "/metrics").body
    line = 'apiserver_request_total{code="201",resource="configmaps",subresource="",verb="CREATE"} 5'
    assert line in text.splitlines()


def test_without_etcd_reads_fail_in_etcds_words_and_the_cache_still_answers(lab: Lab) -> None:
    lab.settle(1)
    lab.kernel.faults.apply("crash-process", component="etcd-1/etcd")
    code, reason, message = lab.fails("GET", f"{CONFIGMAPS}/a")
    assert (code, reason) == (500, "") and "code = Unavailable" in message
    assert len(lab.ok("GET", CONFIGMAPS, query={"resourceVersion": "0"})["items"]) == 5
    lab.kernel.faults.apply("restart-process", component="etcd-1/etcd")
    lab.settle(3)
    assert lab.call("POST", PODS, pod()).code == 201
