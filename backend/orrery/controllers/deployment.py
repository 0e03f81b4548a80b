"""Brings a Deployment's ReplicaSets to where it wants them, step by step, without losing what must stay available.

Source: Kubernetes, pkg/controller/deployment. The arithmetic is in `deployment_plan.py`; here is what is done with it.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers import deployment_plan as plan
from orrery.controllers.controller import Controller, cached, key_of
from orrery.kernel import SECOND
from orrery.machinery.objects import (
    annotations_of,
    conditions_of,
    controller_of,
    dig,
    find_condition,
    is_controlled_by,
    is_deleting,
    labels_of,
    meta,
    name_of,
    namespace_of,
    owner_reference,
    owners_of,
    pod_is_terminal,
    set_condition,
    uid_of,
)
from orrery.machinery.resources import DEPLOYMENTS, PODS, REPLICASETS
from orrery.machinery.selectors import from_object
from orrery.machinery.time import parse_time
from orrery.machinery.wire import StatusError

Document = dict[str, Any]


class DeploymentController(Controller):
    """Keys are Deployments."""

    name = "deployment"

    def start(self) -> None:
        self._deployments = self.informers.of(DEPLOYMENTS)
        self._sets = self.informers.of(REPLICASETS, owner=lambda rs: [owner["uid"] for owner in owners_of(rs)])
        self._pods = self.informers.of(PODS)
        self._deployments.add_handlers(self.enqueue, lambda _, new: self.enqueue(new), self.enqueue)
        self._sets.add_handlers(self._set_changed, lambda _, new: self._set_changed(new), self._set_changed)
        self._pods.add_handlers(on_delete=self._pod_deleted)

    def _set_changed(self, replica_set: Document) -> None:
        self.enqueue_owner(replica_set, "Deployment", self._deployments.cache)

    def _pod_deleted(self, pod: Document) -> None:
        """Recreate waits until no Pod of the old is left."""
        for deployment in self._deployments.cache.list(namespace_of(pod)):
            if not plan.is_rolling(deployment) and from_object(dig(deployment, "spec", "selector")).matches(
                labels_of(pod)
            ):
                self.enqueue(deployment)

    # -- one Deployment

    async def sync(self, key: str) -> None:
        deployment = cached(self._deployments.cache, key)
        if deployment is None:
            return
        deployment = {"apiVersion": "apps/v1", "kind": "Deployment", **deployment}
        sets = await self._claim(deployment)
        new, old = plan.new_and_old(deployment, sets)
        if is_deleting(deployment):
            await self._update_status(deployment, new, old)
            return
        if dig(deployment, "spec", "paused"):
            await self._scale(key, deployment, new, old)
            await self._update_status(deployment, new, old)
            return
        if plan.is_scaling(deployment, sets):
            await self._scale(key, deployment, new, old)
            await self._update_status(deployment, new, old)
            return
        if plan.is_rolling(deployment):
            await self._roll(key, deployment, new, old)
        else:
            await self._recreate(key, deployment, new, old)

    async def _claim(self, deployment: Document) -> list[Document]:
        selector = from_object(dig(deployment, "spec", "selector"))
        claimed = []
        for rs in self._sets.cache.list(namespace_of(deployment)):
            matches = selector.matches(labels_of(rs))
            if is_controlled_by(rs, deployment) and matches:
                claimed.append(rs)
            elif matches and controller_of(rs) is None and not is_deleting(rs) and not is_deleting(deployment):
                owners = [*owners_of(rs), owner_reference(deployment)]
                patch = {"metadata": {"uid": uid_of(rs), "ownerReferences": owners}}
                claimed.append(await self.api.patch(REPLICASETS, name_of(rs), patch, namespace_of(rs)))
        return claimed

    async def _roll(self, key: str, deployment: Document, new: Document | None, old: list[Document]) -> None:
        deployment, new = await self._ensure_new(key, deployment, new, old)
        size = plan.new_size(deployment, [new, *old], plan.replicas(new))
        if plan.replicas(new) > plan.replicas(deployment):
            size = plan.replicas(deployment)
        if size != plan.replicas(new):
            new = await self._resize(key, deployment, new, size)
        else:
            sizes = plan.scale_down_old(deployment, new, old)
            old = [
                await self._resize(key, deployment, rs, sizes[name_of(rs)]) if name_of(rs) in sizes else rs
                for rs in old
            ]
        await self._finish(deployment, new, old)

    async def _recreate(self, key: str, deployment: Document, new: Document | None, old: list[Document]) -> None:
        scaled = False
        for rs in old:
            if plan.replicas(rs) > 0:
                scaled = True
                await self._resize(key, deployment, rs, 0)
        if scaled or self._old_pods_run(deployment, new, old):
            await self._update_status(deployment, new, old, progress=True)
            return
        deployment, new = await self._ensure_new(key, deployment, new, old)
        if plan.replicas(new) != plan.replicas(deployment):
            new = await self._resize(key, deployment, new, plan.replicas(deployment))
        await self._finish(deployment, new, old)

    def _old_pods_run(self, deployment: Document, new: Document | None, old: list[Document]) -> bool:
        uids = [uid_of(rs) for rs in old]
        return any(
            (owner := controller_of(pod)) is not None and owner["uid"] in uids and not pod_is_terminal(pod)
            for pod in self._pods.cache.list(namespace_of(deployment))
        )

    async def _finish(self, deployment: Document, new: Document, old: list[Document]) -> None:
        if plan.is_complete(deployment, plan.counts_of(deployment, new, old)):
            await self._forget_history(deployment, old)
        await self._update_status(deployment, new, old, progress=True)

    # -- ReplicaSets

    async def _ensure_new(
        self, key: str, deployment: Document, new: Document | None, old: list[Document]
    ) -> tuple[Document, Document]:
        """The ReplicaSet of the present template, made if it is missing, and bearing the highest revision."""
        latest = max((plan.revision(rs) for rs in old), default=0)
        if new is None:
            new = await self._create_set(key, deployment, old, latest + 1)
        elif plan.revision(new) <= latest:
            new = await self._raise_revision(new, latest + 1)
        number = plan.revision(new)
        if annotations_of(deployment).get(plan.REVISION) != str(number):
            patch = {"metadata": {"annotations": {plan.REVISION: str(number)}}}
            changed = await self.api.patch(DEPLOYMENTS, name_of(deployment), patch, namespace_of(deployment))
            deployment = {"apiVersion": "apps/v1", "kind": "Deployment", **changed}
        return deployment, new

    async def _create_set(self, key: str, deployment: Document, old: list[Document], number: int) -> Document:
        template = dig(deployment, "spec", "template", default={})
        digest = plan.template_hash(template, dig(deployment, "status", "collisionCount"))
        labels = {**labels_of(template), plan.HASH: digest}
        name = f"{name_of(deployment)}-{digest}"
        size = plan.new_size(deployment, old, 0)
        selector = dig(deployment, "spec", "selector", default={})
        replica_set = {
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": name, "namespace": namespace_of(deployment), "labels": labels,
                "annotations": {
                    **plan.copied_annotations(deployment), plan.REVISION: str(number),
                    **plan.scale_annotations(deployment),
                },
                "ownerReferences": [owner_reference(deployment)],
            },
            "spec": {
                "replicas": size, "minReadySeconds": dig(deployment, "spec", "minReadySeconds", default=0),
                "selector": {
                    **selector, "matchLabels": {**(selector.get("matchLabels") or {}), plan.HASH: digest},
                },
                "template": {**template, "metadata": {**(template.get("metadata") or {}), "labels": labels}},
            },
        }
        self.acted(
            key, observed="no ReplicaSet of the present template", difference="one is missing",
            actions=[f"created {name} with {size} replicas"],
        )
        try:
            made = await self.api.create(REPLICASETS, replica_set)
        except StatusError as error:
            if error.code != 409:
                raise
            made = await self.api.get(REPLICASETS, name, namespace_of(deployment))
            ours = is_controlled_by(made, deployment)
            if ours and plan.same_template(dig(made, "spec", "template", default={}), template):
                return made  # ours already: the cache had not heard of it
            collisions = dig(deployment, "status", "collisionCount", default=0) + 1
            patch = {"status": {"collisionCount": collisions}}
            await self.api.patch(
                DEPLOYMENTS, name_of(deployment), patch, namespace_of(deployment), subresource="status"
            )
            raise
        self._tell_scaled(deployment, name, 0, size)
        return made

    async def _raise_revision(self, new: Document, number: int) -> Document:
        """An old template is wanted again: its set moves to the front of the history."""
        former = annotations_of(new).get(plan.REVISION)
        history = [h for h in annotations_of(new).get(plan.REVISION_HISTORY, "").split(",") if h]
        annotations = {plan.REVISION: str(number)}
        if former:
            annotations[plan.REVISION_HISTORY] = ",".join([*history, former])
        return await self.api.patch(
            REPLICASETS, name_of(new), {"metadata": {"annotations": annotations}}, namespace_of(new)
        )

    async def _scale(self, key: str, deployment: Document, new: Document | None, old: list[Document]) -> None:
        sizes = plan.proportional_sizes(deployment, new, old)
        wanted = plan.scale_annotations(deployment)
        for rs in [*old, *([new] if new is not None else [])]:
            if name_of(rs) in sizes:
                await self._resize(key, deployment, rs, sizes[name_of(rs)])
            elif plan.replicas(rs) and any(annotations_of(rs).get(k) != v for k, v in wanted.items()):
                await self.api.patch(
                    REPLICASETS, name_of(rs), {"metadata": {"annotations": wanted}}, namespace_of(rs)
                )

    async def _resize(self, key: str, deployment: Document, rs: Document, size: int) -> Document:
        before = plan.replicas(rs)
        self.acted(
            key, observed=f"{name_of(rs)} has {before} replicas", difference=f"the rollout allows it {size}",
            actions=[f"scaled it to {size}"],
        )
        annotations = {**annotations_of(rs), **plan.scale_annotations(deployment)}
        changed = await self.api.update(REPLICASETS, {
            **rs, "metadata": {**meta(rs), "annotations": annotations}, "spec": {**rs["spec"], "replicas": size},
        })
        self._tell_scaled(deployment, name_of(rs), before, size)
        return changed

    def _tell_scaled(self, deployment: Document, name: str, before: int, after: int) -> None:
        if before != after:
            way = "up" if after > before else "down"
            message = f"Scaled {way} replica set {name} from {before} to {after}"
            self.recorder.event(deployment, "Normal", "ScalingReplicaSet", message)

    async def _forget_history(self, deployment: Document, old: list[Document]) -> None:
        kept = dig(deployment, "spec", "revisionHistoryLimit", default=10)
        empty = [
            rs for rs in old
            if not plan.replicas(rs) and not plan.count(rs, "replicas") and not is_deleting(rs)
            and plan.count(rs, "observedGeneration") >= meta(rs).get("generation", 0)
        ]
        for rs in sorted(empty, key=plan.revision)[: max(0, len(empty) - kept)]:
            await self.api.delete(REPLICASETS, name_of(rs), namespace_of(rs), uid=uid_of(rs))

    # -- status

    async def _update_status(
        self, deployment: Document, new: Document | None, old: list[Document], *, progress: bool = False
    ) -> None:
        now = self.process.timestamp()
        status = plan.counts_of(deployment, new, old)
        conditions = _availability(deployment, status, conditions_of(deployment), now)
        if dig(deployment, "spec", "paused"):
            conditions = _progressing(conditions, "Unknown", "DeploymentPaused", "Deployment is paused", now)
        elif progress:
            conditions = self._progress(deployment, status, new, conditions, now)
        if dig(deployment, "status", "collisionCount") is not None:
            status["collisionCount"] = deployment["status"]["collisionCount"]
        status["conditions"] = conditions
        if status != deployment.get("status"):
            await self.api.update(DEPLOYMENTS, {**deployment, "status": status}, "status")
        if progress and not plan.is_complete(deployment, status):
            self.queue.add_after(key_of(deployment), self._deadline_ns(deployment) + SECOND)

    def _progress(
        self, deployment: Document, status: Document, new: Document | None, conditions: list[Document], now: str
    ) -> list[Document]:
        current = find_condition(deployment, "Progressing")
        name = name_of(new) if new is not None else name_of(deployment)
        if plan.is_complete(deployment, status):
            if current is not None and current.get("reason") == "NewReplicaSetAvailable":
                return conditions
            message = f'ReplicaSet "{name}" has successfully progressed.'
            return _progressing(conditions, "True", "NewReplicaSetAvailable", message, now)
        if current is None:
            message = f'Created new replica set "{name}"'
            return _progressing(conditions, "True", "NewReplicaSetCreated", message, now)
        restarted = current.get("reason") == "NewReplicaSetAvailable" and status.get("updatedReplicas", 0) < max(
            1, plan.replicas(deployment)
        )
        if plan.is_progressing(deployment, status) or restarted:
            message = f'ReplicaSet "{name}" is progressing.'
            return _progressing(conditions, "True", "ReplicaSetUpdated", message, now)
        since_ns = parse_time(current.get("lastUpdateTime", now))
        if (
            current.get("reason") not in ("NewReplicaSetAvailable", "ProgressDeadlineExceeded")
            and self.process.wall_ns() - since_ns > self._deadline_ns(deployment)
        ):
            message = f'ReplicaSet "{name}" has timed out progressing.'
            return _progressing(conditions, "False", "ProgressDeadlineExceeded", message, now)
        return conditions

    def _deadline_ns(self, deployment: Document) -> int:
        return int(dig(deployment, "spec", "progressDeadlineSeconds", default=600)) * SECOND


def _availability(deployment: Document, status: Document, conditions: list[Document], now: str) -> list[Document]:
    _, max_unavailable = plan.limits(deployment)
    enough = status.get("availableReplicas", 0) >= plan.replicas(deployment) - max_unavailable
    current = find_condition(deployment, "Available")
    value = "True" if enough else "False"
    if current is not None and current.get("status") == value:
        return conditions
    return set_condition(conditions, {
        "type": "Available", "status": value, "lastUpdateTime": now,
        "reason": "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
        "message": f"Deployment {'has' if enough else 'does not have'} minimum availability.",
    }, now)


def _progressing(conditions: list[Document], value: str, reason: str, message: str, now: str) -> list[Document]:
    condition = {
        "type": "Progressing", "status": value, "reason": reason, "message": message, "lastUpdateTime": now,
    }
    return set_condition(conditions, condition, now)
