"""What becomes of a request between the door and the store: admission completes it, validation and admission refuse."""

from orrery.apiserver import RequestAuthorized
from orrery.machinery.objects import dig
from orrery.machinery.resources import CONFIGMAPS, PODS
from orrery.theatre.scenes import ears, looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

ALL = PODS.path("default")


def _bad_pod(world: World) -> None:
    talk.send(world, "bad", "POST", ALL, manifests.pod("guest", container={"ports": [{"containerPort": 99999}]}))


def _unknown_class(world: World) -> None:
    talk.send(world, "vip", "POST", ALL, manifests.pod("guest", priorityClassName="very-important"))


def _tolerated(world: World) -> list[str]:
    tolerations = dig(looks.stored(world, PODS, "guest"), "spec", "tolerations", default=[])
    return [toleration["key"] for toleration in tolerations]


def _changed_by_admission(world: World) -> bool:
    return any(
        verdict.stage.startswith("mutating") and verdict.verdict == "changed"
        for event in ears.heard(world, RequestAuthorized, verb="create", resource="pods") for verdict in event.stages
    )


SCENE = Scene(
    id="admission",
    title=Words(ko="검증과 승인 제어", en="Validation and admission"),
    text=Words(
        ko="같은 파드를 세 번 보냅니다. 한 번은 값이 틀려서, 한 번은 승인 제어에서 거절되고, 마지막은 빈칸이 채워져 "
           "저장됩니다.",
        en="A Pod is sent three times: refused for a wrong value, refused by admission, then completed and stored.",
    ),
    steps=(
        *table.clear((PODS, "guest")),
        Do("listen to the verdicts", lambda world: ears.listen(world, RequestAuthorized)),
        say("포트 99999는 없습니다. 검증이 422로 거절하고 어느 필드인지 말합니다.",
            "There is no port 99999. Validation refuses with 422 and names the field."),
        Do("send a Pod with a bad port", _bad_pod),
        Wait("422 Invalid", lambda world: talk.code(world, "bad") == 422),
        Expect("it names the field", lambda world: "spec.containers[0].ports[0].containerPort"
               in talk.answer(world, "bad").body["message"]),
        say("없는 우선순위 클래스를 쓰면 승인 플러그인 Priority가 403으로 거절합니다.",
            "A priority class that does not exist: the admission plugin Priority refuses with 403."),
        Do("send a Pod of an unknown priority class", _unknown_class),
        Wait("403 Forbidden", lambda world: talk.code(world, "vip") == 403),
        Expect("nothing was stored", lambda world: looks.stored(world, PODS, "guest") is None),
        say("이번에는 올바릅니다. 변형 승인이 서비스 어카운트와 톨러레이션 300초를 채워 넣습니다.",
            "Now it is right. Mutating admission adds the service account and tolerations of 300 seconds."),
        Do("send a good Pod", lambda world: talk.send(world, "good", "POST", ALL, manifests.pod("guest"))),
        Wait("201 Created", lambda world: talk.code(world, "good") == 201),
        Expect("the service account was filled in", lambda world: dig(
            talk.answer(world, "good").body, "spec", "serviceAccountName") == "default"),
        Wait("it is stored", lambda world: looks.stored(world, PODS, "guest")),
        Expect("tolerations were added", lambda world: "node.kubernetes.io/unreachable" in _tolerated(world)),
        Expect("admission said that it changed the Pod", _changed_by_admission),
        say("없는 네임스페이스에는 아무것도 만들 수 없습니다.",
            "Nothing can be created in a namespace that is not there."),
        Do("create in a namespace that is not there", lambda world: talk.send(
            world, "lost", "POST", CONFIGMAPS.path("nowhere"), manifests.config_map("x", namespace="nowhere"))),
        Wait("404 Not Found", lambda world: talk.code(world, "lost") == 404),
    ),
)
