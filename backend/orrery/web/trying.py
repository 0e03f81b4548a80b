"""What an apply would come to, found out without doing it: the request that `kubectl apply` would make, as a dry run.
The API server takes it through every stage and stores nothing, so its refusals are the real ones."""

import asyncio
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import orjson

from orrery.machinery.patch import STRATEGIC_MERGE_PATCH
from orrery.machinery.resources import Resource, by_kind
from orrery.machinery.wire import ApiResponse
from orrery.theatre.acts import Listener
from orrery.theatre.applying import LAST_APPLIED, last_applied, three_way, with_last_applied
from orrery.theatre.inventory import Inventory, as_yaml, differences, meanwhile
from orrery.theatre.projections.history import Past
from orrery.theatre.records import ConflictView, TryResult
from orrery.theatre.room import Room

ANSWER_S = 8.0
JSON = "application/json"


# What the server writes, and an apply leaves alone.
OWN = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink", "deletionTimestamp",
       "deletionGracePeriodSeconds")


async def try_documents(
    room: Room, documents: list[dict[str, Any]], inventory: Inventory, revision: int | None
) -> list[TryResult]:
    """One result a document, in order; none at all where the cluster does not answer in time, as while its clock is
    paused."""
    if room.director.paused:
        return []
    results: list[TryResult] = []
    try:
        async with asyncio.timeout(ANSWER_S):
            for document in documents:
                result = await _try(room, document)
                seen = _meanwhile(inventory, document, revision) if revision is not None else {}
                results.append(result.model_copy(update=seen))
    except TimeoutError:
        return []
    return results


def _meanwhile(inventory: Inventory, document: dict[str, Any], revision: int) -> dict[str, Any]:
    """What others have changed since the version that was edited, if it is still kept."""
    resource = by_kind(str(document.get("apiVersion")), str(document.get("kind")))
    name, namespace = str(document["metadata"]["name"]), str(document["metadata"].get("namespace") or "default")
    past = inventory.history.past(resource, namespace, name) if resource is not None else None
    base = next((version for version in past.versions if version.revision == revision), None) if past else None
    if past is None or base is None or past.versions[-1].verb == "deleted" or base is past.versions[-1]:
        return {}
    newest = past.versions[-1]
    mine = _edited(document)
    merged, clashes = meanwhile(
        _edited(inventory.document(past, base)), _edited(inventory.document(past, newest)), mine
    )
    return {
        "merged": as_yaml(merged) if merged != mine else "",
        "conflicts": tuple(
            ConflictView(
                path=path, theirs=orjson.dumps(theirs).decode(), revision=newest.revision,
                by=_who_changed(inventory, past, base.revision, path),
            )
            for path, theirs in clashes
        ),
    }


def _who_changed(inventory: Inventory, past: Past, since: int, path: str) -> str:
    """The user who wrote a field last, after a version."""
    versions = [version for version in past.versions if version.revision >= since]
    for before, after in reversed([*pairwise(versions)]):
        if path in differences(inventory.document(past, before), inventory.document(past, after)):
            return after.writer.user
    return ""


def _edited(document: Mapping[str, Any]) -> dict[str, Any]:
    """What of a document a person edits."""
    metadata = {key: value for key, value in document["metadata"].items() if key not in OWN}
    annotations = {k: v for k, v in (metadata.pop("annotations", None) or {}).items() if k != LAST_APPLIED}
    if annotations:
        metadata["annotations"] = annotations
    return {**{key: value for key, value in document.items() if key != "status"}, "metadata": metadata}


async def _try(room: Room, document: dict[str, Any]) -> TryResult:
    resource = by_kind(str(document.get("apiVersion")), str(document.get("kind")))
    name = str(document["metadata"]["name"])
    if resource is None:
        message = f'no matches for kind "{document.get("kind")}" in version "{document.get("apiVersion")}"'
        return TryResult(object=f"{document.get('kind')}/{name}", verb="failed", message=message)
    title = f"{resource.singular}{'.' + resource.group if resource.group else ''}/{name}"
    namespace = str(document["metadata"].get("namespace") or "default") if resource.namespaced else ""
    stored = room.projections.objects.get(resource, namespace, name)
    wanted = with_last_applied(document, namespace)
    if stored is None:
        return await _ask(room, title, resource, namespace, "", wanted, None)
    live = {
        **stored.document, "metadata": {**stored.document["metadata"], "resourceVersion": str(stored.revision)},
    }
    patch = three_way(last_applied(live), wanted, live)
    if not patch:
        return TryResult(object=title, verb="unchanged", before=as_yaml(live), after=as_yaml(live))
    return await _ask(room, title, resource, namespace, name, patch, live)


async def _ask(
    room: Room, title: str, resource: Resource, namespace: str, name: str, body: Mapping[str, Any],
    live: dict[str, Any] | None,
) -> TryResult:
    """A POST where nothing is `live`, a PATCH otherwise."""
    answered: asyncio.Future[ApiResponse] = asyncio.get_running_loop().create_future()

    def take(response: ApiResponse) -> None:
        if not answered.done():
            answered.set_result(response)

    method, kind = ("POST", JSON) if live is None else ("PATCH", STRATEGIC_MERGE_PATCH)
    number = room.acts.request(
        method, resource.path(namespace, name), {"dryRun": "All", "fieldValidation": "Strict"},
        {"accept": JSON, "content-type": kind, "user-agent": "kubectl-apply"},
        orjson.dumps(body), Listener(take, lambda item: None, lambda: None),
    )
    room.poke()
    try:
        response = await answered
    except asyncio.CancelledError:
        room.acts.hang_up(number)
        raise
    answer = response.body if isinstance(response.body, Mapping) else orjson.loads(str(response.body) or "{}")
    before = as_yaml(live) if live is not None else ""
    if not response.ok:
        message = str(answer.get("message") or response.code)
        return TryResult(object=title, verb="failed", message=message, before=before)
    return TryResult(
        object=title, verb="created" if live is None else "configured", before=before, after=as_yaml(answer)
    )
