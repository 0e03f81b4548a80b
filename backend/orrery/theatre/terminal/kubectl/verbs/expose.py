"""``kubectl expose``: a Service for what is there."""

from __future__ import annotations

from typing import Any

from orrery.machinery.objects import dig, labels_of
from orrery.machinery.resources import SERVICES
from orrery.theatre.terminal.kubectl import dryrun, manifests
from orrery.theatre.terminal.kubectl.acting import Teller, for_each
from orrery.theatre.terminal.kubectl.errors import error
from orrery.theatre.terminal.kubectl.finding import Found
from orrery.theatre.terminal.kubectl.flags import Flag
from orrery.theatre.terminal.kubectl.naming import printed_name
from orrery.theatre.terminal.kubectl.output import formats
from orrery.theatre.terminal.kubectl.verb import Kubectl, Verb

Document = dict[str, Any]


async def run(kubectl: Kubectl) -> int:
    teller = Teller(kubectl)

    async def expose(item: Found) -> None:
        service = _service(kubectl, item)
        if teller.dry != "client":
            service = await kubectl.api.create(
                SERVICES, service, kubectl.namespace, {**teller.query, "fieldManager": "kubectl-expose"}
            )
        teller.tell(printed_name(SERVICES, service["metadata"]["name"]), "exposed", service)

    return await for_each(kubectl, expose)


def _service(kubectl: Kubectl, item: Found) -> Document:
    flags = kubectl.flags
    selector = _selector(kubectl, item)
    if flags["port"]:
        ports = [_port(kubectl, text, number) for number, text in enumerate(flags["port"].split(","), start=1)]
        if len(ports) == 1:
            del ports[0]["name"]
    else:
        ports = _own_ports(item)
    if not ports:
        raise error("couldn't find port via --port flag or introspection")
    labels = dict(pair.partition("=")[::2] for pair in flags["labels"].split(",")) if flags["labels"] else \
        labels_of(item.object)
    metadata: Document = {"name": flags["name"] or item.name}
    if labels:
        metadata["labels"] = labels
    spec: Document = {"ports": ports, "selector": selector}
    if flags["type"]:
        spec["type"] = flags["type"]
    if flags["cluster-ip"]:
        spec["clusterIP"] = flags["cluster-ip"]
    if flags["session-affinity"]:
        spec["sessionAffinity"] = flags["session-affinity"]
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}}


def _selector(kubectl: Kubectl, item: Found) -> dict[str, str]:
    if kubectl.flags["selector"]:
        return dict(pair.partition("=")[::2] for pair in kubectl.flags["selector"].split(","))
    kind = item.resource.kind
    if kind in ("Deployment", "ReplicaSet"):
        selector = dict(dig(item.object, "spec", "selector", "matchLabels", default={}))
    elif kind == "Pod":
        selector = dict(labels_of(item.object))
    elif kind == "Service":
        selector = dict(dig(item.object, "spec", "selector", default={}))
    else:
        raise error(f"cannot expose a {item.resource.group_kind}")
    if not selector:
        raise error("couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and "
                    "cannot be exposed")
    return selector


def _port(kubectl: Kubectl, text: str, number: int) -> Document:
    flags = kubectl.flags
    if not text.isdecimal():
        raise error(f'strconv.Atoi: parsing "{text}": invalid syntax')
    target = flags["target-port"] or text
    return {
        "name": f"port-{number}", "port": int(text), "protocol": flags["protocol"] or "TCP",
        "targetPort": int(target) if target.isdecimal() else target,
    }


def _own_ports(item: Found) -> list[Document]:
    """The ports that the containers declare."""
    path = ("spec",) if item.resource.kind == "Pod" else ("spec", "template", "spec")
    if item.resource.kind == "Service":
        found = [(port["port"], port.get("protocol", "TCP")) for port in dig(item.object, "spec", "ports", default=())]
    else:
        found = [
            (port["containerPort"], port.get("protocol", "TCP"))
            for container in dig(item.object, *path, "containers", default=())
            for port in container.get("ports") or ()
        ]
    ports: list[Document] = [
        {"name": f"port-{at}", "port": port, "protocol": protocol, "targetPort": port}
        for at, (port, protocol) in enumerate(found, start=1)
    ]
    if len(ports) == 1:
        del ports[0]["name"]
    return ports


VERB = Verb(
    "expose", "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
    "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] "
    "[--external-ip=external-ip-of-service] [--type=type]",
    run, writes=True, completes="resource",
    flags=(
        *manifests.FILES, formats.OUTPUT, dryrun.FLAG,
        Flag("port", "", "The port that the service should serve on."),
        Flag("target-port", "", "Name or number for the port on the container."),
        Flag("protocol", "", "The network protocol for the service to be created."),
        Flag("name", "", "The name for the newly created object."),
        Flag("type", "", "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName."),
        Flag("selector", "", "A label selector to use for this service."),
        Flag("labels", "", "Labels to apply to the service created by this call.", short="l"),
        Flag("cluster-ip", "", "ClusterIP to be assigned to the service."),
        Flag("session-affinity", "", "If non-empty, set the session affinity for the service."),
    ),
)
