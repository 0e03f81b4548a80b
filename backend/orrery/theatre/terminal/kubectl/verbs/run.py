"""``kubectl run``: one Pod."""

from __future__ import annotations

from typing import Any

from orrery.machinery.resources import PODS
from orrery.theatre.terminal.kubectl import dryrun
from orrery.theatre.terminal.kubectl.errors import error, usage
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb
from orrery.theatre.terminal.kubectl.verbs.generators import make_it, require

Document = dict[str, Any]


async def run(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    require(kubectl, "image")
    words = kubectl.arguments
    if not words:
        raise usage("run", "NAME is required for run")
    if flags["stdin"] or flags["tty"]:
        raise error("this terminal cannot be attached to a container: leave out --stdin and --tty")
    if flags["restart"] not in ("Always", "OnFailure", "Never"):
        raise error(f"invalid restart policy: {flags['restart']}")
    name = words[0]
    container: Document = {"image": flags["image"], "name": name, "resources": {}}
    if words[1:]:
        container["command" if flags["command"] else "args"] = words[1:]
    if flags["env"]:
        container["env"] = [_variable(text) for text in flags["env"]]
    if flags["port"]:
        container["ports"] = [{"containerPort": int(flags["port"])}]
    labels = dict(pair.partition("=")[::2] for pair in flags["labels"].split(",")) if flags["labels"] else {"run": name}
    metadata: Document = {"labels": labels, "name": name}
    if flags["annotations"]:
        metadata["annotations"] = dict(pair.partition("=")[::2] for pair in flags["annotations"])
    pod = {
        "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
        "spec": {"containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": flags["restart"]},
        "status": {},
    }
    return await make_it(kubectl, PODS, pod)


def _variable(text: str) -> Document:
    name, equals, value = text.partition("=")
    if not equals:
        raise error(f"invalid env: {text}")
    return {"name": name, "value": value} if value else {"name": name}


VERB = Verb(
    "run", "Run a particular image on the cluster",
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] '
    "[--command] -- [COMMAND] [args...]",
    run, writes=True,
    flags=(
        formats.OUTPUT, dryrun.FLAG,
        Flag("image", "", "The image for the container to run."),
        Flag("port", "", "The port that this container exposes."),
        Flag("env", (), "Environment variables to set in the container.", "array"),
        Flag("labels", "", "Comma separated labels to apply to the pod.", short="l"),
        Flag("annotations", (), "Annotations to apply to the pod.", "array"),
        Flag("restart", "Always", "The restart policy for this Pod: Always, OnFailure, Never."),
        Flag("command", False, "Use the arguments as the command rather than as its arguments.", "bool"),
        Flag("save-config", False, "Save the configuration in an annotation.", "bool"),
        Flag("stdin", False, "Keep stdin open on the container in the pod.", "bool", "i"),
        Flag("tty", False, "Allocate a TTY for the container in the pod.", "bool", "t"),
    ),
    examples="""
# Start a nginx pod
kubectl run nginx --image=nginx

# Dry run; print the corresponding API objects without creating them
kubectl run nginx --image=nginx --dry-run=client -o yaml
""",
)
