"""The title of a flow, taken apart: what is being done, to what, how much. The page words it in its own language; the
title itself, English as it was traced, stays for everything else.

One line in PATTERNS a kind of title. What people typed at a terminal is a title as it stands and is not in it.
"""

import re
from typing import NamedTuple

from orrery.kernel import FlowStarted


class Story(NamedTuple):
    """`what` is a key of the page's texts; empty where the title is all there is."""

    what: str
    arguments: dict[str, str | int]


PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (what, re.compile(pattern))
    for what, pattern in (
        ("apply-more", r"apply (?P<object>\S+) and (?P<more>\d+) more"),
        ("apply", r"apply (?P<object>\S+)"),
        ("scale", r"scale (?P<object>\S+) to (?P<replicas>\d+)"),
        ("silent", r"node (?P<node>\S+) is silent"),
        ("stands", r"(?P<member>\S+) stands for election"),
        ("delete", r"delete (?P<object>\S+)"),
        ("create", r"create (?P<object>\S+)"),
        ("replace", r"replace (?P<object>\S+)"),
        ("patch", r"patch (?P<object>\S+)"),
        ("get", r"get (?P<object>\S+)"),
    )
)
NUMBERS = ("more", "replicas")


def story(event: FlowStarted) -> Story:
    """What the flow's title says, as data."""
    if event.kind == "fault":
        return Story(event.title.split(" ", 1)[0], {"object": event.subject})
    for what, pattern in PATTERNS:
        found = pattern.fullmatch(event.title)
        if found is not None:
            return Story(what, {k: int(v) if k in NUMBERS else v for k, v in found.groupdict().items()})
    return Story("", {})
