"""What a Pod asks for, in a few words: requests as quantities, and what ties it to nodes or keeps it off them."""

from __future__ import annotations

from typing import Any

from orrery.machinery import quantity
from orrery.scheduler.node_selector import preferred_terms, required_terms
from orrery.scheduler.nodeinfo import PodInfo
from orrery.scheduler.requests import CPU, EPHEMERAL_STORAGE, MEMORY

Object = dict[str, Any]
Pair = tuple[str, str]

_BYTES = (MEMORY, EPHEMERAL_STORAGE)
_FIRST = (CPU, MEMORY)
_GIVEN = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def requests_of(pod: PodInfo) -> tuple[Pair, ...]:
    """(resource, quantity) of everything asked for, cpu and memory first."""
    names = [name for name in _FIRST if pod.requests.get(name)]
    names += sorted(name for name, amount in pod.requests.items() if amount and name not in _FIRST)
    return tuple((name, amount_text(name, pod.requests[name])) for name in names)


def amount_text(resource: str, amount: int) -> str:
    """The amount as a quantity that people would write."""
    if resource == CPU:
        return quantity.format_milli(amount)
    if resource in _BYTES or resource.startswith("hugepages-"):
        return quantity.format_bytes(amount)
    return str(amount)


def constraints_of(pod: PodInfo) -> tuple[Pair, ...]:
    """(field, text) of each wish about nodes. The tolerations that admission gives to every Pod are left out."""
    found = [("nodeSelector", f"{key}={value}") for key, value in (pod.spec.get("nodeSelector") or {}).items()]
    terms = required_terms(pod.spec) or []
    if terms:
        found.append(("required", " | ".join(term_text(term) for term in terms)))
    found += [("preferred", f"{term_text(term)} (+{weight})") for weight, term in preferred_terms(pod.spec)]
    found += [
        ("toleration", toleration_text(each))
        for each in pod.tolerations
        if each.get("key") not in _GIVEN or each.get("tolerationSeconds") is None
    ]
    return tuple(found)


def term_text(term: Object) -> str:
    """``zone in (a, b) & disk exists``."""
    requirements = (term.get("matchExpressions") or []) + (term.get("matchFields") or [])
    return " & ".join(_requirement(each) for each in requirements)


def _requirement(requirement: Object) -> str:
    key, operator = requirement.get("key", ""), requirement.get("operator", "")
    values = ", ".join(requirement.get("values") or ())
    match operator:
        case "In":
            return f"{key} in ({values})"
        case "NotIn":
            return f"{key} not in ({values})"
        case "Exists":
            return f"{key} exists"
        case "DoesNotExist":
            return f"no {key}"
        case "Gt":
            return f"{key} > {values}"
        case "Lt":
            return f"{key} < {values}"
    return f"{key} {operator} {values}".strip()


def toleration_text(toleration: Object) -> str:
    """``key=value:Effect``, an asterisk for whatever is left open."""
    key = toleration.get("key") or "*"
    value = f"={toleration['value']}" if toleration.get("value") else ""
    return f"{key}{value}:{toleration.get('effect') or '*'}"


def taint_text(taint: Object) -> str:
    """``key=value:Effect``, as kubectl taint takes it."""
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key', '')}{value}:{taint.get('effect', '')}"
