"""The kube-scheduler as a process: informers in, one scheduling cycle at a time, bindings out.

The cycle itself is serial; the binding that follows runs beside the next cycles, which is why its Pod is assumed to be
on its node meanwhile. Several schedulers may run; the one that holds the lease schedules, the others keep their
caches and queues warm.
"""

from __future__ import annotations

from orrery.client import ApiClient, EventRecorder, Informer, LeaderElector
from orrery.kernel import NO_CAUSE, Process, RpcError, sleep
from orrery.machinery.objects import is_deleting, node_name_of, uid_of
from orrery.machinery.resources import NODES, PODS
from orrery.machinery.wire import StatusError
from orrery.scheduler.binding import (
    SCHEDULER_ERROR,
    UNSCHEDULABLE,
    condition_patch,
    scheduled_message,
    shortened,
)
from orrery.scheduler.cache import Cache
from orrery.scheduler.changes import ASSIGNED_POD, pod_change
from orrery.scheduler.config import SchedulerConfig
from orrery.scheduler.cycle import schedule
from orrery.scheduler.decision import Decision
from orrery.scheduler.describe import constraints_of, requests_of
from orrery.scheduler.events import (
    LISTED,
    BindingEnded,
    BindingRequested,
    QueueChanged,
    SchedulerStarted,
    SchedulingDecision,
    Waiting,
)
from orrery.scheduler.intake import Intake
from orrery.scheduler.nodeinfo import Object, PodInfo
from orrery.scheduler.queue import QueuedPod, SchedulingQueue


