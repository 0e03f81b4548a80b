"""All of it can be read from the back row, and nothing hangs over the edge."""

import pytest

from conftest import Stage

DEPLOYMENT_PAUSED_MS = 4_000

# Every text on the page, with the size at which it is drawn: the font's, times what its surroundings scale it by.
TEXTS = """
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const scaled = (element) => {
    if (element instanceof SVGElement) return element.getScreenCTM()?.a ?? 1;
    let scale = 1;
    for (let at = element; at; at = at.parentElement) {
      const {transform} = getComputedStyle(at);
      if (transform !== 'none') scale *= Math.hypot(new DOMMatrix(transform).a, new DOMMatrix(transform).b);
    }
    return scale;
  };
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element || ['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(element.tagName)) continue;
    if (element.closest('.sr, .skip')) continue;  // for screen readers
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    found.push([text, parseFloat(getComputedStyle(element).fontSize) * scaled(element)]);
  }
  for (const field of document.querySelectorAll('select, textarea, input')) {
    found.push([field.value, parseFloat(getComputedStyle(field).fontSize)]);
  }
  return found;
}
"""
OVER = """
() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]
"""
# Controls and cards that are cut by the window's edge or lie outside it.
OUTSIDE = """
() => [...document.querySelectorAll('button, select, [data-testid]')].filter((part) => {
  const box = part.getBoundingClientRect();
  const scrolls = part.closest('.scroll, dialog:not([open]), svg');
  return !scrolls && box.width > 0
    && (Math.min(box.left, box.top) < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
}).map((part) => part.dataset.testid || part.textContent.trim())
"""


@pytest.mark.parametrize(("width", "height", "least_px"), [(1280, 720, 13.0), (1920, 1080, 16.0)])
def test_everything_can_be_read_and_nothing_overflows(stage: Stage, width: int, height: int, least_px: float) -> None:
    stage.page.set_viewport_size({"width": width, "height": height})
    stage.open()
    stage.part("run-deployment").click()
    stage.page.wait_for_timeout(DEPLOYMENT_PAUSED_MS)
    stage.part("play-pause").click()
    stage.wait("time stands", lambda: stage.part("play-pause").get_attribute("data-paused") == "true")
    for language in ("en", "ko"):
        stage.look((width, height), "dark", language)
        for view in ("raft", "scheduling", "objects", "events", "scenes", "stage"):
            stage.go(view)
            stage.page.wait_for_timeout(500 if view == "stage" else 100)  # cards move to their places
            check(stage, f"{view} in {language}", least_px)
        stage.part("component-cp-1/etcd").click()
        stage.page.wait_for_timeout(100)
        check(stage, f"inspector in {language}", least_px)
        stage.page.keyboard.press("Escape")
        stage.part("paste-yaml").click()
        check(stage, f"dialog in {language}", least_px)
        stage.page.keyboard.press("Escape")
    if height == 1080:
        for view in ("raft", "scheduling", "objects", "events", "scenes", "stage"):
            stage.go(view)
            stage.see(f"view-{view}")


def check(stage: Stage, where: str, least_px: float) -> None:
    texts = stage.page.evaluate(TEXTS)
    assert len(texts) > 20, where
    assert [(text, size) for text, size in texts if size < least_px - 0.05] == [], where
    assert max(stage.page.evaluate(OVER)) <= 0, where
    assert stage.page.evaluate(OUTSIDE) == [], where
