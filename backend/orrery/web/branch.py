"""One branch: a room, how it came to be, and the task that plays it."""

import asyncio
from typing import Literal

from orrery.theatre.records import BranchView
from orrery.theatre.room import Room

MAIN = "main"


class Branch:
    """`forked_ns` and `parent`: where it left which branch. `same`: whether an opened run has the digest that its
    document says; None where it says none."""

    def __init__(self, branch_id: str, name: str, room: Room, *, parent: str | None = None) -> None:
        self.id = branch_id
        self.name = name
        self.room = room
        self.parent = parent
        self.forked_ns: int | None = None
        self.state: Literal["making", "ready", "failed"] = "ready"
        self.progress = 1.0
        self.same: bool | None = None
        self.message = ""
        self.making: asyncio.Task[None] | None = None
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Plays it, once it has been made."""
        if self.task is None and self.state == "ready":
            self.task = asyncio.ensure_future(self.room.run())

    def stop(self) -> None:
        for task in (self.making, self.task):
            if task is not None:
                task.cancel()
        self.task = None

    def view(self, *, clients: bool) -> BranchView:
        kernel = self.room.kernel
        return BranchView(
            id=self.id, name=self.name, parent=self.parent, forked_ns=self.forked_ns, seed=self.room.seed,
            state=self.state, progress=self.progress, now_ns=kernel.now_ns, clients=clients,
            digest=kernel.trace.digest()[:12], same=self.same, message=self.message,
        )
