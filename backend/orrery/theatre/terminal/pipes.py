"""Where commands write to and read from: pipes between them, files of the session, the terminal's own input."""

from __future__ import annotations

from collections.abc import Callable

from orrery.kernel import Kernel, Queue
from orrery.theatre.terminal.files import Files

WAITING_LINES_MOST = 20_000


class Pipe:
    """Lines from one command to the next. Its reader sees the end once the writer is gone; a writer whose reader is
    gone is ended at its next write, as SIGPIPE does it."""

    def __init__(self, kernel: Kernel) -> None:
        self._lines: Queue[str | None] = Queue(kernel)
        self._begun = ""
        self._closed = False
        self._at_end = False
        self._reader_gone = False
        self.on_broken: Callable[[], object] = _nothing

    def write(self, text: str) -> None:
        if self._reader_gone:
            self.on_broken()
            return
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if len(self._lines) < WAITING_LINES_MOST:
                self._lines.put(line)

    def close(self) -> None:
        """The writer is gone."""
        if not self._closed:
            self._closed = True
            if self._begun:
                self._lines.put(self._begun)
            self._lines.put(None)

    def abandon(self) -> None:
        """The reader is gone."""
        self._reader_gone = True

    async def line(self) -> str | None:
        if self._at_end:
            return None
        line = await self._lines.get()
        self._at_end = line is None
        return line


class Text:
    """An input that is there already: a here-document, a file."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._next = 0

    async def line(self) -> str | None:
        if self._next >= len(self._lines):
            return None
        self._next += 1
        return self._lines[self._next - 1]


class FileWriter:
    """What is redirected to a file stands in it when the command has ended. Raises OSError where it may not."""

    def __init__(self, files: Files, path: str, *, append: bool) -> None:
        self._files = files
        self._path = path
        self._chunks = [files.text(path) or ""] if append else []
        self._size = sum(map(len, self._chunks))
        files.write(
            path, "".join(self._chunks)
        )  # it is there, empty, from the start; and what is refused is refused now

    def write(self, text: str) -> None:
        if self._size <= self._files.room:
            self._size += len(text)
            self._chunks.append(text)

    def close(self) -> None:
        self._files.write(self._path, "".join(self._chunks)[: self._files.room])


def _nothing() -> None:
    return None
