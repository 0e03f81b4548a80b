"""Delete and deletecollection: at once, or gracefully, or when the last finalizer is off.

* A Pod on a node is marked with a ``deletionTimestamp``, and goes when its kubelet deletes it with a grace of 0.
* An object with finalizers is marked, and goes with the write that takes off the last of them.
* ``propagationPolicy`` Orphan and Foreground are finalizers that the garbage collector takes off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from orrery.apiserver import admission, documents, rendering, revising
from orrery.apiserver.admission import DELETE, Write
from orrery.apiserver.exchange import ALLOW, Exchange
from orrery.apiserver.kinds.strategy import Strategy
from orrery.apiserver.reading import announce
from orrery.apiserver.selection import selection
from orrery.apiserver.storage import Changed
from orrery.kernel import SECOND
from orrery.machinery.objects import Document, is_deleting, meta, name_of, namespace_of, uid_of
from orrery.machinery.time import format_time, parse_time
from orrery.machinery.wire import ApiResponse, Cause, StatusError, status_success

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"
_POLICIES = {"Orphan": ORPHAN, "Foreground": FOREGROUND, "Background": ""}


@dataclass(frozen=True, slots=True)
class Options:
    """DeleteOptions. ``finalizer`` is what the propagation policy puts on, None where no policy was given."""

    grace_s: int | None = None
    finalizer: str | None = None
    uid: str = ""
    resource_version: str = ""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Options:
        """The options that a document carries. StatusError 400, 422."""
        grace_s = document.get("gracePeriodSeconds")
        preconditions = document.get("preconditions") or {}
        policy = document.get("propagationPolicy")
        orphan = document.get("orphanDependents")
        if policy is not None and policy not in _POLICIES:
            why = f'Unsupported value: "{policy}": supported values: "Foreground", "Background", "Orphan", "nil"'
            raise _bad_options(why, "propagationPolicy")
        if policy is not None and orphan is not None:
            raise _bad_options("Invalid value: orphanDependents and deletionPropagation cannot be both set",
                               "propagationPolicy")
        finalizer = _POLICIES[policy] if policy is not None else None
        if orphan is not None:
            finalizer = ORPHAN if orphan else ""
        return cls(grace_s, finalizer, preconditions.get("uid") or "", preconditions.get("resourceVersion") or "")


def _bad_options(why: str, field: str) -> StatusError:
    return StatusError.invalid_kind("meta.k8s.io", "DeleteOptions", "", [Cause("FieldValueInvalid", why, field)])


async def delete(exchange: Exchange) -> ApiResponse:
    """One object. StatusError 403, 404, 409."""
    options = _options(exchange)
    rendering.form_of(exchange)
    return _answer(
        exchange, *await delete_named(exchange, exchange.strategy, exchange.info.namespace, exchange.info.name, options)
    )


async def delete_collection(exchange: Exchange) -> ApiResponse:
    """Every selected object, one after the other; the answer lists them as they were found."""
    options = _options(exchange)
    chosen = selection(exchange)
    resource, server = exchange.resource, exchange.server
    announce(exchange, cached=False)
    page = await server.storage.page(resource, chosen.namespace)
    found = [obj for obj in page.items if chosen.matches(obj)]
    for obj in found:
        try:
            await delete_named(exchange, exchange.strategy, namespace_of(obj), name_of(obj), options)
        except StatusError as error:
            if error.code != 404:
                raise
    return rendering.several(exchange, found, {"resourceVersion": str(page.revision)})


async def delete_named(
    exchange: Exchange, strategy: Strategy, namespace: str, name: str, options: Options
) -> tuple[Document, bool]:
    """Deletes an object, or begins to; the object, and whether it is gone. StatusError 403, 404, 409."""
    resource, storage = exchange.resource, exchange.server.storage

    async def work(old: Document, fresh: bool) -> tuple[Document, bool]:
        await _admit(exchange, old)
        _check_preconditions(exchange, old, options)
        marked = _marked(exchange, strategy, old, options)
        if marked is old and not fresh:
            raise revising.Doubtful
        if exchange.dry_run or marked is old:
            return old, False
        revising.announce(exchange, old)
        if marked is None:
            held = strategy.claims(old)
            return await storage.remove(resource, namespace, name, old, released=held, quiet=exchange.quiet), True
        stored = await storage.replace(resource, namespace, name, old, marked, quiet=exchange.quiet)
        if strategy.is_finished(stored):
            return await _finish(exchange, strategy, namespace, name, stored), True
        return stored, False

    return await revising.attempt(exchange, namespace, name, work)


async def _finish(exchange: Exchange, strategy: Strategy, namespace: str, name: str, obj: Document) -> Document:
    """Removes what has just been marked with nothing to wait for; if somebody else does, that is as well."""
    try:
        return await exchange.server.storage.remove(
            exchange.resource, namespace, name, obj, released=strategy.claims(obj), quiet=exchange.quiet
        )
    except Changed as changed:
        if changed.current is None or uid_of(changed.current) != uid_of(obj):
            return obj
        if not strategy.is_finished(changed.current):
            return changed.current
        return await _finish(exchange, strategy, namespace, name, changed.current)


async def _admit(exchange: Exchange, old: Document) -> None:
    write = Write(exchange, DELETE, None, old)
    exchange.stage = "validating admission"
    for plugin in admission.mutating(DELETE, exchange.info.qualified):
        assert plugin.admit is not None
        await plugin.admit(write)
    for plugin in admission.validating(DELETE, exchange.info.qualified):
        assert plugin.validate is not None
        await plugin.validate(write)
    if not exchange.quiet:
        exchange.said(ALLOW, ", ".join(plugin.name for plugin in admission.validating(DELETE, exchange.info.qualified)))


def _check_preconditions(exchange: Exchange, old: Document, options: Options) -> None:
    if options.uid and options.uid != uid_of(old):
        why = f"Precondition failed: UID in precondition: {options.uid}, UID in object meta: {uid_of(old)}"
        raise StatusError.conflict(exchange.resource, name_of(old), why)
    version = meta(old)["resourceVersion"]
    if options.resource_version and options.resource_version != version:
        why = (
            f"Precondition failed: ResourceVersion in precondition: {options.resource_version}, "
            f"ResourceVersion in object meta: {version}"
        )
        raise StatusError.conflict(exchange.resource, name_of(old), why)


def _marked(exchange: Exchange, strategy: Strategy, old: Document, options: Options) -> Document | None:
    """The object marked for deletion; itself where it is already; None where it can go at once."""
    now_ns = exchange.server.process.wall_ns()
    grace_s = strategy.grace_s(old, options.grace_s)
    finalizers = _finalizers(old, options)
    if is_deleting(old):
        if grace_s is not None and (shorter := _shortened(old, options)) is not None:
            return shorter
        return None if strategy.is_finished(old) else old
    metadata = dict(old["metadata"])
    if finalizers:
        metadata["finalizers"] = finalizers
    else:
        metadata.pop("finalizers", None)
    metadata["deletionTimestamp"] = format_time(now_ns + (grace_s or 0) * SECOND)
    metadata["deletionGracePeriodSeconds"] = grace_s or 0
    if metadata.get("generation"):
        metadata["generation"] += 1
    marked = strategy.mark_deleted({**old, "metadata": metadata}, format_time(now_ns))
    if grace_s is None and strategy.is_finished(marked):
        return None
    return marked


def _shortened(old: Document, options: Options) -> Document | None:
    """A grace that is running may be made shorter, never longer."""
    running_s = int(meta(old).get("deletionGracePeriodSeconds") or 0)
    if options.grace_s is None or options.grace_s >= running_s:
        return None
    due_ns = parse_time(meta(old)["deletionTimestamp"]) + (options.grace_s - running_s) * SECOND
    changed = {"deletionTimestamp": format_time(due_ns), "deletionGracePeriodSeconds": options.grace_s}
    return {**old, "metadata": {**old["metadata"], **changed}}


def _finalizers(old: Document, options: Options) -> list[str]:
    """The finalizers, with that of the propagation policy and without that of the other."""
    present = list(meta(old).get("finalizers") or ())
    if options.finalizer is None:
        return present
    kept = [name for name in present if name not in (ORPHAN, FOREGROUND)]
    return [*kept, options.finalizer] if options.finalizer else kept


def _options(exchange: Exchange) -> Options:
    """The options of the body, and those of the query on top."""
    exchange.stage = "decoding"
    document = documents.content(exchange)
    if document is not None:
        version = document.get("apiVersion", "v1") if isinstance(document, dict) else "v1"
        if version not in ("v1", "meta.k8s.io/v1", exchange.resource.api_version):
            raise StatusError.bad_request(f'no kind "DeleteOptions" is registered for version "{version}"')
        document = documents.decode(exchange, document, version, "DeleteOptions")
    options = Options.of(document or {})
    grace = exchange.query("gracePeriodSeconds")
    if grace:
        try:
            options = replace(options, grace_s=int(grace))
        except ValueError:
            raise StatusError.bad_request(f'strconv.ParseInt: parsing "{grace}": invalid syntax') from None
    policy = exchange.query("propagationPolicy")
    if policy:
        options = replace(options, finalizer=Options.of({"propagationPolicy": policy}).finalizer)
    return options


def _answer(exchange: Exchange, obj: Document, gone: bool) -> ApiResponse:
    """The object, if its kind answers so or it is still there; a Status that names it, if not."""
    if not gone or exchange.strategy.returns_deleted:
        return rendering.one(exchange, obj)
    resource = exchange.resource
    details = {"name": name_of(obj), "group": resource.group, "kind": resource.plural, "uid": uid_of(obj)}
    return ApiResponse(200, status_success({key: value for key, value in details.items() if value}))
