"""ARCH: the whole."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "ARCH-01", "one-door",
        ko=("API 서버", "모든 요청이 만나는 곳입니다. 컴포넌트는 서로 직접 말하지 않고 API 서버를 거칩니다."),
        en=("API server", "Where every request meets. Components do not talk to each other but through it."),
    ),
    entry(
        "ARCH-02", "leader-crash",
        ko=("etcd 클러스터", "클러스터의 상태를 Raft로 복제해 보관합니다. 멤버 하나가 죽어도 이어 갑니다."),
        en=("etcd cluster",
            "Keeps the cluster's state, replicated by Raft. When one member dies, the others carry on."),
    ),
    entry(
        "ARCH-03", "scheduler-decision",
        ko=("스케줄러", "새 파드마다 노드를 골라 바인딩합니다."),
        en=("Scheduler", "Picks a node for each new Pod and binds it."),
    ),
    entry(
        "ARCH-04", "self-healing",
        ko=("컨트롤러 매니저", "원하는 상태와 현재 상태를 비교하고 차이를 줄이는 컨트롤러들을 실행합니다."),
        en=("Controller manager", "Runs the controllers that compare what is wanted with what is, and close the gap."),
    ),
    entry(
        "ARCH-06", "worker-crash",
        ko=("kubelet", "노드의 대리인입니다. 파드를 실행하고 상태를 보고하며, 리스로 살아 있음을 알립니다."),
        en=("kubelet", "The node's agent: runs Pods, reports their state, and shows by its lease that it is alive."),
    ),
    entry(
        "ARCH-07", "service",
        ko=("kube-proxy",
            "모든 노드에서 서비스와 엔드포인트슬라이스를 감시하며 서비스 주소를 파드 주소로 바꾸는 규칙을 씁니다."),
        en=("kube-proxy",
            "On every node it watches Services and EndpointSlices and writes the rules that lead from a Service's "
            "address to Pods."),
    ),
    entry(
        "ARCH-08", "pod-life",
        ko=("컨테이너 런타임", "kubelet의 CRI 호출을 받아 샌드박스를 만들고 이미지를 받아 컨테이너를 시작합니다."),
        en=("Container runtime", "Takes the kubelet's CRI calls: makes sandboxes, pulls images, starts containers."),
    ),
)
