"""Field selectors: which fields each kind can be selected by, parsing and matching.

Text that cannot be parsed, or names a field that the kind does not offer, raises ``ValueError`` with Kubernetes'
wording; the API server answers it as 400. To offer a field: one word in ``_FIELDS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orrery.machinery.resources import Resource

Reader = Callable[[Mapping[str, Any]], str]


def _path(*steps: str, default: str = "") -> Callable[[Mapping[str, Any]], str]:
    def read(obj: Mapping[str, Any]) -> str:
        value: Any = obj
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is None or value == "":
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    return read


def _readers(*labels: str, **defaults: str) -> dict[str, Reader]:
    return {label: _path(*label.split("."), default=defaults.get(label.rpartition(".")[2], "")) for label in labels}


def _event_source(event: Mapping[str, Any]) -> str:
    return _path("source", "component")(event) or _path("reportingComponent")(event)


_METADATA = _readers("metadata.name", "metadata.namespace")
_FIELDS: dict[str, dict[str, Reader]] = {
    "Pod": _readers(
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName", hostNetwork="false",
    ),
    "Node": _readers("spec.unschedulable", unschedulable="false"),
    "Namespace": _readers("status.phase"),
    "Service": _readers("spec.clusterIP", "spec.type"),
    "Secret": _readers("type"),
    "ReplicaSet": _readers("status.replicas", replicas="0"),
    "Event": {
        **_readers(
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
            "reason", "reportingComponent", "type",
        ),
        "source": _event_source,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldTerm:
    """One test of one field: equal to the value, or not."""

    field: str
    value: str
    equal: bool
    read: Reader

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")
        return f"{self.field}{'=' if self.equal else '!='}{escaped}"


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """Terms that must all hold for an object of one kind."""

    terms: tuple[FieldTerm, ...] = ()

    def matches(self, obj: Mapping[str, Any]) -> bool:
        """Whether the object is selected."""
        return all((term.read(obj) == term.value) == term.equal for term in self.terms)

    @property
    def is_empty(self) -> bool:
        """Whether everything is selected."""
        return not self.terms

    def required(self, field: str) -> str | None:
        """The one value that a field must have, where the selector asks for one."""
        return next((term.value for term in self.terms if term.field == field and term.equal), None)

    def __str__(self) -> str:
        return ",".join(str(term) for term in self.terms)


def supported_fields(resource: Resource) -> tuple[str, ...]:
    """The fields that lists and watches of this kind can be selected by."""
    return (*_METADATA, *_FIELDS.get(resource.kind, {}))


def parse_field_selector(resource: Resource, text: str) -> FieldSelector:
    """A selector as clients write it in ``fieldSelector=``, checked against the kind's fields."""
    own = _FIELDS.get(resource.kind)
    terms: list[FieldTerm] = []
    for part in _split_terms(text):
        match = re.fullmatch(r"((?:[^=!\\]|\\.)*?)(==|!=|=)(.*)", part, re.DOTALL)
        if match is None:
            raise ValueError(f"invalid selector: '{text}'; can't understand '{part}'")
        field, operator, value = match.groups()
        read = _METADATA.get(field) or (own or {}).get(field)
        if read is None:
            raise ValueError(_unsupported(field, own))
        terms.append(FieldTerm(field, _unescape(value), operator != "!=", read))
    return FieldSelector(tuple(terms))


def _unsupported(field: str, own: Mapping[str, Reader] | None) -> str:
    if own is not None:
        return f"field label not supported: {field}"
    return f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _split_terms(text: str) -> Iterable[str]:
    return [part for part in re.findall(r"(?:[^,\\]|\\.)+", text, re.DOTALL) if part]


def _unescape(value: str) -> str:
    if re.search(r"(?<!\\)(?:\\\\)*=", value):
        raise ValueError(f"invalid field selector value: {value}: unescaped =")
    return re.sub(r"\\(.)", r"\1", value)
