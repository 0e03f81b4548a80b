"""The server from outside: the page, its API, the websocket, who is let in, and what bad input is answered."""

import asyncio
import http.client
import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
import websockets
from live_server import LiveServer

HELLO = json.dumps({"type": "hello", "run": None, "seq": None})


def test_the_page_loads_and_forbids_what_it_does_not_need(server: LiveServer) -> None:
    with urllib.request.urlopen(server.address) as response:
        text = response.read().decode()
        assert '<div id="app">' in text
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/api/fault", {"fault": "explode"}, "fault"),
        ("/api/fault", {"fault": "crash-process"}, "crash-process needs component"),
        ("/api/fault", {"fault": "crash-process", "component": "cp-9/etcd"}, "there is no component 'cp-9/etcd'"),
        ("/api/fault", {"fault": "cut-link", "host": "cp-1"}, "cut-link needs peer"),
        ("/api/fault", {"fault": "cut-link", "host": "cp-1", "peer": "moon"}, "there is no host 'moon'"),
        ("/api/control", {"action": "factor"}, "factor is missing"),
        ("/api/control", {"action": "factor", "factor": -1}, "factor"),
        ("/api/control", {"action": "fly"}, "action"),
        ("/api/apply", {"text": "a: [1"}, "line"),
        ("/api/apply", {"text": "kind: Pod"}, "document 1 has no apiVersion"),
        ("/api/apply", {"text": 5}, "text"),
        ("/api/apply", {"text": "x", "more": 1}, "more"),
        ("/api/scale", {"namespace": "default", "name": "web", "replicas": -1}, "replicas"),
        ("/api/delete", {"resource": "unicorns", "name": "x"}, "there is no resource 'unicorns'"),
        ("/api/scene", {"id": "nope"}, "there is no scene 'nope'"),
        ("/api/run", {"seed": -1}, "seed"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_that_names_the_place(
    server: LiveServer, path: str, body: object, sentence: str
) -> None:
    status, answer = server.post(path, body)
    assert status == 422
    assert sentence in answer["error"]["message"] or sentence in answer["error"]["field"]
    assert "Traceback" not in json.dumps(answer) and "\n" not in answer["error"]["message"]


def test_series_are_given_for_a_stretch_of_time_in_as_many_steps_as_are_asked_for(server: LiveServer) -> None:
    for _ in range(100):  # the first seconds are the boot's
        status, answer = server.get("/api/metrics?from_ns=0&points=10")
        if status == 200 and answer["series"].get("nodes/True", [0])[-1] == 4:
            break
        time.sleep(0.1)
    assert status == 200 and 0 < len(answer["t_s"]) <= 12
    assert all(len(column) == len(answer["t_s"]) for column in answer["series"].values())
    assert answer["series"]["nodes/True"][-1] == 4
    assert server.get("/api/metrics?from_ns=9000000000000&to_ns=9100000000000")[1]["t_s"] == []
    for query in ("points=5", "points=100000", "from_ns=-1", "from_ns=x"):
        assert server.get(f"/api/metrics?{query}")[0] == 422


def test_a_flow_is_told_as_a_sequence_and_read_on_from_where_one_was(server: LiveServer) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: told}\nspec: {containers: [{name: c, image: 'nginx:1.27'}]}\n"
    _, applied = server.post("/api/apply", {"text": pod})
    status, whole = server.get(f"/api/sequence/{applied['flow']}")
    assert status == 200 and whole["whole"] and whole["flow"]["title"] == "apply pods/told"
    middle = whole["steps"][3]["event"]
    _, rest = server.get(f"/api/sequence/{applied['flow']}?after={middle}")
    assert [step["event"] for step in rest["steps"]][: len(whole["steps"]) - 4] == [
        step["event"] for step in whole["steps"][4:]
    ]
    assert server.get("/api/sequence/1")[0] == 404


def test_what_is_not_there_is_404_in_a_sentence(server: LiveServer) -> None:
    for path in ("/api/event/999999999", "/api/flow/999999999", "/api/object?resource=pods&name=x", "/api/none"):
        status, answer = server.get(path)
        assert status == 404 and answer["error"]["message"]


def test_what_changes_something_must_come_from_our_page(server: LiveServer) -> None:
    status, answer = server.post("/api/control", {"action": "pause"}, origin="http://evil.example")
    assert status == 403 and answer["error"]["field"] == "Origin"
    status, _ = server.post("/api/control", {"action": "play"}, origin=server.address)
    assert status == 200


def test_a_name_that_is_not_ours_is_not_answered(server: LiveServer) -> None:
    status, answer = server.get("/api/kubeconfig", host="evil.example")
    assert status == 421 and answer["error"]["field"] == "Host"


def test_a_request_that_is_too_large_is_refused_unread(server: LiveServer) -> None:
    for length, code, word in (("2097152", 413, "larger"), (None, 411, "how long")):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.putrequest("POST", "/api/apply")
        connection.putheader("content-type", "application/json")
        if length is not None:
            connection.putheader("content-length", length)
        connection.endheaders()
        response = connection.getresponse()
        assert response.status == code and word in json.loads(response.read())["error"]["message"]
        connection.close()


def _url(server: LiveServer) -> str:
    return f"ws://127.0.0.1:{server.port}/ws"


