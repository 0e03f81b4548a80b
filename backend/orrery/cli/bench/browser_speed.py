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
SLOWLY = 0.003  # real-time factor at which a burst of writes is spread over seconds
LOAD = 400  # people who write a ConfigMap at once

# Milliseconds from a click on an element to the first frame after the page has changed.
CLICK = """
([selector, watched, attribute]) => new Promise((done) => {
  const target = document.querySelector(watched);
  const begun = performance.now();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => done(performance.now() - begun));
  }).observe(target, {attributes: true, attributeFilter: [attribute]});
  document.querySelector(selector).click();
})
"""

# The best second of a few: [frames a second, messages drawn], the first with the most messages.
WATCH = """
(seconds) => new Promise((done) => {
  const samples = [];
  let frames = 0, drawn = 0, begun = performance.now();
  const look = () => {
    frames += 1;
    drawn += document.querySelectorAll('[data-message]').length;
    const now = performance.now();
    if (now - begun > 500) {
      samples.push([frames * 1000 / (now - begun), drawn / frames]);
      frames = 0; drawn = 0; begun = now;
    }
    if (samples.length >= 2 * seconds) done(samples); else requestAnimationFrame(look);
  };
  look();
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
    """Frames a second and messages drawn, the median of the half seconds with at least MESSAGES; where there were none,
    of the fullest."""
    _post(page, address, "control", {"action": "mode", "mode": "real-time"})
    _post(page, address, "control", {"action": "factor", "factor": SLOWLY})
    samples: list[list[float]] = []
    with ThreadPoolExecutor(LOAD) as crowd:
        for turn in range(repetitions):
            for number in range(LOAD):
                crowd.submit(_apply, address, f"load-{turn}-{number}")
            samples += page.evaluate(WATCH, 6)
            _post(page, address, "control", {"action": "mode", "mode": "fastest"})
            page.wait_for_timeout(1_500)
            _post(page, address, "control", {"action": "mode", "mode": "real-time"})
    full = [sample for sample in samples if sample[1] >= MESSAGES] or sorted(samples, key=lambda s: -s[1])[:5]
    return median(frames for frames, _ in full), median(drawn for _, drawn in full)


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
            yield address
        finally:
            process.terminate()
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
