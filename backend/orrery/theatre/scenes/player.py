"""Plays a scene for an audience: step by step, at whatever pace the director sets."""

from orrery.theatre.records import SceneRecord, SceneState, Words
from orrery.theatre.scenes.scene import Do, Expect, Say, Scene, Wait, World, begin, end


class ScenePlayer:
    """One scene on one world. `look` is called whenever time has passed."""

    def __init__(self, scene: Scene, world: World) -> None:
        self.scene = scene
        self._world = world
        self._step = 0
        self._says: Words | None = None
        self._give_up_ns: int | None = None
        self.state: SceneState = "playing"
        begin(world)

    def look(self) -> None:
        """Goes on as far as it can without waiting."""
        now_ns = self._world.kernel.now_ns
        while self.state == "playing":
            if self._step >= len(self.scene.steps):
                self._show("done")
                return
            step = self.scene.steps[self._step]
            if isinstance(step, Wait):
                if self._give_up_ns is None:
                    self._give_up_ns = now_ns + step.limit_ns
                if not step.until(self._world):
                    if now_ns >= self._give_up_ns:
                        self._show("failed")
                    return
                self._give_up_ns = None
            elif isinstance(step, Expect):
                if not step.check(self._world):
                    self._show("failed")
                    return
            elif isinstance(step, Say):
                self._says = step.words
            elif isinstance(step, Do):
                step.act(self._world)
            self._step += 1
            self._show("playing")

    def _show(self, state: SceneState) -> None:
        self.state = state
        if state != "playing":
            end(self._world)
        record = SceneRecord(
            scene=self.scene.id, title=self.scene.title, step=min(self._step, len(self.scene.steps)),
            steps=len(self.scene.steps), say=self._says, state=state,
        )
        self._world.stage.touch(self._world.kernel.now_ns, "scene", lambda: record)
