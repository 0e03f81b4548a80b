"""A disk that loses what was not synced.

A file is a list of records. What is appended or overwritten can be read at once; it survives a crash of its host only
after `sync`. A crash of a process alone loses nothing: the operating system still holds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orrery.kernel.tasks import sleep
from orrery.kernel.units import MICROSECOND, MILLISECOND

if TYPE_CHECKING:
    from orrery.kernel.host import Host


@dataclass(frozen=True, slots=True)
class DiskProfile:
    """How a disk behaves: `sync_ns` is the least time that a sync takes, `sync_spread_ns` what comes on top at
    random."""

    sync_ns: int = 1 * MILLISECOND
    sync_spread_ns: int = 800 * MICROSECOND
    capacity_bytes: int = 20 << 30


class DiskFull(Exception):
    """No space left on device."""


class _File:
    __slots__ = ("changed_ns", "durable", "records", "synced")

    def __init__(self) -> None:
        self.changed_ns = 0
        self.records: list[bytes] = []
        self.durable: list[bytes] | None = None  # the durable records, where they are not a prefix of `records`
        self.synced = 0  # else: how many of `records` are durable


class Disk:
    """The disk of one host."""

    def __init__(self, host: "Host", profile: DiskProfile) -> None:
        self._host = host
        self.profile = profile
        self.slow_ns = 0  # added to each sync: a fault
        self.full = False  # nothing more can be written: a fault
        self.used_bytes = 0
        self._files: dict[str, _File] = {}
        self._busy_until_ns = 0
        self._random = host.kernel.stream(f"disk/{host.name}")

    def exists(self, path: str) -> bool:
        return path in self._files

    def list(self, prefix: str = "") -> list[str]:
        """The paths that begin with `prefix`, in order."""
        return sorted(path for path in self._files if path.startswith(prefix))

    def count(self, path: str) -> int:
        """How many records a file has; 0 for one that does not exist."""
        file = self._files.get(path)
        return len(file.records) if file else 0

    def changed_ns(self, path: str) -> int:
        """When the file was last written, in virtual time."""
        file = self._files.get(path)
        return file.changed_ns if file else 0

    def records(self, path: str, first: int = 0) -> tuple[bytes, ...]:
        """The records as they were appended, from one on; none for a file that does not exist."""
        file = self._files.get(path)
        return tuple(file.records[first:]) if file else ()

    def read(self, path: str) -> bytes | None:
        """The whole file; None if it does not exist."""
        file = self._files.get(path)
        return b"".join(file.records) if file else None

    def append(self, path: str, data: bytes) -> None:
        self._charge(len(data))
        file = self._file(path)
        file.records.append(data)
        file.changed_ns = self._host.kernel.now_ns

    def write(self, path: str, data: bytes) -> None:
        """Replaces the whole file."""
        self._charge(len(data))
        self.used_bytes -= len(data)  # counted by the rewrite
        self._rewrite(path, [data])

    def install(self, path: str, data: bytes) -> None:
        """Puts a file there that was there before anything began: it is durable at once."""
        self.write(path, data)
        file = self._files[path]
        file.durable, file.synced = None, len(file.records)

    def truncate(self, path: str, keep_records: int) -> None:
        """Drops every record from the given one on."""
        file = self._files.get(path)
        if file is not None and keep_records < len(file.records):
            self._rewrite(path, file.records[:keep_records])

    def discard(self, path: str, first_records: int) -> None:
        """Drops that many records from the beginning: a log that was compacted."""
        file = self._files.get(path)
        if file is not None and first_records > 0:
            self._rewrite(path, file.records[first_records:])

    def delete(self, path: str) -> None:
        file = self._files.pop(path, None)
        if file is not None:
            self.used_bytes -= sum(map(len, file.records))

    async def sync(self, path: str) -> None:
        """Waits until the file is durable as it is now. One sync at a time: the disk is busy meanwhile."""
        kernel = self._host.kernel
        file = self._files.get(path)
        length = len(file.records) if file else 0
        version = file.records if file else None
        cost_ns = self.profile.sync_ns + self.slow_ns + self._random.below(self.profile.sync_spread_ns + 1)
        self._busy_until_ns = max(self._busy_until_ns, kernel.now_ns) + cost_ns
        await sleep(self._busy_until_ns - kernel.now_ns)
        if file is not None and self._files.get(path) is file and file.records is version:
            file.durable = None
            file.synced = max(file.synced, length)

    def lose_unsynced(self) -> None:
        """What a power cut does."""
        for path in list(self._files):
            file = self._files[path]
            file.records = file.durable if file.durable is not None else file.records[: file.synced]
            file.durable, file.synced = None, len(file.records)
            if not file.records:
                del self._files[path]
        self.used_bytes = sum(len(r) for f in self._files.values() for r in f.records)
        self._busy_until_ns = 0

    def _file(self, path: str) -> _File:
        file = self._files.get(path)
        if file is None:
            file = self._files[path] = _File()
        return file

    def _rewrite(self, path: str, records: Sequence[bytes]) -> None:
        file = self._file(path)
        if file.durable is None:
            file.durable = file.records[: file.synced]
        self.used_bytes += sum(map(len, records)) - sum(map(len, file.records))
        file.records, file.synced = [*records], 0
        file.changed_ns = self._host.kernel.now_ns

    def _charge(self, size_bytes: int) -> None:
        if self.full or self.used_bytes + size_bytes > self.profile.capacity_bytes:
            raise DiskFull(f"{self._host.name}: no space left on device")
        self.used_bytes += size_bytes
