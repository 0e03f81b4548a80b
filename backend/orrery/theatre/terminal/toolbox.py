"""What a command of the shell may use besides its invocation: the session it runs in, and what can be seen from outside
the processes (the journals, the configuration)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from orrery.cluster import ClusterConfig
from orrery.kernel import Host, Kernel, Process
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.files import Files
from orrery.theatre.terminal.journal import Journal

Language = Literal["ko", "en"]

SHELL = "shell"  # the process in which what is typed runs on a host


class NoInput(Exception):
    """A file that cannot be read; the message is the tool's own."""


@dataclass(slots=True)
class World:
    """What all sessions of one run share."""

    kernel: Kernel
    config: ClusterConfig
    journal: Journal
    shell_on: Callable[[str], Process]  # the process in which commands run on a host; raises OSError


@dataclass(slots=True)
class Place:
    """Where a command runs: a session as far as commands may look at it and change it."""

    world: World
    files: Files
    variables: dict[str, str]
    history: list[str]
    language: Language = "en"
    wanted_host: str | None = None  # where `ssh` and `exit` want to go once the line is done
    clear: Callable[[], object] = lambda: None
    commands: dict[str, Tool] = field(default_factory=dict)

    @property
    def host(self) -> Host:
        return self.files.host

    def said(self, ko: str, en: str) -> str:
        """What is said in the page's language."""
        return ko if self.language == "ko" else en


@dataclass(frozen=True, slots=True)
class Words:
    """One line for `help`, in both languages."""

    ko: str
    en: str

    def in_(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class Tool:
    """A command. `complete` gives what the word being typed may become, by the words before it (the command's name left
    out), `ask` where that takes a request; without either, files are offered. `group` orders `help`."""

    run: Callable[[Place, Invocation], Awaitable[int]]
    words: Words
    group: Literal["cluster", "host", "files", "shell"]
    complete: Callable[[Place, list[str], str], list[str]] | None = None
    ask: Callable[[Place, Invocation, list[str]], Awaitable[list[str]]] | None = None
    on_client: bool = False  # it always runs on the client, where people's credentials are
    reads_terminal: bool = False  # without a pipe it reads what is typed
