"""Inside a Pod, as it is stored: conditions, volumes, probes, what its containers ask for."""

from collections.abc import Iterable, Mapping
from typing import Any

from orrery.etcd.events import EtcdApplied
from orrery.machinery.objects import conditions_of, dig
from orrery.machinery.resources import PODS
from orrery.theatre.projections.interiors.interior import Interior
from orrery.theatre.projections.objects import Objects, Stored
from orrery.theatre.records import PodDetailPart, ProbeSpec, VolumeView
from orrery.theatre.stage import Stage

PROBES = ("startup", "liveness", "readiness")
REASON_LONGEST = 200
SHOWN = 8  # volumes, and probes

Document = Mapping[str, Any]


class Pods(Interior):
    def __init__(self, stage: Stage, objects: Objects) -> None:
        super().__init__(stage)
        objects.watch(self._changed)

    def _changed(self, event: EtcdApplied, before: Stored | None, after: Stored | None) -> None:
        either = after or before
        if either is None or either.resource is not PODS:
            return
        if before is not None and (after is None or before.document["metadata"]["uid"] != _uid(after)):
            self._touch(event.time_ns, f"pod/{_uid(before)}", "detail", lambda: None)
        if after is not None:
            self._touch(event.time_ns, f"pod/{_uid(after)}", "detail", lambda: detail(after.document))


def _uid(stored: Stored) -> str:
    return str(stored.document["metadata"]["uid"])


def detail(pod: Document) -> PodDetailPart:
    """What is to be said of a Pod, from its document."""
    spec = pod.get("spec") or {}
    containers = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    return PodDetailPart(
        qos=dig(pod, "status", "qosClass", default=""), restart_policy=spec.get("restartPolicy", ""),
        grace_s=int(spec.get("terminationGracePeriodSeconds") or 0),
        service_account=spec.get("serviceAccountName", ""),
        requests={container["name"]: asked for container in containers if (asked := _requests(container))},
        conditions={condition["type"]: condition["status"] for condition in conditions_of(pod)},
        reasons={c["type"]: why for c in conditions_of(pod) if (why := _why(c))},
        volumes=tuple(_volume(volume, containers) for volume in (spec.get("volumes") or ())[:SHOWN]),
        probes=tuple(_probes(containers))[:SHOWN],
    )


def _requests(container: Document) -> str:
    asked = dig(container, "resources", "requests", default={})
    return ", ".join(f"{name} {amount}" for name, amount in sorted(asked.items()))


def _why(condition: Document) -> str:
    return ": ".join(filter(None, (condition.get("reason"), condition.get("message"))))[:REASON_LONGEST]


def _volume(volume: Document, containers: Iterable[Document]) -> VolumeView:
    kind = next((key for key in volume if key != "name"), "emptyDir")
    what = volume.get(kind) or {}
    named = what.get("name") or what.get("secretName") or what.get("claimName") or what.get("path") or ""
    mounts = tuple(
        f"{container['name']}:{mount['mountPath']}"
        for container in containers for mount in container.get("volumeMounts") or () if mount["name"] == volume["name"]
    )
    return VolumeView(name=volume["name"], source=f"{kind} {named}".strip(), mounts=mounts)


def _probes(containers: Iterable[Document]) -> Iterable[ProbeSpec]:
    for container in containers:
        for probe in PROBES:
            spec = container.get(f"{probe}Probe")
            if spec:
                yield ProbeSpec(
                    container=container["name"], probe=probe, how=_how(spec),
                    period_s=int(spec.get("periodSeconds") or 10), failures=int(spec.get("failureThreshold") or 3),
                )


def _how(spec: Document) -> str:
    if get := spec.get("httpGet"):
        return f"GET :{get.get('port')}{get.get('path') or '/'}"
    if run := spec.get("exec"):
        return f"exec {' '.join(map(str, run.get('command') or ()))}"[:80]
    if grpc := spec.get("grpc"):
        return f"grpc :{grpc.get('port')}"
    return f"tcp :{(spec.get('tcpSocket') or {}).get('port', '')}"
