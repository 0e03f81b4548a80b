"""Create, update and patch: from a request's body to a stored object.

    decoding               the body is a document of its kind; unknown fields are refused or dropped; defaults
    mutating admission     plugins that may change it
    validation             the kind's own preparation (status, generation), then everything that may be wrong with it
    validating admission   plugins that may refuse it
    storage                a transaction on the key
"""

from __future__ import annotations

from orrery.apiserver import admission, documents, rendering, revising
from orrery.apiserver.admission import CREATE, UPDATE, Write
from orrery.apiserver.exchange import CHANGED, PASS, Exchange
from orrery.apiserver.kinds.strategy import Strategy
from orrery.apiserver.requests import header
from orrery.apiserver.storage import Taken
from orrery.machinery import managed_fields, validation
from orrery.machinery import patch as patches
from orrery.machinery.bodies import media_type
from orrery.machinery.defaults import apply_defaults
from orrery.machinery.definitions import schema_for
from orrery.machinery.objects import Document, meta, name_of, namespace_of, uid_of
from orrery.machinery.wire import ApiResponse, Cause, StatusError

GENERATED_NAME_TRIES = 8
GENERATED_PREFIX_LONGEST = 58

# What only the server writes in metadata; an update that leaves it out means no change.
_KEPT = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation")

# -- create


async def create(exchange: Exchange) -> ApiResponse:
    """A new object: 201. StatusError 400, 403, 404 (its namespace), 409, 422."""
    rendering.form_of(exchange)
    exchange.stage = "decoding"
    return await create_object(exchange, documents.decode_resource(
        exchange, documents.content(exchange), exchange.resource
    ))


async def create_object(exchange: Exchange, obj: Document, *, managers: list[Document] | None = None) -> ApiResponse:
    """The same for an object that has been decoded; ``managers`` are those of its fields, where they are kept."""
    resource, strategy = exchange.resource, exchange.strategy
    obj = apply_defaults(resource, _placed(exchange, obj))
    write = Write(exchange, CREATE, obj)
    await _mutate(write)
    exchange.stage = "validation"
    prepared = strategy.prepare_for_create(write.obj)
    prefix = "" if name_of(prepared) else str(meta(prepared).get("generateName") or "")
    for tries_left in range(GENERATED_NAME_TRIES if prefix else 1, 0, -1):
        obj = _identified(exchange, prepared, prefix)
        if managers:
            obj = {**obj, "metadata": {**obj["metadata"], "managedFields": managers}}
        _check(exchange, validation.validate_create(resource, obj), name_of(obj))
        write.new = obj
        await _validate(write)
        try:
            return rendering.one(exchange, await _insert(exchange, strategy, obj), 201)
        except StatusError as error:
            if error.reason != "AlreadyExists" or tries_left == 1:
                raise
    raise StatusError.server_timeout(resource, "create", 1)  # a loop that always ends above


def _placed(exchange: Exchange, obj: Document) -> Document:
    """The object in the namespace of the path. StatusError 400 where it says otherwise."""
    metadata = obj["metadata"]
    namespace = exchange.info.namespace if exchange.resource.namespaced else ""
    given = metadata.get("namespace") or ""
    if given and given != namespace and exchange.resource.namespaced:
        raise StatusError.bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if metadata.get("resourceVersion"):
        raise StatusError.of(500, "", "resourceVersion should not be set on objects to be created")
    if not namespace or namespace == given:
        return obj
    return {**obj, "metadata": {**metadata, "namespace": namespace}}


def _identified(exchange: Exchange, obj: Document, prefix: str) -> Document:
    """The object with a name, an identity and a date of birth."""
    process = exchange.server.process
    metadata = {key: value for key, value in obj["metadata"].items() if key not in (*_KEPT[:4], "resourceVersion")}
    if prefix:
        metadata["name"] = prefix[:GENERATED_PREFIX_LONGEST] + process.random.suffix()
    metadata["uid"] = process.random.uuid()
    metadata["creationTimestamp"] = process.timestamp()
    return {"kind": exchange.resource.kind, "apiVersion": exchange.resource.api_version, **obj, "metadata": metadata}


async def _insert(exchange: Exchange, strategy: Strategy, obj: Document) -> Document:
    resource, server = exchange.resource, exchange.server
    namespace, name = namespace_of(obj), name_of(obj)
    if exchange.dry_run:
        if await server.storage.get(resource, namespace, name) is not None:
            raise StatusError.already_exists(resource, name)
        return strategy.allocate(server, obj, None)
    for _ in range(revising.ALLOCATION_TRIES):
        candidate = strategy.allocate(server, obj, None)
        if not exchange.quiet:
            exchange.stage = "storage"
            exchange.said(PASS, f"if there is no {resource.key(namespace, name)}")
            exchange.announce()
        lease = await server.ttl_lease(strategy)
        try:
            stored = await server.storage.create(
                resource, namespace, name, candidate, claims=strategy.claims(candidate), lease=lease,
                quiet=exchange.quiet,
            )
        except Taken as taken:
            strategy.refuse_taken(obj, taken.key)
            continue
        if stored is None:
            raise StatusError.already_exists(resource, name)
        return stored
    raise StatusError.internal_error("failed to allocate: every choice was taken")


# -- update and patch


