"""``kubectl create KIND``: objects made of flags."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from orrery.machinery.resources import (
    CONFIGMAPS,
    DEPLOYMENTS,
    NAMESPACES,
    SECRETS,
    SERVICEACCOUNTS,
    SERVICES,
    Resource,
)
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl import dryrun
from orrery.theatre.terminal.kubectl.acting import Teller
from orrery.theatre.terminal.kubectl.errors import Failure, error, usage
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import printed_name
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Run, Verb
from orrery.theatre.terminal.kubectl.verbs.apply import with_last_applied

Document = dict[str, Any]
Make = Callable[[Kubectl, str], Document]

FIELD_MANAGER = "kubectl-create"


async def make_it(kubectl: Kubectl, resource: Resource, obj: Document, noun: str = "") -> int:
    """Sends an object made of flags, and says so. Failure."""
    teller = Teller(kubectl)
    if kubectl.flags.get("save-config"):
        obj = with_last_applied(obj)
    namespace = kubectl.namespace if resource.namespaced else ""
    if resource.namespaced and (teller.dry != "client" or kubectl.flags.given("namespace")):
        obj = {**obj, "metadata": {**obj["metadata"], "namespace": namespace}}
    if teller.dry != "client":
        query = {**teller.query, "fieldManager": FIELD_MANAGER}
        try:
            obj = await kubectl.api.create(resource, obj, namespace, query)
        except StatusError as problem:
            if not noun or problem.reason == "Invalid":
                raise
            raise Failure(f"error: failed to create {noun}: {problem.message}") from None
    teller.tell(printed_name(resource, obj["metadata"]["name"]), "created", obj)
    return 0


def _runner(resource: Resource, make: Make, command: str, noun: str = "") -> Run:
    async def run(kubectl: Kubectl) -> int:
        return await make_it(kubectl, resource, make(kubectl, _name(kubectl, command)), noun)

    return run


def require(kubectl: Kubectl, *names: str) -> None:
    """Failure where a flag that must be set is not."""
    missing = [name for name in names if not kubectl.flags.given(name)]
    if missing:
        quoted = ", ".join(f'"{name}"' for name in missing)
        raise error(f"required flag(s) {quoted} not set")


def _name(kubectl: Kubectl, command: str) -> str:
    words = kubectl.arguments
    if kubectl.flags.dash_at >= 0:
        words = words[:kubectl.flags.dash_at]
    if command == "create deployment":
        require(kubectl, "image")
    if len(words) != 1:
        raise usage(command, f"exactly one NAME is required, got {len(words)}")
    return words[0]


def _deployment(kubectl: Kubectl, name: str) -> Document:
    flags = kubectl.flags
    images, command = list(flags["image"]), kubectl.arguments[1:]
    if len(images) > 1 and command:
        raise error("cannot specify multiple --image options and command")
    containers = []
    for image in images:
        container: Document = {"image": image, "name": container_name(image), "resources": {}}
        if command:
            container["command"] = command
        if flags["port"] >= 0:
            container["ports"] = [{"containerPort": flags["port"]}]
        containers.append(container)
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"labels": labels, "name": name},
        "spec": {
            "replicas": flags["replicas"], "selector": {"matchLabels": labels}, "strategy": {},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
        "status": {},
    }


def container_name(image: str) -> str:
    """The last part of an image's name, without tag and digest."""
    last = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return re.sub(r"[^-a-z0-9]", "-", last.lower())


def _namespace(kubectl: Kubectl, name: str) -> Document:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {}, "status": {}}


def _service_account(kubectl: Kubectl, name: str) -> Document:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}


def _pairs(kubectl: Kubectl) -> dict[str, str]:
    """The data of ``--from-literal``, ``--from-file`` and ``--from-env-file``."""
    data: dict[str, str] = {}
    flags = kubectl.flags
    for literal in flags["from-literal"]:
        key, equals, value = literal.partition("=")
        if not equals or not key:
            raise error(f"invalid literal source {literal}, expected key=value")
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        data[_unused(data, key)] = value
    for source in flags["from-file"]:
        key, equals, path = source.partition("=")
        path = path if equals else key
        data[_unused(data, key if equals else path.rpartition("/")[2])] = _file(kubectl, path)
    for path in flags["from-env-file"]:
        for line in _file(kubectl, path).splitlines():
            key, equals, value = line.strip().partition("=")
            if key and not key.startswith("#") and equals:
                data[_unused(data, key)] = value
    return data


def _unused(data: dict[str, str], key: str) -> str:
    if key in data:
        raise error(f"cannot add key {key}, another key by that name already exists in Data for ConfigMap")
    return key


def _file(kubectl: Kubectl, path: str) -> str:
    text = kubectl.invocation.files.get(path.removeprefix("./"))
    if text is None:
        data = kubectl.process.disk.read(path)
        if data is None:
            raise error(f"error reading {path}: no such file or directory")
        text = data.decode(errors="replace")
    return text


