"""Looking into things: decisions, messages, the clock, the past."""

import re
from typing import Any

from playwright.sync_api import WebSocketRoute

from conftest import Stage

BIG = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: big}\nspec:\n  containers:\n  - name: c\n    image: nginx:1.27\n"
    "    resources: {requests: {cpu: '100'}}\n"
)
ASKING = BIG.replace("big", "asking").replace("100", "1")
SMALL = "apiVersion: v1\nkind: Pod\nmetadata: {name: small}\nspec:\n  containers: [{name: c, image: 'nginx:1.27'}]\n"
FOCUSED = "[data-message][data-focused='true']"

# The decision as it stands on the screen: columns of filters and of scores, and each node's cells.
MATRIX = """
() => {
  const table = document.querySelector("[data-testid='decision-matrix']");
  const [groups, plugins] = [...table.tHead.rows].map((row) => [...row.cells]);
  const filters = groups[1].colSpan;
  const rows = [...table.tBodies[0].rows].filter((row) => row.dataset.testid).map((row) => {
    const cells = [...row.cells].slice(1);
    return {
      node: row.dataset.testid.slice(4), selected: row.dataset.selected === 'true',
      verdicts: cells.slice(0, filters).map((cell) => cell.textContent.trim()),
      scores: cells.slice(filters, -1).map((cell) => Number(cell.querySelector('b')?.innerText ?? 0)),
      total: Number(cells.at(-1).innerText),
    };
  });
  return {filters: plugins.slice(0, filters).map((cell) => cell.textContent.trim()),
          scores: plugins.slice(filters).map((cell) => cell.textContent.trim()), rows};
}
"""


def test_a_decision_tells_each_nodes_verdicts_scores_and_the_winner(stage: Stage) -> None:
    stage.open()
    stage.control(action="factor", factor=4)
    stage.apply(ASKING)
    stage.wait("it runs", lambda: stage.run_all("asking", 1), 60)
    node = stage.wait("it stands on its node", lambda: stage.pods("asking")[0]["node"])
    stage.part("pod-asking").click()
    stage.part("open-decision").click()
    stage.part("decision-matrix").wait_for()
    stage.part("replay-skip").click()
    stage.wait("the winner stands out", lambda: "→" in stage.text("decision-pod"))
    matrix = stage.page.evaluate(MATRIX)
    _check_matrix(matrix, node)
    assert node in stage.text("decision-pod")
    stage.see("4-decision")


def _check_matrix(matrix: dict[str, Any], winner: str) -> None:
    told = " ".join(matrix["filters"] + matrix["scores"]).replace(" ", "")
    for plugin in ("NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodeResourcesFit",
                   "NodeResourcesBalancedAllocation", "ImageLocality"):  # fmt: skip
        assert plugin.lower() in told.lower(), told
    rows = {row["node"]: row for row in matrix["rows"]}
    assert sorted(rows) == ["worker-1", "worker-2", "worker-3", "worker-4"]
    for row in rows.values():
        assert len(row["verdicts"]) == len(matrix["filters"]) and all(row["verdicts"]), row
        assert len(row["scores"]) == len(matrix["scores"]) and sum(row["scores"]) == row["total"] > 0, row
    assert [row["node"] for row in rows.values() if row["selected"]] == [winner]
    assert rows[winner]["total"] == max(row["total"] for row in rows.values())


def test_a_pod_that_fits_nowhere_tells_each_nodes_reason(stage: Stage) -> None:
    stage.open()
    stage.control(action="mode", mode="real-time")
    stage.apply(BIG)
    stage.wait("it has no node", lambda: any("Pending" in pod["said"] for pod in stage.pods("big")))
    stage.go("scheduling")
    stage.wait("a decision is shown", lambda: stage.part("decision-matrix").count())
    stage.wait("each node says why", lambda: stage.text("decision-matrix").count("Insufficient cpu") == 4)
    stage.part("replay-skip").click()
    stage.wait("the whole Pod has a way in", lambda: stage.part("way-in").count())
    assert "0/4 nodes are available" in stage.text("scheduling-view")
    assert stage.part("remedy").count() == 4
    assert "96,000m" in stage.text("way-in")
    stage.see("4-unschedulable")


def test_time_is_stopped_stepped_and_sped_and_a_moving_message_is_read(stage: Stage) -> None:
    stage.open()
    stage.apply(SMALL)
    stage.wait("a message moves", lambda: stage.page.locator(FOCUSED).count())
    pause = stage.part("play-pause")
    pause.click()
    stage.wait("time stands", lambda: pause.get_attribute("data-paused") == "true")
    stage.page.wait_for_timeout(300)
    at_ns = stage.now_ns()
    stage.page.wait_for_timeout(500)
    assert stage.now_ns() == at_ns
    stage.part("step").click()
    stage.wait("a step moves it on", lambda: stage.now_ns() > at_ns)
    stage.page.wait_for_timeout(500)
    at_ns = stage.now_ns()
    stage.page.wait_for_timeout(300)
    assert stage.now_ns() == at_ns and pause.get_attribute("data-paused") == "true", "and no further"
    for _ in range(20):  # until an instant at which something is on its way
        if stage.page.locator(FOCUSED).count():
            break
        stage.part("step").click()
        stage.page.wait_for_timeout(400)
    _read_a_message(stage)
    pause.click()
    stage.part("speed-mode").select_option("real-time")
    stage.part("speed-factor").select_option(label="×10")
    stage.wait("time runs ten times as fast", lambda: 9.5 <= stage.rate() <= 10.5)
    stage.part("speed-factor").select_option(label="×0.1")
    stage.wait("and slowly", lambda: 0.08 <= stage.rate() <= 0.12)


