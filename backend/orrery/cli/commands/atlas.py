"""`orrery atlas`."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import click

from orrery.cli.progress import Progress

AT_ONCE = 2


@click.command(short_help="Play every entry of the atlas and count them.")
@click.option(
    "--only", "only", multiple=True, metavar="ID",
    help="Play this entry alone, such as FLOW-01 (may be repeated).",
)
def command(only: tuple[str, ...]) -> int:
    """Play every entry of the atlas without a browser, and count them.

    The atlas is the index of concepts that the page shows: each entry has an id, a text, and a scene that does the
    thing and checks what happened. An entry is done when its scene passes. What becomes of each scene goes to stderr;
    the last line on stdout is 'done/209'. The exit code is 1 if a scene failed.
    """
    from orrery.theatre.atlas import ATLAS, TOTAL, by_scene

    for entry_id in only:
        if entry_id not in ATLAS:
            raise click.BadParameter(
                f"there is no entry '{entry_id}'; there are {_ranges(list(ATLAS))}.", param_hint="--only"
            )
    scenes = by_scene([item for item in ATLAS.values() if not only or item.id in only])
    done = 0
    begin_s = time.monotonic()
    with Progress() as progress:
        progress.say(f"playing {len(scenes)} scenes")
        for (scene_id, ids), failure in zip(scenes.items(), _play_all([*scenes]), strict=True):
            done += 0 if failure else len(ids)
            progress.tell(f"{'FAILED' if failure else 'ok    '}  {scene_id:20} {' '.join(ids)}")
            if failure:
                progress.tell(f"        {failure}")
        progress.tell(f"{len(scenes)} scenes in {time.monotonic() - begin_s:.1f} s")
    click.echo(f"{done}/{TOTAL}")
    return 0 if done == sum(map(len, scenes.values())) else 1


def _play_all(scenes: Sequence[str]) -> Iterator[str]:
    """Why each scene failed, in their order; some are played at once, each in a process of its own."""
    from orrery.theatre.atlas import play

    workers = min(AT_ONCE, os.cpu_count() or 1, len(scenes))
    if workers == 1:
        yield from map(play, scenes)
        return
    with ProcessPoolExecutor(workers, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.map(play, scenes)


def _ranges(ids: list[str]) -> str:
    """Ids in short: API-01 to API-15, CONF-01."""
    groups: dict[str, list[str]] = {}
    for entry_id in ids:
        groups.setdefault(entry_id.partition("-")[0], []).append(entry_id)
    return ", ".join(g[0] if len(g) == 1 else f"{g[0]} to {g[-1]}" for g in groups.values())
