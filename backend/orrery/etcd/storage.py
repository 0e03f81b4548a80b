"""What a member keeps on its disk: a write-ahead log and a snapshot.

    member/wal/N    records, in order: hard state, entries (an entry at an index that is there already cuts the log at
                    that index), the commit index as a note that may be lost
    member/snap/N   the state machine at an index, and where the log that goes with it (wal/N) begins

Compaction writes snap/N+1 and wal/N+1, syncs both, and only then deletes the old two: at every instant one whole pair
is durable.
"""

from __future__ import annotations

from dataclasses import dataclass

from orrery.etcd import encoding
from orrery.etcd.applier import StateImage
from orrery.etcd.requests import pack, unpack
from orrery.kernel import Disk
from orrery.raft import Entry, HardState, Log, Persist, Snapshot

HARD, ENTRY, COMMIT = 0, 1, 2


@dataclass(slots=True)
class Recovered:
    """What a member finds when it starts."""

    hard: HardState
    log: Log
    commit: int


class Storage:
    """One member's files under `directory`."""

    def __init__(self, disk: Disk, directory: str = "/var/lib/etcd") -> None:
        self._disk = disk
        self._directory = f"{directory}/member"
        self._number = 0
        self._hard = HardState()
        self._commit = 0

    @property
    def wal_path(self) -> str:
        return f"{self._directory}/wal/{self._number:016d}"

    @property
    def snap_path(self) -> str:
        return f"{self._directory}/snap/{self._number:016d}"

    def recover(self) -> Recovered:
        """Read everything back. Both files of the newest pair are there, or it was never finished."""
        disk = self._disk
        self._number = max((int(path.rpartition("/")[2]) for path in disk.list(f"{self._directory}/wal/")), default=0)
        for path in disk.list(self._directory):
            if path not in (self.wal_path, self.snap_path):
                disk.delete(path)
        snapshot: Snapshot | None = None
        base_index = base_term = 0
        image = disk.read(self.snap_path)
        if image is not None:
            index, term, base_index, base_term, revision, data = encoding.unpack(image)
            snapshot = Snapshot(index, term, StateImage(data, revision))
        entries: list[Entry] = []
        for record in disk.records(self.wal_path):
            kind, *rest = encoding.unpack(record)
            if kind == HARD:
                self._hard = HardState(*rest)
            elif kind == COMMIT:
                self._commit = rest[0]
            else:
                index, term, data = rest
                del entries[max(index - base_index - 1, 0) :]
                entries.append(Entry(index, term, unpack(data)))
        log = Log(entries, base_index=base_index, base_term=base_term, snapshot=snapshot)
        return Recovered(self._hard, log, self._commit)

    def write(self, persist: Persist) -> None:
        """Hand a Persist to the disk; it is durable after the next `sync`."""
        if persist.hard is not None:
            self._hard = persist.hard
            self._append([HARD, persist.hard.term, persist.hard.vote])
        for entry in persist.entries:
            self._append([ENTRY, entry.index, entry.term, pack(entry.data)])

    def note_commit(self, index: int) -> None:
        """Write down how far the log is committed. Not worth a sync: losing it does no harm."""
        self._commit = index
        self._append([COMMIT, index])

    async def sync(self) -> None:
        await self._disk.sync(self.wal_path)

    async def begin_again(self, snapshot: Snapshot, base: tuple[int, int], entries: tuple[Entry, ...]) -> None:
        """Replace everything by a snapshot and the log after `base` (index, term); durable when it returns."""
        old_wal, old_snap = self.wal_path, self.snap_path
        image = snapshot.data
        assert isinstance(image, StateImage)
        self._number += 1
        self._disk.write(
            self.snap_path,
            encoding.pack([snapshot.index, snapshot.term, base[0], base[1], image.revision, image.data]),
        )
        await self._disk.sync(self.snap_path)
        self._commit = max(self._commit, snapshot.index)
        self.write(Persist(self._hard, entries))
        self._append([COMMIT, self._commit])
        await self._disk.sync(self.wal_path)
        self._disk.delete(old_wal)
        self._disk.delete(old_snap)

    def _append(self, record: list[object]) -> None:
        self._disk.append(self.wal_path, encoding.pack(record))
