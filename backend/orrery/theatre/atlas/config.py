"""CONF: configuration."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "CONF-01", "lecture-cluster",
        ko=("강의의 ClusterConfiguration",
            "강의의 YAML을 한 글자도 고치지 않고 부팅합니다. 외부 etcd 셋, 엔드포인트, 버전, 서브넷, 감사 로그 경로가 "
            "그대로 적용됩니다. 인증서 경로와 SAN은 읽고 검사할 뿐 효과는 없습니다."),
        en=("The lecture's ClusterConfiguration",
            "The lecture's YAML boots as it stands: external etcd of three, endpoint, version, subnets, audit log. "
            "Certificate files and SANs are read and checked, and have no effect."),
    ),
)