def _read_a_message(stage: Stage) -> None:
    message = stage.page.locator(FOCUSED).first
    number = int(message.get_attribute("data-message") or 0)
    spot = message.evaluate("shadow => shadow.spot")
    box = stage.page.locator("[data-testid='stage'] canvas").bounding_box()
    stage.page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])
    stage.part("inspector-ends").wait_for()
    chosen = stage.messages[int(re.search(r"message=(\d+)", stage.page.url)[1])]  # type: ignore[index]
    assert number == chosen["id"] or stage.page.locator(FOCUSED).count() > 1, "one that lay over it"
    stage.part("inspector-why").wait_for()
    source, _, target = stage.text("inspector-ends").partition("→")
    for said, component in ((source, chosen["source"]), (target, chosen["target"])):
        assert said.strip() and component.partition("/")[0] in said + component, (said, component)
    for part in ("inspector-why", "inspector-answer", "inspector-effects"):
        assert stage.text(part).strip()
    assert chosen["label"] in stage.text("inspector-title")
    _, event = stage.server.get(f"/api/event/{chosen['event']}")
    if event["fields"].get("body"):
        stage.part("inspector-body").wait_for()
        assert stage.part("inspector-body").locator("pre").inner_text().strip()
    for brief in event["causes"][:3]:
        assert stage.part("inspector-why").locator(f"[data-event='{brief['event']}']").count() == 1
    stage.see("5-message")


def test_the_past_can_be_looked_at_and_left_again(stage: Stage) -> None:
    stage.open()
    stage.control(action="mode", mode="fastest")
    stage.page.wait_for_timeout(500)
    stage.apply(SMALL)
    stage.wait("it runs", lambda: stage.run_all("small", 1), 60)
    stage.control(action="pause")
    stage.page.wait_for_timeout(600)
    now_ns = stage.now_ns()
    bar = stage.part("time-bar")
    box = bar.bounding_box()
    middle = box["y"] + box["height"] / 2
    stage.page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + box["width"] * 0.3, middle, steps=4)
    stage.page.mouse.up()
    stage.wait("an earlier instant is shown", lambda: 0 < stage.now_ns() < now_ns)
    bar.focus()
    stage.page.keyboard.press("Home")
    stage.wait("the Pod is not there yet", lambda: stage.pods("small") == [])
    stage.see("5-past")
    stage.part("back-to-live").click()
    stage.wait("it is there again", lambda: stage.run_all("small", 1))
    assert stage.now_ns() >= now_ns


def test_a_socket_that_is_dropped_is_opened_again_and_nothing_is_lost(stage: Stage) -> None:
    lines: list[WebSocketRoute] = []

    def carry(line: WebSocketRoute) -> None:
        if len(lines) in (1, 2):  # the first attempts after the drop fail
            lines.append(line)
            line.close(code=1012)
            return
        lines.append(line)
        line.connect_to_server()

    stage.page.route_web_socket(re.compile("/ws$"), carry)
    stage.open()
    stage.control(action="mode", mode="fastest")
    lines[0].close(code=1012)
    stage.wait("it is told", lambda: stage.part("connection-lost").count())
    stage.see("5-connection-lost")
    stage.server.post("/api/apply", {"text": SMALL})
    stage.wait("the connection is back", lambda: not stage.part("connection-lost").count())
    assert len(lines) == 4
    stage.wait("what happened meanwhile is there", lambda: stage.run_all("small", 1))


def test_another_language_another_theme_and_another_run(stage: Stage) -> None:
    stage.open()
    ground = "() => getComputedStyle(document.body).backgroundColor"
    dark = stage.page.evaluate(ground)
    stage.part("language").click()
    stage.wait("Korean", lambda: "무대" in stage.text("view-stage"))
    assert stage.looks() == ("dark", "ko")
    stage.part("theme").click()
    stage.wait("the other theme", lambda: stage.page.evaluate(ground) != dark)
    stage.page.goto(stage.server.address)
    stage.part("narration").wait_for()
    assert stage.looks() == ("light", "ko"), "as it was left"
    stage.part("language").click()
    stage.wait("English", lambda: "Stage" in stage.text("view-stage"))
    assert stage.server.post("/api/run", {"seed": 9})[0] == 200
    stage.wait("the other run", lambda: "seed 9" in stage.text("run-info"))
    stage.wait("its cluster", lambda: stage.page.locator("[data-testid^='component-']").count() > 15)
