"""STATE: how Kubernetes keeps state."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "STATE-01", "rolling-update",
        ko=("선언적 상태 (Desired State)", "사람이 바꾸는 것은 spec뿐입니다. 바꿀 때마다 generation이 하나 오릅니다."),
        en=("Desired state", "What people change is the spec. Each change takes the generation one up."),
    ),
    entry(
        "STATE-02", "rolling-update",
        ko=("현재 상태 (Current State)",
            "status는 컨트롤러가 본 것을 적는 곳입니다. 새 이미지의 파드가 몇인지, 준비된 것이 몇인지가 원하는 것을 "
            "뒤따라갑니다."),
        en=("Current state",
            "The status is where controllers write what they see: how many Pods are updated, how many ready. It lags "
            "what is wanted."),
    ),
    entry(
        "STATE-03", "rolling-update",
        ko=("관찰된 상태 (Observed State)",
            "observedGeneration은 컨트롤러가 어느 spec까지 보았는지 말합니다. generation과 같아야 status를 믿을 수 "
            "있습니다."),
        en=("Observed state",
            "observedGeneration says which spec the controller has seen. Only when it equals the generation is the "
            "status about it."),
    ),
    entry(
        "STATE-04", "rolling-update",
        ko=("상태 전이 추적",
            "조건(conditions)이 전이를 말해 줍니다. Progressing이 NewReplicaSetAvailable이 되면 롤아웃이 끝난 "
            "것입니다."),
        en=("Transitions",
            "Conditions tell of them: when Progressing says NewReplicaSetAvailable the rollout is done."),
    ),
    entry(
        "STATE-05", "self-healing",
        ko=("이벤트 기반 업데이트",
            "파드가 지워졌다는 감시 이벤트가 컨트롤러를 깨웁니다. 주기적으로 훑는 것이 아닙니다."),
        en=("Event-driven updates",
            "The watch event of the Pod's deletion wakes the controller. It does not look round every so often."),
    ),
    entry(
        "STATE-06", "slow-link",
        ko=("최종 일관성",
            "원하는 상태, 실제 상태, 알려진 상태는 잠시 다를 수 있습니다. etcd 안은 강하게 일관되지만, 클러스터 전체는 "
            "결국 일관됩니다."),
        en=("Eventual consistency",
            "What is wanted, what is, and what is known may differ for a while. etcd is strongly consistent; the "
            "cluster as a whole, eventually."),
    ),
    entry(
        "STATE-07", "watch",
        ko=("실시간 변경 감지", "만들고, 고치고, 지우면 그때마다 이벤트가 하나씩 옵니다."),
        en=("Changes seen as they happen", "Created, changed, deleted: each time one event comes."),
    ),
    entry(
        "STATE-08", "watch",
        ko=("이벤트 스트림", "이벤트는 리비전이 커지는 순서로 오며, 그 순서가 곧 etcd에 적용된 순서입니다."),
        en=("Event streams", "Events come in the order of their revisions: the order in which etcd applied them."),
    ),
    entry(
        "STATE-09", "watch",
        ko=("폴링 대체", "아무 일이 없는 20초 동안 파드 목록을 묻는 요청은 하나도 없습니다."),
        en=("Instead of polling", "In twenty seconds in which nothing happens, nobody asks for the list of Pods."),
    ),
    entry(
        "STATE-10", "watch",
        ko=("네트워크 대역폭 절약", "바뀐 객체 하나만 옵니다. 목록 전체를 다시 읽는 것의 몇 분의 일입니다."),
        en=("Bandwidth saved", "The one object that changed is sent: a fraction of reading the whole list again."),
    ),
    entry(
        "STATE-11", "scheduler-decision",
        ko=("클라이언트 캐시 (인포머)",
            "스케줄러는 결정하면서 아무것도 묻지 않습니다. 노드와 파드가 감시로 채워진 캐시에 있기 때문입니다."),
        en=("Client caches (informers)",
            "To decide, the scheduler asks for nothing: nodes and Pods are in its cache, which watches keep up to "
            "date."),
    ),
    entry(
        "STATE-12", "relist",
        ko=("재연결과 재동기화",
            "끊긴 감시는 마지막 resourceVersion부터 잇습니다. 너무 오래되어 410 Gone을 받으면 목록부터 다시 "
            "읽습니다."),
        en=("Reconnect and resync",
            "A watch that broke is resumed at the last resourceVersion. Where that is too old, 410 Gone, the client "
            "lists again."),
    ),
    entry(
        "STATE-13", "two-writers",
        ko=("낙관적 동시성 제어", "읽을 때 잠그지 않습니다. 쓸 때 읽은 버전 그대로인지 확인합니다."),
        en=("Optimistic concurrency",
            "Reading locks nothing. A write checks that the object is still of the version that was read."),
    ),
    entry(
        "STATE-14", "two-writers",
        ko=("충돌 감지와 해결", "늦은 쪽은 409 Conflict를 받고, 다시 읽어 고친 뒤 다시 씁니다."),
        en=("Conflicts found and resolved",
            "The later writer gets 409 Conflict, reads again, makes its change again, and writes."),
    ),
    entry(
        "STATE-15", "two-writers",
        ko=("resourceVersion",
            "쓸 때마다 새 resourceVersion을 받습니다. 클라이언트는 같은지만 비교하고, 값의 뜻은 etcd의 리비전입니다."),
        en=("resourceVersion",
            "Every write gives a new one. Clients compare it for equality; what it stands for is etcd's revision."),
    ),
    entry(
        "STATE-16", "two-writers",
        ko=("조건부 업데이트",
            "PUT은 resourceVersion을, DELETE는 preconditions를 조건으로 달 수 있습니다. 조건이 어긋나면 아무 일도 하지 "
            "않습니다."),
        en=("Conditional updates",
            "A PUT by its resourceVersion, a DELETE by its preconditions: where the condition fails nothing is done."),
    ),
    entry(
        "STATE-17", "atomic-claim",
        ko=("원자적 연산", "서비스와 그 주소의 점유는 한 리비전에 함께 쓰입니다. 둘 중 하나만 쓰이는 일은 없습니다."),
        en=("Atomic operations",
            "A Service and its claim on an address are written in one revision: never the one without the other."),
    ),
    entry(
        "STATE-18", "two-writers",
        ko=("데이터 경합 방지",
            "같은 순간에 온 두 PATCH도 둘 다 남습니다. API 서버가 조건부 쓰기를 되풀이해 어느 쪽도 덮어쓰지 "
            "않습니다."),
        en=("No lost updates",
            "Two PATCHes of the same instant both stay: the API server repeats its conditional write and overwrites "
            "neither."),
    ),
)
