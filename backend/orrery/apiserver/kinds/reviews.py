"""Questions about whoever asks: may I, what may I, who am I. They are answered, and never stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from orrery.apiserver import documents
from orrery.apiserver.authorization import Rule
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.requests import RequestInfo
from orrery.machinery.objects import Document
from orrery.machinery.resources import (
    SELFSUBJECTACCESSREVIEWS,
    SELFSUBJECTREVIEWS,
    SELFSUBJECTRULESREVIEWS,
    Resource,
    lookup,
)
from orrery.machinery.wire import ApiResponse, StatusError

Handler = Callable[[Exchange], Awaitable[ApiResponse]]


def _asked(exchange: Exchange) -> Document:
    resource = exchange.resource
    return documents.decode(exchange, documents.content(exchange), resource.api_version, resource.kind)


def _answer(exchange: Exchange, review: Document, status: Document) -> ApiResponse:
    resource = exchange.resource
    return ApiResponse(201, {
        "kind": resource.kind, "apiVersion": resource.api_version, "metadata": {}, "spec": review.get("spec") or {},
        "status": status,
    })


async def may_i(exchange: Exchange) -> ApiResponse:
    """SelfSubjectAccessReview."""
    review = _asked(exchange)
    spec = review.get("spec") or {}
    wanted, path = spec.get("resourceAttributes") or {}, spec.get("nonResourceAttributes") or {}
    if bool(wanted) == bool(path):
        raise StatusError.bad_request("exactly one of spec.resourceAttributes and spec.nonResourceAttributes is needed")
    info = _resource_info(wanted) if wanted else RequestInfo(str(path.get("verb", "")), str(path.get("path", "")))
    allowed, why = exchange.server.authorizer.decide(exchange.user, exchange.groups, info, "")
    status: Document = {"allowed": allowed}
    if why:
        status["reason"] = why
    return _answer(exchange, review, status)


def _resource_info(wanted: dict[str, Any]) -> RequestInfo:
    group, plural = str(wanted.get("group", "")), str(wanted.get("resource", ""))
    resource = lookup(group, wanted.get("version") or "v1", plural)
    if resource is None:
        resource = Resource(group, "v1", plural, plural, plural, True, plural)
    return RequestInfo(
        str(wanted.get("verb", "")), "", resource, str(wanted.get("subresource", "")),
        str(wanted.get("namespace", "")), str(wanted.get("name", "")),
    )


async def what_may_i(exchange: Exchange) -> ApiResponse:
    """SelfSubjectRulesReview: all rules that hold for whoever asks."""
    review = _asked(exchange)
    rules = exchange.server.authorizer.rules(exchange.user, exchange.groups)
    return _answer(exchange, review, {
        "resourceRules": [_resource_rule(rule) for rule in rules if rule.resources],
        "nonResourceRules": [
            {"verbs": list(rule.verbs), "nonResourceURLs": list(rule.paths)} for rule in rules if rule.paths
        ],
        "incomplete": False,
    })


def _resource_rule(rule: Rule) -> Document:
    told: Document = {"verbs": list(rule.verbs), "apiGroups": list(rule.groups), "resources": list(rule.resources)}
    return {**told, "resourceNames": list(rule.names)} if rule.names else told


async def who_am_i(exchange: Exchange) -> ApiResponse:
    """SelfSubjectReview."""
    resource = exchange.resource
    _asked(exchange)
    metadata = {"creationTimestamp": exchange.server.process.timestamp()}
    user = {"username": exchange.user, "groups": list(exchange.groups)}
    return ApiResponse(201, {
        "kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata,
        "status": {"userInfo": user},
    })


# By plural.
REVIEWS: dict[str, Handler] = {
    SELFSUBJECTACCESSREVIEWS.plural: may_i,
    SELFSUBJECTRULESREVIEWS.plural: what_may_i,
    SELFSUBJECTREVIEWS.plural: who_am_i,
}
