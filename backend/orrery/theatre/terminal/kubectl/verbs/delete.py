"""``kubectl delete``: begins every deletion, then waits until the objects are gone."""

from __future__ import annotations

from typing import Any

from orrery.kernel import SECOND, TimeoutExpired
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import dryrun
from orrery.theatre.terminal.kubectl.errors import Failure, Several, error, with_source
from orrery.theatre.terminal.kubectl.finding import FINDING, Found, find
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]

WEEK_NS = 7 * 24 * 3600 * SECOND
_IMMEDIATE = (
    "Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may "
    "continue to run on the cluster indefinitely."
)


async def run(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if flags["raw"]:
        answer = await kubectl.api.ask("DELETE", flags["raw"])
        kubectl.out(str(answer))
        return 0
    grace_s = _grace_s(kubectl)
    if flags["output"] not in ("", "name"):
        raise error("unexpected -o output mode: " + flags["output"] + ". We only support '-o name'")
    dry = dryrun.strategy(kubectl)
    found, errors = await find(kubectl, fetch=False, named=True)
    if not found and not errors:
        kubectl.out("No resources found\n")
        return 0
    gone: list[tuple[Found, str]] = []
    for item in found:
        try:
            uid = await _delete(kubectl, item, dry, grace_s)
        except StatusError as problem:
            if not (problem.code == 404 and flags["ignore-not-found"]):
                errors.append(with_source(problem, "deleting", item.source) if item.source else problem)
            continue
        _tell(kubectl, item, dry, grace_s)
        gone.append((item, uid))
    if flags["wait"] and dry == "none":
        await wait_gone(kubectl, gone, flags["timeout"] or WEEK_NS)
    if errors:
        raise Several(errors)
    return 0


def _grace_s(kubectl: Kubectl) -> int:
    """What ``--grace-period``, ``--now`` and ``--force`` come to; -1: the object's own."""
    flags = kubectl.flags
    grace_s = int(flags["grace-period"])
    if flags["now"]:
        if grace_s != -1:
            raise error("--now and --grace-period cannot be specified together")
        grace_s = 1
    if flags["force"]:
        if grace_s > 0:
            raise error("--force and --grace-period greater than 0 cannot be specified together")
        grace_s = 0
        kubectl.warn(_IMMEDIATE)
    elif grace_s == 0:  # without --force a zero is one second, and the deletion is waited for
        grace_s = 1
        if not flags["force"]:
            grace_s = 1
    return grace_s


async def _delete(kubectl: Kubectl, item: Found, dry: str, grace_s: int) -> str:
    """Begins the deletion; gives the object's uid where the server told it."""
    options: Document = {"kind": "DeleteOptions", "apiVersion": "v1"}
    cascade = str(kubectl.flags["cascade"])
    policies = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan", "true": "Background",
                "false": "Orphan"}
    if cascade not in policies:
        raise error(f'invalid cascade value ({cascade}). Must be "background", "foreground", or "orphan".')
    options["propagationPolicy"] = policies[cascade]
    if grace_s >= 0:
        options["gracePeriodSeconds"] = grace_s
    if dry == "server":
        options["dryRun"] = ["All"]
    if dry == "client":
        await kubectl.api.get(item.resource, item.name, item.namespace)
        return ""
    path = item.resource.path(item.namespace, item.name)
    answer = await kubectl.api.ask("DELETE", path, dryrun.query(dry), options)
    if answer.get("kind") == "Status":
        return str((answer.get("details") or {}).get("uid", ""))
    return str((answer.get("metadata") or {}).get("uid", ""))


def _tell(kubectl: Kubectl, item: Found, dry: str, grace_s: int) -> None:
    if kubectl.flags["output"] == "name":
        kubectl.line(item.printed)
        return
    verb = "force deleted" if grace_s == 0 else "deleted"
    where = f" from {item.namespace} namespace" if item.resource.namespaced else ""
    kubectl.line(f"{item.quoted} {verb}{dryrun.SUFFIX[dry]}{where}")


async def wait_gone(kubectl: Kubectl, items: list[tuple[Found, str]], timeout_ns: int) -> None:
    """Waits until no object of that name and uid is there. Failure when time is up."""
    end_ns = kubectl.process.now_ns + timeout_ns
    for item, uid in items:
        try:
            with kubectl.process.timeout(max(1, end_ns - kubectl.process.now_ns)):
                await _gone(kubectl, item, uid)
        except TimeoutExpired:
            raise Failure(f"error: timed out waiting for the condition on {item.resource.plural}/{item.name}") from None


async def _gone(kubectl: Kubectl, item: Found, uid: str) -> None:
    fields = f"metadata.name={item.name}"
    path = item.resource.path(item.namespace)
    while True:
        pages = await kubectl.api.pages(item.resource, item.namespace, fields=fields)
        items = [one for page in pages for one in page.get("items") or ()]
        if not items or (uid and items[0]["metadata"]["uid"] != uid):
            return
        uid = uid or items[0]["metadata"]["uid"]
        query = {"fieldSelector": fields, "resourceVersion": str(pages[-1]["metadata"]["resourceVersion"])}
        async with kubectl.api.watch(path, query) as changes:
            async for change in changes:
                if change.type == "DELETED":
                    return


VERB = Verb(
    "delete", "Delete resources by file names, stdin, resources and names, or by resources and label selector",
    "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])", run, writes=True, completes="resource",
    flags=(
        *FINDING, formats.OUTPUT, dryrun.FLAG,
        Flag("grace-period", -1, "Period of time in seconds given to the resource to terminate gracefully.", "int"),
        Flag("force", False, "If true, immediately remove resources from API and bypass graceful deletion.", "bool"),
        Flag("now", False, "If true, resources are signaled for immediate shutdown.", "bool"),
        Flag("wait", True, "If true, wait for resources to be gone before returning.", "bool"),
        Flag("timeout", 0, "The length of time to wait before giving up on a delete.", "duration"),
        Flag("cascade", "background", 'Must be "background", "orphan", or "foreground".', without="background"),
        Flag("ignore-not-found", False, 'Treat "resource not found" as a successful delete.', "bool"),
        Flag("raw", "", "Raw URI to DELETE to the server."),
    ),
    examples="""
# Delete a pod using the type and name specified in pod.json
kubectl delete -f ./pod.json

# Delete pods and services with label name=myLabel
kubectl delete pods,services -l name=myLabel

# Delete a pod with minimal delay
kubectl delete pod foo --now
""",
)
