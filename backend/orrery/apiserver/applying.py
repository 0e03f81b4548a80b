"""Server-side apply: a PATCH that says what its manager wants, and no more (``application/apply-patch+yaml``).

What others own, with another value, is a conflict, unless ``force`` takes it. What the manager wanted the last time and
wants no more is taken away, where nobody else owns it. An object that is not there is created.
"""

from __future__ import annotations

from orrery.apiserver import documents, rendering, revising, writing
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.requests import is_true
from orrery.machinery import managed_fields
from orrery.machinery.defaults import apply_defaults
from orrery.machinery.definitions import Schema, schema_for
from orrery.machinery.managed_fields import APPLY, BEFORE, UPDATE, Conflict
from orrery.machinery.objects import Document, drop, meta, name_of
from orrery.machinery.wire import ApiResponse, Cause, StatusError

MEDIA_TYPE = "application/apply-patch+yaml"


async def apply(exchange: Exchange) -> ApiResponse:
    """StatusError 400, 409 (conflicts), 422."""
    resource, strategy = exchange.resource, exchange.strategy
    manager = exchange.query("fieldManager")
    if not manager:
        cause = Cause("FieldValueRequired", "Required value: is required for apply patch", "fieldManager")
        raise StatusError.invalid_kind("meta.k8s.io", "PatchOptions", "", [cause])
    wanted = documents.decode_resource(exchange, documents.content(exchange), resource)
    if name_of(wanted):
        documents.check_name(exchange, wanted)
    else:
        wanted = {**wanted, "metadata": {**wanted["metadata"], "name": exchange.info.name}}
    wanted = drop(wanted, "status") if strategy.has_status else wanted
    version = meta(wanted).get("resourceVersion", "")
    schema = schema_for(resource.api_version, resource.kind)
    now = exchange.server.process.timestamp()
    mine = managed_fields.entry(manager, APPLY, resource.api_version, now, managed_fields.owned(wanted, schema))

    async def change(old: Document) -> Document:
        revising.check_version(exchange, old, version)
        return await _merged(exchange, old, wanted, mine, schema)

    try:
        return rendering.one(exchange, await revising.revise(exchange, strategy, change))
    except StatusError as error:
        if error.code != 404 or error.reason != "NotFound" or exchange.info.subresource or version:
            raise
    return await writing.create_object(exchange, wanted, managers=[mine])


async def _merged(
    exchange: Exchange, old: Document, wanted: Document, mine: Document, schema: Schema | None
) -> Document:
    entries = meta(old).get("managedFields")
    if not entries:
        time = str(meta(old).get("creationTimestamp", mine["time"]))
        everything = managed_fields.owned(old, schema)
        entries = [managed_fields.entry(BEFORE, UPDATE, exchange.resource.api_version, time, everything)]
    full = apply_defaults(exchange.resource, wanted)
    found = managed_fields.conflicts(wanted, old, entries, mine["manager"], schema)
    forced = is_true(exchange.query("force"))
    if found and not forced:
        raise _conflict(found)
    last = next(
        (one for one in entries if one["manager"] == mine["manager"] and one["operation"] == APPLY), None
    )
    merged = managed_fields.merge(old, wanted, schema)
    if last is not None:
        gone = managed_fields.minus(last["fieldsV1"], managed_fields.owned(full, schema))
        for one in entries:
            if one is not last:
                gone = managed_fields.minus(gone, one["fieldsV1"])
        merged = managed_fields.remove(merged, gone, schema)
    taken = mine["fieldsV1"] if found else None
    managers = managed_fields.after_apply(entries, mine, forced=taken)
    new = await writing.advanced(exchange, exchange.strategy, _with(merged, old), old)
    if _plain(new) == _plain(old) and last is not None and last["fieldsV1"] == mine["fieldsV1"]:
        return old  # nothing is to be written: not even the time
    return {**new, "metadata": {**new["metadata"], "managedFields": managers}}


def _with(merged: Document, old: Document) -> Document:
    metadata = {key: value for key, value in merged["metadata"].items() if key != "managedFields"}
    metadata["resourceVersion"] = old["metadata"]["resourceVersion"]
    return {**merged, "metadata": metadata}


def _plain(obj: Document) -> Document:
    return drop(obj, "metadata", "managedFields")


def _conflict(found: list[Conflict]) -> StatusError:
    by_manager: dict[str, list[Conflict]] = {}
    for one in found:
        by_manager.setdefault(f'"{one.manager}" using {one.api_version}', []).append(one)
    count = f"{len(found)} conflict{'s' if len(found) > 1 else ''}"
    parts = [
        f"conflict with {who}: {listed[0].field}" if len(listed) == 1 else
        f"conflicts with {who}:\n" + "\n".join(f"- {one.field}" for one in listed)
        for who, listed in by_manager.items()
    ]
    causes = [
        {"reason": "FieldManagerConflict", "field": one.field,
         "message": f'conflict with "{one.manager}" using {one.api_version}'}
        for one in found
    ]
    return StatusError.of(409, "Conflict", f"Apply failed with {count}: " + "\n".join(parts), {"causes": causes})
