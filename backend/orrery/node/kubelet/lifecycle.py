"""The life of a Pod on its node, as a table (``pkg/kubelet/pod_workers.go``).

A Pod is synced until it is deleted, evicted or has run to its end; then its containers are stopped, then what it used
is given back, and then the kubelet has done with it.
"""

from __future__ import annotations

SYNC = "SyncPod"
TERMINATING = "TerminatingPod"
TERMINATED = "TerminatedPod"
FINISHED = "Finished"

LIFE: dict[tuple[str, str], str] = {
    (SYNC, "deleted"): TERMINATING,
    (SYNC, "removed"): TERMINATING,
    (SYNC, "completed"): TERMINATING,
    (SYNC, "rejected"): TERMINATING,
    (TERMINATING, "deleted"): TERMINATING,
    (TERMINATING, "removed"): TERMINATING,
    (TERMINATING, "stopped"): TERMINATED,
    (TERMINATED, "deleted"): TERMINATED,
    (TERMINATED, "removed"): TERMINATED,
    (TERMINATED, "cleaned"): FINISHED,
    (FINISHED, "deleted"): TERMINATED,
    (FINISHED, "removed"): TERMINATED,
}


def after(state: str, what: str) -> str:
    """The stage that follows; KeyError for what cannot happen in this one."""
    return LIFE[state, what]
