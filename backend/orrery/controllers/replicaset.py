"""Keeps as many Pods of a kind as a ReplicaSet asks for.

Source: Kubernetes, pkg/controller/replicaset and controller_utils.go. Where client-go keeps "expectations", this one
asks whether its own writes have come back to its cache, and waits if they have not.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers.controller import Controller, cached, is_of_terminating_namespace, key_of
from orrery.controllers.own_writes import LOOK_AGAIN_NS, OwnWrites
from orrery.controllers.ownership import adoption, check_may_adopt, release
from orrery.controllers.pods import available_in_ns, deletion_order, pod_from_template
from orrery.kernel import RpcError
from orrery.machinery.objects import (
    conditions_of,
    controller_of,
    dig,
    is_controlled_by,
    is_deleting,
    labels_of,
    meta,
    name_of,
    namespace_of,
    node_name_of,
    owners_of,
    pod_is_active,
    pod_is_ready,
    pod_is_terminal,
    set_condition,
    uid_of,
)
from orrery.machinery.resources import PODS, REPLICASETS
from orrery.machinery.selectors import from_object
from orrery.machinery.wire import StatusError

Document = dict[str, Any]

BURST = 500  # Pods created or deleted in one sync
FAILURE = "ReplicaFailure"


class ReplicaSetController(Controller):
    """Keys are ReplicaSets."""

    name = "replicaset"

    def start(self) -> None:
        self._sets = self.informers.of(REPLICASETS, owner=lambda rs: [owner["uid"] for owner in owners_of(rs)])
        self._pods = self.informers.of(PODS, controller=_controller_uid)
        self._written = OwnWrites(self._pods)
        self._deleted: dict[str, None] = {}  # uids of Pods that we deleted and that are still in the cache
        self._sets.add_handlers(self.enqueue, lambda _, new: self.enqueue(new), self.enqueue)
        self._pods.add_handlers(self._pod_changed, self._pod_updated, self._pod_deleted)

    # -- which sets want work

    def _pod_changed(self, pod: Document) -> None:
        self.enqueue_owner(pod, "ReplicaSet", self._sets.cache)

    def _pod_updated(self, old: Document, new: Document) -> None:
        if controller_of(old) != controller_of(new):
            self._pod_changed(old)
        self._pod_changed(new)

    def _pod_deleted(self, pod: Document) -> None:
        self._deleted.pop(uid_of(pod), None)
        self._pod_changed(pod)

    # -- one set

    async def sync(self, key: str) -> None:
        replica_set = cached(self._sets.cache, key)
        if replica_set is None:
            return
        if not self._written.are_seen(key):
            self.queue.add_after(key, LOOK_AGAIN_NS)
            return
        active, terminating = await self._claim(replica_set)
        failure: Exception | None = None
        if not is_deleting(replica_set):
            failure = await self._manage(key, replica_set, active)
        await self._update_status(key, replica_set, active, terminating, failure)
        if failure is not None:
            raise failure

    async def _claim(self, replica_set: Document) -> tuple[list[Document], list[Document]]:
        """The active Pods of this set, and those that are on their way out.

        To the set belong the Pods that it owns, and active orphans that its selector picks, which it adopts. One
        whose labels match no more is released.
        """
        selector = from_object(dig(replica_set, "spec", "selector"))
        going = is_deleting(replica_set)
        active: list[Document] = []
        terminating: list[Document] = []
        adopts = False
        for pod in self._pods.cache.list(namespace_of(replica_set)):
            matches = selector.matches(labels_of(pod))
            ours = is_controlled_by(pod, replica_set)
            if ours and matches and is_deleting(pod) and not pod_is_terminal(pod):
                terminating.append(pod)
            if not pod_is_active(pod) or uid_of(pod) in self._deleted:
                continue
            if ours and matches:
                active.append(pod)
            elif ours and not going:
                await self._release(replica_set, pod)
            elif matches and controller_of(pod) is None and not going:
                if not adopts:
                    await check_may_adopt(self.api, REPLICASETS, replica_set)
                    adopts = True
                active.append(await self._adopt(replica_set, pod))
        return active, terminating

    async def _adopt(self, replica_set: Document, pod: Document) -> Document:
        self.acted(
            key_of(replica_set), observed=f"an orphan, {name_of(pod)}", difference="the selector picks it",
            actions=["adopted it"],
        )
        patch = adoption(pod, _typed(replica_set))
        return await self.api.patch(PODS, name_of(pod), patch, namespace_of(pod), type="strategic")

    async def _release(self, replica_set: Document, pod: Document) -> None:
        self.acted(
            key_of(replica_set), observed=f"{name_of(pod)} has other labels",
            difference="the selector picks it no more", actions=["released it"],
        )
        patch = release(pod, replica_set)
        await self.api.patch(PODS, name_of(pod), patch, namespace_of(pod), type="strategic")

    async def _manage(self, key: str, replica_set: Document, active: list[Document]) -> Exception | None:
        wanted = dig(replica_set, "spec", "replicas", default=1)
        difference = wanted - len(active)
        if difference == 0:
            return None
        count = min(abs(difference), BURST)
        verb = "create" if difference > 0 else "delete"
        self.acted(
            key, observed=f"{len(active)} Pods", difference=f"{wanted} are wanted", actions=[f"{verb} {count}"]
        )
        if difference > 0:
            return await self._create(key, replica_set, count)
        order = deletion_order(active, self._ranks(replica_set, active), self.process.wall_ns())
        return await self._delete(replica_set, order[:count])

    async def _create(self, key: str, replica_set: Document, count: int) -> Exception | None:
        """Creates Pods in batches of 1, 2, 4 …, so that what fails for all fails only once."""
        pod = pod_from_template(_typed(replica_set))
        failures: list[Exception] = []

        async def one() -> None:
            try:
                made = await self.api.create(PODS, pod)
            except (StatusError, RpcError) as error:
                if not is_of_terminating_namespace(error):
                    failures.append(error)
                    self.recorder.event(_typed(replica_set), "Warning", "FailedCreate", f"Error creating: {error}")
                return
            self._written.note(key, made)
            self.recorder.event(_typed(replica_set), "Normal", "SuccessfulCreate", f"Created pod: {name_of(made)}")

        batch = 1
        while count > 0 and not failures:
            size = min(batch, count)
            async with self.process.task_group() as group:
                for number in range(size):
                    group.spawn(one(), name=f"create {number}")
            count -= size
            batch *= 2
        return failures[0] if failures else None

    async def _delete(self, replica_set: Document, pods: list[Document]) -> Exception | None:
        failures: list[Exception] = []

        async def one(pod: Document) -> None:
            self._deleted[uid_of(pod)] = None
            try:
                await self.api.delete(PODS, name_of(pod), namespace_of(pod), uid=uid_of(pod))
            except (StatusError, RpcError) as error:
                self._deleted.pop(uid_of(pod), None)
                if not (isinstance(error, StatusError) and error.code == 404):
                    failures.append(error)
                    self.recorder.event(_typed(replica_set), "Warning", "FailedDelete", f"Error deleting: {error}")
                return
            self.recorder.event(_typed(replica_set), "Normal", "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")

        async with self.process.task_group() as group:
            for pod in pods:
                group.spawn(one(pod), name=f"delete {name_of(pod)}")
        return failures[0] if failures else None

    def _ranks(self, replica_set: Document, active: list[Document]) -> dict[str, int]:
        """By Pod uid: how many Pods of the same owner's sets run on its node."""
        owner = controller_of(replica_set)
        related = self._sets.cache.by_index("owner", owner["uid"]) if owner is not None else [replica_set]
        per_node: dict[str, int] = {}
        for other in related:
            for pod in self._pods.cache.by_index("controller", uid_of(other)):
                if pod_is_active(pod):
                    per_node[node_name_of(pod)] = per_node.get(node_name_of(pod), 0) + 1
        return {uid_of(pod): per_node.get(node_name_of(pod), 0) for pod in active}

    # -- status

    async def _update_status(
        self, key: str, replica_set: Document, active: list[Document], terminating: list[Document],
        failure: Exception | None,
    ) -> None:
        now_ns = self.process.wall_ns()
        status = status_of(replica_set, active, len(terminating), now_ns, self.process.timestamp(), failure)
        if status != replica_set.get("status"):
            await self.api.update(REPLICASETS, {**replica_set, "status": status}, "status")
        waits_ns = [wait_ns for pod in active if (wait_ns := available_in_ns(pod, _least_s(replica_set), now_ns))]
        if waits_ns:
            self.queue.add_after(key, min(waits_ns))


