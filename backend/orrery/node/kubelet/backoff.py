"""Exponential back-off by key, as client-go's ``flowcontrol.Backoff``: 10 s, doubled, 300 s at most.

A key that was left alone for twice the longest back-off begins anew.
"""

from __future__ import annotations

from orrery.kernel import SECOND

FIRST_NS = 10 * SECOND
MOST_NS = 300 * SECOND


class Backoff:
    """``since_ns`` is when the thing to wait after happened: a container's end, a failed pull."""

    def __init__(self, first_ns: int = FIRST_NS, most_ns: int = MOST_NS) -> None:
        self._first_ns = first_ns
        self._most_ns = most_ns
        self._entries: dict[str, tuple[int, int]] = {}  # back-off, last update

    def current_ns(self, key: str) -> int:
        """The key's present back-off."""
        return self._entries.get(key, (0, 0))[0]

    def waits_until_ns(self, key: str, since_ns: int, now_ns: int) -> int | None:
        """When the back-off ends; None: it is over, or there never was one."""
        entry = self._entries.get(key)
        if entry is None or self._expired(entry[1], since_ns):
            return None
        until_ns = since_ns + entry[0]
        return until_ns if now_ns < until_ns else None

    def lengthen(self, key: str, since_ns: int, now_ns: int) -> None:
        """Doubles the key's back-off, or begins it."""
        entry = self._entries.get(key)
        if entry is None or self._expired(entry[1], since_ns):
            self._entries[key] = (self._first_ns, now_ns)
        else:
            self._entries[key] = (min(2 * entry[0], self._most_ns), now_ns)

    def forget(self, prefix: str) -> None:
        """Drops every key that begins so."""
        for key in [key for key in self._entries if key.startswith(prefix)]:
            del self._entries[key]

    def _expired(self, last_ns: int, since_ns: int) -> bool:
        return since_ns - last_ns > 2 * self._most_ns
