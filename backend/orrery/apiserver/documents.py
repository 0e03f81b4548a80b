"""The body of a request: from bytes, or as it stands, to a document of the kind that the path names."""

from __future__ import annotations

from typing import Any

from orrery.apiserver.exchange import Exchange
from orrery.apiserver.requests import header
from orrery.machinery import schema
from orrery.machinery.bodies import decode_body
from orrery.machinery.objects import Document, name_of, namespace_of
from orrery.machinery.resources import Resource
from orrery.machinery.wire import StatusError

DROPPED = ("managedFields", "selfLink")


def content(exchange: Exchange) -> Any:
    """The body, decoded by its media type. StatusError 400, 413, 415."""
    body = exchange.request.body
    if isinstance(body, str):
        body = body.encode()
    if not isinstance(body, bytes):
        return body
    limit = exchange.server.config.max_body_bytes
    if len(body) > limit:
        raise StatusError.too_large(f"limit is {limit}")
    return decode_body(header(exchange.request, "content-type"), body)


def decode(exchange: Exchange, document: Any, api_version: str, kind: str) -> Document:
    """A document checked against its kind: types, and unknown fields as ``fieldValidation`` has it. StatusError 400."""
    if not isinstance(document, dict):
        found = "empty" if document is None else f"a {_json_kind(document)}"
        raise StatusError.bad_request(
            f"the object provided is unrecognized (must be of type {kind}): the request body is {found}"
        )
    given_version, given_kind = document.get("apiVersion"), document.get("kind")
    if given_version != api_version or given_kind != kind:
        _check_kind(given_version, given_kind, api_version, kind)
        document = {**document, "apiVersion": api_version, "kind": kind}
    validation = exchange.query("fieldValidation") or schema.WARN
    if validation not in (schema.STRICT, schema.WARN, schema.IGNORE):
        supported = '"Ignore", "Strict", "Warn"'
        raise StatusError.of(
            422, "Invalid", f'fieldValidation: Unsupported value: "{validation}": supported values: {supported}'
        )
    decoded = schema.decode(document, api_version, kind, field_validation=validation)
    exchange.warnings += decoded.warnings
    return decoded.document


def decode_resource(exchange: Exchange, document: Any, resource: Resource) -> Document:
    """The same for an object of a resource; what the server keeps for itself is left out of its metadata."""
    obj = decode(exchange, document, resource.api_version, resource.kind)
    metadata = obj.get("metadata")
    if metadata is None or any(field in metadata for field in DROPPED):
        obj = {**obj, "metadata": {key: value for key, value in (metadata or {}).items() if key not in DROPPED}}
    return obj


def check_name(exchange: Exchange, document: Document) -> None:
    """Whether a document is of the object that the path names. StatusError 400."""
    info = exchange.info
    name, namespace = name_of(document), namespace_of(document)
    if name != info.name:
        raise StatusError.bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({info.name})"
        )
    if exchange.resource.namespaced and namespace and namespace != info.namespace:
        raise StatusError.bad_request(
            f"the namespace of the object ({namespace}) does not match the namespace on the URL ({info.namespace})"
        )


def _check_kind(given_version: Any, given_kind: Any, api_version: str, kind: str) -> None:
    if given_version and given_version != api_version:
        raise StatusError.bad_request(
            f"the API version in the data ({given_version}) does not match the expected API version ({api_version})"
        )
    if given_kind and given_kind != kind:
        version = api_version.rpartition("/")[2]
        raise StatusError.bad_request(
            f'{given_kind} in version "{version}" cannot be handled as a {kind}: the kind in the data does not match'
        )


def _json_kind(document: Any) -> str:
    if isinstance(document, list):
        return "list"
    if isinstance(document, str):
        return "string"
    return "boolean" if isinstance(document, bool) else "number"
