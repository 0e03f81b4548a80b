"""``kubectl describe``"""

from __future__ import annotations

from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import describe, manifests
from orrery.theatre.terminal.kubectl.errors import Failure, Several
from orrery.theatre.terminal.kubectl.finding import (
    ALL_NAMESPACES,
    SELECTOR,
    Found,
    find,
    namespace_for,
)
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import Wanted, wanted
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

_NOTHING = (
    'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of '
    "supported resources.\n"
)


async def run(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if not kubectl.arguments and not flags["filename"]:
        raise Failure(_NOTHING)
    found, errors = await find(kubectl, named=False)
    if errors and not found:
        found, errors = await _by_prefix(kubectl, errors)
    shows = bool(flags["show-events"]) and (len(found) <= 1 or flags.given("show-events"))
    desk = describe.Desk(kubectl.api, show_events=shows)
    for number, item in enumerate(found):
        try:
            text = await describe.describe(desk, item.object)
        except StatusError as problem:
            errors.append(problem)
            continue
        kubectl.out(f"\n\n{text}" if number else text)
    if errors:
        raise Several(errors)
    if not found:
        everywhere = flags["all-namespaces"] or not all(thing.resource.namespaced for thing in _things(kubectl))
        kubectl.err("No resources found\n" if everywhere else f"No resources found in {kubectl.namespace} namespace.\n")
    return 0


def _things(kubectl: Kubectl) -> list[Wanted]:
    return wanted(kubectl.arguments) if kubectl.arguments else []


async def _by_prefix(kubectl: Kubectl, errors: list[Exception]) -> tuple[list[Found], list[Exception]]:
    """There is no object of that name: those whose name begins so are meant."""
    things = _things(kubectl)
    if len(things) != 1 or not things[0].name:
        return [], errors
    resource, prefix = things[0]
    items = await kubectl.api.items(resource, namespace_for(kubectl, resource))
    found = [
        Found(resource, item["metadata"].get("namespace", ""), item["metadata"]["name"], item)
        for item in items if item["metadata"]["name"].startswith(prefix)
    ]
    return (found, []) if found else ([], errors)


VERB = Verb(
    "describe", "Show details of a specific resource or group of resources",
    "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)", run, completes="resource",
    flags=(
        *manifests.FILES, SELECTOR, ALL_NAMESPACES,
        Flag("show-events", True, "If true, display events related to the described object.", "bool"),
        Flag("chunk-size", 500, "Return large lists in chunks rather than all at once.", "int"),
    ),
    examples="""
# Describe a node
kubectl describe nodes kubernetes-node-emt8.c.myproject.internal

# Describe a pod
kubectl describe pods/nginx

# Describe pods by label name=myLabel
kubectl describe pods -l name=myLabel
""",
)
