"""What came of each request: counted, traced, and written to the audit log.

The log is JSON lines (audit.k8s.io/v1) on the host's disk; its oldest half is dropped when it is full. The policy is of
the kind that Kubernetes' documentation gives: what is written to Pods at level Request (with what was asked for), all
else at level Metadata. Health checks, lease renewals, Events and what the system's own components merely read are left
out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from orrery.apiserver.authorization import NODES_GROUP
from orrery.apiserver.documents import content
from orrery.apiserver.events import RequestAudited
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.requests import header
from orrery.kernel import SECOND, DiskFull
from orrery.machinery.time import format_micro_time
from orrery.machinery.wire import ApiResponse, StatusError

if TYPE_CHECKING:
    from orrery.apiserver.server import ApiServer

_UNLOGGED_PATHS = ("/healthz", "/livez", "/readyz", "/version", "/metrics", "/openapi")
_UNLOGGED = ("events", "leases")
_READS = ("get", "list", "watch")
_OWN = ("system:kube-", "system:apiserver")


class Auditor:
    """The last stage of the chain, for one server."""

    def __init__(self, server: ApiServer) -> None:
        self._process = server.process
        self._path = server.config.audit_log_path
        self._most = server.config.audit_max_records
        self._kept = len(server.process.disk.records(self._path))
        self.counts: dict[tuple[str, str, str, int], int] = {}

    def record(self, exchange: Exchange, response: ApiResponse) -> None:
        """Enters one answered request."""
        info = exchange.info
        process = self._process
        key = (info.verb, info.plural, info.subresource, response.code)
        self.counts[key] = self.counts.get(key, 0) + 1
        status = response.body if response.code >= 400 and isinstance(response.body, dict) else None
        process.emit(
            RequestAudited(
                call=exchange.call.number,
                verb=info.verb,
                resource=info.plural,
                subresource=info.subresource,
                namespace=info.namespace,
                name=info.name,
                user=exchange.user,
                code=response.code,
                reason=status.get("reason", "") if status is not None else "",
                latency_ns=process.now_ns - exchange.started_ns,
                quiet=exchange.quiet,
            )
        )
        if not exchange.quiet and _is_logged(exchange):
            self._write(_entry(exchange, response, status))

    def _write(self, entry: dict[str, Any]) -> None:
        disk = self._process.disk
        if self._kept >= self._most:
            dropped = self._kept // 2
            disk.discard(self._path, dropped)
            self._kept -= dropped
        try:
            disk.append(self._path, orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
            self._kept += 1
        except DiskFull as error:
            self._process.log(f"Error in audit plugin 'log' affecting 1 audit events: {error}", "error")


def _is_logged(exchange: Exchange) -> bool:
    info = exchange.info
    if info.resource is None:
        return not info.path.startswith(_UNLOGGED_PATHS)
    if info.plural in _UNLOGGED:
        return False
    return not (info.verb in _READS and (exchange.user.startswith(_OWN) or NODES_GROUP in exchange.groups))


def _entry(exchange: Exchange, response: ApiResponse, status: dict[str, Any] | None) -> dict[str, Any]:
    info, request, process = exchange.info, exchange.request, exchange.server.process
    now_ns = process.wall_ns()
    received_ns = now_ns - (process.now_ns - exchange.started_ns)
    query = "&".join(f"{key}={value}" for key, value in request.query.items())
    peer = process.kernel.hosts.get(exchange.call.peer.partition("/")[0])
    asked = _asked(exchange)
    level = "Metadata" if asked is None else "Request"
    entry: dict[str, Any] = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": level,
        "auditID": process.random.uuid(),
        "stage": "ResponseStarted" if exchange.call.streaming else "ResponseComplete",
        "requestURI": f"{request.path}?{query}" if query else request.path,
        "verb": info.verb,
        "user": {"username": exchange.user, "groups": list(exchange.groups)},
        "sourceIPs": [peer.ip] if peer is not None else [],
    }
    agent = header(request, "user-agent")
    if agent:
        entry["userAgent"] = agent
    if info.resource is not None:
        entry["objectRef"] = _reference(exchange, response)
    if asked is not None:
        entry["requestObject"] = asked
    entry["responseStatus"] = {"metadata": {}, "code": response.code}
    if status is not None:
        entry["responseStatus"] |= {key: status[key] for key in ("status", "message", "reason") if status.get(key)}
    entry["requestReceivedTimestamp"] = format_micro_time(received_ns)
    entry["stageTimestamp"] = format_micro_time(now_ns)
    decision = "allow" if exchange.reason else "forbid"
    entry["annotations"] = {
        "authorization.k8s.io/decision": decision,
        "authorization.k8s.io/reason": exchange.reason,
    }
    return entry


def _asked(exchange: Exchange) -> Any:
    """What was asked for, where the policy has it written down; a Secret's content never is."""
    if exchange.info.plural != "pods" or exchange.info.verb in _READS:
        return None
    try:
        return content(exchange)
    except StatusError:
        return None


def _reference(exchange: Exchange, response: ApiResponse) -> dict[str, Any]:
    info = exchange.info
    reference = {
        "resource": info.plural,
        "namespace": info.namespace,
        "name": info.name,
        "apiGroup": info.group,
        "apiVersion": exchange.resource.version,
        "subresource": info.subresource,
    }
    if not info.name and info.verb == "create" and response.ok and isinstance(response.body, dict):
        reference["name"] = (response.body.get("metadata") or {}).get("name", "")
    return {key: value for key, value in reference.items() if value}


def metrics_text(auditor: Auditor, started_ns: int) -> str:
    """``/metrics``: the requests served since the start, in Prometheus' text format."""
    lines = [
        "# HELP apiserver_request_total Requests answered, by verb, resource and code.",
        "# TYPE apiserver_request_total counter",
    ]
    for (verb, resource, subresource, code), count in sorted(auditor.counts.items()):
        labels = f'code="{code}",resource="{resource}",subresource="{subresource}",verb="{verb.upper()}"'
        lines.append(f"apiserver_request_total{{{labels}}} {count}")
    lines += [
        "# HELP process_start_time_seconds Start of the process, in unix seconds.",
        "# TYPE process_start_time_seconds gauge",
        f"process_start_time_seconds {started_ns / SECOND:.3f}",
    ]
    return "\n".join(lines) + "\n"
