"""The chronicle: everything that the audience of a run was told, from its beginning, so that any instant of it can be
shown again, also to those who came later.

It is kept in chapters. A chapter is a snapshot and the batches that came after it, the very bytes that went over the
wire, compressed once it is closed. What exceeds the bound is forgotten from the beginning, a chapter at a time.
"""

import gzip
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

CHAPTER_BYTES = 768 << 10  # a browser reads and plays in so much within a few hundredths of a second
KEPT_BYTES = 192 << 20


@dataclass(slots=True)
class Chapter:
    """A stretch of the run. `packed` is None while it is still being written."""

    number: int
    from_ns: int
    to_ns: int
    snapshot: bytes = b""
    batches: list[bytes] = field(default_factory=list)
    size_bytes: int = 0
    packed: bytes | None = None

    def text(self) -> bytes:
        """{"snapshot": ..., "batches": [...]}"""
        if self.packed is not None:
            return gzip.decompress(self.packed)
        return b'{"snapshot":%b,"batches":[%b]}' % (self.snapshot, b",".join(self.batches))

    def close(self) -> None:
        if self.packed is None:
            self.packed = gzip.compress(self.text(), 1, mtime=0)
            self.snapshot, self.batches, self.size_bytes = b"", [], len(self.packed)


class Chronicle:
    """The chapters of one run, oldest first."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self.chapters: list[Chapter] = []
        self._kept_bytes = kept_bytes
        self._packed_bytes = 0
        self._count = 0

    @property
    def is_due(self) -> bool:
        """A new chapter should begin, with a snapshot."""
        if not self.chapters or self.chapters[-1].packed is not None:
            return True
        chapter = self.chapters[-1]
        # A large cluster's snapshot exceeds the bound by itself: what follows is to be worth another one.
        return chapter.size_bytes >= max(CHAPTER_BYTES, 2 * len(chapter.snapshot))

    def begin(self, now_ns: int, snapshot: bytes) -> None:
        """Closes the chapter of the moment and begins another."""
        self._close()
        self._count += 1
        self.chapters.append(Chapter(self._count, now_ns, now_ns, snapshot, size_bytes=len(snapshot)))

    def add(self, to_ns: int, batch: bytes) -> None:
        """A batch that was told; `to_ns` is the end of its stretch."""
        chapter = self.chapters[-1]
        chapter.batches.append(batch)
        chapter.size_bytes += len(batch)
        chapter.to_ns = to_ns

    def find(self, number: int) -> Chapter | None:
        first = self.chapters[0].number if self.chapters else 0
        index = number - first
        return self.chapters[index] if 0 <= index < len(self.chapters) else None

    def until(self, t_ns: int) -> "Chronicle":
        """A chronicle of its own of everything up to an instant. What is told already is shared, not copied."""
        branch = Chronicle(self._kept_bytes)
        last = bisect_right([chapter.from_ns for chapter in self.chapters], t_ns)
        for chapter in self.chapters[: max(0, last - 1)]:
            chapter.close()
            branch._take(chapter)
        if last:
            branch._take(_cut(self.chapters[last - 1], t_ns))
        return branch

    def _take(self, chapter: Chapter) -> None:
        self.chapters.append(chapter)
        self._count = chapter.number
        self._packed_bytes += chapter.size_bytes

    def _close(self) -> None:
        if self.chapters and self.chapters[-1].packed is None:
            self.chapters[-1].close()
            self._packed_bytes += self.chapters[-1].size_bytes
        while self._packed_bytes > self._kept_bytes and len(self.chapters) > 1:
            self._packed_bytes -= self.chapters.pop(0).size_bytes


def _cut(chapter: Chapter, t_ns: int) -> Chapter:
    """The part of a chapter up to an instant."""
    document = orjson.loads(chapter.text())
    batches = [batch for batch in document["batches"] if batch["stretch"]["to_ns"] <= t_ns]
    to_ns = batches[-1]["stretch"]["to_ns"] if batches else chapter.from_ns
    cut = Chapter(
        chapter.number, chapter.from_ns, to_ns, orjson.dumps(document["snapshot"]), list(_dumped(batches))
    )
    cut.close()
    return cut


def _dumped(batches: list[object]) -> Iterator[bytes]:
    return (orjson.dumps(batch) for batch in batches)
