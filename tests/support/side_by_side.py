"""Real kubectl and the terminal's own, on one cluster at one instant.

The clock stands while nobody asks: it moves only while a request is open, as fast as it can. Real kubectl comes in by
the gateway, over a socket; the other is a coroutine on the client's simulated machine.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import uvicorn
from live_server import free_port

from orrery.cluster import ClusterConfig
from orrery.kernel import Task
from orrery.theatre.production import Production
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.kubectl import kubectl
from orrery.web.gateway import Gateway
from orrery.web.kubeconfig import kubeconfig
from orrery.web.pki import credentials

SLICE_NS = 2_000_000
KUBECTL = os.environ.get("ORRERY_TEST_KUBECTL") or shutil.which("kubectl")


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    stdout: str
    stderr: str


class Lines:
    """A standard input made of text."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")[:-1] if text.endswith("\n") else text.split("\n")

    async def line(self) -> str | None:
        return self._lines.pop(0) if self._lines else None


class SideBySide:
    """One cluster with both clients."""

    def __init__(self, folder: Path, config: ClusterConfig, *, seed: int = 7) -> None:
        self._folder = folder
        self.production = Production(seed, config, epoch_s=int(time.time()) - 60)
        self._ours = 0
        room: Any = SimpleNamespace(
            acts=self.production.acts, director=SimpleNamespace(running=True), waiting_requests=0, poke=lambda: None
        )
        secrets = credentials(folder / "state", ["localhost", "127.0.0.1"])
        self._gateway = Gateway(lambda: room, secrets.token)
        port = free_port()
        self._server = uvicorn.Server(uvicorn.Config(
            self._gateway, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off",
            ws="none", ssl_certfile=secrets.certificate_file, ssl_keyfile=secrets.key_file, timeout_graceful_shutdown=1,
        ))  # fmt: skip
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text(kubeconfig(f"https://127.0.0.1:{port}", secrets))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._both())

    async def _both(self) -> None:
        pump = asyncio.ensure_future(self._pump())
        await self._server.serve()
        pump.cancel()

    async def _pump(self) -> None:
        while True:
            if self._gateway._clients or self._ours:
                self.production.kernel.run_for(SLICE_NS)
                await asyncio.sleep(0)
            else:
                await asyncio.sleep(0.002)

    def close(self) -> None:
        self._gateway.close()
        self._server.should_exit = True
        self._thread.join(10)

    def pass_time(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self._call(lambda: self.production.kernel.run_for(int(seconds * 1e9)))

    def _call(self, work: Callable[[], object]) -> None:
        async def run() -> None:
            work()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(60)

    # -- the two

    def real(self, *arguments: str, files: Mapping[str, str] | None = None, stdin: str = "") -> Said:
        assert KUBECTL is not None
        for name, text in (files or {}).items():
            (self._folder / name).write_text(text)
        done = subprocess.run(
            [KUBECTL, *arguments], input=stdin, capture_output=True, text=True, timeout=90, check=False,
            cwd=self._folder, env={**os.environ, "KUBECONFIG": str(self.kubeconfig)},
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def ours(self, *arguments: str, files: Mapping[str, str] | None = None, stdin: str = "") -> Said:
        return self.begin(*arguments, files=files, stdin=stdin).said()

    def begin(self, *arguments: str, files: Mapping[str, str] | None = None, stdin: str = "") -> Running:
        """Begins ours without waiting for its end."""
        running = Running(self._loop)

        async def begin() -> None:
            process = self.production.cluster.client
            invocation = Invocation(
                arguments, process, running.out.append, running.err.append, Lines(stdin) if stdin else None,
                files=files or {},
            )
            self._ours += 1

            async def work() -> None:
                try:
                    running.end(await kubectl(invocation))
                except BaseException as error:
                    running.end(error)
                    raise
                finally:
                    self._ours -= 1

            running.task = process.spawn(work(), name=f"kubectl {' '.join(arguments)}")

        asyncio.run_coroutine_threadsafe(begin(), self._loop).result(10)
        return running


class Running:
    """A command that may not have ended yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.out: list[str] = []
        self.err: list[str] = []
        self.task: Task | None = None
        self._loop = loop
        self._ended: Future[int] = Future()

    def end(self, result: int | BaseException) -> None:
        if isinstance(result, int):
            self._ended.set_result(result)
        else:
            self._ended.set_exception(result)

    def said(self) -> Said:
        """Waits for its end."""
        code = self._ended.result(90)
        return Said(code, "".join(self.out), "".join(self.err))

    def interrupt(self) -> None:
        """Ctrl-C."""
        assert self.task is not None
        self._loop.call_soon_threadsafe(self.task.cancel)
