"""Lines that a scene types at terminals of its own, as a person would, and what is printed there."""

import re
from dataclasses import dataclass

from orrery.theatre.scenes.scene import World
from orrery.theatre.terminal import PromptKind

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(slots=True)
class Screen:
    """One terminal. `busy`: what was typed last still runs."""

    session: int = 0
    text: str = ""
    busy: bool = False

    def on_output(self, text: str) -> None:
        self.text += _COLOURS.sub("", text)

    def on_prompt(self, kind: PromptKind, text: str) -> None:
        self.busy = kind == "busy"


def type_line(world: World, note: str, line: str, *, host: str = "") -> None:
    """Types a line at a new terminal; what it prints is found under `note`."""
    screen = world.notes[note] = Screen()
    screen.session = world.terminal.open(screen, host=host)
    world.terminal.type(screen.session, line, columns=120, language="en")


def printed(world: World, note: str) -> str:
    """What stands on that terminal so far."""
    screen: Screen = world.notes[note]
    return screen.text


def answered(world: World, note: str) -> bool:
    """Whether the command has come to its end."""
    screen: Screen = world.notes[note]
    return not screen.busy


def interrupt(world: World, *notes: str) -> None:
    """Ctrl-C."""
    for note in notes:
        world.terminal.interrupt(world.notes[note].session)


def leave(world: World, *notes: str) -> None:
    """Closes the terminals."""
    for note in notes:
        world.terminal.close(world.notes[note].session)
