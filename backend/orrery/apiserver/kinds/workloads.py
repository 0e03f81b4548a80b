"""Deployments and ReplicaSets, and their ``scale``: how many replicas, without the rest."""

from __future__ import annotations

from orrery.apiserver import documents, rendering, revising
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.kinds.strategy import Strategy
from orrery.apiserver.reading import announce
from orrery.apiserver.requests import header
from orrery.machinery import patch as patches
from orrery.machinery import selectors
from orrery.machinery.bodies import media_type
from orrery.machinery.objects import Document, meta, name_of, put
from orrery.machinery.resources import DEPLOYMENTS, REPLICASETS, Resource
from orrery.machinery.wire import ApiResponse, Cause, StatusError

SCALE_VERSION, SCALE_KIND = "autoscaling/v1", "Scale"


class DeploymentStrategy(Strategy):
    """Deployments."""

    generation_of = ("spec", "metadata.annotations")


class ReplicaSetStrategy(Strategy):
    """ReplicaSets."""

    generation_of = ("spec",)

    def initial_status(self, obj: Document) -> Document:
        return {**obj, "status": {"replicas": 0}}


DEPLOYMENT = DeploymentStrategy(DEPLOYMENTS)
REPLICA_SET = ReplicaSetStrategy(REPLICASETS)
_BY_RESOURCE: dict[Resource, Strategy] = {DEPLOYMENTS: DEPLOYMENT, REPLICASETS: REPLICA_SET}


def scale_of(obj: Document) -> Document:
    """The Scale of a workload."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": SCALE_KIND,
        "apiVersion": SCALE_VERSION,
        "metadata": {key: meta(obj)[key] for key in kept if key in meta(obj)},
        "spec": {"replicas": spec.get("replicas", 0)},
        "status": {
            "replicas": status.get("replicas", 0),
            "selector": str(selectors.from_object(spec.get("selector"))),
        },
    }


async def scale(exchange: Exchange) -> ApiResponse:
    """``deployments/NAME/scale``: get, update, patch."""
    if exchange.info.verb == "get":
        announce(exchange, cached=False)
        info = exchange.info
        obj = await exchange.server.storage.get(exchange.resource, info.namespace, info.name)
        if obj is None:
            raise StatusError.not_found(exchange.resource, info.name)
        return ApiResponse(200, scale_of(obj))
    rendering.form_of(exchange)
    body = documents.content(exchange)
    patched = exchange.info.verb == "patch"

    async def change(old: Document) -> Document:
        wanted = body
        if patched:
            kind = media_type(header(exchange.request, "content-type"))
            wanted = patches.apply(kind, scale_of(old), body, SCALE_VERSION, SCALE_KIND)
        wanted = documents.decode(exchange, wanted, SCALE_VERSION, SCALE_KIND)
        if name_of(wanted):
            documents.check_name(exchange, wanted)
        revising.check_version(exchange, old, meta(wanted).get("resourceVersion", ""))
        replicas = (wanted.get("spec") or {}).get("replicas", 0)
        if replicas < 0:
            cause = Cause(
                "FieldValueInvalid", f"Invalid value: {replicas}: must be greater than or equal to 0", "spec.replicas"
            )
            raise StatusError.invalid_kind("autoscaling", SCALE_KIND, exchange.info.name, [cause])
        return strategy.prepare_for_update(put(old, "spec", "replicas", value=replicas), old)

    strategy = _BY_RESOURCE[exchange.resource]
    return ApiResponse(200, scale_of(await revising.revise(exchange, strategy, change)))
