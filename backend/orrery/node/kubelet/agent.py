"""The node as the kubelet shows it to the API server: its registration, its lease, its status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from orrery.client import ApiClient, EventRecorder, Informer
from orrery.kernel import NO_CAUSE, SECOND, Process, RpcError, sleep
from orrery.machinery.objects import uid_of
from orrery.machinery.resources import LEASES, NODES
from orrery.machinery.wire import StatusError
from orrery.node.cri import Image
from orrery.node.kubelet.config import KubeletConfig
from orrery.node.kubelet.node_status import NODE_EVENTS, changes, initial_node, node_status

LEASE_NAMESPACE = "kube-node-lease"
_REGISTER_FIRST_NS = 100 * 1_000_000
_REGISTER_MOST_NS = 7 * SECOND
_RETRIES = 5  # of one status report

Document = dict[str, Any]


class RuntimeLike(Protocol):
    """What of a runtime is shown in the Node's status."""

    def errors(self) -> list[str]:
        """Why the node cannot run Pods."""

    async def images(self) -> list[Image]:
        """What is on the node."""


class NodeAgent:
    """Registers the Node, then keeps its lease and its status fresh."""

    def __init__(
        self, process: Process, api: ApiClient, config: KubeletConfig, runtime: RuntimeLike, recorder: EventRecorder
    ) -> None:
        self._process = process
        self._api = api
        self._config = config
        self._runtime = runtime
        self._recorder = recorder
        self._nodes = Informer(api, NODES, field_selector=f"metadata.name={config.node_name}")
        self._machine_id = process.kernel.stream(f"machine-id/{process.host.name}").hex(32)
        self._lease: Document | None = None
        self._reported_ns = 0
        self._said: dict[str, str] = {}  # conditions that events have told of
        self._update = process.event()
        self.node: Document = {}

    async def register(self) -> None:
        """Makes the Node, or finds the one that is there; tries until it succeeds."""
        delay_ns = _REGISTER_FIRST_NS
        self._process.log(f'"Attempting to register node" node="{self._config.node_name}"')
        while True:
            try:
                self.node = await self._create_or_get()
                break
            except (StatusError, RpcError) as error:
                message = f'Unable to register node "{self._config.node_name}" with API server: {error}'
                self._process.log(message, level="error")
                await sleep(delay_ns)
                delay_ns = min(2 * delay_ns, _REGISTER_MOST_NS)
        self._process.log(f'"Successfully registered node" node="{self._config.node_name}"')

    def start(self) -> None:
        self._nodes.start()
        process = self._process
        process.spawn(self._keep_lease(), name="node lease")
        process.spawn(self._keep_status(), name="node status")
        self._recorder.event(self._reference(), "Normal", "Starting", "Starting kubelet.")

    def report_soon(self) -> None:
        """Something of the node's status has changed: do not wait for the next turn."""
        self._update.set()

    async def _create_or_get(self) -> Document:
        config = self._config
        node = initial_node(config)
        node["status"] = self._status([], None)
        try:
            return await self._api.create(NODES, node)
        except StatusError as error:
            if error.reason != "AlreadyExists":
                raise
        known: Document = await self._api.get(NODES, config.node_name)
        labels = (known.get("metadata") or {}).get("labels") or {}
        missing = {key: value for key, value in node["metadata"]["labels"].items() if labels.get(key) != value}
        if missing:
            known = await self._api.patch(NODES, config.node_name, {"metadata": {"labels": missing}}, type="merge")
        return known

    # -- lease

    async def _keep_lease(self) -> None:
        config = self._config
        retry_ns = 200 * 1_000_000
        while True:
            self._process.kernel.cause = NO_CAUSE
            try:
                await self._renew()
                retry_ns = 200 * 1_000_000
                await sleep(config.lease_interval_ns)
            except (StatusError, RpcError) as error:
                self._process.log(f"Failed to update lease: {error}", level="error")
                if isinstance(error, StatusError) and error.code in (404, 409):
                    self._lease = None
                await sleep(retry_ns)
                retry_ns = min(2 * retry_ns, 7 * SECOND)

    async def _renew(self) -> None:
        now = self._process.timestamp_micro()
        if self._lease is None:
            await self._ensure_lease(now)
            return
        lease = {**self._lease, "spec": {**self._lease["spec"], "renewTime": now}}
        self._lease = await self._api.update(LEASES, lease, quiet=True)

    async def _ensure_lease(self, now: str) -> None:
        name = self._config.node_name
        try:
            self._lease = await self._api.get(LEASES, name, LEASE_NAMESPACE, quiet=True)
            return await self._renew()
        except StatusError as error:
            if error.code != 404:
                raise
        owner = {"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid_of(self.node)}
        self._lease = await self._api.create(
            LEASES,
            {
                "apiVersion": LEASES.api_version,
                "kind": LEASES.kind,
                "metadata": {"name": name, "namespace": LEASE_NAMESPACE, "ownerReferences": [owner]},
                "spec": {
                    "holderIdentity": name,
                    "leaseDurationSeconds": self._config.lease_duration_s,
                    "renewTime": now,
                },
            },
        )

    # -- status

    async def _keep_status(self) -> None:
        while True:
            self._process.kernel.cause = NO_CAUSE
            self._update.clear()
            for attempt in range(_RETRIES):
                try:
                    await self._report(fresh=attempt > 0)
                    break
                except (StatusError, RpcError) as error:
                    self._process.log(f"Error updating node status, will retry: {error}", level="error")
                    if isinstance(error, StatusError) and error.code == 404:
                        await self.register()
            await self._pause()

    async def _pause(self) -> None:
        timer = self._process.call_later(self._config.status_interval_ns, self._update.set)
        await self._update.wait()
        timer.cancel()

    async def _report(self, *, fresh: bool) -> None:
        name = self._config.node_name
        known = None if fresh else self._nodes.cache.get("", name)
        if known is None:
            known = await self._api.get(NODES, name)
        images: list[Image] = []
        if not self._runtime.errors():
            try:
                images = await self._runtime.images()
            except RpcError:
                pass
        status = self._status(images, known)
        if not images:
            status["images"] = (known.get("status") or {}).get("images") or []
        self._tell(status)
        patch = changes(known.get("status") or {}, status)
        due = self._process.now_ns - self._reported_ns >= self._config.report_interval_ns
        if not patch and not due:
            return
        patch["conditions"] = status["conditions"]
        self.node = await self._api.patch(NODES, name, {"status": patch}, type="strategic", subresource="status")
        self._reported_ns = self._process.now_ns

    def _status(self, images: list[Image], known: Mapping[str, Any] | None) -> Document:
        process = self._process
        disk = process.disk
        full = disk.used_bytes > disk.profile.capacity_bytes * 85 // 100
        return node_status(
            self._config, process.host.ip, self._machine_id, images, {"DiskPressure": full},
            self._runtime.errors(), known, process.timestamp(),
        )  # fmt: skip

    def _tell(self, status: Document) -> None:
        """One event for each condition that is another than it was."""
        for condition in status["conditions"]:
            kind, value = condition["type"], condition["status"]
            if self._said.get(kind) != value:
                self._said[kind] = value
                reason = NODE_EVENTS[kind, value]
                message = f"Node {self._config.node_name} status is now: {reason}"
                self._recorder.event(self._reference(), "Normal", reason, message)

    def _reference(self) -> Document:
        """The Node as events name it: its UID is its name there."""
        name = self._config.node_name
        return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "uid": name}}
