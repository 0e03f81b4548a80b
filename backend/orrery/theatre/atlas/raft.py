"""RAFT: consensus and cluster topology."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "RAFT-01", "leader-crash",
        ko=("리더 선출",
            "선거 타이머는 무작위라 대개 한 멤버가 먼저 후보가 됩니다. 사전 투표를 거쳐 과반의 표를 얻으면 "
            "리더입니다."),
        en=("Leader election",
            "Election timers are random, so that one member is first as a rule. After a pre-vote, a majority of votes "
            "makes it leader."),
    ),
    entry(
        "RAFT-02", "etcd-store",
        ko=("로그 복제",
            "리더가 엔트리를 로그에 적어 팔로워에게 보내고, 과반의 디스크에 있으면 커밋됩니다. 모든 멤버가 같은 순서로 "
            "적용합니다."),
        en=("Log replication",
            "The leader sends its entries to the followers; on a majority's disks they are committed, and all apply "
            "them in one order."),
    ),
    entry(
        "RAFT-03", "partition",
        ko=("안전성(Safety)",
            "한 임기에 리더는 하나뿐이고, 같은 인덱스에 다른 것을 적용한 멤버는 없습니다. 네트워크가 갈라져 있는 "
            "동안에도 그렇습니다."),
        en=("Safety",
            "One leader a term at the most, and no two members apply different things at one index: also while the "
            "network is split."),
    ),
    entry(
        "RAFT-04", "quorum-loss",
        ko=("활성도(Liveness)",
            "과반이 살아 서로 통하면 결국 리더가 뽑히고 쓰기가 나아갑니다. 과반이 없으면 멈춥니다. 그것이 안전성의 "
            "값입니다."),
        en=("Liveness",
            "With a majority alive and joined a leader is elected in the end, and writes go on. Without one they stop: "
            "the price of safety."),
    ),
    entry(
        "RAFT-05", "partition",
        ko=("분할 내성(Partition Tolerance)",
            "갈라진 동안 과반 쪽은 계속 일합니다. 다시 이어지면 소수 쪽이 과반의 로그를 받아들입니다."),
        en=("Partition tolerance",
            "While the network is split the majority's side works on. Healed, the minority takes over the majority's "
            "log."),
    ),
    entry(
        "RAFT-06", "partition",
        ko=("강한 일관성",
            "성공했다고 답한 쓰기는 그 뒤의 어떤 읽기에서도 보입니다. 소수 쪽에 묻더라도 옛 값이 나오지는 않습니다."),
        en=("Strong consistency",
            "A write that was confirmed is seen by every later read. Whoever asks the minority's side gets no old "
            "value."),
    ),
    entry(
        "RAFT-07", "four-members",
        ko=("홀수 개 멤버",
            "과반은 전체의 절반보다 하나 많은 수입니다. 넷에서는 세 표가 필요하고, 둘을 잃으면 멈춥니다."),
        en=("Odd member counts",
            "A majority is more than half: of four, three votes are needed, and the loss of two stops it."),
    ),
    entry(
        "RAFT-08", "quorum-loss",
        ko=("쿼럼 기반 의사결정",
            "셋 중 둘이 살아 있으면 쓰기가 되고, 하나만 남으면 되지 않습니다. 남은 하나는 후보가 되어도 이길 수 "
            "없습니다."),
        en=("Quorum decisions",
            "With two of three alive writes succeed, with one they do not: alone it cannot win an election."),
    ),
    entry(
        "RAFT-09", "etcd-store",
        ko=("리더-팔로워 역할 분담",
            "순서를 정하는 것은 리더뿐입니다. 팔로워는 받은 대로 적고, 하트비트가 오는 동안은 나서지 않습니다."),
        en=("The roles of leader and followers",
            "The leader alone decides the order. Followers write down what comes, and stay quiet while they hear it."),
    ),
    entry(
        "RAFT-10", "leader-crash",
        ko=("장애 조치", "새 리더는 앞 임기의 엔트리를 자기 임기의 빈 엔트리와 함께 커밋하고 나서 일을 이어받습니다."),
        en=("Failover",
            "The new leader commits what earlier terms left behind together with an empty entry of its own term, and "
            "goes on."),
    ),
    entry(
        "RAFT-11", "partition",
        ko=("네트워크 분할 처리", "소수 쪽에 갇힌 리더는 과반의 응답이 끊긴 것을 알고 스스로 물러납니다."),
        en=("Network partitions",
            "A leader caught in the minority notices that no majority answers, and steps down by itself."),
    ),
)
