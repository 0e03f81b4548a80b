"""What a request asks for: verb, resource and name, read from its method and path.

As in Kubernetes (``endpoints/request/requestinfo.go``): ``/api/v1/namespaces/NS/pods/NAME/status`` and the like are
resource requests, everything else is a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from orrery.kernel import HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND
from orrery.machinery import resources
from orrery.machinery.resources import Resource
from orrery.machinery.wire import ApiRequest, StatusError

_NAMED = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create", "HEAD": "get"}
_COLLECTION = {"GET": "list", "POST": "create", "DELETE": "deletecollection", "HEAD": "list"}
_KEPT = 8192


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """What is asked for. ``resource`` is None for a path that names no kind; ``verb`` is then the method's name."""

    verb: str
    path: str
    resource: Resource | None = None
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    known: bool = True

    @property
    def group(self) -> str:
        """The API group."""
        return self.resource.group if self.resource is not None else ""

    @property
    def plural(self) -> str:
        """The resource's name, ``""`` for a path."""
        return self.resource.plural if self.resource is not None else ""

    @property
    def qualified(self) -> str:
        """The resource as a rule of RBAC names it: ``pods/status``."""
        return f"{self.plural}/{self.subresource}" if self.subresource else self.plural


_cache: dict[tuple[str, str], RequestInfo] = {}


def resolve(request: ApiRequest) -> RequestInfo:
    """What the request asks for; the same paths come again and again, so their reading is kept."""
    key = (request.method, request.path)
    info = _cache.get(key)
    if info is None:
        if len(_cache) >= _KEPT:
            _cache.clear()
        info = _cache[key] = _read(request.method, request.path)
    if info.verb == "list" and request.query and info.resource is not None:
        return _of_query(info, request)
    return info


def _of_query(info: RequestInfo, request: ApiRequest) -> RequestInfo:
    """A list that is a watch, and the one name that a field selector asks for."""
    verb = "watch" if is_true(request.query.get("watch", "")) else "list"
    selector = request.query.get("fieldSelector", "")
    name = ""
    if selector.startswith("metadata.name=") and "," not in selector:
        name = selector.removeprefix("metadata.name=").removeprefix("=")
    return replace(info, verb=verb, name=name) if verb != info.verb or name else info


_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_UNITS_NS = {
    "ns": 1, "us": MICROSECOND, "µs": MICROSECOND, "ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR,
}  # fmt: skip


def timeout_ns(request: ApiRequest, most_ns: int) -> int:
    """How long a request may take: what its ``timeout`` says (``32s``), up to the server's own. StatusError 400."""
    text = request.query.get("timeout", "") if request.query else ""
    if not text or text == "0":
        return most_ns
    parts = _DURATION.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        raise StatusError.bad_request("invalid timeout specified in the request URL")
    asked_ns = int(sum(float(number) * _UNITS_NS[unit] for number, unit in parts))
    return min(asked_ns, most_ns) if asked_ns else most_ns


def is_true(text: str) -> bool:
    """A boolean of a query, as Go's ``strconv.ParseBool`` reads it."""
    return text in ("true", "1", "t", "T", "TRUE", "True")


def _read(method: str, path: str) -> RequestInfo:
    parts = [part for part in path.split("/") if part]
    if len(parts) >= 3 and parts[0] == "api":
        group, version, rest = "", parts[1], parts[2:]
    elif len(parts) >= 4 and parts[0] == "apis":
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return RequestInfo(method.lower(), path)
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    resource = resources.lookup(group, version, rest[0])
    if resource is None or len(rest) > 3 or (namespace and not resource.namespaced):
        return RequestInfo(method.lower(), path, known=False)
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 else ""
    verb = (_NAMED if name else _COLLECTION).get(method, method.lower())
    if resource.plural == "namespaces" and name:
        namespace = name
    return RequestInfo(verb, path, resource, subresource, namespace, name)


def header(request: ApiRequest, name: str) -> str:
    """A header's value, whatever the case of its name; ``""`` where there is none. ``name`` is in lower case."""
    headers = request.headers
    if not headers:
        return ""
    value = headers.get(name)
    if value is None:
        value = next((text for key, text in headers.items() if key.lower() == name), "")
    return value
