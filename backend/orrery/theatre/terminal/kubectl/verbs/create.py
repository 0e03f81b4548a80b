"""``kubectl create``, from files; what it makes of flags alone is in ``generators``."""

from __future__ import annotations

from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import dryrun, manifests
from orrery.theatre.terminal.kubectl.acting import Teller
from orrery.theatre.terminal.kubectl.errors import Several, error, usage, with_source
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import printed_name
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb
from orrery.theatre.terminal.kubectl.verbs import generators
from orrery.theatre.terminal.kubectl.verbs.apply import with_last_applied


async def run(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if not flags["filename"]:
        if kubectl.arguments:
            raise usage("create", f"Unexpected args: [{' '.join(kubectl.arguments)}]")
        raise error("must specify one of -f and -k")
    teller = Teller(kubectl)
    listed = await manifests.read(
        kubectl.invocation, flags["filename"], kubectl.namespace, enforce=flags.given("namespace"), noun="create"
    )
    errors: list[Exception] = []
    for manifest in listed:
        document = with_last_applied(manifest.document) if flags["save-config"] else manifest.document
        query = {**teller.query, "fieldManager": "kubectl-create", "fieldValidation": "Strict"}
        try:
            obj = document
            if teller.dry != "client":
                obj = await kubectl.api.create(manifest.resource, document, manifest.namespace, query)
        except StatusError as problem:
            errors.append(with_source(problem, "creating", manifest.source))
            continue
        teller.tell(printed_name(manifest.resource, obj["metadata"]["name"]), "created", obj)
    if errors:
        raise Several(errors)
    return 0


VERB = Verb(
    "create", "Create a resource from a file or from stdin", "-f FILENAME", run, writes=True, completes="file",
    verbs=generators.VERBS,
    flags=(
        *manifests.FILES, formats.OUTPUT, dryrun.FLAG,
        Flag("save-config", False, "If true, save the configuration of the object in its annotation.", "bool"),
        Flag("validate", "strict", "Must be one of: strict (or true), warn, ignore (or false).", without="strict"),
    ),
    examples="""
# Create a pod using the data in pod.json
kubectl create -f ./pod.json

# Create a deployment of nginx
kubectl create deployment web --image=nginx:1.27 --replicas=3
""",
)
