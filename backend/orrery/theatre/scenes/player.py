"""Plays a scene for an audience: step by step, at whatever pace the director sets.

Steps are taken, and checks are made, at the instants at which they would be without an audience. What is said queues up
and stays on the screen for as long as it takes to read; nothing is done until it has been read.
"""

import time
from collections import deque
from collections.abc import Callable

from orrery.theatre.records import SceneRecord, SceneState, Words
from orrery.theatre.scenes.scene import Do, Say, Scene, Wait, World, begin, end

READ_AT_LEAST_S = 0.8
READ_CHARACTERS_PER_S = 24


def reading_s(words: Words) -> float:
    """How long a class takes to read this, in wall seconds."""
    return READ_AT_LEAST_S + len(words.en) / READ_CHARACTERS_PER_S


class ScenePlayer:
    """One scene on one world. `look` is called whenever time has passed; `clock` is the audience's."""

    def __init__(self, scene: Scene, world: World, clock: Callable[[], float] = time.monotonic) -> None:
        self.scene = scene
        self.state: SceneState = "playing"
        self._world = world
        self._clock = clock
        self._step = 0
        self._says: Words | None = None
        self._to_say: deque[Words] = deque()
        self._read_s = 0.0  # when what stands on the screen has been read
        self._give_up_ns: int | None = None
        begin(world)

    def look(self) -> None:
        """Goes on as far as it can without waiting. A step that finds nothing to look at fails the scene."""
        while self.state == "playing":
            self._say_next()
            try:
                if not self._go_on():
                    return
            except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
                self._show("failed")

    def _say_next(self) -> None:
        if self._to_say and self._clock() >= self._read_s:
            self._says = self._to_say.popleft()
            self._read_s = self._clock() + reading_s(self._says)
            self._show("playing")

    def _go_on(self) -> bool:
        """Takes one step; False: it has to wait."""
        if self._step >= len(self.scene.steps):
            if not self._to_say:
                self._show("done")
            return False
        step = self.scene.steps[self._step]
        if isinstance(step, Say):
            self._to_say.append(step.words)
        elif isinstance(step, Do):
            if self._to_say or self._clock() < self._read_s:
                return False
            step.act(self._world)
        elif isinstance(step, Wait):
            if not self._is_over(step):
                return False
        elif not step.check(self._world):
            self._show("failed")
            return False
        self._step += 1
        self._show("playing")
        return True

    def _is_over(self, wait: Wait) -> bool:
        now_ns = self._world.kernel.now_ns
        if self._give_up_ns is None:
            self._give_up_ns = now_ns + wait.limit_ns
        if wait.until(self._world):
            self._give_up_ns = None
            return True
        if now_ns >= self._give_up_ns:
            self._show("failed")
        return False

    def _show(self, state: SceneState) -> None:
        self.state = state
        if state != "playing":
            end(self._world)
        record = SceneRecord(
            scene=self.scene.id, title=self.scene.title, step=min(self._step, len(self.scene.steps)),
            steps=len(self.scene.steps), say=self._says, state=state,
        )
        self._world.stage.touch(self._world.kernel.now_ns, "scene", lambda: record)
