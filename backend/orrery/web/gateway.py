"""The Kubernetes gateway: what real clients say over https becomes requests of the "kubectl" process in the simulation.

It knows nothing of Kubernetes but how to carry a request: method, path, query, headers and body go in as an input of
the run, and the simulated API server's answer goes out. While the clock is paused a request waits at the door,
visibly; after DOOR_S wall seconds it is answered 504.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from orrery.machinery.wire import ApiResponse, status_failure
from orrery.theatre.acts import Listener
from orrery.theatre.room import Room

BODY_MOST = 3 << 20  # as kube-apiserver's own limit
CLIENTS_MOST = 256
ITEMS_MOST = 1_000  # watch events that may wait for a slow client
DOOR_S = 30.0
KEPT_HEADERS = ("accept", "content-type", "user-agent", "kubectl-command")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Gateway:
    """The ASGI application behind the Kubernetes port. `room` gives the room of the moment."""

    def __init__(self, room: Callable[[], Room], token: str) -> None:
        self._room = room
        self._token = token.encode()
        self._clients = 0
        self._closing = asyncio.Event()

    def close(self) -> None:
        """The server ends: watches end, and what still waits is answered."""
        self._closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1003})
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        if not self._is_known(headers.get("authorization", "")):
            await _answer(send, _failure(401, "Unauthorized", "Unauthorized"))
            return
        if self._clients >= CLIENTS_MOST:
            await _answer(send, _failure(429, "TooManyRequests", "too many requests are open; try again later"))
            return
        body = await _read(receive)
        if body is None:
            message = f"the request body is larger than the limit of {BODY_MOST} bytes"
            await _answer(send, _failure(413, "RequestEntityTooLarge", message))
            return
        self._clients += 1
        try:
            await self._carry(scope, headers, body, receive, send)
        finally:
            self._clients -= 1

    def _is_known(self, authorization: str) -> bool:
        kind, _, token = authorization.partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), self._token)

    async def _carry(
        self, scope: Scope, headers: Mapping[str, str], body: bytes, receive: Receive, send: Send
    ) -> None:
        room = self._room()
        if not await _at_the_door(room, self._closing):
            message = "the simulated cluster's clock is paused; press play and try again"
            await _answer(send, _failure(504, "Timeout", message))
            return
        answers = _Answers()
        listener = Listener(answers.put, answers.put, lambda: answers.put(None))
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        kept = {key: headers[key] for key in KEPT_HEADERS if key in headers}
        number = room.acts.request(scope["method"], scope["path"], query, kept, body, listener)
        room.poke()
        gone = asyncio.ensure_future(_gone(receive))
        closing = asyncio.ensure_future(self._closing.wait())
        closing.add_done_callback(lambda _: answers.put(None))
        try:
            await _relay(answers, gone, send)
        finally:
            gone.cancel()
            closing.cancel()
            room.acts.hang_up(number)


async def _at_the_door(room: Room, closing: asyncio.Event) -> bool:
    """Waits while the clock stands; False if that took too long, or the server ends."""
    if room.director.running:
        return True
    room.waiting_requests += 1
    try:
        for _ in range(round(DOOR_S / 0.1)):
            await asyncio.sleep(0.1)
            if room.director.running:
                return True
            if closing.is_set():
                break
        return False
    finally:
        room.waiting_requests -= 1


class _Answers:
    """What the cluster has answered and the client has not been sent yet: a response, then items, then None for the
    end.

    A client that is too slow is cut off, and will watch anew: nothing waits for it without bound.
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[object] = asyncio.Queue()
        self._ended = False

    def put(self, item: object) -> None:
        if not self._ended:
            self._ended = item is None or self._queue.qsize() >= ITEMS_MOST
            self._queue.put_nowait(None if self._ended else item)

    async def get(self) -> object:
        return await self._queue.get()


async def _relay(answers: _Answers, gone: "asyncio.Future[None]", send: Send) -> None:
    """Sends the answer and, for a watch, each item as a line, until either side ends it."""
    begun = False
    while True:
        taking = asyncio.ensure_future(answers.get())
        await asyncio.wait((taking, gone), return_when=asyncio.FIRST_COMPLETED)
        if not taking.done():
            taking.cancel()
            return
        item = taking.result()
        if isinstance(item, ApiResponse):
            waits = item.ok and item.body is None
            if not waits:
                await _answer(send, item)
                return
            await _begin(send, item)
            begun = True
        elif item is None:
            if begun:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await _answer(send, _failure(503, "ServiceUnavailable", "the cluster ended the request unanswered"))
            return
        else:
            text = item.encode() if isinstance(item, str) else orjson.dumps(item) + b"\n"  # a log, or a watch
            await send({"type": "http.response.body", "body": text, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(receive: Receive) -> bytes | None:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_MOST:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _answer(send: Send, response: ApiResponse) -> None:
    body, kind = _encode(response)
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *_extra(response)]
    await send({"type": "http.response.start", "status": response.code, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _begin(send: Send, response: ApiResponse) -> None:
    kind = _lowered(response).get("content-type", "application/json").encode()
    await send({
        "type": "http.response.start", "status": response.code, "headers": [(b"content-type", kind), *_extra(response)],
    })
    await send({"type": "http.response.body", "body": b"", "more_body": True})


def _encode(response: ApiResponse) -> tuple[bytes, bytes]:
    chosen = _lowered(response).get("content-type")
    if isinstance(response.body, bytes):
        return response.body, (chosen or "application/json").encode()
    if isinstance(response.body, str):
        return response.body.encode(), (chosen or "text/plain; charset=utf-8").encode()
    return orjson.dumps(response.body) + b"\n", (chosen or "application/json").encode()


def _lowered(response: ApiResponse) -> dict[str, str]:
    return {key.lower(): value for key, value in response.headers.items()}


def _extra(response: ApiResponse) -> list[tuple[bytes, bytes]]:
    skipped = ("content-type", "content-length")
    return [(k.encode("latin-1"), v.encode("latin-1")) for k, v in _lowered(response).items() if k not in skipped]


def _failure(code: int, reason: str, message: str) -> ApiResponse:
    return ApiResponse(code, status_failure(code, reason, message))


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
