"""What travels between a client and the API server, and how failures are worded.

Requests and responses are plain values; a body is a document (inside the cluster) or bytes (from outside).
Failures are ``Status`` documents, raised as ``StatusError``; codes, reasons and wording are Kubernetes' own
(``k8s.io/apimachinery/pkg/api/errors``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orrery.machinery.resources import Resource

_DEADLINE = "request did not complete within requested timeout - context deadline exceeded"


@dataclass(slots=True)
class ApiRequest:
    """One request; ``user`` and ``groups`` stand for the client certificate of the connection (CN and O)."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    user: str = ""
    groups: tuple[str, ...] = ()
    quiet: bool = False


@dataclass(slots=True)
class ApiResponse:
    """One answer; ``body`` is a document, or text for the few plain endpoints such as ``/healthz``."""

    code: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.code < 300


class Cause(NamedTuple):
    """One thing that is wrong with an object: reason (``FieldValueInvalid``), message and field path."""

    reason: str
    message: str
    field: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message

    def document(self) -> dict[str, Any]:
        """The cause as ``status.details.causes`` carries it."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


def status_failure(code: int, reason: str, message: str, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A ``Status`` document that tells of a failure."""
    status: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
    }
    if details:
        status["details"] = dict(details)
    status["code"] = code
    return status


