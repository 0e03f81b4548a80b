"""Who is asking: the identity of the client's certificate (its CN and its O), or nobody in particular."""

from __future__ import annotations

from orrery.machinery.wire import ApiRequest

ANONYMOUS = "system:anonymous"
AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"


def certificate(request: ApiRequest) -> str:
    """What the connection's TLS handshake has shown of the client, in words."""
    if not request.user or request.user == ANONYMOUS:
        return "no client certificate"
    organisations = "".join(f", O={group}" for group in request.groups if group != AUTHENTICATED)
    return f"client certificate CN={request.user}{organisations}"


def authenticate(request: ApiRequest) -> tuple[str, tuple[str, ...]]:
    """The user and the groups of a request."""
    if not request.user or request.user == ANONYMOUS:
        return ANONYMOUS, (UNAUTHENTICATED,)
    if AUTHENTICATED in request.groups:
        return request.user, request.groups
    return request.user, (*request.groups, AUTHENTICATED)
