"""``kubectl scale``, ``patch`` and ``replace``"""

from __future__ import annotations

import orjson

from orrery.machinery.objects import dig
from orrery.machinery.wire import StatusError
from orrery.machinery.yaml import ParseError, parse_yaml
from orrery.theatre.terminal.kubectl import dryrun, manifests
from orrery.theatre.terminal.kubectl.acting import Teller, for_each, patched
from orrery.theatre.terminal.kubectl.errors import Several, error, usage, with_source
from orrery.theatre.terminal.kubectl.finding import ALL, SELECTOR, Found
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import printed_name
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb
from orrery.theatre.terminal.kubectl.verbs.generators import require


async def scale(kubectl: Kubectl) -> int:
    require(kubectl, "replicas")
    replicas = kubectl.flags["replicas"]
    if replicas < 0:
        raise error("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    teller = Teller(kubectl)

    async def act(item: Found) -> None:
        wanted = kubectl.flags["current-replicas"]
        present = dig(item.object, "spec", "replicas", default=0)
        if wanted != -1 and wanted != present:
            raise error(f"Expected replicas to be {wanted}, was {present}")
        obj = item.object
        if teller.dry != "client":
            patch = {"spec": {"replicas": replicas}}
            await patched(teller, item, patch, kind="merge", subresource="scale")
            if kubectl.flags["output"]:
                obj = await kubectl.api.get(item.resource, item.name, item.namespace)
        teller.tell(item.printed, "scaled", obj)

    return await for_each(kubectl, act)


async def patch(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if flags["type"] not in ("json", "merge", "strategic"):
        raise usage("patch", f'--type must be one of [json merge strategic], not "{flags["type"]}"')
    if not flags["patch"] and not flags["patch-file"]:
        raise error("must specify --patch or --patch-file containing the contents of the patch")
    content = _patch_content(flags["patch"] or kubectl.invocation.files.get(flags["patch-file"], ""))
    teller = Teller(kubectl)

    async def act(item: Found) -> None:
        obj = await patched(
            teller, item, content, kind=flags["type"], subresource=flags["subresource"], manager="kubectl-patch"
        )
        changed = obj["metadata"].get("resourceVersion") != item.object["metadata"].get("resourceVersion")
        teller.tell(item.printed, "patched" if changed or teller.dry != "none" else "patched (no change)", obj)

    return await for_each(kubectl, act)


def _patch_content(text: str) -> object:
    """YAML or JSON; text that is neither goes to the server as it stands, which then says what is wrong."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        documents = parse_yaml(text)
    except ParseError:
        if text.lstrip().startswith(("{", "[")):
            return text.encode()
        raise error(f'unable to parse "{text}": yaml: could not find expected \':\'') from None
    return documents[0] if documents and isinstance(documents[0], dict | list) else text.encode()


async def replace(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if not flags["filename"]:
        raise error("must specify --filename or --kustomize" if not kubectl.arguments else "Must specify --filename to "
                    "replace")
    teller = Teller(kubectl)
    listed = await manifests.read(
        kubectl.invocation, flags["filename"], kubectl.namespace, enforce=flags.given("namespace"), noun="replace"
    )
    errors: list[Exception] = []
    for manifest in listed:
        try:
            path = manifest.resource.path(manifest.namespace, manifest.name)
            query = {**teller.query, "fieldManager": "kubectl-replace", "fieldValidation": "Strict"}
            obj = manifest.document
            if teller.dry != "client":
                await kubectl.api.ask("GET", path)
                obj = await kubectl.api.ask("PUT", path, query, manifest.document)
        except StatusError as problem:
            errors.append(with_source(problem, "replacing", manifest.source))
            continue
        teller.tell(printed_name(manifest.resource, manifest.name), "replaced", obj)
    if errors:
        raise Several(errors)
    return 0


SCALE = Verb(
    "scale", "Set a new size for a deployment, replica set, or replication controller",
    "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)", scale,
    writes=True, completes="resource",
    flags=(
        *manifests.FILES, SELECTOR, ALL, formats.OUTPUT, dryrun.FLAG,
        Flag("replicas", 0, "The new desired number of replicas. Required.", "int"),
        Flag("current-replicas", -1, "Precondition for current size.", "int"),
        Flag("timeout", 0, "The length of time to wait before giving up on a scale operation.", "duration"),
    ),
    examples="""
# Scale a deployment named 'web' to 3
kubectl scale --replicas=3 deployment/web

# If the deployment named mysql's current size is 2, scale mysql to 3
kubectl scale --current-replicas=2 --replicas=3 deployment/mysql
""",
)
PATCH = Verb(
    "patch", "Update fields of a resource", "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]", patch,
    writes=True, completes="resource",
    flags=(
        *manifests.FILES, formats.OUTPUT, dryrun.FLAG,
        Flag("patch", "", "The patch to be applied to the resource JSON file.", short="p"),
        Flag("patch-file", "", "A file containing a patch to be applied to the resource."),
        Flag("type", "strategic", "The type of patch being provided; one of [json merge strategic]"),
        Flag("subresource", "", "If specified, patch will operate on the subresource of the requested object."),
    ),
    examples="""
# Partially update a node using a strategic merge patch, specifying the patch as JSON
kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'
""",
)
REPLACE = Verb(
    "replace", "Replace a resource by file name or stdin", "-f FILENAME", replace, writes=True, completes="file",
    flags=(*manifests.FILES, formats.OUTPUT, dryrun.FLAG,
           Flag("force", False, "If true, immediately remove resources from API.", "bool")),
)