def status_success(details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The ``Status`` document that answers a deletion, a binding or an eviction; 200 inside, also when sent as 201."""
    status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    if details:
        status["details"] = dict(details)
    return status


def _details(resource: Resource | None, name: str = "", **more: Any) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if name:
        details["name"] = name
    if resource is not None:
        if resource.group:
            details["group"] = resource.group
        details["kind"] = resource.plural
    details.update({key: value for key, value in more.items() if value})
    return details


class StatusError(Exception):
    """A failure that the API server answers, or answered, with a ``Status`` document."""

    def __init__(self, status: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status.get("message", ""))
        self.status: dict[str, Any] = dict(status)
        self.headers: Mapping[str, str] = headers or {}

    @property
    def code(self) -> int:
        """The HTTP status code."""
        return int(self.status.get("code") or 500)

    @property
    def reason(self) -> str:
        """The machine-readable reason: ``NotFound``, ``Conflict``, ..."""
        return str(self.status.get("reason", ""))

    @property
    def message(self) -> str:
        """The sentence for people."""
        return str(self.status.get("message", ""))

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What is wrong, field by field (of an ``Invalid`` status)."""
        listed = self.status.get("details", {}).get("causes", ())
        return tuple(Cause(c.get("reason", ""), c.get("message", ""), c.get("field", "")) for c in listed)

    def response(self) -> ApiResponse:
        """The answer that carries this failure."""
        return ApiResponse(self.code, self.status, dict(self.headers))

    @classmethod
    def of(cls, code: int, reason: str, message: str, details: Mapping[str, Any] | None = None) -> StatusError:
        """A failure from its parts."""
        return cls(status_failure(code, reason, message, details))

    @classmethod
    def not_found(cls, resource: Resource, name: str) -> StatusError:
        """404: the object does not exist."""
        message = f'{resource.group_resource} "{name}" not found'
        return cls.of(404, "NotFound", message, _details(resource, name))

    @classmethod
    def unknown_path(cls) -> StatusError:
        """404: no such resource is served."""
        return cls.of(404, "NotFound", "the server could not find the requested resource")

    @classmethod
    def already_exists(cls, resource: Resource, name: str) -> StatusError:
        """409: an object of that name exists."""
        message = f'{resource.group_resource} "{name}" already exists'
        return cls.of(409, "AlreadyExists", message, _details(resource, name))

    @classmethod
    def conflict(cls, resource: Resource, name: str, why: str = "") -> StatusError:
        """409: the write was made against an old version of the object (or ``why``)."""
        why = why or "the object has been modified; please apply your changes to the latest version and try again"
        message = f'Operation cannot be fulfilled on {resource.group_resource} "{name}": {why}'
        return cls.of(409, "Conflict", message, _details(resource, name))

    @classmethod
    def invalid(cls, resource: Resource, name: str, causes: Sequence[Cause]) -> StatusError:
        """422: the object is well-formed and wrong; one cause for each thing that is wrong."""
        return cls.invalid_kind(resource.group, resource.kind, name, causes)

    @classmethod
    def invalid_kind(cls, group: str, kind: str, name: str, causes: Sequence[Cause]) -> StatusError:
        """422 for a document that is no resource of its own (``Scale``, ``Binding``, ``DeleteOptions``)."""
        listed = [str(cause) for cause in causes]
        what = listed[0] if len(listed) == 1 else f"[{', '.join(dict.fromkeys(listed))}]"
        qualified = f"{kind}.{group}" if group else kind
        details: dict[str, Any] = {"name": name, "group": group, "kind": kind}
        details = {key: value for key, value in details.items() if value}
        details["causes"] = [cause.document() for cause in causes]
        return cls.of(422, "Invalid", f'{qualified} "{name}" is invalid: {what}', details)

    @classmethod
    def bad_request(cls, message: str) -> StatusError:
        """400: the request could not be understood."""
        return cls.of(400, "BadRequest", message)

    @classmethod
    def unauthorized(cls) -> StatusError:
        """401: nobody knows who is asking."""
        return cls.of(401, "Unauthorized", "Unauthorized")

    @classmethod
    def forbidden(cls, resource: Resource | None, name: str, why: str) -> StatusError:
        """403: refused by authorization or admission, which says why."""
        if resource is None:
            return cls.of(403, "Forbidden", f"forbidden: {why}")
        subject = f'{resource.group_resource} "{name}"' if name else resource.group_resource
        return cls.of(403, "Forbidden", f"{subject} is forbidden: {why}", _details(resource, name))

    @classmethod
    def expired(cls, message: str = "The resourceVersion for the provided watch is too old.") -> StatusError:
        """410: that version, or that ``continue`` token, is no longer kept."""
        return cls.of(410, "Expired", message)

    @classmethod
    def gone(cls, message: str) -> StatusError:
        """410: what was asked for is no longer there."""
        return cls.of(410, "Gone", message)

    @classmethod
    def method_not_allowed(cls, resource: Resource | None, verb: str) -> StatusError:
        """405: the resource has no such verb."""
        if resource is None:
            message = "the server does not allow this method on the requested resource"
            return cls.of(405, "MethodNotAllowed", message)
        message = f'{verb} is not supported on resources of kind "{resource.group_resource}"'
        return cls.of(405, "MethodNotAllowed", message, _details(resource))

    @classmethod
    def not_acceptable(cls, accepted: Sequence[str]) -> StatusError:
        """406: no media type that the client takes can be sent."""
        message = f"only the following media types are accepted: {', '.join(accepted)}"
        return cls.of(406, "NotAcceptable", message)

    @classmethod
    def unsupported_media_type(cls, accepted: Sequence[str]) -> StatusError:
        """415: the body's media type is not understood."""
        message = "the body of the request was in an unknown format - accepted media types include: " + ", ".join(
            accepted
        )
        return cls.of(415, "UnsupportedMediaType", message)

    @classmethod
    def too_many_requests(cls, message: str, retry_after_s: int = 0, causes: Sequence[Cause] = ()) -> StatusError:
        """429: try again later (also what an eviction against a disruption budget is told)."""
        details: dict[str, Any] = {}
        if causes:
            details["causes"] = [{"reason": c.reason, "message": c.message} for c in causes]
        if retry_after_s:
            details["retryAfterSeconds"] = retry_after_s
        error = cls.of(429, "TooManyRequests", message, details)
        if retry_after_s:
            error.headers = {"Retry-After": str(retry_after_s)}
        return error

    @classmethod
    def timeout(cls, message: str = _DEADLINE) -> StatusError:
        """504: the request took too long."""
        return cls.of(504, "Timeout", f"Timeout: {message}")

    @classmethod
    def server_timeout(cls, resource: Resource, operation: str, retry_after_s: int = 0) -> StatusError:
        """500: the server gave up for now; the client may try again."""
        message = (
            f"The {operation} operation against {resource.group_resource} "
            "could not be completed at this time, please try again."
        )
        return cls.of(500, "ServerTimeout", message, _details(resource, retryAfterSeconds=retry_after_s))

    @classmethod
    def service_unavailable(cls, message: str) -> StatusError:
        """503: the server cannot answer now."""
        return cls.of(503, "ServiceUnavailable", message)

    @classmethod
    def too_large(cls, message: str) -> StatusError:
        """413: the request's body is too large."""
        return cls.of(413, "RequestEntityTooLarge", f"Request entity too large: {message}")

    @classmethod
    def internal_error(cls, message: str) -> StatusError:
        """500: something failed behind the server (etcd, as a rule)."""
        details = {"causes": [{"message": message}]}
        return cls.of(500, "InternalError", f"Internal error occurred: {message}", details)
