"""The page of the default cluster: how soon it is there, how soon a click is seen, how soon the past is, and whether
its memory stays flat.

All is measured inside the page, by its own clock, against a server in a process of its own. Without a graphics
processor Chromium draws in software, which is the worst case.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from orrery.cli.bench.bundle import LIMIT_KIB, first_screen_kib
from orrery.cli.bench.chromium import Server, new_page
from orrery.cli.bench.measure import Row

Say = Callable[[str], object]

CLICK_MS = 150.0
PAINT_MS = 1_000.0
SCRUB_MS = 100.0
GROWTH_PERCENT = 110.0
RECORDED_S = 3_600.0
SOAK_FACTOR = 10.0
DEPLOYMENT = """
{apiVersion: apps/v1, kind: Deployment, metadata: {name: NAME}, spec: {replicas: REPLICAS,
  selector: {matchLabels: {app: NAME}},
  template: {metadata: {labels: {app: NAME}}, spec: {containers: [{name: web, image: "nginx:1.27"}]}}}}
"""

# Milliseconds from a click on an element until the first frame that shows the change has been drawn, which it has when
# the next one begins.
CLICK = """
([selector, watched, attribute]) => new Promise((done) => {
  const target = document.querySelector(watched);
  const begun = performance.now();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
  }).observe(target, {attributes: true, attributeFilter: [attribute]});
  document.querySelector(selector).click();
})
"""

PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"

# Milliseconds from a press on the time bar until a frame that shows another instant, with all that belongs to it, has
# been drawn.
LOOK = """
() => {
  const clock = document.querySelector("[data-testid='clock']");
  const bar = document.querySelector("[data-testid='time-bar']");
  window.scrubbed = new Promise((done) => bar.addEventListener('pointerdown', () => {
    const [begun, before] = [performance.now(), clock.dataset.ns];
    const look = () => {
      if (clock.dataset.ns === before || bar.getAttribute('aria-busy') === 'true') requestAnimationFrame(look);
      else requestAnimationFrame(() => done(performance.now() - begun));
    };
    requestAnimationFrame(look);
  }, {once: true, capture: true}));
}
"""


def first_screen(browser: Any, server: Server, repetitions: int, say: Say) -> list[Row]:
    """A page that is opened with nothing in its cache: when something is on it, and how much code that took."""
    from orrery.web.app import static_folder

    say("opening the page ...")
    painted = []
    for _ in range(repetitions):
        page = new_page(browser)
        page.goto(f"{server.address}/?lang=en&theme=dark")
        page.get_by_test_id("component-cp-3/kube-scheduler").wait_for()
        painted.append(page.evaluate(PAINT))
        page.close()
    kib = first_screen_kib(static_folder() / "build")
    return [
        Row("first paint on loopback", "ms", PAINT_MS, median(painted), 1.0),
        Row("code of the first screen, gzipped", "KiB", LIMIT_KIB, kib, 1.0),
    ]


def clicks(page: Any, repetitions: int, say: Say) -> list[Row]:
    say("clicking ...")
    page.get_by_test_id("component-cp-3/kube-scheduler").click()
    pauses = [_pause(page) for _ in range(2 * repetitions)]
    crashes = [_crash(page) for _ in range(repetitions)]
    return [
        Row("pause: click to changed frame", "ms", CLICK_MS, median(pauses), 1.0),
        Row("crash: click to changed frame", "ms", CLICK_MS, median(crashes), 1.0),
    ]


def _pause(page: Any) -> float:
    button = "[data-testid='play-pause']"
    taken: float = page.evaluate(CLICK, [button, button, "data-paused"])
    page.wait_for_timeout(200)
    return taken


def _crash(page: Any) -> float:
    """Crashes a scheduler through the inspector, and starts it again."""
    card = "[data-testid='component-cp-3/kube-scheduler']"
    taken: float = page.evaluate(CLICK, ["[data-testid='action-crash']", card, "data-state"])
    page.wait_for_timeout(300)
    page.get_by_test_id("action-restart").click()
    page.locator(f"{card}[data-state='running']").wait_for()
    page.wait_for_timeout(700)
    return taken


def past(page: Any, server: Server, repetitions: int, say: Say) -> list[Row]:
    """Looks at instants all over an hour in which something happens every few minutes."""
    for part in range(1, 7):
        server.post("apply", {"text": _deployment(f"hour-{part}", 3)})
        server.run_until(part * RECORDED_S / 6, say, "recording an hour")
    server.post("control", {"action": "pause"})
    page.reload()
    page.get_by_test_id("component-cp-3/kube-scheduler").wait_for()
    page.wait_for_timeout(2_000)
    if page.get_by_test_id("time-window").count():
        page.get_by_test_id("time-window").click()
    say("looking at the past ...")
    box = page.get_by_test_id("time-bar").bounding_box()
    far, near = [], []
    for turn in range(2 * repetitions):
        share = (0.07 + 0.37 * turn) % 0.9  # now here, now there: a stretch that was not looked at before
        far.append(_look(page, box, share))
        near.append(_look(page, box, share + 0.003))
    page.get_by_test_id("back-to-live").click()
    server.post("control", {"action": "play"})
    return [
        Row("an instant of a recorded hour, anywhere", "ms", SCRUB_MS, median(far), 1.0),
        Row("an instant near the one on the screen", "ms", SCRUB_MS, median(near), 1.0),
    ]


def _deployment(name: str, replicas: int) -> str:
    return DEPLOYMENT.replace("NAME", name).replace("REPLICAS", str(replicas))


def _look(page: Any, box: dict[str, float], share: float) -> float:
    page.evaluate(LOOK)
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    page.mouse.down()
    taken: float = page.evaluate("() => window.scrubbed")
    page.mouse.up()
    page.wait_for_timeout(100)
    return taken


def soak(page: Any, server: Server, minutes: float, say: Say) -> list[Row]:
    """At ten times speed, something is scaled now and then; what is in use after garbage has been collected,
    at the end against after a fifth of the time."""
    tools = page.context.new_cdp_session(page)
    server.pace("real-time", SOAK_FACTOR)
    begun = time.monotonic()
    early, turn = 0.0, 0
    while (share := (time.monotonic() - begun) / (60 * minutes)) < 1:
        say(f"soaking at {SOAK_FACTOR:.0f} times speed: {share:.0%} of {minutes:g} minutes ...")
        server.post("apply", {"text": _deployment("soak", 1 + turn % 4)})
        page.wait_for_timeout(5_000)
        turn += 1
        if not early and share >= 0.2:
            early = _in_use(tools)
    late = _in_use(tools)
    title = f"memory after {minutes:g} minutes at ×{SOAK_FACTOR:.0f}, of that after a fifth"
    return [Row(title, "%", GROWTH_PERCENT, 100 * late / (early or late), 1.0)]


def _in_use(tools: Any) -> float:
    """Bytes."""
    tools.send("HeapProfiler.collectGarbage")
    used: float = tools.send("Runtime.getHeapUsage")["usedSize"]
    return used
