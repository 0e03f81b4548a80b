"""A real Chromium, and pages that tests drive as a person would."""

import fcntl
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_server import ROOT, LiveServer
from playwright.sync_api import Browser, Page, sync_playwright

ARTIFACTS = ROOT / "artifacts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def bundle() -> None:
    """The browser bundle, built if it is not there, by one process of those that run tests."""
    ARTIFACTS.mkdir(exist_ok=True)
    with (ARTIFACTS / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (ROOT / "static" / "build" / "manifest.json").is_file():
            subprocess.run([sys.executable, "hatch_build.py", "npm", "run", "build"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def chromium(bundle: None) -> Iterator[Browser]:
    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)
        yield browser
        browser.close()


# What is read of a Pod is what is on the screen: its words, and the card on which it stands.
PODS = """
() => {
  const cards = [...document.querySelectorAll("[data-testid^='host-'][data-up]")].map(
    (card) => [card.dataset.testid.slice(5), card.getBoundingClientRect()]);
  return [...document.querySelectorAll("[data-testid^='pod-']")].map((pod) => {
    const box = pod.getBoundingClientRect();
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const under = cards.find(([, card]) => x > card.left && x < card.right && y > card.top && y < card.bottom);
    return {name: pod.dataset.testid.slice(4), look: pod.dataset.look, node: under ? under[0] : '',
            said: pod.textContent + (pod.getAttribute('aria-label') || '')};
  });
}
"""


class Stage:
    """One page on a server, and what a person sees and does there."""

    def __init__(self, page: Page, server: LiveServer) -> None:
        self.page = page
        self.server = server
        self.complaints: list[str] = []
        # A refused request is an answer, which the page tells; what the browser itself says of it is no complaint.
        page.on("console", lambda m: self.complaints.append(m.text)
                if m.type == "error" and not m.text.startswith("Failed to load resource") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.messages: dict[int, dict[str, Any]] = {}
        self.stretches: list[dict[str, float]] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._take))

    def _take(self, payload: str | bytes) -> None:
        """Keeps every message that the server told the page of, and how long each stretch of time was meant to take."""
        frame = json.loads(payload)
        for message in frame.get("messages", []):
            self.messages[message["id"]] = message
        if "stretch" in frame:
            self.stretches.append(frame["stretch"])

    def open(self, route: str = "", *, language: str = "en", theme: str = "dark") -> None:
        self.page.goto(f"{self.server.address}/?lang={language}&theme={theme}#/{route}")
        self.page.get_by_test_id("narration").wait_for()
        self.wait("the cluster is drawn", lambda: self.page.locator("[data-testid^='component-']").count() > 15)

    def see(self, name: str) -> None:
        """Keeps screenshots, to be looked at: large, dark and Korean; small, light and English."""
        before = (self.page.viewport_size, *self.looks())
        for size, theme, language in (((1920, 1080), "dark", "ko"), ((1280, 720), "light", "en")):
            self.look(size, theme, language)
            self.page.screenshot(path=str(ARTIFACTS / f"{name}-{size[1]}p-{theme}-{language}.png"))
        size, theme, language = before
        self.look((size["width"], size["height"]), theme, language)

    def looks(self) -> tuple[str, str]:
        """Theme and language."""
        found: list[str] = self.page.evaluate(
            "() => [document.documentElement.dataset.theme, document.documentElement.lang]"
        )
        return found[0], found[1]

    def look(self, size: tuple[int, int], theme: str, language: str) -> None:
        """Changes size, theme and language; the last two through their buttons, which also works behind a dialog."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        for button, is_so in (("theme", self.looks()[0] == theme), ("language", self.looks()[1] == language)):
            if not is_so:
                self.part(button).evaluate("button => button.click()")
        self.page.wait_for_timeout(320)
        assert self.looks() == (theme, language)

    def record(self, script: str) -> None:
        """Starts a script in the page that may use PODS."""
        self.page.evaluate(script.replace("PODS", PODS))

    def go(self, view: str) -> None:
        """Clicks a view in the rail."""
        self.part(f"view-{view}").click()

    def part(self, test_id: str) -> Any:
        return self.page.get_by_test_id(test_id)

    def wait(self, what: str, reached: Callable[[], Any], limit_s: float = 30.0) -> Any:
        """Waits until something is so on the screen."""
        end_s = time.monotonic() + limit_s
        while True:
            found = reached()
            if found:
                return found
            if time.monotonic() > end_s:
                self.see("failed")
                raise AssertionError(f"not seen within {limit_s} s: {what}; said: {self.narration()!r}")
            self.page.wait_for_timeout(50)

    def narration(self) -> str:
        text: str = self.part("narration").inner_text()
        return text

    def state(self, component: str) -> str:
        found: str = self.part(f"component-{component}").get_attribute("data-state") or ""
        return found

    def text(self, test_id: str) -> str:
        found: str = self.part(test_id).inner_text()
        return found

    def act(self, component: str, action: str) -> None:
        """Clicks a component, then what can be done to it."""
        self.part(f"component-{component}").click()
        self.part(f"action-{action}").click()

    def act_on_host(self, host: str, action: str) -> None:
        self.part(f"host-{host}").locator("button.title").click()
        self.part(f"action-{action}").click()

    def control(self, **request: object) -> None:
        assert self.server.post("/api/control", request)[0] == 200

    def apply(self, text: str) -> None:
        """Pastes YAML."""
        self.part("paste-yaml").click()
        self.part("yaml-text").fill(text)
        self.part("yaml-apply").click()

    def pods(self, prefix: str = "") -> list[dict[str, str]]:
        """The Pods on the stage: name, how each looks, what it says, and the host on whose card it stands."""
        rows: list[dict[str, str]] = self.page.evaluate(PODS)
        return [row for row in rows if row["name"].startswith(prefix)]

    def run_all(self, prefix: str, count: int, word: str = "Running") -> bool:
        """Whether as many Pods are there, and each says that it runs."""
        pods = self.pods(prefix)
        return len(pods) == count and all(word in pod["said"] for pod in pods)

    def now_ns(self) -> int:
        """The instant that the clock shows."""
        return int(float(self.part("clock").get_attribute("data-ns") or 0))

    def rate(self) -> float:
        """Virtual seconds a second, as the clock says; 0 where it says that time stands."""
        text = self.text("rate") if self.part("rate").count() else ""
        return float(text.strip("×").replace(",", "")) if text.startswith("×") else 0.0

    def term(self, component: str) -> int:
        """The term that an etcd member's card shows."""
        words = self.text(f"component-{component}").replace("·", " ").split()
        return int(words[words.index("term") + 1])

    def leader(self) -> str | None:
        """The etcd member whose card bears the star, if one does."""
        for number in (1, 2, 3):
            component = f"cp-{number}/etcd"
            if self.state(component) == "running" and "leader" in self.text(f"component-{component}"):
                return component
        return None


@pytest.fixture
def stage(chromium: Browser, tmp_path: Path) -> Iterator[Stage]:
    """A page at 1920x1080 on a server of its own."""
    server = LiveServer(tmp_path)
    page = chromium.new_page(viewport={"width": 1920, "height": 1080}, locale="en-US")
    seat = Stage(page, server)
    yield seat
    page.close()
    server.close()
    assert seat.complaints == [], json.dumps(seat.complaints)[:2000]
