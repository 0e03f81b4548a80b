"""SEC: securing communication."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "SEC-12", "who-may",
        ko=("익명 요청 처리",
            "신원을 대지 않은 요청은 system:anonymous가 됩니다. 건강 상태는 볼 수 있지만 파드는 볼 수 없습니다."),
        en=("Anonymous requests", "Who gives no identity is system:anonymous: it may see health, but no Pods."),
    ),
    entry(
        "SEC-13", "who-may",
        ko=("RBAC",
            "역할이 동사와 리소스를 허용하고, 바인딩이 역할을 사용자나 그룹에 줍니다. 여기에는 쿠버네티스가 처음부터 "
            "만들어 두는 역할들이 있습니다."),
        en=("RBAC",
            "Roles allow verbs on resources; bindings give roles to users and groups. Here are the roles that "
            "Kubernetes makes for itself at the start."),
    ),
    entry(
        "SEC-16", "who-may",
        ko=("노드 인가자",
            "kubelet은 자기 노드와 그 파드에 관한 것만 할 수 있습니다. 다른 노드를 고치려 하면 거절됩니다."),
        en=("Node authorizer",
            "A kubelet may do what concerns its own node and its Pods. Where it would change another node it is "
            "refused."),
    ),
    entry(
        "SEC-18", "admission",
        ko=("변형 승인 컨트롤러",
            "파드에 서비스 어카운트, 우선순위, 300초 톨러레이션을 채워 넣습니다. 저장되는 것은 보낸 것이 아니라 채워진 "
            "것입니다."),
        en=("Mutating admission",
            "Adds service account, priority and tolerations of 300 s to a Pod. What is stored is not what was sent but "
            "what it became."),
    ),
)
