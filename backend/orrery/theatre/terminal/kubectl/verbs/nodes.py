"""``kubectl taint``, ``cordon`` and ``uncordon``"""

from __future__ import annotations

from typing import Any

from orrery.machinery.objects import dig
from orrery.machinery.validation import names
from orrery.theatre.terminal.kubectl import dryrun
from orrery.theatre.terminal.kubectl.acting import Teller, for_each, patched
from orrery.theatre.terminal.kubectl.errors import error, usage
from orrery.theatre.terminal.kubectl.finding import ALL, SELECTOR, Found
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Run, Verb

Taint = dict[str, Any]

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


async def taint(kubectl: Kubectl) -> int:
    words = kubectl.arguments
    specs = [word for word in words if "=" in word or word.endswith("-") or ":" in word]
    resources = [word for word in words if word not in specs]
    if not resources:
        raise error("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    if not specs:
        raise error("at least one taint update is required")
    if resources[0].partition("/")[0].lower() not in ("node", "nodes", "no"):
        raise error(f"invalid resource type {resources[0].partition('/')[0]}, only node(s) is supported")
    added, removed = _parsed(specs)
    teller = Teller(kubectl)

    async def act(item: Found) -> None:
        present: list[Taint] = list(dig(item.object, "spec", "taints", default=()))
        overwrite = bool(kubectl.flags["overwrite"])
        if not overwrite and any(_same(one, other) for one in added for other in present):
            raise error(f"node {item.name} already has a taint(s) with same effect(s) and --overwrite is false")
        what, taints = _arranged(present, added, removed, overwrite)
        obj = await patched(teller, item, {"spec": {"taints": taints or None}}, kind="merge", manager="kubectl-taint")
        teller.tell(item.printed, what, obj)

    return await for_each(kubectl, act, resources)


def _parsed(specs: list[str]) -> tuple[list[Taint], list[Taint]]:
    added: list[Taint] = []
    removed: list[Taint] = []
    for spec in specs:
        if spec.endswith("-"):
            removed.append(_taint(spec[:-1]))
            continue
        one = _taint(spec)
        if not one.get("effect"):
            raise usage("taint", f"invalid taint spec: {spec}")
        added.append(one)
    return added, removed


def _taint(spec: str) -> Taint:
    pair, colon, effect = spec.partition(":")
    key, equals, value = pair.partition("=") if colon else (pair, "", "")
    if colon and effect not in EFFECTS:
        raise usage("taint", f"invalid taint effect: {effect}, unsupported taint effect")
    problems = names.qualified(key)
    if problems:
        raise usage("taint", f"invalid taint spec: {spec}, {'; '.join(problems)}")
    made = {"key": key, "value": value, "effect": effect}
    return {field: text for field, text in made.items() if text}


def _same(one: Taint, other: Taint) -> bool:
    return bool(one.get("key") == other.get("key") and one.get("effect") == other.get("effect"))


def _arranged(
    present: list[Taint], added: list[Taint], removed: list[Taint], overwrite: bool
) -> tuple[str, list[Taint]]:
    """What it comes to, in a word, and the node's taints then. Failure."""
    taints = added + [old for old in present if not any(_same(old, new) for new in added)]
    has_added = len(taints) != len(present)
    has_removed = False
    for gone in removed:
        kept = [
            one for one in taints
            if one["key"] != gone["key"] or (gone.get("effect") and one.get("effect") != gone["effect"])
        ]
        if len(kept) == len(taints):
            named = f"{gone['key']}:{gone['effect']}" if gone.get("effect") else gone["key"]
            raise error(f'taint "{named}" not found')
        taints, has_removed = kept, True
    if (has_added and has_removed) or overwrite:
        return "modified", taints
    return ("tainted" if has_added else "untainted"), taints


def _cordoner(word: str, unschedulable: bool) -> Run:
    async def run(kubectl: Kubectl) -> int:
        if not kubectl.arguments and not kubectl.flags["selector"]:
            raise usage(word, f"USAGE: {word} NODE [flags]")
        if kubectl.arguments and kubectl.flags["selector"]:
            raise error("error: cannot specify both a node name and a --selector option")
        teller = Teller(kubectl)

        async def act(item: Found) -> None:
            await cordon(teller, item, unschedulable)

        return await for_each(kubectl, act, node_words(kubectl))

    return run


def node_words(kubectl: Kubectl) -> list[str]:
    """The nodes that were named, as TYPE NAME."""
    words = [word.removeprefix("node/").removeprefix("nodes/") for word in kubectl.arguments]
    return ["nodes", *words]


async def cordon(teller: Teller, item: Found, unschedulable: bool) -> None:
    """Marks a node, and says so."""
    word = "cordoned" if unschedulable else "uncordoned"
    if bool(dig(item.object, "spec", "unschedulable")) == unschedulable:
        teller.kubectl.line(f"{item.printed} already {word}{dryrun.SUFFIX[teller.dry]}")
        return
    patch = {"spec": {"unschedulable": True if unschedulable else None}}
    await patched(teller, item, patch)
    teller.kubectl.line(f"{item.printed} {word}{dryrun.SUFFIX[teller.dry]}")


_NODE_FLAGS = (SELECTOR, dryrun.FLAG, formats.OUTPUT)
TAINT = Verb(
    "taint", "Update the taints on one or more nodes",
    "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N", taint, writes=True, completes="resource",
    flags=(*_NODE_FLAGS, ALL, Flag("overwrite", False, "If true, allow taints to be overwritten.", "bool")),
    examples="""
# Update node 'foo' with a taint with key 'dedicated', value 'special-user' and effect 'NoSchedule'
kubectl taint nodes foo dedicated=special-user:NoSchedule

# Remove from node 'foo' all the taints with key 'dedicated'
kubectl taint nodes foo dedicated-
""",
)
CORDON = Verb("cordon", "Mark node as unschedulable", "NODE", _cordoner("cordon", True), _NODE_FLAGS, writes=True,
              completes="node")
UNCORDON = Verb("uncordon", "Mark node as schedulable", "NODE", _cordoner("uncordon", False), _NODE_FLAGS, writes=True,
                completes="node")
