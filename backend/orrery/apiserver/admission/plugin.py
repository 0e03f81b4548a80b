"""What an admission plugin is, and what it is shown of a write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orrery.apiserver.exchange import Exchange
from orrery.machinery.objects import Document

CREATE, UPDATE, DELETE = "CREATE", "UPDATE", "DELETE"


@dataclass(slots=True)
class Write:
    """One write under admission. ``new`` is None for a deletion, ``old`` for a creation; a plugin may set ``new``."""

    exchange: Exchange
    operation: str
    new: Document | None
    old: Document | None = None

    @property
    def obj(self) -> Document:
        """The object that is to be stored."""
        assert self.new is not None
        return self.new


@dataclass(frozen=True, slots=True)
class Plugin:
    """``handles`` says for which writes the plugin is asked at all: operation, and ``pods`` or ``pods/status``."""

    name: str
    handles: Callable[[str, str], bool]
    admit: Callable[[Write], Awaitable[None]] | None = None
    validate: Callable[[Write], Awaitable[None]] | None = None
