"""``kubectl exec``"""

from __future__ import annotations

from orrery.machinery.resources import PODS
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl.errors import Exit, Failure, error, usage
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb
from orrery.theatre.terminal.kubectl.verbs.logs import default_container, pod_of

STDOUT, STDERR, END = 1, 2, 3


async def run(kubectl: Kubectl) -> int:
    flags, words = kubectl.flags, kubectl.arguments
    if not words:
        raise error("pod, type/name or --filename must be specified")
    if flags.dash_at < 0 and len(words) > 1:
        raise usage("exec", "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
    command = words[1:]
    if not command:
        raise error("you must specify at least one command for the container")
    pod = await pod_of(kubectl, words[0])
    name = pod["metadata"]["name"]
    phase = (pod.get("status") or {}).get("phase", "")
    if phase in ("Succeeded", "Failed"):
        raise error(f"cannot exec into a container in a completed pod; current phase is {phase}")
    container = flags["container"] or default_container(kubectl, pod)
    path = PODS.path(pod["metadata"]["namespace"], name, "exec")
    query = {"container": container, "stdout": "true", "stderr": "true"}
    try:
        return await _run(kubectl, path, query, command)
    except StatusError as problem:
        if problem.reason != "InternalError":
            raise
        raise Failure(f"error: {problem.message}") from None


async def _run(kubectl: Kubectl, path: str, query: dict[str, str], command: list[str]) -> int:
    async with kubectl.api.stream("POST", path, query, {"command": command}) as items:
        async for item in items:
            if item["channel"] == STDOUT:
                kubectl.out(item["data"])
            elif item["channel"] == STDERR:
                kubectl.err(item["data"])
            else:
                return _ended(kubectl, item["data"])
    raise error("Internal error occurred: the command's connection was lost")


def _ended(kubectl: Kubectl, status: dict[str, object]) -> int:
    if status.get("status") == "Success":
        return 0
    details = status.get("details")
    causes = details.get("causes", ()) if isinstance(details, dict) else ()
    code = next((int(cause["message"]) for cause in causes if cause.get("reason") == "ExitCode"), 1)
    kubectl.err(f"command terminated with exit code {code}\n")
    raise Exit(code)


VERB = Verb(
    "exec", "Execute a command in a container", "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]", run,
    writes=True, completes="pod",
    flags=(
        Flag("container", "", "Container name.", short="c"),
        Flag("stdin", False, "Pass stdin to the container.", "bool", "i"),
        Flag("tty", False, "Stdin is a TTY.", "bool", "t"),
        Flag("quiet", False, "Only print output from the remote session.", "bool", "q"),
    ),
    examples="""
# Get output from running the 'date' command from pod mypod, using the first container by default
kubectl exec mypod -- date

# Ask a member of etcd how it is
kubectl exec -n kube-system etcd-cp-1 -- etcdctl endpoint health
""",
)
