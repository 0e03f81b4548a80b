"""``kubectl diff``: what an apply would change, worked out by the server in a dry run."""

from __future__ import annotations

import difflib
from typing import Any

from orrery.machinery.definitions import schema_for
from orrery.machinery.strategic_diff import three_way
from orrery.theatre.terminal.kubectl import manifests
from orrery.theatre.terminal.kubectl.errors import Exit, Failure, error
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.manifests import Manifest
from orrery.theatre.terminal.kubectl.output.yaml_text import dump_yaml
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb
from orrery.theatre.terminal.kubectl.verbs.apply import last_applied, with_last_applied

Document = dict[str, Any]


async def run(kubectl: Kubectl) -> int:
    try:
        if not kubectl.flags["filename"]:
            raise error("must specify one of -f and -k")
        listed = await manifests.read(
            kubectl.invocation, kubectl.flags["filename"], kubectl.namespace,
            enforce=kubectl.flags.given("namespace"), noun="diff",
        )
    except Failure as failure:
        raise Failure(failure.text, 2) from None
    random = kubectl.process.random
    folders = [f"/tmp/{name}-{random.below(9 * 10**9) + 10**9}" for name in ("LIVE", "MERGED")]
    differs = False
    for manifest in listed:
        live, merged = await _both(kubectl, manifest)
        before = "" if live is None else dump_yaml(_plain(live))
        after = dump_yaml(_plain(merged))
        if before != after:
            differs = True
            _print(kubectl, manifest, folders, before, after)
    if differs:
        raise Exit(1)
    return 0


async def _both(kubectl: Kubectl, manifest: Manifest) -> tuple[Document | None, Document]:
    resource, name, namespace = manifest.resource, manifest.name, manifest.namespace
    live = await kubectl.api.find(resource, name, namespace)
    wanted = with_last_applied(manifest.document)
    query = {"dryRun": "All", "fieldManager": "kubectl-client-side-apply", "fieldValidation": "Strict"}
    if live is None:
        return None, await kubectl.api.create(resource, wanted, namespace, query)
    patch = three_way(last_applied(live), wanted, live, schema_for(resource.api_version, resource.kind))
    if not patch:
        return live, live
    return live, await kubectl.api.patch(resource, name, namespace, patch, query=query)


def _plain(obj: Document) -> Document:
    """Without what only kubectl itself is interested in."""
    metadata = {key: value for key, value in obj["metadata"].items() if key not in ("managedFields", "resourceVersion")}
    annotations = {
        key: value for key, value in (metadata.get("annotations") or {}).items()
        if key != "kubectl.kubernetes.io/last-applied-configuration"
    }
    metadata.pop("annotations", None)
    if annotations:
        metadata["annotations"] = annotations
    return {**obj, "metadata": metadata}


def _print(kubectl: Kubectl, manifest: Manifest, folders: list[str], before: str, after: str) -> None:
    resource = manifest.resource
    group = f"{resource.group}.{resource.version}" if resource.group else resource.version
    names = [f"{folder}/{group}.{resource.kind}.{manifest.namespace}.{manifest.name}" for folder in folders]
    stamp = kubectl.process.timestamp_micro().replace("T", " ").replace("Z", "000 +0000")
    kubectl.line(f"diff -u -N {names[0]} {names[1]}")
    for line in difflib.unified_diff(
        before.splitlines(), after.splitlines(), names[0], names[1], stamp, stamp, lineterm=""
    ):
        kubectl.line(line)


VERB = Verb(
    "diff", "Diff the live version against a would-be applied version", "-f FILENAME", run, completes="file",
    flags=(*manifests.FILES, Flag("selector", "", "Selector (label query) to filter on.", short="l"),
           Flag("server-side", False, "If true, apply runs in the server instead of the client.", "bool")),
)
