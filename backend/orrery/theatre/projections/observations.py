"""What those who look after an object last made of it: a controller's reconciliations and looks, a kubelet's Pod.

Kept by object and observer, a few dozen of each, so that a past instant can be asked too.
"""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass

from orrery.controllers.events import Reconciled, WorkChanged
from orrery.node.events import ContainerChanged, PodWorkerChanged, ProbeResult, SandboxChanged
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.titles import title

EACH_KEPT = 40
KEYS_KEPT = 6_000  # together 6,000 x 40 x 250 bytes at the worst, 60 megabytes; in a class hour about 3
KUBELET, RUNTIME = "kubelet", "containerd"


@dataclass(frozen=True, slots=True)
class Observation:
    """What an observer saw, and what followed. A look that found nothing to do has no words."""

    time_ns: int
    event: int
    by: str
    source: str
    saw: str
    difference: str
    actions: tuple[str, ...]


class Observations:
    """By (observer, key of the object)."""

    def __init__(self) -> None:
        self._acted: OrderedDict[tuple[str, str], list[Observation]] = OrderedDict()
        self._looked: OrderedDict[tuple[str, str], list[Observation]] = OrderedDict()

    def handlers(self) -> Handlers:
        return {
            Reconciled: self._reconciled, WorkChanged: self._worked,
            **dict.fromkeys((PodWorkerChanged, SandboxChanged, ContainerChanged, ProbeResult), self._pod_seen),
        }

    def acted(self, by: str, key: str, time_ns: int) -> Observation | None:
        """The last time that the observer found something to do about the object, up to an instant."""
        return _last(self._acted.get((by, key)), time_ns)

    def looked(self, by: str, key: str, time_ns: int) -> Observation | None:
        """The last time that it looked at it at all."""
        return _last(self._looked.get((by, key)), time_ns)

    def _reconciled(self, event: Reconciled) -> None:
        _keep(self._acted, (event.controller, event.key), Observation(
            event.time_ns, event.id, event.controller, event.source, event.observed, event.difference,
            tuple(event.actions),
        ))

    def _worked(self, event: WorkChanged) -> None:
        if event.change != "taken":
            _keep(self._looked, (event.controller, event.key), Observation(
                event.time_ns, event.id, event.controller, event.source, "", event.reason, (),
            ))

    def _pod_seen(self, event: PodWorkerChanged | SandboxChanged | ContainerChanged | ProbeResult) -> None:
        words = title(event).removeprefix(f"{event.pod}").lstrip(": ")
        by = event.source.rpartition("/")[2]
        _keep(self._acted, (by, event.pod), Observation(event.time_ns, event.id, by, event.source, words, "", ()))


def _keep(
    kept: OrderedDict[tuple[str, str], list[Observation]], key: tuple[str, str], observation: Observation
) -> None:
    mine = kept.setdefault(key, [])
    mine.append(observation)
    if len(mine) > EACH_KEPT:
        del mine[0]
    kept.move_to_end(key)
    if len(kept) > KEYS_KEPT:
        kept.popitem(last=False)


def _last(observations: list[Observation] | None, time_ns: int) -> Observation | None:
    if not observations:
        return None
    at = bisect_right(observations, time_ns, key=lambda observation: observation.time_ns) - 1
    return observations[at] if at >= 0 else None


