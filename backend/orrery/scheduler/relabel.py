"""Which labels a node would need for a Pod's selector and required affinity to match it: the fewest that do.

What a node is by nature (its name, its operating system, its processor) is not relabelled; there the Pod has to ask for
something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orrery.scheduler.node_selector import field_holds, holds, required_terms, term_is_empty, term_matches
from orrery.scheduler.nodeinfo import NodeInfo
from orrery.scheduler.remedies import Remedy, remedy

Object = dict[str, Any]

BY_NATURE = ("kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch")
_SOME = "true"


def ways_to_match(spec: Object, node: NodeInfo) -> tuple[Remedy, ...]:
    """What would have to change for a node that does not match now, all of it."""
    found: list[Remedy] = []
    labels = dict(node.labels)
    pinned: dict[str, None] = {}
    for key, value in (spec.get("nodeSelector") or {}).items():
        if labels.get(key) == value:
            pinned[key] = None
        elif key in BY_NATURE:
            found.append(remedy("drop-selector", key=key, value=value))
        else:
            pinned[key] = None
            labels[key] = value
            found.append(remedy("label", key=key, value=value))
    terms = required_terms(spec)
    if terms is None or any(term_matches(term, node.name, labels) for term in terms):
        return tuple(found)
    solutions = [changes for term in terms if (changes := _changes(term, node.name, labels, pinned)) is not None]
    if not solutions:
        return (*found, remedy("allow-node"))
    for key, wanted in min(solutions, key=len).items():
        if wanted is None:
            found.append(remedy("unlabel", key=key))
        else:
            found.append(remedy("label", key=key, value=wanted))
    return tuple(found)


def _changes(
    term: Object, name: str, labels: Mapping[str, str], pinned: Mapping[str, None]
) -> dict[str, str | None] | None:
    """The labels to set (None: to take off) for ``term`` to match; None if no labels would do."""
    if term_is_empty(term) or not all(field_holds(each, name) for each in term.get("matchFields") or ()):
        return None
    by_key: dict[str, list[Object]] = {}
    for requirement in term.get("matchExpressions") or ():
        by_key.setdefault(requirement.get("key") or "", []).append(requirement)
    changes: dict[str, str | None] = {}
    for key, requirements in by_key.items():
        if all(holds(each, labels) for each in requirements):
            continue
        if key in BY_NATURE or key in pinned:
            return None
        for value in _candidates(requirements):
            if all(holds(each, {} if value is None else {key: value}) for each in requirements):
                changes[key] = value
                break
        else:
            return None
    return changes


def _candidates(requirements: list[Object]) -> Iterator[str | None]:
    """Values that may satisfy all requirements of one key, the plainest first."""
    for each in requirements:
        values: list[str] = each.get("values") or []
        if each.get("operator") == "In":
            yield from values
        elif each.get("operator") in ("Gt", "Lt") and len(values) == 1 and _is_integer(values[0]):
            number = int(values[0]) + (1 if each["operator"] == "Gt" else -1)
            if number >= 0:  # no label begins with a minus
                yield str(number)
    yield _SOME
    forbidden = {value for each in requirements for value in each.get("values") or ()}
    yield next(text for number in range(len(forbidden) + 1) if (text := f"{_SOME}-{number + 1}") not in forbidden)
    yield None


def _is_integer(text: str) -> bool:
    return text.lstrip("+-").isdigit()
