"""Static Pods: what a control plane's kubelet reads from ``/etc/kubernetes/manifests``, as kubeadm writes it there.

The API server has no say in them. The kubelet shows each as a *mirror Pod*, named after the node, which anybody may
look at, and whose deletion ends nothing. All functions here are pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

Document = dict[str, Any]

NAMESPACE = "kube-system"
MANIFESTS = "/etc/kubernetes/manifests"
PRIORITY = 2000001000


@dataclass(frozen=True, slots=True)
class StaticPod:
    """One manifest: ``component`` is also the name of the process that the Pod's container is."""

    component: str
    image: str
    command: tuple[str, ...]
    cpu: str

    @property
    def path(self) -> str:
        return f"{MANIFESTS}/{self.component}.yaml"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the kubelet found of the container: since when (unix ns) it is so, and how often it was restarted."""

    running: bool
    since: str
    restarts: int
    container_id: str
    ended: str = ""  # when the run before this one came to its end


def manifest(pod: StaticPod) -> Document:
    """What the file says."""
    container: Document = {
        "command": list(pod.command), "image": pod.image, "imagePullPolicy": "IfNotPresent", "name": pod.component,
        "resources": {"requests": {"cpu": pod.cpu}},
    }
    if pod.component == "etcd":
        container["resources"]["requests"]["memory"] = "100Mi"
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "labels": {"component": pod.component, "tier": "control-plane"}, "name": pod.component,
            "namespace": NAMESPACE,
        },
        "spec": {
            "containers": [container], "hostNetwork": True, "priority": PRIORITY,
            "priorityClassName": "system-node-critical",
            "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        },
    }


def mirror(pod: StaticPod, node: Mapping[str, Any], now: str) -> Document:
    """The mirror Pod on a node."""
    name = node["metadata"]["name"]
    document = manifest(pod)
    digest = hashlib.md5(orjson.dumps([name, document]), usedforsecurity=False).hexdigest()
    spec = document["spec"]
    return {
        **document,
        "metadata": {
            "name": f"{pod.component}-{name}", "namespace": NAMESPACE, "labels": document["metadata"]["labels"],
            "annotations": {
                "kubernetes.io/config.hash": digest, "kubernetes.io/config.mirror": digest,
                "kubernetes.io/config.seen": now, "kubernetes.io/config.source": "file",
            },
            "ownerReferences": [{
                "apiVersion": "v1", "controller": True, "kind": "Node", "name": name, "uid": node["metadata"]["uid"],
            }],
        },
        "spec": {**spec, "nodeName": name, "tolerations": [{"effect": "NoExecute", "operator": "Exists"}]},
    }


def status(pod: StaticPod, seen: Seen, ip: str, began: str) -> Document:
    """The mirror Pod's status."""
    ready = "True" if seen.running else "False"
    conditions = [
        {"type": kind, "status": value, "lastProbeTime": None, "lastTransitionTime": seen.since if own else began}
        for kind, value, own in (
            ("PodReadyToStartContainers", "True", False), ("Initialized", "True", False), ("Ready", ready, True),
            ("ContainersReady", ready, True), ("PodScheduled", "True", False),
        )
    ]
    if seen.running:
        state: Document = {"running": {"startedAt": seen.since}}
    else:
        message = f"back-off restarting failed container={pod.component}"
        state = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
    last: Document = {}
    if seen.ended:
        last = {"terminated": {
            "exitCode": 137, "reason": "Error", "finishedAt": seen.ended, "startedAt": None,
            "containerID": seen.container_id,
        }}
    return {
        "phase": "Running", "hostIP": ip, "hostIPs": [{"ip": ip}], "podIP": ip, "podIPs": [{"ip": ip}],
        "startTime": began, "qosClass": "Burstable", "conditions": conditions,
        "containerStatuses": [{
            "name": pod.component, "image": pod.image, "imageID": pod.image, "containerID": seen.container_id,
            "ready": seen.running, "started": seen.running, "restartCount": seen.restarts, "state": state,
            "lastState": last,
        }],
    }