def status_of(
    replica_set: Document, active: list[Document], terminating: int, now_ns: int, now: str, failure: Exception | None
) -> Document:
    """What the set's status ought to be; zero counts are left out, as Kubernetes leaves them out, but for the Pods that
    are wanted and those on their way out. `now_ns`: unix time."""
    template = labels_of(dig(replica_set, "spec", "template", default={}))
    counts = {
        "fullyLabeledReplicas": sum(1 for pod in active if template.items() <= labels_of(pod).items()),
        "readyReplicas": sum(1 for pod in active if pod_is_ready(pod)),
        "availableReplicas": sum(
            1 for pod in active if available_in_ns(pod, _least_s(replica_set), now_ns) == 0
        ),
    }
    conditions = conditions_of(replica_set)
    known = any(condition["type"] == FAILURE for condition in conditions)
    if failure is None and known:
        conditions = [condition for condition in conditions if condition["type"] != FAILURE]
    elif failure is not None and not known:  # the first failure stands: a write for each would ask for the next sync
        short = len(active) < dig(replica_set, "spec", "replicas", default=1)
        conditions = set_condition(conditions, {
            "type": FAILURE, "status": "True", "reason": "FailedCreate" if short else "FailedDelete",
            "message": str(failure),
        }, now)
    return {
        "replicas": len(active), **{name: count for name, count in counts.items() if count},
        "terminatingReplicas": terminating, "observedGeneration": meta(replica_set).get("generation", 0),
        **({"conditions": conditions} if conditions else {}),
    }


def _least_s(replica_set: Document) -> int:
    return int(dig(replica_set, "spec", "minReadySeconds", default=0))


def _controller_uid(pod: Document) -> list[str]:
    owner = controller_of(pod)
    return [owner["uid"]] if owner is not None else []


def _typed(replica_set: Document) -> Document:
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", **replica_set}
