"""The framework: what a plugin is, and in which words it gives its verdict.

One scheduling cycle asks the plugins in this order:

    pre_filter   once per Pod: prepare, skip, or refuse the Pod outright
    filter       once per node, by the check that pre_filter prepared
    pre_score    once per Pod, with the nodes that passed every filter
    score        once per feasible node, by the scorer that pre_score prepared
    normalize    once per plugin: all raw scores to 0..100

Kubernetes hands data from ``PreFilter`` to ``Filter`` through an untyped bag (CycleState). Here ``pre_filter``
returns an object that holds what it worked out and answers for each node, so the hand-over has a type and a plugin
has no state between cycles.

A plugin also says which cluster events may cure its refusal (``hints``): the queue asks them before it wakes a Pod;
and what change would (``remedies``), for people.

A verdict with ``Code.ERROR`` fails the cycle, wherever it is given, and the Pod is tried again after its back-off. A
plugin that raises is another matter: as a panic in Kubernetes, it takes the whole process with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from orrery.scheduler.changes import ACTION_NAMES, Action, ClusterEvent
from orrery.scheduler.nodeinfo import NodeInfo, PodInfo, Snapshot
from orrery.scheduler.remedies import Remedy

MAX_NODE_SCORE = 100

POINTS = ("PreFilter", "Filter", "PreScore", "Score", "NormalizeScore", "Reserve", "Permit", "PreBind", "Bind")
"""The extension points of a cycle, in order (kube-scheduler framework)."""
BINDER = "DefaultBinder"


class Code(Enum):
    """Verdicts, named as Kubernetes names them (kube-scheduler framework, ``interface.go``)."""

    SUCCESS = "Success"
    ERROR = "Error"
    UNSCHEDULABLE = "Unschedulable"
    UNSCHEDULABLE_AND_UNRESOLVABLE = "UnschedulableAndUnresolvable"
    WAIT = "Wait"
    SKIP = "Skip"

    @property
    def refuses(self) -> bool:
        """True where the verdict keeps the Pod off a node."""
        return self in (Code.ERROR, Code.UNSCHEDULABLE, Code.UNSCHEDULABLE_AND_UNRESOLVABLE)


@dataclass(frozen=True, slots=True)
class Status:
    """A verdict, the plugin that gave it and its reasons in Kubernetes' words."""

    code: Code
    reasons: tuple[str, ...] = ()
    plugin: str = ""
    remedies: tuple[Remedy, ...] = ()

    def by(self, plugin: str) -> Status:
        """The same verdict, signed by ``plugin``."""
        return self if self.plugin == plugin else replace(self, plugin=plugin)


SUCCESS = Status(Code.SUCCESS)
SKIP = Status(Code.SKIP)


def unschedulable(*reasons: str) -> Status:
    """A refusal that freeing room on the node (preemption) could cure."""
    return Status(Code.UNSCHEDULABLE, reasons)


def unresolvable(*reasons: str, remedies: tuple[Remedy, ...] = ()) -> Status:
    """A refusal that stands whatever other Pods are evicted."""
    return Status(Code.UNSCHEDULABLE_AND_UNRESOLVABLE, reasons, remedies=remedies)


def failure(reason: str) -> Status:
    """The plugin could not do its work: the cycle fails, and nothing is held against the Pod."""
    return Status(Code.ERROR, (reason,))


@dataclass(frozen=True, slots=True)
class EventHint:
    """An event that may cure a refusal; ``cures`` looks closer and says whether it is worth another try."""

    resource: str
    actions: Action
    cures: Callable[[PodInfo, ClusterEvent], bool]

    def answers(self, pod: PodInfo, event: ClusterEvent) -> bool:
        """True if ``event`` is of the registered kind and may let ``pod`` in."""
        return event.resource == self.resource and bool(event.actions & self.actions) and self.cures(pod, event)

    @property
    def labels(self) -> tuple[str, ...]:
        """The events by Kubernetes' names: ``Node/Add``, ``AssignedPod/Delete``."""
        return tuple(f"{self.resource}/{ACTION_NAMES[action]}" for action in self.actions)


