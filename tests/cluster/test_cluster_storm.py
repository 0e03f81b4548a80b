"""Random faults and Pods that come and go; after healing, every worker has exactly what the API server knows.

The checker is shown to see what it looks for by a sandbox that nobody wanted.
"""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from cluster_lab import ClusterLab

from orrery.client import ApiClient
from orrery.kernel import SECOND, RandomStream, RpcError
from orrery.machinery.objects import condition_is_true, name_of, uid_of
from orrery.machinery.resources import PODS
from orrery.machinery.wire import StatusError

STEPS = 14
SANDBOXES = "/var/lib/containerd/sandboxes/"
ADDRESSES = "/var/lib/cni/networks/"

WORKLOADS: tuple[dict[str, Any], ...] = (
    {"image": "nginx:1.27", "readinessProbe": {"httpGet": {"port": 80}}},
    {"image": "redis", "livenessProbe": {"tcpSocket": {"port": 6379}, "initialDelaySeconds": 5}},
    {"image": "busybox", "command": ["sh", "-c", "sleep 20; exit 1"]},
    {"image": "busybox", "command": ["sleep", "20"]},
    {"image": "nosuch"},
)


def differences(lab: ClusterLab) -> list[str]:
    """What workers have that the API server does not know, and the other way round."""
    pods = {uid_of(pod): pod for pod in lab.pods()}
    found: list[str] = []
    for worker in lab.cluster.config.workers:
        disk = lab.kernel.hosts[worker.name].disk
        boxes = [orjson.loads(disk.read(path) or b"") for path in disk.list(SANDBOXES)]
        ready = [box["pod_uid"] for box in boxes if box["state"] == "SANDBOX_READY"]
        found += [f"{worker.name} has {box['name']}, which is gone" for box in boxes if box["pod_uid"] not in pods]
        found += [f"{worker.name} has two sandboxes of {uid}" for uid in dict.fromkeys(ready) if ready.count(uid) > 1]
        held = len(disk.list(ADDRESSES))
        if held != len(ready):
            found.append(f"{worker.name} holds {held} addresses for {len(ready)} sandboxes")
    for pod in pods.values():
        container = pod["spec"]["containers"][0]
        serves = container["image"] in ("nginx:1.27", "redis") and pod["spec"]["restartPolicy"] == "Always"
        if serves and not condition_is_true(pod, "Ready"):
            found.append(f"{name_of(pod)} is not ready")
    return found


class Storm:
    def __init__(self, lab: ClusterLab, seed: int) -> None:
        self.lab = lab
        self.chance = RandomStream(seed, "storm")
        self.made = 0

    def blow(self) -> None:
        moves: tuple[Callable[[], None], ...] = (
            self.create, self.create, self.create, self.delete, self.hit_process, self.hit_process, self.hit_host,
            self.hit_link,
        )  # fmt: skip
        for _ in range(STEPS):
            self.chance.choice(moves)()
            self.lab.kernel.run_for(self.chance.between(1, 40) * SECOND)
        self.lab.fault("heal-all")
        self.lab.kernel.run_for(400 * SECOND)

    def create(self) -> None:
        self.made += 1
        spec = {
            "restartPolicy": self.chance.choice(("Always", "OnFailure", "Never")),
            "containers": [{"name": "main", **self.chance.choice(WORKLOADS)}],
        }
        meta = {"name": f"pod-{self.made}", "namespace": "default"}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
        self._try(lambda api: api.create(PODS, pod))

    def delete(self) -> None:
        if self.made:
            name = f"pod-{self.chance.between(1, self.made)}"
            self._try(lambda api: api.delete(PODS, name, "default"))

    def hit_process(self) -> None:
        processes = [process.id for process in self.lab.cluster.processes if process.name != "kubectl"]
        fault = self.chance.choice(("crash-process", "restart-process", "hang-process", "resume-process"))
        try:
            self.lab.fault(fault, component=self.chance.choice(processes))
        except ValueError:
            pass  # its host is down

    def hit_host(self) -> None:
        self.lab.fault(self.chance.choice(("crash-host", "restart-host")), host=self._host())

    def hit_link(self) -> None:
        a, b = self._host(), self._host()
        if a != b:
            self.lab.fault(self.chance.choice(("cut-link", "heal-link")), a=a, b=b)

    def _host(self) -> str:
        return self.chance.choice([host.name for host in self.lab.cluster.hosts if host.role != "client"])

    def _try(self, make: Callable[[ApiClient], Any]) -> None:
        try:
            self.lab.ask(make, limit_s=100)
        except (StatusError, RpcError):
            pass  # as it may be, in a storm


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_a_storm_workers_have_what_the_api_server_knows(seed: int) -> None:
    lab = ClusterLab(seed=seed)
    Storm(lab, seed).blow()
    assert [f"{name}: {error!r}" for name, error in lab.kernel.faults.bugs] == []
    assert lab.not_ready_nodes() == []
    assert differences(lab) == []


def test_the_checker_sees_a_sandbox_that_nobody_wanted() -> None:
    lab = ClusterLab()
    stray = {"pod_uid": "nobody", "name": "stray", "state": "SANDBOX_READY"}
    lab.kernel.hosts["worker-1"].disk.write(f"{SANDBOXES}stray", orjson.dumps(stray))
    assert differences(lab) == [
        "worker-1 has stray, which is gone", "worker-1 holds 0 addresses for 1 sandboxes",
    ]  # fmt: skip
