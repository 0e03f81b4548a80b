"""What Tab offers: commands, their own words, hosts, files. It looks at the session and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from orrery.theatre.terminal import grammar
from orrery.theatre.terminal.toolbox import Place

ITEMS_MOST = 200


@dataclass(frozen=True, slots=True)
class Completion:
    """`items` may stand in place of what follows from the position `begin` on. One that is not finished (a directory, a
    flag that takes a value) takes no blank after it."""

    begin: int
    items: tuple[str, ...]


def complete(place: Place, text: str) -> Completion:
    words, current, quote = grammar.split_words(text)
    begin = len(text) - len(current) - (1 if quote else 0)
    if not text.endswith(current):  # it holds quotes or escapes: not completed
        return Completion(len(text), ())
    if not words:
        items = [name for name in place.commands if name.startswith(current)]
        return Completion(begin, tuple(items[:ITEMS_MOST]))
    tool = place.commands.get(words[0])
    items = tool.complete(place, words[1:], current) if tool is not None and tool.complete is not None else []
    if not items:
        items = paths(place, current)
    return Completion(begin, tuple(items[:ITEMS_MOST]))


def words_to_ask(place: Place, text: str) -> list[str] | None:
    """The words of the command at the end of a text, where its tool has to be asked what the last may become."""
    words, current, _ = grammar.split_words(text)
    tool = place.commands.get(words[0]) if words else None
    asked = tool is not None and tool.ask is not None and text.endswith(current)
    return [*words, current] if asked else None


def paths(place: Place, current: str) -> list[str]:
    """Files that begin with what was typed, directories with their slash."""
    head, slash, last = current.rpartition("/")
    directory = (head + slash) if slash else "."
    return [
        f"{head}{slash}{entry.name}{'/' if entry.is_directory else ''}"
        for entry in place.files.entries(directory)
        if entry.name.startswith(last) and (last or not entry.name.startswith("."))
    ]
