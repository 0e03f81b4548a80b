"""ETCD: roles, traits, and what it stores."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "ETCD-01", "etcd-store",
        ko=("분산 키-값 저장소", "키와 값이 바이트인 저장소이고, 모든 멤버가 같은 변경을 같은 리비전으로 적용합니다."),
        en=("A distributed key-value store",
            "Keys and values are bytes; every member applies the same changes at the same revisions."),
    ),
    entry(
        "ETCD-02", "relist",
        ko=("클러스터 상태 저장",
            "API 서버를 모두 다시 시작해도 객체는 그대로 있습니다. 상태는 etcd에만 있기 때문입니다."),
        en=("Holds the cluster's state",
            "Restart every API server and all objects are still there: the state is in etcd alone."),
    ),
    entry(
        "ETCD-03", "etcd-store",
        ko=("설정 데이터와 메타데이터",
            "ConfigMap 같은 설정 객체가 레이블, UID 같은 메타데이터와 함께 하나의 JSON 값으로 들어갑니다. (실제 "
            "etcd에는 protobuf로 들어갑니다.)"),
        en=("Configuration and metadata",
            "A ConfigMap, say, is stored with its metadata as one value: JSON here, protobuf in a real cluster."),
    ),
    entry(
        "ETCD-04", "lease-expiry",
        ko=("서비스 디스커버리 지원",
            "API 서버는 리스가 걸린 키로 자신을 알립니다. 키가 사라진 서버는 default/kubernetes의 엔드포인트에서 "
            "빠집니다."),
        en=("Supports service discovery",
            "API servers make themselves known by keys under a lease; whose key is gone leaves the endpoints of "
            "default/kubernetes."),
    ),
    entry(
        "ETCD-05", "scheduler-failover",
        ko=("분산 락",
            "쿠버네티스는 etcd의 락 API를 쓰지 않습니다. Lease 객체를 조건부로 쓰는 것이 락 노릇을 하며, 멈춘 리더는 "
            "잠시 자신이 리더라고 믿을 수 있습니다."),
        en=("Distributed locks",
            "Kubernetes does not use etcd's lock API: conditional writes of a Lease object play the lock. A leader "
            "that hangs may believe in itself for a moment."),
    ),
    entry(
        "ETCD-06", "watch",
        ko=("감시(Watch)",
            "API 서버는 etcd를 한 번만 감시하고, 거기서 받은 이벤트를 자기 감시자 모두에게 나눠 줍니다."),
        en=("Watch", "An API server watches etcd once, and hands on what it gets to all of its own watchers."),
    ),
    entry(
        "ETCD-08", "leader-crash",
        ko=("Raft 합의 알고리즘",
            "선거, 로그 복제, 커밋 규칙까지 논문대로 동작합니다. 리더가 죽으면 더 높은 임기의 리더가 뽑힙니다."),
        en=("Raft",
            "Election, log replication and the commitment rule are the paper's. When the leader dies, one of a higher "
            "term is elected."),
    ),
    entry(
        "ETCD-09", "partition",
        ko=("강한 일관성",
            "쓰기는 과반이 디스크에 적어야 성공하고, 읽기는 리더가 과반의 확인을 받은 뒤에 답합니다. 소수 쪽은 옛 값을 "
            "주느니 답하지 않습니다."),
        en=("Strong consistency",
            "A write needs a majority's disks; a read waits until the leader has a majority's word. The minority "
            "answers nothing rather than something old."),
    ),
    entry(
        "ETCD-10", "four-members",
        ko=("홀수 구성 권장 (3, 5, 7)",
            "넷의 과반은 셋이라 하나까지만 견딥니다. 셋과 같습니다. 짝수로 늘린 한 대는 내결함성을 더하지 않습니다."),
        en=("Odd sizes: 3, 5, 7",
            "A majority of four is three, so four bear the loss of one, as three do: the even member adds no "
            "tolerance."),
    ),
    entry(
        "ETCD-11", "etcd-store",
        ko=("리더-팔로워 구조",
            "엔트리의 순서를 정하고 나눠 주는 것은 리더뿐입니다. 팔로워가 받은 쓰기는 리더에게 넘깁니다."),
        en=("Leader and followers",
            "The leader alone orders entries and hands them out; a follower passes writes on to it."),
    ),
    entry(
        "ETCD-12", "leader-crash",
        ko=("자동 장애 조치",
            "하트비트가 1~2초 끊기면 팔로워가 선거를 시작합니다. 기다리던 쓰기는 새 리더에게서 이어집니다."),
        en=("Automatic failover",
            "After one to two seconds without a heartbeat a follower stands for election. Writes that waited go on "
            "with the new leader."),
    ),
    entry(
        "ETCD-15", "etcd-store",
        ko=("리소스 오브젝트 상태",
            "객체 하나가 키 하나이고, 스펙과 상태가 함께 들어 있습니다. 키의 리비전이 곧 resourceVersion입니다."),
        en=("The state of objects",
            "One object is one key, spec and status together. The key's revision is the object's resourceVersion."),
    ),
    entry(
        "ETCD-18", "service",
        ko=("서비스 엔드포인트 정보",
            "준비된 파드의 주소가 EndpointSlice로 저장됩니다. 강의의 Endpoints는 그 전 세대 API입니다."),
        en=("Service endpoints",
            "The addresses of Pods that are ready are stored as EndpointSlices. The lecture's Endpoints are the API "
            "before that."),
    ),
    entry(
        "ETCD-19", "etcd-store",
        ko=("노드와 파드 메타데이터",
            "노드는 옛 이름 그대로 /registry/minions/ 아래에, 파드는 /registry/pods/네임스페이스/ 아래에 있습니다."),
        en=("Node and Pod metadata",
            "Nodes are under their old name, /registry/minions/; Pods under /registry/pods/NAMESPACE/."),
    ),
)
