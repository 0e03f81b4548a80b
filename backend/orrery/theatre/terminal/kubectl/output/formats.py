"""Which printing ``-o`` asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orrery.machinery.resources import by_kind
from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.flags import Flag, Flags
from orrery.theatre.terminal.kubectl.naming import printed_name
from orrery.theatre.terminal.kubectl.output.columns import parse_columns, print_columns
from orrery.theatre.terminal.kubectl.output.json_text import dump_json
from orrery.theatre.terminal.kubectl.output.jsonpath import PathError, Template, relaxed
from orrery.theatre.terminal.kubectl.output.templates import GoTemplate, TemplateError
from orrery.theatre.terminal.kubectl.output.yaml_text import dump_yaml

Document = dict[str, Any]
Print = Callable[[Document], str]

ALLOWED = (
    "custom-columns", "custom-columns-file", "go-template", "go-template-file", "json", "jsonpath", "jsonpath-as-json",
    "jsonpath-file", "kyaml", "name", "template", "templatefile", "wide", "yaml",
)
OUTPUT = Flag("output", "", f"Output format. One of: ({', '.join(ALLOWED)}).", short="o")
TEMPLATE = Flag("template", "", "Template string to use when -o=go-template.")
MANAGED = Flag("show-managed-fields", False, "If true, keep the managedFields when printing objects.", "bool")
FOR_CHANGES = tuple(name for name in ALLOWED if name not in ("custom-columns", "custom-columns-file", "wide"))


def printer(flags: Flags, *, allowed: tuple[str, ...] = ALLOWED, headers: bool = True) -> Print | None:
    """How to print objects; None: the command's own way (no ``-o``, or ``wide``). Failure for an unknown format."""
    text = str(flags["output"])
    if not text or (text == "wide" and "wide" in allowed):
        return None
    name, equals, spec = text.partition("=")
    if not equals and flags.get("template"):
        spec = str(flags["template"])
    if name == "json" and not equals:
        return lambda obj: dump_json(_shown(obj, flags))
    if name == "yaml" and not equals:
        return _YamlPrinter(flags).print
    if name == "name" and not equals:
        return _names
    if name in ("go-template", "template") and (equals or spec):
        return _template(spec)
    if name in ("jsonpath", "jsonpath-as-json") and (equals or spec):
        return _jsonpath(spec, as_json=name == "jsonpath-as-json")
    if name in ("jsonpath", "go-template", "template"):
        raise error("template format specified but no template given")
    if name == "custom-columns" and "custom-columns" in allowed:
        columns = parse_columns(spec)
        return lambda obj: print_columns(columns, items_of(obj), headers=headers)
    raise error(
        f'unable to match a printer suitable for the output format "{text}", allowed formats are: {",".join(allowed)}'
    )


def items_of(obj: Document) -> list[Document]:
    """The objects of a list, or the object itself."""
    if isinstance(obj.get("items"), list) and str(obj.get("kind", "")).endswith("List"):
        items: list[Document] = obj["items"]
        return items
    return [obj]


def as_list(items: list[Document]) -> Document:
    """Several objects as kubectl hands them to a printer."""
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}


class _YamlPrinter:
    """Documents after the first are parted from it."""

    def __init__(self, flags: Flags) -> None:
        self._flags = flags
        self._printed = False

    def print(self, obj: Document) -> str:
        parting, self._printed = "---\n" if self._printed else "", True
        return parting + dump_yaml(_shown(obj, self._flags))


def _shown(obj: Document, flags: Flags) -> Document:
    if flags.get("show-managed-fields"):
        return obj
    if "items" in obj and isinstance(obj["items"], list):
        return {**obj, "items": [_unmanaged(item) for item in obj["items"]]}
    return _unmanaged(obj)


def _unmanaged(obj: Document) -> Document:
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return obj
    return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def _names(obj: Document) -> str:
    return "".join(f"{name_line(item)}\n" for item in items_of(obj))


def name_line(obj: Document) -> str:
    """``pod/web``, ``deployment.apps/web``."""
    name = (obj.get("metadata") or {}).get("name", "")
    resource = by_kind(str(obj.get("apiVersion")), str(obj.get("kind")))
    if resource is not None:
        return printed_name(resource, name)
    group = str(obj.get("apiVersion", "")).rpartition("/")[0]
    kind = str(obj.get("kind", "")).lower()
    return f"{kind}.{group}/{name}" if group else f"{kind}/{name}"


def _jsonpath(spec: str, *, as_json: bool) -> Print:
    try:
        template = Template(spec if "{" in spec else relaxed(spec))
    except PathError as problem:
        raise error(f"error parsing jsonpath {spec}, {problem}") from None

    def render(obj: Document) -> str:
        try:
            if as_json:
                return dump_json([value for values in template.results(obj) for value in values])
            return template.render(obj)
        except PathError as problem:
            raise error(f"error executing jsonpath \"{spec}\": Error executing template: {problem}. Printing more "
                        "information for debugging the template:") from None

    return render


def _template(spec: str) -> Print:
    try:
        template = GoTemplate(spec)
    except TemplateError as problem:
        raise error(f"error parsing template {spec}, {problem}") from None
    return template.render
