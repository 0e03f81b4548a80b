"""Programs of the cluster's machines that `kubectl exec` can run: etcd's image holds etcdctl."""

from __future__ import annotations

from collections.abc import Callable

from orrery.cluster import ClusterConfig
from orrery.kernel import Kernel, Process
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.etcdctl import etcdctl


def install(kernel: Kernel, config: ClusterConfig) -> None:
    """Puts etcdctl on every host of etcd."""
    for host in config.etcd_hosts:
        kernel.hosts[host.name].programs["etcdctl"] = _etcdctl


async def _etcdctl(
    process: Process, arguments: list[str], stdout: Callable[[str], object], stderr: Callable[[str], object]
) -> int:
    return await etcdctl(Invocation(tuple(arguments), process, stdout, stderr), {})
