"""One request on its way through the server: who asks for what, and what each stage of the chain said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orrery.apiserver.events import RequestAuthorized, RequestReceived, Verdict
from orrery.apiserver.requests import RequestInfo
from orrery.kernel import Call
from orrery.machinery.resources import Resource
from orrery.machinery.wire import ApiRequest

if TYPE_CHECKING:
    from orrery.apiserver.kinds.strategy import Strategy
    from orrery.apiserver.server import ApiServer

ALLOW, DENY, CHANGED, PASS = "allow", "deny", "changed", "pass"


class Exchange:
    """A request, its identity and its verdicts. ``stage`` is where it is, so that a refusal can name the place."""

    __slots__ = ("announced", "call", "groups", "info", "quiet", "reason", "request", "server", "stage", "started_ns",
                 "user", "verdicts", "warnings")  # fmt: skip

    def __init__(self, server: ApiServer, call: Call, request: ApiRequest, info: RequestInfo) -> None:
        self.server = server
        self.call = call
        self.request = request
        self.info = info
        self.quiet = request.quiet or call.quiet
        self.started_ns = server.process.now_ns
        self.user = ""
        self.groups: tuple[str, ...] = ()
        self.verdicts: list[Verdict] = []
        self.stage = ""
        self.reason = ""
        self.warnings: list[str] = []
        self.announced = False

    @property
    def resource(self) -> Resource:
        """The kind that is asked for."""
        resource = self.info.resource
        assert resource is not None
        return resource

    @property
    def strategy(self) -> Strategy:
        """What is particular to that kind."""
        return self.server.strategies[self.resource.plural]

    def query(self, name: str) -> str:
        """A parameter of the query, ``""`` where it is absent."""
        return self.request.query.get(name, "")

    @property
    def dry_run(self) -> bool:
        """Whether everything is to be done but the storing."""
        return bool(self.request.query) and self.request.query.get("dryRun") == "All"

    def said(self, verdict: str, reason: str = "") -> None:
        """The present stage has come to a verdict; a stage that speaks again (a retry) has only its last word kept."""
        entry = Verdict(self.stage, verdict, reason)
        for at, earlier in enumerate(self.verdicts):
            if earlier.stage == self.stage:
                self.verdicts[at] = entry
                return
        self.verdicts.append(entry)

    def receive(self) -> None:
        """Traces that the request has been taken up."""
        if self.quiet:
            return
        info = self.info
        event = RequestReceived(
            call=self.call.number, verb=info.verb, resource=info.plural, subresource=info.subresource,
            namespace=info.namespace, name=info.name, path=self.request.path, user=self.request.user,
        )
        self.server.process.emit(event, follow=False)

    def announce(self) -> None:
        """Traces the verdicts, once, before the store is asked (or when the request is refused)."""
        if self.quiet or self.announced:
            return
        self.announced = True
        info = self.info
        self.server.process.emit(
            RequestAuthorized(
                call=self.call.number,
                verb=info.verb,
                group=info.group,
                resource=info.plural,
                subresource=info.subresource,
                namespace=info.namespace,
                name=info.name,
                path=self.request.path,
                user=self.user,
                stages=tuple(self.verdicts),
            )
        )
