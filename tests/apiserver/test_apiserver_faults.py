"""Several servers on three etcd members, while things fail: no write is lost, no watch has a gap."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from apiserver_lab import CONFIGMAPS, PODS, Lab, config_map, pod

from orrery.kernel import MILLISECOND, RpcError, StreamEnded, sleep

PATH = f"{CONFIGMAPS}/settings"
MERGE = "application/merge-patch+json"


async def add_one(lab: Lab, server: int) -> bool:
    """Reads, adds one, writes; whether it was stored."""
    obj = (await lab.ask("GET", PATH, server=server)).body
    count = int(obj["data"]["count"]) + 1  # type: ignore[index]
    new = {**obj, "data": {"count": str(count)}}  # type: ignore[dict-item]
    response = await lab.ask("PUT", PATH, new, server=server)
    assert response.code in (200, 409), response
    return response.code == 200


def test_no_update_is_lost_among_concurrent_writers() -> None:
    lab = Lab(members=3, servers=3)
    lab.ok("POST", CONFIGMAPS, config_map(data={"count": "0"}))

    async def writer(number: int) -> None:
        done = 0
        while done < 10:
            done += await add_one(lab, 1 + number % 3)

    async def everybody() -> None:
        for task in [lab.client.spawn(writer(number), name="writer") for number in range(6)]:
            await task.join()

    lab.run(everybody())
    assert lab.ok("GET", PATH)["data"] == {"count": "60"}


def test_patches_of_different_fields_all_hold() -> None:
    lab = Lab(members=3, servers=3)
    lab.ok("POST", CONFIGMAPS, config_map())

    async def patch(number: int) -> int:
        body = {"data": {f"k{number}": "v"}}
        return (await lab.ask("PATCH", PATH, body, content_type=MERGE, server=1 + number % 3)).code

    async def everybody() -> list[int]:
        tasks = [lab.client.spawn(patch(number), name="patch") for number in range(12)]
        return [await task.join() for task in tasks]

    assert lab.run(everybody()) == [200] * 12
    assert len(lab.ok("GET", PATH)["data"]) == 12


@pytest.mark.parametrize("seed", range(3))
def test_a_watch_has_no_gap_across_the_crash_of_an_etcd_member(seed: int) -> None:
    lab = Lab(members=3, servers=1, seed=seed)
    seen: list[str] = []
    watch = lab.watch(CONFIGMAPS)

    async def follow() -> None:
        while True:
            event = await watch.stream.next()
            seen.append(f"{event['type']} {event['object']['metadata']['name']}")

    async def write() -> list[str]:
        stored: list[str] = []
        for number in range(60):
            response = await lab.ask("POST", CONFIGMAPS, config_map(f"c{number}"))
            if response.code == 201:
                stored.append(f"ADDED c{number}")
            await sleep(100 * MILLISECOND)
        return stored

    async def trouble() -> None:
        member = lab.server().etcd.endpoint.host
        await sleep(1500 * MILLISECOND)
        lab.kernel.faults.apply("crash-host", host=member)
        await sleep(2000 * MILLISECOND)
        lab.kernel.faults.apply("restart-host", host=member)

    lab.client.spawn(follow(), name="follow")
    lab.kernel.spawn(trouble(), name="trouble")
    writing = lab.client.spawn(write(), name="write")
    stored = lab.run(writing.join())
    lab.settle(60)
    there = [item["metadata"]["name"] for item in lab.ok("GET", CONFIGMAPS)["items"]]
    assert sorted(seen) == sorted(f"ADDED {name}" for name in there)
    assert [entry for entry in stored if entry not in seen] == []
    assert len(there) > 30


def test_a_server_that_crashes_forgets_nothing() -> None:
    lab = Lab(members=3, servers=2)
    made = lab.ok("POST", PODS, pod(), server=1)
    lab.kernel.faults.apply("crash-process", component="cp-1/kube-apiserver")
    assert lab.ok("GET", f"{PODS}/web", server=2) == made
    lab.ok("PATCH", f"{PODS}/web", {"metadata": {"labels": {"a": "b"}}}, content_type=MERGE, server=2)
    with pytest.raises(RpcError):
        lab.call("GET", PODS, server=1)
    lab.kernel.faults.apply("restart-process", component="cp-1/kube-apiserver")
    lab.settle(3)
    assert lab.ok("GET", f"{PODS}/web", server=1)["metadata"]["labels"] == {"a": "b"}
    assert lab.watch(PODS, server=1).take(1) == [("ADDED", "web")]


def test_a_watch_goes_on_at_another_server_where_it_was_left() -> None:
    lab = Lab(members=3, servers=2)
    watch = lab.watch(CONFIGMAPS, server=1)
    lab.ok("POST", CONFIGMAPS, config_map("a"))
    _, obj = watch.next()
    lab.kernel.faults.apply("crash-host", host="cp-1")
    lab.ok("POST", CONFIGMAPS, config_map("b"), server=2)
    there = lab.watch(CONFIGMAPS, server=2, query={"resourceVersion": obj["metadata"]["resourceVersion"]})
    assert there.take(1) == [("ADDED", "b")]


def test_without_a_quorum_writes_fail_in_etcds_words_and_heal_with_it() -> None:
    lab = Lab(members=3, servers=1)
    for host in ("etcd-1", "etcd-2"):
        lab.kernel.faults.apply("crash-process", component=f"{host}/etcd")
    lab.settle(5)
    code, reason, message = lab.fails("POST", CONFIGMAPS, config_map())
    assert code in (500, 504) and message
    assert reason in ("", "Timeout")
    lab.kernel.faults.apply("restart-process", component="etcd-1/etcd")
    lab.settle(10)
    assert lab.call("POST", CONFIGMAPS, config_map("again")).code == 201


def test_a_request_that_takes_a_minute_is_a_504() -> None:
    lab = Lab(members=1, servers=1, request_timeout_ns=2_000 * MILLISECOND)
    lab.kernel.faults.apply("hang-process", component="etcd-1/etcd")
    assert lab.fails("GET", PATH)[:2] == (504, "Timeout")


def test_a_request_may_ask_for_less_time() -> None:
    lab = Lab()
    lab.kernel.faults.apply("hang-process", component="etcd-1/etcd")
    began_ns = lab.kernel.now_ns
    assert lab.fails("GET", PATH, query={"timeout": "1.5s"})[:2] == (504, "Timeout")
    assert 1400 * MILLISECOND < lab.kernel.now_ns - began_ns < 1600 * MILLISECOND
    assert lab.fails("GET", PATH, query={"timeout": "soon"})[::2] == (
        400, "invalid timeout specified in the request URL"
    )


def test_etcd_is_compacted_by_one_of_the_servers() -> None:
    lab = Lab(members=1, servers=2)
    for _ in range(3):
        lab.settle(300)
        lab.call("POST", CONFIGMAPS, config_map(f"c{lab.kernel.now_ns}"))
    lab.settle(600)
    response = lab.call("GET", CONFIGMAPS, query={"resourceVersion": "2", "resourceVersionMatch": "Exact"})
    assert (response.code, response.body["reason"]) == (410, "Expired")


def scenario(seed: int) -> tuple[str, bytes]:
    lab = Lab(members=3, servers=2, seed=seed, hashing=True)
    lab.ok("POST", CONFIGMAPS, config_map(data={"count": "0"}))
    lab.watch("/api/v1/configmaps", server=2)

    async def everybody() -> None:
        tasks = [lab.client.spawn(add_one(lab, 1 + number % 2), name="w") for number in range(6)]
        for task in tasks:
            await task.join()

    lab.run(everybody())
    lab.kernel.faults.apply("crash-process", component="cp-2/kube-apiserver")
    lab.settle(20)
    body: Any = lab.call("POST", PODS, {"metadata": {"generateName": "x-"}, "spec": pod()["spec"]}).body
    return lab.kernel.trace.digest(), orjson.dumps(body)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert scenario(7) == scenario(7)
    assert scenario(7)[0] != scenario(8)[0]


def test_the_hash_seed_of_python_changes_nothing() -> None:
    here = Path(__file__).parent
    code = "import test_apiserver_faults as t; print(t.scenario(7)[0])"
    path = os.pathsep.join([str(here), str(here.parents[1] / "backend")])
    digests = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]  # fmt: skip
    assert digests == [scenario(7)[0]] * 2


def test_a_stream_of_no_watch_is_refused() -> None:
    lab = Lab()
    watch = lab.watch("/api/v1/namespaces/default/pods/web/status")
    assert watch.response.code == 405
    with pytest.raises(StreamEnded):
        lab.run(watch.stream.next())
