"""A whole cluster, seen from outside: what etcd applied, and checkers that look at every change of it."""

from collections.abc import Callable
from typing import Any

import orjson
from cluster_lab import ClusterLab, deployment

from orrery.cluster import default_config
from orrery.etcd.events import EtcdApplied
from orrery.machinery.objects import (
    annotations_of,
    condition_is_true,
    controller_of,
    dig,
    name_of,
    pod_is_active,
    uid_of,
)
from orrery.machinery.resources import DEPLOYMENTS, EVENTS, PODS, REPLICASETS, Resource

Document = dict[str, Any]
Checker = Callable[[Resource, Document | None, Document | None], None]

REVISION = "deployment.kubernetes.io/revision"
OLD, NEW = "nginx:1.27", "nginx:1.28"


class World(ClusterLab):
    """`store` holds the objects of the watched kinds as the first member to apply a write has them; `checkers` are told
    of each change: kind, old, new."""

    WATCHED = (PODS, REPLICASETS, DEPLOYMENTS)

    def __init__(self, seed: int = 1, checkers: tuple[Checker, ...] = (), **config: Any) -> None:
        super().__init__(default_config().replace(**config), seed, boot=False)
        self.store: dict[Resource, dict[str, Document]] = {kind: {} for kind in self.WATCHED}
        self.checkers = checkers
        self.creations: list[tuple[Document, int]] = []  # Pods as they were made, and the flow
        self._prefixes = [(kind.key_prefix(""), kind) for kind in self.WATCHED]
        self._revision = 0
        self.kernel.trace.subscribe(self._see)
        self.cluster.boot()

    def _see(self, event: Any) -> None:
        if not isinstance(event, EtcdApplied) or event.revision <= self._revision:
            return
        self._revision = event.revision
        for key, value, _, version in event.puts:
            for prefix, kind in self._prefixes:
                if key.startswith(prefix):
                    self._change(kind, key, orjson.loads(value))
                    if kind is PODS and version == 1:
                        self.creations.append((self.store[PODS][key], event.flow))
        for key in event.deletes:
            for prefix, kind in self._prefixes:
                if key.startswith(prefix):
                    self._change(kind, key, None)

    def _change(self, kind: Resource, key: str, new: Document | None) -> None:
        old = self.store[kind].pop(key, None)
        if new is not None:
            self.store[kind][key] = new
        for check in self.checkers:
            check(kind, old, new)

    # -- looking

    def all(self, kind: Resource) -> list[Document]:
        return list(self.store[kind].values())

    def active(self, image: str = "") -> list[Document]:
        """The Pods that count, of an image."""
        return [
            pod for pod in self.all(PODS)
            if pod_is_active(pod) and image in ("", dig(pod, "spec", "containers", 0, "image"))
        ]

    def ready(self, image: str = "") -> int:
        return sum(condition_is_true(pod, "Ready") for pod in self.active(image))

    def deployment(self, name: str = "web") -> Document:
        return next(one for one in self.all(DEPLOYMENTS) if name_of(one) == name)

    def condition(self, kind: str = "Progressing") -> tuple[str, str]:
        """(status, reason) of the Deployment's condition."""
        conditions: list[Document] = dig(self.deployment(), "status", "conditions", default=[])
        return next(((c["status"], c["reason"]) for c in conditions if c["type"] == kind), ("", ""))

    def sizes(self) -> dict[int, int]:
        """Replicas wanted of each ReplicaSet, by revision."""
        sizes = {int(annotations_of(rs)[REVISION]): dig(rs, "spec", "replicas") for rs in self.all(REPLICASETS)}
        return dict(sorted(sizes.items()))

    def is_settled(self, image: str, replicas: int) -> bool:
        """Whether these and no other Pods are there, ready, and the Deployment knows it."""
        status = self.deployment().get("status") or {}
        return (
            len(self.all(PODS)) == len(self.active(image)) == self.ready(image) == replicas
            and status.get("availableReplicas", 0) == status.get("updatedReplicas", 0) == replicas
        )

    def settle(self, image: str, replicas: int, limit_s: int = 120) -> float:
        return self.until(lambda: self.is_settled(image, replicas), limit_s, 0.5)

    def told(self, reason: str) -> list[str]:
        """The messages of the events of this reason."""
        return [event["message"] for event in self.objects(EVENTS) if event["reason"] == reason]

    # -- acting

    def deployed(self, replicas: int = 3, **spec: Any) -> None:
        """Creates the Deployment and waits until all of it is there."""
        self.create(replicas, **spec)
        self.settle(OLD, replicas)

    def create(self, replicas: int = 3, **spec: Any) -> None:
        wanted = deployment(replicas=replicas)
        wanted["spec"].update(spec)
        self.ask(lambda api: api.create(DEPLOYMENTS, wanted))

    def change(self, spec: Document, **metadata: Any) -> None:
        patch = {"spec": spec, **({"metadata": metadata} if metadata else {})}
        self.ask(lambda api: api.patch(DEPLOYMENTS, "web", patch, "default", type="strategic"))

    def set_image(self, image: str, **spec: Any) -> None:
        self.change({"template": {"spec": {"containers": [{"name": "main", "image": image}]}}, **spec})

    def manager(self) -> str:
        """The controller manager that leads."""
        leads = [e for e in self.marks if e.TYPE == "LeadershipChanged" and "controller-manager" in e.lease and e.leads]
        return str(leads[-1].source)


class Limits:
    """How many Pods counted at most, and how many of them were ready at least, since `begin`."""

    def __init__(self) -> None:
        self._pods: dict[str, tuple[bool, bool]] = {}
        self.begin()

    def begin(self) -> None:
        self.most, self.fewest_ready = 0, 10**6

    def __call__(self, kind: Resource, old: Document | None, new: Document | None) -> None:
        if kind is not PODS:
            return
        if new is None:
            assert old is not None
            self._pods.pop(uid_of(old), None)
        else:
            self._pods[uid_of(new)] = (pod_is_active(new), condition_is_true(new, "Ready"))
        active = [ready for counts, ready in self._pods.values() if counts]
        self.most = max(self.most, len(active))
        self.fewest_ready = min(self.fewest_ready, sum(active))


class Ownership:
    """No Pod has two controllers, nor changes from one to another; `excess` is how many more Pods a set has had made
    than it asked for at that moment."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.excess = 0
        self._owned: dict[str, dict[str, None]] = {}  # active Pods by the uid of their set
        self._wanted: dict[str, int] = {}

    def __call__(self, kind: Resource, old: Document | None, new: Document | None) -> None:
        if kind is REPLICASETS and new is not None:
            self._wanted[uid_of(new)] = dig(new, "spec", "replicas")
        if kind is PODS:
            self._see_pod(old, new)

    def _see_pod(self, old: Document | None, new: Document | None) -> None:
        pod = new or old
        assert pod is not None
        owners = [o["uid"] for o in dig(pod, "metadata", "ownerReferences", default=[]) if o.get("controller")]
        if len(owners) > 1:
            self.broken.append(f"{name_of(pod)} has {len(owners)} controllers")
        if old is not None and new is not None:
            before, after = controller_of(old), controller_of(new)
            if before is not None and after is not None and before["uid"] != after["uid"]:
                self.broken.append(f"{name_of(pod)} went from {before['name']} to {after['name']}")
        for pods in self._owned.values():
            pods.pop(uid_of(pod), None)
        if new is not None and owners and pod_is_active(new):
            pods = self._owned.setdefault(owners[0], {})
            pods[uid_of(new)] = None
            if old is None:
                self.excess = max(self.excess, len(pods) - self._wanted.get(owners[0], 0))
