"""``kubectl label`` and ``kubectl annotate``"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orrery.theatre.terminal.kubectl import dryrun
from orrery.theatre.terminal.kubectl.acting import Teller, for_each, patched
from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.finding import FINDING, Found
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Run, Verb


def split(words: Sequence[str], noun: str) -> tuple[list[str], dict[str, str], list[str]]:
    """The resources, what to set and what to remove. Failure."""
    resources: list[str] = []
    changes: dict[str, str] = {}
    removed: list[str] = []
    begun = False
    for word in words:
        is_change = ("=" in word and not word.startswith("=")) or (word.endswith("-") and word != "-")
        if not is_change:
            if begun:
                raise error(f"all resources must be specified before {noun} changes: {word}")
            resources.append(word)
            continue
        begun = True
        key, equals, value = word.partition("=")
        if equals:
            if key in removed:
                raise error(f"can not both modify and remove the {noun} in the same command")
            changes[key] = value
        else:
            removed.append(word[:-1])
    return resources, changes, removed


def _runner(field: str, noun: str, done: str) -> Run:
    async def run(kubectl: Kubectl) -> int:
        words, changes, removed = split(kubectl.arguments, noun)
        if not words and not kubectl.flags["filename"] and not (changes or removed):
            raise error("one or more resources must be specified as <resource> <name> or <resource>/<name>")
        if not (changes or removed) and not kubectl.flags["list"]:
            raise error(f"at least one {noun} update is required")
        teller = Teller(kubectl)

        async def act(item: Found) -> None:
            await _change(teller, item, field, (changes, removed), done)

        return await for_each(kubectl, act, words)

    return run


async def _change(
    teller: Teller, item: Found, field: str, wanted: tuple[dict[str, str], list[str]], done: str
) -> None:
    kubectl = teller.kubectl
    changes, removed = wanted
    present: dict[str, str] = item.object["metadata"].get(field) or {}
    if kubectl.flags["list"]:
        after = {**present, **changes}
        for key in sorted(after):
            if key not in removed:
                kubectl.line(f"{key}={after[key]}")
        return
    if not kubectl.flags["overwrite"]:
        for key, value in changes.items():
            if key in present and present[key] != value:
                raise error(f"'{key}' already has a value ({present[key]}), and --overwrite is false")
    if field == "labels":
        for key in removed:
            if key not in present:
                kubectl.line(f'label "{key}" not found.')
    patch: dict[str, Any] = {key: value for key, value in changes.items() if present.get(key) != value}
    patch |= {key: None for key in removed if key in present}
    if not patch:
        teller.tell(item.printed, done if field == "annotations" else f"not {done}", item.object)
        return
    obj = await patched(teller, item, {"metadata": {field: patch}}, kind="merge", manager=f"kubectl-{field[:5]}")
    word = "unlabeled" if field == "labels" and removed and not changes else done
    teller.tell(item.printed, word, obj)


_FLAGS = (
    *FINDING, formats.OUTPUT, dryrun.FLAG,
    Flag("overwrite", False, "If true, allow values to be overwritten.", "bool"),
    Flag("list", False, "If true, display the values of the given resource.", "bool"),
    Flag("resource-version", "", "The change only succeeds if this is the current resource-version."),
)
LABEL = Verb(
    "label", "Update the labels on a resource",
    "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
    _runner("labels", "label", "labeled"), _FLAGS, writes=True, completes="resource",
    examples="""
# Update pod 'foo' with the label 'unhealthy' and the value 'true'
kubectl label pods foo unhealthy=true

# Update a node by removing a label named 'disk' if it exists
kubectl label nodes worker-1 disk-
""",
)
ANNOTATE = Verb(
    "annotate", "Update the annotations on a resource",
    "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
    _runner("annotations", "annotation", "annotated"), _FLAGS, writes=True, completes="resource",
)
