"""The atlas: the index of the concepts that the lecture names, each with a text and a scene that shows it live.

One file a group of concepts, and one line in GROUPS. An entry is done when its scene passes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orrery.cluster import default_config
from orrery.theatre.atlas import architecture
from orrery.theatre.atlas.entry import TOTAL, Entry
from orrery.theatre.production import Production
from orrery.theatre.scenes import SCENES, SceneFailed, run_headless

GROUPS: tuple[Sequence[Entry], ...] = (architecture.ENTRIES,)

ATLAS: dict[str, Entry] = {item.id: item for group in GROUPS for item in group}

SEED = 7


@dataclass(frozen=True, slots=True)
class Played:
    """How one scene went, and the entries that it stands for. `failure` is empty if it passed."""

    scene: str
    entries: tuple[str, ...]
    failure: str


def play(entries: Sequence[Entry], tell: Callable[[Played], object]) -> list[Played]:
    """Plays each scene of the entries once, on a cluster of its own that has just booted."""
    by_scene: dict[str, list[str]] = {}
    for item in entries:
        by_scene.setdefault(item.scene, []).append(item.id)
    results = []
    for scene_id, ids in by_scene.items():
        failure = ""
        try:
            run_headless(SCENES[scene_id], Production(SEED, default_config()))
        except SceneFailed as error:
            failure = str(error)
        results.append(Played(scene_id, tuple(ids), failure))
        tell(results[-1])
    return results


__all__ = ["ATLAS", "GROUPS", "TOTAL", "Entry", "Played", "play"]
