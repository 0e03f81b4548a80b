"""The table of commands, in the groups and the order in which help lists them."""

from orrery.theatre.terminal.kubectl.verb import Verb
from orrery.theatre.terminal.kubectl.verbs import apply, delete, describe, get

GROUPS: tuple[tuple[str, tuple[Verb, ...]], ...] = (
    ("Basic Commands (Intermediate)", (get.VERB, delete.VERB)),
    ("Troubleshooting and Debugging Commands", (describe.VERB,)),
    ("Advanced Commands", (apply.VERB,)),
)
VERBS: tuple[Verb, ...] = tuple(verb for _, verbs in GROUPS for verb in verbs)
