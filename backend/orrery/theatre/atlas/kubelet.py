"""KLET: kubelet."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "KLET-01", "pod-life",
        ko=("노드의 에이전트", "자기 노드에 배정된 파드만 감시하고, 그 파드를 스펙대로 만들고, 지우고, 보고합니다."),
        en=("The node's agent",
            "Watches the Pods bound to its own node, brings them up as their spec says, takes them down, and "
            "reports."),
    ),
    entry(
        "KLET-02", "pod-life",
        ko=("파드 생명주기 관리",
            "파드마다 일꾼 하나가 시작, 실행, 종료, 정리의 단계를 맡습니다. 지울 때는 유예 시간을 주고, 다 멈춘 뒤에 "
            "객체를 없앱니다."),
        en=("The Pod's life cycle",
            "One worker a Pod takes it from start to clean-up. A deletion grants its grace, and the object goes when "
            "all has stopped."),
    ),
    entry(
        "KLET-03", "pod-life",
        ko=("런타임과 통신", "컨테이너를 직접 만들지 않습니다. 같은 기계의 containerd에게 부탁하고 대답을 기다립니다."),
        en=("Talks to the runtime",
            "It makes no container itself: it asks containerd on the same machine, and waits for the answer."),
    ),
    entry(
        "KLET-04", "worker-crash",
        ko=("노드 상태 보고",
            "10초마다 리스를 갱신해 살아 있음을 알리고, 상태가 바뀌면 노드의 조건을 고칩니다. 보고가 끊기면 노드는 "
            "NotReady가 됩니다."),
        en=("Reports the node's status",
            "Renews its lease every ten seconds, and patches the Node when something changed. When reports cease the "
            "node turns NotReady."),
    ),
    entry(
        "KLET-06", "probes",
        ko=("헬스 체크",
            "준비 프로브가 실패하면 트래픽을 받지 않게 되고, 활성 프로브가 실패하면 컨테이너가 다시 시작됩니다."),
        en=("Health checks",
            "A failed readiness probe keeps traffic away; a failed liveness probe has the container restarted."),
    ),
    entry(
        "KLET-08", "pod-life",
        ko=("파드 스펙 해석과 실행", "스펙의 컨테이너들을 샌드박스 하나에 차례로 만들어 시작합니다."),
        en=("Reads and runs Pod specs",
            "Makes and starts the containers of the spec, one after the other, in one sandbox."),
    ),
    entry(
        "KLET-09", "image-pull",
        ko=("이미지 풀링",
            "imagePullPolicy에 따라 받을지 정합니다. 실패하면 ErrImagePull, 이어 점점 길어지는 "
            "ImagePullBackOff입니다."),
        en=("Pulls images",
            "imagePullPolicy says whether. A failure means ErrImagePull, then ImagePullBackOff of growing length."),
    ),
    entry(
        "KLET-15", "pod-life",
        ko=("CRI (Container Runtime Interface)",
            "RunPodSandbox, PullImage, CreateContainer, StartContainer와 그 반대 호출들이 정해진 순서로 오갑니다."),
        en=("CRI (Container Runtime Interface)",
            "RunPodSandbox, PullImage, CreateContainer, StartContainer, and their opposites, in their order."),
    ),
    entry(
        "KLET-16", "pod-life",
        ko=("CNI (Container Network Interface)",
            "샌드박스가 생기면 CNI 플러그인의 ADD가 노드의 podCIDR에서 주소를 주고, 사라질 때 DEL이 거둡니다. 지금은 "
            "kubelet이 아니라 런타임이 부릅니다."),
        en=("CNI (Container Network Interface)",
            "For a new sandbox the plugin's ADD gives an address of the node's podCIDR; DEL takes it back. Today the "
            "runtime calls it, not the kubelet."),
    ),
)
