"""Turning a request's body, bytes with a media type, into a document."""

from __future__ import annotations

from typing import Any

from orrery.machinery.patch import MEDIA_TYPES as PATCH_MEDIA_TYPES
from orrery.machinery.protobuf import MEDIA_TYPE as PROTOBUF
from orrery.machinery.protobuf import decode_protobuf
from orrery.machinery.wire import StatusError
from orrery.machinery.yaml import ParseError, parse_json, parse_yaml

JSON = "application/json"
YAML = "application/yaml"
ACCEPTED = (JSON, YAML, PROTOBUF)


def media_type(content_type: str) -> str:
    """The media type of a ``Content-Type`` header, without its parameters; JSON where there is none."""
    return content_type.partition(";")[0].strip().lower() or JSON


def decode_body(content_type: str, body: bytes | str) -> Any:
    """The document in a body; None for an empty one; StatusError 400 or 415 where there is no making sense of it."""
    if not body:
        return None
    kind = media_type(content_type)
    try:
        if kind == PROTOBUF:
            return decode_protobuf(body if isinstance(body, bytes) else body.encode())
        if kind == JSON or kind in PATCH_MEDIA_TYPES:
            return parse_json(body)
        if kind in (YAML, "application/apply-patch+yaml"):
            documents = parse_yaml(body)
            if len(documents) != 1:
                raise ParseError(f"yaml: expected one document, found {len(documents)}")
            return documents[0]
    except ParseError as error:
        raise StatusError.bad_request(f"couldn't decode the request body: {error}") from error
    raise StatusError.unsupported_media_type(ACCEPTED)
