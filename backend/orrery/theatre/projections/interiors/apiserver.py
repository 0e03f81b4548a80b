"""Inside an API server: the requests in its chain, its answers by verb and code, its watch cache and who watches."""

from dataclasses import dataclass, field
from typing import Any

from orrery.apiserver.events import (
    RequestAudited,
    RequestAuthorized,
    RequestReceived,
    WatchCacheChanged,
    WatchChanged,
)
from orrery.kernel import ProcessExited
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.records import AnswerCount, AnswersPart, RequestPart, StageVerdict, WatchCachePart
from orrery.theatre.stage import Stage

REQUESTS_KEPT = 12
UNANSWERED_KEPT = 24
WATCHERS_NAMED = 16
REASON_LONGEST = 200


@dataclass(slots=True)
class _Server:
    requests: dict[int, RequestReceived] = field(default_factory=dict)      # by call
    verdicts: dict[int, RequestAuthorized] = field(default_factory=dict)
    answers: dict[int, RequestAudited] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    watches: dict[str, dict[int, str]] = field(default_factory=dict)        # by kind: user by call


class ApiServers(Interior):
    name = "kube-apiserver"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._servers: dict[str, _Server] = {}

    def handlers(self) -> Handlers:
        return {
            RequestReceived: self._received,
            RequestAuthorized: self._authorized,
            RequestAudited: self._audited,
            WatchChanged: self._watch_changed,
            WatchCacheChanged: self._cache_changed,
        }

    def exited(self, event: ProcessExited) -> None:
        server = self._servers.get(event.source)
        if server is None:
            return
        self._servers[event.source] = _Server(counts=server.counts)  # as its component record's, they go on
        for call in server.requests:
            self._touch(event.time_ns, event.source, f"request/{call}", lambda: None)
        for resource in {**server.objects, **server.watches}:
            self._touch(event.time_ns, event.source, f"watch/{resource}", lambda: None)

    def _server(self, component: str) -> _Server:
        return self._servers.setdefault(component, _Server())

    # -- requests

    def _received(self, event: RequestReceived) -> None:
        server = self._server(event.source)
        server.requests[event.call] = event
        self._touch_request(event.time_ns, event.source, event.call)
        self._forget_old(event.time_ns, event.source, server)

    def _authorized(self, event: RequestAuthorized) -> None:
        server = self._server(event.source)
        if event.call in server.requests:
            server.verdicts[event.call] = event
            self._touch_request(event.time_ns, event.source, event.call)

    def _forget_old(self, t_ns: int, component: str, server: _Server) -> None:
        """The oldest answered requests go first; those that nobody will answer any more, when they are too many."""
        answered = [call for call in server.requests if call in server.answers]
        waiting = [call for call in server.requests if call not in server.answers]
        for call in [*answered[:-REQUESTS_KEPT], *waiting[:-UNANSWERED_KEPT]]:
            for known in (server.requests, server.verdicts, server.answers):
                known.pop(call, None)
            self._touch(t_ns, component, f"request/{call}", lambda: None)

    def _audited(self, event: RequestAudited) -> None:
        if event.quiet:
            return
        server = self._server(event.source)
        key = (event.verb, event.code)
        server.counts[key] = server.counts.get(key, 0) + 1
        self._touch(event.time_ns, event.source, "answers", lambda: _answers(server))
        if event.call in server.requests:
            server.answers[event.call] = event
            self._touch_request(event.time_ns, event.source, event.call)

    def _touch_request(self, t_ns: int, component: str, call: int) -> None:
        server = self._servers[component]
        self._touch(t_ns, component, f"request/{call}", lambda: _request(server, call))

    # -- watches and the cache

    def _watch_changed(self, event: WatchChanged) -> None:
        watches = self._server(event.source).watches.setdefault(event.resource, {})
        if event.open:
            watches[event.call] = event.user
        else:
            watches.pop(event.call, None)
        self._touch_kind(event.time_ns, event.source, event.resource)

    def _cache_changed(self, event: WatchCacheChanged) -> None:
        self._server(event.source).objects[event.resource] = event.objects
        self._touch_kind(event.time_ns, event.source, event.resource)

    def _touch_kind(self, t_ns: int, component: str, resource: str) -> None:
        server = self._servers[component]
        self._touch(t_ns, component, f"watch/{resource}", lambda: _kind(server, resource))


def _request(server: _Server, call: int) -> RequestPart | None:
    asked, said, answer = server.requests.get(call), server.verdicts.get(call), server.answers.get(call)
    if asked is None:
        return None
    resource = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource or asked.path
    return RequestPart(
        event=said.id if said else asked.id, verb=asked.verb, resource=resource, namespace=asked.namespace,
        name=asked.name, user=said.user if said else asked.user, started_ns=asked.time_ns,
        decided_ns=said.time_ns if said else None,
        stages=tuple(_verdict(verdict) for verdict in said.stages) if said else (),
        code=answer.code if answer else None, reason=answer.reason if answer else "",
        ended_ns=answer.time_ns if answer else None,
    )


def _verdict(verdict: Any) -> StageVerdict:
    reason = verdict.reason
    short = reason if len(reason) <= REASON_LONGEST else reason[: REASON_LONGEST - 1] + "…"
    return StageVerdict(stage=verdict.stage, verdict=verdict.verdict, reason=short)


def _answers(server: _Server) -> AnswersPart:
    counts = sorted(server.counts.items())
    return AnswersPart(counts=tuple(AnswerCount(verb=verb, code=code, count=n) for (verb, code), n in counts))


def _kind(server: _Server, resource: str) -> WatchCachePart | None:
    watches = server.watches.get(resource, {})
    objects = server.objects.get(resource, 0)
    if not objects and not watches:
        return None
    users = sorted(dict.fromkeys(watches.values()))
    return WatchCachePart(
        resource=resource, objects=objects, watchers=tuple(users[:WATCHERS_NAMED]), watching=len(watches)
    )
