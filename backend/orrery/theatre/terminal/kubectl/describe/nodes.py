"""Nodes and Namespaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orrery.machinery import quantity
from orrery.machinery.objects import dig, labels_of
from orrery.machinery.resources import LEASES, PODS
from orrery.machinery.tables import node_roles
from orrery.machinery.wire import StatusError
from orrery.theatre.terminal.kubectl.describe.desk import Desk
from orrery.theatre.terminal.kubectl.describe.paper import Document, Paper, date, go_bool

_INFO = (
    ("Machine ID", "machineID"), ("System UUID", "systemUUID"), ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"), ("OS Image", "osImage"), ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"), ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)


async def node(desk: Desk, obj: Document) -> str:
    name = obj["metadata"]["name"]
    lease = await desk.api.find(LEASES, name, "kube-node-lease")
    fields = f"spec.nodeName={name},status.phase!=Failed,status.phase!=Succeeded"
    pods = await desk.api.items(PODS, "", fields=fields)
    events = await _events(desk, obj)
    paper = desk.paper()
    _head(paper, obj, lease)
    _conditions(paper, obj)
    paper.line(0, "Addresses:")
    for address in dig(obj, "status", "addresses", default=()):
        paper.line(1, f"{address['type']}:\t{address['address']}")
    for title in ("capacity", "allocatable"):
        amounts = dig(obj, "status", title, default={})
        if amounts:
            paper.line(0, f"{title.title()}:")
        for amount in sorted(amounts):
            paper.line(1, f"{amount}:\t{amounts[amount]}")
    paper.line(0, "System Info:")
    info = dig(obj, "status", "nodeInfo", default={})
    for title, field in _INFO:
        paper.line(1, f"{title}:\t{info.get(field, '')}")
    spec = obj.get("spec") or {}
    if spec.get("podCIDR"):
        paper.line(0, f"PodCIDR:\t{spec['podCIDR']}")
    if spec.get("podCIDRs"):
        paper.line(0, f"PodCIDRs:\t{','.join(spec['podCIDRs'])}")
    if spec.get("providerID"):
        paper.line(0, f"ProviderID:\t{spec['providerID']}")
    _pods(paper, obj, pods)
    paper.events(events)
    return paper.text()


async def _events(desk: Desk, obj: Document) -> list[dict[str, Any]] | None:
    """Controllers name a Node in events by its uid, the kubelet by its name."""
    by_uid = await desk.events(obj)
    by_name = await desk.events(obj, uid=obj["metadata"]["name"])
    return None if by_uid is None or by_name is None else [*by_uid, *by_name]


def _head(paper: Paper, obj: Document, lease: Document | None) -> None:
    paper.line(0, f"Name:\t{obj['metadata']['name']}")
    paper.line(0, f"Roles:\t{','.join(node_roles(obj)) or '<none>'}")
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)
    paper.line(0, f"CreationTimestamp:\t{date(obj['metadata'].get('creationTimestamp'))}")
    taints = sorted(dig(obj, "spec", "taints", default=()), key=lambda taint: str(taint["key"]))
    texts = [
        taint["key"] + (f"={taint['value']}" if taint.get("value") else "") + f":{taint.get('effect', '')}"
        for taint in taints
    ]
    paper.write(0, "Taints:\t" + "\n\t".join(texts or ["<none>"]) + "\n")
    paper.line(0, f"Unschedulable:\t{go_bool(dig(obj, 'spec', 'unschedulable'))}")
    if lease is None:
        missing = f'leases.coordination.k8s.io "{obj["metadata"]["name"]}" not found'
        paper.line(0, f"Lease:\tFailed to get lease: {missing}")
        return
    spec = lease.get("spec") or {}
    paper.line(0, "Lease:")
    paper.line(1, f"HolderIdentity:\t{spec.get('holderIdentity') or '<unset>'}")
    for title, field in (("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")):
        paper.line(1, f"{title}:\t{date(spec[field]) if spec.get(field) else '<unset>'}")


def _conditions(paper: Paper, obj: Document) -> None:
    conditions = dig(obj, "status", "conditions", default=())
    if not conditions:
        return
    paper.write(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n")
    paper.write(1, "----\t------\t-----------------\t------------------\t------\t-------\n")
    for one in conditions:
        times = f"{date(one.get('lastHeartbeatTime'))} \t{date(one.get('lastTransitionTime'))}"
        paper.line(1, f"{one['type']} \t{one['status']} \t{times} \t{one.get('reason', '')} \t{one.get('message', '')}")


# -- what the Pods ask for


def requests_of(pod: Document, field: str) -> dict[str, int]:
    """The Pod's requests or limits in nano units: containers together, or the greatest init container."""
    spec = pod.get("spec") or {}
    total: dict[str, int] = {}
    for container in spec.get("containers") or ():
        for name, amount in (dig(container, "resources", field, default={})).items():
            total[name] = total.get(name, 0) + quantity.nano(amount)
    for container in spec.get("initContainers") or ():
        for name, amount in (dig(container, "resources", field, default={})).items():
            total[name] = max(total.get(name, 0), quantity.nano(amount))
    return total


