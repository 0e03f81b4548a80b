"""Remedies: the smallest change that would turn a refusal into a yes.

Kubernetes says why a Pod fits nowhere and leaves it to people to work out what would help. Here the plugin that refused
says that too, as data: a kind and its arguments. The sentences below are the English ones; a page in another language
words the kinds itself. A refused node carries the remedies of every filter that stands in the way, not only of the
first one: all of them together let the Pod in.

To add a kind: a line in ``SENTENCES`` and one in ``EFFORTS``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Argument = str | int

SENTENCES = {
    "uncordon": "{node} were uncordoned",
    "recover": "{node} were Ready again",
    "relieve": "{node} were rid of {taint}",
    "tolerate": "it tolerated {taint}",
    "ask-less": "it asked for {text} less {resource}",
    "ask-none": "it asked for no {resource}",
    "pods-leave": "{pods} left {node}",
    "allow-pods": "{node} allowed {count} Pods",
    "label": "{node} had the label {key}={value}",
    "unlabel": "{node} had no label {key}",
    "drop-selector": "its nodeSelector did not ask for {key}={value}",
    "allow-node": "its node affinity allowed {node} too",
    "drop-affinity": "its node affinity did not contradict itself",
    "name-node": "it named {node} as its node",
    "add-node": "the cluster had a node",
}

# How much it takes, in thousandths of the largest: one command on a node, a change of the Pod, a change of what runs.
EFFORTS = {
    "uncordon": 100,
    "label": 200,
    "unlabel": 200,
    "recover": 250,
    "tolerate": 300,
    "ask-less": 300,
    "drop-selector": 350,
    "allow-node": 350,
    "drop-affinity": 350,
    "name-node": 350,
    "pods-leave": 400,
    "relieve": 400,
    "ask-none": 500,
    "allow-pods": 600,
    "add-node": 1000,
}
_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
_KEEPING_APART = 500
"""What it takes more to tolerate the taint that keeps a control plane for itself: possible, and seldom wise."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that a plugin would be content with. ``arguments`` are what its sentence fills in, the node apart:
    that is the one that refused, and so nodes that lack the same share a remedy."""

    kind: str
    arguments: tuple[tuple[str, Argument], ...] = ()
    plugin: str = ""

    def sentence(self, node: str) -> str:
        """What goes after "would fit if"."""
        return SENTENCES[self.kind].format(**dict(self.arguments), node=node)

    @property
    def effort(self) -> int:
        """How much it takes, to compare ways in."""
        arguments = dict(self.arguments)
        effort = EFFORTS[self.kind]
        if self.kind == "ask-less":  # the larger the share that is given up, the harder
            effort += 100 * int(arguments["amount"]) // max(int(arguments["asked"]), 1)
        elif self.kind == "pods-leave":
            effort += 20 * int(arguments["count"])
        elif self.kind == "tolerate" and str(arguments["taint"]).startswith(_CONTROL_PLANE):
            effort += _KEEPING_APART
        return effort


def remedy(kind: str, **arguments: Argument) -> Remedy:
    """A remedy of that kind."""
    return Remedy(kind, tuple(arguments.items()))


def joined(remedies: Iterable[Remedy], node: str) -> str:
    """All of them in one English sentence."""
    return "would fit if " + " and ".join(each.sentence(node) for each in remedies)


def distinct(remedies: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """Each change once, signed by the first plugin that asks for it."""
    found: dict[tuple[str, tuple[tuple[str, Argument], ...]], Remedy] = {}
    for each in remedies:
        found.setdefault((each.kind, each.arguments), each)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class WayIn:
    """The way in that takes least: these changes, for this node (empty: whichever)."""

    node: str = ""
    remedies: tuple[Remedy, ...] = ()


def cheapest(ways: Iterable[tuple[str, Sequence[Remedy]]]) -> WayIn | None:
    """Of (node, what would open it) the one that takes least; the first of those that take the same."""
    found = [WayIn(node, tuple(remedies)) for node, remedies in ways if remedies]
    return min(found, key=lambda way: sum(each.effort for each in way.remedies), default=None)
