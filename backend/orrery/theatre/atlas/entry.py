"""What an entry of the atlas is: one concept of the lecture, by its id, with a text and a scene that shows it."""

from dataclasses import dataclass

from orrery.theatre.records import Words

TOTAL = 209  # concepts that the lecture names


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept. `scene` is the id of the scene whose passing makes it done."""

    id: str
    title: Words
    text: Words
    scene: str


def entry(entry_id: str, scene: str, *, ko: tuple[str, str], en: tuple[str, str]) -> Entry:
    """An entry from (title, text) in both languages."""
    return Entry(entry_id, Words(ko=ko[0], en=en[0]), Words(ko=ko[1], en=en[1]), scene)
