"""The kubelet's own API at port 10250, which the API server calls for ``logs`` and ``exec``.

A log is read where the runtime has left it on this very host. A command in a container goes to the runtime over CRI.
Streams carry ``{"channel": 1 stdout, 2 stderr, 3 the end, "data": text}``; the end is a Status, as in the channels of
``v5.channel.k8s.io``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orrery.kernel import MILLISECOND, Call, Process, sleep

PORT = 10250
POLL_NS = 250 * MILLISECOND  # between two looks at a log that is followed

STDOUT, STDERR, END = 1, 2, 3

Line = tuple[int, str]
Lines = Callable[[int], tuple[list[Line], bool]]
"""The lines after a time (-1: all), and whether more may come."""
Run = Callable[[list[str], Callable[[str], object], Callable[[str], object]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which container of which Pod."""

    namespace: str
    pod: str
    container: str
    previous: bool = False


class KubeletServer:
    """Serves a kubelet's API. ``lines`` and ``run`` raise RpcFailure with the kubelet's words."""

    def __init__(
        self, process: Process, lines: Callable[[Wanted], Lines], run: Callable[[Wanted], Run]
    ) -> None:
        self._process = process
        self._lines = lines
        self._run = run

    def start(self) -> None:
        self._process.serve(PORT, self._handle, protocol="api")

    async def _handle(self, call: Call) -> object:
        body = call.body
        assert isinstance(body, dict)
        wanted = Wanted(body["namespace"], body["pod"], body["container"], bool(body.get("previous")))
        if "command" in body:
            await self._exec(call, wanted, body["command"])
            return None
        read = self._lines(wanted)
        if not call.streaming:
            return "".join(f"{line}\n" for line in _chosen(read(-1)[0], body, self._process.wall_ns()))
        async for text in self._follow(read, body):
            call.push("log", text, quiet=True)
        return None

    async def _follow(self, read: Lines, body: dict[str, Any]) -> AsyncIterator[str]:
        lines, more = read(-1)
        yield "".join(f"{line}\n" for line in _chosen(lines, body, self._process.wall_ns()))
        while more:
            await sleep(POLL_NS)
            last_ns = lines[-1][0] if lines else -1
            news, more = read(last_ns)
            if news:
                lines = news
                yield "".join(f"{_stamped(line, body)}\n" for line in news)

    async def _exec(self, call: Call, wanted: Wanted, command: list[str]) -> None:
        run = self._run(wanted)

        def push(channel: int) -> Callable[[str], object]:
            return lambda text: call.push("exec", {"channel": channel, "data": text})

        code = await run(list(command), push(STDOUT), push(STDERR))
        call.push("exec", {"channel": END, "data": ended(code)})


def ended(code: int) -> dict[str, Any]:
    """The Status that ends a command."""
    if code == 0:
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": f"command terminated with non-zero exit code: exit status {code}",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def _chosen(lines: list[Line], body: dict[str, Any], now_ns: int) -> list[str]:
    since_s, tail, limit = body.get("sinceSeconds"), body.get("tailLines"), body.get("limitBytes")
    if since_s is not None:
        lines = [line for line in lines if line[0] >= now_ns - int(since_s) * 10**9]
    if tail is not None and int(tail) >= 0:
        lines = lines[len(lines) - int(tail):] if int(tail) < len(lines) else lines
    shown = [_stamped(line, body) for line in lines]
    if limit is not None:
        text = "".join(f"{line}\n" for line in shown)[:int(limit)]
        shown = text.removesuffix("\n").split("\n")
    return shown


def _stamped(line: Line, body: dict[str, Any]) -> str:
    if not body.get("timestamps"):
        return line[1]
    seconds, rest_ns = divmod(line[0], 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest_ns:09d}Z {line[1]}"