async def update(exchange: Exchange) -> ApiResponse:
    """A new version of a whole object, or of its status. StatusError 400, 403, 404, 409, 422."""
    resource, info, strategy = exchange.resource, exchange.info, exchange.strategy
    rendering.form_of(exchange)
    exchange.stage = "decoding"
    obj = documents.decode_resource(exchange, documents.content(exchange), resource)
    name = name_of(obj)
    if not name:
        raise StatusError.bad_request("name must be provided")
    documents.check_name(exchange, obj)
    version = meta(obj).get("resourceVersion", "")
    if version in ("", "0") and not strategy.unconditional_update:
        cause = Cause("FieldValueInvalid", "Invalid value: 0: must be specified for an update",
                      "metadata.resourceVersion")
        raise StatusError.invalid_kind(resource.group, resource.plural, name, [cause])

    async def change(old: Document) -> Document:
        revising.check_version(exchange, old, version)
        return await advanced(exchange, strategy, obj, old)

    try:
        return rendering.one(exchange, await revising.revise(exchange, strategy, change))
    except StatusError as error:
        if error.code != 404 or not strategy.create_on_update or version or info.subresource:
            raise
    return await create(exchange)


async def patch(exchange: Exchange) -> ApiResponse:
    """A part of an object changed, by a patch of one of three kinds. StatusError as for an update, and 415."""
    resource, strategy = exchange.resource, exchange.strategy
    rendering.form_of(exchange)
    exchange.stage = "decoding"
    kind = media_type(header(exchange.request, "content-type"))
    if kind not in patches.MEDIA_TYPES:
        raise StatusError.unsupported_media_type(patches.MEDIA_TYPES)
    body = documents.content(exchange)
    warned = len(exchange.warnings)

    async def change(old: Document) -> Document:
        del exchange.warnings[warned:]
        patched = patches.apply(kind, old, body, resource.api_version, resource.kind)
        obj = documents.decode_resource(exchange, patched, resource)
        documents.check_name(exchange, obj)
        revising.check_version(exchange, old, meta(obj).get("resourceVersion", ""))
        return await advanced(exchange, strategy, obj, old)

    return rendering.one(exchange, await revising.revise(exchange, strategy, change))


async def advanced(exchange: Exchange, strategy: Strategy, obj: Document, old: Document) -> Document:
    """What a new version becomes on its way to the store, given the one that it replaces."""
    resource = exchange.resource
    of_status = exchange.info.subresource == "status"
    new = _kept(exchange, obj, old)
    if not of_status:
        new = apply_defaults(resource, new)
    write = Write(exchange, UPDATE, new, old)
    await _mutate(write)
    exchange.stage = "validation"
    if of_status:
        new = strategy.prepare_for_status(write.obj, old)
        _check(exchange, validation.validate_metadata_update(new, old), exchange.info.name)
    else:
        new = strategy.prepare_for_update(write.obj, old)
        _check(exchange, strategy.check_update(new, old), exchange.info.name)
    write.new = new
    await _validate(write)
    return _managed(exchange, new, old)


def _managed(exchange: Exchange, new: Document, old: Document) -> Document:
    """The new version with the managers of its fields, where somebody has applied the object."""
    entries = old["metadata"].get("managedFields")
    if not entries:
        return new
    if not exchange.info.subresource:
        resource = exchange.resource
        manager = exchange.query("fieldManager") or header(exchange.request, "user-agent").partition("/")[0]
        now = exchange.server.process.timestamp()
        mine = managed_fields.entry(manager or "unknown", managed_fields.UPDATE, resource.api_version, now, {})
        schema = schema_for(resource.api_version, resource.kind)
        entries = managed_fields.after_update(entries, old, new, schema, mine)
    return {**new, "metadata": {**new["metadata"], "managedFields": entries}}


def _kept(exchange: Exchange, obj: Document, old: Document) -> Document:
    """The new version with what only the server writes; StatusError 409 where it is another object's."""
    stored = old["metadata"]
    given = uid_of(obj)
    if given and given != stored["uid"]:
        why = f"Precondition failed: UID in precondition: {given}, UID in object meta: {stored['uid']}"
        raise StatusError.conflict(exchange.resource, exchange.info.name, why)
    metadata = dict(obj["metadata"])
    for field in _KEPT:
        if field in stored:
            metadata[field] = stored[field]
        else:
            metadata.pop(field, None)
    if "namespace" in stored:
        metadata["namespace"] = stored["namespace"]
    metadata["resourceVersion"] = stored["resourceVersion"]
    return {**obj, "metadata": metadata}


# -- the stages


async def _mutate(write: Write) -> None:
    exchange = write.exchange
    exchange.stage = "mutating admission"
    changed: list[str] = []
    for plugin in admission.mutating(write.operation, exchange.info.qualified):
        before = write.new
        assert plugin.admit is not None
        await plugin.admit(write)
        if write.new is not before:
            changed.append(plugin.name)
    if not exchange.quiet:
        asked = [plugin.name for plugin in admission.mutating(write.operation, exchange.info.qualified)]
        exchange.said(CHANGED if changed else PASS, ", ".join(changed or asked))


def _check(exchange: Exchange, causes: list[Cause], name: str) -> None:
    if causes:
        raise StatusError.invalid(exchange.resource, name, causes)
    if not exchange.quiet:
        exchange.said(PASS, exchange.resource.api_version + " " + exchange.resource.kind)


async def _validate(write: Write) -> None:
    exchange = write.exchange
    exchange.stage = "validating admission"
    for plugin in admission.validating(write.operation, exchange.info.qualified):
        assert plugin.validate is not None
        await plugin.validate(write)
    if not exchange.quiet:
        asked = [plugin.name for plugin in admission.validating(write.operation, exchange.info.qualified)]
        exchange.said(PASS, ", ".join(asked))
