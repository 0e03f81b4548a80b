"""From kubectl to running containers: the lecture's main sequence."""

from orrery.kernel import SECOND
from orrery.machinery.resources import DEPLOYMENTS
from orrery.theatre.scenes import looks, manifests, table
from orrery.theatre.scenes.scene import Do, Expect, Say, Scene, Wait, Words

SCENE = Scene(
    id="first-deployment",
    title=Words(ko="첫 디플로이먼트", en="The first Deployment"),
    text=Words(
        ko="kubectl이 디플로이먼트를 만들면 API 서버, etcd, 컨트롤러, 스케줄러, kubelet이 차례로 움직여 "
           "파드가 실행됩니다.",
        en="kubectl creates a Deployment; API server, etcd, controllers, scheduler and kubelets act in turn until its "
           "Pods run.",
    ),
    steps=(
        *table.clear((DEPLOYMENTS, "web")),
        Say(Words(
            ko="kubectl이 보낸 요청이 로드 밸런서를 지나 API 서버로 갑니다.",
            en="kubectl's request passes the load balancer and reaches an API server.",
        )),
        Do("apply a Deployment of three", lambda world: world.acts.apply([manifests.deployment("web")])),
        Wait("the Deployment is stored", lambda world: looks.deployment(world, "web")),
        Say(Words(
            ko="디플로이먼트 컨트롤러는 레플리카셋을, 레플리카셋 컨트롤러는 파드를 만듭니다.",
            en="The Deployment controller makes a ReplicaSet; the ReplicaSet controller makes Pods.",
        )),
        Wait("three Pods exist", lambda world: len(looks.pods(world, "web")) == 3),
        Say(Words(
            ko="스케줄러가 파드마다 노드를 고르고, 그 노드의 kubelet이 이미지를 받아 컨테이너를 시작합니다.",
            en="The scheduler picks a node for each Pod; that node's kubelet pulls the image and starts the container.",
        )),
        Wait("all three are Ready", lambda world: len(looks.ready_pods(world, "web")) == 3, 120 * SECOND),
        Expect("each is on a worker",
               lambda world: {looks.node_of(pod) for pod in looks.pods(world, "web")} <= {*looks.workers(world)}),
        Say(Words(ko="세 파드가 모두 준비되었습니다.", en="All three Pods are Ready.")),
    ),
)
