"""``kubectl logs``"""

from __future__ import annotations

from typing import Any

from orrery.client.api import failure
from orrery.machinery import selectors
from orrery.machinery.objects import dig, pod_is_ready
from orrery.machinery.resources import DEPLOYMENTS, PODS, REPLICASETS, SERVICES
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl.errors import error, usage
from orrery.theatre.terminal.kubectl.finding import SELECTOR
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import Wanted, wanted
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]

_USAGE = (
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command"
)
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


async def run(kubectl: Kubectl) -> int:
    flags, words = kubectl.flags, kubectl.arguments
    if not words and not flags["selector"]:
        raise usage("logs", _USAGE)
    if words and flags["selector"]:
        raise usage("logs", "only a selector (-l) or a POD name is allowed")
    if flags["selector"]:
        pods = await kubectl.api.items(PODS, kubectl.namespace, labels=flags["selector"])
        if not pods:
            kubectl.err(f"No resources found in {kubectl.namespace} namespace.\n")
            return 0
    else:
        try:
            pods = [await pod_of(kubectl, words[0])]
        except StatusError as problem:
            what = f"error from server ({problem.reason}): {problem.message}"
            raise error(f'{what} in namespace "{kubectl.namespace}"') from None
    container = flags["container"] or (words[1] if len(words) > 1 else "")
    for pod in pods if container else ():
        _check(pod, container)
    query = _query(kubectl, by_selector=bool(flags["selector"]))
    for pod in pods:
        for name in _containers(kubectl, pod, container):
            await _print(kubectl, pod, name, query)
    return 0


async def pod_of(kubectl: Kubectl, word: str) -> Document:
    """The Pod that POD or TYPE/NAME means. Failure, StatusError."""
    thing = wanted([word])[0] if "/" in word else Wanted(PODS, word)
    resource, name = thing
    if resource is PODS:
        return await kubectl.api.get(PODS, name, kubectl.namespace)
    owner = await kubectl.api.get(resource, name, kubectl.namespace if resource.namespaced else "")
    if resource not in (DEPLOYMENTS, REPLICASETS, SERVICES):
        raise error(f"cannot get the logs from {resource.group_kind}: selector for {resource.group_kind} not "
                    "implemented")
    selector = dig(owner, "spec", "selector", default={})
    text = str(selectors.from_labels(selector) if resource is SERVICES else selectors.from_object(selector))
    pods = await kubectl.api.items(PODS, kubectl.namespace, labels=text)
    if not pods:
        raise error("timed out waiting for the condition")
    pods.sort(key=lambda pod: (not pod_is_ready(pod), pod["metadata"].get("creationTimestamp", "")))
    if len(pods) > 1:
        kubectl.err(f"Found {len(pods)} pods, using pod/{pods[0]['metadata']['name']}\n")
    return pods[0]


def default_container(kubectl: Kubectl, pod: Document) -> str:
    """The first container, or the one that an annotation names; said where there are several."""
    names = [str(one["name"]) for one in dig(pod, "spec", "containers", default=())]
    every = names + [str(one["name"]) + " (init)" for one in dig(pod, "spec", "initContainers", default=())]
    chosen = (pod["metadata"].get("annotations") or {}).get(DEFAULT_CONTAINER)
    name = chosen if chosen in names else names[0]
    if len(every) > 1 and chosen not in names:
        kubectl.err(f'Defaulted container "{name}" out of: {", ".join(every)}\n')
    return str(name)


def _containers(kubectl: Kubectl, pod: Document, container: str) -> list[str]:
    if kubectl.flags["all-containers"]:
        kinds = ("initContainers", "containers")
        return [str(one["name"]) for kind in kinds for one in dig(pod, "spec", kind, default=())]
    return [container or default_container(kubectl, pod)]


def _check(pod: Document, container: str) -> None:
    names = [
        str(one["name"]) for kind in ("initContainers", "containers") for one in dig(pod, "spec", kind, default=())
    ]
    if container not in names:
        name = pod["metadata"]["name"]
        raise error(f"container {container} is not valid for pod {name} out of: {', '.join(names)}")


def _query(kubectl: Kubectl, *, by_selector: bool) -> dict[str, str]:
    flags = kubectl.flags
    query: dict[str, str] = {}
    if flags["since"]:
        query["sinceSeconds"] = str(max(1, -(-flags["since"] // 10**9)))
    tail = flags["tail"] if flags.given("tail") else 10 if by_selector else -1
    if tail >= 0:
        query["tailLines"] = str(tail)
    if flags["limit-bytes"]:
        query["limitBytes"] = str(flags["limit-bytes"])
    for name in ("previous", "timestamps", "follow"):
        if flags[name]:
            query[name] = "true"
    return query


async def _print(kubectl: Kubectl, pod: Document, container: str, query: dict[str, str]) -> None:
    name = pod["metadata"]["name"]
    path, asked = PODS.path(kubectl.namespace, name, "log"), {"container": container, **query}
    prefix = f"[pod/{name}/{container}] " if kubectl.flags["prefix"] else ""
    if "follow" in query:
        async with kubectl.api.stream("GET", path, asked) as texts:
            async for text in texts:
                kubectl.out(_prefixed(str(text), prefix))
        return
    answer = await kubectl.api.send("GET", path, asked, accept="application/json, */*")
    if not answer.ok:
        raise failure(answer)
    kubectl.out(_prefixed(str(answer.body or ""), prefix))


def _prefixed(text: str, prefix: str) -> str:
    return "".join(f"{prefix}{line}\n" for line in text.splitlines()) if prefix else text


VERB = Verb(
    "logs", "Print the logs for a container in a pod", "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]", run,
    completes="pod",
    flags=(
        SELECTOR,
        Flag("follow", False, "Specify if the logs should be streamed.", "bool", "f"),
        Flag("previous", False, "If true, print the logs for the previous instance of the container.", "bool", "p"),
        Flag("container", "", "Print the logs of this container", short="c"),
        Flag("tail", -1, "Lines of recent log file to display.", "int"),
        Flag("since", 0, "Only return logs newer than a relative duration like 5s, 2m, or 3h.", "duration"),
        Flag("timestamps", False, "Include timestamps on each line in the log output.", "bool"),
        Flag("limit-bytes", 0, "Maximum bytes of logs to return.", "int"),
        Flag("all-containers", False, "Get all containers' logs in the pod(s).", "bool"),
        Flag("prefix", False, "Prefix each log line with the log source (pod name and container name).", "bool"),
    ),
    examples="""
# Return snapshot logs from pod nginx with only one container
kubectl logs nginx

# Begin streaming the logs of the ruby container in pod web-1
kubectl logs -f -c ruby web-1
""",
)
