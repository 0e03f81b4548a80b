"""Branches, from outside: the recording, forks, and runs as links and files."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import websockets
from live_server import LiveServer

SECOND = 1_000_000_000


def _snapshot(server: LiveServer, branch: str) -> dict[str, Any]:
    async def look() -> Any:
        async with websockets.connect(f"ws://127.0.0.1:{server.port}/ws", max_size=None) as socket:
            await socket.send(json.dumps({"type": "hello", "run": None, "seq": None, "branch": branch}))
            return json.loads(await socket.recv())

    snapshot: dict[str, Any] = asyncio.run(look())
    return snapshot


def _made(server: LiveServer, branch: dict[str, Any]) -> dict[str, Any]:
    for _ in range(300):
        _, views = server.get("/api/branches")
        view: dict[str, Any] = next(v for v in views if v["id"] == branch["id"])
        if view["state"] != "making":
            return view
        time.sleep(0.1)
    raise AssertionError(f"{branch} is still being made")


def _names(snapshot: dict[str, Any], kind: str) -> set[str]:
    return {record["name"] for record in snapshot["records"] if record["type"] == kind}


def test_acting_in_the_past_makes_a_branch_and_clients_stay_with_theirs(server: LiveServer) -> None:
    server.real_time(20)
    before = _snapshot(server, "main")
    text = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "later", "namespace": "default"}})
    assert server.post("/api/apply", {"text": text})[0] == 200
    status, branch = server.post("/api/fork?branch=main", {"t_ns": before["now_ns"], "name": "what if"})
    assert status == 200 and branch["parent"] == "main"
    view = _made(server, branch)
    assert view["state"] == "ready" and view["name"] == "what if" and view["clients"] is False
    fork = _snapshot(server, branch["id"])
    assert fork["run"]["branch"] == branch["id"] and fork["now_ns"] == before["now_ns"] and fork["pace"]["paused"]
    assert fork["run"]["horizon_ns"] == before["run"]["horizon_ns"]
    assert "later" not in _names(fork, "object") and "later" in _names(_snapshot(server, "main"), "object")

    assert server.post(f"/api/fault?branch={branch['id']}", {"fault": "crash-host", "host": "worker-1"})[0] == 200
    states = {
        name: {r["name"]: r["up"] for r in _snapshot(server, name)["records"] if r["type"] == "host"}
        for name in ("main", branch["id"])
    }
    assert states["main"]["worker-1"] is True and states[branch["id"]]["worker-1"] is False

    assert server.post("/api/branch", {"id": branch["id"], "action": "close"})[0] == 200
    assert server.post(f"/api/control?branch={branch['id']}", {"action": "pause"})[0] == 404


def test_the_recording_can_be_read_back_chapter_by_chapter(server: LiveServer) -> None:
    _, index = server.get("/api/recording")
    assert index["chapters"][0]["from_ns"] <= index["now_ns"]
    _, chapter = server.get(f"/api/recording/{index['chapters'][0]['number']}")
    assert chapter["snapshot"]["type"] == "snapshot" and all(b["type"] == "batch" for b in chapter["batches"])
    assert server.get("/api/recording/999")[0] == 404


def test_a_run_is_a_link_and_a_file_that_give_the_same_digest(server: LiveServer, tmp_path: Path) -> None:
    server.post("/api/control", {"action": "pause"})
    _, link = server.get("/api/run")
    assert link["code"] and link["inputs"] > 0
    status, branch = server.post("/api/open", {"text": link["code"]})
    assert status == 200 and branch["parent"] is None
    view = _made(server, branch)
    assert (view["state"], view["same"]) == ("ready", True)
    assert view["now_ns"] == link["now_ns"] and link["digest"].startswith(view["digest"])

    _, document = server.get("/api/run/file")
    file = tmp_path / "run.json"
    file.write_text(json.dumps(document))
    done = server.cli("replay", str(file))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["same"] is True and told["sha256"] == link["digest"]
    file.write_text(json.dumps({**document, "digest": "0" * 64}))
    assert server.cli("replay", str(file)).returncode == 1
    server.post("/api/control", {"action": "play"})


def test_what_cannot_be_forked_or_opened_is_said_in_one_sentence(server: LiveServer) -> None:
    for path, body, word in (
        ("/api/fork", {"t_ns": 0}, "lived through"),
        ("/api/fork", {"t_ns": 1 << 60}, "lived through"),
        ("/api/open", {"text": "nonsense!"}, "link of a run"),
        ("/api/open", {"text": "{}"}, "seed"),
        ("/api/branch", {"id": "main", "action": "close"}, "main branch stays"),
    ):
        status, answer = server.post(path, body)
        assert status == 422 and word in answer["error"]["message"], (path, answer)
    assert server.post("/api/branch", {"id": "b99", "action": "rename", "name": "x"})[0] == 404


def test_there_is_a_bound_on_branches(server: LiveServer) -> None:
    _, index = server.get("/api/recording")
    now_ns = index["chapters"][0]["from_ns"]
    answers = [server.post("/api/fork", {"t_ns": now_ns})[0] for _ in range(9)]
    assert answers[0] == 200 and answers[-1] == 422
