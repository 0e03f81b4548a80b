"""When a cluster has booted: told from what its components say in the trace, so that looking changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from orrery.client.events import LeadershipChanged
from orrery.cluster.config import ClusterConfig
from orrery.cluster.events import BackendChanged
from orrery.etcd.events import EtcdApplied
from orrery.kernel import Kernel, TraceEvent
from orrery.machinery.objects import condition_is_true
from orrery.machinery.resources import NODES

_NODES = NODES.key_prefix()
_LEASES = ("kube-scheduler", "kube-controller-manager")


class Readiness:
    """Watches a cluster boot; ``missing`` says what is still not there."""

    def __init__(self, kernel: Kernel, config: ClusterConfig) -> None:
        self._backends = dict.fromkeys((f"{host.name}/kube-apiserver" for host in config.control_planes), False)
        self._nodes = dict.fromkeys((worker.name for worker in config.workers), False)
        self._leaders = dict.fromkeys(_LEASES, "")
        self._stop: Callable[[], None] | None = kernel.trace.subscribe(self._see)

    def close(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None

    def missing(self) -> list[str]:
        """What the cluster still lacks, each as a few words; empty once it has booted."""
        result = [f"{name} has not passed the load balancer's check" for name, up in self._backends.items() if not up]
        result += [f"{lease} has no leader" for lease, holder in self._leaders.items() if not holder]
        result += [f"node {name} is not Ready" for name, ready in self._nodes.items() if not ready]
        return result

    def _see(self, event: TraceEvent) -> None:
        if isinstance(event, EtcdApplied):
            for put in event.puts:
                if put[0].startswith(_NODES):
                    name = put[0].removeprefix(_NODES)
                    if name in self._nodes:
                        self._nodes[name] = condition_is_true(orjson.loads(put[1]), "Ready")
        elif isinstance(event, BackendChanged):
            self._backends[event.backend] = event.up
        elif isinstance(event, LeadershipChanged):
            name = event.lease.rpartition("/")[2]
            if name in self._leaders:
                self._leaders[name] = event.holder
