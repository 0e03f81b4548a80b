"""Pods."""

from __future__ import annotations

from orrery.machinery.objects import dig, is_deleting, labels_of
from orrery.theatre.terminal.kubectl.describe.containers import containers, spread, volumes
from orrery.theatre.terminal.kubectl.describe.desk import Desk
from orrery.theatre.terminal.kubectl.describe.paper import Document, Paper, date

MIRROR = "kubernetes.io/config.mirror"


async def pod(desk: Desk, obj: Document) -> str:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    mirror = (obj["metadata"].get("annotations") or {}).get(MIRROR)
    events = await desk.events(obj, uid=mirror or "", kind="")
    paper = desk.paper()
    _head(paper, obj, spec)
    _status(paper, obj, status)
    if spec.get("initContainers"):
        containers(paper, "Init Containers", spec["initContainers"], status.get("initContainerStatuses") or (), obj)
    containers(paper, "Containers", spec.get("containers") or (), status.get("containerStatuses") or (), obj)
    if spec.get("readinessGates"):
        paper.write(0, "Readiness Gates:\n  Type\tStatus\n")
        for gate in spec["readinessGates"]:
            found = [c for c in status.get("conditions") or () if c["type"] == gate.get("conditionType")]
            paper.line(1, f"{gate.get('conditionType')} \t{found[0]['status'] if found else '<none>'} ")
    if status.get("conditions"):
        paper.write(0, "Conditions:\n  Type\tStatus\n")
        for condition in status["conditions"]:
            paper.line(1, f"{condition['type']} \t{condition['status']} ")
    volumes(paper, spec.get("volumes") or ())
    paper.line(0, f"QoS Class:\t{status.get('qosClass', 'BestEffort')}")
    paper.labels("Node-Selectors", spec.get("nodeSelector"))
    paper.tolerations(spec.get("tolerations") or ())
    spread(paper, spec.get("topologySpreadConstraints") or ())
    paper.events(events)
    return paper.text()


def _head(paper: Paper, obj: Document, spec: Document) -> None:
    paper.title(obj)
    if spec.get("priority") is not None:
        paper.line(0, f"Priority:\t{spec['priority']}")
    for title, field in (
        ("Priority Class Name", "priorityClassName"), ("Runtime Class Name", "runtimeClassName"),
        ("Service Account", "serviceAccountName"),
    ):
        if spec.get(field):
            paper.line(0, f"{title}:\t{spec[field]}")
    node = spec.get("nodeName")
    paper.line(0, f"Node:\t{node}/{dig(obj, 'status', 'hostIP', default='')}" if node else "Node:\t<none>")
    if dig(obj, "status", "startTime"):
        paper.line(0, f"Start Time:\t{date(dig(obj, 'status', 'startTime'))}")
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)


def _status(paper: Paper, obj: Document, status: Document) -> None:
    if is_deleting(obj) and status.get("phase") not in ("Failed", "Succeeded"):
        metadata = obj["metadata"]
        paper.line(0, f"Status:\tTerminating (lasts {paper.since(metadata['deletionTimestamp'])})")
        paper.line(0, f"Termination Grace Period:\t{metadata.get('deletionGracePeriodSeconds', 0)}s")
    else:
        paper.line(0, f"Status:\t{status.get('phase', '')}")
    for field in ("reason", "message"):
        if status.get(field):
            paper.line(0, f"{field.title()}:\t{status[field]}")
    profile = dig(obj, "spec", "securityContext", "seccompProfile")
    if profile:
        paper.line(0, f"SeccompProfile:\t{profile.get('type')}")
        if profile.get("type") == "Localhost":
            paper.line(0, f"LocalhostProfile:\t{profile.get('localhostProfile')}")
    paper.line(0, f"IP:\t{status.get('podIP', '')}")
    if status.get("podIPs"):
        paper.line(0, "IPs:")
        for address in status["podIPs"]:
            paper.line(1, f"IP:\t{address.get('ip', '')}")
    else:
        paper.line(0, "IPs:\t<none>")
    paper.controller(obj)
    if status.get("nominatedNodeName"):
        paper.line(0, f"NominatedNodeName:\t{status['nominatedNodeName']}")
