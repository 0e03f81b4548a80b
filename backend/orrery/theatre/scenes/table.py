"""Clearing the table: a scene that is played again begins as it did the first time."""

from orrery.machinery.resources import NAMESPACES, Resource
from orrery.theatre.scenes import looks
from orrery.theatre.scenes.scene import Do, Step, Wait, World

Place = tuple[Resource, str]  # a kind and a name, in the namespace "default" if it has one


def clear(*places: Place) -> tuple[Step, ...]:
    """Deletes what an earlier playing left, and waits until it is gone."""

    def delete(world: World) -> None:
        for resource, name in places:
            if looks.stored(world, resource, name) is not None:
                world.acts.delete(resource.plural, "default" if resource.namespaced else "", name)

    def is_clear(world: World) -> bool:
        return all(looks.stored(world, *place) is None for place in places) and not any(
            looks.pods(world, name) for resource, name in places if resource is not NAMESPACES
        )

    return Do("clear the table", delete), Wait("the table is clear", is_clear)
