"""Somebody at a terminal of a production: types lines, lets time pass, reads what was printed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from orrery.cluster import default_config
from orrery.kernel import SECOND
from orrery.theatre.production import Production
from orrery.theatre.terminal import PromptKind


class Seat:
    def __init__(self, production: Production, *, host: str = "", language: str = "en") -> None:
        self.production = production
        self.language = language
        self.kind: PromptKind = "ready"
        self.prompt = ""
        self.printed = ""
        self.session = production.terminal.open(self, language=language, host=host)

    def on_output(self, text: str) -> None:
        self.printed += text

    def on_prompt(self, kind: PromptKind, text: str) -> None:
        self.kind, self.prompt = kind, text

    def run(self, line: str, *, columns: int = 120, limit_s: int = 30) -> str:
        """Types a line and waits for the next prompt; gives what was printed."""
        self.printed = ""
        self.type(line, columns=columns)
        kernel = self.production.kernel
        end_ns = kernel.now_ns + limit_s * SECOND
        while self.kind == "busy" and kernel.now_ns < end_ns:
            kernel.run_for(SECOND // 10)
        assert self.kind != "busy", f"still running: {line}: {self.printed}"
        return self.printed

    def type(self, line: str, *, columns: int = 120) -> None:
        self.production.terminal.type(self.session, line, columns=columns, language=self.language)

    def stream(self, line: str, seconds: float = 0.1) -> None:
        """Types a line whose command goes on."""
        self.printed = ""
        self.type(line)
        self.wait(seconds)
        assert self.kind == "busy", self.printed

    def wait(self, seconds: float) -> None:
        self.production.kernel.run_for(int(seconds * SECOND))

    def interrupt(self) -> str:
        self.production.terminal.interrupt(self.session)
        self.wait(0.001)
        return self.printed

    def complete(self, text: str) -> list[str]:
        found: list[str] = []
        self.production.terminal.complete(self.session, text, lambda answer: found.extend(answer.items))
        self.wait(0.1)
        return found


def fresh(**arguments: str) -> Seat:
    return Seat(Production(7, default_config()), **arguments)


@lru_cache(maxsize=1)
def _shared() -> Production:
    return Production(7, default_config())


def shared(**arguments: str) -> Iterator[Seat]:
    """A seat at a cluster that others look at as well: for what changes nothing there."""
    seat = Seat(_shared(), **arguments)
    yield seat
    seat.production.terminal.close(seat.session)
