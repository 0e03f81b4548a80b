"""Looking into things: decisions, messages, the clock, the past; and that all of it can be read."""

import pytest

from conftest import Stage  # type: ignore[import-not-found]

BIG = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: big}\nspec:\n  containers:\n  - name: c\n    image: nginx:1.27\n"
    "    resources: {requests: {cpu: '100'}}\n"
)
SMALL = "apiVersion: v1\nkind: Pod\nmetadata: {name: small}\nspec:\n  containers: [{name: c, image: 'nginx:1.27'}]\n"

# Every text on the page with its size as it is drawn (an SVG may scale it).
TEXTS = """
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION'].includes(element.tagName)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width < 2 || box.height < 2 || style.visibility === 'hidden' || Number(style.opacity) === 0) continue;
    const ratio = element.offsetWidth > 40 ? element.getBoundingClientRect().width / element.offsetWidth : 1;
    found.push([text, parseFloat(style.fontSize) * (Math.abs(ratio - 1) < 0.03 ? 1 : ratio)]);
  }
  return found;
}
"""


def test_a_decision_tells_each_nodes_verdicts_scores_and_the_winner(stage: Stage) -> None:
    stage.open()
    stage.control(action="factor", factor=4)
    stage.apply(SMALL)
    pod = stage.wait("it is placed", lambda: next((p for p in stage.pods("small") if p["node"]), None), 60)
    stage.wait("it runs", lambda: [p["look"] for p in stage.pods("small")] == ["running"], 60)
    stage.part("pod-small").click()
    stage.part("open-decision").click()
    stage.part("decision-matrix").wait_for()
    for number in range(1, 5):
        row = stage.part(f"row-worker-{number}")
        assert row.get_attribute("data-selected") == str(pod["node"] == f"worker-{number}").lower()
        assert any(word.isdigit() and int(word) > 100 for word in row.inner_text().split()), row.inner_text()
    matrix = stage.text("decision-matrix").replace(" ", "")
    for plugin in ("NodeResourcesFit", "TaintToleration", "NodeAffinity", "ImageLocality"):
        assert plugin in matrix
    stage.see("decision-1080p-dark-en")
    stage.page.goto(stage.page.url.partition("#")[0] + "#/stage")
    stage.apply(BIG)
    stage.wait("it fits nowhere", lambda: [p["look"] for p in stage.pods("big")] == ["pending"], 60)
    stage.page.goto(stage.page.url.partition("#")[0] + "#/scheduling")
    stage.wait("each node says why", lambda: stage.text("decision-matrix").count("Insufficient cpu") == 4, 60)
    stage.see("unschedulable-1080p-dark-en")


def test_a_moving_message_can_be_opened_and_time_be_stopped_stepped_and_sped(stage: Stage) -> None:
    stage.open()
    stage.apply(SMALL)
    stage.wait("a message moves", lambda: stage.page.locator("[data-message][data-focused='true']").count())
    stage.part("play-pause").click()
    stage.wait("time stands", lambda: stage.part("play-pause").get_attribute("data-paused") == "true")
    stage.page.wait_for_timeout(300)
    at_ns = stage.part("clock").get_attribute("data-ns")
    stage.page.wait_for_timeout(700)
    assert stage.part("clock").get_attribute("data-ns") == at_ns
    stage.part("step").click()
    stage.wait("a step moves it on", lambda: stage.part("clock").get_attribute("data-ns") != at_ns)
    stage.page.wait_for_timeout(800)
    stage.control(action="play")
    stage.wait("a message moves", lambda: stage.page.locator("[data-message][data-focused='true']").count())
    stage.control(action="pause")
    stage.page.wait_for_timeout(300)
    message = stage.page.locator("[data-message]").first
    ends = (message.get_attribute("data-source"), message.get_attribute("data-target"))
    message.click(force=True)
    stage.part("inspector-ends").wait_for()
    assert all(ends) and "→" in stage.text("inspector-ends")
    assert stage.part("inspector-why").inner_text().strip()
    assert stage.part("inspector-body").count()
    stage.see("message-1080p-dark-en")
    stage.part("play-pause").click()
    stage.part("speed-mode").select_option("real-time")
    stage.part("speed-factor").select_option(label="×10")
    stage.wait("time runs ten times as fast", lambda: stage.text("rate") in ("×10", "×9.9", "×10.0", "×9.8"), 20)


def test_the_past_can_be_looked_at_and_left_again(stage: Stage) -> None:
    stage.open()
    stage.control(action="mode", mode="fastest")
    stage.page.wait_for_timeout(500)
    stage.apply(SMALL)
    stage.wait("it runs", lambda: [p["look"] for p in stage.pods("small")] == ["running"], 60)
    stage.page.keyboard.press("Escape")
    stage.control(action="pause")
    stage.page.wait_for_timeout(600)
    now_ns = int(stage.part("clock").get_attribute("data-ns") or 0)
    stage.part("time-bar").focus()
    stage.page.keyboard.press("Home")
    stage.wait("an earlier instant is shown", lambda: int(stage.part("clock").get_attribute("data-ns") or 0) < now_ns)
    stage.wait("the Pod is not there yet", lambda: stage.pods("small") == [])
    stage.see("past-1080p-dark-en")
    stage.part("back-to-live").click()
    stage.wait("it is there again", lambda: [p["look"] for p in stage.pods("small")] == ["running"])


def test_another_language_another_theme_and_a_server_that_comes_back(stage: Stage) -> None:
    stage.open()
    stage.part("language").click()
    stage.wait("Korean", lambda: "클러스터" in stage.page.inner_text("body") or "무대" in stage.page.inner_text("body"))
    theme = stage.page.locator("html").get_attribute("data-theme")
    stage.part("theme").click()
    stage.wait("the other theme", lambda: stage.page.locator("html").get_attribute("data-theme") != theme)
    assert stage.server.post("/api/run", {"seed": 9})[0] == 200
    stage.wait("the other run", lambda: "9" in stage.text("run-info"), 20)
    stage.wait("its cluster", lambda: stage.page.locator("[data-testid^='component-']").count() > 15)


@pytest.mark.parametrize(("width", "height", "least_px"), [(1280, 720, 13.0), (1920, 1080, 16.0)])
def test_everything_can_be_read_and_nothing_overflows(stage: Stage, width: int, height: int, least_px: float) -> None:
    stage.open()
    stage.page.set_viewport_size({"width": width, "height": height})
    stage.apply(SMALL)
    stage.page.wait_for_timeout(4_000)
    for view in ("stage", "raft", "scheduling", "objects", "events", "scenes"):
        stage.page.goto(stage.page.url.partition("#")[0] + f"#/{view}")
        stage.page.wait_for_timeout(500)
        small = [(text, size) for text, size in stage.page.evaluate(TEXTS) if size < least_px - 0.05]
        assert small == [], f"{view}: {small[:10]}"
        over = stage.page.evaluate(
            "() => [document.documentElement.scrollWidth - innerWidth, "
            "document.documentElement.scrollHeight - innerHeight]"
        )
        assert max(over) <= 0, f"{view} overflows by {over}"
        stage.see(f"view-{view}-{height}p-dark-en")
