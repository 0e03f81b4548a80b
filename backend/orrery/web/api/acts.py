"""What people do to the cluster through the page."""

from typing import Any

from fastapi import APIRouter

from orrery.theatre.applying import Outcome
from orrery.theatre.records import (
    Accepted,
    ApplyReply,
    ApplyRequest,
    ApplyResult,
    ChaosRequest,
    DeleteRequest,
    FaultRequest,
    ScaleRequest,
)
from orrery.web.api.here import Here
from orrery.web.api.refusal import Refusal
from orrery.web.documents import read_documents
from orrery.web.hall import Hall

MILLISECOND_NS = 1_000_000


def add(api: APIRouter, hall: Hall) -> None:
    @api.post("/fault")
    async def fault(request: FaultRequest, room: Here) -> Accepted:
        """Breaks or mends something."""
        flow = room.acts.fault(request.fault, **fault_arguments(request))
        room.poke()
        return Accepted(flow=flow)

    @api.post("/chaos")
    async def chaos(request: ChaosRequest, room: Here) -> Accepted:
        """Faults that come by themselves, or their end."""
        flow = room.acts.chaos(on=request.on, seed=request.seed, wild=request.wild)
        room.poke()
        return Accepted(flow=flow)

    @api.post("/apply")
    async def apply(request: ApplyRequest, room: Here) -> ApplyReply:
        """Applies objects; answers when the cluster has, or after a while without results."""
        return reply(*await hall.apply(room, read_documents(request.text)))

    @api.post("/scale")
    async def scale(request: ScaleRequest, room: Here) -> ApplyReply:
        flow = room.acts.scale(request.namespace, request.name, request.replicas)
        return reply(*await hall.outcomes(room, flow))

    @api.post("/delete")
    async def delete(request: DeleteRequest, room: Here) -> ApplyReply:
        flow = room.acts.delete(request.resource, request.namespace, request.name)
        return reply(*await hall.outcomes(room, flow))


def reply(flow: int, outcomes: list[Outcome]) -> ApplyReply:
    """What became of an act, as the page is told."""
    results = (ApplyResult(object=o.object, verb=o.verb, message=o.message, why=o.why) for o in outcomes)
    return ApplyReply(flow=flow, results=tuple(results))


def fault_arguments(request: FaultRequest) -> dict[str, Any]:
    """A fault's arguments as the fault desk takes them. Raises Refusal where one is missing."""
    fault = request.fault
    if fault.endswith("-process"):
        return {"component": _needed(request.component, "component", fault)}
    if fault.endswith(("-host", "-disk", "-clock")):
        return _of_a_host(request)
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


def _of_a_host(request: FaultRequest) -> dict[str, Any]:
    fault = request.fault
    arguments: dict[str, Any] = {"host": _needed(request.host, "host", fault)}
    if fault == "slow-disk":
        arguments["extra_ns"] = round(_needed(request.extra_ms, "extra_ms", fault) * MILLISECOND_NS)
    elif fault == "skew-clock":
        arguments["skew_ns"] = round(_needed(request.skew_ms, "skew_ms", fault) * MILLISECOND_NS)
    return arguments


def _needed(value: Any, name: str, fault: str) -> Any:
    if value is None:
        raise Refusal(422, f"{fault} needs {name}", name)
    return value
