"""A small world for the kernel's tests: an echo server, and a client that talks to it."""

from collections.abc import Awaitable, Callable
from typing import Any

from orrery.kernel import Address, Call, Channel, Event, Kernel, Process, RpcFailure, TraceEvent, sleep

ECHO = Address("b", 80)


async def echo(call: Call) -> object:
    """Answers what it was sent; "refuse" is refused; a number is a number of items to stream."""
    if call.streaming:
        assert isinstance(call.body, int)
        for number in range(call.body):
            call.push("item", number)
            await sleep(1_000_000)
        return None
    if call.body == "refuse":
        raise RpcFailure("Refused", "as you asked")
    if call.body == "bug":
        raise KeyError("a bug")
    if call.body == "never":
        await Event(call.closed._kernel).wait()
    await sleep(1_000_000)
    return {"echo": call.body}


class World:
    """Hosts "a" and "b", an echo server on "b", an idle process on "a"; and every event that was traced."""

    def __init__(self, seed: int = 1) -> None:
        self.kernel = Kernel(seed)
        self.events: list[TraceEvent] = []
        self.kernel.trace.subscribe(self.events.append)
        for index, name in enumerate(("a", "b", "c"), start=1):
            self.kernel.add_host(name, ip=f"10.0.0.{index}")
        self.server = self.kernel.hosts["b"].add_process("echo", self._serve)
        self.client = self.kernel.hosts["a"].add_process("client", self._idle)
        self.kernel.run_until(0)

    async def _serve(self, process: Process) -> None:
        process.serve(ECHO.port, echo, protocol="api")
        await self._idle(process)

    async def _idle(self, process: Process) -> None:
        await process.event().wait()

    def dial(self) -> Channel:
        return self.client.dial(ECHO, protocol="api")

    def run(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Runs a coroutine inside the client process to its end; gives its result or raises its error."""
        box: list[Any] = []

        async def main() -> None:
            try:
                box.append((await work(), None))
            except Exception as error:
                box.append((None, error))

        self.client.spawn(main(), name="test")
        end_ns = self.kernel.now_ns + 600_000_000_000
        while not box:
            assert self.kernel.now_ns < end_ns, "still waiting after ten virtual minutes"
            self.kernel.run_for(10_000_000)
        result, error = box[0]
        if error is not None:
            raise error
        return result

    def of(self, kind: type[TraceEvent]) -> list[Any]:
        return [event for event in self.events if type(event) is kind]
