"""A small world for the two controllers of replicas: etcd, an API server, a manager that runs only them, and a kubelet.

The kubelet here binds every Pod to the next of three nodes and makes it Ready after ``ready_after_s``; a Pod that is
being deleted is gone after ``gone_after_s``. ``broken`` says of which Pods nothing ever comes; ``delays_s``, if it is
set, gives each Pod its own time.
``bounds`` counts after every write to etcd, outside the code under test.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import orjson

from orrery.apiserver import ApiServer, ApiServerConfig
from orrery.client import ApiClient, Informer
from orrery.controllers.config import ControllerManagerConfig
from orrery.controllers.controller import Controller, Informers
from orrery.controllers.deployment import DeploymentController
from orrery.controllers.events import Reconciled
from orrery.controllers.replicaset import ReplicaSetController
from orrery.etcd import EtcdMember
from orrery.etcd.events import EtcdApplied
from orrery.kernel import SECOND, Address, Kernel, Process, RpcError, sleep
from orrery.machinery.objects import condition_is_true, controller_of, is_deleting, name_of, node_name_of, uid_of
from orrery.machinery.resources import DEPLOYMENTS, EVENTS, PODS, REPLICASETS, SERVICEACCOUNTS, Resource
from orrery.machinery.wire import StatusError

Document = dict[str, Any]
SERVER = Address("cp-1", 6443)
MANAGER = "cp-1/kube-controller-manager"
NODES = ("n1", "n2", "n3")


def template(image: str = "nginx:1", app: str = "web") -> Document:
    return {"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": "main", "image": image}]}}


def deployment(replicas: int = 3, image: str = "nginx:1", **spec: Any) -> Document:
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template(image), **spec,
        },
    }


def rolling(surge: int | str, unavailable: int | str) -> Document:
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}


def replica_set(replicas: int = 3, name: str = "web", **spec: Any) -> Document:
    return {
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template(), **spec,
        },
    }


def pod(name: str, **labels: str) -> Document:
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "labels": labels},
        "spec": {"containers": [{"name": "main", "image": "nginx:1"}]},
    }


def image_of(one: Document) -> str:
    return str(one["spec"]["containers"][0]["image"])


class Bounds:
    """How many Pods were not on their way out, and how many of those Ready, after each write since `begin`."""

    def __init__(self) -> None:
        self._pods: dict[str, Document] = {}
        self.most = self.fewest_ready = 0
        self.begin()

    def begin(self) -> None:
        self.most, self.fewest_ready = 0, 10**6

    def see(self, event: EtcdApplied) -> None:
        for key, value, *_ in event.puts:
            if key.startswith("/registry/pods/"):
                self._pods[key] = orjson.loads(value)
        for key in event.deletes:
            self._pods.pop(key, None)
        there = [one for one in self._pods.values() if not is_deleting(one)]
        self.most = max(self.most, len(there))
        self.fewest_ready = min(self.fewest_ready, sum(condition_is_true(one, "Ready") for one in there))


class RolloutLab:
    """`do(coro)` runs a person's request to its end; `until(...)` lets time pass until something is so."""

    def __init__(
        self, *, seed: int = 1, ready_after_s: float = 1, gone_after_s: float = 1,
        kinds: tuple[type[Controller], ...] = (DeploymentController, ReplicaSetController),
    ) -> None:
        self.kernel = Kernel(seed)
        self.ready_after_s = ready_after_s
        self.gone_after_s = gone_after_s
        self.broken: Callable[[Document], bool] = lambda one: False
        self.delays_s: Iterator[float] | None = None
        self.bounds = Bounds()
        self.acted: list[Reconciled] = []
        self._kinds = kinds
        self._next_node = 0
        self.kernel.trace.subscribe(self._see)
        control = self.kernel.add_host("cp-1", ip="10.0.0.11")
        worker = self.kernel.add_host("worker-1", ip="10.0.0.21")
        client = self.kernel.add_host("client", ip="10.0.0.100")
        config = ApiServerConfig(etcd_endpoints=(Address("cp-1", 2379),))
        control.add_process("etcd", lambda process: EtcdMember(process, ["cp-1"]).run())
        control.add_process("kube-apiserver", lambda process: ApiServer(process, config).run())
        control.add_process("kube-controller-manager", self._manager)
        self.client: Process = client.add_process("kubectl", lambda process: process.event().wait())
        self.api = self._api(self.client, "kubernetes-admin")
        self.run(20)
        account = {"metadata": {"name": "default", "namespace": "default"}}
        self.do(self.api.create(SERVICEACCOUNTS, account))
        worker.add_process("kubelet", self._kubelet)

    def _see(self, event: Any) -> None:
        if isinstance(event, EtcdApplied):
            self.bounds.see(event)
        elif isinstance(event, Reconciled):
            self.acted.append(event)

    def _api(self, process: Process, user: str) -> ApiClient:
        return ApiClient(process, SERVER, user=user, groups=("system:masters",))

    # -- processes

    async def _manager(self, process: Process) -> None:
        api = self._api(process, "system:kube-controller-manager")
        informers = Informers(api)
        controllers = [kind(process, api, informers, ControllerManagerConfig()) for kind in self._kinds]
        for controller in controllers:
            controller.start()
        await informers.start()
        for controller in controllers:
            controller.run()
        await process.event().wait()

    async def _kubelet(self, process: Process) -> None:
        api = self._api(process, "kubelet")
        known: dict[str, str] = {}

        def seen(one: Document) -> None:
            stage = "going" if is_deleting(one) else "there"
            if known.get(uid_of(one)) != stage:
                known[uid_of(one)] = stage
                process.spawn(self._end(api, one) if stage == "going" else self._begin(api, one), name=name_of(one))

        informer = Informer(api, PODS)
        informer.add_handlers(seen, lambda _, new: seen(new), lambda one: known.pop(uid_of(one), None))
        informer.start()
        await process.event().wait()

    async def _begin(self, api: ApiClient, one: Document) -> None:
        if self.broken(one):
            return
        try:
            if not node_name_of(one):
                self._next_node += 1
                await api.bind(one, NODES[self._next_node % len(NODES)])
            delay_s = next(self.delays_s) if self.delays_s is not None else self.ready_after_s
            await sleep(int(delay_s * SECOND))
            await self._set_ready(api, one, "True")
        except StatusError:
            pass  # it has gone meanwhile

    async def _set_ready(self, api: ApiClient, one: Document, ready: str) -> None:
        condition = {"type": "Ready", "status": ready, "lastTransitionTime": api.process.timestamp()}
        status = {"status": {"phase": "Running", "conditions": [condition]}}
        await api.patch(PODS, name_of(one), status, "default", type="strategic", subresource="status")

    async def _end(self, api: ApiClient, one: Document) -> None:
        await sleep(int(self.gone_after_s * SECOND))
        try:
            await api.delete(PODS, name_of(one), "default", grace_period_s=0, uid=uid_of(one))
        except StatusError:
            pass

    # -- doing

    def do(self, coro: Coroutine[Any, Any, Any]) -> Any:
        outcome: list[Any] = []

        async def work() -> None:
            try:
                outcome.append(await coro)
            except (StatusError, RpcError) as error:
                outcome.append(error)

        self.client.spawn(work(), name="person")
        while not outcome:
            self.kernel.run_for(SECOND // 100)
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def run(self, seconds: float) -> None:
        self.kernel.run_for(int(seconds * SECOND))
        assert [f"{name}: {error!r}" for name, error in self.kernel.faults.bugs] == []

    def until(self, holds: Callable[[], bool], limit_s: float = 120, step_s: float = 0.5) -> None:
        end_ns = self.kernel.now_ns + int(limit_s * SECOND)
        while not holds():
            assert self.kernel.now_ns < end_ns, f"not so after {limit_s} s"
            self.run(step_s)

    def apply(self, obj: Document) -> Document:
        resource = {"Deployment": DEPLOYMENTS, "ReplicaSet": REPLICASETS, "Pod": PODS}[obj["kind"]]
        made: Document = self.do(self.api.create(resource, obj))
        return made

    def change(self, patch: Document, resource: Resource = DEPLOYMENTS, name: str = "web") -> None:
        self.do(self.api.patch(resource, name, patch, "default", type="strategic"))

    def update(self, image: str, **spec: Any) -> None:
        containers = [{"name": "main", "image": image}]
        self.change({"spec": {**spec, "template": {"spec": {"containers": containers}}}})

    def scale(self, replicas: int, resource: Resource = DEPLOYMENTS, name: str = "web") -> None:
        self.change({"spec": {"replicas": replicas}}, resource, name)

    def delete(self, resource: Resource, name: str, propagation: str = "Background") -> None:
        self.do(self.api.delete(resource, name, "default", propagation=propagation))

    def make_ready(self, name: str, ready: bool) -> None:
        self.do(self._set_ready(self.api, {"metadata": {"name": name}}, str(ready)))

    def crash_manager(self) -> None:
        self.kernel.faults.apply("crash-process", component=MANAGER)

    def restart_manager(self) -> None:
        self.kernel.faults.apply("restart-process", component=MANAGER)

    # -- looking

    def get(self, resource: Resource = DEPLOYMENTS, name: str = "web") -> Document:
        found: Document = self.do(self.api.get(resource, name, "default"))
        return found

    def list(self, resource: Resource) -> list[Document]:
        items, _ = self.do(self.api.list(resource, "default"))
        return list(items)

    def pods(self) -> list[Document]:
        """The Pods that are not on their way out."""
        return [one for one in self.list(PODS) if not is_deleting(one)]

    def sets(self) -> dict[str, Document]:
        """ReplicaSets by the image of their template."""
        return {image_of(rs["spec"]["template"]): rs for rs in self.list(REPLICASETS)}

    def sizes(self) -> dict[str, int]:
        return {image: int(rs["spec"]["replicas"]) for image, rs in self.sets().items()}

    def rolled_out(self, image: str, replicas: int) -> bool:
        """All Pods are of this image and Ready, the old ones have gone, and the Deployment says that it is complete."""
        status = self.get()["status"]
        return (
            len(self.list(PODS)) == replicas
            and all(image_of(one) == image and condition_is_true(one, "Ready") for one in self.pods())
            and [status.get(f"{name}eplicas", 0) for name in ("r", "updatedR", "availableR")] == [replicas] * 3
        )

    def owned(self, owner: Document) -> list[str]:
        """Names of the Pods that this object controls."""
        pods = [(one, controller_of(one)) for one in self.pods()]
        return sorted(name_of(one) for one, ref in pods if ref is not None and ref["uid"] == uid_of(owner))

    def messages(self, reason: str = "") -> list[str]:
        """What the events say, oldest first, each as often as it happened."""
        self.run(1)
        events = sorted(self.list(EVENTS), key=lambda one: int(one["metadata"]["resourceVersion"]))
        return [one["message"] for one in events if reason in ("", one["reason"]) for _ in range(one.get("count", 1))]

    def condition(self, kind: str) -> tuple[str, str, str]:
        """(status, reason, message) of the Deployment's condition; empty if it has none."""
        for one in self.get().get("status", {}).get("conditions") or []:
            if one["type"] == kind:
                return one["status"], one["reason"], one["message"]
        return "", "", ""
