"""Whether what a controller wrote has come back to the cache that it decides from.

A cache lags behind the server. A controller that looks again too soon sees the world without its own last step, and
takes it a second time. So it notes the resourceVersion of each write by key, and leaves a key alone until the informer
has seen that version: the watch event that brings it asks for the key again. This stands where client-go's controllers
keep expectations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.client import Informer
from orrery.kernel import MILLISECOND
from orrery.machinery.objects import resource_version_of

LOOK_AGAIN_NS = 500 * MILLISECOND  # for a key whose write is not seen yet, should no event come


class OwnWrites:
    """What was written of one kind, by key."""

    def __init__(self, informer: Informer) -> None:
        self._informer = informer
        self._newest: dict[str, int] = {}

    def note(self, key: str, written: Mapping[str, Any]) -> None:
        """An object as the server answered that it is now."""
        self._newest[key] = max(self._newest.get(key, 0), resource_version_of(written))

    def are_seen(self, key: str) -> bool:
        """Whether the cache knows all that was written for the key."""
        if self._informer.last_version < self._newest.get(key, 0):
            return False
        self._newest.pop(key, None)
        return True
