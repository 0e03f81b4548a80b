"""The way of every request, in the order in which it happens.

    resolve          what is asked for (verb, resource, name)
    TLS              what the client's certificate says
    authentication   who asks
    authorization    may they
    the verb         get, list, watch: storage or the watch cache
                     create, update, patch: decoding, mutating admission, validation, validating admission, storage
                     delete: validating admission, storage
    audit            what came of it

Each stage's verdict is kept and traced. A refusal is a StatusError; whatever else escapes is a bug of the server and
ends its process.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from orrery.apiserver import applying, deletion, paths, reading, watching, writing
from orrery.apiserver.authentication import authenticate, certificate
from orrery.apiserver.authorization import refusal
from orrery.apiserver.exchange import ALLOW, DENY, PASS, Exchange
from orrery.apiserver.kinds import SUBRESOURCES, pod_streams
from orrery.apiserver.kinds.pod_streams import STREAMS, PodStream
from orrery.apiserver.kinds.reviews import REVIEWS
from orrery.apiserver.requests import header, resolve, timeout_ns
from orrery.etcd import EtcdError
from orrery.etcd.errors import DEADLINE_EXCEEDED
from orrery.kernel import Call, Reply, TimeoutExpired, sleep
from orrery.machinery.bodies import media_type
from orrery.machinery.wire import ApiRequest, ApiResponse, StatusError

if TYPE_CHECKING:
    from orrery.apiserver.server import ApiServer

Handler = Callable[[Exchange], Awaitable[ApiResponse]]


async def patch(exchange: Exchange) -> ApiResponse:
    """One of the three patches, or an apply."""
    kind = media_type(header(exchange.request, "content-type"))
    return await (applying.apply if kind == applying.MEDIA_TYPE else writing.patch)(exchange)


VERBS: dict[str, Handler] = {
    "get": reading.get,
    "list": reading.list_objects,
    "create": writing.create,
    "update": writing.update,
    "patch": patch,
    "delete": deletion.delete,
    "deletecollection": deletion.delete_collection,
}

PHRASES = {
    200: "OK", 201: "Created", 202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 409: "Conflict", 410: "Gone",
    413: "Request Entity Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Entity",
    429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


async def serve(server: ApiServer, call: Call) -> object:
    """Answers one call: its reply, or, for a watch, its stream."""
    request = call.body
    assert isinstance(request, ApiRequest)
    exchange = Exchange(server, call, request, resolve(request))
    exchange.receive()
    pod_stream: PodStream | None = None
    try:
        with server.process.timeout(timeout_ns(request, server.config.request_timeout_ns)):
            await sleep(server.config.request_cpu_ns)
            authorize(exchange)
            if not call.streaming:
                response = await _dispatch(exchange)
            elif exchange.info.subresource in STREAMS:
                pod_stream = await pod_streams.begin(exchange)
                response = ApiResponse(200, None, pod_streams.TEXT)
            else:
                response = await watching.begin(exchange)
    except StatusError as error:
        response = _refused(exchange, error)
    except EtcdError as error:
        response = _refused(exchange, _etcd_failure(error))
    except TimeoutExpired:
        response = _refused(exchange, StatusError.timeout())
    if exchange.warnings:
        texts = ", ".join(f'299 - "{_quoted(text)}"' for text in exchange.warnings)
        response.headers = {**response.headers, "Warning": texts}
    exchange.announce()
    server.auditor.record(exchange, response)
    if not call.streaming:
        return Reply(f"{response.code} {PHRASES.get(response.code, '')}", response)
    call.push(f"{response.code} {PHRASES.get(response.code, '')}", response, quiet=exchange.quiet)
    if pod_stream is not None:
        await pod_stream.relay(exchange)
    elif response.ok:
        await watching.serve(exchange)
    return None


def authorize(exchange: Exchange) -> None:
    """TLS, authentication and authorization. StatusError 403."""
    request, info = exchange.request, exchange.info
    if not exchange.quiet:
        exchange.stage = "TLS"
        exchange.said(PASS, certificate(request))
    exchange.stage = "authentication"
    exchange.user, exchange.groups = user, groups = authenticate(request)
    if not exchange.quiet:
        exchange.said(ALLOW, f'user "{user}", groups {", ".join(groups)}')
    exchange.stage = "authorization"
    selector = request.query.get("fieldSelector", "") if request.query else ""
    allowed, why = exchange.server.authorizer.decide(user, groups, info, selector)
    if not allowed:
        raise StatusError.forbidden(info.resource, info.name, refusal(user, info, why))
    exchange.reason = why
    if not exchange.quiet:
        exchange.said(ALLOW, why)
    exchange.stage = ""


async def _dispatch(exchange: Exchange) -> ApiResponse:
    info = exchange.info
    resource = info.resource
    if resource is None:
        if not info.known:
            raise StatusError.unknown_path()
        return await paths.serve(exchange)
    if info.subresource:
        declared = resource.subresource(info.subresource)
        if declared is None:
            raise StatusError.unknown_path()
        if info.verb not in declared.verbs:
            raise StatusError.method_not_allowed(resource, info.verb)
        return await SUBRESOURCES[resource.plural, info.subresource](exchange)
    review = REVIEWS.get(resource.plural)
    if review is not None:
        if info.verb != "create":
            raise StatusError.method_not_allowed(resource, info.verb)
        return await review(exchange)
    if exchange.strategy.warning:
        exchange.warnings.append(exchange.strategy.warning)
    if info.verb not in resource.verbs or info.verb not in VERBS:
        raise StatusError.method_not_allowed(resource, info.verb)
    everywhere = resource.namespaced and not info.namespace
    if (info.verb == "create" and info.name) or (everywhere and info.verb not in ("list", "watch")):
        raise StatusError.method_not_allowed(None, info.verb)
    return await VERBS[info.verb](exchange)


def _refused(exchange: Exchange, error: StatusError) -> ApiResponse:
    if exchange.stage and not exchange.quiet:
        exchange.said(DENY, error.message)
    return error.response()


def _etcd_failure(error: EtcdError) -> StatusError:
    """What etcd says is no Status: it is passed on as it stands (responsewriters.ErrorToAPIStatus)."""
    if error.code == DEADLINE_EXCEEDED:
        return StatusError.timeout()
    return StatusError.of(500, "", error.message)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
