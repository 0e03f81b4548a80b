"""A room: one cluster with its audience.

It owns the kernel, builds the cluster and boots it before anybody looks, lets the director advance it, and hands what
is new to the viewers in numbered batches. A viewer that was away goes on where it left off if the batches are still
kept; otherwise it begins with a snapshot. A viewer that is too slow is treated as one that was away: nothing is
buffered for it without bound. What was told is kept in the chronicle, so that the past can be looked at; a room may
also be made by going through an earlier run again (`retrace`).
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from time import monotonic

import orrery
from orrery.cluster import ClusterConfig
from orrery.kernel import Input
from orrery.theatre.chronicle import Chronicle
from orrery.theatre.director import Director
from orrery.theatre.production import Production
from orrery.theatre.recorder import Recorder
from orrery.theatre.records import Batch, BranchView, ControlRequest, Pace, RunInfo, Snapshot, Stretch
from orrery.theatre.scenes.player import ScenePlayer
from orrery.theatre.stage import News, view

FRAME_S = 1 / 40  # between two looks at the clock while it runs
IDLE_S = 0.25  # and while it is paused
BUDGET_S = 0.018  # computing at a stretch before sockets are served
LONGEST_S = 0.1  # a frame stands for so much wall time at the most: a laptop that slept does not leap ahead
KEPT_BYTES = 8 << 20
DIGEST_EVERY_S = 1.0


class Kept:
    """One batch as it was sent."""

    __slots__ = ("seq", "text")

    def __init__(self, seq: int, text: bytes) -> None:
        self.seq = seq
        self.text = text


class Room(Production):
    """One run, from its boot on."""

    def __init__(
        self, seed: int, config: ClusterConfig, *, epoch_s: int, on_line: Callable[[bytes], object] | None = None
    ) -> None:
        self.id = secrets.token_hex(6)
        super().__init__(seed, config, epoch_s=epoch_s, on_line=on_line)
        self.recorder = Recorder(self.kernel)
        self.projections.history.causes = self.recorder.causes
        self.director = Director(self.kernel, self.stage, self.projections, monotonic)
        self.branch = "main"
        self.begun_ns = self.kernel.now_ns
        self.keeps_going = True  # False: it rests while nobody looks
        self.waiting_requests = 0  # of real clients, held while the clock is paused
        self.player: ScenePlayer | None = None
        self.listeners: list[Callable[[Kept], object]] = []
        self._seq = 0
        self._kept: deque[Kept] = deque()
        self._kept_bytes = 0
        self._pace: Pace | None = None
        self._digest = ""
        self._digest_at_s = 0.0
        self._changed = asyncio.Event()
        self._branches: tuple[BranchView, ...] = ()
        self._branches_are_news = False
        self.chronicle = Chronicle()
        self._begin_chapter()

    @property
    def seq(self) -> int:
        """The number of the last batch."""
        return self._seq

    # -- the clock's buttons

    def control(self, request: ControlRequest) -> None:
        """Raises ValueError with a sentence for people."""
        director = self.director
        if request.action == "play":
            director.paused = False
        elif request.action == "pause":
            director.paused = True
        elif request.action == "step":
            director.step(request.step or "message")
        elif request.action == "skip":
            director.skip()
        elif request.action == "mode":
            if request.mode is None:
                raise ValueError("mode is missing: it is cinematic, real-time or fastest")
            director.mode = request.mode
            director.rate = 1.0
        elif request.action == "factor":
            if request.factor is None:
                raise ValueError("factor is missing: a number above 0")
            director.factor = request.factor
        elif request.action == "focus":
            director.focus = request.flow
        self.poke()

    def poke(self) -> None:
        """Something was done: look at once, not at the next frame."""
        self._changed.set()

    # -- running

    async def run(self) -> None:
        """Plays until it is cancelled."""
        last_s = monotonic()
        while True:
            now_s = monotonic()
            awake = bool(self.keeps_going or self.listeners)
            if awake:
                self.play(min(now_s - last_s, LONGEST_S))
            last_s = now_s
            frame_s = FRAME_S if awake and self.director.running else IDLE_S
            self._changed.clear()
            try:
                async with asyncio.timeout(max(0.001, frame_s - (monotonic() - now_s))):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def play(self, wall_s: float) -> None:
        """Lets some wall time pass and tells the viewers what happened in it."""
        for stretch in self.director.advance(wall_s, BUDGET_S):
            if self.player is not None:
                self.player.look()
            self._tell(stretch, self.stage.drain())
        news = self.stage.drain()
        now_ns = self.kernel.now_ns
        if self._is_news(news) or self._branches_are_news or self._pace != self.director.pace(self.waiting_requests):
            self._tell(Stretch(from_ns=now_ns, to_ns=now_ns, wall_ms=0.0), news)

    def retrace(
        self, inputs: Iterable[Input], until_ns: int, until_steps: int | None = None, *,
        told: Chronicle | None = None,
    ) -> Iterator[int]:
        """Goes through an earlier run of the same seed and configuration again, and stops its clock there; yields the
        instants reached, so that other work can be done between. `told`: what its audience was told up to there, if
        that is known. Raises ValueError where an input does not fit."""
        for item in inputs:
            yield from self._retrace_to(item.time_ns, item.steps, told is None)
            self.kernel.inbox.retake(item)
        yield from self._retrace_to(until_ns, until_steps, told is None)
        self.director.paused = True
        self.director.focus = None
        self.stage.drain()
        self.chronicle = told or self.chronicle
        self._begin_chapter()

    def _retrace_to(self, until_ns: int, until_steps: int | None, telling: bool) -> Iterator[int]:
        for stretch in self.director.retrace(until_ns, until_steps, paced=telling):
            if telling:
                self._tell(stretch, self.stage.drain())
            yield self.kernel.now_ns

    def announce(self, branches: tuple[BranchView, ...]) -> None:
        """Tells the viewers which branches there are."""
        self._branches, self._branches_are_news = branches, True
        self.poke()

    def snapshot(self) -> Snapshot:
        """Everything as it is now."""
        changes = self.stage.settle()
        if changes:  # the others must hear of these too
            now_ns = self.kernel.now_ns
            self._tell(Stretch(from_ns=now_ns, to_ns=now_ns, wall_ms=0.0), News(changes=changes))
        return Snapshot(
            seq=self._seq, run=self.info(), now_ns=self.kernel.now_ns, records=tuple(self.stage.records.values()),
            messages=tuple(view(event) for event in self.stage.in_flight.values()), marks=tuple(self.stage.marks),
            pace=self.director.pace(self.waiting_requests), branches=self._branches,
        )

    def since(self, run: str | None, seq: int | None) -> list[Kept] | None:
        """The batches after `seq`, if they are all still kept; None: begin with a snapshot."""
        if run != self.id or seq is None or seq > self._seq:
            return None
        if seq < self._seq and (not self._kept or self._kept[0].seq > seq + 1):
            return None
        return [kept for kept in self._kept if kept.seq > seq]

    def info(self) -> RunInfo:
        return RunInfo(
            id=self.id, seed=self.seed, epoch_s=self.kernel.epoch_s, cluster=self.config.name,
            kubernetes=self.config.kubernetes_version, version=orrery.__version__,
            digest=self.kernel.trace.digest()[:12], branch=self.branch,
            horizon_ns=self.chronicle.chapters[0].from_ns if self.chronicle.chapters else self.kernel.now_ns,
        )

    # -- telling

    @staticmethod
    def _is_news(news: News) -> bool:
        return bool(news.changes or news.messages or news.outcomes or news.marks)

    def _tell(self, stretch: Stretch, news: News) -> None:
        pace = self.director.pace(self.waiting_requests)
        self._seq += 1
        batch = Batch(
            seq=self._seq, stretch=stretch, changes=tuple(news.changes), messages=tuple(news.messages),
            outcomes=tuple(news.outcomes), marks=tuple(news.marks), pace=pace if pace != self._pace else None,
            digest=self._new_digest(), branches=self._branches if self._branches_are_news else None,
        )
        self._pace, self._branches_are_news = pace, False
        kept = Kept(self._seq, batch.model_dump_json(exclude_defaults=False).encode())
        self._kept.append(kept)
        self._kept_bytes += len(kept.text)
        while self._kept_bytes > KEPT_BYTES:
            self._kept_bytes -= len(self._kept.popleft().text)
        for listener in list(self.listeners):
            listener(kept)
        self.chronicle.add(stretch.to_ns, kept.text)
        if self.chronicle.is_due:
            self._begin_chapter()

    def _begin_chapter(self) -> None:
        self.stage.settle()
        snapshot = Snapshot(
            seq=self._seq, run=self.info(), now_ns=self.kernel.now_ns, records=tuple(self.stage.records.values()),
            messages=tuple(view(event) for event in self.stage.in_flight.values()), marks=(),
            pace=self.director.pace(),
        )
        self.chronicle.begin(self.kernel.now_ns, snapshot.model_dump_json().encode())

    def _new_digest(self) -> str | None:
        if monotonic() - self._digest_at_s < DIGEST_EVERY_S:
            return None
        self._digest_at_s = monotonic()
        digest = self.kernel.trace.digest()[:12]
        if digest == self._digest:
            return None
        self._digest = digest
        return digest
