"""``kubectl explain``: the documentation of a field, from the server's OpenAPI."""

from __future__ import annotations

from typing import Any

from orrery.machinery.resources import Resource
from orrery.theatre.terminal.kubectl.errors import Failure, error
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import resource_of
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]

_NOTHING = (
    'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported '
    "resources."
)


async def run(kubectl: Kubectl) -> int:
    words = kubectl.arguments
    if not words:
        raise error(_NOTHING)
    if len(words) > 1:
        raise error("We accept only this format: explain RESOURCE")
    kind, *path = words[0].split(".")
    try:
        resource = resource_of(kind)
    except Failure as problem:
        raise Failure(problem.text.removeprefix("error: ")) from None
    root = f"/openapi/v3/{resource.root.removeprefix('/')}"
    document = await kubectl.api.ask("GET", root)
    kubectl.out(_head(resource))
    kubectl.out(_Explainer(document, recursive=kubectl.flags["recursive"]).text(resource, path))
    return 0


def _head(resource: Resource) -> str:
    group = f"GROUP:      {resource.group}\n" if resource.group else ""
    return f"{group}KIND:       {resource.kind}\nVERSION:    {resource.version}\n\n"


class _Explainer:
    """Walks the schemas of one OpenAPI document."""

    def __init__(self, document: Document, *, recursive: bool) -> None:
        self._schemas: Document = document["components"]["schemas"]
        self._recursive = recursive

    def text(self, resource: Resource, path: list[str]) -> str:
        wanted = {"group": resource.group, "version": resource.version, "kind": resource.kind}
        for schema in self._schemas.values():
            if wanted in (schema.get("x-kubernetes-group-version-kind") or ()):
                found = self._output(schema, path)
                if found is None:
                    raise error(f'field "{path[-1]}" does not exist')
                return found + "\n"
        raise error(f"GVK {wanted} not found in OpenAPI schema")

    def _resolved(self, schema: Document) -> Document:
        reference = schema.get("$ref")
        found: Document = self._schemas[reference.rpartition("/")[2]] if reference else schema
        return found

    def _output(self, schema: Document, path: list[str]) -> str | None:
        resolved = self._resolved(schema)
        if not path:
            description = _indent(_wrap(self._description(resolved) or "<empty>", 76), 4)
            fields = self._fields(resolved, 1, ())
            return f"DESCRIPTION:\n{description}\n" + (f"FIELDS:\n{fields}" if fields else "")
        properties = resolved.get("properties") or {}
        if path[0] in properties:
            below = properties[path[0]]
            head = ""
            if len(path) == 1:
                head = f"FIELD: {path[0]} <{self._type(below)}>\n{_enum_long(below)}\n\n"
            rest = self._output(below, path[1:])
            return None if rest is None else head + rest
        if resolved.get("items"):
            return self._output(resolved["items"], path)
        if isinstance(resolved.get("additionalProperties"), dict):
            return self._output(resolved["additionalProperties"], path)
        for one in resolved.get("allOf") or ():
            found = self._output(one, path)
            if found is not None:
                return found
        return None

    def _description(self, schema: Document) -> str:
        resolved = self._resolved(schema)
        text = f"{resolved['description']}\n" if resolved.get("description") else ""
        for one in resolved.get("allOf") or ():
            text += self._description(one)
        if resolved.get("items"):
            text += self._description(resolved["items"])
        if isinstance(resolved.get("additionalProperties"), dict):
            text += self._description(resolved["additionalProperties"])
        return text

    def _fields(self, schema: Document, level: int, seen: tuple[str, ...]) -> str:
        reference = schema.get("$ref", "")
        if reference and reference in seen:
            return ""
        seen = (*seen, reference)
        resolved = self._resolved(schema)
        text = ""
        properties = resolved.get("properties") or {}
        for name in sorted(properties):
            text += self._field(resolved, name, level)
            if self._recursive:
                text += self._fields(properties[name], level + 1, seen)
        for one in resolved.get("allOf") or ():
            text += self._fields(one, level, seen)
        if resolved.get("items"):
            text += self._fields(resolved["items"], level, seen)
        if isinstance(resolved.get("additionalProperties"), dict):
            text += self._fields(resolved["additionalProperties"], level, seen)
        return text

    def _field(self, schema: Document, name: str, level: int) -> str:
        field = schema["properties"][name]
        spaces = 2 * level
        required = " -required-" if name in (schema.get("required") or ()) else ""
        text = f"{' ' * spaces}{name}\t<{self._type(field)}>{required}{_enum_short(field, spaces)}\n"
        if not self._recursive:
            text += _indent(_wrap(field.get("description") or "<no description>", 78 - spaces), spaces + 2) + "\n\n"
        return text

    def _type(self, schema: Document) -> str:
        if schema.get("items"):
            return f"[]{self._type(schema['items'])}"
        if isinstance(schema.get("additionalProperties"), dict):
            return f"map[string]{self._type(schema['additionalProperties'])}"
        if len(schema.get("allOf") or ()) == 1 and not schema.get("properties"):
            return self._type(schema["allOf"][0])
        if schema.get("$ref"):
            kind = self._resolved(schema).get("type")
            name = str(schema["$ref"]).rpartition("/")[2].rpartition(".")[2]
            return name if not kind or kind == "object" else str(kind)
        return "Object" if schema.get("type") == "object" else str(schema.get("type") or "Object")


def _enum_short(schema: Document, spaces: int) -> str:
    values = schema.get("enum")
    if not values:
        return ""
    shown = ", ".join(str(value) if value != "" else '""' for value in values[:4])
    return f"\n{' ' * spaces}enum: {shown}" + (", ...." if len(values) > 4 else "")


def _enum_long(schema: Document) -> str:
    values = schema.get("enum")
    return "ENUM:" + "".join(f"\n    {value if value != '' else chr(34) * 2}" for value in values) if values else ""


def _wrap(text: str, width: int) -> str:
    """Lines of at most that many letters; words that are longer stand alone."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return "\n".join(lines)


def _indent(text: str, spaces: int) -> str:
    return "\n".join(" " * spaces + line for line in text.split("\n"))


VERB = Verb(
    "explain", "Get documentation for a resource", "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] "
    "[--output=plaintext|plaintext-openapiv2]",
    run,
    (
        Flag("recursive", False, "When true, print the name of all the fields recursively.", "bool"),
        Flag("api-version", "", "Use given api-version (group/version) of the resource."),
        Flag("output", "plaintext", "Format in which to render the schema.", short="o"),
    ),
    completes="type",
    examples="""
# Get the documentation of the resource and its fields
kubectl explain pods

# Get the documentation of a specific field of a resource
kubectl explain pods.spec.containers
""",
)
