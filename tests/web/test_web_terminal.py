"""The terminal's websocket: typing, interrupting, completing, another run, who is let in, answers to nonsense."""

import asyncio
import json
from typing import Any

import pytest
import websockets
from live_server import LiveServer
from websockets.exceptions import ConnectionClosed, InvalidStatus


def _url(server: LiveServer, query: str = "") -> str:
    return f"ws://127.0.0.1:{server.port}/ws/terminal{query}"


class Page:
    """One terminal of a page."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.printed = ""

    async def send(self, **frame: object) -> None:
        await self._socket.send(json.dumps(frame))

    async def until(self, what: str, **fields: object) -> dict[str, Any]:
        """Reads until a frame of that kind comes; keeps what is printed."""
        async with asyncio.timeout(20):
            while True:
                frame: dict[str, Any] = json.loads(await self._socket.recv())
                if frame["type"] == "output":
                    self.printed += frame["text"]
                if frame["type"] == what and all(frame[name] == value for name, value in fields.items()):
                    return frame

    async def run(self, line: str) -> str:
        self.printed = ""
        await self.send(type="line", text=line, columns=100, language="en")
        await self.until("prompt", kind="ready")
        return self.printed


def test_lines_are_run_and_completed_and_interrupted(server: LiveServer) -> None:
    async def visit() -> None:
        async with websockets.connect(_url(server), origin=server.address) as socket:  # type: ignore[arg-type]
            page = Page(socket)
            assert (await page.until("prompt"))["text"] == "root@cp-1:~# "
            assert await page.run("echo hello | grep -c hello") == "1\n"
            await page.send(type="complete", id=5, text="etcdctl endp")
            found = await page.until("completions")
            assert (found["id"], found["begin"], found["items"]) == (5, 8, ["endpoint"])
            await page.send(type="line", text="sleep 100000", columns=100, language="en")
            await page.until("prompt", kind="busy")
            await page.send(type="interrupt")
            await page.until("prompt", kind="ready")
            assert await page.run("echo $?") == "130\n"

    asyncio.run(visit())


def test_nonsense_is_answered_in_the_terminal_and_many_can_be_open(server: LiveServer) -> None:
    async def visit() -> None:
        sockets = [await websockets.connect(_url(server, "?lang=ko&host=worker-1")) for _ in range(5)]
        pages = [Page(socket) for socket in sockets]
        for page in pages:
            assert (await page.until("prompt"))["text"] == "root@worker-1:~# "
        line = '{"type": "line", "text": "x", "columns": '
        for nonsense in ("", "7", '{"type": "fly"}', '{"type": "line"}', line + '"y"}', line + "null}"):
            await sockets[0].send(nonsense)
            await pages[0].until("output")
        assert "cp-2" in await pages[0].run("ssh cp-2 hostname")
        for socket in sockets:
            await socket.close()

    asyncio.run(visit())


def test_another_run_means_another_session(server: LiveServer) -> None:
    async def visit() -> None:
        async with websockets.connect(_url(server)) as socket:
            page = Page(socket)
            await page.until("prompt", kind="ready")
            status, _ = await asyncio.to_thread(server.post, "/api/run", {"seed": 11})
            assert status == 200
            await page.until("moved")
            await page.until("prompt", kind="ready")
            assert await page.run("hostname") == "cp-1\n"

    asyncio.run(visit())


def test_only_pages_of_this_server_are_let_in(server: LiveServer) -> None:
    async def visit() -> None:
        with pytest.raises(InvalidStatus):
            async with websockets.connect(_url(server), origin="http://evil.example"):  # type: ignore[arg-type]
                pass
        async with websockets.connect(_url(server, "?branch=none")) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None and "there is no branch 'none'" in closed.value.rcvd.reason

    asyncio.run(visit())
