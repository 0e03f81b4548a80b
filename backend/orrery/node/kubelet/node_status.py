"""The Node object that a kubelet registers, and the status that it reports: pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orrery.machinery import quantity
from orrery.machinery.objects import find_condition
from orrery.node.cri import Image
from orrery.node.kubelet.config import KubeletConfig

Document = dict[str, Any]

_IMAGES_MOST = 50  # nodeStatusMaxImages
_HEALTHY = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)
_PRESSED = {
    "MemoryPressure": ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
    "DiskPressure": ("KubeletHasDiskPressure", "kubelet has disk pressure"),
    "PIDPressure": ("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
}

# The event that tells of a condition's change, by its new status.
NODE_EVENTS: dict[tuple[str, str], str] = {
    ("MemoryPressure", "True"): "NodeHasInsufficientMemory",
    ("MemoryPressure", "False"): "NodeHasSufficientMemory",
    ("DiskPressure", "True"): "NodeHasDiskPressure",
    ("DiskPressure", "False"): "NodeHasNoDiskPressure",
    ("PIDPressure", "True"): "NodeHasInsufficientPID",
    ("PIDPressure", "False"): "NodeHasSufficientPID",
    ("Ready", "True"): "NodeReady",
    ("Ready", "False"): "NodeNotReady",
}


def initial_node(config: KubeletConfig) -> Document:
    """The Node without its status."""
    name = config.node_name
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        **config.labels,
    }
    spec: Document = {"podCIDR": config.pod_cidr, "podCIDRs": [config.pod_cidr]} if config.pod_cidr else {}
    if config.taints:
        spec["taints"] = [dict(taint) for taint in config.taints]
    annotations = {"volumes.kubernetes.io/controller-managed-attach-detach": "true"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": annotations},
        "spec": spec,
    }


def node_status(
    config: KubeletConfig, ip: str, machine_id: str, images: Sequence[Image], pressure: Mapping[str, bool],
    errors: Sequence[str], old: Mapping[str, Any] | None, now: str,
) -> Document:
    """The status as it is now. ``errors``: why the node is not ready; ``old``: the Node as last seen."""
    return {
        "addresses": [{"type": "InternalIP", "address": ip}, {"type": "Hostname", "address": config.node_name}],
        "allocatable": _amounts(config, allocatable=True),
        "capacity": _amounts(config, allocatable=False),
        "conditions": _conditions(pressure, errors, old or {}, now),
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "images": [_image(image) for image in _largest_first(images)[:_IMAGES_MOST]],
        "nodeInfo": _node_info(config, machine_id),
    }


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Document:
    """What a status patch has to carry: the fields that differ, heartbeats aside; empty if nothing does."""
    result = {key: value for key, value in new.items() if key != "conditions" and old.get(key) != value}
    node = {"status": old}
    conditions = []
    for condition in new["conditions"]:
        before = find_condition(node, condition["type"]) or {}
        if any(before.get(key) != condition.get(key) for key in ("status", "reason", "message")):
            conditions.append(condition)
    if conditions:
        result["conditions"] = conditions
    return result


def _amounts(config: KubeletConfig, *, allocatable: bool) -> Document:
    memory = config.allocatable.memory_bytes if allocatable else quantity.units(config.memory)
    storage = quantity.units(config.storage)
    return {
        "cpu": quantity.canonical(config.cpu),
        "ephemeral-storage": quantity.format_bytes(storage * 9 // 10 if allocatable else storage),
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": quantity.format_bytes(memory),
        "pods": str(config.pods_most),
    }


def _conditions(
    pressure: Mapping[str, bool], errors: Sequence[str], old: Mapping[str, Any], now: str
) -> list[Document]:
    found: list[tuple[str, str, str, str]] = []
    for kind, reason, message in _HEALTHY:
        if pressure.get(kind):
            found.append((kind, "True", *_PRESSED[kind]))
        else:
            found.append((kind, "False", reason, message))
    if errors:
        found.append(("Ready", "False", "KubeletNotReady", _aggregate(errors)))
    else:
        found.append(("Ready", "True", "KubeletReady", "kubelet is posting ready status"))
    result = []
    for kind, status, reason, message in found:
        before = find_condition(old, kind) or {}
        since = before["lastTransitionTime"] if before.get("status") == status else now
        result.append(
            {
                "type": kind, "status": status, "lastHeartbeatTime": now, "lastTransitionTime": since,
                "reason": reason, "message": message,
            }
        )  # fmt: skip
    return result


def _aggregate(errors: Sequence[str]) -> str:
    return errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"


def _largest_first(images: Sequence[Image]) -> list[Image]:
    return sorted(images, key=lambda image: (-image.size_bytes, image.reference))


def _image(image: Image) -> Document:
    repository = image.reference.partition("@")[0].rpartition(":")[0]
    return {"names": [f"{repository}@{image.image_id}", image.reference], "sizeBytes": image.size_bytes}


def _node_info(config: KubeletConfig, machine_id: str) -> Document:
    tail = f"{machine_id[20:32]}"
    return {
        "architecture": "amd64",
        "bootID": f"{machine_id[:8]}-{machine_id[8:12]}-4{machine_id[13:16]}-8{machine_id[17:20]}-{tail}",
        "containerRuntimeVersion": config.runtime_version,
        "kernelVersion": "6.12.57+deb13-amd64",
        "kubeProxyVersion": "",
        "kubeletVersion": config.version,
        "machineID": machine_id,
        "operatingSystem": "linux",
        "osImage": "Debian GNU/Linux 13 (trixie)",
        "systemUUID": f"{machine_id[:8]}-{machine_id[8:12]}-{machine_id[12:16]}-{machine_id[16:20]}-{tail}",
    }
