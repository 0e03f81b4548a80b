"""What is particular to each kind: one file a kind, one line below.

To add a kind: its entry in ``machinery.resources``; a ``Strategy`` (the plain one does for most) and its line in
``STRATEGIES``; a handler in ``SUBRESOURCES`` for each subresource other than ``status``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from orrery.apiserver import reading, writing
from orrery.apiserver.exchange import Exchange
from orrery.apiserver.kinds import namespaces, nodes, plain, pod_streams, pods, services, workloads
from orrery.apiserver.kinds.strategy import Strategy
from orrery.machinery.wire import ApiResponse

__all__ = ["STRATEGIES", "SUBRESOURCES", "Strategy"]

Handler = Callable[[Exchange], Awaitable[ApiResponse]]

STRATEGIES: tuple[Strategy, ...] = (
    namespaces.STRATEGY,
    nodes.STRATEGY,
    pods.STRATEGY,
    services.STRATEGY,
    workloads.DEPLOYMENT,
    workloads.REPLICA_SET,
    *plain.STRATEGIES,
)

_STATUS: dict[str, Handler] = {"get": reading.get, "update": writing.update, "patch": writing.patch}


async def _status(exchange: Exchange) -> ApiResponse:
    return await _STATUS[exchange.info.verb](exchange)


# By plural and subresource.
SUBRESOURCES: dict[tuple[str, str], Handler] = {
    ("namespaces", "finalize"): namespaces.finalize,
    ("pods", "binding"): pods.bind,
    ("pods", "eviction"): pods.evict,
    ("pods", "exec"): pod_streams.refuse_exec,
    ("pods", "log"): pod_streams.log,
    ("deployments", "scale"): workloads.scale,
    ("replicasets", "scale"): workloads.scale,
    **{(strategy.resource.plural, "status"): _status for strategy in STRATEGIES if strategy.has_status},
}