def test_the_websocket_begins_with_a_snapshot_goes_on_with_batches_and_resumes_without_loss(
    server: LiveServer,
) -> None:
    async def watch() -> None:
        async with websockets.connect(_url(server), origin=server.address, max_size=None) as socket_:
            await socket_.send(HELLO)
            snapshot = json.loads(await socket_.recv())
            assert snapshot["type"] == "snapshot" and len(snapshot["records"]) > 40
            batches = [json.loads(await socket_.recv()) for _ in range(10)]
        assert [b["seq"] for b in batches] == list(range(snapshot["seq"] + 1, snapshot["seq"] + 11))
        await asyncio.sleep(0.5)
        async with websockets.connect(_url(server), max_size=None) as socket_:
            await socket_.send(json.dumps({"type": "hello", "run": snapshot["run"]["id"], "seq": batches[4]["seq"]}))
            again = [json.loads(await socket_.recv()) for _ in range(5)]
        assert again == batches[5:], "what was missed is sent again, the same"

    asyncio.run(watch())


def test_the_websocket_is_for_our_page_and_for_those_who_say_hello(server: LiveServer) -> None:
    async def knock() -> list[int]:
        codes = []
        try:
            async with websockets.connect(_url(server), origin="http://evil.example"):  # type: ignore[arg-type]
                codes.append(0)
        except websockets.exceptions.InvalidStatus as refused:
            codes.append(refused.response.status_code)
        async with websockets.connect(_url(server)) as socket_:
            await socket_.send("nonsense")
            try:
                await socket_.recv()
            except websockets.exceptions.ConnectionClosed as closed:
                codes.append(closed.rcvd.code if closed.rcvd else 0)
        return codes

    assert asyncio.run(knock()) == [403, 1003]


def test_viewers_that_flood_or_stop_reading_or_vanish_do_no_harm(server: LiveServer) -> None:
    async def misbehave() -> None:
        async with websockets.connect(_url(server), max_size=None) as flood:
            await flood.send(HELLO)
            for _ in range(2_000):
                await flood.send("x" * 1_000)
        raw = socket.create_connection(("127.0.0.1", server.port))
        raw.sendall(b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        raw.close()
        stuck = [await websockets.connect(_url(server), max_size=None, max_queue=1) for _ in range(5)]
        for socket_ in stuck:
            await socket_.send(HELLO)
        await asyncio.sleep(2.0)
        for socket_ in stuck:
            socket_.transport.abort()

    asyncio.run(misbehave())
    begun_s = time.monotonic()
    status, answer = server.get("/healthz")
    assert (status, answer) == (200, {"status": "ok"}) and time.monotonic() - begun_s < 2


def test_a_write_tells_what_became_of_each_object(server: LiveServer) -> None:
    server.real_time(10)
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: told}\ndata: {a: '1'}\n"
    bad = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_A_Name}\n---\napiVersion: x/v1\nkind: Unicorn\n" \
        "metadata: {name: u}\n"
    status, answer = server.post("/api/apply", {"text": text + bad})
    assert status == 200
    results = answer["results"]
    assert [r["verb"] for r in results] == ["created", "failed", "failed"]
    assert "metadata.name" in results[1]["message"] and 'no matches for kind "Unicorn"' in results[2]["message"]
    assert server.post("/api/apply", {"text": text})[1]["results"][0]["verb"] == "unchanged"
    changed = text.replace("'1'", "'2'")
    assert server.post("/api/apply", {"text": changed})[1]["results"][0]["verb"] == "configured"
    status, found = server.get("/api/object?resource=configmaps&namespace=default&name=told")
    assert found["object"]["data"] == {"a": "2"} and "data:" in found["text"]
    status, told = server.get(f"/api/flow/{answer['flow']}")
    assert status == 200 and told["flow"]["kind"] == "request" and len(told["steps"]) > 5


def _kube(server: LiveServer, path: str, token: str | None) -> tuple[int, Any]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"https://127.0.0.1:{server.kube_port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, context=context, timeout=60) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_the_kubernetes_gateway_wants_the_kubeconfigs_credentials(server: LiveServer) -> None:
    for token in (None, "wrong"):
        code, status = _kube(server, "/api/v1/nodes", token)
        assert code == 401 and (status["kind"], status["reason"]) == ("Status", "Unauthorized")


def test_a_client_waits_at_the_door_while_the_clock_is_paused_and_is_let_in_when_it_runs(server: LiveServer) -> None:
    import threading

    import yaml

    token = yaml.safe_load(server.kubeconfig.read_text())["users"][0]["user"]["token"]
    server.post("/api/control", {"action": "pause"})
    answers: list[tuple[int, Any]] = []
    asking = threading.Thread(target=lambda: answers.append(_kube(server, "/api/v1/namespaces", token)))
    asking.start()
    time.sleep(1.0)
    assert not answers
    _, pace = server.post("/api/control", {"action": "focus"})
    assert pace["waiting_requests"] == 1
    server.post("/api/control", {"action": "play"})
    asking.join(20)
    assert answers[0][0] == 200


def test_another_run_begins_with_another_cluster(server: LiveServer) -> None:
    status, run = server.post("/api/run", {"seed": 8})
    assert status == 200 and run["seed"] == 8
    assert server.get("/api/object?resource=nodes&name=worker-1")[0] == 200
    assert server.get("/api/object?resource=configmaps&namespace=default&name=told")[0] == 404


def test_a_port_in_use_and_a_bad_file_are_one_sentence_each(server: LiveServer) -> None:
    for arguments, sentence in (
        (("serve", "--port", str(server.port)), "is in use"),
        (("serve", "--port", "8", "--kube-port", "8"), "cannot share"),
        (("run", "--for", "1s", "--seed", "minus"), "is not a seed"),
        (("run", "--for", "1s", "--config", "/does/not/exist"), "cannot be read"),
        (("run", "--for", "never"), "is not a span of time"),
        (("kubeconfig", "--port", "1"), "no Orrery server answers"),
    ):
        result = server.cli(*arguments)
        assert result.returncode == 2 and sentence in result.stderr, (arguments, result.stderr)
        assert "Traceback" not in result.stderr and result.stderr.count("\n") == 1
