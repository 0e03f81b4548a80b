"""Which part of the Pod network each Node gets.

Source: Kubernetes, pkg/controller/nodeipam/ipam.
"""

from ipaddress import IPv4Network
from typing import Any

import pytest
from controllers_lab import World

from orrery.controllers.events import Reconciled
from orrery.controllers.node_ipam import cidrs_of, next_free, part
from orrery.machinery.objects import name_of
from orrery.machinery.resources import NODES

Document = dict[str, Any]
CLUSTER = IPv4Network("10.244.0.0/22")  # four parts of /24


@pytest.mark.parametrize(
    ("taken", "begin", "expected"),
    [
        ([], 0, 0),
        ([], 3, 3),
        (["10.244.0.0/24"], 0, 1),
        (["10.244.3.0/24"], 3, 0),  # round the end
        (["10.244.0.0/24", "10.244.2.0/24"], 2, 3),
        (["10.244.0.0/23"], 0, 2),  # a large one takes several
        (["10.244.1.128/25"], 1, 2),  # a small one takes all of the part in which it lies
        (["10.0.0.0/8"], 0, None),
        (["192.168.0.0/24", "fd00::/64", "nonsense"], 0, 0),  # no concern of ours
        (["10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24", "10.244.3.0/24"], 1, None),
    ],
)
def test_the_next_part_that_touches_nothing_taken(taken: list[str], begin: int, expected: int | None) -> None:
    assert next_free(CLUSTER, 24, taken, begin) == expected


def test_parts_lie_side_by_side() -> None:
    assert [str(part(CLUSTER, 24, index)) for index in (0, 3)] == ["10.244.0.0/24", "10.244.3.0/24"]


def create(world: World, name: str, **spec: Any) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": spec}
    world.ask(lambda api: api.create(NODES, node))
    world.run(2)


def cidrs(world: World) -> dict[str, list[str]]:
    return {name_of(node): cidrs_of(node) for node in world.objects(NODES)}


def test_nodes_that_bring_none_get_one_that_nobody_has_and_others_keep_theirs() -> None:
    world = World()
    before = cidrs(world)
    assert len(before) == 4 and all(before.values())
    events: list[Any] = []
    world.kernel.trace.subscribe(events.append)
    create(world, "odd", podCIDR="nonsense", podCIDRs=["nonsense"])
    create(world, "new-1")
    create(world, "new-2")
    after = cidrs(world)
    assert {name: after[name] for name in before} == before
    given = [after["new-1"], after["new-2"]]
    assert [len(one) for one in given] == [1, 1] and given[0] != given[1]
    assert not [one for one in given if one in before.values()]
    assert [(e.key, e.actions) for e in events if isinstance(e, Reconciled) and e.controller == "node-ipam"] == [
        ("new-1", [f"gave it {given[0][0]}"]), ("new-2", [f"gave it {given[1][0]}"]),
    ]


def test_a_node_for_which_none_is_left_waits_until_another_goes() -> None:
    world = World(pod_subnet="10.244.0.0/21")  # eight parts, of which workers have four
    for number in range(4):
        create(world, f"new-{number}")
    create(world, "late")
    assert cidrs(world)["late"] == []
    assert world.told("CIDRNotAvailable") == ["Node late status is now: CIDRNotAvailable"]
    freed = cidrs(world)["new-2"]
    world.ask(lambda api: api.delete(NODES, "new-2"))
    world.run(2)
    assert cidrs(world)["late"] == freed


def test_a_manager_that_takes_over_gives_nothing_twice() -> None:
    world = World()
    create(world, "new-1")
    world.fault("crash-process", component=world.manager())
    create(world, "new-2")
    world.until(lambda: bool(cidrs(world)["new-2"]), 60)
    everything = [cidr for one in cidrs(world).values() for cidr in one]
    assert len(everything) == len(dict.fromkeys(everything)) == 6
