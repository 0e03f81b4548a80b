"""What can be set on a scheduler, with Kubernetes' defaults (``KubeSchedulerConfiguration`` v1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orrery.kernel import MICROSECOND
from orrery.scheduler.framework import Framework
from orrery.scheduler.plugins import default_framework
from orrery.scheduler.queue import INITIAL_BACKOFF_NS, MAX_BACKOFF_NS, UNSCHEDULABLE_TIMEOUT_NS


@dataclass(frozen=True, slots=True)
class SchedulerConfig:
    """``percentage_of_nodes_to_score`` 0 means adaptive.

    A cycle takes ``cycle_ns`` of virtual time and ``cycle_per_node_ns`` more for each node that it looks at: about
    what the real one needs.
    """

    scheduler_name: str = "default-scheduler"
    framework: Callable[[], Framework] = default_framework
    percentage_of_nodes_to_score: int = 0
    initial_backoff_ns: int = INITIAL_BACKOFF_NS
    max_backoff_ns: int = MAX_BACKOFF_NS
    unschedulable_timeout_ns: int = UNSCHEDULABLE_TIMEOUT_NS
    pop_from_backoff: bool = True
    leader_elect: bool = True
    lease_namespace: str = "kube-system"
    lease_name: str = "kube-scheduler"
    cycle_ns: int = 500 * MICROSECOND
    cycle_per_node_ns: int = 10 * MICROSECOND
