"""``kubectl rollout``: what becomes of a Deployment's templates."""

from __future__ import annotations

from typing import Any

from orrery.kernel import TimeoutExpired
from orrery.machinery.objects import annotations_of, dig, find_condition, is_controlled_by, meta
from orrery.machinery.resources import DEPLOYMENTS, REPLICASETS, Resource
from orrery.theatre.terminal.kubectl import dryrun, manifests
from orrery.theatre.terminal.kubectl.acting import Act, Teller, for_each, patched
from orrery.theatre.terminal.kubectl.describe.containers import template as describe_template
from orrery.theatre.terminal.kubectl.describe.paper import Paper
from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.finding import SELECTOR, Found
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import resource_of
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.tabwriter import describe_writer
from orrery.theatre.terminal.kubectl.verb import Kubectl, Run, Verb

Document = dict[str, Any]

REVISION = "deployment.kubernetes.io/revision"
CAUSE = "kubernetes.io/change-cause"
RESTARTED = "kubectl.kubernetes.io/restartedAt"
HASH = "pod-template-hash"


def _require(kubectl: Kubectl) -> None:
    if not kubectl.arguments and not kubectl.flags["filename"]:
        raise error("required resource not specified")


# -- status


async def status(kubectl: Kubectl) -> int:
    _require(kubectl)

    async def act(item: Found) -> None:
        if item.resource is not DEPLOYMENTS:
            raise error(f"no status viewer has been implemented for {item.resource.kind}")
        timeout_ns = kubectl.flags["timeout"]
        try:
            with kubectl.process.timeout(timeout_ns or 7 * 24 * 3600 * 10**9):
                await _follow(kubectl, item)
        except TimeoutExpired:
            raise error("timed out waiting for the condition") from None

    return await for_each(kubectl, act)


async def _follow(kubectl: Kubectl, item: Found) -> None:
    fields = f"metadata.name={item.name}"
    while True:
        pages = await kubectl.api.pages(DEPLOYMENTS, item.namespace, fields=fields)
        for deployment in pages[0].get("items") or ():
            if _tell(kubectl, deployment):
                return
        version = str(pages[0]["metadata"]["resourceVersion"])
        query = {"fieldSelector": fields, "resourceVersion": version}
        async with kubectl.api.watch(DEPLOYMENTS.path(item.namespace), query) as changes:
            async for change in changes:
                if change.type == "DELETED":
                    raise error("object has been deleted")
                if change.type != "BOOKMARK" and _tell(kubectl, change.object):
                    return


def _tell(kubectl: Kubectl, deployment: Document) -> bool:
    """Prints how far it is; whether it is done, or need not be waited for."""
    if kubectl.flags["revision"]:
        found = annotations_of(deployment).get(REVISION)
        if found is not None and int(found) != kubectl.flags["revision"]:
            raise error(f"desired revision ({kubectl.flags['revision']}) is different from the running revision "
                        f"({found})")
    text, done = progress(deployment)
    kubectl.line(text)
    return done or not kubectl.flags["watch"]


def progress(deployment: Document) -> tuple[str, bool]:
    """How far a Deployment's rollout is, in kubectl's words. Failure when its deadline has passed."""
    name, now = deployment["metadata"]["name"], deployment.get("status") or {}
    if (meta(deployment).get("generation") or 0) > (now.get("observedGeneration") or 0):
        return "Waiting for deployment spec update to be observed...", False
    condition = find_condition(deployment, "Progressing")
    if condition is not None and condition.get("reason") == "ProgressDeadlineExceeded":
        raise error(f'deployment "{name}" exceeded its progress deadline')
    head = f'Waiting for deployment "{name}" rollout to finish: '
    wanted = dig(deployment, "spec", "replicas", default=1)
    total, updated = now.get("replicas") or 0, now.get("updatedReplicas") or 0
    available = now.get("availableReplicas") or 0
    if updated < wanted:
        return f"{head}{updated} out of {wanted} new replicas have been updated...", False
    if total > updated:
        return f"{head}{total - updated} old replicas are pending termination...", False
    if available < updated:
        return f"{head}{available} of {updated} updated replicas are available...", False
    return f'deployment "{name}" successfully rolled out', True


# -- history and undo


async def _revisions(kubectl: Kubectl, item: Found) -> dict[int, Document]:
    """The ReplicaSets of a Deployment by their revisions, in order."""
    sets = await kubectl.api.items(REPLICASETS, item.namespace)
    found = {
        int(annotations_of(one).get(REVISION, "0")): one for one in sets if is_controlled_by(one, item.object)
    }
    return {revision: found[revision] for revision in sorted(found)}


async def history(kubectl: Kubectl) -> int:
    _require(kubectl)

    async def act(item: Found) -> None:
        if item.resource is not DEPLOYMENTS:
            raise error(f'no history viewer has been implemented for "{item.resource.kind}"')
        revisions = await _revisions(kubectl, item)
        wanted = kubectl.flags["revision"]
        if wanted:
            if wanted not in revisions:
                raise error("unable to find the specified revision")
            kubectl.out(f"{item.printed} with revision #{wanted}\n{_template_text(kubectl, revisions[wanted])}\n")
            return
        writer = describe_writer()
        writer.write("REVISION\tCHANGE-CAUSE\n")
        for revision, one in revisions.items():
            writer.write(f"{revision}\t{annotations_of(one).get(CAUSE) or '<none>'}\n")
        kubectl.out(f"{item.printed} \n{writer.flush()}\n")

    return await for_each(kubectl, act)


