"""What a command of kubectl is, and what it is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from orrery.kernel import Process
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.kubectl.api import Api
from orrery.theatre.terminal.kubectl.flags import Flag, Flags

Run = Callable[["Kubectl"], Awaitable[int | None]]
Completes = Literal["", "resource", "type", "node", "pod", "deployment", "file"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One command: ``name`` is its whole path (``rollout status``). ``run`` gives the exit code, None being 0."""

    name: str
    summary: str
    usage: str = ""
    run: Run | None = None
    flags: tuple[Flag, ...] = ()
    examples: str = ""
    aliases: tuple[str, ...] = ()
    verbs: tuple[Verb, ...] = ()
    writes: bool = False
    completes: Completes = ""

    @property
    def word(self) -> str:
        """The last word of its path."""
        return self.name.rpartition(" ")[2]


class Kubectl:
    """One run of kubectl: what was asked for, where to print, and whom to ask."""

    def __init__(
        self, invocation: Invocation, verb: Verb, flags: Flags, config: Mapping[str, Any], api: Api
    ) -> None:
        self.invocation = invocation
        self.verb = verb
        self.flags = flags
        self.config = dict(config)
        self.api = api
        self.namespace = api.access.namespace

    @property
    def arguments(self) -> list[str]:
        return self.flags.arguments

    @property
    def process(self) -> Process:
        return self.invocation.process

    def out(self, text: str) -> None:
        """Prints to stdout as it stands."""
        if text:
            self.invocation.stdout(text)

    def err(self, text: str) -> None:
        if text:
            self.invocation.stderr(text)

    def line(self, text: str) -> None:
        """Prints a line to stdout."""
        self.invocation.stdout(f"{text}\n")

    def warn(self, text: str) -> None:
        self.invocation.stderr(f"Warning: {text}\n")
