"""RT: the container runtime."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "RT-01", "pod-life",
        ko=("containerd",
            "노드마다 따로 도는 프로세스입니다. kubelet의 CRI 호출을 받아 일하고, 노드 상태에 containerd://로 "
            "적힙니다."),
        en=("containerd",
            "A process of its own on each node that takes the kubelet's CRI calls. The Node's status names it, "
            "containerd://."),
    ),
    entry(
        "RT-05", "image-pull",
        ko=("이미지 관리 API", "ImageStatus로 있는지 묻고, 없으면 PullImage로 받습니다."),
        en=("Image API", "ImageStatus asks whether it is there; PullImage fetches it if not."),
    ),
    entry(
        "RT-06", "pod-life",
        ko=("컨테이너 생명주기 API",
            "CreateContainer, StartContainer, StopContainer로 이어집니다. 만드는 것과 시작하는 것은 다른 호출입니다."),
        en=("Container life-cycle API",
            "CreateContainer, StartContainer, StopContainer: making and starting are two calls."),
    ),
    entry(
        "RT-07", "pod-life",
        ko=("샌드박스 관리 API", "RunPodSandbox로 파드의 자리를 만들고, StopPodSandbox와 RemovePodSandbox로 거둡니다."),
        en=("Sandbox API", "RunPodSandbox makes the Pod's place; StopPodSandbox and RemovePodSandbox take it away."),
    ),
    entry(
        "RT-09", "pod-life",
        ko=("컨테이너 실행과 관리", "컨테이너의 상태가 created, running, exited로 바뀌는 것을 kubelet에게 알립니다."),
        en=("Runs and manages containers", "Created, running, exited: it tells the kubelet of each change."),
    ),
    entry(
        "RT-10", "image-pull",
        ko=("이미지 풀링과 캐싱",
            "처음에는 매니페스트와 레이어를 레지스트리에서 받고, 같은 노드의 다음 파드는 받은 것을 씁니다."),
        en=("Pulls and caches images",
            "Manifest and layers come from the registry once; the next Pod on that node uses what is there."),
    ),
    entry(
        "RT-11", "pod-life",
        ko=("네트워크 네임스페이스 관리",
            "파드의 컨테이너는 샌드박스 하나의 네트워크를 같이 씁니다. 그래서 파드마다 IP가 하나입니다."),
        en=("Network namespaces", "The containers of a Pod share the network of one sandbox: hence one IP a Pod."),
    ),
)
