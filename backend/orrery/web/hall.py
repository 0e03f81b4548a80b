"""The hall: the runs that the server keeps, one a branch, and what the page may ask of them that takes time.

There is always a branch "main". Others are forked from the past of one, or opened from a link or a file; each is made
by running its inputs again. Real clients are attached to one branch, and stay with it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from orrery.cluster import ClusterConfig
from orrery.kernel import Input
from orrery.theatre.applying import Outcome
from orrery.theatre.chronicle import Chronicle
from orrery.theatre.records import BranchView, SceneView
from orrery.theatre.room import Room
from orrery.theatre.runs import RunDocument
from orrery.theatre.scenes import CHAPTERS, SCENES, Chapter, Scene, ScenePlayer
from orrery.web.branch import MAIN, Branch

APPLY_S = 20.0  # wall seconds after which an apply is answered without its results
BRANCHES_MOST = 8
MAKING_S = 0.02  # computing at a stretch while a branch is made, before sockets are served
TOLD_EVERY_S = 0.25


class Hall:
    """Branches by id. `on_move` is called when those who look at a branch must look at another."""

    def __init__(self, seed: int, config: ClusterConfig) -> None:
        self._config = config
        self._count = 0
        self._closing = asyncio.Event()
        self._running: asyncio.Event | None = None
        self.on_move: Callable[[], object] = lambda: None
        self.branches: dict[str, Branch] = {}
        self._clients = MAIN
        self._add(Branch(MAIN, "main", Room(seed, config, epoch_s=int(time.time()))))

    # -- which room

    @property
    def room(self) -> Room:
        """The main branch's."""
        return self.branches[MAIN].room

    @property
    def clients_room(self) -> Room:
        """The one that real clients are attached to."""
        return self.branches[self._clients].room

    def find(self, branch_id: str) -> Room:
        """The room of a branch that has been made; "" is the main one. Raises LookupError with a sentence."""
        branch = self.branches.get(branch_id or MAIN)
        if branch is None:
            raise LookupError(f"there is no branch {branch_id!r} any more")
        if branch.state != "ready":
            raise LookupError(f"branch {branch.name!r} is still being made")
        return branch.room

    # -- running

    async def run(self) -> None:
        """Plays every branch until it is cancelled. A failure of the simulator itself ends the server, loudly."""
        self._running = changed = asyncio.Event()
        try:
            while True:
                changed.clear()
                for branch in self.branches.values():
                    branch.start()
                tasks = [branch.task for branch in self.branches.values() if branch.task is not None]
                waiting = asyncio.ensure_future(changed.wait())
                done, _ = await asyncio.wait((*tasks, waiting), return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                for task in done:
                    if not task.cancelled():
                        task.result()
        finally:
            for branch in self.branches.values():
                branch.stop()

    def begin(self, seed: int, config: ClusterConfig | None = None) -> None:
        """Begins another run: a new cluster that has just booted, the server's own unless another is given. All
        branches end with the old one."""
        for branch in self.branches.values():
            branch.stop()
        self.branches.clear()
        self._clients = MAIN
        self._add(Branch(MAIN, "main", Room(seed, config or self._config, epoch_s=int(time.time()))))
        self.on_move()

    def close(self) -> None:
        """The server ends: whoever still waits for an outcome is answered without one."""
        self._closing.set()

    # -- branches

    def views(self) -> tuple[BranchView, ...]:
        return tuple(branch.view(clients=branch.id == self._clients) for branch in self.branches.values())

    def fork(self, branch_id: str, t_ns: int, name: str) -> Branch:
        """A branch that leaves another at an instant of its past. It is made in the background."""
        parent = self.find(branch_id)
        if not parent.begun_ns <= t_ns <= parent.kernel.now_ns:
            raise ValueError("t_ns: a branch can leave its parent only at an instant that the parent has lived through")
        if not parent.kernel.inbox.complete:
            raise ValueError("more was done in this run than is kept: it cannot be run again")
        inputs = [item for item in parent.kernel.inbox.inputs if item.time_ns <= t_ns]
        told = parent.chronicle.until(t_ns)
        room = Room(parent.seed, parent.config, epoch_s=parent.kernel.epoch_s)
        return self._make(room, name, inputs, t_ns, None, told=told, parent=branch_id or MAIN)

    def open(self, document: RunDocument) -> Branch:
        """A branch from a run's document, made in the background. Raises RunError."""
        room = Room(document.seed, document.cluster(), epoch_s=document.epoch_s)
        if document.until_ns < room.kernel.now_ns:
            raise ValueError("until_ns: the run ends before its cluster has booted")
        name = document.name or f"seed {document.seed}"
        return self._make(
            room, name, document.taken(), document.until_ns, document.until_steps, digest=document.digest
        )

    def rename(self, branch_id: str, name: str) -> None:
        self._known(branch_id).name = name.strip() or self._known(branch_id).name
        self._tell()

    def attach(self, branch_id: str) -> None:
        """Real clients are with this branch from now on."""
        self.find(branch_id)
        self._clients = branch_id
        self._tell()

    def remove(self, branch_id: str) -> None:
        """Ends a branch; those who look at it look at the main one."""
        branch = self._known(branch_id)
        if branch_id == MAIN:
            raise ValueError("the main branch stays")
        branch.stop()
        del self.branches[branch_id]
        if self._clients == branch_id:
            self._clients = MAIN
        self._tell()
        self.on_move()

    def _known(self, branch_id: str) -> Branch:
        branch = self.branches.get(branch_id)
        if branch is None:
            raise LookupError(f"there is no branch {branch_id!r} any more")
        return branch

    def _make(
        self, room: Room, name: str, inputs: Sequence[Input], until_ns: int, until_steps: int | None, *,
        told: Chronicle | None = None, parent: str | None = None, digest: str = "",
    ) -> Branch:
        if len(self.branches) >= BRANCHES_MOST:
            raise ValueError(f"there are {BRANCHES_MOST} branches already: close one first")
        self._count += 1
        branch = Branch(f"b{self._count}", name.strip() or f"branch {self._count}", room, parent=parent)
        branch.forked_ns = until_ns if parent is not None else None
        branch.state = "making"
        branch.making = asyncio.ensure_future(self._retrace(branch, inputs, until_ns, until_steps, told, digest))
        self._add(branch)
        return branch

    async def _retrace(
        self, branch: Branch, inputs: Sequence[Input], until_ns: int, until_steps: int | None,
        told: Chronicle | None, digest: str,
    ) -> None:
        room = branch.room
        begun_ns = room.kernel.now_ns
        deadline_s = told_s = time.monotonic()
        try:
            for reached_ns in room.retrace(inputs, until_ns, until_steps, told=told):
                now_s = time.monotonic()
                if now_s < deadline_s:
                    continue
                branch.progress = (reached_ns - begun_ns) / max(1, until_ns - begun_ns)
                if now_s - told_s >= TOLD_EVERY_S:
                    told_s = now_s
                    self._tell()
                await asyncio.sleep(0)
                deadline_s = time.monotonic() + MAKING_S
            branch.state, branch.progress = "ready", 1.0
            branch.same = room.kernel.trace.digest() == digest if digest else None
        except ValueError as error:
            branch.state, branch.message = "failed", str(error)
        self._tell()

    def _add(self, branch: Branch) -> None:
        branch.room.branch = branch.id
        branch.room.keeps_going = branch.id == MAIN
        self.branches[branch.id] = branch
        self._tell()

    def _tell(self) -> None:
        views = self.views()
        for branch in self.branches.values():
            branch.room.keeps_going = branch.id in (MAIN, self._clients)
            branch.room.announce(views)
        if self._running is not None:
            self._running.set()

    # -- what takes time

    async def apply(self, room: Room, documents: list[dict[str, Any]]) -> tuple[int, list[Outcome]]:
        """Applies documents; gives the flow, and what became of each once the cluster has answered."""
        return await self.outcomes(room, room.acts.apply(documents))

    async def outcomes(self, room: Room, flow: int) -> tuple[int, list[Outcome]]:
        """Waits for what becomes of an act; gives its flow too. Empty where the cluster has not answered in time."""
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

    # -- scenes

    def scenes(self) -> list[SceneView]:
        return [_view(chapter, scene) for chapter in CHAPTERS for scene in chapter.scenes]

    def play_scene(self, scene_id: str, room: Room) -> Room:
        """Begins a scene, on another run where it needs another cluster; gives the room that it plays in. Raises
        ValueError if there is none of that name."""
        scene = SCENES.get(scene_id)
        if scene is None:
            raise ValueError(f"there is no scene {scene_id!r}")
        wanted = scene.config() if scene.config is not None else self._config
        if wanted != room.config:
            self.begin(room.seed, wanted)
            room = self.room
        room.player = ScenePlayer(scene, room)
        room.player.look()
        room.poke()
        return room


def _view(chapter: Chapter, scene: Scene) -> SceneView:
    return SceneView(
        id=scene.id, title=scene.title, text=scene.text, chapter=chapter.id, chapter_title=chapter.title,
        steps=len(scene.steps), own_cluster=scene.config is not None,
    )
