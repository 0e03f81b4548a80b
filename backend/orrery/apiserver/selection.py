"""Which objects of a collection a request means: label and field selectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orrery.apiserver.exchange import Exchange
from orrery.machinery.fields import FieldSelector, parse_field_selector
from orrery.machinery.objects import meta
from orrery.machinery.resources import Resource
from orrery.machinery.selectors import EVERYTHING, LabelSelector, parse_label_selector
from orrery.machinery.wire import StatusError


class Selection:
    """A namespace (``""``: all of them) and two selectors."""

    __slots__ = ("_fields", "_labels", "everything", "name", "namespace", "prefix")

    def __init__(self, resource: Resource, namespace: str, labels: LabelSelector, fields: FieldSelector) -> None:
        self.namespace = namespace if resource.namespaced else ""
        self.prefix = resource.key_prefix(self.namespace)
        self._labels = labels
        self._fields = fields
        self.everything = labels.is_empty and fields.is_empty
        self.name = fields.required("metadata.name") or ""

    def matches(self, obj: Mapping[str, Any]) -> bool:
        """Whether the selectors choose an object (of the right namespace)."""
        if self.everything:
            return True
        return self._labels.matches(meta(obj).get("labels")) and self._fields.matches(obj)


def selection(exchange: Exchange) -> Selection:
    """What a list, a watch or the deletion of a collection is about. StatusError 400."""
    resource = exchange.resource
    text = exchange.query("labelSelector")
    try:
        labels = parse_label_selector(text) if text else EVERYTHING
        fields = parse_field_selector(resource, exchange.query("fieldSelector"))
    except ValueError as error:
        raise StatusError.bad_request(str(error)) from error
    return Selection(resource, exchange.info.namespace, labels, fields)
