"""The lecture's own configuration file, as it stands, and the cluster that it describes."""

from ipaddress import ip_address, ip_network

import orjson

from orrery.cluster import EXAMPLES, ClusterConfig, load
from orrery.kernel import MINUTE
from orrery.machinery.objects import dig
from orrery.machinery.resources import CONFIGMAPS, NODES, SERVICES
from orrery.theatre.scenes import looks, manifests, table, talk
from orrery.theatre.scenes.scene import Do, Expect, Scene, Wait, Words, World, say

MEMBERS = ["etcd1/etcd", "etcd2/etcd", "etcd3/etcd"]
AUDIT_LOG = "/var/log/audit.log"
POD_SUBNET, SERVICE_SUBNET = ip_network("10.244.0.0/16"), ip_network("10.96.0.0/12")


def lecture() -> ClusterConfig:
    """What the lecture's file says."""
    return load(EXAMPLES / "lecture.yaml")


def _apply(world: World) -> None:
    world.acts.apply([manifests.pod("student"), manifests.service("student"), manifests.config_map("notes", page="1")])


def _in_subnets(world: World) -> bool:
    pod, service = looks.ready_pods(world, "student")[0], looks.stored(world, SERVICES, "student")
    return (
        ip_address(pod["status"]["podIP"]) in POD_SUBNET
        and ip_address(dig(service, "spec", "clusterIP")) in SERVICE_SUBNET
    )


def _audited(world: World) -> bool:
    """One of the API servers has written the ConfigMap's creation to the audit log at the path that the file gives."""
    for server in looks.components(world, "kube-apiserver"):
        for line in world.kernel.process(server).disk.records(AUDIT_LOG):
            entry = orjson.loads(line)
            if entry["verb"] == "create" and entry.get("objectRef", {}).get("name") == "notes":
                return True
    return False


SCENE = Scene(
    id="lecture-cluster",
    title=Words(ko="강의의 설정 파일 그대로", en="The lecture's configuration, as it stands"),
    text=Words(
        ko="강의의 kubeadm ClusterConfiguration으로 부팅한 클러스터입니다. 외부 etcd 셋, 컨트롤 플레인 엔드포인트, "
           "서브넷, 감사 로그를 확인합니다.",
        en="A cluster booted from the lecture's ClusterConfiguration: external etcd of three, endpoint, subnets, audit "
           "log.",
    ),
    config=lecture,
    steps=(
        *table.clear((CONFIGMAPS, "notes")),
        say("etcd는 API 서버와 다른 기계 세 대에서 돕니다.", "etcd runs on three machines of its own."),
        Expect("external etcd of three", lambda world: looks.components(world, "etcd") == MEMBERS
               and looks.etcd_leader(world) in MEMBERS),
        Expect("the API is reached by its endpoint",
               lambda world: tuple(world.cluster.api_address) == ("k8s-api.example.com", 6443)),
        Do("ask for the version", lambda world: talk.send(world, "version", "GET", "/version")),
        Wait("v1.28.0", lambda world: dig(talk.answer(world, "version").body, "gitVersion") == "v1.28.0"),
        Expect("the nodes say so, too", lambda world: all(
            dig(looks.stored(world, NODES, node), "status", "nodeInfo", "kubeletVersion") == "v1.28.0"
            for node in looks.workers(world))),
        say("파드와 서비스는 파일에 적힌 서브넷에서 주소를 받습니다.",
            "Pods and Services get addresses from the subnets in the file."),
        Do("apply a Pod, a Service, a ConfigMap", _apply),
        Wait("the Pod is Ready", lambda world: looks.ready_pods(world, "student"), 2 * MINUTE),
        Expect("addresses from the subnets", _in_subnets),
        Expect("the API servers write the audit log where the file says", _audited),
    ),
)
