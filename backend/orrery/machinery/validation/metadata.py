"""Checks of ``metadata`` on creation and on update."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orrery.machinery.objects import meta
from orrery.machinery.resources import Resource
from orrery.machinery.validation import names
from orrery.machinery.validation.causes import IMMUTABLE, forbidden, invalid, required, too_long
from orrery.machinery.wire import Cause

_ANNOTATIONS_LIMIT_BYTES = 256 * 1024
_NAME_RULES: dict[str, Callable[[str], list[str]]] = {"Namespace": names.label, "Service": names.dns_1035}


def on_create(resource: Resource, obj: Mapping[str, Any]) -> list[Cause]:
    """The metadata of a new object, or of the new version of one."""
    metadata = meta(obj)
    rule = _NAME_RULES.get(resource.kind, names.subdomain)
    causes: list[Cause] = []
    prefix, name = metadata.get("generateName", ""), metadata.get("name", "")
    if prefix:
        shown = prefix[:-1] + "a" if prefix.endswith("-") else prefix
        causes += [invalid("metadata.generateName", prefix, problem) for problem in rule(shown)]
    if name:
        causes += [invalid("metadata.name", name, problem) for problem in rule(name)]
    elif not prefix:
        causes.append(required("metadata.name", "name or generateName is required"))
    if resource.namespaced:
        namespace = metadata.get("namespace", "")
        if not namespace:
            causes.append(required("metadata.namespace"))
        causes += [invalid("metadata.namespace", namespace, p) for p in names.label(namespace) if namespace]
    elif metadata.get("namespace"):
        causes.append(forbidden("metadata.namespace", "not allowed on this type"))
    causes += names.labels("metadata.labels", metadata.get("labels"))
    causes += _annotations(metadata.get("annotations") or {})
    causes += _owners(metadata.get("ownerReferences") or ())
    for index, finalizer in enumerate(metadata.get("finalizers") or ()):
        field = f"metadata.finalizers[{index}]"
        causes += [invalid(field, finalizer, problem) for problem in names.qualified(finalizer)]
    return causes


def _annotations(annotations: Mapping[str, str]) -> list[Cause]:
    causes: list[Cause] = []
    size_bytes = 0
    for key, value in annotations.items():
        causes += [invalid("metadata.annotations", key, problem) for problem in names.qualified(key.lower())]
        size_bytes += len(key.encode()) + len(value.encode())
    if size_bytes > _ANNOTATIONS_LIMIT_BYTES:
        causes.append(too_long("metadata.annotations", _ANNOTATIONS_LIMIT_BYTES))
    return causes


def _owners(references: Any) -> list[Cause]:
    causes: list[Cause] = []
    controller = ""
    for index, reference in enumerate(references):
        for field in ("apiVersion", "kind", "name", "uid"):
            if not reference.get(field):
                empty = invalid(f"metadata.ownerReferences[{index}].{field}", "", "must not be empty")
                causes.append(empty)
        if reference.get("controller"):
            if controller:
                detail = (
                    'Only one reference can have Controller set to true. Found "true" in references for '
                    f"{controller} and {reference.get('name')}"
                )
                causes.append(invalid("metadata.ownerReferences", references, detail))
            controller = str(reference.get("name"))
    return causes


def on_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """What may not change in metadata."""
    fresh, stored = meta(new), meta(old)
    causes: list[Cause] = []
    for field in ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"):
        if fresh.get(field) != stored.get(field):
            causes.append(invalid(f"metadata.{field}", fresh.get(field), IMMUTABLE))
    if (fresh.get("generation") or 0) < (stored.get("generation") or 0):
        causes.append(invalid("metadata.generation", fresh.get("generation"), "must not be decremented"))
    if stored.get("deletionTimestamp"):
        kept = stored.get("finalizers") or ()
        added = [name for name in fresh.get("finalizers") or () if name not in kept]
        if added:
            listed = ", ".join(f'"{name}"' for name in added)
            detail = (
                "no new finalizers can be added if the object is being deleted, "
                f"found new finalizers []string{{{listed}}}"
            )
            causes.append(forbidden("metadata.finalizers", detail))
    return causes
