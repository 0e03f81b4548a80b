"""What people call things: TYPE, TYPE/NAME, TYPE NAME, TYPE.VERSION.GROUP, with commas, short, or ``all``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orrery.machinery.resources import RESOURCES, Resource, by_name, lookup
from orrery.theatre.terminal.kubectl.errors import Failure, error

NAME_TWICE = (
    "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form "
    "(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"
)


class Wanted(NamedTuple):
    """One thing asked for; without a name, all of the type."""

    resource: Resource
    name: str = ""


def resource_of(word: str) -> Resource:
    """The type that a word means. Failure where the server has none."""
    found = by_name(word)
    if found is None and "." in word:
        plural, _, rest = word.lower().partition(".")
        version, _, group = rest.partition(".")
        plain = by_name(plural)
        if plain is not None:
            found = lookup(group, version, plain.plural) or lookup(rest, plain.version, plain.plural)
    if found is None:
        raise error(f'the server doesn\'t have a resource type "{word}"')
    return found


def types_of(word: str) -> list[Resource]:
    """The types that a word means: several with commas, or a category such as ``all``."""
    found: list[Resource] = []
    for part in word.split(","):
        category = [resource for resource in RESOURCES if part.lower() in resource.categories]
        found += category or [resource_of(part)]
    return list(dict.fromkeys(found))


def wanted(arguments: Sequence[str]) -> list[Wanted]:
    """What the arguments ask for; empty where there are none."""
    if not arguments:
        return []
    if any("/" in argument for argument in arguments):
        return [_pair(argument) for argument in arguments]
    resources = types_of(arguments[0])
    names = arguments[1:]
    if not names:
        return [Wanted(resource) for resource in resources]
    if any(not name for name in names):
        raise error("resource name may not be empty")
    return [Wanted(resource, name) for resource in resources for name in names]


def _pair(argument: str) -> Wanted:
    if "/" not in argument:
        raise error(NAME_TWICE)
    kind, _, name = argument.partition("/")
    if not kind or not name or "/" in name:
        raise Failure(
            "error: arguments in resource/name form must have a single resource and name" if kind and name else
            f"error: there is no resource type or name in {argument!r}"
        )
    return Wanted(resource_of(kind), name)


def printed_name(resource: Resource, name: str) -> str:
    """``pod/web``, ``deployment.apps/web``."""
    return f"{resource.singular}.{resource.group}/{name}" if resource.group else f"{resource.singular}/{name}"


def quoted_name(resource: Resource, name: str) -> str:
    """``deployment.apps "web"``: as deletions are told."""
    kind = f"{resource.singular}.{resource.group}" if resource.group else resource.singular
    return f'{kind} "{name}"'
