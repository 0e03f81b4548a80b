"""DATA: what etcd keeps."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "DATA-01", "etcd-store",
        ko=("키-값 저장 모델", "etcd는 쿠버네티스를 모릅니다. 키와 값이 있을 뿐이고, 뜻을 주는 것은 API 서버입니다."),
        en=("Key-value model",
            "etcd knows nothing of Kubernetes. There are keys and values; the API server gives them meaning."),
    ),
    entry(
        "DATA-02", "etcd-store",
        ko=("계층적 키 네임스페이스",
            "키는 평평하지만 /registry/종류/네임스페이스/이름으로 지어, 앞부분이 같은 범위를 한 번에 읽고 "
            "감시합니다."),
        en=("Hierarchical keys",
            "Keys are flat, but named /registry/KIND/NAMESPACE/NAME, so that a prefix can be read and watched as one "
            "range."),
    ),
    entry(
        "DATA-03", "etcd-store",
        ko=("버전 관리와 히스토리",
            "쓸 때마다 저장소 전체의 리비전이 하나 오르고 키의 버전도 오릅니다. 압축되기 전까지는 지난 리비전의 값을 "
            "읽을 수 있습니다."),
        en=("Versions and history",
            "Each write takes the store's revision one up, and the key's version. Past revisions can be read until "
            "they are compacted."),
    ),
    entry(
        "DATA-04", "lease-expiry",
        ko=("TTL (리스)", "키를 리스에 걸어 두면, 갱신이 끊겨 리스가 다할 때 키도 함께 지워집니다."),
        en=("TTL (leases)", "A key under a lease is deleted when the lease is not renewed and runs out."),
    ),
    entry(
        "DATA-05", "atomic-claim",
        ko=("트랜잭션 처리",
            "'이 키들의 리비전이 이렇다면 이것들을 쓴다'를 한 번에 처리합니다. 객체를 쓰는 요청은 모두 이 형태입니다."),
        en=("Transactions",
            "'If these keys are of these revisions, write those', as one. Every write of the API server has this "
            "form."),
    ),
)
