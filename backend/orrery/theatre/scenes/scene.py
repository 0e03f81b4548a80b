"""What a scene is: a script of steps that does something to a cluster, waits for what follows, and checks it.

The same script runs for people in the browser (where it also says what to watch) and headless in the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from orrery.cluster import Cluster
from orrery.kernel import SECOND, Kernel
from orrery.theatre.acts import Acts
from orrery.theatre.projections import Projections
from orrery.theatre.records import Words
from orrery.theatre.stage import Stage

__all__ = ["Do", "Expect", "Say", "Scene", "SceneFailed", "Wait", "Words", "World", "run_headless"]


class World(Protocol):
    """What a step may look at and act on. A room is one. `notes` is what the scene remembers between its steps."""

    notes: dict[str, Any]

    @property
    def kernel(self) -> Kernel: ...
    @property
    def cluster(self) -> Cluster: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def projections(self) -> Projections: ...
    @property
    def acts(self) -> Acts: ...


@dataclass(frozen=True, slots=True)
class Say:
    """Tells the audience what to watch."""

    words: Words


@dataclass(frozen=True, slots=True)
class Do:
    """Does something, by the inbox."""

    what: str
    act: Callable[[World], object]


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits until something is so; the scene fails if it is not within `limit_ns` of virtual time."""

    what: str
    until: Callable[[World], object]
    limit_ns: int = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Expect:
    """Checks that something is so now; the scene fails if it is not."""

    what: str
    check: Callable[[World], object]


Step = Say | Do | Wait | Expect


@dataclass(frozen=True, slots=True)
class Scene:
    """A script with its name in both languages."""

    id: str
    title: Words
    text: Words
    steps: tuple[Step, ...]


class SceneFailed(AssertionError):
    """A scene did not go as it says it does."""


LOOK_EVERY_NS = SECOND // 20


def run_headless(scene: Scene, world: World) -> None:
    """Plays a scene as fast as it can. Raises SceneFailed, naming the step."""
    world.notes.clear()
    kernel = world.kernel
    for number, step in enumerate(scene.steps, start=1):
        if isinstance(step, Do):
            step.act(world)
        elif isinstance(step, Wait):
            end_ns = kernel.now_ns + step.limit_ns
            while not step.until(world):
                if kernel.now_ns >= end_ns:
                    raise SceneFailed(
                        f"scene {scene.id}, step {number}: waited {step.limit_ns / SECOND:g} virtual seconds for: "
                        f"{step.what}"
                    )
                kernel.run_for(LOOK_EVERY_NS)
        elif isinstance(step, Expect) and not step.check(world):
            raise SceneFailed(f"scene {scene.id}, step {number}: expected: {step.what}")
