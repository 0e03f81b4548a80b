"""Coming nearer to the stage and going away again; and what moves on it when time runs backward."""

import re

from conftest import Stage

# Of each message that is seen: the shares of its way at which it was, in the order of the frames.
SHARES = """
() => {
  const seen = window.shares = {};
  const look = () => {
    for (const shadow of document.querySelectorAll('[data-message]')) {
      (seen[shadow.dataset.message] ??= []).push(shadow.spot.u);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: once}\nspec:\n  containers: [{name: c, image: 'nginx:1.27'}]\n"


def test_a_card_is_opened_linked_to_and_left_by_pointer_keys_and_buttons(stage: Stage) -> None:
    stage.open()
    opened = stage.part("opened")
    stage.part("component-cp-2/etcd").dblclick()
    opened.wait_for()
    assert "open=component:cp-2/etcd" in stage.page.url
    assert re.sub(r"\s+", " ", stage.text("breadcrumbs")).strip() == "Cluster cp-2 etcd"
    stage.page.reload()
    stage.part("opened").wait_for()
    stage.page.keyboard.press("Escape")
    stage.wait("its host", lambda: stage.page.url.endswith("open=host:cp-2") or "open=host:cp-2&" in stage.page.url)
    stage.page.keyboard.press("Backspace")
    stage.wait("the whole cluster", lambda: opened.count() == 0)
    stage.part("host-worker-1").locator("button.title").focus()
    stage.page.keyboard.press("Enter")
    stage.wait("a host, by keyboard", lambda: "open=host:worker-1" in stage.page.url and opened.count() == 1)
    stage.page.get_by_role("button", name="Cluster").click()
    stage.wait("nothing is open", lambda: opened.count() == 0)
    world = stage.page.locator(".world")

    def zoom() -> float:
        found = re.search(r"scale\(([\d.]+)\)", world.get_attribute("style") or "")
        return float(found[1]) if found else 0.0

    stage.wait("all is seen", lambda: zoom() == 1)
    stage.part("zoom-in").click()
    stage.wait("nearer", lambda: zoom() == 1.5)
    stage.page.keyboard.press("-")
    stage.wait("and back", lambda: zoom() == 1)
    box = stage.part("host-worker-2").bounding_box()
    stage.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20)
    for _ in range(8):
        stage.page.mouse.wheel(0, -120)
        stage.page.wait_for_timeout(40)
    stage.wait("so near that it opens", lambda: "open=host:worker-2" in stage.page.url)
    stage.page.keyboard.press("0")
    stage.wait("all is seen again", lambda: opened.count() == 0 and zoom() == 1)


def test_messages_go_back_the_way_they_came_when_time_runs_backward(stage: Stage) -> None:
    stage.open()
    stage.apply(POD)
    stage.wait("it runs", lambda: stage.run_all("once", 1), 60)
    stage.part("play-pause").click()
    stage.wait("time stands", lambda: stage.part("play-pause").get_attribute("data-paused") == "true")
    at_ns = stage.now_ns()
    stage.record(SHARES)
    stage.page.keyboard.press("r")
    stage.wait("earlier instants are shown", lambda: stage.now_ns() < at_ns)

    def went_back() -> int:
        tracks: list[list[float]] = list(stage.page.evaluate("() => Object.values(window.shares)"))
        return sum(track[0] - track[-1] > 0.5 for track in tracks if len(track) > 3)

    stage.wait("messages fly back to where they came from", lambda: went_back() >= 4, 60)
