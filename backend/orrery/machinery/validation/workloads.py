"""Checks of Deployments and ReplicaSets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.machinery import selectors
from orrery.machinery.validation import names
from orrery.machinery.validation.causes import IMMUTABLE, forbidden, invalid, not_supported, required
from orrery.machinery.validation.pods import pod_spec
from orrery.machinery.wire import Cause

STRATEGIES = ("Recreate", "RollingUpdate")


def deployment(obj: Mapping[str, Any]) -> list[Cause]:
    """A Deployment."""
    spec = obj.get("spec") or {}
    causes = _selector_and_template(spec, "deployment")
    for field in ("replicas", "minReadySeconds", "revisionHistoryLimit"):
        causes += names.at_least(f"spec.{field}", spec.get(field))
    causes += _strategy(spec.get("strategy") or {})
    deadline, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds") or 0
    if deadline is not None:
        causes += names.at_least("spec.progressDeadlineSeconds", deadline)
        if deadline <= ready:
            causes.append(invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
    return causes


def replica_set(obj: Mapping[str, Any]) -> list[Cause]:
    """A ReplicaSet."""
    spec = obj.get("spec") or {}
    causes = _selector_and_template(spec, "deployment")
    for field in ("replicas", "minReadySeconds"):
        causes += names.at_least(f"spec.{field}", spec.get(field))
    return causes


def selector_update(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """The selector of a workload never changes."""
    selector = (new.get("spec") or {}).get("selector")
    if selector == (old.get("spec") or {}).get("selector"):
        return []
    return [invalid("spec.selector", selector, IMMUTABLE)]


def _selector_and_template(spec: Mapping[str, Any], kind: str) -> list[Cause]:
    causes: list[Cause] = []
    selector = spec.get("selector")
    parsed = None
    if selector is None:
        causes.append(required("spec.selector"))
    else:
        found = _label_selector(selector, "spec.selector")
        causes += found
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            causes.append(invalid("spec.selector", selector, f"empty selector is invalid for {kind}"))
        elif not found:
            parsed = selectors.from_object(selector)
    template = spec.get("template")
    if template is None:
        return [*causes, required("spec.template")]
    labels = (template.get("metadata") or {}).get("labels") or {}
    if parsed is not None and not parsed.matches(labels):
        detail = "`selector` does not match template `labels`"
        causes.append(invalid("spec.template.metadata.labels", labels, detail))
    causes += names.labels("spec.template.metadata.labels", labels)
    pod = template.get("spec") or {}
    causes += pod_spec(pod, "spec.template.spec")
    policy = pod.get("restartPolicy")
    if policy in ("OnFailure", "Never"):
        causes.append(not_supported("spec.template.spec.restartPolicy", policy, ("Always",)))
    if pod.get("activeDeadlineSeconds") is not None:
        detail = "activeDeadlineSeconds in ReplicaSet is not Supported"
        causes.append(forbidden("spec.template.spec.activeDeadlineSeconds", detail))
    return causes


def _label_selector(selector: Mapping[str, Any], field: str) -> list[Cause]:
    causes = names.labels(f"{field}.matchLabels", selector.get("matchLabels"))
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        path = f"{field}.matchExpressions[{index}]"
        operator, values = expression.get("operator", ""), expression.get("values") or ()
        if operator in ("In", "NotIn"):
            if not values:
                causes.append(required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                causes.append(forbidden(f"{path}.values", detail))
        else:
            causes.append(invalid(f"{path}.operator", operator, "not a valid selector operator"))
        key = expression.get("key", "")
        causes += [invalid(f"{path}.key", key, problem) for problem in names.qualified(key)]
    return causes


def _strategy(strategy: Mapping[str, Any]) -> list[Cause]:
    kind = strategy.get("type", "")
    path = "spec.strategy.rollingUpdate"
    rolling = strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is None:
            return []
        return [forbidden(path, "may not be specified when strategy `type` is 'Recreate'")]
    if kind != "RollingUpdate":
        return [not_supported("spec.strategy.type", kind, STRATEGIES)]
    if rolling is None:
        return [required(path, "this should be defaulted and never be nil")]
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    causes = _share(f"{path}.maxUnavailable", unavailable, at_most_all=True)
    causes += _share(f"{path}.maxSurge", surge, at_most_all=False)
    if unavailable in (0, "0%") and surge in (0, "0%"):
        causes.append(invalid(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0"))
    return causes


def _share(field: str, value: Any, *, at_most_all: bool) -> list[Cause]:
    """A number of Pods, or a percentage of them."""
    if not isinstance(value, str):
        return names.at_least(field, value)
    causes = [invalid(field, value, problem) for problem in names.percent(value)]
    if not causes and at_most_all and int(value[:-1]) > 100:
        causes.append(invalid(field, value, "must not be greater than 100%"))
    return causes
