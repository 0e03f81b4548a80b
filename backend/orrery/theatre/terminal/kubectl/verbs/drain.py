"""``kubectl drain``: no new Pods on a node, and its Pods evicted."""

from __future__ import annotations

from typing import Any

from orrery.kernel import SECOND, TimeoutExpired, sleep
from orrery.machinery.objects import annotations_of, controller_of, dig, pod_phase
from orrery.machinery.resources import PODS
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import dryrun
from orrery.theatre.terminal.kubectl.acting import Teller
from orrery.theatre.terminal.kubectl.errors import Failure, Several, error, usage
from orrery.theatre.terminal.kubectl.finding import SELECTOR, Found, find
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb
from orrery.theatre.terminal.kubectl.verbs.delete import WEEK_NS
from orrery.theatre.terminal.kubectl.verbs.nodes import cordon, node_words

Document = dict[str, Any]

MIRROR = "kubernetes.io/config.mirror"
_DAEMON = "ignoring DaemonSet-managed Pods"


async def run(kubectl: Kubectl) -> int:
    if not kubectl.arguments and not kubectl.flags["selector"]:
        raise usage("drain", "USAGE: drain NODE [flags]")
    teller = Teller(kubectl)
    found, errors = await find(kubectl, node_words(kubectl))
    if errors:
        raise Several(errors)
    for item in found:
        await cordon(teller, item, True)
    failed: list[str] = []
    problems: list[str] = []
    for item in found:
        try:
            await _drain(teller, item)
        except (Failure, StatusError) as problem:
            text = problem.text if isinstance(problem, Failure) else str(problem)
            kubectl.err(f'error: unable to drain node "{item.name}" due to error: {text}, continuing command...\n')
            failed.append(item.name)
            problems.append(text)
        else:
            kubectl.line(f"{item.printed} drained{dryrun.SUFFIX[teller.dry]}")
    if failed:
        kubectl.err("There are pending nodes to be drained:\n" + "".join(f" {name}\n" for name in failed))
        raise Failure("\n".join(f"error: {text}" if len(problems) > 1 else text for text in problems))
    return 0


async def _drain(teller: Teller, item: Found) -> None:
    kubectl = teller.kubectl
    pods = await kubectl.api.items(
        PODS, "", fields=f"spec.nodeName={item.name}", labels=kubectl.flags["pod-selector"]
    )
    chosen, warnings = _chosen(kubectl, pods)
    if warnings:
        kubectl.warn("; ".join(warnings))
    end_ns = kubectl.process.now_ns + (kubectl.flags["timeout"] or WEEK_NS)
    for pod in chosen:
        name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        kubectl.line(f"evicting pod {name}{dryrun.SUFFIX[teller.dry]}")
    if teller.dry != "none":
        return
    try:
        with kubectl.process.timeout(max(1, end_ns - kubectl.process.now_ns)):
            for pod in chosen:
                await _evict(kubectl, pod)
            for pod in chosen:
                await _gone(kubectl, pod)
                kubectl.line(f"pod/{pod['metadata']['name']} evicted")
    except TimeoutExpired:
        seconds = kubectl.flags["timeout"] // SECOND
        raise error(f"global timeout reached: {seconds}s") from None


def _chosen(kubectl: Kubectl, pods: list[Document]) -> tuple[list[Document], list[str]]:
    """The Pods to evict, and the warnings about the others. Failure where one may not be evicted."""
    flags = kubectl.flags
    chosen: list[Document] = []
    warned: dict[str, list[str]] = {}
    refused: dict[str, list[str]] = {}
    for pod in pods:
        name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        if MIRROR in annotations_of(pod):
            continue
        owner = controller_of(pod)
        ended = pod_phase(pod) in ("Succeeded", "Failed")
        if owner is not None and owner["kind"] == "DaemonSet" and not ended:
            if flags["ignore-daemonsets"]:
                warned.setdefault(_DAEMON, []).append(name)
            else:
                refused.setdefault("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)",
                                   []).append(name)
            continue
        local = any(volume.get("emptyDir") is not None for volume in dig(pod, "spec", "volumes", default=()))
        if local and not ended and not flags["delete-emptydir-data"]:
            refused.setdefault("cannot delete Pods with local storage (use --delete-emptydir-data to override)",
                               []).append(name)
        if owner is None and not ended:
            if flags["force"]:
                warned.setdefault("deleting Pods that declare no controller", []).append(name)
            else:
                refused.setdefault("cannot delete Pods that declare no controller (use --force to override)",
                                   []).append(name)
        chosen.append(pod)
    if refused:
        whys = [f"{why}: {', '.join(names)}" for why, names in refused.items()]
        raise Failure(whys[0] if len(whys) == 1 else f"[{', '.join(whys)}]")
    return chosen, [f"{why}: {', '.join(names)}" for why, names in warned.items()]


async def _evict(kubectl: Kubectl, pod: Document) -> None:
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    options: Document = {}
    if kubectl.flags["grace-period"] >= 0:
        options["gracePeriodSeconds"] = kubectl.flags["grace-period"]
    eviction = {
        "apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace},
        "deleteOptions": options,
    }
    while True:
        try:
            await kubectl.api.ask("POST", PODS.path(namespace, name, "eviction"), None, eviction)
            return
        except StatusError as problem:
            if problem.code == 404:
                return
            if problem.code != 429:
                raise
            kubectl.err(f"error when evicting pods/\"{name}\" -n \"{namespace}\" (will retry after 5s): {problem}\n")
            await sleep(5 * SECOND)


async def _gone(kubectl: Kubectl, pod: Document) -> None:
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    while True:
        found = await kubectl.api.find(PODS, name, namespace)
        if found is None or found["metadata"]["uid"] != pod["metadata"]["uid"]:
            return
        await sleep(SECOND)


VERB = Verb(
    "drain", "Drain node in preparation for maintenance", "NODE", run, writes=True, completes="node",
    flags=(
        SELECTOR, dryrun.FLAG, Flag("output", "", "Output format.", short="o"),
        Flag("force", False, "Continue even if there are pods that do not declare a controller.", "bool"),
        Flag("ignore-daemonsets", False, "Ignore DaemonSet-managed pods.", "bool"),
        Flag("delete-emptydir-data", False, "Continue even if there are pods using emptyDir.", "bool"),
        Flag("grace-period", -1, "Period of time in seconds given to each pod to terminate gracefully.", "int"),
        Flag("timeout", 0, "The length of time to wait before giving up, zero means infinite.", "duration"),
        Flag("pod-selector", "", "Label selector to filter pods on the node."),
        Flag("disable-eviction", False, "Force drain to use delete, even if eviction is supported.", "bool"),
    ),
    examples="""
# Drain node "foo", even if there are pods not managed by a controller on it
kubectl drain foo --force
""",
)
