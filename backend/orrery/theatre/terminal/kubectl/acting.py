"""What the commands that change things share: printing what became of an object, and going on after a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import dryrun
from orrery.theatre.terminal.kubectl.errors import Failure, Several
from orrery.theatre.terminal.kubectl.finding import Found, find
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl

Document = dict[str, Any]
Act = Callable[[Found], Awaitable[None]]


class Teller:
    """Says what became of each object: a line, or the object as ``-o`` asks."""

    def __init__(self, kubectl: Kubectl) -> None:
        self.kubectl = kubectl
        self.dry = dryrun.strategy(kubectl) if kubectl.flags.get("dry-run") is not None else "none"
        self._printer = formats.printer(kubectl.flags, allowed=formats.FOR_CHANGES)

    @property
    def query(self) -> dict[str, str]:
        return dryrun.query(self.dry)

    def tell(self, printed: str, what: str, obj: Document) -> None:
        """``printed`` is the object's TYPE/NAME."""
        if self._printer is not None:
            self.kubectl.out(self._printer(obj))
        else:
            self.kubectl.line(f"{printed} {what}{dryrun.SUFFIX[self.dry]}")


async def for_each(kubectl: Kubectl, act: Act, arguments: Sequence[str] | None = None, *, fetch: bool = True) -> int:
    """Does it to every object that the command names; what went wrong is told at the end. Several."""
    found, errors = await find(kubectl, arguments, fetch=fetch)
    for item in found:
        try:
            await act(item)
        except (StatusError, Failure) as problem:
            errors.append(problem)
    if errors:
        raise Several(errors)
    return 0


async def patched(
    teller: Teller, item: Found, patch: Any, *, kind: str = "strategic", subresource: str = "", manager: str = ""
) -> Document:
    """The object after a patch, or as it would be on the client alone."""
    if teller.dry == "client":
        return item.object
    query = {**teller.query, **({"fieldManager": manager} if manager else {})}
    return await teller.kubectl.api.patch(
        item.resource, item.name, item.namespace, patch, kind=kind, query=query, subresource=subresource
    )
