"""The page's own HTTP API, one file a part.

What changes something is a POST with an Origin that is ours; what is refused is answered by one sentence that names
the place.

A new part is a file with a function `add(api, hall)` here and one line in PARTS.
"""

from collections.abc import Callable

from fastapi import APIRouter, HTTPException
from fastapi.responses import PlainTextResponse

from orrery.web.api import acts, branches, clock, events, logs, looking, metrics, objects, scenes, sequence
from orrery.web.hall import Hall

PARTS: tuple[Callable[[APIRouter, Hall], object], ...] = (
    acts.add,
    branches.add,
    clock.add,
    events.add,
    logs.add,
    looking.add,
    metrics.add,
    objects.add,
    scenes.add,
    sequence.add,
)


def router(hall: Hall, kubeconfig: Callable[[], str]) -> APIRouter:
    """All routes below /api."""
    api = APIRouter(prefix="/api")
    for add in PARTS:
        add(api, hall)

    @api.get("/kubeconfig", response_class=PlainTextResponse)
    async def kubeconfig_() -> str:
        """The kubeconfig for real clients."""
        text = kubeconfig()
        if not text:
            raise HTTPException(404, "the Kubernetes port is off")
        return text

    return api
