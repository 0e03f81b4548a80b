"""API: kube-apiserver."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "API-01", "one-door",
        ko=("중앙 관리 지점",
            "디플로이먼트 하나가 퍼지는 동안 오간 메시지는 모두 한쪽 끝이 API 서버입니다. 스케줄러가 kubelet에게 직접 "
            "말하는 일은 없습니다."),
        en=("The single point of management",
            "While a Deployment unfolds, every message has the API server at one end. The scheduler never speaks to a "
            "kubelet."),
    ),
    entry(
        "API-02", "rest-api",
        ko=("RESTful API",
            "객체는 경로이고, POST·GET·PUT·PATCH·DELETE가 그 한살이입니다. 응답 코드도 HTTP 그대로입니다: 201, 200, "
            "404."),
        en=("RESTful endpoints",
            "An object is a path; POST, GET, PUT, PATCH and DELETE are its life. The codes are HTTP's: 201, 200, "
            "404."),
    ),
    entry(
        "API-03", "who-may",
        ko=("인증과 인가",
            "요청마다 누구인지 확인하고, 그것을 해도 되는지 판정합니다. 판정과 이유는 추적과 감사 로그에 남습니다."),
        en=("Authentication and authorization",
            "Of every request: who is it, and may they? The verdict and its reason go to the trace and the audit "
            "log."),
    ),
    entry(
        "API-04", "admission",
        ko=("검증과 승인 제어",
            "인가를 통과한 쓰기도 승인 플러그인이 보완하거나 거절하고, 스키마와 의미 검증을 거쳐야 저장됩니다."),
        en=("Validation and admission control",
            "A write that is authorized is still completed or refused by admission plugins, and validated, before it "
            "is stored."),
    ),
    entry(
        "API-05", "one-door",
        ko=("etcd와 통신하는 유일한 컴포넌트", "네트워크의 모든 메시지를 세어 보면 etcd의 상대는 API 서버뿐입니다."),
        en=("The only one that talks to etcd",
            "Count every message on the network: whoever speaks to etcd is an API server."),
    ),
    entry(
        "API-06", "watch",
        ko=("감시(Watch) API",
            "목록을 한 번 읽고 그 resourceVersion부터 요청을 열어 두면, 이후의 변경이 스트림으로 옵니다."),
        en=("The watch API",
            "List once, keep a request open from that resourceVersion on, and what changes comes as a stream."),
    ),
    entry(
        "API-07", "watch",
        ko=("상태 변경 이벤트 발행",
            "etcd에 적용된 변경은 API 서버의 감시 캐시를 거쳐 ADDED, MODIFIED, DELETED로 모든 감시자에게 전해집니다."),
        en=("Publishes changes of state",
            "What etcd has applied reaches every watcher by way of the watch cache, as ADDED, MODIFIED or DELETED."),
    ),
    entry(
        "API-08", "apiserver-crash",
        ko=("무상태(Stateless) 설계",
            "API 서버가 가진 것은 캐시뿐입니다. 답하던 서버가 죽어도 다른 서버가 같은 데이터를 돌려줍니다."),
        en=("Stateless",
            "An API server has nothing but caches. When the one that answered dies, another gives the same data."),
    ),
    entry(
        "API-09", "apiserver-crash",
        ko=("수평 확장",
            "API 서버 셋이 동시에 일합니다. 리더가 없으므로 어느 서버든 읽고 쓸 수 있고, 연결은 차례로 나뉩니다."),
        en=("Scales horizontally",
            "Three API servers work at once. None leads: any may read and write, and connections are shared out in "
            "turn."),
    ),
    entry(
        "API-10", "apiserver-crash",
        ko=("로드 밸런서를 통한 고가용성",
            "로드 밸런서가 /readyz를 확인합니다. 세 번 실패한 서버는 빼고, 두 번 성공하면 다시 넣습니다."),
        en=("High availability behind a load balancer",
            "The load balancer checks /readyz: three failures take a server out, two successes bring it back."),
    ),
    entry(
        "API-13", "rest-api",
        ko=("OpenAPI 스펙",
            "/openapi/v3가 그룹마다 스키마 문서를 줍니다. kubectl explain과 클라이언트 검증이 이것을 읽습니다."),
        en=("OpenAPI",
            "/openapi/v3 has a schema document a group: what `kubectl explain` and clients' validation read."),
    ),
    entry(
        "API-14", "rest-api",
        ko=("Core API (v1)",
            "그룹 이름이 없는 첫 API입니다. 경로는 /api/v1이고 Pod, Service, ConfigMap이 여기 있습니다."),
        en=("Core API (v1)",
            "The first API, without a group name. Its path is /api/v1; Pod, Service and ConfigMap are here."),
    ),
    entry(
        "API-15", "rest-api",
        ko=("Apps API (apps/v1)", "Deployment와 ReplicaSet이 있는 그룹입니다. 경로는 /apis/apps/v1입니다."),
        en=("Apps API (apps/v1)", "The group of Deployment and ReplicaSet. Its path is /apis/apps/v1."),
    ),
)
