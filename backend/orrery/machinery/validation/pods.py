"""Checks of Pods and of the Pod templates inside other kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orrery.machinery.validation import names
from orrery.machinery.validation.causes import duplicate, forbidden, invalid, not_supported, required
from orrery.machinery.validation.containers import containers
from orrery.machinery.wire import Cause

RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
TAINT_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_MUTABLE = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def pod(obj: Mapping[str, Any]) -> list[Cause]:
    """A Pod."""
    return pod_spec(obj.get("spec") or {}, "spec")


def pod_spec(spec: Mapping[str, Any], field: str) -> list[Cause]:
    """The spec of a Pod or of a template."""
    causes = _volumes(spec.get("volumes") or (), f"{field}.volumes")
    causes += containers(spec, field)
    policy = spec.get("restartPolicy")
    if policy not in RESTART_POLICIES:
        causes.append(
            not_supported(f"{field}.restartPolicy", policy, RESTART_POLICIES)
            if policy
            else required(f"{field}.restartPolicy")
        )
    dns = spec.get("dnsPolicy")
    if dns not in DNS_POLICIES:
        causes.append(not_supported(f"{field}.dnsPolicy", dns or "", DNS_POLICIES))
    causes += names.at_least(f"{field}.terminationGracePeriodSeconds", spec.get("terminationGracePeriodSeconds"))
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline < 2**31:
        detail = "must be between 1 and 2147483647, inclusive"
        causes.append(invalid(f"{field}.activeDeadlineSeconds", deadline, detail))
    causes += names.labels(f"{field}.nodeSelector", spec.get("nodeSelector"))
    causes += _tolerations(spec.get("tolerations") or (), f"{field}.tolerations")
    causes += _affinity(spec.get("affinity") or {}, f"{field}.affinity")
    rules = {"serviceAccountName": names.subdomain, "hostname": names.label, "nodeName": names.subdomain}
    for name, rule in rules.items():
        value = spec.get(name)
        if value:
            causes += [invalid(f"{field}.{name}", value, problem) for problem in rule(value)]
    return causes


def _volumes(volumes: Sequence[Mapping[str, Any]], field: str) -> list[Cause]:
    causes: list[Cause] = []
    taken: list[str] = []
    for index, volume in enumerate(volumes):
        path = f"{field}[{index}]"
        name = volume.get("name")
        if not name:
            causes.append(required(f"{path}.name"))
        else:
            causes += [invalid(f"{path}.name", name, problem) for problem in names.label(name)]
        if name and name in taken:
            causes.append(duplicate(f"{path}.name", name))
        taken.append(name or "")
        sources = [source for source in volume if source != "name"]
        if not sources:
            causes.append(required(path, "must specify a volume type"))
        for source in sources[1:]:
            causes.append(forbidden(f"{path}.{source}", "may not specify more than 1 volume type"))
    return causes


def _tolerations(tolerations: Sequence[Mapping[str, Any]], field: str) -> list[Cause]:
    causes: list[Cause] = []
    for index, toleration in enumerate(tolerations):
        path = f"{field}[{index}]"
        key, operator = toleration.get("key", ""), toleration.get("operator", "Equal")
        effect, value = toleration.get("effect", ""), toleration.get("value", "")
        if key:
            causes += [invalid(f"{path}.key", key, problem) for problem in names.qualified(key)]
        elif operator != "Exists":
            detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            causes.append(invalid(f"{path}.operator", operator, detail))
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            causes.append(invalid(f"{path}.effect", effect, detail))
        if operator == "Equal":
            causes += [invalid(f"{path}.operator", value, problem) for problem in names.label_value(value)]
        elif operator == "Exists" and value:
            causes.append(invalid(f"{path}.operator", value, "value must be empty when `operator` is 'Exists'"))
        elif operator != "Exists":
            causes.append(not_supported(f"{path}.operator", operator, ("Equal", "Exists")))
        if effect and effect not in TAINT_EFFECTS:
            causes.append(not_supported(f"{path}.effect", effect, TAINT_EFFECTS))
    return causes


def _affinity(affinity: Mapping[str, Any], field: str) -> list[Cause]:
    node = affinity.get("nodeAffinity") or {}
    causes: list[Cause] = []
    required_field = "requiredDuringSchedulingIgnoredDuringExecution"
    wanted = node.get(required_field)
    if wanted is not None:
        path = f"{field}.nodeAffinity.{required_field}.nodeSelectorTerms"
        terms = wanted.get("nodeSelectorTerms") or ()
        if not terms:
            causes.append(required(path, "must have at least one node selector term"))
        for index, term in enumerate(terms):
            causes += _node_selector_term(term, f"{path}[{index}]")
    preferred_field = "preferredDuringSchedulingIgnoredDuringExecution"
    for index, item in enumerate(node.get(preferred_field) or ()):
        path = f"{field}.nodeAffinity.{preferred_field}[{index}]"
        weight = item.get("weight", 0)
        if not 1 <= weight <= 100:
            causes.append(invalid(f"{path}.weight", weight, "must be in the range 1-100"))
        causes += _node_selector_term(item.get("preference") or {}, f"{path}.preference")
    return causes


def _node_selector_term(term: Mapping[str, Any], field: str) -> list[Cause]:
    causes: list[Cause] = []
    for group in ("matchExpressions", "matchFields"):
        for index, expression in enumerate(term.get(group) or ()):
            causes += _expression(expression, f"{field}.{group}[{index}]")
    return causes


def _expression(expression: Mapping[str, Any], path: str) -> list[Cause]:
    operator, values = expression.get("operator", ""), expression.get("values") or ()
    causes = [invalid(f"{path}.key", expression.get("key", ""), p) for p in names.qualified(expression.get("key", ""))]
    if operator not in _OPERATORS:
        causes.append(invalid(f"{path}.operator", operator, "not a valid selector operator"))
    elif operator in ("In", "NotIn") and not values:
        causes.append(required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
    elif operator in ("Exists", "DoesNotExist") and values:
        causes.append(forbidden(f"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    elif operator in ("Gt", "Lt") and len(values) != 1:
        causes.append(required(f"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'"))
    return causes


def pod_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """What may not change in a Pod: nearly all of its spec."""
    fresh, stored = new.get("spec") or {}, old.get("spec") or {}
    causes: list[Cause] = []
    kept, wanted = stored.get("tolerations") or [], fresh.get("tolerations") or []
    for toleration in kept:
        if not any(_is_kept(toleration, candidate) for candidate in wanted):
            detail = "existing toleration can not be modified except its tolerationSeconds"
            causes.append(forbidden("spec.tolerations", detail))
            break
    if _frozen(fresh, stored) != _frozen(stored, stored):
        causes.append(forbidden("spec", _MUTABLE))
    return causes


def _is_kept(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return {**old, "tolerationSeconds": None} == {**new, "tolerationSeconds": None}


def _frozen(spec: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """The spec without what may change."""
    kept = {key: value for key, value in spec.items() if key not in ("activeDeadlineSeconds", "tolerations")}
    for group in ("containers", "initContainers"):
        if kept.get(group):
            kept[group] = [{k: v for k, v in item.items() if k != "image"} for item in kept[group]]
    if (stored.get("terminationGracePeriodSeconds") or 0) < 0 and kept.get("terminationGracePeriodSeconds") == 1:
        kept["terminationGracePeriodSeconds"] = stored["terminationGracePeriodSeconds"]
    if stored.get("schedulingGates"):
        kept.pop("schedulingGates", None)
    return kept
