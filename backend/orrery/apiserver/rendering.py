"""How an answer is dressed: the object as it is, a ``Table`` for kubectl, or its metadata alone.

The client's ``Accept`` header decides; the first form in it that can be made is taken.
"""

from __future__ import annotations

from typing import Any, Literal

from orrery.apiserver.exchange import Exchange
from orrery.apiserver.requests import header
from orrery.kernel import SECOND
from orrery.machinery import tables
from orrery.machinery.objects import Document, meta
from orrery.machinery.tables import IncludeObject
from orrery.machinery.wire import ApiResponse, StatusError

Form = Literal["object", "table", "metadata"]

ACCEPTED = ("application/json",)
_INCLUDE: dict[str, IncludeObject] = {"": "Metadata", "Metadata": "Metadata", "None": "None", "Object": "Object"}


def form_of(exchange: Exchange) -> Form:
    """The form that the client wants. StatusError 406 where it takes nothing that can be made."""
    if not exchange.request.headers:
        return "object"
    accept = header(exchange.request, "accept")
    if not accept or accept == "application/json":
        return "object"
    for choice in accept.split(","):
        media_type, *parameters = (part.strip() for part in choice.split(";"))
        options = dict(parameter.partition("=")[::2] for parameter in parameters)
        wanted = options.get("as", "")
        if media_type not in ("application/json", "application/*", "*/*"):
            continue
        if not wanted:
            return "object"
        if options.get("g") == "meta.k8s.io" and options.get("v") in ("v1", "v1beta1"):
            if wanted == "Table":
                return "table"
            if wanted in ("PartialObjectMetadata", "PartialObjectMetadataList"):
                return "metadata"
    raise StatusError.not_acceptable(ACCEPTED)


def include_object(exchange: Exchange) -> IncludeObject:
    """What each row of a Table carries of its object. StatusError 400."""
    text = exchange.query("includeObject")
    if text not in _INCLUDE:
        raise StatusError.bad_request(f'unrecognized includeObject value: "{text}"')
    return _INCLUDE[text]


def now_s(exchange: Exchange) -> int:
    """The server's clock in unix seconds: ages in Tables are of it."""
    return exchange.server.process.wall_ns() // SECOND


def one(exchange: Exchange, obj: Document, code: int = 200) -> ApiResponse:
    """The answer that carries one object."""
    form = form_of(exchange)
    if form == "object":
        return ApiResponse(code, obj)
    if form == "metadata":
        return ApiResponse(code, tables.partial_metadata(obj))
    version = {"resourceVersion": meta(obj).get("resourceVersion", "")}
    return ApiResponse(code, table(exchange, [obj], version))


def several(exchange: Exchange, items: list[Document], metadata: dict[str, Any]) -> ApiResponse:
    """The answer that carries a list."""
    form = form_of(exchange)
    resource = exchange.resource
    if form == "table":
        return ApiResponse(200, table(exchange, items, metadata))
    if form == "metadata":
        return ApiResponse(200, tables.partial_metadata_list(items, metadata))
    return ApiResponse(
        200,
        {"kind": resource.list_kind, "apiVersion": resource.api_version, "metadata": metadata, "items": items},
    )


def table(
    exchange: Exchange, items: list[Document], metadata: dict[str, Any], *, with_columns: bool = True
) -> dict[str, Any]:
    """A Table of objects."""
    return tables.table(
        exchange.resource,
        items,
        now_s=now_s(exchange),
        metadata=metadata,
        include_object=include_object(exchange),
        with_columns=with_columns,
    )
