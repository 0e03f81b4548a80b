"""The objects that a command is about: by files, by type and name, by label, or all of a type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orrery.machinery.resources import Resource
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import manifests
from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import Wanted, printed_name, quoted_name, wanted
from orrery.theatre.terminal.kubectl.verb import Kubectl

Document = dict[str, Any]

SELECTOR = Flag("selector", "", "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.",
                short="l")
FIELD_SELECTOR = Flag("field-selector", "", "Selector (field query) to filter on, supports '=', '==', and '!='.")
ALL_NAMESPACES = Flag("all-namespaces", False, "If present, list the requested object(s) across all namespaces.",
                      "bool", "A")
ALL = Flag("all", False, "Select all resources, in the namespace of the specified resource types.", "bool")
FINDING = (SELECTOR, FIELD_SELECTOR, ALL_NAMESPACES, ALL, *manifests.FILES)

NOTHING_GIVEN = (
    "You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n"
    "   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One object. ``object`` is as the server has it, or, of a file that was not looked up, as the file has it."""

    resource: Resource
    namespace: str
    name: str
    object: Document
    source: str = ""

    @property
    def printed(self) -> str:
        return printed_name(self.resource, self.name)

    @property
    def quoted(self) -> str:
        return quoted_name(self.resource, self.name)


def namespace_for(kubectl: Kubectl, resource: Resource) -> str:
    """Where to look for things of a type: "" for everywhere."""
    if not resource.namespaced or kubectl.flags.get("all-namespaces"):
        return ""
    return kubectl.namespace


async def find(
    kubectl: Kubectl, arguments: Sequence[str] | None = None, *, fetch: bool = True, named: bool = True
) -> tuple[list[Found], list[Exception]]:
    """The objects, and what went wrong with those that are not among them. ``fetch``: ask the server for what has a
    name. ``named``: a type alone means nothing unless a selector or ``--all`` says which. Failure."""
    flags = kubectl.flags
    words = kubectl.arguments if arguments is None else list(arguments)
    files = flags.get("filename") or ()
    if flags.get("kustomize"):
        raise error("evalsymlink failure on '" + flags["kustomize"] + "' : lstat " + flags["kustomize"] +
                    ": no such file or directory")
    if files:
        if words:
            raise error("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as "
                        "well")
        return await _from_files(kubectl, files, fetch)
    things = wanted(words)
    if not things:
        raise error(NOTHING_GIVEN)
    return await _by_name(kubectl, things, fetch, named)


async def _from_files(kubectl: Kubectl, files: Sequence[str], fetch: bool) -> tuple[list[Found], list[Exception]]:
    listed = await manifests.read(
        kubectl.invocation, files, kubectl.namespace, enforce=kubectl.flags.given("namespace"), noun="find"
    )
    found: list[Found] = []
    errors: list[Exception] = []
    for manifest in listed:
        obj = manifest.document
        try:
            if fetch:
                obj = await kubectl.api.get(manifest.resource, manifest.name, manifest.namespace)
            found.append(Found(manifest.resource, manifest.namespace, manifest.name, obj, manifest.source))
        except StatusError as problem:
            errors.append(problem)
    return found, errors


async def _by_name(
    kubectl: Kubectl, things: Sequence[Wanted], fetch: bool, named: bool
) -> tuple[list[Found], list[Exception]]:
    flags = kubectl.flags
    labels, fields = str(flags.get("selector") or ""), str(flags.get("field-selector") or "")
    everything = bool(flags.get("all"))
    found: list[Found] = []
    errors: list[Exception] = []
    for thing in things:
        resource, name = thing
        if name and (labels or fields or everything):
            raise error("name cannot be provided when a selector is specified")
        if name and flags.get("all-namespaces") and resource.namespaced:
            raise error("a resource cannot be retrieved by name across all namespaces")
        if not name and named and not (labels or fields or everything):
            raise error("resource(s) were provided, but no name was specified")
        namespace = namespace_for(kubectl, resource)
        if not name:
            items = await kubectl.api.items(resource, namespace, labels=labels, fields=fields)
            found += [_found(resource, item) for item in items]
            continue
        try:
            obj = await kubectl.api.get(resource, name, namespace) if fetch else {}
            found.append(Found(resource, namespace, name, obj))
        except StatusError as problem:
            errors.append(problem)
    return found, errors


def _found(resource: Resource, item: Document) -> Found:
    metadata = item["metadata"]
    return Found(resource, metadata.get("namespace", ""), metadata["name"], item)
