"""SCHED: kube-scheduler."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "SCHED-01", "scheduler-decision",
        ko=("파드를 노드에 배치",
            "nodeName이 비어 있는 파드를 큐에서 하나씩 꺼내 노드를 정합니다. 컨테이너를 시작하는 것은 kubelet입니다."),
        en=("Places Pods on nodes",
            "Takes Pods without a nodeName from its queue, one at a time, and chooses a node. Starting them is the "
            "kubelet's work."),
    ),
    entry(
        "SCHED-02", "scheduler-decision",
        ko=("리소스 요구사항 분석",
            "컨테이너의 requests를 더해 노드의 남은 allocatable과 비교합니다. 실제 사용량이 아니라 요청량이 "
            "기준입니다."),
        en=("Reads resource requirements",
            "Adds up the containers' requests and compares them with what is left of allocatable: requests count, not "
            "use."),
    ),
    entry(
        "SCHED-03", "scheduler-decision",
        ko=("노드 선택 알고리즘",
            "필터로 거르고 점수로 순위를 매겨 하나를 고릅니다. 노드마다 어느 플러그인이 무엇을 말했는지 남습니다."),
        en=("The selection algorithm", "Filter, score, choose. For every node it is kept which plugin said what."),
    ),
    entry(
        "SCHED-05", "taints",
        ko=("테인트와 톨러레이션",
            "노드의 테인트는 파드를 밀어내고, 파드의 톨러레이션은 그것을 견딥니다. 테인트가 사라지면 기다리던 파드를 "
            "곧바로 다시 시도합니다."),
        en=("Taints and tolerations",
            "A node's taint turns Pods away, a Pod's toleration bears it. When the taint goes, Pods that wait are "
            "tried again at once."),
    ),
    entry(
        "SCHED-07", "custom-scheduler",
        ko=("커스텀 스케줄러",
            "schedulerName이 다른 파드는 kube-scheduler가 건드리지 않습니다. pods/binding을 만들 권한만 있으면 누구든 "
            "스케줄러가 될 수 있습니다."),
        en=("Custom schedulers",
            "kube-scheduler leaves Pods of another schedulerName alone. Whoever may create pods/binding can be their "
            "scheduler."),
    ),
    entry(
        "SCHED-08", "scheduler-decision",
        ko=("1단계: 필터링 (Predicates)",
            "들어갈 수 없는 노드를 이유와 함께 뺍니다. Predicates는 옛 이름이고, 지금은 스케줄링 프레임워크의 Filter "
            "플러그인입니다."),
        en=("Step 1: filtering (predicates)",
            "Rules out nodes that will not do, with reasons. Predicates is the old name: they are Filter plugins "
            "now."),
    ),
    entry(
        "SCHED-09", "scheduler-decision",
        ko=("2단계: 점수 매기기 (Priorities)",
            "남은 노드마다 플러그인이 0~100점을 주고 가중치를 곱해 더합니다. Priorities는 옛 이름이고, 지금은 Score "
            "플러그인입니다."),
        en=("Step 2: scoring (priorities)",
            "Each plugin gives each node 0 to 100; weighted, they are added up. Priorities is the old name: they are "
            "Score plugins now."),
    ),
    entry(
        "SCHED-10", "scheduler-decision",
        ko=("3단계: 최적 노드 선택", "총점이 가장 높은 노드를 고르고, 같으면 그중에서 무작위로 고릅니다."),
        en=("Step 3: picking the node", "The highest total wins; chance decides between equals."),
    ),
    entry(
        "SCHED-11", "scheduler-decision",
        ko=("4단계: 바인딩 요청 생성",
            "결과는 파드를 고치는 것이 아니라 Binding이라는 작은 객체입니다. 확인을 기다리는 동안 파드는 그 노드에 "
            "있는 것으로 칩니다."),
        en=("Step 4: making the binding",
            "The result is no change of the Pod but a small object, a Binding. Until it is confirmed the Pod is "
            "assumed to be there."),
    ),
    entry(
        "SCHED-12", "scheduler-decision",
        ko=("5단계: API 서버에 전송",
            "pods/binding에 POST 한 번을 보냅니다. 노드에는 아무 말도 하지 않으며, kubelet은 감시로 압니다."),
        en=("Step 5: sending it to the API server",
            "One POST to pods/binding. The node is told nothing: its kubelet learns of it from its watch."),
    ),
    entry(
        "SCHED-13", "scheduler-decision",
        ko=("리소스 기반 스케줄링",
            "NodeResourcesFit이 모자란 노드를 빼고(Insufficient cpu), 덜 찬 노드와 CPU·메모리가 고르게 차는 노드에 "
            "점수를 줍니다."),
        en=("Scheduling by resources",
            "NodeResourcesFit rules out what is full (Insufficient cpu); emptier and more evenly used nodes get "
            "points."),
    ),
    entry(
        "SCHED-14", "node-affinity",
        ko=("노드 어피니티",
            "required 조건은 필터가 되고 preferred 조건은 점수가 됩니다. 이미 도는 파드에는 영향을 주지 않습니다."),
        en=("Node affinity",
            "What is required becomes a filter, what is preferred a score. Pods that run already are left alone."),
    ),
    entry(
        "SCHED-16", "taints",
        ko=("테인트 기반 정책",
            "모든 노드에 NoSchedule 테인트가 있으면 파드는 Pending으로 남고, 조건과 이벤트에 이유가 적힙니다."),
        en=("Policy by taints",
            "With a NoSchedule taint on every node the Pod stays Pending; its condition and an Event say why."),
    ),
)