def _template_text(kubectl: Kubectl, replica_set: Document) -> str:
    paper = Paper(kubectl.process.wall_ns(), columns=False)
    template = dict(replica_set["spec"]["template"])
    cause = annotations_of(replica_set).get(CAUSE)
    if cause:
        metadata = dict(template.get("metadata") or {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), CAUSE: cause}
        template["metadata"] = metadata
    describe_template(paper, template)
    return paper.text()


async def undo(kubectl: Kubectl) -> int:
    _require(kubectl)
    teller = Teller(kubectl)

    async def act(item: Found) -> None:
        if item.resource is not DEPLOYMENTS:
            raise error(f'no rollbacker has been implemented for "{item.resource.kind}"')
        if dig(item.object, "spec", "paused"):
            raise error("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and "
                        "try again")
        revisions = await _revisions(kubectl, item)
        wanted = kubectl.flags["to-revision"]
        chosen = _chosen(revisions, wanted, item)
        template = _without_hash(revisions[chosen]["spec"]["template"])
        if template == _without_hash(item.object["spec"]["template"]):
            teller.tell(item.printed, f"skipped rollback (current template already matches revision {chosen})",
                        item.object)
            return
        patch = [{"op": "replace", "path": "/spec/template", "value": template}]
        teller.tell(item.printed, "rolled back", await patched(teller, item, patch, kind="json"))

    return await for_each(kubectl, act)


def _chosen(revisions: dict[int, Document], wanted: int, item: Found) -> int:
    if wanted:
        if wanted not in revisions:
            raise error(f"unable to find specified revision {wanted} in history")
        return wanted
    numbers = list(revisions)
    if len(numbers) < 2:
        raise error(f'no rollout history found for deployment "{item.name}"')
    return numbers[-2]


def _without_hash(template: Document) -> Document:
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH}
    return {**template, "metadata": {**metadata, "labels": labels}}


# -- restart, pause, resume


async def restart(kubectl: Kubectl) -> int:
    _require(kubectl)
    teller = Teller(kubectl)

    async def act(item: Found) -> None:
        _check_kind(item, "restarting")
        if dig(item.object, "spec", "paused"):
            raise error(f"{_resource(item)} can't restart paused deployment (run rollout resume first)")
        now = kubectl.process.timestamp()
        patch = {"spec": {"template": {"metadata": {"annotations": {RESTARTED: now}}}}}
        obj = await patched(teller, item, patch, manager="kubectl-rollout")
        teller.tell(item.printed, "restarted", obj)

    return await for_each_of_type(kubectl, act)


def _pauser(word: str, paused: bool) -> Run:
    async def run(kubectl: Kubectl) -> int:
        _require(kubectl)
        teller = Teller(kubectl)

        async def act(item: Found) -> None:
            _check_kind(item, "pausing" if paused else "resuming")
            if bool(dig(item.object, "spec", "paused")) == paused:
                raise error(f"{_resource(item)} is {'already' if paused else 'not'} paused")
            patch = {"spec": {"paused": True if paused else None}}
            obj = await patched(teller, item, patch, manager="kubectl-rollout")
            teller.tell(item.printed, word, obj)

        return await for_each_of_type(kubectl, act)

    return run


async def for_each_of_type(kubectl: Kubectl, act: Act) -> int:
    """A type alone means all of it."""
    words = kubectl.arguments
    if len(words) == 1 and "/" not in words[0] and not kubectl.flags["selector"]:
        items = await kubectl.api.items(*_everything(kubectl, words[0]))
        words = [f"{words[0]}/{item['metadata']['name']}" for item in items]
        if not words:
            raise error("no objects passed to rollout")
    return await for_each(kubectl, act, words)


def _everything(kubectl: Kubectl, word: str) -> tuple[Resource, str]:
    resource = resource_of(word)
    return resource, kubectl.namespace if resource.namespaced else ""


def _check_kind(item: Found, doing: str) -> None:
    if item.resource is not DEPLOYMENTS:
        raise error(f"{_resource(item)} {doing} is not supported")


def _resource(item: Found) -> str:
    return f'{item.resource.group_resource} "{item.name}"'


_FLAGS = (*manifests.FILES, SELECTOR, formats.OUTPUT, dryrun.FLAG)
_USAGE = "(TYPE NAME | TYPE/NAME) [flags]"


def _verb(word: str, summary: str, run: Run, *flags: Flag, writes: bool = False) -> Verb:
    return Verb(f"rollout {word}", summary, _USAGE, run, (*_FLAGS, *flags), writes=writes, completes="resource")


_REVISION = Flag("revision", 0, "The revision to look at.", "int")
ROLLOUT = Verb(
    "rollout", "Manage the rollout of one or many resources", "SUBCOMMAND",
    examples="""
# Rollback to the previous deployment
kubectl rollout undo deployment/abc

# Check the rollout status of a deployment
kubectl rollout status deployment/foo
""",
    verbs=(
        _verb("history", "View rollout history", history, _REVISION),
        _verb("pause", "Mark the provided resource as paused", _pauser("paused", True), writes=True),
        _verb("restart", "Restart a resource", restart, writes=True),
        _verb("resume", "Resume a paused resource", _pauser("resumed", False), writes=True),
        _verb("status", "Show the status of the rollout", status, _REVISION,
              Flag("watch", True, "Watch the status of the rollout until it's done.", "bool", "w"),
              Flag("timeout", 0, "The length of time to wait before ending watch.", "duration")),
        _verb("undo", "Undo a previous rollout", undo,
              Flag("to-revision", 0, "The revision to rollback to. Default to 0 (last revision).", "int"), writes=True),
    ),
)
