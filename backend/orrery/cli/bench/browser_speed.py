"""The page in a real Chromium: how soon a click is seen, and how many frames a second it draws with 200 messages in
flight.

Both are measured inside the page, by its own clock, against a server in a process of its own. Without a graphics
processor Chromium draws in software, which is the worst case.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from orrery.cli.bench.measure import Row

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
CLICK_MS = 150.0
FRAMES = 60.0
MESSAGES = 200
SLOWLY = 0.001  # real-time factor at which a burst of writes is spread over seconds
LOAD = 400  # people who write a ConfigMap at once

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

# Of each frame for some seconds: how long it took in milliseconds, and how many messages it drew.
WATCH = """
(seconds) => new Promise((done) => {
  const frames = [];
  const begun = performance.now();
  let before = begun;
  const look = (now) => {
    frames.push([now - before, document.querySelectorAll('[data-message]').length]);
    before = now;
    if (now - begun > 1000 * seconds) done(frames.slice(1)); else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""


def measure(repetitions: int, say: Callable[[str], object]) -> list[Row]:
    """Raises ModuleNotFoundError without Playwright, and OSError where no browser or server comes up."""
    from playwright.sync_api import Error, sync_playwright

    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with _server() as address, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)
        except Error as error:
            raise OSError(f"no Chromium can be started: {str(error).splitlines()[0]}") from None
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{address}/?lang=en&theme=dark")
        page.get_by_test_id("component-cp-3/kube-scheduler").click()
        say("clicking ...")
        pauses = [_pause(page) for _ in range(2 * repetitions)]
        crashes = [_crash(page) for _ in range(repetitions)]
        say(f"watching frames with {MESSAGES} messages in flight ...")
        frames, drawn = _frames(page, address, repetitions)
        browser.close()
    return [
        Row("pause: click to changed frame (limit over measured)", "ms", CLICK_MS, median(pauses), 1.0),
        Row("crash: click to changed frame (limit over measured)", "ms", CLICK_MS, median(crashes), 1.0),
        Row(f"frames a second at {drawn:.0f} messages drawn (over {FRAMES:.0f})", "", frames, FRAMES, 1.0),
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


def _frames(page: Any, address: str, repetitions: int) -> tuple[float, float]:
    """Frames a second, and messages drawn: the medians over the repetitions, each by its frames with at least MESSAGES;
    where there were few, by its fullest."""
    _post(page, address, "control", {"action": "mode", "mode": "real-time"})
    _post(page, address, "control", {"action": "factor", "factor": SLOWLY})
    rates, drawn = [], []
    with ThreadPoolExecutor(LOAD) as crowd:
        for turn in range(repetitions):
            for number in range(LOAD):
                crowd.submit(_apply, address, f"load-{turn}-{number}")
            frames = sorted(page.evaluate(WATCH, 6), key=lambda frame: -frame[1])
            full = max(30, sum(count >= MESSAGES for _, count in frames))
            rates.append(1000 * full / sum(took_ms for took_ms, _ in frames[:full]))
            drawn.append(median(count for _, count in frames[:full]))
            _post(page, address, "control", {"action": "mode", "mode": "fastest"})
            page.wait_for_timeout(1_500)
            _post(page, address, "control", {"action": "mode", "mode": "real-time"})
    return median(rates), median(drawn)


def _apply(address: str, name: str) -> None:
    """What one of many people does at once."""
    text = f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}"
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(f"{address}/api/apply", body, {"content-type": "application/json"})
    with contextlib.suppress(OSError):
        urllib.request.urlopen(request, timeout=30).close()


def _post(page: Any, address: str, path: str, body: object) -> None:
    page.request.post(f"{address}/api/{path}", data=body)


@contextlib.contextmanager
def _server() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        port, kube_port = _free_port(), _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "orrery.cli", "serve", "--port", str(port), "--kube-port", str(kube_port)],
            env={**os.environ, "ORRERY_STATE": folder}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(200):
                if process.poll() is not None:
                    raise OSError("the server ended")
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{address}/healthz", timeout=1).close()
                    break
                time.sleep(0.1)
            else:
                raise OSError("the server does not answer")
            yield address
        finally:
            process.terminate()
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
