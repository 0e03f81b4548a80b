"""`orrery atlas`."""

import click

TOTAL = 209  # concepts that the lecture names


@click.command(short_help="Play every entry of the atlas and count them.")
@click.option("--only", "only", multiple=True, metavar="ID", help="Play this entry alone, such as FLOW-01 (may be repeated).")
def command(only: tuple[str, ...]) -> None:
    """Play every entry of the atlas without a browser, and count them.

    The atlas is the index of concepts that the page shows: each entry has an id, a text, and a scene that does the
    thing and checks what happened. An entry is done when its scene passes. The last line is 'done/209'; the exit code
    is 1 if a scene failed.
    """
