"""Brings a Deployment's ReplicaSets to where it wants them, step by step, without losing what must stay available.

One sync takes one step and writes the status: the write of a ReplicaSet comes back through the watch and asks for the
next. The arithmetic is in `deployment_plan.py`, the wording of the status in `deployment_status.py`.

Source: Kubernetes, pkg/controller/deployment.
"""

from __future__ import annotations

from typing import Any

from orrery.controllers import deployment_plan as plan
from orrery.controllers import deployment_status as told
from orrery.controllers.controller import Controller, cached, is_of_terminating_namespace, key_of
from orrery.controllers.own_writes import LOOK_AGAIN_NS, OwnWrites
from orrery.controllers.ownership import adoption, check_may_adopt, release
from orrery.machinery.objects import (
    annotations_of,
    conditions_of,
    controller_of,
    dig,
    is_controlled_by,
    is_deleting,
    labels_of,
    meta,
    name_of,
    namespace_of,
    pod_is_terminal,
    uid_of,
)
from orrery.machinery.resources import DEPLOYMENTS, PODS, REPLICASETS
from orrery.machinery.selectors import from_object
from orrery.machinery.wire import StatusError

Document = dict[str, Any]


class DeploymentController(Controller):
    """Keys are Deployments."""

    name = "deployment"

    def start(self) -> None:
        self._deployments = self.informers.of(DEPLOYMENTS)
        self._sets = self.informers.of(REPLICASETS)
        self._pods = self.informers.of(PODS)
        self._written = OwnWrites(self._deployments)
        self._written_sets = OwnWrites(self._sets)
        self._deployments.add_handlers(self.enqueue, lambda _, new: self.enqueue(new), self.enqueue)
        self._sets.add_handlers(self._set_changed, self._set_updated, self._set_changed)
        self._pods.add_handlers(on_delete=self._pod_deleted)

    def _set_changed(self, replica_set: Document) -> None:
        self.enqueue_owner(replica_set, "Deployment", self._deployments.cache)

    def _set_updated(self, old: Document, new: Document) -> None:
        if controller_of(old) != controller_of(new):
            self._set_changed(old)
        self._set_changed(new)

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
        if not (self._written.are_seen(key) and self._written_sets.are_seen(key)):
            self.queue.add_after(key, LOOK_AGAIN_NS)
            return
        deployment = _typed(deployment)
        sets = await self._claim(deployment)
        new, old = plan.new_and_old(deployment, sets)
        if is_deleting(deployment):
            await self._tell(deployment, new, old)
            return
        deployment = await self._tell_paused(deployment)
        if dig(deployment, "spec", "paused") or plan.is_scaling(deployment, sets):
            await self._scale(key, deployment, new, old)
        elif plan.is_rolling(deployment):
            await self._roll(key, deployment, new, old)
        else:
            await self._recreate(key, deployment, new, old)

    async def _claim(self, deployment: Document) -> list[Document]:
        """The ReplicaSets of this Deployment: those it owns, and the orphans that its selector picks, which it
        adopts. One whose labels match no more is released."""
        selector = from_object(dig(deployment, "spec", "selector"))
        claimed = []
        adopts = False
        for rs in self._sets.cache.list(namespace_of(deployment)):
            matches = selector.matches(labels_of(rs))
            if is_controlled_by(rs, deployment):
                if matches:
                    claimed.append(rs)
                elif not is_deleting(deployment):
                    await self._patch_set(deployment, rs, release(rs, deployment))
            elif matches and controller_of(rs) is None and not is_deleting(rs) and not is_deleting(deployment):
                if not adopts:
                    await check_may_adopt(self.api, DEPLOYMENTS, deployment)
                    adopts = True
                claimed.append(await self._patch_set(deployment, rs, adoption(rs, deployment)))
        return claimed

    async def _patch_set(self, deployment: Document, rs: Document, patch: Document) -> Document:
        changed = await self.api.patch(REPLICASETS, name_of(rs), patch, namespace_of(rs), type="strategic")
        self._written_sets.note(key_of(deployment), changed)
        return changed

    async def _update_set(self, deployment: Document, rs: Document) -> Document:
        changed = await self.api.update(REPLICASETS, rs)
        self._written_sets.note(key_of(deployment), changed)
        return changed

    async def _scale(self, key: str, deployment: Document, new: Document | None, old: list[Document]) -> None:
        """The number wanted has changed, or the rollout is paused: sizes change, and nothing else does."""
        if new is not None:
            deployment, new = await self._renew(deployment, new, old)
        sizes = plan.proportional_sizes(deployment, new, old)
        wanted = plan.scale_annotations(deployment)
        for rs in [*old, *([new] if new is not None else [])]:
            if name_of(rs) in sizes:
                await self._resize(key, deployment, rs, sizes[name_of(rs)])
            elif plan.replicas(rs) and any(annotations_of(rs).get(k) != v for k, v in wanted.items()):
                await self._patch_set(deployment, rs, {"metadata": {"annotations": wanted}})
        if dig(deployment, "spec", "paused"):
            await self._forget_history(deployment, old)
        await self._tell(deployment, new, old)

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
        if new is not None:
            deployment, new = await self._renew(deployment, new, old)
        standing = [rs for rs in old if plan.replicas(rs) > 0]
        for rs in standing:
            await self._resize(key, deployment, rs, 0)
        if standing or self._old_pods_run(deployment, new, old):
            await self._tell_rollout(deployment, new, old)
            return
        deployment, new = await self._ensure_new(key, deployment, new, old)
        if plan.replicas(new) != plan.replicas(deployment):
            new = await self._resize(key, deployment, new, plan.replicas(deployment))
        await self._finish(deployment, new, old)

    def _old_pods_run(self, deployment: Document, new: Document | None, old: list[Document]) -> bool:
        if any(plan.count(rs, "replicas") for rs in old):
            return True
        uids = [uid_of(rs) for rs in old]
        return any(
            (owner := controller_of(pod)) is not None and owner["uid"] in uids and not pod_is_terminal(pod)
            for pod in self._pods.cache.list(namespace_of(deployment))
        )

    async def _finish(self, deployment: Document, new: Document, old: list[Document]) -> None:
        if told.is_complete(deployment, deployment.get("status") or {}):
            await self._forget_history(deployment, old)
        await self._tell_rollout(deployment, new, old)

    # -- ReplicaSets

    async def _ensure_new(
        self, key: str, deployment: Document, new: Document | None, old: list[Document]
    ) -> tuple[Document, Document]:
        """The ReplicaSet of the present template, made if it is missing, and bearing the highest revision."""
        if new is not None:
            return await self._renew(deployment, new, old)
        new = await self._create_set(key, deployment, old, max((plan.revision(rs) for rs in old), default=0) + 1)
        message = f'Created new replica set "{name_of(new)}"'
        condition = told.progressing("True", "NewReplicaSetCreated", message, self.process.timestamp())
        return await self._note(deployment, plan.revision(new), condition), new

    async def _renew(self, deployment: Document, new: Document, old: list[Document]) -> tuple[Document, Document]:
        """A set of the present template that is there already: it gets the highest revision, and what the Deployment
        says beside its template."""
        annotations = plan.set_annotations(deployment, new, max((plan.revision(rs) for rs in old), default=0) + 1)
        least_s = dig(deployment, "spec", "minReadySeconds", default=0)
        if annotations != annotations_of(new) or dig(new, "spec", "minReadySeconds", default=0) != least_s:
            new = await self._update_set(deployment, {
                **new, "metadata": {**meta(new), "annotations": annotations},
                "spec": {**new["spec"], "minReadySeconds": least_s},
            })
        condition = None
        if told.condition_in(conditions_of(deployment), told.PROGRESSING) is None:
            message = f'Found new replica set "{name_of(new)}"'
            condition = told.progressing("True", "FoundNewReplicaSet", message, self.process.timestamp())
        return await self._note(deployment, plan.revision(new), condition), new

    async def _note(self, deployment: Document, number: int, condition: Document | None) -> Document:
        """Writes the revision, and how the rollout has begun, on the Deployment, if they are not there. Both go with
        the status: a write of the annotation alone would begin a new generation."""
        conditions = conditions_of(deployment)
        if condition is not None and told.has_deadline(deployment):
            conditions = told.put_condition(conditions, condition)
        numbered = annotations_of(deployment).get(plan.REVISION) == str(number)
        if numbered and conditions is conditions_of(deployment):
            return deployment
        annotations = {**annotations_of(deployment), plan.REVISION: str(number)}
        return await self._update({
            **deployment, "metadata": {**meta(deployment), "annotations": annotations},
            "status": {**(deployment.get("status") or {}), "conditions": conditions},
        })

    async def _create_set(self, key: str, deployment: Document, old: list[Document], number: int) -> Document:
        wanted = plan.new_set(deployment, old, number)
        name, size = name_of(wanted), plan.replicas(wanted)
        self.acted(
            key, observed="no ReplicaSet of the present template", difference="one is missing",
            actions=[f"created {name} with {size} replicas"],
        )
        try:
            made = await self.api.create(REPLICASETS, wanted)
        except StatusError as error:
            if error.code == 409:
                return await self._collided(deployment, name)
            if not is_of_terminating_namespace(error):
                await self._tell_uncreated(deployment, f'Failed to create new replica set "{name}": {error}')
            raise
        self._written_sets.note(key, made)
        if size:
            self._tell_scaled(deployment, name, 0, size)
        return made

    async def _collided(self, deployment: Document, name: str) -> Document:
        """The name is taken: by our own set, of which the cache had not heard, or by that of another template. Then
        the collision is counted, which makes another hash, and another name."""
        there = await self.api.get(REPLICASETS, name, namespace_of(deployment))
        template = dig(deployment, "spec", "template", default={})
        ours = is_controlled_by(there, deployment)
        if ours and plan.same_template(dig(there, "spec", "template", default={}), template):
            return there
        status = deployment.get("status") or {}
        await self._write_status(deployment, {**status, "collisionCount": status.get("collisionCount", 0) + 1})
        raise StatusError.already_exists(REPLICASETS, name)

    async def _resize(self, key: str, deployment: Document, rs: Document, size: int) -> Document:
        before = plan.replicas(rs)
        self.acted(
            key, observed=f"{name_of(rs)} has {before} replicas", difference=f"the rollout allows it {size}",
            actions=[f"scaled it to {size}"],
        )
        annotations = {**annotations_of(rs), **plan.scale_annotations(deployment)}
        changed = await self._update_set(deployment, {
            **rs, "metadata": {**meta(rs), "annotations": annotations}, "spec": {**rs["spec"], "replicas": size},
        })
        self._tell_scaled(deployment, name_of(rs), before, size)
        return changed

    async def _forget_history(self, deployment: Document, old: list[Document]) -> None:
        for rs in plan.surplus_history(deployment, old):
            await self.api.delete(REPLICASETS, name_of(rs), namespace_of(rs), uid=uid_of(rs))

    # -- what is told

    def _tell_scaled(self, deployment: Document, name: str, before: int, after: int) -> None:
        way = "up" if after > before else "down"
        message = f"Scaled {way} replica set {name} from {before} to {after}"
        self.recorder.event(deployment, "Normal", "ScalingReplicaSet", message)

    async def _tell_uncreated(self, deployment: Document, message: str) -> None:
        self.recorder.event(deployment, "Warning", "ReplicaSetCreateError", message)
        if told.has_deadline(deployment):
            condition = told.progressing("False", "ReplicaSetCreateError", message, self.process.timestamp())
            conditions = told.put_condition(conditions_of(deployment), condition)
            await self._write_status(deployment, {**(deployment.get("status") or {}), "conditions": conditions})

    async def _tell_paused(self, deployment: Document) -> Document:
        condition = told.pause_condition(deployment, self.process.timestamp())
        if condition is None:
            return deployment
        conditions = told.put_condition(conditions_of(deployment), condition)
        return await self._write_status(deployment, {**(deployment.get("status") or {}), "conditions": conditions})

    async def _tell(self, deployment: Document, new: Document | None, old: list[Document]) -> None:
        await self._write_status(deployment, told.status_of(deployment, new, old, self.process.timestamp()))

    async def _tell_rollout(self, deployment: Document, new: Document | None, old: list[Document]) -> None:
        now_ns = self.process.wall_ns()
        status = told.rollout_status_of(deployment, new, old, now_ns, self.process.timestamp())
        await self._write_status(deployment, status)
        again_ns = told.look_again_ns(deployment, status, now_ns)
        if again_ns is not None:
            self.queue.add_after(key_of(deployment), again_ns)

    async def _write_status(self, deployment: Document, status: Document) -> Document:
        """Writes the status if it is another than the one that is stored."""
        if deployment.get("status") == status:
            return deployment
        return await self._update({**deployment, "status": status})

    async def _update(self, deployment: Document) -> Document:
        changed = await self.api.update(DEPLOYMENTS, deployment, "status")
        self._written.note(key_of(deployment), changed)
        return _typed(changed)


def _typed(deployment: Document) -> Document:
    return {"apiVersion": "apps/v1", "kind": "Deployment", **deployment}
