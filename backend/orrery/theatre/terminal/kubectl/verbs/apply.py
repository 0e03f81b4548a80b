"""``kubectl apply``: what was applied last, what is asked for now and what stands in the cluster, merged."""

from __future__ import annotations

from typing import Any

import orjson

from orrery.machinery.definitions import schema_for
from orrery.machinery.objects import deep_copy
from orrery.machinery.strategic_diff import three_way
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import dryrun, manifests
from orrery.theatre.terminal.kubectl.errors import Failure, Several, error, with_source
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.manifests import Manifest
from orrery.theatre.terminal.kubectl.naming import printed_name
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.output.json_text import compact_json
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
APPLY_PATCH = "application/apply-patch+yaml"
_MISSING = (
    "resource {} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by "
    "kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create "
    "--save-config or kubectl apply. The missing annotation will be patched automatically."
)

_WAYS_OUT = """Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts"""


async def run(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if kubectl.arguments:
        raise error(f"Unexpected args: [{' '.join(kubectl.arguments)}]\nSee 'kubectl apply -h' for help and examples")
    if not flags["filename"]:
        if flags["kustomize"]:
            raise error(f"must build at directory: not a valid directory: evalsymlink failure on '{flags['kustomize']}'"
                        f" : lstat {flags['kustomize']}: no such file or directory")
        raise error("must specify one of -f and -k")
    if flags["force-conflicts"] and not flags["server-side"]:
        raise error("--force-conflicts only works with --server-side")
    dry = dryrun.strategy(kubectl)
    printer = formats.printer(flags, allowed=formats.FOR_CHANGES)
    listed, errors = await manifests.read_some(
        kubectl.invocation, flags["filename"], kubectl.namespace, enforce=flags.given("namespace"), noun="apply"
    )
    printed: list[Document] = []
    for manifest in listed:
        try:
            obj, verb = await (_server_side if flags["server-side"] else _apply)(kubectl, manifest, dry)
        except (StatusError, Failure) as problem:
            errors.append(problem)
            continue
        if printer is None:
            name = manifest.name or obj["metadata"]["name"]
            kubectl.line(f"{printed_name(manifest.resource, name)} {verb}{dryrun.SUFFIX[dry]}")
        else:
            printed.append(obj)
    if printer is not None and printed:
        kubectl.out(printer(printed[0] if len(printed) == 1 else formats.as_list(printed)))
    if errors:
        raise Several(errors)
    return 0


async def _apply(kubectl: Kubectl, manifest: Manifest, dry: str) -> tuple[Document, str]:
    resource, name, namespace = manifest.resource, manifest.name, manifest.namespace
    if not name:
        raise error("error when retrieving current configuration of:\nresource name may not be empty")
    wanted = with_last_applied(manifest.document)
    live = await kubectl.api.find(resource, name, namespace)
    query = {**dryrun.query(dry), "fieldManager": "kubectl-client-side-apply", "fieldValidation": "Strict"}
    if live is None:
        if dry == "client":
            return wanted, "created"
        try:
            return await kubectl.api.create(resource, wanted, namespace, query), "created"
        except StatusError as problem:
            raise with_source(problem, "creating", manifest.source) from None
    if LAST_APPLIED not in (live["metadata"].get("annotations") or {}):
        kubectl.warn(_MISSING.format(f"{resource.plural}/{name}"))
    patch = three_way(last_applied(live), wanted, live, schema_for(resource.api_version, resource.kind))
    if not patch:
        return live, "unchanged"
    if dry == "client":
        return live, "configured"
    try:
        return await kubectl.api.patch(resource, name, namespace, patch, query=query), "configured"
    except StatusError as problem:
        raise _patch_failed(problem, patch, manifest) from None


def _patch_failed(problem: StatusError, patch: Document, manifest: Manifest) -> StatusError:
    resource = manifest.resource
    what = (
        f"applying patch:\n{compact_json(patch)}\nto:\n"
        f'Resource: "{", ".join(_gvr(resource))}", GroupVersionKind: "{_gvk(resource)}"\n'
        f'Name: "{manifest.name}", Namespace: "{manifest.namespace}"\nfor: "{manifest.source}"'
    )
    status = dict(problem.status)
    status["message"] = f'error when {what}: error when patching "{manifest.source}": {problem.message}'
    return StatusError(status)


def _gvr(resource: Any) -> tuple[str, str]:
    return f"{resource.group}/{resource.version}", f"Resource={resource.plural}"


def _gvk(resource: Any) -> str:
    return f"{resource.group}/{resource.version}, Kind={resource.kind}"


async def _server_side(kubectl: Kubectl, manifest: Manifest, dry: str) -> tuple[Document, str]:
    if dry == "client":
        raise error("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    query = {
        **dryrun.query(dry), "fieldManager": kubectl.flags["field-manager"] or "kubectl", "fieldValidation": "Strict",
        "force": "true" if kubectl.flags["force-conflicts"] else "false",
    }
    path = manifest.resource.path(manifest.namespace, manifest.name)
    try:
        obj = await kubectl.api.ask("PATCH", path, query, manifest.document, content_type=APPLY_PATCH)
    except StatusError as problem:
        if problem.reason != "Conflict" or not problem.causes:
            raise
        raise error(f"{problem.message}\n{_WAYS_OUT}") from None
    return obj, "serverside-applied"


def with_last_applied(document: Document) -> Document:
    """The document with the annotation that remembers it."""
    wanted: Document = deep_copy(document)
    metadata = wanted.setdefault("metadata", {})
    annotations = {k: v for k, v in (metadata.get("annotations") or {}).items() if k != LAST_APPLIED}
    metadata["annotations"] = annotations
    metadata["annotations"] = {**annotations, LAST_APPLIED: compact_json(wanted) + "\n"}
    return wanted


def last_applied(live: Document) -> Document:
    """What was applied last, as the live object remembers it."""
    text = (live["metadata"].get("annotations") or {}).get(LAST_APPLIED)
    try:
        document = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


VERB = Verb(
    "apply", "Apply a configuration to a resource by file name or stdin", "(-f FILENAME | -k DIRECTORY)", run,
    writes=True, completes="file",
    flags=(
        *manifests.FILES, formats.OUTPUT, dryrun.FLAG,
        Flag("server-side", False, "If true, apply runs in the server instead of the client.", "bool"),
        Flag("force-conflicts", False, "If true, server-side apply will force the changes against conflicts.", "bool"),
        Flag("field-manager", "", "Name of the manager used to track field ownership."),
        Flag("validate", "strict", "Must be one of: strict (or true), warn, ignore (or false).", without="strict"),
        Flag("overwrite", True, "Automatically resolve conflicts by using values from the modified config.", "bool"),
        Flag("force", False, "If true, immediately remove resources from API and bypass graceful deletion.", "bool"),
        Flag("wait", False, "If true, wait for resources to be gone before returning.", "bool"),
        Flag("selector", "", "Selector (label query) to filter on.", short="l"),
    ),
    examples="""
# Apply the configuration in pod.yaml to a pod
kubectl apply -f ./pod.yaml

# Apply the YAML passed into stdin to a pod
cat pod.yaml | kubectl apply -f -
""",
)
