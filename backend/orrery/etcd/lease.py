"""Leases: keys that live as long as somebody keeps them alive.

Granting and revoking go through the log, so that every member knows every lease. Time does not: only the leader (the
primary lessor) counts it, by its own monotonic clock, and it revokes through the log what has run out. A new leader
gives every lease its full time again, because it cannot know what its predecessor had seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from orrery.etcd import errors

SECOND_NS = 1_000_000_000
MIN_TTL_S = 2  # one and a half election timeouts of 1 s, rounded up
MAX_TTL_S = 9_000_000_000


@dataclass(slots=True)
class Lease:
    id: int
    ttl_s: int
    expires_ns: int = 0  # meaningful at the primary lessor alone
    keys: dict[bytes, bool] = field(default_factory=dict)


class Lessor:
    def __init__(self) -> None:
        self.leases: dict[int, Lease] = {}
        self.primary = False
        self._revoking: dict[int, int] = {}  # lease -> until when its revocation is left to run its course

    def grant(self, id: int, ttl_s: int, now_ns: int) -> Lease:
        if id in self.leases:
            raise errors.lease_exists()
        lease = Lease(id, min(max(ttl_s, MIN_TTL_S), MAX_TTL_S))
        lease.expires_ns = now_ns + lease.ttl_s * SECOND_NS
        self.leases[id] = lease
        return lease

    def revoke(self, id: int) -> tuple[bytes, ...]:
        """End a lease; its keys, sorted, which are to be deleted."""
        lease = self.leases.pop(id, None)
        self._revoking.pop(id, None)
        if lease is None:
            raise errors.lease_not_found()
        return tuple(sorted(lease.keys))

    def attach(self, id: int, key: bytes) -> None:
        self.leases[id].keys[key] = True

    def detach(self, id: int, key: bytes) -> None:
        lease = self.leases.get(id)
        if lease is not None:
            lease.keys.pop(key, None)

    def promote(self, now_ns: int, extend_ns: int) -> None:
        """This member leads now: every lease gets its full time, and an election timeout on top."""
        self.primary = True
        self._revoking.clear()
        for lease in self.leases.values():
            lease.expires_ns = now_ns + lease.ttl_s * SECOND_NS + extend_ns

    def demote(self) -> None:
        self.primary = False

    def renew(self, id: int, now_ns: int) -> int:
        """Keep a lease alive; its time to live in seconds, 0 if it is gone."""
        lease = self.leases.get(id)
        if lease is None or id in self._revoking:
            return 0
        lease.expires_ns = now_ns + lease.ttl_s * SECOND_NS
        return lease.ttl_s

    def remaining_s(self, id: int, now_ns: int) -> int:
        """What is left of a lease's time, in whole seconds, as the primary lessor counts it; -1 if it is gone."""
        lease = self.leases.get(id)
        return -1 if lease is None else max(0, lease.expires_ns - now_ns) // SECOND_NS

    def next_expiry_ns(self) -> int | None:
        """When the primary lessor has to look again."""
        times = [max(lease.expires_ns, self._revoking.get(id, 0)) for id, lease in self.leases.items()]
        return min(times, default=None)

    def expired(self, now_ns: int, retry_ns: int) -> list[int]:
        """Leases to revoke now; they are named again after `retry_ns`, should that not have happened."""
        found: list[int] = []
        for id, lease in self.leases.items():
            if lease.expires_ns <= now_ns and self._revoking.get(id, 0) <= now_ns:
                self._revoking[id] = now_ns + retry_ns
                found.append(id)
        return found

    def dump(self) -> list[list[object]]:
        return [[lease.id, lease.ttl_s, sorted(lease.keys)] for lease in self.leases.values()]

    @classmethod
    def load(cls, dumped: list[list[object]]) -> Lessor:
        lessor = cls()
        for id, ttl_s, keys in dumped:
            assert isinstance(id, int) and isinstance(ttl_s, int) and isinstance(keys, list)
            lessor.leases[id] = Lease(id, ttl_s, 0, dict.fromkeys(keys, True))
        return lessor
