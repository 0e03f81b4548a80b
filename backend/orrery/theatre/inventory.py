"""The objects of a run as lists and trees at an instant, and what changed from version to version."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from orrery.kernel import SECOND, Kernel
from orrery.machinery import tables
from orrery.machinery.objects import controller_of, dig, is_deleting, labels_of, meta, owners_of, uid_of
from orrery.machinery.resources import NODES, PODS, RESOURCES, Resource
from orrery.machinery.time import parse_time
from orrery.theatre.projections.history import NOBODY, History, Past, Version
from orrery.theatre.projections.objects import summary
from orrery.theatre.records import KindView, ObjectRow, VersionView, WriterView

ROWS_KEPT = 20_000
DOCUMENTS_KEPT = 300
PATHS_MOST = 4
CELLS_LEFT_OUT = ("Name", "Age", "Last Seen", "First Seen")  # the page counts ages itself, as its clock moves
_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_BASE):  # type: ignore[misc]
    """Strings of several lines as blocks, and double quotes where something else would be read: as kubectl does."""


def _represent_text(dumper: Any, text: str) -> Any:
    if "\n" in text:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
    is_text = text and dumper.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_text else '"')


_Dumper.add_representer(str, _represent_text)


def as_yaml(document: Mapping[str, Any]) -> str:
    """As `kubectl get -o yaml` writes it: keys sorted."""
    text: str = yaml.dump(dict(document), Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=1 << 20)
    return text


class Inventory:
    """Rows and documents, each made once a version."""

    def __init__(self, kernel: Kernel, history: History) -> None:
        self._kernel = kernel
        self.history = history
        self._rows: OrderedDict[tuple[str, int], ObjectRow] = OrderedDict()
        self._documents: OrderedDict[tuple[str, int], dict[str, Any]] = OrderedDict()

    def kinds(self) -> tuple[KindView, ...]:
        return tuple(
            KindView(
                resource=r.plural, kind=r.kind, api_version=r.api_version, namespaced=r.namespaced,
                short=r.short_names[0] if r.short_names else "",
                columns=tuple(c.name for c in tables.columns(r) if c.priority == 0 and c.name not in CELLS_LEFT_OUT),
            )
            for r in RESOURCES
        )

    def rows(self, time_ns: int) -> Iterator[ObjectRow]:
        for past, version in self.history.at(time_ns):
            yield self.row(past, version)

    def children(self, uid: str, time_ns: int, resource: Resource) -> Iterator[tuple[ObjectRow, dict[str, Any]]]:
        """What an object owned at an instant, of one kind."""
        for past, version in self.history.at(time_ns):
            if past.resource is resource and self.row(past, version).owner_uid == uid:
                yield self.row(past, version), self.document(past, version)

    def all_of(self, resource: Resource, time_ns: int) -> Iterator[tuple[ObjectRow, dict[str, Any]]]:
        for past, version in self.history.at(time_ns):
            if past.resource is resource:
                yield self.row(past, version), self.document(past, version)

    def document(self, past: Past, version: Version) -> dict[str, Any]:
        key = (past.id, version.revision)
        found = self._documents.get(key)
        if found is None:
            found = self._documents[key] = self.history.document(past, version)
            if len(self._documents) > DOCUMENTS_KEPT:
                self._documents.popitem(last=False)
        return found

    def row(self, past: Past, version: Version) -> ObjectRow:
        key = (past.id, version.revision)
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = self._make_row(past, version)
            if len(self._rows) > ROWS_KEPT:
                self._rows.popitem(last=False)
        return found

    def ns_of(self, timestamp: object) -> int:
        """A timestamp of an object as virtual time. What is older than the run is 0."""
        try:
            return max(0, parse_time(str(timestamp)) - self._kernel.epoch_s * SECOND)
        except ValueError:
            return 0

    def now_s(self, time_ns: int) -> int:
        return self._kernel.epoch_s + time_ns // SECOND

    def _make_row(self, past: Past, version: Version) -> ObjectRow:
        document = self.document(past, version)
        resource = past.resource
        owner = controller_of(document) or next(iter(owners_of(document)), None)
        cells = tables.cells(resource, document, self.now_s(version.time_ns))
        columns = tables.columns(resource)
        return ObjectRow(
            id=past.id, resource=resource.plural, kind=resource.kind, namespace=past.namespace, name=past.name,
            uid=uid_of(document), revision=version.revision,
            created_ns=self.ns_of(meta(document).get("creationTimestamp")), changed_ns=version.time_ns,
            labels=labels_of(document), owner=f"{owner['kind']}/{owner['name']}" if owner else None,
            owner_uid=str(owner.get("uid", "")) if owner else None, summary=_summary(resource, document),
            cells=tuple(
                str(cell).partition(" (")[0] if column.name == "Restarts" else str(cell)
                for column, cell in zip(columns, cells, strict=True)
                if column.priority == 0 and column.name not in CELLS_LEFT_OUT
            ),
            deleting=is_deleting(document),
        )

    def versions(self, past: Past, before: int | None, limit: int) -> tuple[list[VersionView], bool]:
        """(versions, the newest first, whether there are older ones)."""
        end = len(past.versions)
        while before is not None and end and past.versions[end - 1].revision >= before:
            end -= 1
        start = max(0, end - limit)
        found = [self._version(past, index) for index in range(end - 1, start - 1, -1)]
        return found, start > 0

    def _version(self, past: Past, index: int) -> VersionView:
        version = past.versions[index]
        document = self.history.document(past, version)
        paths: list[str] = []
        if version.verb == "updated" and index:
            paths = list(differences(self.history.document(past, past.versions[index - 1]), document))
        writer = version.writer
        return VersionView(
            revision=version.revision, t_ns=version.time_ns, verb=version.verb, uid=uid_of(document), flow=version.flow,
            event=version.event, changed=tuple(paths[:PATHS_MOST]), more=max(0, len(paths) - PATHS_MOST),
            writer=None if writer == NOBODY else WriterView(
                user=writer.user, agent=writer.agent, component=writer.component, event=writer.event
            ),
        )


def differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The paths of the fields that differ; those that every write changes are left out."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            inner = f"{path}.{key}" if path else str(key)
            if inner != "metadata.resourceVersion":
                yield from differences(before.get(key), after.get(key), inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{path}{_place(one, other, index)}")
    elif before != after:
        yield path


def meanwhile(base: Any, live: Any, mine: Any, path: str = "") -> tuple[Any, list[tuple[str, Any]]]:
    """Three versions of a document: the one that was edited, the one that is stored now, and the edited one. Gives the
    edited one with what others changed meanwhile, and the fields (path, their value) that both changed."""
    if live == base or mine == live:
        return mine, []
    if mine == base:
        return live, []
    if isinstance(base, Mapping) and isinstance(live, Mapping) and isinstance(mine, Mapping):
        merged: dict[str, Any] = {}
        clashes: list[tuple[str, Any]] = []
        for key in dict.fromkeys((*mine, *live)):
            inner = f"{path}.{key}" if path else str(key)
            value, found = meanwhile(base.get(key), live.get(key), mine.get(key), inner)
            clashes += found
            if value is not None:
                merged[key] = value
        return merged, clashes
    lists = isinstance(base, list) and isinstance(live, list) and isinstance(mine, list)
    if lists and len(base) == len(live) == len(mine):
        items = [
            meanwhile(*three, f"{path}{_place(three[0], three[2], index)}")
            for index, three in enumerate(zip(base, live, mine, strict=True))
        ]
        return [value for value, _ in items], [clash for _, found in items for clash in found]
    return mine, [(path, live)]


def _place(one: Any, other: Any, index: int) -> str:
    """[nginx] where both items are of one name or type, [0] otherwise."""
    for key in ("name", "type"):
        if isinstance(one, Mapping) and isinstance(other, Mapping) and one.get(key) == other.get(key) is not None:
            return f"[{one[key]}]"
    return f"[{index}]"


def find(resource: str) -> Resource | None:
    return next((r for r in RESOURCES if r.plural == resource), None)


def matching(
    rows: Iterable[ObjectRow], *, resource: str = "", namespace: str = "", search: str = ""
) -> Iterator[ObjectRow]:
    """The rows of a kind and a namespace whose name, kind or labels hold every word of `search`."""
    words = search.lower().split()
    for row in rows:
        if resource and row.resource != resource or namespace and row.namespace != namespace:
            continue
        if words:
            text = " ".join((row.name, row.kind, row.resource, *(f"{k}={v}" for k, v in row.labels.items()))).lower()
            if not all(word in text for word in words):
                continue
        yield row


def _summary(resource: Resource, document: Mapping[str, Any]) -> str:
    if resource is PODS:
        cells = tables.cells(resource, document, 0)
        node = dig(document, "spec", "nodeName", default="")
        return f"{cells[2]} {cells[1]}" + (f" · {node}" if node else "")
    if resource is NODES:
        return tables.node_status(document)
    return summary(resource, document)