class Scheduler:
    """One kube-scheduler. ``run`` is the main coroutine of its process and returns when its lease is lost."""

    def __init__(self, process: Process, api: ApiClient, config: SchedulerConfig | None = None) -> None:
        self.config = config or SchedulerConfig()
        self.cache = Cache()
        self.framework = self.config.framework()
        self.queue = SchedulingQueue(
            self.framework,
            initial_backoff_ns=self.config.initial_backoff_ns,
            max_backoff_ns=self.config.max_backoff_ns,
            unschedulable_timeout_ns=self.config.unschedulable_timeout_ns,
            pop_from_backoff=self.config.pop_from_backoff,
        )
        self._process = process
        self._api = api
        self._intake = Intake(self.cache, self.queue, self.config.scheduler_name)
        self._recorder = EventRecorder(api, component=self.config.scheduler_name)
        self._nodes = Informer(api, NODES)
        self._pods = Informer(api, PODS, field_selector="status.phase!=Succeeded,status.phase!=Failed")
        self._wake = process.event()
        self._leading = False
        self._shown: tuple[object, ...] = ()
        self._in_hand: QueuedPod | None = None
        self._start = 0
        self._tie_break = process.kernel.stream(f"{process.id}/tie-break")

    async def run(self) -> None:
        """Follow the cluster, stand for election, and schedule while elected."""
        self._introduce()
        self._nodes.add_handlers(lambda new: self._node(None, new), self._node, lambda old: self._node(old, None))
        self._pods.add_handlers(lambda new: self._pod(None, new), self._pod, lambda old: self._pod(old, None))
        self._nodes.start()
        self._pods.start()
        await self._nodes.synced()
        await self._pods.synced()
        if not self.config.leader_elect:
            await self._schedule_pods()
            return
        elector = LeaderElector(
            self._api, self.config.lease_namespace, self.config.lease_name, on_started_leading=self._started_leading
        )
        await elector.run()
        # As the real one does: whatever this process believed may be out of date, so it starts anew.
        self._process.log("Leaderelection lost", level="error")

    def _introduce(self) -> None:
        framework = self.framework
        hints = {name: [label for hint in hints for label in hint.labels] for name, hints in framework.hints.items()}
        self._process.emit(
            SchedulerStarted(
                profile=self.config.scheduler_name,
                points=framework.points,
                weights=tuple(framework.weights.items()),
                hints=tuple((name, tuple(dict.fromkeys(labels))) for name, labels in hints.items() if labels),
            ),
            follow=False,
        )

    # -- what the watch brings

    def _node(self, old: Object | None, new: Object | None) -> None:
        self._intake.node(old, new, self._process.now_ns, self._process.kernel.cause)
        self._queue_changed()

    def _pod(self, old: Object | None, new: Object | None) -> None:
        self._intake.pod(old, new, self._process.now_ns, self._process.kernel.cause)
        self._queue_changed()

    def _queue_changed(self) -> None:
        if not self._leading:
            return
        self._wake.set()
        queue, in_hand = self.queue, self._in_hand
        active, backoff, unschedulable = queue.contents(LISTED)
        shown = (
            tuple([_waiting(item) for item in active]),
            tuple([_waiting(item, queue.backoff_ends_ns(item)) for item in backoff]),
            tuple([_waiting(item, queue.retry_ns(item)) for item in unschedulable]),
            _waiting(in_hand) if in_hand is not None else None,
            queue.sizes(),
        )
        if shown != self._shown:
            self._shown = shown
            changed = QueueChanged(
                active=shown[0], backoff=shown[1], unschedulable=shown[2], in_hand=shown[3], counts=shown[4]
            )
            self._process.emit(changed, follow=False)

    # -- the scheduling cycles

    def _started_leading(self) -> None:
        self._process.spawn(self._schedule_pods(), name="schedule")

    async def _schedule_pods(self) -> None:
        self._leading = True
        process = self._process
        while True:
            process.kernel.cause = NO_CAUSE
            item = self._in_hand = self.queue.pop(process.now_ns)
            self._queue_changed()
            if item is None:
                await self._wait()
                continue
            process.kernel.cause = item.cause
            await self._schedule_one(item)

    async def _wait(self) -> None:
        """Until the queue changes or something in it falls due."""
        self._wake.clear()
        due = self.queue.next_time()
        timer = None if due is None else self._process.call_at(due, self._wake.set)
        await self._wake.wait()
        if timer is not None:
            timer.cancel()

    async def _schedule_one(self, item: QueuedPod) -> None:
        pod = item.pod
        if is_deleting(pod.object) or self.cache.is_assumed(pod.uid):
            self.queue.done(pod.uid)
            return
        began_ns = self._process.now_ns
        decision = schedule(
            pod,
            self.cache.snapshot(),
            self.framework,
            self._tie_break,
            start=self._start,
            percentage=self.config.percentage_of_nodes_to_score,
        )
        self._start = decision.next_start
        await sleep(self.config.cycle_ns + decision.evaluated * self.config.cycle_per_node_ns)
        self._in_hand = None
        shown = self._show(item, decision, began_ns)
        if decision.selected is None:
            reason = SCHEDULER_ERROR if decision.failed else UNSCHEDULABLE
            self._failed(item, decision.refused_by, reason, decision.message)
            return
        placed = self.cache.assume(pod, decision.selected)
        self._process.spawn(self._bind(item, placed, shown), name=f"bind {pod.key}")

    def _show(self, item: QueuedPod, decision: Decision, began_ns: int) -> int:
        selected = decision.selected
        return self._process.emit(
            SchedulingDecision(
                pod=decision.pod,
                uid=decision.uid,
                selected=selected,
                nodes=decision.nodes,
                all_nodes=decision.all_nodes,
                evaluated=decision.evaluated,
                feasible=decision.feasible,
                tied=decision.tied,
                attempts=item.attempts,
                message=decision.message if selected is None else scheduled_message(decision.pod, selected),
                began_ns=began_ns,
                priority=item.pod.priority,
                requests=requests_of(item.pod),
                constraints=constraints_of(item.pod),
                skipped=decision.skipped,
                refused_by=decision.refused_by,
                failed=decision.failed,
                way_in=decision.way_in,
            )
        )

    # -- what follows a cycle

    async def _bind(self, item: QueuedPod, placed: PodInfo, decision: int) -> None:
        # Told beside the story: what the binding's messages follow from is the decision.
        asked = BindingRequested(decision=decision, pod=placed.key, uid=placed.uid, node=placed.node_name)
        self._process.emit(asked, follow=False)
        try:
            await self._api.bind(item.pod.object, placed.node_name)
        except (StatusError, RpcError) as error:
            self._bound(decision, placed, str(error))
            self._give_back(item, placed, error)
            return
        self._bound(decision, placed, "")
        self.queue.done(placed.uid)
        self._recorder.event(item.pod.object, "Normal", "Scheduled", scheduled_message(placed.key, placed.node_name))

    def _bound(self, decision: int, placed: PodInfo, error: str) -> None:
        event = BindingEnded(pod=placed.key, uid=placed.uid, node=placed.node_name, error=error, decision=decision)
        self._process.emit(event, follow=False)

    def _give_back(self, item: QueuedPod, placed: PodInfo, error: Exception) -> None:
        """The binding failed: the room on the node is free again, and the Pod is tried again after its back-off."""
        if self.cache.forget(placed.uid):
            freed = pod_change(ASSIGNED_POD, placed.object, None)
            self.queue.move(freed, self._process.now_ns, self._process.kernel.cause)
        message = f'binding rejected: running Bind plugin "DefaultBinder": {error}'
        self._failed(item, (), SCHEDULER_ERROR, message)

    def _failed(self, item: QueuedPod, refused_by: tuple[str, ...], reason: str, message: str) -> None:
        latest = self._pods.cache.get(item.pod.namespace, item.pod.name)
        if latest is None or uid_of(latest) != item.pod.uid or node_name_of(latest):
            self.queue.done(item.pod.uid)  # gone or placed in the meantime: nothing to try again
            self._queue_changed()
            return
        if latest is not item.pod.object:
            item.pod = PodInfo(latest)
        self.queue.refuse(item, refused_by, self._process.now_ns)
        self._queue_changed()
        self._recorder.event(latest, "Warning", "FailedScheduling", shortened(message))
        patch = condition_patch(latest, reason, message, self._process.timestamp())
        if patch is not None:
            self._process.spawn(self._patch_status(item.pod, patch), name=f"condition {item.pod.key}")

    async def _patch_status(self, pod: PodInfo, patch: Object) -> None:
        try:
            await self._api.patch(PODS, pod.name, patch, pod.namespace, type="strategic", subresource="status")
        except (StatusError, RpcError) as error:
            self._process.log(f"Error updating pod {pod.key}: {error}", level="error")


def _waiting(item: QueuedPod, due_ns: int = 0) -> Waiting:
    pod = item.pod
    return Waiting(
        pod.key, pod.uid, pod.priority, item.attempts, item.since_ns, due_ns, item.refused_by, item.woken_by
    )
