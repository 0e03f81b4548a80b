"""Deployments and ReplicaSets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orrery.machinery import selectors
from orrery.machinery.objects import dig, is_controlled_by, labels_of, pod_phase
from orrery.machinery.resources import PODS, REPLICASETS
from orrery.theatre.terminal.kubectl.describe.containers import template
from orrery.theatre.terminal.kubectl.describe.desk import Desk
from orrery.theatre.terminal.kubectl.describe.paper import Document, Paper, date

_HASH = "pod-template-hash"


def selector_text(selector: Mapping[str, Any] | None) -> str:
    """A label selector in its text form."""
    return str(selectors.from_object(selector)) or "<none>"


def conditions(paper: Paper, obj: Document) -> None:
    listed = dig(obj, "status", "conditions", default=())
    if listed:
        paper.write(0, "Conditions:\n  Type\tStatus\tReason\n")
        paper.write(1, "----\t------\t------\n")
        for one in listed:
            paper.line(1, f"{one['type']} \t{one['status']}\t{one.get('reason', '')}")


async def deployment(desk: Desk, obj: Document) -> str:
    sets = await desk.api.items(
        REPLICASETS, obj["metadata"]["namespace"], labels=str(selectors.from_object(obj["spec"]["selector"]))
    )
    own = [one for one in sets if is_controlled_by(one, obj)]
    newest, old = _sorted_out(obj, own)
    events = await desk.events(obj)
    spec, status = obj["spec"], obj.get("status") or {}
    paper = desk.paper()
    paper.title(obj)
    paper.line(0, f"CreationTimestamp:\t{date(obj['metadata'].get('creationTimestamp'))}")
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)
    paper.line(0, f"Selector:\t{selector_text(spec.get('selector'))}")
    counts = " | ".join(
        f"{status.get(field, 0) if field else spec.get('replicas', 1)} {word}" for field, word in (
            ("", "desired"), ("updatedReplicas", "updated"), ("replicas", "total"), ("availableReplicas", "available"),
            ("unavailableReplicas", "unavailable"),
        )
    )
    paper.line(0, f"Replicas:\t{counts}")
    paper.line(0, f"StrategyType:\t{dig(spec, 'strategy', 'type', default='')}")
    paper.line(0, f"MinReadySeconds:\t{spec.get('minReadySeconds', 0)}")
    rolling = dig(spec, "strategy", "rollingUpdate")
    if rolling:
        paper.line(0, f"RollingUpdateStrategy:\t{rolling.get('maxUnavailable')} max unavailable, "
                      f"{rolling.get('maxSurge')} max surge")
    template(paper, spec["template"])
    conditions(paper, obj)
    paper.line(0, f"OldReplicaSets:\t{_sets_text(old)}")
    paper.line(0, f"NewReplicaSet:\t{_sets_text([newest] if newest else [])}")
    paper.events(events)
    return paper.text()


def _sorted_out(obj: Document, sets: Sequence[Document]) -> tuple[Document | None, list[Document]]:
    """The ReplicaSet of the Deployment's template, and the others."""
    ordered = sorted(sets, key=lambda one: (one["metadata"].get("creationTimestamp", ""), one["metadata"]["name"]))
    wanted = _plain(obj["spec"]["template"])
    newest = next((one for one in ordered if _plain(one["spec"]["template"]) == wanted), None)
    return newest, [one for one in ordered if one is not newest]


def _plain(pod_template: Document) -> Document:
    metadata = pod_template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != _HASH}
    return {**pod_template, "metadata": {**metadata, "labels": labels}}


def _sets_text(sets: Sequence[Document]) -> str:
    return ", ".join(
        f"{one['metadata']['name']} ({dig(one, 'status', 'replicas', default=0)}/"
        f"{dig(one, 'spec', 'replicas', default=0)} replicas created)" for one in sets
    ) or "<none>"


async def replica_set(desk: Desk, obj: Document) -> str:
    spec, status = obj["spec"], obj.get("status") or {}
    pods = await desk.api.items(
        PODS, obj["metadata"]["namespace"], labels=str(selectors.from_object(spec["selector"]))
    )
    phases = [pod_phase(pod) for pod in pods if is_controlled_by(pod, obj)]
    events = await desk.events(obj)
    paper = desk.paper()
    paper.title(obj)
    paper.line(0, f"Selector:\t{selector_text(spec.get('selector'))}")
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)
    paper.controller(obj)
    paper.line(0, f"Replicas:\t{status.get('replicas', 0)} current / {spec.get('replicas', 1)} desired")
    counts = " / ".join(
        f"{phases.count(phase)} {word}" for phase, word in (
            ("Running", "Running"), ("Pending", "Waiting"), ("Succeeded", "Succeeded"), ("Failed", "Failed"),
        )
    )
    paper.line(0, f"Pods Status:\t{counts}")
    template(paper, spec["template"])
    conditions(paper, obj)
    paper.events(events)
    return paper.text()
