"""Pods: graceful deletion, binding to a node, eviction."""

from __future__ import annotations

from typing import Any

from orrery.apiserver import deletion, documents, revising
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.kinds.strategy import Strategy
from orrery.machinery import quantity
from orrery.machinery.objects import (
    Document,
    annotations_of,
    conditions_of,
    dig,
    is_deleting,
    meta,
    node_name_of,
    pod_is_terminal,
    put,
    set_condition,
    uid_of,
)  # fmt: skip
from orrery.machinery.resources import PODS
from orrery.machinery.wire import ApiResponse, Cause, StatusError, status_failure, status_success

_COUNTED = ("cpu", "memory")


class PodStrategy(Strategy):
    """Pods."""

    generation_of = ("spec",)
    returns_deleted = True

    def initial_status(self, obj: Document) -> Document:
        return {**obj, "status": {"phase": "Pending", "qosClass": qos_class(obj)}}

    def prepare_for_status(self, new: Document, old: Document) -> Document:
        new = super().prepare_for_status(new, old)
        if "qosClass" in (old.get("status") or {}):
            new["status"] = {**new["status"], "qosClass": old["status"]["qosClass"]}
        return new

    def grace_s(self, obj: Document, wanted_s: int | None) -> int | None:
        """Nothing waits for a Pod that no kubelet has, or that has run to its end."""
        if not node_name_of(obj) or pod_is_terminal(obj):
            return 0
        grace_s = wanted_s if wanted_s is not None else int(dig(obj, "spec", "terminationGracePeriodSeconds") or 0)
        return grace_s if grace_s >= 0 else 1


STRATEGY = PodStrategy(PODS)


def qos_class(pod: Document) -> str:
    """The Pod's class of service by its containers' requests and limits (apis/core/v1/helper/qos)."""
    requests: dict[str, int] = {}
    limits: dict[str, int] = {}
    guaranteed = True
    spec = pod.get("spec") or {}
    for container in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
        resources = container.get("resources") or {}
        for total, amounts in ((requests, resources.get("requests")), (limits, resources.get("limits"))):
            for name, amount in (amounts or {}).items():
                if name in _COUNTED and quantity.nano(amount) > 0:
                    total[name] = total.get(name, 0) + quantity.nano(amount)
        limited = resources.get("limits") or {}
        guaranteed = guaranteed and all(name in limited and quantity.nano(limited[name]) > 0 for name in _COUNTED)
    if not requests and not limits:
        return "BestEffort"
    if guaranteed and requests == limits:
        return "Guaranteed"
    return "Burstable"


async def bind(exchange: Exchange) -> ApiResponse:
    """``pods/NAME/binding``: the scheduler's word, which holds once."""
    info = exchange.info
    binding = documents.decode(exchange, documents.content(exchange), "v1", "Binding")
    target = binding.get("target") or {}
    node = target.get("name", "")
    causes: list[Cause] = []
    if target.get("kind") not in (None, "", "Node"):
        causes.append(Cause("FieldValueNotSupported", f'Unsupported value: "{target["kind"]}": supported values: '
                            '"Node", ""', "target.kind"))
    if not node:
        causes.append(Cause("FieldValueRequired", "Required value", "target.name"))
    if causes:
        raise StatusError.invalid_kind("", "Binding", info.name, causes)

    async def change(pod: Document) -> Document:
        uid = meta(binding).get("uid")
        if uid and uid != uid_of(pod):
            raise _conflict(
                info.name, f"Precondition failed: UID in precondition: {uid}, UID in object meta: {uid_of(pod)}"
            )
        if is_deleting(pod):
            raise _conflict(info.name, f"pod {info.name} is being deleted, cannot be assigned to a host")
        if node_name_of(pod):
            raise _conflict(info.name, f'pod {info.name} is already assigned to node "{node_name_of(pod)}"')
        bound = put(pod, "spec", "nodeName", value=node)
        annotations = annotations_of(binding)
        if annotations:
            bound = put(bound, "metadata", "annotations", value={**annotations_of(pod), **annotations})
        condition: dict[str, Any] = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
        condition["observedGeneration"] = meta(pod).get("generation", 1)
        now = exchange.server.process.timestamp()
        conditions = [
            {key: value for key, value in known.items() if value is not None}
            for known in set_condition(conditions_of(pod), condition, now)
        ]
        return put(bound, "status", "conditions", value=conditions)

    await revising.revise(exchange, STRATEGY, change)
    return ApiResponse(201, status_success())


def _conflict(name: str, why: str) -> StatusError:
    message = f'Operation cannot be fulfilled on pods/binding "{name}": {why}'
    return StatusError(status_failure(409, "Conflict", message, {"name": name, "kind": "pods/binding"}))


async def evict(exchange: Exchange) -> ApiResponse:
    """``pods/NAME/eviction``: a deletion that budgets may refuse; there are none yet."""
    content = documents.content(exchange)
    version = content.get("apiVersion", "policy/v1") if isinstance(content, dict) else "policy/v1"
    if version != "policy/v1":
        raise StatusError.bad_request(f'no kind "Eviction" is registered for version "{version}"')
    eviction = documents.decode(exchange, content, version, "Eviction")
    name = meta(eviction).get("name")
    if name and name != exchange.info.name:
        raise StatusError.bad_request(f"name in URL does not match name in Eviction object: {name}")
    options = deletion.Options.of(eviction.get("deleteOptions") or {})
    await deletion.delete_named(exchange, STRATEGY, exchange.info.namespace, exchange.info.name, options)
    return ApiResponse(201, status_success())
