"""Who may do what: the same request from four identities, and four verdicts with their reasons."""

from orrery.apiserver import RequestAuthorized
from orrery.kernel import SECOND
from orrery.machinery.resources import NODES, PODS
from orrery.theatre.scenes import ears, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

SCHEDULER: talk.Identity = ("system:kube-scheduler", ())
KUBELET: talk.Identity = ("system:node:worker-1", ("system:nodes",))
LABEL = {"metadata": {"labels": {"touched": "yes"}}}


def _touch(world: World, note: str, node: str) -> None:
    talk.send(world, note, "PATCH", NODES.path("", node), LABEL, content_type=talk.MERGE, identity=KUBELET)


def _stage(world: World, user: str, stage: str, *, resource: str = "pods") -> tuple[str, str]:
    """What a stage of the chain said last about a user's request: verdict and reason."""
    for event in reversed(ears.heard(world, RequestAuthorized, user=user, resource=resource)):
        for verdict in event.stages:
            if verdict.stage == stage:
                return verdict.verdict, verdict.reason
    return "", ""


def _message(world: World, note: str) -> str:
    return str(talk.answer(world, note).body["message"])


SCENE = Scene(
    id="who-may",
    title=Words(ko="누가 무엇을 할 수 있는가", en="Who may do what"),
    text=Words(
        ko="관리자, 익명 사용자, 스케줄러, kubelet이 같은 문 앞에 섭니다. 인증과 인가가 요청마다 판정을 내립니다.",
        en="An administrator, nobody, the scheduler and a kubelet at the same door: each request is judged.",
    ),
    steps=(
        *table.clear(),
        Do("listen to the verdicts", lambda world: ears.listen(world, RequestAuthorized)),
        say("관리자가 파드를 묻습니다. RBAC의 ClusterRoleBinding이 허용합니다.",
            "An administrator asks for Pods. A ClusterRoleBinding of RBAC allows it."),
        Do("ask as administrator", lambda world: talk.send(world, "admin", "GET", PODS.path("default"))),
        Wait("200", lambda world: talk.code(world, "admin") == 200),
        Expect("authentication named the user",
               lambda world: _stage(world, "kubernetes-admin", "authentication")[0] == "allow"),
        Expect("RBAC allowed it",
               lambda world: _stage(world, "kubernetes-admin", "authorization")[1].startswith("RBAC: allowed by")),
        say("인증서가 없는 요청은 system:anonymous입니다. 파드는 볼 수 없지만 /livez는 볼 수 있습니다.",
            "A request without a certificate is system:anonymous. It may not see Pods, but it may see /livez."),
        Do("ask as nobody",
           lambda world: talk.send(world, "nobody", "GET", PODS.path("default"), identity=talk.NOBODY)),
        Do("ask for health as nobody",
           lambda world: talk.send(world, "health", "GET", "/livez", identity=talk.NOBODY)),
        Wait("403 Forbidden", lambda world: talk.code(world, "nobody") == 403),
        Wait("200 for health", lambda world: talk.code(world, "health") == 200),
        Expect("the refusal names the user", lambda world: 'User "system:anonymous" cannot list resource "pods"'
               in _message(world, "nobody")),
        say("스케줄러의 역할은 노드를 읽을 수 있지만 지울 수는 없습니다.",
            "The scheduler's role may read nodes, but not delete them."),
        Do("the scheduler reads a node",
           lambda world: talk.send(world, "read", "GET", NODES.path("", "worker-2"), identity=SCHEDULER)),
        Do("the scheduler deletes a node",
           lambda world: talk.send(world, "kill", "DELETE", NODES.path("", "worker-2"), identity=SCHEDULER)),
        Wait("it may read", lambda world: talk.code(world, "read") == 200),
        Wait("it may not delete", lambda world: talk.code(world, "kill") == 403),
        Expect("worker-2 is still there", lambda world: NODES.key("", "worker-2") in world.projections.objects.by_key),
        say("kubelet은 노드 인가자가 판정합니다. 자기 노드만 고칠 수 있습니다.",
            "A kubelet is judged by the Node authorizer: it may change its own Node only."),
        Do("worker-1's kubelet changes worker-1", lambda world: _touch(world, "own", "worker-1")),
        Do("worker-1's kubelet changes worker-2", lambda world: _touch(world, "other", "worker-2")),
        Wait("its own", lambda world: talk.code(world, "own") == 200, 10 * SECOND),
        Wait("not another's", lambda world: talk.code(world, "other") == 403),
        Expect("the Node authorizer says why", lambda world: _stage(
            world, "system:node:worker-1", "authorization", resource="nodes") != ("", "")
            and "cannot modify node 'worker-2'" in _message(world, "other")),
    ),
)
