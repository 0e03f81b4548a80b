"""The terminals of the page: one websocket a session, many at once.

The page sends {"type": "line", "text", "columns"}, {"type": "interrupt"}, {"type": "end"} and
{"type": "complete", "id", "text"}; it is sent {"type": "output", "text"}, {"type": "prompt", "kind", "text"},
{"type": "completions", "id", "begin", "items"} and {"type": "moved"}, when another run has begun, and a new session.

A page that cannot keep up is not waited for: the oldest of what waits for it is dropped, and it is told so.
"""

import asyncio
from typing import Any

import orjson
from fastapi import WebSocket, WebSocketDisconnect

from orrery.theatre.room import Room
from orrery.theatre.terminal import LINE_MOST, Completion, PromptKind
from orrery.web.hall import Hall

WAITING_MOST = 256 << 10  # characters
FRAME_MOST = 64 << 10
LOOK_S = 0.5  # between two looks at whether the run is still the same
BREATH_S = 0.005  # after each frame of a page: a flood of lines does not starve the others
DROPPED = "\r\n\x1b[2m[…]\x1b[0m\r\n"


class Seat:
    """Who looks at one session; what waits to be sent."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []
        self._size = 0
        self.woken = asyncio.Event()

    def on_output(self, text: str) -> None:
        last = self._waiting[-1] if self._waiting else None
        if last is not None and last["type"] == "output" and len(last["text"]) < FRAME_MOST:
            last["text"] += text
        else:
            self._waiting.append({"type": "output", "text": text})
        self._size += len(text)
        if self._size > WAITING_MOST:
            self._drop()
        self.woken.set()

    def on_prompt(self, kind: PromptKind, text: str) -> None:
        self.tell({"type": "prompt", "kind": kind, "text": text})

    def on_completion(self, number: object, found: Completion) -> None:
        items = list(found.items)
        self.tell({"type": "completions", "id": number, "begin": found.begin, "items": items})

    def tell(self, frame: dict[str, Any]) -> None:
        self._waiting.append(frame)
        self.woken.set()

    def take(self) -> list[dict[str, Any]]:
        self.woken.clear()
        waiting, self._waiting, self._size = self._waiting, [], 0
        return waiting

    def _drop(self) -> None:
        """Keeps what is no output, and of the output the end."""
        output = "".join(frame["text"] for frame in self._waiting if frame["type"] == "output")
        kept = DROPPED + output[-WAITING_MOST // 4 :]
        others = [frame for frame in self._waiting if frame["type"] != "output"][-50:]
        self._waiting = [{"type": "output", "text": kept}, *others]
        self._size = len(kept)


class Terminals:
    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def serve(self, socket: WebSocket) -> None:
        """Serves one accepted websocket until it is closed."""
        branch, language = socket.query_params.get("branch", ""), socket.query_params.get("lang", "en")
        host = socket.query_params.get("host", "")[:100]
        try:
            visit = _Visit(self._hall, branch, language, host)
        except (LookupError, ValueError) as error:
            await socket.close(1013, str(error)[:120])
            return
        sending = asyncio.ensure_future(_send(socket, visit))
        reading = asyncio.ensure_future(_read(socket, visit))
        try:
            await asyncio.wait((sending, reading), return_when=asyncio.FIRST_COMPLETED)
        finally:
            visit.close()
            for task in (sending, reading):
                task.cancel()
            await asyncio.gather(sending, reading, return_exceptions=True)


class _Visit:
    """A page at a session of a room; at a new one when another run has begun."""

    def __init__(self, hall: Hall, branch: str, language: str, host: str) -> None:
        self._hall = hall
        self._branch = branch
        self.language = language
        self._host = host
        self.seat = Seat()
        self._open()

    def _open(self) -> None:
        self.room: Room = self._hall.find(self._branch)
        self.session = self.room.terminal.open(self.seat, language=self.language, host=self._host)
        self.room.poke()

    def follow(self) -> None:
        """Opens another session if the room is another. Raises LookupError where there is none any more."""
        if self._hall.find(self._branch) is not self.room:
            self.seat.tell({"type": "moved"})
            self._open()

    def take(self, frame: dict[str, Any]) -> None:
        """Something that the page sent. Raises ValueError for what is not understood."""
        terminal, session = self.room.terminal, self.session
        match frame.get("type"):
            case "line":
                self.language = "ko" if frame.get("language") == "ko" else "en"
                columns = int(frame.get("columns", 120))
                terminal.type(session, str(frame["text"]), columns=columns, language=self.language)
            case "interrupt":
                terminal.interrupt(session)
            case "end":
                terminal.end_of_input(session)
            case "complete":
                seat, number = self.seat, frame.get("id")
                text = str(frame["text"])[:LINE_MOST]
                terminal.complete(session, text, lambda found: seat.on_completion(number, found))
            case _:
                raise ValueError("type: line, interrupt, end or complete")
        self.room.poke()

    def close(self) -> None:
        self.room.terminal.close(self.session)


async def _send(socket: WebSocket, visit: _Visit) -> None:
    try:
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await visit.seat.woken.wait()
            except TimeoutError:
                visit.follow()
                continue
            for frame in visit.seat.take():
                await socket.send_text(orjson.dumps(frame).decode())
    except (WebSocketDisconnect, RuntimeError):
        return
    except (LookupError, ValueError) as error:
        await socket.close(1013, str(error)[:120])


async def _read(socket: WebSocket, visit: _Visit) -> None:
    try:
        while True:
            text = await socket.receive_text()
            try:
                if len(text) > FRAME_MOST:
                    raise ValueError("the frame is too long")
                frame = orjson.loads(text)
                if not isinstance(frame, dict):
                    raise ValueError("a frame is an object")
                visit.take(frame)
            except (ValueError, KeyError, TypeError) as error:
                visit.seat.on_output(f"{error}\n")
            await asyncio.sleep(BREATH_S)
    except (WebSocketDisconnect, RuntimeError, KeyError):
        return