class Plugin:
    """What every plugin has: a name, a default weight for its scores, the points of the cycle at which Kubernetes'
    own plugin of that name is called, and its hints."""

    name: str = ""
    weight: int = 1
    points: tuple[str, ...] = ()

    def hints(self) -> Sequence[EventHint]:
        """The cluster events that may make a Pod schedulable that this plugin refused."""
        return ()


class FilterCheck:
    """A filter, prepared for one Pod."""

    nodes: tuple[str, ...] | None = None
    """The only nodes that can pass at all, where the plugin knows them beforehand (PreFilterResult)."""

    def filter(self, node: NodeInfo) -> Status:
        """The verdict for ``node``."""
        raise TypeError(f"{type(self).__name__} filters nothing")

    def remedies(self, node: NodeInfo) -> Sequence[Remedy]:
        """What would have to change, all of it, for ``filter`` to let the Pod onto ``node``, which it refuses now."""
        raise TypeError(f"{type(self).__name__} knows no remedy")


class FilterPlugin(Plugin):
    """A plugin that keeps Pods off nodes."""

    def pre_filter(self, pod: PodInfo, snapshot: Snapshot) -> FilterCheck | Status:
        """A check for each node, ``SKIP`` if the plugin has nothing to say, or a refusal of every node."""
        raise TypeError(f"{type(self).__name__} filters nothing")


class Scorer:
    """A score, prepared for one Pod."""

    def score(self, node: NodeInfo) -> int | Status:
        """The raw score of ``node``; higher is better unless ``normalize`` turns it round. Or a failure."""
        raise TypeError(f"{type(self).__name__} scores nothing")

    def normalize(self, scores: list[int]) -> list[int] | Status:
        """All raw scores, in node order, brought to 0..100. Or a failure."""
        return scores


class ScorePlugin(Plugin):
    """A plugin that ranks the nodes that passed."""

    def pre_score(self, pod: PodInfo, snapshot: Snapshot, feasible: Sequence[NodeInfo]) -> Scorer | Status:
        """A scorer for each feasible node, or ``SKIP``."""
        raise TypeError(f"{type(self).__name__} scores nothing")


def default_normalize(scores: list[int], *, reverse: bool = False) -> list[int]:
    """Scale so that the highest becomes 100, in integers; ``reverse`` makes the lowest the best.

    Source: kube-scheduler ``plugins/helper/normalize_score.go``.
    """
    highest = max(scores, default=0)
    if highest == 0:
        return [MAX_NODE_SCORE] * len(scores) if reverse else scores
    scaled = [MAX_NODE_SCORE * score // highest for score in scores]
    return [MAX_NODE_SCORE - score for score in scaled] if reverse else scaled


class Framework:
    """The plugins of one profile, sorted by what they do, with their weights."""

    __slots__ = ("filters", "hints", "plugins", "scores", "weights")

    def __init__(self, plugins: Sequence[Plugin], weights: dict[str, int] | None = None) -> None:
        self.plugins = tuple(plugins)
        self.filters = tuple(plugin for plugin in self.plugins if isinstance(plugin, FilterPlugin))
        self.scores = tuple(plugin for plugin in self.plugins if isinstance(plugin, ScorePlugin))
        self.weights = {plugin.name: plugin.weight for plugin in self.scores} | (weights or {})
        self.hints = {plugin.name: tuple(plugin.hints()) for plugin in self.plugins}

    @property
    def points(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(extension point, the plugins called there), in the order of the cycle."""
        named = [(point, tuple(plugin.name for plugin in self.plugins if point in plugin.points)) for point in POINTS]
        return tuple((point, (BINDER,) if point == "Bind" else names) for point, names in named)

    def may_cure(self, pod: PodInfo, refused_by: Sequence[str], event: ClusterEvent) -> bool:
        """True if any plugin that refused ``pod`` thinks that ``event`` could change its mind."""
        return any(hint.answers(pod, event) for name in refused_by for hint in self.hints.get(name, ()))