def _config_map(kubectl: Kubectl, name: str) -> Document:
    data = _pairs(kubectl)
    made: Document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    return {**made, "data": data} if data else made


def _secret(kubectl: Kubectl, name: str) -> Document:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in _pairs(kubectl).items()}
    made: Document = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
    if kubectl.flags["type"]:
        made["type"] = kubectl.flags["type"]
    return {**made, "data": data} if data else made


def _service(kind: str) -> Make:
    def make(kubectl: Kubectl, name: str) -> Document:
        flags = kubectl.flags
        labels = {"app": name}
        spec: Document = {"type": kind, "selector": labels}
        if kind == "ExternalName":
            require(kubectl, "external-name")
            spec["externalName"] = flags["external-name"]
        ports = [_tcp(text) for text in flags["tcp"]]
        if not ports and kind not in ("ExternalName",) and flags.get("clusterip") != "None":
            raise error("at least one tcp port specifier must be provided")
        if flags.get("clusterip"):
            spec["clusterIP"] = flags["clusterip"]
        if flags.get("node-port"):
            ports = [{**port, "nodePort": flags["node-port"]} for port in ports]
        if ports:
            spec["ports"] = ports
        return {
            "apiVersion": "v1", "kind": "Service", "metadata": {"labels": labels, "name": name}, "spec": spec,
            "status": {"loadBalancer": {}},
        }

    return make


def _tcp(text: str) -> Document:
    port, colon, target = text.partition(":")
    if not port.isdecimal():
        raise error(f"strconv.Atoi: parsing \"{port}\": invalid syntax")
    number = int(port)
    aim: int | str = (int(target) if target.isdecimal() else target) if colon else number
    return {"name": text.replace(":", "-"), "port": number, "protocol": "TCP", "targetPort": aim}


_COMMON = (formats.OUTPUT, dryrun.FLAG, Flag("save-config", False, "Save the configuration in an annotation.", "bool"))
_DATA = (
    Flag("from-literal", (), "Specify a key and literal value (i.e. mykey=somevalue).", "array"),
    Flag("from-file", (), "A file, its name being the key, or key=file.", "array"),
    Flag("from-env-file", (), "A file to read lines of key=val pairs from.", "array"),
    Flag("append-hash", False, "Append a hash to the name.", "bool"),
)
_TCP = Flag("tcp", (), "Port pairs can be specified as '<port>:<targetPort>'.", "strings")


def _service_verb(word: str, kind: str, *flags: Flag) -> Verb:
    return Verb(
        f"create service {word}", f"Create a {kind} service", "NAME [--tcp=<port>:<targetPort>] [--dry-run=...]",
        _runner(SERVICES, _service(kind), f"create service {word}", f"{kind} service"), (*_COMMON, _TCP, *flags),
        writes=True,
    )


VERBS: tuple[Verb, ...] = (
    Verb("create configmap", "Create a config map from a local file, directory or literal value",
         "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
         _runner(CONFIGMAPS, _config_map, "create configmap", "configmap"), (*_COMMON, *_DATA), aliases=("cm",),
         writes=True),
    Verb("create deployment", "Create a deployment with the specified name",
         "NAME --image=image -- [COMMAND] [args...]",
         _runner(DEPLOYMENTS, _deployment, "create deployment", "deployment"),
         (*_COMMON, Flag("image", (), "Image names to run.", "array"),
          Flag("replicas", 1, "Number of replicas to create.", "int", "r"),
          Flag("port", -1, "The containerPort that this deployment exposes.", "int")),
         aliases=("deploy",), writes=True),
    Verb("create namespace", "Create a namespace with the specified name", "NAME [--dry-run=server|client|none]",
         _runner(NAMESPACES, _namespace, "create namespace"), _COMMON, aliases=("ns",), writes=True),
    Verb("create secret", "Create a secret using a specified subcommand", "(docker-registry | generic | tls)",
         verbs=(
             Verb("create secret generic", "Create a secret from a local file, directory, or literal value",
                  "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1]",
                  _runner(SECRETS, _secret, "create secret generic", "secret"),
                  (*_COMMON, *_DATA, Flag("type", "", "The type of secret to create")), writes=True),
         )),
    Verb("create service", "Create a service using a specified subcommand", "", aliases=("svc",), verbs=(
        _service_verb("clusterip", "ClusterIP", Flag("clusterip", "", "Assign your own ClusterIP or set to 'None'.")),
        _service_verb("externalname", "ExternalName", Flag("external-name", "", "External name of service")),
        _service_verb("loadbalancer", "LoadBalancer"),
        _service_verb("nodeport", "NodePort", Flag("node-port", 0, "Port used to expose the service on each node.",
                                                   "int")),
    )),
    Verb("create serviceaccount", "Create a service account with the specified name",
         "NAME [--dry-run=server|client|none]",
         _runner(SERVICEACCOUNTS, _service_account, "create serviceaccount"), _COMMON, aliases=("sa",), writes=True),
)
