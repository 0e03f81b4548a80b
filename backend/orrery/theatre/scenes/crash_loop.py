"""A container that always crashes: restarted, with ever longer pauses, never given up."""

from orrery.kernel import MINUTE
from orrery.machinery.objects import dig
from orrery.machinery.resources import PODS
from orrery.machinery.tables.pods import pod_status
from orrery.node.events import ContainerChanged
from orrery.theatre.scenes import ears, looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

CRASHES = {"command": ["sh", "-c", "sleep 2; exit 1"]}


def _apply(world: World) -> None:
    ears.listen(world, ContainerChanged)
    world.acts.apply([manifests.pod("unlucky", image="busybox:1.36", container=CRASHES)])


def _restarts(world: World) -> int:
    return int(dig(looks.stored(world, PODS, "unlucky"), "status", "containerStatuses", 0, "restartCount", default=0))


def _last_exit_code(world: World) -> int | None:
    status = dig(looks.stored(world, PODS, "unlucky"), "status", "containerStatuses", 0)
    code: int | None = dig(status, "lastState", "terminated", "exitCode")
    return code


def _status(world: World) -> str:
    pod = looks.stored(world, PODS, "unlucky")
    return pod_status(pod) if pod is not None else ""


def _pauses_ns(world: World) -> list[int]:
    """How long the container was down each time."""
    changes = ears.heard(world, ContainerChanged, pod="default/unlucky", container="unlucky")
    ended = [event.time_ns for event in changes if event.state == "exited"]
    began = [event.time_ns for event in changes if event.state == "running"][1:]
    return [start - end for end, start in zip(ended, began, strict=False)]


SCENE = Scene(
    id="crash-loop",
    title=Words(ko="계속 죽는 컨테이너", en="A container that keeps crashing"),
    text=Words(
        ko="컨테이너가 죽으면 kubelet이 다시 시작하지만, 죽을 때마다 기다리는 시간이 두 배가 됩니다. "
           "CrashLoopBackOff입니다.",
        en="The kubelet restarts what crashes, but waits twice as long each time: CrashLoopBackOff.",
    ),
    steps=(
        *table.clear((PODS, "unlucky")),
        say("2초 뒤 종료 코드 1로 끝나는 컨테이너입니다.", "This container ends after two seconds, with exit code 1."),
        Do("apply it", _apply),
        Wait("it was restarted once", lambda world: _restarts(world) >= 1, MINUTE),
        Wait("CrashLoopBackOff", lambda world: _status(world) == "CrashLoopBackOff", MINUTE),
        say("10초, 20초, 40초… 기다림이 두 배씩 길어집니다. 최대 5분입니다.",
            "10 s, 20 s, 40 s … the pause doubles, up to five minutes."),
        Wait("four restarts", lambda world: _restarts(world) >= 4, 4 * MINUTE),
        Expect("each pause is about twice the one before", lambda world: all(
            1.5 < later / earlier < 2.6 for earlier, later in
            zip(_pauses_ns(world)[1:], _pauses_ns(world)[2:], strict=False))),
        Expect("the exit code is kept", lambda world: _last_exit_code(world) == 1),
        Expect("the Pod stayed where it was", lambda world: looks.node_of(looks.pods(world, "unlucky")[0])),
        Do("take it away", lambda world: world.acts.delete("pods", "default", "unlucky")),
        Wait("it is gone", lambda world: looks.stored(world, PODS, "unlucky") is None, 2 * MINUTE),
    ),
)
