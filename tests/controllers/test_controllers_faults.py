"""Controllers among faults: managers that die or hang in the middle of a rollout, and storms after which all is well.

Ownership is watched at every write. A manager that comes back from a hang believes for a moment that it still leads:
what it writes then is bounded, and put right.
"""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from controllers_lab import NEW, OLD, Ownership, World

from orrery.client import ApiClient
from orrery.kernel import SECOND, RandomStream, RpcError
from orrery.machinery.objects import name_of
from orrery.machinery.resources import DEPLOYMENTS, PODS
from orrery.machinery.wire import StatusError

REPLICAS = 6
MOST = 8  # replicas in a storm
IMAGES = (OLD, "nginx:1.26", NEW)


@pytest.mark.parametrize("after_s", [0.02, 0.2, 0.6, 2])
def test_a_rollout_goes_on_under_another_leader_when_its_manager_dies_in_the_middle(after_s: float) -> None:
    ownership = Ownership()
    world = World(checkers=(ownership,))
    world.deployed(REPLICAS)
    world.set_image(NEW)
    world.run(after_s)
    first = world.manager()
    world.fault("crash-process", component=first)
    world.settle(NEW, REPLICAS, 180)
    assert world.manager() != first
    assert ownership.broken == [] and ownership.excess == 0
    assert len(world.creations) == 2 * REPLICAS


def test_a_manager_that_hangs_is_replaced_and_does_no_harm_when_it_comes_back() -> None:
    ownership = Ownership()
    world = World(checkers=(ownership,))
    world.deployed(REPLICAS)
    world.set_image(NEW)
    world.run(0.3)
    first = world.manager()
    world.fault("hang-process", component=first)
    world.settle(NEW, REPLICAS, 180)
    world.fault("resume-process", component=first)
    world.run(60)
    assert world.is_settled(NEW, REPLICAS) and world.manager() != first
    assert ownership.broken == [] and ownership.excess <= REPLICAS


class Storm:
    """Faults on the control plane and changes of one Deployment, at random."""

    STEPS = 12

    def __init__(self, seed: int, *, hashing: bool = False) -> None:
        self.ownership = Ownership()
        self.world = World(seed, (self.ownership,))
        self.world.kernel.trace.hashing = hashing
        self.chance = RandomStream(seed, "storm")
        self.image, self.replicas = OLD, 4

    def blow(self) -> None:
        self.world.create(self.replicas)
        moves = (self.change, self.change, self.delete_pod, self.hit, self.hit, self.cut)
        for _ in range(self.STEPS):
            self.chance.choice(moves)()
            self.world.kernel.run_for(self.chance.between(1, 12) * SECOND)
        self.world.fault("heal-all")
        self.world.kernel.run_for(60 * SECOND)
        self.ask()  # once more, should the last change have been lost

    def change(self) -> None:
        self.image, self.replicas = self.chance.choice(IMAGES), self.chance.between(0, MOST)
        self.ask()

    def ask(self) -> None:
        container = {"name": "main", "image": self.image}
        spec = {"replicas": self.replicas, "template": {"spec": {"containers": [container]}}}
        self._try(lambda api: api.patch(DEPLOYMENTS, "web", {"spec": spec}, "default", type="strategic"))

    def delete_pod(self) -> None:
        pods = [name_of(pod) for pod in self.world.active()]
        if pods:
            name = self.chance.choice(pods)
            self._try(lambda api: api.delete(PODS, name, "default"))

    def hit(self) -> None:
        kinds = ("kube-controller-manager", "kube-controller-manager", "kube-apiserver", "etcd", "kube-scheduler")
        component = f"cp-{self.chance.between(1, 3)}/{self.chance.choice(kinds)}"
        fault = self.chance.choice(("crash-process", "restart-process", "hang-process", "resume-process"))
        self.world.fault(fault, component=component)

    def cut(self) -> None:
        hosts = ["cp-1", "cp-2", "cp-3", "lb", "worker-1", "worker-3"]
        a = self.chance.choice(hosts)
        b = self.chance.choice([host for host in hosts if host != a])
        self.world.fault(self.chance.choice(("cut-link", "heal-link")), a=a, b=b)

    def _try(self, make: Callable[[ApiClient], Coroutine[Any, Any, Any]]) -> None:
        try:
            self.world.ask(make, limit_s=100)
        except (StatusError, RpcError):
            pass  # as it may be, in a storm


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_a_storm_the_deployment_is_what_was_asked_for(seed: int) -> None:
    storm = Storm(seed)
    storm.blow()
    world = storm.world
    world.settle(storm.image, storm.replicas, 500)
    assert storm.ownership.broken == [] and storm.ownership.excess <= MOST
    assert [f"{name}: {error!r}" for name, error in world.kernel.faults.bugs] == []


def test_the_same_seed_gives_the_same_storm() -> None:
    digests = []
    for _ in range(2):
        storm = Storm(5, hashing=True)
        storm.blow()
        storm.world.run(20)
        digests.append(storm.world.kernel.trace.digest())
    assert digests[0] == digests[1]
