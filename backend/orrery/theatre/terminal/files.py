"""The files that a session sees: those of its own, which it may write, and those on the simulated disk of its host.

Directories are not kept: one is there as long as something lies below it.
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orrery.kernel import Host, Kernel

HOME = "/root"
WRITABLE = (HOME, "/tmp")
FILES_MOST = 64
BYTES_MOST = 512 << 10


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies in a directory."""

    name: str
    size_bytes: int
    is_directory: bool = False


class Readable(Mapping[str, str]):
    """Texts by path, as a command may read them: it lists what lies in the working directory, and finds every other
    file by its path."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def __getitem__(self, path: str) -> str:
        text = self._files.text(path)
        if text is None:
            raise KeyError(path)
        return text

    def __iter__(self) -> Iterator[str]:
        return (entry.name for entry in self._files.entries(self._files.directory) if not entry.is_directory)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Files:
    """Session files by absolute path, and a host's disk below them."""

    def __init__(self, kernel: Kernel, host: Host, own: dict[str, str]) -> None:
        self._kernel = kernel
        self.host = host
        self.own = own
        self.directory = HOME
        self._changed_ns: dict[str, int] = {}

    @property
    def room(self) -> int:
        """Bytes that one more file may have."""
        return BYTES_MOST // 2

    def resolve(self, path: str) -> str:
        """An absolute path without dots. A path that begins with ~ begins at home."""
        if path == "~" or path.startswith("~/"):
            path = HOME + path[1:]
        return posixpath.normpath(posixpath.join(self.directory, path))

    def exists(self, path: str) -> bool:
        path = self.resolve(path)
        return path in self.own or self.host.disk.exists(path) or self._computed(path) is not None

    def is_directory(self, path: str) -> bool:
        path = self.resolve(path)
        return path in ("/", *WRITABLE) or any(True for _ in self._below(path))

    def text(self, path: str) -> str | None:
        """A file's text; None if there is none. What is no UTF-8 is shown as Python writes it."""
        path = self.resolve(path)
        if path in self.own:
            return self.own[path]
        data = self.host.disk.read(path)
        if data is not None:
            return data.decode("utf-8", "backslashreplace")
        return self._computed(path)

    def size_bytes(self, path: str) -> int:
        path = self.resolve(path)
        if path not in self.own and self.host.disk.exists(path):
            return sum(map(len, self.host.disk.records(path)))
        return len((self.text(path) or "").encode())

    def changed_ns(self, path: str) -> int:
        """When a file was last written, in unix nanoseconds of the host's clock; of a directory: what lies below it."""
        path = self.resolve(path)
        below = [path] if self.exists(path) else list(self._below(path))
        newest_ns = max((self._changed_ns.get(each, self.host.disk.changed_ns(each)) for each in below), default=0)
        return self.host.wall_ns() - self._kernel.now_ns + newest_ns

    def write(self, path: str, text: str) -> None:
        """Raises OSError."""
        path = self.resolve(path)
        if path == "/dev/null":
            return
        if path in ("/", *WRITABLE) or self.is_directory(path):
            raise OSError("Is a directory")
        if not path.startswith(tuple(f"{where}/" for where in WRITABLE)):
            raise OSError("Read-only file system")
        others = sum(len(kept) for name, kept in self.own.items() if name != path)
        if (path not in self.own and len(self.own) >= FILES_MOST) or others + len(text) > BYTES_MOST:
            raise OSError("No space left on device")
        self.own[path] = text
        self._changed_ns[path] = self._kernel.now_ns

    def remove(self, path: str) -> None:
        """Raises OSError."""
        path = self.resolve(path)
        if path not in self.own:
            if self.is_directory(path):
                raise OSError("Is a directory")
            raise OSError("Read-only file system" if self.exists(path) else "No such file or directory")
        del self.own[path]

    def entries(self, directory: str) -> list[Entry]:
        """What lies in a directory, in order."""
        directory = self.resolve(directory)
        found: dict[str, Entry] = {}
        if directory == "/":
            found |= {path[1:]: Entry(path[1:], 4096, True) for path in WRITABLE}
        for path in self._below(directory):
            name, slash, _ = path[len(directory.rstrip("/")) + 1 :].partition("/")
            if slash:
                found[name] = Entry(name, 4096, True)
            elif name not in found:
                found[name] = Entry(name, self.size_bytes(path))
        return [found[name] for name in sorted(found)]

    def matching(self, pattern: str) -> list[str]:
        """The paths that a pattern with *, ? or […] names, written as the pattern is; none: nothing matches."""
        head, slash, last = pattern.rpartition("/")
        if any(letter in head for letter in "*?["):
            found = [f"{middle}/{last}" for middle in self.matching(head) if self.is_directory(middle)]
            return [path for each in found for path in self.matching(each)] if "*" in last else found
        directory = head if head else ("/" if slash else self.directory)
        names = [entry.name for entry in self.entries(directory) if fnmatch.fnmatchcase(entry.name, last)]
        return [f"{head}{slash}{name}" for name in names if not name.startswith(".") or last.startswith(".")]

    def _below(self, directory: str) -> Iterator[str]:
        prefix = directory.rstrip("/") + "/"
        yield from (path for path in self.own if path.startswith(prefix))
        yield from self.host.disk.list(prefix)
        yield from (path for path in ("/etc/hostname", "/etc/hosts") if path.startswith(prefix))

    def _computed(self, path: str) -> str | None:
        if path == "/etc/hostname":
            return f"{self.host.name}\n"
        if path == "/etc/hosts":
            names = self._kernel.network.names()
            lines = [f"{host.ip}\t{' '.join(names[host.name])}\n" for host in self._kernel.hosts.values()]
            return "127.0.0.1\tlocalhost\n" + "".join(lines)
        return None
