"""How an object comes to have a controller, and to lose it: patches that leave its other owners alone.

Both are strategic merge patches, and say of which uid the object must be. A second controller is refused by the
server, so that two which reach for one orphan cannot both get it. Before the first adoption of a sync the server is
asked for the owner: one whose deletion the cache has not heard of would take back what was just let go, and take it
along.

Source: Kubernetes, pkg/controller/controller_ref_manager.go.
"""

from __future__ import annotations

from typing import Any

from orrery.client import ApiClient
from orrery.machinery.objects import is_deleting, name_of, namespace_of, owner_reference, uid_of
from orrery.machinery.resources import Resource
from orrery.machinery.wire import StatusError

Document = dict[str, Any]


def adoption(obj: Document, owner: Document) -> Document:
    """The patch that makes `owner` (which has apiVersion and kind) the controller of an orphan."""
    return {"metadata": {"uid": uid_of(obj), "ownerReferences": [owner_reference(owner)]}}


async def check_may_adopt(api: ApiClient, resource: Resource, owner: Document) -> None:
    """Raises 409 if the owner, as the server has it, is being deleted or is another of its name; 404 if it is gone."""
    fresh = await api.get(resource, name_of(owner), namespace_of(owner))
    if uid_of(fresh) != uid_of(owner):
        why = f"original uid {uid_of(owner)} is gone: got {uid_of(fresh)}"
        raise StatusError.conflict(resource, name_of(owner), why)
    if is_deleting(fresh):
        raise StatusError.conflict(resource, name_of(owner), "it has just been deleted")


def release(obj: Document, owner: Document) -> Document:
    """The patch that takes one owner off."""
    return {"metadata": {"uid": uid_of(obj), "ownerReferences": [{"$patch": "delete", "uid": uid_of(owner)}]}}
