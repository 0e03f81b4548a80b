"""Clearing the table: whatever was played, or broken, before, a scene begins as it did the first time."""

from orrery.kernel import MINUTE
from orrery.machinery.objects import dig
from orrery.machinery.resources import NAMESPACES, NODES, Resource
from orrery.theatre.scenes import looks, talk
from orrery.theatre.scenes.scene import Do, Step, Wait, World

Place = tuple[Resource, str]  # a kind and a name, in the namespace "default" if it has one


def clear(*places: Place) -> tuple[Step, ...]:
    """Mends what is broken, deletes what an earlier playing left, and waits until all is well."""

    def delete(world: World) -> None:
        for node in _closed(world):
            talk.send(world, f"open {node}", "PATCH", NODES.path("", node), {"spec": {"unschedulable": None}},
                      content_type=talk.MERGE)
        for resource, name in places:
            if looks.stored(world, resource, name) is not None:
                world.acts.delete(resource.plural, "default" if resource.namespaced else "", name)

    def is_clear(world: World) -> bool:
        return not _closed(world) and all(looks.stored(world, *place) is None for place in places) and not any(
            looks.pods(world, name) for resource, name in places if resource is not NAMESPACES
        )

    return (
        Do("mend what is broken", _mend), Wait("the cluster is well", _is_well, 3 * MINUTE),
        Do("clear the table", delete), Wait("the table is clear", is_clear, 2 * MINUTE),
    )


def _mend(world: World) -> None:
    if not _is_whole(world):
        world.acts.fault("heal-all")


def _is_whole(world: World) -> bool:
    """Whether every machine, process, link and clock is as it should be."""
    kernel = world.kernel
    return all(link.healthy for link in kernel.network.links()) and all(
        host.up and not host.clock_skew_ns and all(process.state == "running" for process in host.processes.values())
        for host in kernel.hosts.values()
    )


def _closed(world: World) -> list[str]:
    """The nodes that are cordoned."""
    nodes = world.projections.objects.all_of(NODES)
    return [node.name for node in nodes if dig(node.document, "spec", "unschedulable")]


def _is_well(world: World) -> bool:
    """Whether it is whole, there are leaders, and every node is Ready."""
    return (
        _is_whole(world) and looks.etcd_leader(world) is not None
        and all(looks.leader_of(world, name) for name in ("kube-scheduler", "kube-controller-manager"))
        and all(looks.node_readiness(world, node) == "True" for node in looks.workers(world))
    )
