"""PROXY: kube-proxy."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "PROXY-01", "service",
        ko=("서비스 추상화 구현",
            "서비스는 API 객체일 뿐입니다. 모든 노드의 kube-proxy가 규칙을 써야 비로소 주소 노릇을 합니다."),
        en=("Makes Services real",
            "A Service is an object of the API. It is an address only by the rules that every node's kube-proxy "
            "writes."),
    ),
    entry(
        "PROXY-03", "service",
        ko=("네트워크 규칙 관리",
            "엔드포인트가 바뀌면 규칙도 바뀝니다. 새 파드가 들어오고 사라진 파드는 빠지며, 다시 쓰는 것은 많아야 1초에 "
            "한 번입니다."),
        en=("Keeps network rules",
            "As endpoints change, so do the rules: the new Pod is in, the lost one out. They are written once a second "
            "at most."),
    ),
    entry(
        "PROXY-07", "service",
        ko=("iptables 모드",
            "서비스 포트마다 KUBE-SVC 체인, 엔드포인트마다 KUBE-SEP 체인을 둡니다. 리눅스의 기본값입니다."),
        en=("iptables mode",
            "A KUBE-SVC chain a Service port, a KUBE-SEP chain an endpoint. It is the default on Linux."),
    ),
    entry(
        "PROXY-11", "service",
        ko=("서비스 IP 가상화", "클러스터 IP는 어느 기계의 주소도 아닙니다. 노드의 규칙 안에만 있습니다."),
        en=("Virtual service IPs",
            "A cluster IP is the address of no machine. It is in the nodes' rules, and nowhere else."),
    ),
    entry(
        "PROXY-12", "service",
        ko=("엔드포인트 로드 밸런싱",
            "셋이면 규칙의 확률이 1/3, 1/2, 1입니다. 앞의 규칙을 지나친 패킷만 다음 규칙에 오므로 모두 1/3씩 "
            "받습니다."),
        en=("Balancing over endpoints",
            "With three the rules' probabilities are 1/3, 1/2 and 1. Each rule sees what passed those before it, so "
            "each gets a third."),
    ),
    entry(
        "PROXY-14", "service",
        ko=("외부 IP와 NodePort",
            "NodePort는 30000~32767에서 하나를 받아 모든 노드의 규칙에 들어가고, 외부 IP는 클러스터 IP 옆에 나란히 "
            "적힙니다."),
        en=("External IPs and NodePort",
            "A NodePort, from 30000 to 32767, stands in the rules of every node; an external IP stands beside the "
            "cluster IP."),
    ),
)
