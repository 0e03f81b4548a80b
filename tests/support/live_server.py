"""A server as a person starts it, in a process of its own, for tests that come from outside."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LiveServer:
    """`orrery serve` on free ports, with a state folder of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port, self.kube_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._environment = {
            **os.environ, "PYTHONPATH": str(ROOT / "backend"), "ORRERY_STATE": str(folder / "state"),
            "PYTHONUNBUFFERED": "1",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "orrery.cli", "serve", "--seed", "7", "--port", str(self.port), "--kube-port",
                 str(self.kube_port), *arguments],
                env=self._environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self._wait()
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text(self.cli("kubeconfig", "--port", str(self.port)).stdout)

    def _wait(self) -> None:
        for _ in range(300):
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.log.read_text()}"
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the server did not come up: {self.log.read_text()}")

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "orrery.cli", *arguments], env=self._environment, capture_output=True, text=True,
            timeout=60, check=False,
        )

    def post(self, path: str, body: object, **headers: str) -> tuple[int, Any]:
        """(status, answer) of a POST to the page's API."""
        request = urllib.request.Request(
            f"{self.address}{path}", json.dumps(body).encode(), {"content-type": "application/json", **headers}
        )
        return self._ask(request)

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return self._ask(urllib.request.Request(f"{self.address}{path}", headers=headers))

    def _ask(self, request: urllib.request.Request) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def real_time(self, factor: float = 1.0) -> None:
        """So that tests need not wait for the audience."""
        assert self.post("/api/control", {"action": "mode", "mode": "real-time"})[0] == 200
        assert self.post("/api/control", {"action": "factor", "factor": factor})[0] == 200

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the server did not end when asked to") from None
        assert "Traceback" not in self.log.read_text(), self.log.read_text()
