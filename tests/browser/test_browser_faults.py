"""Breaking things by clicking: etcd members, a worker; and seeing them heal."""

import time

from conftest import Stage  # type: ignore[import-not-found]


def test_etcds_leader_crashes_another_is_elected_the_quorum_is_lost_and_heals(stage: Stage) -> None:
    stage.open()
    stage.part("run-deployment").click()
    stage.control(action="mode", mode="fastest")
    stage.wait("Pods run", lambda: [pod["look"] for pod in stage.pods("web-")] == ["running"] * 3, 60)
    stage.control(action="mode", mode="cinematic")
    first = stage.wait("there is a leader", stage.leader)
    term = stage.term(first)
    stage.act(first, "crash")
    stage.wait("it is shown as crashed", lambda: stage.state(first) == "crashed" and "crashed" in stage.text(
        f"component-{first}"))
    second = stage.wait("another leads", lambda: (leader := stage.leader()) and leader != first and leader, 30)
    assert stage.term(second) > term
    stage.see("leader-elected-1080p-dark-en")
    stage.page.goto(stage.page.url.partition("#")[0] + "#/raft")
    card = stage.part(f"raft-{second}")
    stage.wait("the Raft view agrees", lambda: card.get_attribute("data-role") == "leader")
    assert int(card.get_attribute("data-term") or 0) > term
    stage.page.goto(stage.page.url.partition("#")[0] + "#/stage")
    stage.apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: patient}\n")
    stage.wait("a write succeeds", lambda: stage.server.get(
        "/api/object?resource=configmaps&namespace=default&name=patient")[0] == 200, 60)
    _lose_the_quorum(stage, first, second)


def _lose_the_quorum(stage: Stage, first: str, second: str) -> None:
    stage.act(second, "crash")
    stage.page.goto(stage.page.url.partition("#")[0] + "#/raft")
    stage.wait("the lack of a quorum is seen", lambda: "1/3" in stage.text("quorum-dial").replace(" ", ""), 20)
    stage.see("quorum-lost-1080p-dark-en")
    stage.page.goto(stage.page.url.partition("#")[0] + "#/stage")
    stage.apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: impossible}\n")
    stage.control(action="mode", mode="real-time")
    stage.page.wait_for_timeout(4_000)
    assert stage.leader() is None
    assert stage.server.get("/api/object?resource=configmaps&namespace=default&name=impossible")[0] == 404
    assert [pod["look"] for pod in stage.pods("web-")] == ["running"] * 3, "running Pods live on"
    stage.page.keyboard.press("Escape")
    for member in (first, second):
        stage.act(member, "restart")
    stage.control(action="factor", factor=5)
    stage.wait("it heals", stage.leader, 30)


def test_a_workers_pods_are_replaced_within_forty_seconds_of_an_audiences_time(stage: Stage) -> None:
    stage.open(theme="light")
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.part("run-deployment").click()
    stage.control(action="mode", mode="fastest")
    stage.wait("Pods run", lambda: [pod["look"] for pod in stage.pods("web-")] == ["running"] * 3, 60)
    stage.page.wait_for_timeout(1_000)
    stage.control(action="mode", mode="cinematic")
    worker = stage.pods("web-")[0]["node"]
    stage.act_on_host(worker, "crash-host")
    begun_s = time.monotonic()
    stage.wait("time runs", lambda: float(stage.text("rate").strip("×").replace(",", "")) > 10, 20)
    stage.wait("the node is not Ready", lambda: stage.part(f"host-{worker}").get_attribute("data-ready") != "True")
    stage.see("worker-not-ready-720p-light-en")

    def replaced() -> bool:
        elsewhere = [pod for pod in stage.pods("web-") if pod["node"] != worker]
        return [pod["look"] for pod in elsewhere] == ["running"] * 3

    stage.wait("three Pods run elsewhere", replaced, 60)
    took_s = time.monotonic() - begun_s
    stage.see("worker-replaced-720p-light-en")
    assert took_s < 40, f"{took_s:.1f} s"
    seconds = stage.text("clock").split(":")
    assert int(seconds[1]) >= 5, "over five virtual minutes have passed on the clock"
    stage.act_on_host(worker, "restart-host")
    stage.wait("the node is Ready again", lambda: stage.part(f"host-{worker}").get_attribute("data-ready") == "True")
