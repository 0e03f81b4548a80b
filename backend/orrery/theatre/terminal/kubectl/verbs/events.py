"""``kubectl events``"""

from __future__ import annotations

from typing import Any

from orrery.machinery.resources import EVENTS
from orrery.machinery.time import human_duration, parse_time
from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.finding import ALL_NAMESPACES
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import resource_of
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.tabwriter import TabWriter, table_writer
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]


async def run(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    namespace = "" if flags["all-namespaces"] else kubectl.namespace
    for kind in flags["types"]:
        if kind.lower() not in ("normal", "warning"):
            raise error("valid --types are Normal or Warning")
    printer = formats.printer(flags, allowed=formats.FOR_CHANGES)
    fields = _about(flags["for"])
    pages = await kubectl.api.pages(EVENTS, namespace, fields=fields)
    events = [event for page in pages for event in page.get("items") or () if _wanted(flags, event)]
    events.sort(key=_time)
    writer = table_writer()
    if printer is not None:
        items = [{"apiVersion": "v1", "kind": "Event", **event} for event in events]
        kubectl.out(printer({"apiVersion": "v1", "items": items, "kind": "EventList", "metadata": {}}))
        return 0
    if not events and not flags["watch"]:
        kubectl.err("No events found.\n" if not namespace else f"No events found in {namespace} namespace.\n")
        return 0
    if not flags["no-headers"]:
        writer.write(("NAMESPACE\t" if not namespace else "") + "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n")
    for event in events:
        _row(kubectl, writer, event, namespace)
    kubectl.out(writer.flush())
    if flags["watch"]:
        await _watch(kubectl, writer, namespace, fields, str(pages[-1]["metadata"]["resourceVersion"]))
    return 0


def _about(text: str) -> str:
    if not text:
        return ""
    kind, slash, name = text.partition("/")
    if not slash:
        raise error("--for must be in resource/name form")
    resource = resource_of(kind)
    return (
        f"involvedObject.apiVersion={resource.api_version},involvedObject.kind={resource.kind},"
        f"involvedObject.name={name}"
    )


def _wanted(flags: Any, event: Document) -> bool:
    types = [kind.lower() for kind in flags["types"]]
    return not types or str(event.get("type", "")).lower() in types


def _time(event: Document) -> str:
    series = event.get("series")
    if series:
        return str(series.get("lastObservedTime") or "")
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def _row(kubectl: Kubectl, writer: TabWriter, event: Document, namespace: str) -> None:
    subject = event.get("involvedObject") or {}
    cells = [] if namespace else [event["metadata"].get("namespace", "")]
    cells += [
        _age(kubectl, event), event.get("type", ""), event.get("reason", ""),
        f"{subject.get('kind', '')}/{subject.get('name', '')}", str(event.get("message", "")).strip(),
    ]
    writer.write("\t".join(cells) + "\n")


def _age(kubectl: Kubectl, event: Document) -> str:
    def since(timestamp: str | None) -> str:
        return human_duration(kubectl.process.wall_ns() - parse_time(timestamp)) if timestamp else "<unknown>"

    first = since(event.get("eventTime") or event.get("firstTimestamp"))
    series = event.get("series")
    if series:
        return f"{since(series.get('lastObservedTime'))} (x{series.get('count')} over {first})"
    if (event.get("count") or 0) > 1:
        return f"{since(event.get('lastTimestamp'))} (x{event['count']} over {first})"
    return first


async def _watch(kubectl: Kubectl, writer: TabWriter, namespace: str, fields: str, version: str) -> None:
    query = {"resourceVersion": version, **({"fieldSelector": fields} if fields else {})}
    async with kubectl.api.watch(EVENTS.path(namespace), query) as changes:
        async for change in changes:
            if change.type in ("ADDED", "MODIFIED") and _wanted(kubectl.flags, change.object):
                _row(kubectl, writer, change.object, namespace)
                kubectl.out(writer.flush())


VERB = Verb(
    "events", "List events",
    "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|"
    "jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]",
    run,
    (
        ALL_NAMESPACES, formats.OUTPUT, formats.TEMPLATE,
        Flag("for", "", "Filter events to only those pertaining to the specified resource."),
        Flag("types", (), "Output only events of given types.", "strings"),
        Flag("watch", False, "After listing the requested events, watch for more events.", "bool", "w"),
        Flag("no-headers", False, "When using the default output format, don't print headers.", "bool"),
    ),
)
