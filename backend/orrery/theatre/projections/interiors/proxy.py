"""Inside a kube-proxy: the rules that it has written. They stand in the node's kernel, and outlive the proxy."""

from typing import Any

from orrery.kernel import ProcessStarted
from orrery.node.events import ProxyRulesChanged
from orrery.theatre.projections.handlers import Handlers
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.records import EndpointView, ProxyPart, ServiceRulesPart
from orrery.theatre.stage import Stage

ENDPOINTS_SHOWN = 8


class Proxies(Interior):
    name = "kube-proxy"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._services: dict[str, dict[str, None]] = {}  # by component

    def handlers(self) -> Handlers:
        return {ProxyRulesChanged: self._changed}

    def started(self, event: ProcessStarted) -> None:
        """It begins with an empty table and writes everything anew; what has gone meanwhile goes with that."""
        for service in self._services.pop(event.source, {}):
            self._touch(event.time_ns, event.source, f"rules/{service}", lambda: None)

    def _changed(self, event: ProxyRulesChanged) -> None:
        known = self._services.setdefault(event.source, {})
        for service, rules in event.services.items():
            if rules is None:
                known.pop(service, None)
            else:
                known[service] = None
            part = _rules(service, rules, event.time_ns)
            self._touch(event.time_ns, event.source, f"rules/{service}", lambda part=part: part)  # type: ignore[misc]
        proxy = ProxyPart(chains=event.chains, rules=event.rules, synced_ns=event.time_ns)
        self._touch(event.time_ns, event.source, "proxy", lambda: proxy)


def _rules(service: str, rules: Any, t_ns: int) -> ServiceRulesPart | None:
    if rules is None:
        return None
    endpoints = rules["endpoints"]
    return ServiceRulesPart(
        service=service, chain=rules["chain"], destinations=tuple(rules["destinations"]),
        node_port=rules["node_port"], count=len(endpoints), changed_ns=t_ns,
        endpoints=tuple(
            EndpointView(endpoint=each["endpoint"], node=each["node"], probability=round(each["probability"], 3))
            for each in endpoints[:ENDPOINTS_SHOWN]
        ),
    )
