"""Probes: a readiness probe keeps traffic away, a liveness probe has the container restarted."""

from typing import Any

from orrery.kernel import MINUTE
from orrery.machinery.objects import dig, pod_is_ready
from orrery.machinery.resources import ENDPOINTSLICES, PODS, SERVICES
from orrery.node.events import ProbeResult
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

# Ready while the file is there, which is from second 5 to second 25 of its life; alive for 40 seconds.
SCRIPT = "sleep 5; touch /tmp/ready; sleep 20; rm /tmp/ready; sleep 600"


def _probe(path: str, **more: int) -> dict[str, Any]:
    return {"exec": {"command": ["cat", path]}, "periodSeconds": 2, "failureThreshold": 2, **more}


def _apply(world: World) -> None:
    ears.listen(world, ProbeResult)
    container = {
        "command": ["sh", "-c", SCRIPT], "readinessProbe": _probe("/tmp/ready"),
        "livenessProbe": _probe("/tmp/ready", initialDelaySeconds=12, failureThreshold=6),
    }
    pod = manifests.pod("patient-check", image="busybox:1.36", container=container, terminationGracePeriodSeconds=1)
    world.acts.apply([pod, manifests.service("patient-check")])


def _is_running(world: World) -> bool:
    return bool(dig(_status(world), "state", "running"))


def _status(world: World) -> dict[str, Any]:
    pod = looks.stored(world, PODS, "patient-check")
    found: dict[str, Any] = dig(pod, "status", "containerStatuses", 0, default={})
    return found


def _is_ready(world: World) -> bool:
    return pod_is_ready(looks.stored(world, PODS, "patient-check") or {})


def _ready_endpoints(world: World) -> int:
    return sum(
        1 for found in world.projections.objects.all_of(ENDPOINTSLICES)
        if dig(found.document, "metadata", "labels", "kubernetes.io/service-name") == "patient-check"
        for endpoint in found.document.get("endpoints") or () if dig(endpoint, "conditions", "ready")
    )


SCENE = Scene(
    id="probes",
    title=Words(ko="프로브: 준비됐는가, 살아 있는가", en="Probes: ready? alive?"),
    text=Words(
        ko="준비 프로브가 실패하면 서비스의 엔드포인트에서 빠지고, 활성 프로브가 실패하면 컨테이너가 다시 시작됩니다.",
        en="A failed readiness probe takes the Pod out of its Service; a failed liveness probe restarts the container.",
    ),
    steps=(
        *table.clear((PODS, "patient-check"), (SERVICES, "patient-check")),
        say("/tmp/ready 파일이 있어야 준비된 것입니다. 처음 5초 동안은 없습니다.",
            "It is ready when the file /tmp/ready is there. In its first five seconds it is not."),
        Do("apply Pod and Service", _apply),
        Wait("it runs", _is_running, MINUTE),
        Expect("but it is not ready", lambda world: not _is_ready(world)),
        Wait("now it is ready", _is_ready, MINUTE),
        Wait("it is an endpoint", lambda world: _ready_endpoints(world) == 1),
        say("25초 뒤 파일이 사라집니다. 준비 프로브가 두 번 실패하면 엔드포인트에서 빠지지만, 컨테이너는 그대로 "
            "돕니다.",
            "The file goes after 25 seconds. Two failures take the Pod out of the endpoints; the container runs on."),
        Wait("it is not ready any more", lambda world: not _is_ready(world), MINUTE),
        Wait("nor an endpoint", lambda world: _ready_endpoints(world) == 0),
        Expect("it was not restarted", lambda world: _is_running(world) and _status(world)["restartCount"] == 0),
        say("활성 프로브는 여섯 번까지 참습니다. 그다음에는 kubelet이 컨테이너를 죽이고 다시 시작합니다.",
            "The liveness probe bears six failures. Then the kubelet kills the container and starts it anew."),
        Wait("it is restarted", lambda world: _status(world)["restartCount"] == 1, MINUTE),
        Expect("the liveness probe said so",
               lambda world: ears.heard(world, ProbeResult, probe="liveness", success=False)),
        Wait("an Event says so", lambda world: looks.events_about(world, "patient-check", "Unhealthy")),
        Wait("and it is ready again", _is_ready, MINUTE),
        Do("take it away", lambda world: world.acts.delete("pods", "default", "patient-check")),
        Wait("it is gone", lambda world: looks.stored(world, PODS, "patient-check") is None, MINUTE),
    ),
)
