"""What ``-f`` names: files of the working directory, or standard input; YAML or JSON, several documents, lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from orrery.machinery.resources import Resource, by_kind
from orrery.machinery.yaml import ParseError, parse_yaml
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.kubectl.errors import Failure, Several, error
from orrery.theatre.terminal.kubectl.flags import Flag

Document = dict[str, Any]

FILENAME = Flag(
    "filename", (), "The files that contain the configurations to apply.", "strings", "f"
)
RECURSIVE = Flag("recursive", False, "Process the directory used in -f, --filename recursively.", "bool", "R")
KUSTOMIZE = Flag("kustomize", "", "Process a kustomization directory.", short="k")
FILES = (FILENAME, RECURSIVE, KUSTOMIZE)


class Manifest(NamedTuple):
    """One document of a file."""

    source: str
    resource: Resource
    document: Document

    @property
    def name(self) -> str:
        return str((self.document.get("metadata") or {}).get("name") or "")

    @property
    def namespace(self) -> str:
        return str((self.document.get("metadata") or {}).get("namespace") or "")


async def read(
    invocation: Invocation, names: Sequence[str], namespace: str, *, enforce: bool = False, noun: str = ""
) -> list[Manifest]:
    """Every document of the files, each in its namespace. ``enforce``: the namespace was given as a flag, and no
    document may name another. Failure, Several."""
    manifests: list[Manifest] = []
    errors: list[Exception] = []
    for name in names:
        text, source = await _text(invocation, name), "STDIN" if name == "-" else name
        for document in _documents(text, source):
            try:
                manifests.append(_manifest(document, source, namespace, enforce))
            except Failure as failure:
                errors.append(failure)
    if errors and not manifests:
        raise Several(errors)
    if errors:
        raise Several(errors) if noun != "apply" else _Partly(manifests, errors)
    if not manifests:
        raise error(f"no objects passed to {noun}" if noun else "no objects passed")
    return manifests


class _Partly(Exception):
    """Some documents are good, others are not."""

    def __init__(self, manifests: list[Manifest], errors: list[Exception]) -> None:
        super().__init__()
        self.manifests = manifests
        self.errors = errors


async def read_some(
    invocation: Invocation, names: Sequence[str], namespace: str, *, enforce: bool = False, noun: str = ""
) -> tuple[list[Manifest], list[Exception]]:
    """The good documents, and what is wrong with the others."""
    try:
        return await read(invocation, names, namespace, enforce=enforce, noun=noun), []
    except _Partly as partly:
        return partly.manifests, partly.errors


async def _text(invocation: Invocation, name: str) -> str:
    if name == "-":
        lines: list[str] = []
        if invocation.stdin is not None:
            while (line := await invocation.stdin.line()) is not None:
                lines.append(line)
        return "\n".join(lines) + "\n" if lines else ""
    if name.startswith(("http://", "https://")):
        host = name.partition("://")[2].partition("/")[0]
        raise error(f'unable to read URL "{name}", dial tcp: lookup {host}: no such host')
    text = invocation.files.get(name.removeprefix("./"))
    if text is None:
        data = invocation.process.disk.read(name)
        if data is None:
            raise error(f'the path "{name}" does not exist')
        text = data.decode(errors="replace")
    return text


def _documents(text: str, source: str) -> list[Document]:
    try:
        documents = parse_yaml(text)
    except ParseError as problem:
        raise error(f"error parsing {source}: error converting YAML to JSON: {_go_wording(problem)}") from None
    found: list[Document] = []
    for document in documents:
        if isinstance(document, dict) and str(document.get("kind", "")).endswith("List") and "items" in document:
            found += [item for item in document["items"] or () if isinstance(item, dict)]
        else:
            found.append(document)
    return found


_GO_WORDS = (
    ("mapping values are not allowed here", "mapping values are not allowed in this context"),
    ("expected <block end>, but found", "did not find expected key"),
    ("that cannot start any token", "found character that cannot start any token"),
    ("expected ',' or ']', but got", "did not find expected ',' or ']'"),
    ("expected ',' or '}', but got", "did not find expected ',' or '}'"),
)


def _go_wording(problem: ParseError) -> str:
    """The same error as go-yaml words it; it does not count the first line."""
    text = str(problem)
    for python, go in _GO_WORDS:
        if python in text:
            text = f"yaml: line {problem.line}: {go}"
    return text.replace("yaml: line 1: ", "yaml: ")


def _manifest(document: Any, source: str, namespace: str, enforce: bool) -> Manifest:
    if not isinstance(document, dict):
        raise error(f'error validating "{source}": error validating data: invalid object to validate')
    kind, version = document.get("kind"), document.get("apiVersion")
    if not kind or not version:
        missing = [f"{field} not set" for field, value in (("apiVersion", version), ("kind", kind)) if not value]
        what = missing[0] if len(missing) == 1 else f"[{', '.join(missing)}]"
        raise error(
            f'error validating "{source}": error validating data: {what}; if you choose to ignore these errors, '
            "turn validation off with --validate=false"
        )
    metadata = document.get("metadata") if isinstance(document.get("metadata"), dict) else {}
    assert metadata is not None
    resource = by_kind(str(version), str(kind))
    if resource is None:
        raise error(
            f'resource mapping not found for name: "{metadata.get("name", "")}" namespace: '
            f'"{metadata.get("namespace", "")}" from "{source}": no matches for kind "{kind}" in version "{version}"\n'
            "ensure CRDs are installed first"
        )
    return Manifest(source, resource, _placed(document, metadata, resource, namespace, enforce))


def _placed(document: Document, metadata: Document, resource: Resource, namespace: str, enforce: bool) -> Document:
    given = metadata.get("namespace")
    if not resource.namespaced:
        return document
    if given and enforce and given != namespace:
        raise error(
            f"the namespace from the provided object \"{given}\" does not match the namespace \"{namespace}\". "
            f"You must pass '--namespace={given}' to perform this operation."
        )
    return document if given else {**document, "metadata": {**metadata, "namespace": namespace}}
