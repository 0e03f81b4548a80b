"""The hall: the room of the moment, and what the page may ask of it that takes time."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from orrery.cluster import ClusterConfig
from orrery.theatre.applying import Outcome
from orrery.theatre.records import SceneView, Words
from orrery.theatre.room import Room
from orrery.theatre.scenes import SCENES, Scene, ScenePlayer

APPLY_S = 20.0  # wall seconds after which an apply is answered without its results


class Hall:
    """One room at a time. `on_move` is called when another run has begun."""

    def __init__(self, seed: int, config: ClusterConfig) -> None:
        self._config = config
        self._task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self.on_move: Callable[[], object] = lambda: None
        self.room = self._new_room(seed, config)

    async def run(self) -> None:
        """Plays the room of the moment until it is cancelled."""
        self._task = asyncio.ensure_future(self.room.run())
        try:
            while True:
                playing = self._task
                await asyncio.wait((playing,))
                if playing is self._task:
                    playing.result()  # a failure of the simulator itself ends the server, loudly
        finally:
            self._task.cancel()

    def begin(self, seed: int, config: ClusterConfig | None = None) -> None:
        """Begins another run: a new cluster that has just booted, the server's own unless another is given."""
        self.room = self._new_room(seed, config or self._config)
        if self._task is not None:
            old, self._task = self._task, asyncio.ensure_future(self.room.run())
            old.cancel()
        self.on_move()

    async def apply(self, documents: list[dict[str, Any]]) -> tuple[int, list[Outcome]]:
        """Applies documents; gives the flow, and what became of each once the cluster has answered."""
        return await self.outcomes(self.room.acts.apply(documents))

    async def outcomes(self, flow: int) -> tuple[int, list[Outcome]]:
        """Waits for what becomes of an act; gives its flow too. Empty where the cluster has not answered in time."""
        room = self.room
        answered: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()

        def take(outcomes: list[Outcome]) -> None:
            if not answered.done():
                answered.set_result(outcomes)

        room.acts.await_outcomes(flow, take)
        room.poke()
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait((answered, closing), timeout=APPLY_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            closing.cancel()
        return flow, answered.result() if answered.done() else []

    def close(self) -> None:
        """The server ends: whoever still waits for an outcome is answered without one."""
        self._closing.set()

    def scenes(self) -> list[SceneView]:
        return [_view(scene) for scene in SCENES.values()]

    def play_scene(self, scene_id: str) -> None:
        """Begins a scene, on another run where it needs another cluster. Raises ValueError if there is none of that
        name."""
        scene = SCENES.get(scene_id)
        if scene is None:
            raise ValueError(f"there is no scene {scene_id!r}")
        wanted = scene.config() if scene.config is not None else self._config
        if wanted != self.room.config:
            self.begin(self.room.seed, wanted)
        self.room.player = ScenePlayer(scene, self.room)
        self.room.player.look()
        self.room.poke()

    def _new_room(self, seed: int, config: ClusterConfig) -> Room:
        return Room(seed, config, epoch_s=int(time.time()))


def _view(scene: Scene) -> SceneView:
    return SceneView(
        id=scene.id, title=Words(ko=scene.title.ko, en=scene.title.en), text=Words(ko=scene.text.ko, en=scene.text.en)
    )
