"""One websocket a viewer: a snapshot or what it missed, then every batch.

A viewer that cannot keep up is not waited for: when more than WAITING_MOST batches wait for it, they are dropped and
it is given a snapshot instead.
"""

import asyncio

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from orrery.theatre.records import Hello
from orrery.theatre.room import Kept, Room
from orrery.web.branch import MAIN
from orrery.web.hall import Hall

WAITING_MOST = 200
HELLO_S = 10.0
FRAME_MOST = 64 << 10
CATCH_BREATH_S = 0.1  # before a viewer that fell behind gets its snapshot, so that it is not buried at once again


class Viewer:
    """What waits for one viewer."""

    def __init__(self) -> None:
        self._waiting: list[Kept] = []
        self._woken = asyncio.Event()
        self.behind = False  # it lost batches and needs a snapshot
        self.moved = False  # another run has begun

    def offer(self, kept: Kept) -> None:
        if len(self._waiting) >= WAITING_MOST:
            self._waiting.clear()
            self.behind = True
        if not self.behind:
            self._waiting.append(kept)
        self._woken.set()

    def move(self) -> None:
        self.moved = self.behind = True
        self._woken.set()

    async def take(self) -> list[Kept]:
        await self._woken.wait()
        self._woken.clear()
        waiting, self._waiting = self._waiting, []
        return waiting


class Viewers:
    """All viewers, each of the branch that it asked for."""

    def __init__(self, hall: Hall, most: int) -> None:
        self._hall = hall
        self._most = most
        self._viewers: list[Viewer] = []

    def move(self) -> None:
        """Branches have ended: whoever looked at one gets a snapshot of the main one."""
        for viewer in self._viewers:
            viewer.move()

    async def serve(self, socket: WebSocket) -> None:
        """Serves one accepted websocket until it is closed."""
        if len(self._viewers) >= self._most:
            await socket.close(1013, "too many viewers")
            return
        hello = await _hello(socket)
        if hello is None:
            return
        viewer = Viewer()
        self._viewers.append(viewer)
        listening = asyncio.ensure_future(_until_closed(socket))
        playing = asyncio.ensure_future(self._play(socket, viewer, hello))
        try:
            await asyncio.wait((listening, playing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._viewers.remove(viewer)
            for task in (listening, playing):
                task.cancel()
            await asyncio.gather(listening, playing, return_exceptions=True)

    async def _play(self, socket: WebSocket, viewer: Viewer, hello: Hello) -> None:
        room = self._find(hello.branch)
        try:
            missed = room.since(hello.run, hello.seq)
            room.listeners.append(viewer.offer)
            if missed is None:
                seen = await _send_snapshot(socket, room)
            else:
                seen = hello.seq or 0
                for kept in missed:
                    await socket.send_text(kept.text.decode())
                    seen = kept.seq
            while True:
                for kept in await viewer.take():
                    if kept.seq > seen:
                        await socket.send_text(kept.text.decode())
                        seen = kept.seq
                if viewer.behind:
                    if viewer.moved and self._find(room.branch) is not room:
                        room.listeners.remove(viewer.offer)
                        room = self._find(room.branch)
                        room.listeners.append(viewer.offer)
                    viewer.behind = viewer.moved = False
                    await asyncio.sleep(CATCH_BREATH_S)
                    seen = await _send_snapshot(socket, room)
        except WebSocketDisconnect:
            pass
        finally:
            if viewer.offer in room.listeners:
                room.listeners.remove(viewer.offer)

    def _find(self, branch: str) -> Room:
        try:
            return self._hall.find(branch)
        except LookupError:
            return self._hall.find(MAIN)


async def _send_snapshot(socket: WebSocket, room: Room) -> int:
    snapshot = room.snapshot()
    await socket.send_text(snapshot.model_dump_json())
    return snapshot.seq


async def _hello(socket: WebSocket) -> Hello | None:
    """The first frame; None (and closed) if it is none that is understood, or does not come."""
    try:
        async with asyncio.timeout(HELLO_S):
            text = await socket.receive_text()
        if len(text) > FRAME_MOST:
            raise ValueError
        return Hello.model_validate_json(text)
    except (ValidationError, ValueError, KeyError):
        await socket.close(1003, "the first frame must be a hello: {\"type\": \"hello\", \"run\": null, \"seq\": null}")
    except TimeoutError:
        await socket.close(1008, "no hello came")
    except WebSocketDisconnect:
        pass
    return None


async def _until_closed(socket: WebSocket) -> None:
    """Reads, and forgets, whatever else a viewer sends: it has nothing to say here. A flood only meets the transport's
    own back-pressure."""
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
    except (WebSocketDisconnect, RuntimeError):
        return
