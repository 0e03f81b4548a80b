"""What is particular to a kind when it is stored; this class is what holds for most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orrery.machinery import validation
from orrery.machinery.objects import Document, drop, is_deleting, meta
from orrery.machinery.resources import Resource
from orrery.machinery.wire import Cause

if TYPE_CHECKING:
    from orrery.apiserver.server import ApiServer


class Strategy:
    """The particulars of one kind.

    ``generation_of`` names the fields whose change begins a new generation (none: the kind counts no generations).
    ``unconditional_update``: an update may leave out the resourceVersion. ``create_on_update``: an update may create.
    ``returns_deleted``: a deletion answers with the object, not with a Status. ``warning`` goes with every answer.
    """

    generation_of: tuple[str, ...] = ()
    unconditional_update = True
    create_on_update = False
    returns_deleted = False
    warning = ""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.has_status = resource.subresource("status") is not None

    # -- creation and update: pure functions of documents

    def prepare_for_create(self, obj: Document) -> Document:
        """The object as it begins: without a status, in its first generation."""
        if self.has_status:
            obj = self.initial_status(obj)
        if self.generation_of:
            obj = {**obj, "metadata": {**obj["metadata"], "generation": 1}}
        return obj

    def initial_status(self, obj: Document) -> Document:
        """The object with the status of something that nobody has seen to yet."""
        return {**drop(obj, "status"), "status": {}}

    def prepare_for_update(self, new: Document, old: Document) -> Document:
        """The new version: its status is the old one's, its generation counts the changes of what is wanted."""
        if self.has_status and new.get("status") != old.get("status"):
            new = drop(new, "status")
            if "status" in old:
                new["status"] = old["status"]
        if self.generation_of and any(part(new, field) != part(old, field) for field in self.generation_of):
            generation = int(meta(old).get("generation") or 0) + 1
            new = {**new, "metadata": {**new["metadata"], "generation": generation}}
        return new

    def prepare_for_status(self, new: Document, old: Document) -> Document:
        """The new version of a write to ``status``: everything else is the old one's, labels and owners too."""
        metadata = {**meta(new)}
        for field in ("labels", "ownerReferences"):
            if field in meta(old):
                metadata[field] = meta(old)[field]
            else:
                metadata.pop(field, None)
        return {**old, "metadata": metadata, "status": new.get("status") or {}}

    def check_update(self, new: Document, old: Document) -> list[Cause]:
        """Everything that is wrong with a new version."""
        return validation.validate_update(self.resource, new, old)

    # -- deletion

    def grace_s(self, obj: Document, wanted_s: int | None) -> int | None:
        """How long the object goes on after it was deleted; None: this kind knows no grace."""
        return None

    def mark_deleted(self, obj: Document, now: str) -> Document:
        """The object at the moment its deletion begins, for kinds that do more than note the time."""
        return obj

    def is_finished(self, obj: Document) -> bool:
        """Whether nothing keeps an object that is being deleted: no finalizer, and no grace still to run."""
        if not is_deleting(obj) or meta(obj).get("finalizers"):
            return False
        return not meta(obj).get("deletionGracePeriodSeconds")

    # -- what is given out once: cluster addresses, ports

    def allocate(self, server: ApiServer, new: Document, old: Document | None) -> Document:
        """The object with what the server chooses for it. StatusError 422."""
        return new

    def claims(self, obj: Document) -> tuple[str, ...]:
        """The keys that the object holds besides its own."""
        return ()

    def refuse_taken(self, wanted: Document, key: str) -> None:
        """Somebody else holds a key. StatusError 422 if the client asked for just that one."""

    # -- storage

    def ttl_s(self, server: ApiServer) -> int:
        """How long an object is kept by itself; 0: for ever."""
        return 0


def part(obj: Document, field: str) -> Any:
    """What lies at ``spec`` or ``metadata.annotations``."""
    value: Any = obj
    for step in field.split("."):
        value = (value or {}).get(step)
    return value or None
