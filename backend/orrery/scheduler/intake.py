"""From the watch to the cache and the queue: what each change of a Pod or Node means to the scheduler.

Assigned Pods take up room (cache); Pods without a node that name this scheduler wait for one (queue); every change is
offered to the queue, in case it helps somebody who waits. Source: kube-scheduler ``eventhandlers.go``.
"""

from __future__ import annotations

from orrery.kernel import Cause
from orrery.machinery.objects import node_name_of, pod_is_terminal, uid_of
from orrery.scheduler.cache import Cache
from orrery.scheduler.changes import ASSIGNED_POD, Object, node_change, pod_change
from orrery.scheduler.nodeinfo import PodInfo
from orrery.scheduler.queue import SchedulingQueue


class Intake:
    """Applies changes, one by one, at the virtual time ``now`` and on behalf of ``cause``."""

    def __init__(self, cache: Cache, queue: SchedulingQueue, scheduler_name: str) -> None:
        self._cache = cache
        self._queue = queue
        self._scheduler_name = scheduler_name

    def node(self, old: Object | None, new: Object | None, now: int, cause: Cause) -> None:
        """A Node appeared (no ``old``), changed, or is gone (no ``new``)."""
        if new is not None:
            self._cache.set_node(new)
        elif old is not None:
            self._cache.remove_node(old["metadata"]["name"])
        self._queue.move(node_change(old, new), now, cause)

    def pod(self, old: Object | None, new: Object | None, now: int, cause: Cause) -> None:
        """A Pod appeared, changed, or is gone. One that came to its end is as good as gone: it uses nothing more."""
        if old is not None and new is not None and uid_of(old) != uid_of(new):
            self._gone(old, now, cause)
            old = None
        if new is None or pod_is_terminal(new):
            if old is not None:
                self._gone(old, now, cause)
        elif node_name_of(new):
            self._assigned(old, new, now, cause)
        else:
            self._waiting(old, new, now, cause)

    def _assigned(self, old: Object | None, new: Object, now: int, cause: Cause) -> None:
        if old is not None and not node_name_of(old):
            self._queue.delete(uid_of(new))
            old = None
        self._cache.set_pod(new)
        self._queue.move(pod_change(ASSIGNED_POD, old, new), now, cause)

    def _waiting(self, old: Object | None, new: Object, now: int, cause: Cause) -> None:
        if (new.get("spec") or {}).get("schedulerName", self._scheduler_name) != self._scheduler_name:
            return
        if self._cache.is_assumed(uid_of(new)):
            return  # placed already; the watch has not come round to it
        if old is None:
            self._queue.add(PodInfo(new), now, cause)
        else:
            self._queue.update(old, PodInfo(new), now, cause)

    def _gone(self, old: Object, now: int, cause: Cause) -> None:
        uid = uid_of(old)
        self._queue.delete(uid)
        known = self._cache.remove_pod(uid)
        if known is not None:
            self._queue.move(pod_change(ASSIGNED_POD, known.object, None), now, cause)
