"""``--dry-run``"""

from __future__ import annotations

from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.verb import Kubectl

FLAG = Flag(
    "dry-run", "none", 'Must be "none", "server", or "client".', without="unchanged"
)
SUFFIX = {"none": "", "client": " (dry run)", "server": " (server dry run)"}


def strategy(kubectl: Kubectl) -> str:
    """none, client or server. Failure for anything else."""
    text = str(kubectl.flags["dry-run"])
    if text == "unchanged":
        kubectl.err("W0101 00:00:00.000000 helpers.go:703] --dry-run is deprecated and can be replaced with "
                    "--dry-run=client.\n")
        return "client"
    if text not in SUFFIX:
        raise error(f'Invalid dry-run value ({text}). Must be "none", "server", or "client".')
    return text


def query(dry: str) -> dict[str, str]:
    """The query parameter that a dry run on the server has."""
    return {"dryRun": "All"} if dry == "server" else {}
