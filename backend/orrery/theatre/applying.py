"""Applying a document as `kubectl apply` does on the client's side: a three-way merge of what was applied last, what is
asked for now, and what stands in the cluster."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import orjson

from orrery.client import ApiClient
from orrery.kernel import SECOND, Address, RpcError, sleep
from orrery.machinery.objects import deep_copy
from orrery.machinery.resources import Resource, by_kind
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl.errors import Unconnected, told

RETRY_AFTER_NS = tuple(seconds * SECOND for seconds in (1, 2, 4, 8, 8, 8))
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Outcome(NamedTuple):
    """What became of one object."""

    object: str
    verb: Literal["created", "configured", "unchanged", "deleted", "failed"]
    message: str = ""
    why: Literal["", "no-quorum", "unreachable"] = ""


def failed(title: str, error: StatusError | RpcError, server: Address) -> Outcome:
    """A failure in kubectl's own words, and what is behind it where those tell people little."""
    if isinstance(error, StatusError):
        return Outcome(title, "failed", told(error)[0], "no-quorum" if "etcdserver: " in error.message else "")
    return Outcome(title, "failed", told(Unconnected(server, error))[0], "unreachable")


async def apply_document(client: ApiClient, server: Address, document: Mapping[str, Any]) -> Outcome:
    """Creates the object, or changes it to what the document asks for. Applying twice is applying once; so, unlike
    kubectl, this tries again when the server could not answer (etcd without a leader, say), for a while."""
    resource = by_kind(str(document.get("apiVersion")), str(document.get("kind")))
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    name = str(metadata.get("name", ""))
    if resource is None:
        kind, version = document.get("kind"), document.get("apiVersion")
        return Outcome(f"{kind}/{name}", "failed", f'no matches for kind "{kind}" in version "{version}"')
    title = f"{resource.singular}{'.' + resource.group if resource.group else ''}/{name}"
    namespace = str(metadata.get("namespace") or "default") if resource.namespaced else ""
    wanted = with_last_applied(document, namespace)
    answer: StatusError | RpcError | None = None
    for wait_ns in (*RETRY_AFTER_NS, None):
        try:
            return Outcome(title, await _apply(client, resource, wanted, name, namespace))
        except StatusError as error:
            answer = error
            if wait_ns is None or error.code < 500:
                return failed(title, error, server)
        except RpcError as error:
            # A server that answered before it was lost said more than the silence after it.
            answer = answer if isinstance(answer, StatusError) else error
            if wait_ns is None:
                return failed(title, answer, server)
        await sleep(wait_ns)
    raise AssertionError("the last attempt returns")


async def _apply(
    client: ApiClient, resource: Resource, wanted: dict[str, Any], name: str, namespace: str
) -> Literal["created", "configured", "unchanged"]:
    try:
        live = await client.get(resource, name, namespace)
    except StatusError as error:
        if error.code != 404:
            raise
        await client.create(resource, wanted, strict=True)
        return "created"
    patch = three_way(last_applied(live), wanted, live)
    if not patch:
        return "unchanged"
    await client.patch(resource, name, patch, namespace, type="strategic", strict=True)
    return "configured"


def with_last_applied(document: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """The document with the annotation that remembers it."""
    wanted: dict[str, Any] = deep_copy(document)
    metadata = wanted.setdefault("metadata", {})
    if namespace:
        metadata["namespace"] = namespace
    annotations = {k: v for k, v in (metadata.get("annotations") or {}).items() if k != LAST_APPLIED}
    metadata["annotations"] = annotations
    text = orjson.dumps(wanted, option=orjson.OPT_SORT_KEYS).decode() + "\n"
    metadata["annotations"] = {**annotations, LAST_APPLIED: text}
    return wanted


def last_applied(live: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was applied last, as the live object remembers it."""
    text = ((live.get("metadata") or {}).get("annotations") or {}).get(LAST_APPLIED)
    try:
        document = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def three_way(last: Mapping[str, Any], wanted: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """A merge patch: what is wanted and not so yet, and null for what was applied last and is wanted no more. Lists are
    given whole; the server merges those that have merge keys."""
    patch: dict[str, Any] = {}
    for key, value in wanted.items():
        there = live.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            before = last.get(key)
            inner = three_way(before if isinstance(before, Mapping) else {}, value, there)
            if inner:
                patch[key] = inner
        elif not covers(there, value):
            patch[key] = value
    for key in last:
        if key not in wanted and key in live:
            patch[key] = None
    return patch


def covers(there: Any, wanted: Any) -> bool:
    """Whether what is there has everything that is wanted (the server's defaults may add to it)."""
    if isinstance(wanted, Mapping):
        return isinstance(there, Mapping) and all(covers(there.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(there, list) and len(there) == len(wanted)
            and all(covers(a, b) for a, b in zip(there, wanted, strict=True))
        )
    return bool(there == wanted)
