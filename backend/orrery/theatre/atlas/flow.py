"""FLOW: the Pod-creation sequence."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "FLOW-01", "pod-creation",
        ko=("파드 생성의 열여섯 메시지",
            "kubectl의 요청에서 Running이 저장되기까지, 강의의 메시지 열여섯 개를 추적에서 원인의 사슬로 찾아 보낸 이, "
            "받은 이, 순서를 확인합니다. 두 감시 요청(6, 11)은 실제로는 훨씬 전에 열립니다."),
        en=("The sixteen messages of a Pod's creation",
            "From kubectl's request to Running in etcd: the lecture's messages, found in the trace by their causes, "
            "with sender, receiver and order. The two watch requests (6, 11) are really made long before."),
    ),
)
