"""Requests that name no resource: health, version, discovery, OpenAPI, metrics."""

from __future__ import annotations

from orrery.apiserver.audit import metrics_text
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.requests import header
from orrery.machinery import discovery, openapi
from orrery.machinery.wire import ApiResponse, StatusError

_TEXT = {"Content-Type": "text/plain; charset=utf-8"}
_HEALTH = ("healthz", "livez", "readyz")
_CHECKS = ("ping", "log", "etcd", "poststarthook/bootstrap-controller")


async def serve(exchange: Exchange) -> ApiResponse:
    """The answer at a path. StatusError 404, 405."""
    info, server = exchange.info, exchange.server
    if info.verb not in ("get", "head"):
        raise StatusError.method_not_allowed(None, info.verb)
    first, _, rest = info.path.strip("/").partition("/")
    if first in _HEALTH:
        return await _health(exchange, first, rest)
    if first == "version":
        return ApiResponse(200, discovery.version_document(server.config.version))
    if first == "metrics":
        return ApiResponse(200, metrics_text(server.auditor, server.started_wall_ns), _TEXT)
    if first == "":
        return ApiResponse(200, {"paths": discovery.index_paths()})
    if first == "openapi":
        document = openapi.document_at(info.path)
    else:
        return _discovery(exchange)
    if document is None:
        raise StatusError.unknown_path()
    return ApiResponse(200, document)


def _discovery(exchange: Exchange) -> ApiResponse:
    path = exchange.info.path
    wanted = discovery.negotiate(header(exchange.request, "accept")) if path.strip("/") in ("api", "apis") else ""
    document = discovery.document(path, aggregated=wanted, server_address=exchange.server.address)
    if document is None:
        raise StatusError.unknown_path()
    return ApiResponse(200, document, {"Content-Type": discovery.aggregated_media_type(wanted)} if wanted else {})


async def _health(exchange: Exchange, kind: str, single: str) -> ApiResponse:
    """``/readyz`` and its like: ``ok``, or check by check where one failed or ``verbose`` is asked for."""
    query = exchange.request.query
    checks: tuple[str, ...] = _CHECKS if kind != "readyz" else (*_CHECKS, "shutdown")
    if single:
        if single not in checks:
            raise StatusError.unknown_path()
        checks = (single,)
    excluded = query.get("exclude", "")
    lines: list[str] = []
    failed: list[str] = []
    for check in checks:
        if check == excluded:
            lines.append(f"[+]{check} excluded: ok")
        elif not await _passes(exchange, check):
            failed.append(check)
            lines.append(f"[-]{check} failed: reason withheld")
        else:
            lines.append(f"[+]{check} ok")
    if failed:
        return ApiResponse(500, "\n".join([*lines, f"{kind} check failed", ""]), _TEXT)
    if "verbose" in query:
        return ApiResponse(200, "\n".join([*lines, f"{kind} check passed", ""]), _TEXT)
    return ApiResponse(200, "ok", _TEXT)


async def _passes(exchange: Exchange, check: str) -> bool:
    if check == "etcd":
        return await exchange.server.etcd_answers()
    return exchange.server.bootstrapped if check.startswith("poststarthook") else True
