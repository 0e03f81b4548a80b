"""How an object comes to have a controller, and to lose it: patches that leave its other owners alone.

Both are strategic merge patches, and say of which uid the object must be. A second controller is refused by the
server, so that two which reach for one orphan cannot both get it.

Source: Kubernetes, pkg/controller/controller_ref_manager.go.
"""

from __future__ import annotations

from typing import Any

from orrery.machinery.objects import owner_reference, uid_of

Document = dict[str, Any]


def adoption(obj: Document, owner: Document) -> Document:
    """The patch that makes `owner` (which has apiVersion and kind) the controller of an orphan."""
    return {"metadata": {"uid": uid_of(obj), "ownerReferences": [owner_reference(owner)]}}


def release(obj: Document, owner: Document) -> Document:
    """The patch that takes one owner off."""
    return {"metadata": {"uid": uid_of(obj), "ownerReferences": [{"$patch": "delete", "uid": uid_of(owner)}]}}
