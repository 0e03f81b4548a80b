"""What a scene is: a script of steps that does something to a cluster, waits for what follows, and checks it.

The same script runs for people in the browser (where it also says what to watch) and headless in the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from orrery.cluster import Cluster, ClusterConfig
from orrery.kernel import SECOND, Kernel
from orrery.theatre.acts import Acts
from orrery.theatre.projections import Projections
from orrery.theatre.records import Words
from orrery.theatre.stage import Stage
from orrery.theatre.terminal import Terminal

__all__ = [
    "Chapter", "Do", "Expect", "Say", "Scene", "SceneFailed", "Step", "Wait", "Words", "World", "begin", "end",
    "run_headless", "say",
]


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
    @property
    def terminal(self) -> Terminal: ...


@dataclass(frozen=True, slots=True)
class Say:
    """Tells the audience what to watch."""

    words: Words


def say(ko: str, en: str) -> Say:
    return Say(Words(ko=ko, en=en))


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
    """A script with its name in both languages. `config` makes the cluster that it needs; None: any will do."""

    id: str
    title: Words
    text: Words
    steps: tuple[Step, ...]
    config: Callable[[], ClusterConfig] | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Scenes that belong together, in the order in which a class would see them."""

    id: str
    title: Words
    scenes: tuple[Scene, ...]


class SceneFailed(AssertionError):
    """A scene did not go as it says it does."""


LOOK_EVERY_NS = SECOND // 20


def begin(world: World) -> None:
    """Makes the world ready for another scene: nothing is remembered of the one before."""
    end(world)
    world.notes.clear()


def end(world: World) -> None:
    """Nobody listens for this scene any more (see `ears`)."""
    for stop in world.notes.pop("stops", ()):
        stop()


def run_headless(scene: Scene, world: World) -> None:
    """Plays a scene as fast as it can. Raises SceneFailed, naming the step."""
    begin(world)
    try:
        _run(scene, world)
    finally:
        end(world)


def _run(scene: Scene, world: World) -> None:
    kernel = world.kernel
    for number, step in enumerate(scene.steps, start=1):
        where = f"scene {scene.id}, step {number}"
        try:
            if isinstance(step, Do):
                step.act(world)
            elif isinstance(step, Wait):
                end_ns = kernel.now_ns + step.limit_ns
                while not step.until(world):
                    if kernel.now_ns >= end_ns:
                        raise SceneFailed(
                            f"{where}: waited {step.limit_ns / SECOND:g} virtual seconds for: {step.what}"
                        )
                    kernel.run_for(LOOK_EVERY_NS)
            elif isinstance(step, Expect) and not step.check(world):
                raise SceneFailed(f"{where}: expected: {step.what}")
        except (ValueError, LookupError, TypeError, AttributeError) as error:  # there is nothing to look at
            raise SceneFailed(f"{where}: {error!r}") from error
