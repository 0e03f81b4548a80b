"""What is asked about the cluster and the client themselves: ``cluster-info``, ``version``, ``config``, ``top``,
``options``, and the commands that this terminal cannot carry out."""

from __future__ import annotations

import json
from typing import Any

from orrery.machinery.resources import SERVICES
from orrery.theatre.terminal.kubectl import config as kubeconfig
from orrery.theatre.terminal.kubectl.errors import Several, error, usage
from orrery.theatre.terminal.kubectl.finding import FINDING, find
from orrery.theatre.terminal.kubectl.flags import GLOBAL, Flag, described
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.output.yaml_text import dump_yaml
from orrery.theatre.terminal.kubectl.tabwriter import table_writer
from orrery.theatre.terminal.kubectl.verb import Kubectl, Run, Verb

KUSTOMIZE = "v5.8.1"
CLIENT: dict[str, str] = {
    "major": "1", "minor": "37", "gitVersion": "v1.37.0", "gitCommit": "", "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z", "goVersion": "", "compiler": "orrery", "platform": "linux/amd64",
}
_GREEN, _YELLOW, _OFF = "\x1b[0;32m", "\x1b[0;33m", "\x1b[0m"


async def cluster_info(kubectl: Kubectl) -> int:
    services = await kubectl.api.items(SERVICES, "kube-system", labels="kubernetes.io/cluster-service=true")
    host, port = kubectl.api.access.server
    looks = kubectl.invocation.is_terminal
    green, yellow, off = (_GREEN, _YELLOW, _OFF) if looks else ("", "", "")
    address = f"https://{host}:{port}"
    kubectl.line(f"{green}Kubernetes control plane{off} is running at {yellow}{address}{off}")
    for service in services:
        metadata = service["metadata"]
        name = (metadata.get("labels") or {}).get("kubernetes.io/name", metadata["name"])
        path = f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}/proxy"
        kubectl.line(f"{green}{name}{off} is running at {yellow}{address}{path}{off}")
    kubectl.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
    return 0


