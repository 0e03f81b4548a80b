"""The page's own HTTP API. What changes something is a POST with an Origin that is ours; what is refused is answered
by one sentence that names the place."""

from collections.abc import Callable
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import PlainTextResponse

from orrery.machinery.resources import RESOURCES
from orrery.theatre.applying import Outcome
from orrery.theatre.records import (
    Accepted,
    ApplyReply,
    ApplyRequest,
    ApplyResult,
    ControlRequest,
    DeleteRequest,
    EventView,
    FaultRequest,
    FlowReply,
    ObjectReply,
    Pace,
    RunInfo,
    RunRequest,
    ScaleRequest,
    SceneRequest,
    SceneView,
)
from orrery.web.documents import read_documents
from orrery.web.hall import Hall

MILLISECOND_NS = 1_000_000


class Refusal(Exception):
    """A request that cannot be granted: status code, one sentence, the place."""

    def __init__(self, code: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


def router(hall: Hall, kubeconfig: Callable[[], str]) -> APIRouter:
    """All routes below /api."""
    api = APIRouter(prefix="/api")

    @api.post("/control")
    async def control(request: ControlRequest) -> Pace:
        """The clock's buttons."""
        hall.room.control(request)
        return hall.room.director.pace(hall.room.waiting_requests)

    @api.post("/fault")
    async def fault(request: FaultRequest) -> Accepted:
        """Breaks or mends something."""
        flow = hall.room.acts.fault(request.fault, **fault_arguments(request))
        hall.room.poke()
        return Accepted(flow=flow)

    @api.post("/apply")
    async def apply(request: ApplyRequest) -> ApplyReply:
        """Applies objects; answers when the cluster has, or after a while without results."""
        return reply(*await hall.apply(read_documents(request.text)))

    @api.post("/scale")
    async def scale(request: ScaleRequest) -> ApplyReply:
        return reply(*await hall.outcomes(hall.room.acts.scale(request.namespace, request.name, request.replicas)))

    @api.post("/delete")
    async def delete(request: DeleteRequest) -> ApplyReply:
        return reply(*await hall.outcomes(hall.room.acts.delete(request.resource, request.namespace, request.name)))

    @api.post("/run")
    async def run(request: RunRequest) -> RunInfo:
        """Begins another run of the same cluster."""
        hall.begin(request.seed)
        return hall.room.info()

    @api.get("/scenes")
    async def scenes() -> list[SceneView]:
        return hall.scenes()

    @api.post("/scene")
    async def scene(request: SceneRequest) -> Pace:
        """Plays a scene."""
        hall.play_scene(request.id)
        return hall.room.director.pace()

    @api.get("/event/{number}")
    async def event(number: int) -> EventView:
        """One trace event: why it happened and what it caused."""
        found = hall.room.recorder.explain(number)
        if found is None:
            raise Refusal(404, f"event {number} is not recorded any more, or has not happened", "event")
        return found

    @api.get("/flow/{number}")
    async def flow(number: int) -> FlowReply:
        """A flow and its steps in order."""
        record = hall.room.projections.flows.record(number)
        if record is None:
            raise Refusal(404, f"flow {number} is not recorded any more, or has not begun", "flow")
        recorder = hall.room.recorder
        return FlowReply(flow=record, steps=tuple(recorder.brief(e) for e in recorder.flow_events(number)))

    @api.get("/object")
    async def object_(
        resource: Annotated[str, Query()], name: Annotated[str, Query()], namespace: Annotated[str, Query()] = ""
    ) -> ObjectReply:
        """An object as it is stored."""
        kind = next((r for r in RESOURCES if r.plural == resource), None)
        if kind is None:
            raise Refusal(404, f"there is no resource {resource!r}", "resource")
        stored = hall.room.projections.objects.get(kind, namespace, name)
        if stored is None:
            raise Refusal(404, f"{kind.plural} {name!r} not found", "name")
        document: dict[str, Any] = {
            **stored.document,
            "metadata": {**stored.document["metadata"], "resourceVersion": str(stored.revision)},
        }
        return ObjectReply(text=yaml.safe_dump(document, sort_keys=False, allow_unicode=True), object=document)

    @api.get("/kubeconfig", response_class=PlainTextResponse)
    async def kubeconfig_() -> str:
        """The kubeconfig for real clients."""
        text = kubeconfig()
        if not text:
            raise HTTPException(404, "the Kubernetes port is off")
        return text

    return api


def reply(flow: int, outcomes: list[Outcome]) -> ApplyReply:
    """What became of an act, as the page is told."""
    return ApplyReply(
        flow=flow, results=tuple(ApplyResult(object=o.object, verb=o.verb, message=o.message) for o in outcomes)
    )


def fault_arguments(request: FaultRequest) -> dict[str, Any]:
    """A fault's arguments as the fault desk takes them. Raises Refusal where one is missing."""
    fault = request.fault
    if fault.endswith("-process"):
        return {"component": _needed(request.component, "component", fault)}
    if fault.endswith("-host"):
        return {"host": _needed(request.host, "host", fault)}
    if fault.endswith("-link"):
        arguments: dict[str, Any] = {
            "a": _needed(request.host, "host", fault), "b": _needed(request.peer, "peer", fault),
        }
        if fault == "cut-link":
            arguments["one_way"] = request.one_way
        elif fault == "slow-link":
            arguments["extra_ns"] = round(_needed(request.extra_ms, "extra_ms", fault) * MILLISECOND_NS)
        elif fault == "drop-link":
            arguments["probability"] = _needed(request.probability, "probability", fault)
        return arguments
    if fault == "partition":
        return {"groups": [list(group) for group in _needed(request.groups, "groups", fault)]}
    return {}


def _needed(value: Any, name: str, fault: str) -> Any:
    if value is None:
        raise Refusal(422, f"{fault} needs {name}", name)
    return value
