"""The atlas: the index of the concepts that the lecture names, each with a text and a scene that shows it live.

One file a group of concepts, and one line in GROUPS. An entry is done when its scene passes; what the simulator does
not do has no entry. What the lecture calls by an old name is told by both names.
"""

from collections.abc import Sequence

from orrery.cluster import default_config
from orrery.theatre.atlas import (
    api,
    architecture,
    commands,
    config,
    controllers,
    data,
    etcd,
    flow,
    kubelet,
    proxy,
    raft,
    runtime,
    scheduler,
    security,
    state,
)
from orrery.theatre.atlas.entry import TOTAL, Entry
from orrery.theatre.production import Production
from orrery.theatre.scenes import SCENES, SceneFailed, run_headless

GROUPS: tuple[Sequence[Entry], ...] = (
    architecture.ENTRIES,
    api.ENTRIES,
    etcd.ENTRIES,
    scheduler.ENTRIES,
    controllers.ENTRIES,
    kubelet.ENTRIES,
    proxy.ENTRIES,
    runtime.ENTRIES,
    flow.ENTRIES,
    security.ENTRIES,
    raft.ENTRIES,
    data.ENTRIES,
    state.ENTRIES,
    config.ENTRIES,
    commands.ENTRIES,
)

ATLAS: dict[str, Entry] = {item.id: item for group in GROUPS for item in group}

SEED = 7


def by_scene(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """The scenes that stand for these entries, each with their ids."""
    result: dict[str, list[str]] = {}
    for item in entries:
        result.setdefault(item.scene, []).append(item.id)
    return result


def play(scene_id: str, seed: int = SEED) -> str:
    """Plays a scene on a cluster of its own that has just booted; says why it failed, nothing if it passed."""
    scene = SCENES[scene_id]
    try:
        run_headless(scene, Production(seed, scene.config() if scene.config is not None else default_config()))
    except SceneFailed as error:
        return str(error)
    return ""


__all__ = ["ATLAS", "GROUPS", "SEED", "TOTAL", "Entry", "by_scene", "play"]