async def version(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    if flags["output"] not in ("", "json", "yaml"):
        raise error("--output must be 'yaml' or 'json'")
    told: dict[str, Any] = {"clientVersion": CLIENT, "kustomizeVersion": KUSTOMIZE}
    if not flags["client"]:
        told["serverVersion"] = await kubectl.api.ask("GET", "/version")
    if flags["output"] == "json":
        kubectl.out(json.dumps(told, indent=2) + "\n")
    elif flags["output"] == "yaml":
        kubectl.out(dump_yaml(told) + "\n")
    else:
        kubectl.line(f"Client Version: {CLIENT['gitVersion']}")
        kubectl.line(f"Kustomize Version: {KUSTOMIZE}")
        if "serverVersion" in told:
            kubectl.line(f"Server Version: {told['serverVersion']['gitVersion']}")
    return 0


# -- config


async def view(kubectl: Kubectl) -> int:
    document = kubectl.config if kubectl.flags["raw"] else kubeconfig.redacted(kubectl.config)
    printer = formats.printer(kubectl.flags, allowed=formats.FOR_CHANGES)
    kubectl.out(dump_yaml(document) if printer is None else printer(document))
    return 0


async def current_context(kubectl: Kubectl) -> int:
    name = kubectl.config.get("current-context")
    if not name:
        raise error("current-context is not set")
    kubectl.line(str(name))
    return 0


async def get_contexts(kubectl: Kubectl) -> int:
    current = kubectl.config.get("current-context")
    contexts = kubectl.config.get("contexts") or []
    if kubectl.flags["output"] == "name":
        for entry in contexts:
            kubectl.line(entry["name"])
        return 0
    wanted = kubectl.arguments
    for name in wanted:
        if all(entry["name"] != name for entry in contexts):
            raise error(f"context {name} not found")
    writer = table_writer()
    if not kubectl.flags["no-headers"]:
        writer.write("CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n")
    for entry in contexts:
        if wanted and entry["name"] not in wanted:
            continue
        mark, context = "*" if entry["name"] == current else "", entry["context"]
        cells = (mark, entry["name"], context.get("cluster", ""), context.get("user", ""), context.get("namespace", ""))
        writer.write("\t".join(cells) + "\n")
    kubectl.out(writer.flush())
    return 0


def _names(field: str) -> Run:
    async def run(kubectl: Kubectl) -> int:
        kubectl.line("NAME")
        for entry in kubectl.config.get(field) or ():
            kubectl.line(entry["name"])
        return 0

    return run


async def use_context(kubectl: Kubectl) -> int:
    if len(kubectl.arguments) != 1:
        raise usage("config use-context", f"Unexpected args: [{' '.join(kubectl.arguments)}]")
    name = kubectl.arguments[0]
    if kubeconfig.named(kubectl.config, "contexts", "context", name) is None:
        raise error(f'no context exists with the name: "{name}"')
    _save(kubectl, {**kubectl.config, "current-context": name})
    kubectl.line(f'Switched to context "{name}".')
    return 0


async def set_context(kubectl: Kubectl) -> int:
    flags = kubectl.flags
    name = kubectl.config.get("current-context") if flags["current"] else "".join(kubectl.arguments[:1])
    if not name:
        raise error("you must specify a non-empty context name or --current")
    contexts = list(kubectl.config.get("contexts") or ())
    known = next((entry for entry in contexts if entry["name"] == name), None)
    context = dict(known["context"]) if known else {}
    context |= {field: flags[field] for field in ("cluster", "user", "namespace") if flags.given(field)}
    context = {field: value for field, value in context.items() if value}
    entry = {"context": context, "name": name}
    contexts = [entry if one is known else one for one in contexts] if known else [*contexts, entry]
    _save(kubectl, {**kubectl.config, "contexts": contexts})
    kubectl.line(f'Context "{name}" {"modified" if known else "created"}.')
    return 0


def _save(kubectl: Kubectl, document: dict[str, Any]) -> None:
    kubectl.process.disk.write(kubeconfig.PATH, dump_yaml(document).encode())


# -- what there is not


async def top(kubectl: Kubectl) -> int:
    answer = await kubectl.api.send("GET", "/apis/metrics.k8s.io")
    raise error("Metrics API not available" if not answer.ok else "this terminal cannot read metrics")


async def edit(kubectl: Kubectl) -> int:
    _, errors = await find(kubectl)
    if errors:
        raise Several(errors)
    raise error('unable to launch the editor "vi": this terminal has none; change a file and apply it, or use the '
                "objects' own page")


async def options(kubectl: Kubectl) -> int:
    kubectl.out("The following options can be passed to any command:\n\n" + described(GLOBAL) + "\n")
    return 0


async def _impossible(kubectl: Kubectl) -> int:
    raise error(f"{kubectl.verb.name} needs a terminal or a port of this machine, and the simulation has none")


CLUSTER_INFO = Verb("cluster-info", "Display cluster information", "", cluster_info)
VERSION = Verb(
    "version", "Print the client and server version information", "[flags]", version,
    (Flag("client", False, "If true, shows client version only (no server required).", "bool"),
     Flag("output", "", "One of 'yaml' or 'json'.", short="o")),
)
CONFIG = Verb(
    "config", "Modify kubeconfig files", "SUBCOMMAND",
    verbs=(
        Verb("config current-context", "Display the current-context", "[flags]", current_context),
        Verb("config get-clusters", "Display clusters defined in the kubeconfig", "[flags]", _names("clusters")),
        Verb("config get-contexts", "Describe one or many contexts", "[(-o|--output=)name)]", get_contexts,
             (formats.OUTPUT, Flag("no-headers", False, "Don't print headers.", "bool"))),
        Verb("config get-users", "Display users defined in the kubeconfig", "[flags]", _names("users")),
        Verb("config set-context", "Set a context entry in kubeconfig",
             "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]",
             set_context, (Flag("current", False, "Modify the current context", "bool"),)),
        Verb("config use-context", "Set the current-context in a kubeconfig file", "CONTEXT_NAME", use_context,
             aliases=("use",)),
        Verb("config view", "Display merged kubeconfig settings or a specified kubeconfig file", "[flags]", view,
             (formats.OUTPUT, Flag("raw", False, "Display raw byte data", "bool"),
              Flag("minify", False, "Remove all information not used by current-context.", "bool"),
              Flag("flatten", False, "Flatten the resulting kubeconfig file.", "bool"))),
    ),
)
TOP = Verb(
    "top", "Display resource (CPU/memory) usage", "[flags]",
    verbs=(
        Verb("top node", "Display resource (CPU/memory) usage of nodes", "[NAME | -l label]", top, FINDING,
             aliases=("nodes", "no"), completes="node"),
        Verb("top pod", "Display resource (CPU/memory) usage of pods", "[NAME | -l label]", top, FINDING,
             aliases=("pods", "po"), completes="pod"),
    ),
)
EDIT = Verb("edit", "Edit a resource on the server", "(RESOURCE/NAME | -f FILENAME)", edit,
            (*FINDING, formats.OUTPUT), completes="resource")
OPTIONS = Verb("options", "Print the list of flags inherited by all commands", "[flags]", options)
ATTACH = Verb("attach", "Attach to a running container", "(POD | TYPE/NAME) -c CONTAINER", _impossible,
              completes="pod")
PORT_FORWARD = Verb("port-forward", "Forward one or more local ports to a pod",
                    "TYPE/NAME [LOCAL_PORT:]REMOTE_PORT", _impossible, completes="pod")
CP = Verb("cp", "Copy files and directories to and from containers", "<file-spec-src> <file-spec-dest>", _impossible)
