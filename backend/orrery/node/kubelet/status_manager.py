"""Reports Pods' statuses to the API server, only what changed, and finishes deletions once nothing of a Pod is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orrery.client import ApiClient
from orrery.kernel import SECOND, Cause, Process, RpcError
from orrery.machinery.objects import (
    find_condition,
    is_deleting,
    key_of,
    name_of,
    namespace_of,
    resource_version_of,
    uid_of,
)
from orrery.machinery.resources import PODS
from orrery.machinery.wire import StatusError

RETRY_NS = 10 * SECOND
_KEEP = ("podIP", "podIPs")  # once known they stay, though the sandbox is gone

Pod = Mapping[str, Any]
Status = dict[str, Any]


def status_patch(reported: Mapping[str, Any], wanted: Mapping[str, Any]) -> Status:
    """The fields, and the conditions, in which what was reported differs from what is so; empty if none does."""
    patch: Status = {
        key: value for key, value in wanted.items() if key != "conditions" and reported.get(key) != value
    }
    old = {"status": reported}
    conditions = []
    for condition in wanted.get("conditions", ()):
        before = find_condition(old, condition["type"]) or {}
        if any(before.get(key) != condition.get(key) for key in ("status", "reason", "message")):
            blank = {key: None for key in ("reason", "message") if key in before and key not in condition}
            conditions.append({"lastProbeTime": None, **blank, **condition})
    if conditions:
        patch["conditions"] = conditions
    for key in ("reason", "message"):
        if key in reported and key not in wanted:
            patch[key] = None
    return patch


class StatusManager:
    """``set`` is told how things are; one task writes them down, one Pod after another."""

    def __init__(self, process: Process, api: ApiClient, current: Callable[[str], Pod | None]) -> None:
        self._process = process
        self._api = api
        self._current = current  # the newest version of a Pod that the watch has brought, by UID
        self._wanted: dict[str, Status] = {}
        self._reported: dict[str, Pod] = {}  # as the API server answered the last report
        self._final: dict[str, bool] = {}  # Pods of which nothing is left
        self._due: dict[str, Cause] = {}
        self._wake = process.event()

    def start(self) -> None:
        self._process.spawn(self._run(), name="status manager")

    def status_of(self, uid: str) -> Status | None:
        """The status as last set."""
        return self._wanted.get(uid)

    def set(self, pod: Pod, status: Status) -> None:
        """Notes how a Pod is; it is reported if that differs from what is known there."""
        uid = uid_of(pod)
        before = self._wanted.get(uid, {})
        kept = {key: before[key] for key in _KEEP if key in before and key not in status}
        status = {**status, **kept} if kept else status
        if status == before:
            return
        self._wanted[uid] = status
        self._enqueue(uid)

    def finish(self, pod: Pod) -> None:
        """Nothing of the Pod is left on the node: if it is being deleted, it may go."""
        self._final[uid_of(pod)] = True
        self._enqueue(uid_of(pod))

    def reconcile(self, pod: Pod) -> None:
        """A version of the Pod came by: if somebody else changed what the kubelet says, it is said again."""
        uid = uid_of(pod)
        wanted, reported = self._wanted.get(uid), self._reported.get(uid)
        if wanted is None or uid in self._due:
            return
        if reported is not None and resource_version_of(pod) < resource_version_of(reported):
            return
        self._reported[uid] = pod
        if status_patch(pod.get("status") or {}, wanted):
            self._enqueue(uid)

    def forget(self, uid: str) -> None:
        self._wanted.pop(uid, None)
        self._reported.pop(uid, None)
        self._final.pop(uid, None)
        self._due.pop(uid, None)

    def _enqueue(self, uid: str) -> None:
        self._due[uid] = self._process.kernel.cause
        self._wake.set()

    async def _run(self) -> None:
        kernel = self._process.kernel
        while True:
            await self._wake.wait()
            if not self._due:
                self._wake.clear()
                continue
            uid = next(iter(self._due))
            kernel.cause = self._due.pop(uid)
            try:
                await self._sync(uid)
            except StatusError as error:
                self._failed(uid, error, again=error.code >= 500 or error.code == 429)
            except RpcError as error:
                self._failed(uid, error, again=True)

    async def _sync(self, uid: str) -> None:
        pod, wanted = self._newest(uid), self._wanted.get(uid)
        if pod is None:
            return
        if wanted is not None:
            patch = status_patch(pod.get("status") or {}, wanted)
            if patch:
                body = {"metadata": {"uid": uid}, "status": patch}
                pod = await self._api.patch(
                    PODS, name_of(pod), body, namespace_of(pod), type="strategic", subresource="status"
                )
                self._reported[uid] = pod
        if self._final.get(uid) and is_deleting(pod):
            await self._api.delete(PODS, name_of(pod), namespace_of(pod), grace_period_s=0, uid=uid)

    def _newest(self, uid: str) -> Pod | None:
        """The Pod as last answered or as last watched, whichever is newer; None: it is gone."""
        watched, reported = self._current(uid), self._reported.get(uid)
        if watched is None or reported is None:
            return watched
        return reported if resource_version_of(reported) > resource_version_of(watched) else watched

    def _failed(self, uid: str, error: Exception, *, again: bool) -> None:
        pod = self._current(uid)
        if pod is None:
            return
        self._process.log(f'Failed to update status for pod "{key_of(pod)}": {error}', level="warning")
        if again:
            self._process.call_later(RETRY_NS, self._retry, uid)

    def _retry(self, uid: str) -> None:
        if uid not in self._due and (uid in self._wanted or uid in self._final):
            self._enqueue(uid)