def _percent(amount: int, of: int) -> int:
    return int(amount / of * 100) if of else 0


_AMOUNT: dict[str, Callable[[int], str]] = {
    "cpu": lambda nano: quantity.format_milli(-(-nano // 10**6)),
    "memory": lambda nano: quantity.format_bytes(-(-nano // 10**9)),
}


def _shown(name: str, nano: int, allocatable: dict[str, int]) -> str:
    text = _AMOUNT.get(name, _AMOUNT["memory"])(nano) if nano else "0"
    return f"{text} ({_percent(nano, allocatable.get(name, 0))}%)"


def _pods(paper: Paper, obj: Document, pods: list[dict[str, Any]]) -> None:
    status = obj.get("status") or {}
    given = status.get("allocatable") or status.get("capacity") or {}
    allocatable = {name: quantity.nano(amount) for name, amount in given.items()}
    paper.line(0, f"Non-terminated Pods:\t({len(pods)} in total)")
    paper.write(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n")
    paper.write(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n")
    totals: dict[str, dict[str, int]] = {"requests": {}, "limits": {}}
    for pod in pods:
        asked = {field: requests_of(pod, field) for field in totals}
        for field, total in totals.items():
            for name, nano in asked[field].items():
                total[name] = total.get(name, 0) + nano
        cells = [
            _shown(name, asked[field].get(name, 0), allocatable) for name in ("cpu", "memory") for field in totals
        ]
        metadata = pod["metadata"]
        age = paper.since(metadata.get("creationTimestamp"))
        paper.line(1, f"{metadata['namespace']}\t{metadata['name']}\t\t" + "\t".join([*cells, age]))
    paper.write(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n")
    paper.write(1, "Resource\tRequests\tLimits\n")
    paper.write(1, "--------\t--------\t------\n")
    more = sorted(name for name in allocatable if name.startswith("hugepages-"))
    for name in ("cpu", "memory", "ephemeral-storage", *more):
        cells = [_shown(name, total.get(name, 0), allocatable) for total in totals.values()]
        paper.line(1, f"{name}\t" + "\t".join(cells))


# -- namespaces


async def namespace(desk: Desk, obj: Document) -> str:
    name = obj["metadata"]["name"]
    for plural in ("resourcequotas", "limitranges"):
        try:
            await desk.api.ask("GET", f"/api/v1/namespaces/{name}/{plural}", {"limit": "500"})
        except StatusError as problem:
            if problem.code != 404:
                raise
    paper = desk.paper()
    paper.line(0, f"Name:\t{name}")
    paper.labels("Labels", labels_of(obj))
    paper.annotations(obj)
    paper.line(0, f"Status:\t{dig(obj, 'status', 'phase', default='')}")
    conditions = dig(obj, "status", "conditions", default=())
    if conditions:
        paper.write(0, "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n")
        paper.write(1, "----\t------\t------------------\t------\t-------\n")
        for one in conditions:
            paper.line(1, f"{one['type']} \t{one['status']} \t{date(one.get('lastTransitionTime'))} \t"
                          f"{one.get('reason', '')} \t{one.get('message', '')}")
    return paper.text()
