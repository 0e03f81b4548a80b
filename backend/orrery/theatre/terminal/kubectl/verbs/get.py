"""``kubectl get``"""

from __future__ import annotations

from typing import Any

import orjson

from orrery.client.api import failure
from orrery.machinery.quantity import is_valid, nano
from orrery.machinery.resources import Resource
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import manifests
from orrery.theatre.terminal.kubectl.api import JSON, TABLE, Change, typed
from orrery.theatre.terminal.kubectl.errors import Failure, Several, error, usage
from orrery.theatre.terminal.kubectl.finding import (
    ALL_NAMESPACES,
    FIELD_SELECTOR,
    SELECTOR,
    namespace_for,
)
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import Wanted, wanted
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.output.jsonpath import PathError, Template, relaxed
from orrery.theatre.terminal.kubectl.output.tables import Look, TablePrinter
from orrery.theatre.terminal.kubectl.tabwriter import table_writer
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]

_NOTHING = (
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported '
    "resources.\n\nerror: Required resource not specified.\n"
    'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n'
    "See 'kubectl get -h' for help and examples"
)


async def run(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if flags["raw"]:
        return await _raw(kubectl, flags["raw"])
    printer = formats.printer(flags, headers=not flags["no-headers"])
    if flags["no-headers"] and flags["output"] not in ("", "wide") and not flags["output"].startswith("custom-col"):
        raise error("--no-headers option cannot be used with --output option other than wide or custom-columns")
    things = await _things(kubectl)
    if flags["watch"] or flags["watch-only"]:
        return await _watch(kubectl, things, printer)
    if printer is not None:
        return await _print_objects(kubectl, things, printer)
    return await _print_tables(kubectl, things)


async def _raw(kubectl: Kubectl, path: str) -> int:
    for conflict in ("watch", "watch-only", "selector"):
        if kubectl.flags[conflict]:
            raise usage("get", "--raw may not be specified with other flags that filter the server request or alter "
                        "the output")
    plain, _, text = path.partition("?")
    if not plain.startswith("/"):
        plain = f"/{plain}"
    query = {part.partition("=")[0]: part.partition("=")[2] for part in text.split("&") if part}
    answer = await kubectl.api.send("GET", plain, query)
    if not answer.ok:
        raise failure(answer)
    body = answer.body
    kubectl.out(body if isinstance(body, str) else orjson.dumps(body).decode() + "\n")
    return 0


async def _things(kubectl: Kubectl) -> list[Wanted]:
    flags = kubectl.flags
    if flags["filename"]:
        listed = await manifests.read(kubectl.invocation, flags["filename"], kubectl.namespace, noun="get")
        return [Wanted(manifest.resource, manifest.name) for manifest in listed]
    if not kubectl.arguments:
        raise Failure(_NOTHING)
    things = wanted(kubectl.arguments)
    for thing in things:
        if thing.name and (flags["selector"] or flags["field-selector"]):
            raise error("name cannot be provided when a selector is specified")
        if thing.name and flags["all-namespaces"] and thing.resource.namespaced:
            raise error("a resource cannot be retrieved by name across all namespaces")
    return things


def _selection(kubectl: Kubectl) -> dict[str, str]:
    return {"labels": kubectl.flags["selector"], "fields": kubectl.flags["field-selector"]}


# -- objects: -o yaml and its like


async def _print_objects(kubectl: Kubectl, things: list[Wanted], printer: formats.Print) -> int:
    items: list[Document] = []
    errors: list[Exception] = []
    for thing in things:
        try:
            items += await _objects(kubectl, thing)
        except StatusError as problem:
            if not (problem.code == 404 and kubectl.flags["ignore-not-found"]):
                errors.append(problem)
    single = len(things) == 1 and bool(things[0].name)
    if errors and (single or not items):
        raise Several(errors)
    if single and items:
        kubectl.out(printer(items[0]))
    elif not (single and kubectl.flags["ignore-not-found"]):
        kubectl.out(printer(formats.as_list(_sorted(kubectl, items))))
    if errors:
        raise Several(errors)
    return 0


async def _objects(kubectl: Kubectl, thing: Wanted) -> list[Document]:
    namespace = namespace_for(kubectl, thing.resource)
    if thing.name:
        return [await kubectl.api.get(thing.resource, thing.name, namespace)]
    return await kubectl.api.items(thing.resource, namespace, **_selection(kubectl))


def _sorted(kubectl: Kubectl, items: list[Document]) -> list[Document]:
    path = kubectl.flags["sort-by"]
    return sorted(items, key=_sort_key(path, items)) if path else items


def _sort_key(path: str, items: list[Document]) -> Any:
    try:
        template = Template(relaxed(path))
    except PathError as problem:
        raise error(str(problem)) from None

    def found(item: Document) -> list[Any]:
        return [value for values in template.results(item) for value in values]

    if items and not any(found(item) for item in items):
        raise error(f"couldn't find any field with path \"{relaxed(path)}\" in the list of objects")

    def key(item: Document) -> tuple[int, float, str]:
        values = found(item)
        if not values:
            return 0, 0, ""
        value = values[0]
        if isinstance(value, bool | int | float):
            return 1, float(value), ""
        text = str(value)
        return (1, nano(text) / 1e9, "") if is_valid(text) else (1, 0, text)

    return key


# -- tables


async def _print_tables(kubectl: Kubectl, things: list[Wanted]) -> int:
    writer = table_writer()
    groups = _groups(things)
    errors: list[Exception] = []
    wrote = False
    several = len(groups) > 1
    for resource, names in groups:
        printer = TablePrinter(resource, _look(kubectl, resource, kind=several), writer)
        for name in names:
            try:
                for table in await _tables(kubectl, Wanted(resource, name)):
                    printer.print(_sorted_table(kubectl, table))
            except StatusError as problem:
                if not (problem.code == 404 and name and kubectl.flags["ignore-not-found"]):
                    errors.append(problem)
        text = writer.flush()
        writer.forget()
        if text:
            kubectl.out("\n" + text if wrote and not kubectl.flags["no-headers"] else text)
            wrote = True
    if errors:
        raise Several(errors)
    if not wrote and not kubectl.flags["ignore-not-found"]:
        everywhere = kubectl.flags["all-namespaces"] or not all(resource.namespaced for resource, _ in groups)
        kubectl.err("No resources found\n" if everywhere else f"No resources found in {kubectl.namespace} namespace.\n")
    return 0


def _groups(things: list[Wanted]) -> list[tuple[Resource, list[str]]]:
    """Neighbours of one type are one table."""
    groups: list[tuple[Resource, list[str]]] = []
    for resource, name in things:
        if groups and groups[-1][0] is resource:
            groups[-1][1].append(name)
        else:
            groups.append((resource, [name]))
    return groups


def _look(kubectl: Kubectl, resource: Resource, *, kind: bool = False) -> Look:
    flags = kubectl.flags
    return Look(
        wide=flags["output"] == "wide", headers=not flags["no-headers"],
        namespace=bool(flags["all-namespaces"]) and resource.namespaced, kind=kind or flags["show-kind"],
        labels=flags["show-labels"], label_columns=tuple(flags["label-columns"]), events=flags["output-watch-events"],
    )


async def _tables(kubectl: Kubectl, thing: Wanted) -> list[Document]:
    namespace = namespace_for(kubectl, thing.resource)
    include = {"includeObject": "Object"} if kubectl.flags["sort-by"] else {}
    if thing.name:
        path = thing.resource.path(namespace, thing.name)
        return [await kubectl.api.ask("GET", path, include, accept=TABLE)]
    return await kubectl.api.pages(
        thing.resource, namespace, accept=TABLE, limit=str(kubectl.flags["chunk-size"]), **_selection(kubectl),
        **include,
    )


def _sorted_table(kubectl: Kubectl, table: Document) -> Document:
    path = kubectl.flags["sort-by"]
    rows = table.get("rows") or []
    if not path or not rows:
        return table
    try:
        key = _sort_key(path, [row.get("object") or {} for row in rows])
    except Failure:  # kubectl shows nothing then, and does not say why
        return {**table, "rows": []}
    return {**table, "rows": sorted(rows, key=lambda row: key(row.get("object") or {}))}


# -- watching


async def _watch(kubectl: Kubectl, things: list[Wanted], printer: formats.Print | None) -> int:
    if len(things) != 1:
        raise error("you may only specify a single resource type")
    thing = things[0]
    watcher = _Watcher(kubectl, thing, printer)
    version = await watcher.begin()
    fields = f"metadata.name={thing.name}" if thing.name else kubectl.flags["field-selector"]
    query = {"fieldSelector": fields, "labelSelector": kubectl.flags["selector"], "resourceVersion": version}
    query = {key: value for key, value in query.items() if value}
    path = thing.resource.path(namespace_for(kubectl, thing.resource))
    async with kubectl.api.watch(path, query, accept=TABLE if printer is None else JSON) as changes:
        async for change in changes:
            watcher.show(change)
    return 0


class _Watcher:
    """Prints what is there, then what becomes of it, in columns that stay below each other."""

    def __init__(self, kubectl: Kubectl, thing: Wanted, printer: formats.Print | None) -> None:
        self._kubectl = kubectl
        self._thing = thing
        self._print = printer
        self._writer = table_writer()
        self._table = TablePrinter(thing.resource, _look(kubectl, thing.resource), self._writer)

    async def begin(self) -> str:
        """Prints what is there; gives the version from which to watch."""
        silent = self._kubectl.flags["watch-only"]
        if self._print is None:
            tables = await _tables(self._kubectl, self._thing)
            for table in () if silent else tables:
                self._table.print(table, "ADDED")
            self._kubectl.out(self._writer.flush())
            return str((tables[-1].get("metadata") or {}).get("resourceVersion", ""))
        namespace = namespace_for(self._kubectl, self._thing.resource)
        if self._thing.name:
            obj = await self._kubectl.api.get(self._thing.resource, self._thing.name, namespace)
            items, version = [obj], str(obj["metadata"]["resourceVersion"])
        else:
            pages = await self._kubectl.api.pages(self._thing.resource, namespace, **_selection(self._kubectl))
            items = [item for page in pages for item in page.get("items") or ()]
            version = str(pages[-1]["metadata"]["resourceVersion"])
        for item in () if silent else items:
            self._object("ADDED", item)
        return version

    def show(self, change: Change) -> None:
        if change.type == "BOOKMARK":
            return
        if self._print is None:
            self._table.print(change.object, change.type)
            self._kubectl.out(self._writer.flush())
        else:
            self._object(change.type, change.object)

    def _object(self, event: str, item: Document) -> None:
        assert self._print is not None
        obj = typed(self._thing.resource, item)
        if self._kubectl.flags["output-watch-events"]:
            obj = {"type": event, "object": obj}
        self._kubectl.out(self._print(obj))


VERB = Verb(
    "get", "Display one or many resources",
    "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|"
    "jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | "
    "TYPE[.VERSION][.GROUP]/NAME ...) [flags]",
    run, completes="resource",
    flags=(
        formats.OUTPUT, formats.TEMPLATE, formats.MANAGED, SELECTOR, FIELD_SELECTOR, ALL_NAMESPACES, *manifests.FILES,
        Flag("watch", False, "After listing/getting the requested object, watch for changes.", "bool", "w"),
        Flag("watch-only", False, "Watch for changes to the requested object(s), without listing first.", "bool"),
        Flag("output-watch-events", False, "Output watch event objects when --watch or --watch-only is used.", "bool"),
        Flag("show-labels", False, "When printing, show all labels as the last column.", "bool"),
        Flag("show-kind", False, "If present, list the resource type for the requested object(s).", "bool"),
        Flag("label-columns", (), "Labels that are going to be presented as columns.", "strings", "L"),
        Flag("sort-by", "", "If non-empty, sort list types using this field specification (a JSONPath expression)."),
        Flag("no-headers", False, "When using the default output format, don't print headers.", "bool"),
        Flag("ignore-not-found", False, "Suppresses NotFound error for specific objects that do not exist.", "bool"),
        Flag("chunk-size", 500, "Return large lists in chunks rather than all at once.", "int"),
        Flag("raw", "", "Raw URI to request from the server."),
        Flag("server-print", True, "If true, have the server return the appropriate table output.", "bool"),
        Flag("subresource", "", "If specified, gets the subresource of the requested object."),
    ),
    examples="""
# List all pods in ps output format
kubectl get pods

# List all pods in ps output format with more information (such as node name)
kubectl get pods -o wide

# List the nodes, then watch them
kubectl get nodes --watch

# Return only the phase value of the specified pod
kubectl get -o template pod/web-pod-13je7 --template={{.status.phase}}

# Ask the API server how it is
kubectl get --raw='/healthz'
""",
)
