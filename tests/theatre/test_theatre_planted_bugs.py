"""Scenes are worth their pass: a bug planted in the algorithm that a scene shows makes the scene fail."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from orrery.apiserver import storage
from orrery.apiserver.authorization import Authorizer
from orrery.controllers.garbage_collector import GarbageCollector
from orrery.controllers.node_lifecycle import NodeLifecycleController
from orrery.controllers.replicaset import ReplicaSetController
from orrery.etcd import Compare
from orrery.kernel import NO_CAUSE
from orrery.node.kubelet.backoff import Backoff
from orrery.node.kubelet.probes import Prober
from orrery.node.proxy import rules
from orrery.raft import candidate, leader, quorum
from orrery.scheduler import Scheduler
from orrery.scheduler.framework import SUCCESS
from orrery.scheduler.plugins import node_affinity, taint_toleration
from orrery.theatre.atlas import play

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]


def writes_do_not_compare(patch: Patch) -> None:
    """The API server overwrites whatever is there."""
    patch.setattr(storage, "Compare", lambda key, target, op, operand: Compare(key, "mod", ">", -1))


def everybody_may_do_everything(patch: Patch) -> None:
    patch.setattr(Authorizer, "decide", lambda self, user, groups, info, selector: (True, "why not"))


def taints_are_overlooked(patch: Patch) -> None:
    patch.setattr(taint_toleration._Check, "filter", lambda self, node: SUCCESS)


def affinity_is_overlooked(patch: Patch) -> None:
    patch.setattr(node_affinity._Check, "filter", lambda self, node: SUCCESS)


def the_scheduler_forgets_why(patch: Patch) -> None:
    """What the scheduler does has no cause any more: the chain from kubectl's request to Running is broken."""
    bind = Scheduler._bind

    async def forgetful(self: Scheduler, item: Any, placed: Any) -> None:
        self._process.kernel.cause = NO_CAUSE
        await bind(self, item, placed)

    patch.setattr(Scheduler, "_bind", forgetful)


def one_vote_is_enough(patch: Patch) -> None:
    for module in (quorum, candidate, leader):
        patch.setattr(module, "majority", lambda size: 1)


def every_rule_has_the_same_probability(patch: Patch) -> None:
    """Which is not fair: the first rule sees all packets, the next only what is left."""
    jumps = rules._jumps

    def unfair(name: str, protocol: str, endpoints: list[rules.Endpoint]) -> Iterable[rules.Jump]:
        return [jump._replace(probability=1 / len(endpoints)) for jump in jumps(name, protocol, endpoints)]

    patch.setattr(rules, "_jumps", unfair)


def probes_say_nothing(patch: Patch) -> None:
    patch.setattr(Prober, "_decide", lambda self, pod, container, key, probe, answer: None)


def nothing_is_garbage(patch: Patch) -> None:
    async def sync(self: GarbageCollector, key: str) -> None:
        return None

    patch.setattr(GarbageCollector, "sync", sync)


def nobody_misses_a_node(patch: Patch) -> None:
    async def sync(self: NodeLifecycleController, key: str) -> None:
        return None

    patch.setattr(NodeLifecycleController, "sync", sync)


def replicas_are_not_counted(patch: Patch) -> None:
    async def sync(self: ReplicaSetController, key: str) -> None:
        return None

    patch.setattr(ReplicaSetController, "sync", sync)


def crashes_are_forgiven(patch: Patch) -> None:
    patch.setattr(Backoff, "waits_until_ns", lambda self, key, since_ns, now_ns: None)


BUGS: list[tuple[Plant, str]] = [
    (writes_do_not_compare, "two-writers"),
    (writes_do_not_compare, "atomic-claim"),
    (everybody_may_do_everything, "who-may"),
    (taints_are_overlooked, "taints"),
    (affinity_is_overlooked, "node-affinity"),
    (the_scheduler_forgets_why, "pod-creation"),
    (one_vote_is_enough, "quorum-loss"),
    (one_vote_is_enough, "four-members"),
    (every_rule_has_the_same_probability, "service"),
    (probes_say_nothing, "probes"),
    (nothing_is_garbage, "garbage-collection"),
    (nobody_misses_a_node, "worker-crash"),
    (replicas_are_not_counted, "self-healing"),
    (crashes_are_forgiven, "crash-loop"),
]


@pytest.mark.parametrize(("plant", "scene_id"), BUGS, ids=lambda value: getattr(value, "__name__", value))
def test_a_planted_bug_fails_its_scene(plant: Plant, scene_id: str, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    assert play(scene_id) != ""
