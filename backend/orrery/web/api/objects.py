"""Objects: lists, one at an instant or in a version, its past, its kind's schema, and what an apply would come to."""

from collections.abc import Mapping
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query

from orrery.machinery import openapi
from orrery.machinery.definitions import definition_name, reference_of
from orrery.machinery.objects import dig, uid_of
from orrery.machinery.resources import EVENTS, by_kind
from orrery.machinery.selectors import parse_label_selector
from orrery.theatre.inventory import Inventory, as_yaml, find, matching
from orrery.theatre.projections.history import Past
from orrery.theatre.records import (
    EventLine,
    ObjectHistory,
    ObjectList,
    ObjectReply,
    SchemaReply,
    TryReply,
    TryRequest,
)
from orrery.theatre.room import Room
from orrery.theatre.standing import observed, standing
from orrery.web.api.here import Here
from orrery.web.api.refusal import Refusal
from orrery.web.documents import read_documents
from orrery.web.hall import Hall
from orrery.web.trying import try_documents

ROWS_MOST = 5_000
EVENTS_MOST = 100

Text = Annotated[str, Query(max_length=300)]
Instant = Annotated[int | None, Query(ge=0)]


def add(api: APIRouter, hall: Hall) -> None:
    known: WeakKeyDictionary[Room, Inventory] = WeakKeyDictionary()

    def inventory_of(room: Room) -> Inventory:
        found = known.get(room)
        if found is None:
            found = known[room] = Inventory(room.kernel, room.projections.history)
        return found

    @api.get("/objects")
    async def objects(
        room: Here, at_ns: Instant = None, resource: Text = "", namespace: Text = "", search: Text = "",
        labels: Text = "", limit: Annotated[int, Query(ge=1, le=ROWS_MOST)] = ROWS_MOST,
    ) -> ObjectList:
        """What existed at an instant (left out: now). `labels` is a selector as kubectl takes it."""
        inventory = inventory_of(room)
        at = room.kernel.now_ns if at_ns is None else at_ns
        if resource and find(resource) is None:
            raise Refusal(404, f"there is no resource {resource!r}", "resource")
        rows = matching(inventory.rows(at), resource=resource, namespace=namespace, search=search)
        if labels:
            selector = parse_label_selector(labels)
            rows = (row for row in rows if selector.matches(row.labels))
        found = sorted(rows, key=lambda row: (row.kind, row.namespace, row.name))
        return ObjectList(
            at_ns=at, kinds=inventory.kinds(), rows=tuple(found[:limit]), more=max(0, len(found) - limit),
            whole_from_ns=inventory.history.whole_from_ns(find(resource) if resource else None),
        )

    @api.get("/object")
    async def object_(
        room: Here, resource: Text, name: Text, namespace: Text = "", at_ns: Instant = None,
        revision: Annotated[int | None, Query(ge=1)] = None,
    ) -> ObjectReply:
        """An object as it was at an instant, or in a version; left out: as it is stored now."""
        inventory = inventory_of(room)
        past = _past(inventory, resource, namespace, name)
        at = room.kernel.now_ns if at_ns is None else at_ns
        version = past.at(at)
        if revision is not None:
            version = next((v for v in past.versions if v.revision == revision), None)
        if version is None:
            raise Refusal(404, f"{past.resource.plural} {name!r} not found", "name")
        document = inventory.document(past, version)
        at = at if revision is None else version.time_ns
        return ObjectReply(
            text=as_yaml(document), object=document, revision=version.revision, t_ns=version.time_ns,
            latest=version is past.versions[-1],
            standing=tuple(standing(past.resource, document, inventory, at)),
            observed=tuple(observed(past.resource, document, room.projections.observations, at)),
            events=tuple(_events(inventory, past, document, at)),
        )

    @api.get("/object/history")
    async def history(
        room: Here, resource: Text, name: Text, namespace: Text = "",
        before: Annotated[int | None, Query(ge=1)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 60,
    ) -> ObjectHistory:
        """The versions of an object that are kept, the newest first."""
        inventory = inventory_of(room)
        past = _past(inventory, resource, namespace, name)
        versions, more = inventory.versions(past, before, limit)
        whole_from_ns = inventory.history.whole_from_ns(past.resource)
        return ObjectHistory(versions=tuple(versions), more=more, whole_from_ns=whole_from_ns)

    @api.get("/schema")
    async def schema(api_version: Text, kind: Text) -> SchemaReply:
        """A kind's schema, and all that it refers to, out of the API server's own OpenAPI v3 document."""
        resource = by_kind(api_version, kind)
        root = definition_name(resource.group, resource.version, kind) if resource is not None else None
        if resource is None or root is None:
            raise Refusal(404, f'no matches for kind "{kind}" in version "{api_version}"', "kind")
        document = openapi.document(resource.group, resource.version)
        return SchemaReply(root=root, schemas=_reachable(document["components"]["schemas"], root))

    @api.post("/try")
    async def try_(request: TryRequest, room: Here) -> TryReply:
        """What an apply would come to: asked of the API server as a dry run, so that nothing is stored."""
        documents = read_documents(request.text)
        results = await try_documents(room, documents, inventory_of(room), request.revision)
        return TryReply(results=tuple(results))


def _past(inventory: Inventory, resource: str, namespace: str, name: str) -> Past:
    kind = find(resource)
    if kind is None:
        raise Refusal(404, f"there is no resource {resource!r}", "resource")
    past = inventory.history.past(kind, namespace, name)
    if past is None:
        raise Refusal(404, f"{kind.plural} {name!r} not found", "name")
    return past


def _events(inventory: Inventory, past: Past, document: Mapping[str, Any], at_ns: int) -> list[EventLine]:
    """The Kubernetes Events about an object at an instant, the newest first."""
    found = []
    for row, event in inventory.all_of(EVENTS, at_ns):
        about = event.get("involvedObject") or event.get("regarding") or {}
        if (about.get("kind"), about.get("name")) != (past.resource.kind, past.name):
            continue
        if past.namespace and about.get("namespace") != past.namespace:
            continue
        if about.get("uid") not in (None, "", uid_of(document), past.name):  # the kubelet names its Node by its name
            continue
        first, last = event.get("firstTimestamp"), event.get("lastTimestamp")
        found.append(EventLine(
            id=row.id, type=str(event.get("type") or "Normal"), reason=str(event.get("reason") or ""),
            message=str(event.get("message") or ""), count=int(event.get("count") or 1),
            source=str(dig(event, "source", "component") or event.get("reportingComponent") or ""),
            first_ns=inventory.ns_of(first or event.get("eventTime")),
            last_ns=inventory.ns_of(last or first or event.get("eventTime")),
        ))
    return sorted(found, key=lambda line: (-line.last_ns, line.id))[:EVENTS_MOST]


def _reachable(schemas: Mapping[str, Any], root: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    pending: list[Any] = [root]
    while pending:
        name = pending.pop()
        if name in found or name not in schemas:
            continue
        found[name] = schemas[name]
        pending += _references(schemas[name])
    return found


def _references(schema: object) -> list[str]:
    if isinstance(schema, list):
        return [name for item in schema for name in _references(item)]
    if not isinstance(schema, Mapping):
        return []
    name = reference_of(schema)
    inner = [found for value in schema.values() for found in _references(value)]
    return [name, *inner] if name is not None else inner


