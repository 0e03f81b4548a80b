"""What a command is: a coroutine on the kernel that reads arguments and a stream, writes text, and ends with a code.

A new command is one file with such a coroutine and one line in the shell's table.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from orrery.kernel import Process


class Input(Protocol):
    """Standard input."""

    async def line(self) -> str | None:
        """The next line without its line feed; None at the end."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One command as it is run. Everything that it waits for it awaits on the kernel; an interrupt (Ctrl-C) cancels its
    task, so it cleans up in `finally`."""

    arguments: tuple[str, ...]  # without the command's own name
    process: Process  # the simulated process that does it: its host, its network, its clock
    stdout: Callable[[str], object]  # text as it stands, line feeds included
    stderr: Callable[[str], object]
    stdin: Input | None = None  # None: nothing is piped in
    columns: int = 120
    is_terminal: bool = True  # stdout is looked at by a person, not piped
    files: Mapping[str, str] = field(default_factory=dict)  # what lies in the working directory, by name


Command = Callable[[Invocation], Awaitable[int]]
"""Gives the exit code, 0 to 255."""
