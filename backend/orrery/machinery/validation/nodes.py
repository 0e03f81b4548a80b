"""Checks of Nodes and Leases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.machinery import quantity
from orrery.machinery.validation import names
from orrery.machinery.validation.causes import duplicate, forbidden, invalid, not_supported, required
from orrery.machinery.validation.pods import TAINT_EFFECTS
from orrery.machinery.wire import Cause


def node(obj: Mapping[str, Any]) -> list[Cause]:
    """A Node."""
    causes: list[Cause] = []
    taken: list[tuple[str, str]] = []
    for index, taint in enumerate((obj.get("spec") or {}).get("taints") or ()):
        path = f"spec.taints[{index}]"
        key, value, effect = taint.get("key", ""), taint.get("value", ""), taint.get("effect", "")
        causes += [invalid(f"{path}.key", key, problem) for problem in names.qualified(key)]
        causes += [invalid(f"{path}.value", value, problem) for problem in names.label_value(value)]
        if not effect:
            causes.append(required(f"{path}.effect"))
        elif effect not in TAINT_EFFECTS:
            causes.append(not_supported(f"{path}.effect", effect, TAINT_EFFECTS))
        if (key, effect) in taken:
            shown = {"key": key, "value": value, "effect": effect}
            repeated = duplicate(path, {name: part for name, part in shown.items() if part})
            causes.append(
                repeated._replace(message=f"{repeated.message}: taints must be unique by key and effect pair")
            )
        taken.append((key, effect))
    for kind in ("capacity", "allocatable"):
        for name, amount in ((obj.get("status") or {}).get(kind) or {}).items():
            if quantity.nano(amount) < 0:
                field = f"status.{kind}.{name}"
                causes.append(invalid(field, amount, "must be greater than or equal to 0"))
    return causes


def node_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """What may not change in a Node: its Pod network and its provider's id, once set."""
    fresh, stored = new.get("spec") or {}, old.get("spec") or {}
    causes: list[Cause] = []
    if stored.get("podCIDR") and fresh.get("podCIDR") != stored["podCIDR"]:
        detail = 'node updates may not change podCIDR except from "" to valid'
        causes.append(forbidden("spec.podCIDRs", detail))
    if stored.get("providerID") and fresh.get("providerID") != stored["providerID"]:
        detail = 'node updates may not change providerID except from "" to valid'
        causes.append(forbidden("spec.providerID", detail))
    return causes


def lease(obj: Mapping[str, Any]) -> list[Cause]:
    """A Lease."""
    spec = obj.get("spec") or {}
    causes = names.at_least("spec.leaseDurationSeconds", spec.get("leaseDurationSeconds"), 1)
    causes += names.at_least("spec.leaseTransitions", spec.get("leaseTransitions"))
    if spec.get("holderIdentity") == "":
        causes.append(invalid("spec.holderIdentity", "", "must not be empty"))
    return causes
