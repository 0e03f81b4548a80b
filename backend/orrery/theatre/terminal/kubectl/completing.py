"""What Tab offers: commands, flags, types of resources, and the names of objects that the API server has."""

from __future__ import annotations

from collections.abc import Sequence

from orrery.machinery.resources import NAMESPACES, NODES, PODS, RESOURCES, Resource, by_name
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.kubectl import config
from orrery.theatre.terminal.kubectl.api import Api
from orrery.theatre.terminal.kubectl.errors import WORDED
from orrery.theatre.terminal.kubectl.flags import GLOBAL, Flag, FlagError, Flags, HelpAsked
from orrery.theatre.terminal.kubectl.output.formats import ALLOWED
from orrery.theatre.terminal.kubectl.registry import VERBS
from orrery.theatre.terminal.kubectl.verb import Verb

_ONLY = {"node": NODES, "pod": PODS}


async def complete(invocation: Invocation, words: Sequence[str]) -> list[str]:
    """What the last word may become; ``words`` are those after ``kubectl``, the last one "" where it is not begun."""
    *before, last = list(words) or [""]
    verbs: Sequence[Verb] = VERBS
    verb: Verb | None = None
    rest = list(before)
    while rest and not rest[0].startswith("-"):
        inner = next((one for one in verbs if rest[0] in (one.word, *one.aliases)), None)
        if inner is None:
            break
        verb, verbs, rest = inner, inner.verbs, rest[1:]
    if verb is None or (verb.verbs and not rest):
        return _beginning(last, [one.word for one in verbs]) if not rest else []
    known = {flag.name: flag for flag in (*verb.flags, *GLOBAL)}
    if last.startswith("-") and "=" not in last:
        return _beginning(last, sorted(f"--{name}" for name in known))
    flag = _waiting(before, known)
    if flag is not None:
        return _beginning(last, await _values(invocation, flag))
    return await _arguments(invocation, verb, rest, last)


def _beginning(last: str, words: Sequence[str]) -> list[str]:
    return [word for word in words if word.startswith(last)]


def _waiting(before: Sequence[str], known: dict[str, Flag]) -> Flag | None:
    """The flag that the last word is the value of."""
    if not before or not before[-1].startswith("-") or "=" in before[-1]:
        return None
    word = before[-1].lstrip("-")
    flag = known.get(word) or next((flag for flag in known.values() if flag.short == word), None)
    return flag if flag is not None and flag.kind != "bool" and flag.without is None else None


async def _values(invocation: Invocation, flag: Flag) -> list[str]:
    if flag.name == "namespace":
        return await _names(invocation, NAMESPACES, "")
    if flag.name == "output":
        return list(ALLOWED)
    return sorted(invocation.files) if flag.name == "filename" else []


async def _arguments(invocation: Invocation, verb: Verb, words: Sequence[str], last: str) -> list[str]:
    flags = Flags((*verb.flags, *GLOBAL))
    try:
        flags.parse(words)
    except (FlagError, HelpAsked):
        return []
    given = flags.arguments
    namespace = str(flags["namespace"])
    if verb.completes in _ONLY:
        return _beginning(last, await _names(invocation, _ONLY[verb.completes], namespace))
    if verb.completes not in ("resource", "type"):
        return []
    if "/" in last:
        kind = last.partition("/")[0]
        resource = by_name(kind)
        names = await _names(invocation, resource, namespace) if resource is not None else []
        return _beginning(last, [f"{kind}/{name}" for name in names])
    if not given:
        return _beginning(last, sorted(resource.plural for resource in RESOURCES))
    resource = by_name(given[0].rpartition(",")[2])
    if resource is None or verb.completes == "type":
        return []
    return [name for name in _beginning(last, await _names(invocation, resource, namespace)) if name not in given[1:]]


async def _names(invocation: Invocation, resource: Resource, namespace: str) -> list[str]:
    flags = Flags(GLOBAL)
    api = None
    try:
        access = config.access(config.load(invocation, flags), flags)
        api = Api(invocation.process, access, "kubectl", lambda text: None)
        items = await api.items(resource, (namespace or access.namespace) if resource.namespaced else "")
        return sorted(item["metadata"]["name"] for item in items)
    except WORDED:
        return []
    finally:
        if api is not None:
            api.close()
