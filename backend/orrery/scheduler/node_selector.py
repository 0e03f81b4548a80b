"""Node selectors and node affinity terms: does this node match?

Source: the documentation page "Assigning Pods to Nodes"; Kubernetes ``component-helpers/scheduling/corev1/
nodeaffinity``. Terms are alternatives; the requirements inside one term must all hold; a term without requirements
matches nothing, and neither does one that is malformed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]

_INTEGER = re.compile(r"[+-]?[0-9]+\Z")


def term_is_empty(term: Object) -> bool:
    """True for a term that has no requirement at all."""
    return not term.get("matchExpressions") and not term.get("matchFields")


def term_matches(term: Object, name: str, labels: Mapping[str, str]) -> bool:
    """True if every requirement of ``term`` holds for the node of that name and labels."""
    if term_is_empty(term):
        return False
    if not all(holds(requirement, labels) for requirement in term.get("matchExpressions") or ()):
        return False
    return all(field_holds(requirement, name) for requirement in term.get("matchFields") or ())


def required_terms(spec: Object) -> list[Object] | None:
    """The terms of the required node affinity, or None where the Pod has none."""
    selector = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    return None if selector is None else selector.get("nodeSelectorTerms") or []


def preferred_terms(spec: Object) -> list[tuple[int, Object]]:
    """(weight, term) of each preference that can count: a positive weight and at least one requirement."""
    preferences = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "preferredDuringSchedulingIgnoredDuringExecution"
    )
    pairs = ((each.get("weight") or 0, each.get("preference") or {}) for each in preferences or ())
    return [(weight, term) for weight, term in pairs if weight and not term_is_empty(term)]


def pod_matches_node(spec: Object, name: str, labels: Mapping[str, str]) -> bool:
    """True if the node satisfies both ``nodeSelector`` and the required node affinity."""
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    terms = required_terms(spec)
    return terms is None or any(term_matches(term, name, labels) for term in terms)


def holds(requirement: Object, labels: Mapping[str, str]) -> bool:
    key, operator = requirement.get("key") or "", requirement.get("operator")
    values: list[str] = requirement.get("values") or []
    present = key in labels
    match operator:
        case "In":
            return present and labels[key] in values
        case "NotIn":
            return bool(values) and (not present or labels[key] not in values)
        case "Exists":
            return present and not values
        case "DoesNotExist":
            return not present and not values
        case "Gt" | "Lt":
            if not present or len(values) != 1 or not (_INTEGER.match(labels[key]) and _INTEGER.match(values[0])):
                return False
            left, right = int(labels[key]), int(values[0])
            return left > right if operator == "Gt" else left < right
    return False


def field_holds(requirement: Object, name: str) -> bool:
    values: list[str] = requirement.get("values") or []
    if requirement.get("key") != "metadata.name" or len(values) != 1:
        return False
    match requirement.get("operator"):
        case "In":
            return name == values[0]
        case "NotIn":
            return name != values[0]
    return False
