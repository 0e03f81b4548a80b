"""The lecture's commands, typed in terminals: what answers at once, and what streams while a Deployment comes up."""

from orrery.cluster import ClusterConfig, default_config
from orrery.machinery.resources import DEPLOYMENTS
from orrery.theatre.scenes import keyboard, looks, manifests, table
from orrery.theatre.scenes.keyboard import answered, printed
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

FLAGS = (
    "--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt "
    "--cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
)
ASKED = {
    "nodes": "kubectl get nodes -o wide",
    "system": "kubectl get pods -n kube-system",
    "health": f"kubectl exec -n kube-system etcd-cp-1 -- etcdctl {FLAGS} endpoint health",
    "healthz": "kubectl get --raw='/healthz'",
    "endpoints": "kubectl get endpoints kube-scheduler -n kube-system -o yaml",
    "lease": "kubectl get lease kube-scheduler -n kube-system -o yaml",
}
FOLLOWED = {
    "kubelet": "journalctl --merge -u kubelet -f",
    "packets": "tcpdump -i any port 6443 -n",
    "keys": "etcdctl watch --prefix /registry/pods/",
}


def _ask(world: World) -> None:
    for note, line in ASKED.items():
        keyboard.type_line(world, note, line)


def _audits(world: World) -> list[str]:
    """The terminals that follow an audit log: each API server writes its own."""
    return [f"audit on {host.name}" for host in world.cluster.config.control_planes]


def _follow(world: World) -> None:
    for note, line in FOLLOWED.items():
        keyboard.type_line(world, note, line)
    path = world.cluster.config.audit.path
    for note in _audits(world):
        keyboard.type_line(world, note, f'tail -f {path} | grep "Pod"', host=note.removeprefix("audit on "))


def _nodes_are_told(world: World) -> bool:
    lines = printed(world, "nodes").splitlines()
    names = [worker.name for worker in world.cluster.config.workers]
    return lines[0].endswith("CONTAINER-RUNTIME") and {line.split()[0] for line in lines[1:]} >= {*names}


def _system_is_told(world: World) -> bool:
    """The control plane's own Pods, all of them running."""
    lines = printed(world, "system").splitlines()[1:]
    wanted = {f"{name}-cp-1" for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")}
    return {line.split()[0] for line in lines} >= wanted and all(" Running " in line for line in lines)


def _leader_is_told(world: World) -> bool:
    """The lecture's way finds nothing any more; the Lease names the leader."""
    host = looks.leader_of(world, "kube-scheduler").partition("/")[0]
    return 'endpoints "kube-scheduler" not found' in printed(world, "endpoints") and (
        f"holderIdentity: {host}_" in printed(world, "lease")
    )


def _config() -> ClusterConfig:
    """A cluster whose control planes are Nodes, with static Pods, as kubeadm has it."""
    return default_config().replace(control_plane_nodes=True)


def _stop(world: World) -> None:
    keyboard.interrupt(world, *FOLLOWED, *_audits(world))


SCENE = Scene(
    id="commands",
    title=Words(ko="강의의 명령어", en="The lecture's commands"),
    text=Words(
        ko="강의에 나온 명령을 그대로 칩니다. 넷은 계속 흐르므로, 디플로이먼트가 뜨는 동안 무엇을 찍는지 봅니다.",
        en="The lecture's commands as it writes them. Four of them stream while a Deployment comes up.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "typed")),
        say("kubectl로 노드, API 서버의 건강, 스케줄러의 리더를 묻습니다.",
            "kubectl asks for the nodes, the API server's health and the scheduler's leader."),
        Do("type what answers at once", _ask),
        Wait("all have answered", lambda world: all(answered(world, note) for note in ASKED)),
        Expect("the nodes, with address and runtime", _nodes_are_told),
        Expect("the control plane's Pods", _system_is_told),
        Expect("etcd is well, asked inside its Pod", lambda world: (
            "https://127.0.0.1:2379 is healthy: successfully committed proposal: took = " in printed(world, "health"))),
        Expect("ok", lambda world: printed(world, "healthz") == "ok"),
        Expect("the leader stands in a Lease, not in Endpoints", _leader_is_told),
        say("감사 로그, kubelet 로그, 패킷, etcd의 키를 따라가면서 디플로이먼트를 만듭니다.",
            "Audit log, kubelet's log, packets and etcd's keys are followed while a Deployment is made."),
        Do("type what streams", _follow),
        Do("make a Deployment", lambda world: world.acts.apply([manifests.deployment("typed", replicas=3)])),
        Wait("three Pods are Ready", lambda world: len(looks.ready_pods(world, "typed")) == 3),
        Expect("the audit logs have the Pods", lambda world: any(
            '"objectRef":{"resource":"pods","namespace":"default","name":"typed-' in printed(world, note)
            for note in _audits(world))),
        Expect("the kubelets said so", lambda world: (
            '"SyncLoop ADD" source="api" pods=["default/typed-' in printed(world, "kubelet"))),
        Expect("packets passed", lambda world: ".6443: Flags [P.], seq " in printed(world, "packets")),
        Expect("etcd had the keys", lambda world: (
            printed(world, "keys").count("PUT\n/registry/pods/default/typed-") >= 9)),
        Do("Ctrl-C", _stop),
        Wait("all have ended", lambda world: all(answered(world, note) for note in (*FOLLOWED, *_audits(world)))),
        Expect("tcpdump counts", lambda world: printed(world, "packets").endswith("packets dropped by kernel\n")),
        Do("leave", lambda world: keyboard.leave(world, *ASKED, *FOLLOWED, *_audits(world))),
    ),
    config=_config,
)
