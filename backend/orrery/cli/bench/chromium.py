"""A real Chromium and a server in a process of its own, for what is measured in the page."""

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
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
SIZE = {"width": 1920, "height": 1080}
PATIENCE_MS = 180_000


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A browser. Raises ModuleNotFoundError without Playwright, OSError where no Chromium can be started."""
    from playwright.sync_api import Error, sync_playwright

    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)
        except Error as error:
            raise OSError(f"no Chromium can be started: {str(error).splitlines()[0]}") from None
        yield browser
        browser.close()


def new_page(browser: Any, *, ours: bool = True) -> Any:
    """A page with nothing in its cache, which waits for as long as a busy machine may take. Not `ours`: it may run what
    the server's policy would not let it."""
    page = browser.new_page(viewport=SIZE, bypass_csp=not ours)
    page.set_default_timeout(PATIENCE_MS)
    return page


class Server:
    """`orrery serve`, and what is asked of it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def post(self, path: str, body: object) -> Any:
        request = urllib.request.Request(
            f"{self.address}/api/{path}", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_MS / 1000) as response:
            return json.loads(response.read())

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.address}/api/{path}", timeout=PATIENCE_MS / 1000) as response:
            return json.loads(response.read())

    def pace(self, mode: str, factor: float | None = None) -> None:
        """Sets how fast time passes."""
        self.post("control", {"action": "mode", "mode": mode})
        if factor is not None:
            self.post("control", {"action": "factor", "factor": factor})

    def now_s(self) -> float:
        """Virtual seconds."""
        return float(self.get("recording")["now_ns"]) / 1e9

    def run_until(self, second: float, say: Callable[[str], object], what: str, limit_s: float = 1800.0) -> None:
        """Runs as fast as it can up to a virtual second. Raises OSError where that takes for ever."""
        self.pace("fastest")
        begun = time.monotonic()
        while (now := self.now_s()) < second:
            if time.monotonic() - begun > limit_s:
                raise OSError(f"{what}: {now:.0f} of {second:.0f} virtual seconds in {limit_s:.0f} s")
            say(f"{what}: {now:,.0f} of {second:,.0f} virtual seconds ...")
            time.sleep(1)


@contextlib.contextmanager
def server(config: str | None = None) -> Iterator[Server]:
    """A server with a cluster of this YAML, or the default one. Raises OSError where none comes up."""
    with tempfile.TemporaryDirectory() as folder:
        port, kube_port = _free_port(), _free_port()
        arguments = ["--port", str(port), "--kube-port", str(kube_port)]
        if config is not None:
            file = Path(folder) / "cluster.yaml"
            file.write_text(config)
            arguments += ["--config", str(file)]
        process = subprocess.Popen(
            [sys.executable, "-m", "orrery.cli", "serve", *arguments],
            env={**os.environ, "ORRERY_STATE": folder}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                if process.poll() is not None:
                    raise OSError("the server ended")
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{address}/healthz", timeout=1).close()
                    break
                time.sleep(0.1)
            else:
                raise OSError("the server does not answer")
            yield Server(address)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:  # it still answers a crowd: what it says is of no use any more
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
