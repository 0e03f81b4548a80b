"""CM: kube-controller-manager."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "CM-01", "self-healing",
        ko=("상태 감시와 조정", "컨트롤러는 감시로 상태를 알고, 원하는 것과 다르면 API 서버에 쓰기를 보내 맞춥니다."),
        en=("Watches and reconciles",
            "A controller learns the state from watches, and where it differs from what is wanted, writes to the API "
            "server."),
    ),
    entry(
        "CM-02", "self-healing",
        ko=("선언한 상태와 실제 상태",
            "사람은 '셋'이라고만 적습니다. 둘이 되면 하나를 만들고, 넷이 되면 하나를 지우는 것은 컨트롤러의 "
            "일입니다."),
        en=("Desired against actual",
            "People write down: three. To make one when there are two is the controller's work."),
    ),
    entry(
        "CM-03", "self-healing",
        ko=("여러 컨트롤러의 실행",
            "한 프로세스 안에서 여러 컨트롤러가 각자의 큐를 가지고 돕니다. 서로 부르지 않고 API 객체로만 이어집니다."),
        en=("Runs many controllers",
            "In one process many controllers run, each with its queue. They do not call each other: API objects join "
            "them."),
    ),
    entry(
        "CM-04", "self-healing",
        ko=("이벤트에 반응",
            "감시 이벤트는 키를 큐에 넣을 뿐입니다. 컨트롤러는 이벤트의 내용이 아니라 지금의 상태를 보고 행동합니다."),
        en=("Reacts to events",
            "A watch event only puts a key into a queue. What the controller acts on is the state as it is, not the "
            "event."),
    ),
    entry(
        "CM-05", "self-healing",
        ko=("자가 치유",
            "파드를 지우면 곧 다른 파드가 생깁니다. 되살아난 것이 아니라 이름도 UID도 다른 새 파드입니다."),
        en=("Self-healing",
            "Delete a Pod and soon there is another: not the same one revived, but a new one of another name and "
            "UID."),
    ),
    entry(
        "CM-06", "garbage-collection",
        ko=("가비지 컬렉션",
            "ownerReferences를 따라, 주인이 사라진 객체를 지웁니다. 디플로이먼트, 레플리카셋, 파드의 순서입니다."),
        en=("Garbage collection",
            "Follows ownerReferences and deletes what has lost its owner: Deployment, then ReplicaSet, then Pods."),
    ),
    entry(
        "CM-07", "rolling-update",
        ko=("디플로이먼트 컨트롤러",
            "새 템플릿마다 레플리카셋을 하나 만들고, maxSurge와 maxUnavailable 안에서 새것을 늘리고 옛것을 줄입니다."),
        en=("Deployment controller",
            "Makes a ReplicaSet for each template; grows the new, shrinks the old, within maxSurge and "
            "maxUnavailable."),
    ),
    entry(
        "CM-08", "self-healing",
        ko=("레플리카셋 컨트롤러", "셀렉터에 맞고 자신이 소유한 파드의 수를 세어 replicas에 맞춥니다."),
        en=("ReplicaSet controller", "Counts the Pods that it owns and brings them to the number of replicas."),
    ),
    entry(
        "CM-09", "service",
        ko=("서비스 엔드포인트 컨트롤러",
            "셀렉터에 맞는 파드 가운데 준비된 것의 주소를 EndpointSlice에 적습니다. 파드가 바뀌면 따라 바뀝니다."),
        en=("Service endpoints controller",
            "Writes the addresses of the selected Pods that are ready into EndpointSlices, and follows as Pods come "
            "and go."),
    ),
    entry(
        "CM-10", "worker-crash",
        ko=("노드 컨트롤러",
            "리스가 갱신되지 않으면 노드를 Unknown으로 표시하고 테인트를 겁니다. 파드가 견디는 300초가 지나면 "
            "축출합니다."),
        en=("Node controller",
            "When a lease is not renewed it marks the node Unknown and taints it; after the 300 s that Pods tolerate "
            "they are evicted."),
    ),
    entry(
        "CM-11", "namespace-deletion",
        ko=("네임스페이스 컨트롤러",
            "지워지는 네임스페이스 안의 객체를 모두 지우고 나서 finalizer를 떼어 냅니다. 그래야 네임스페이스가 "
            "사라집니다."),
        en=("Namespace controller",
            "Deletes all that is in a namespace on its way out, then removes the finalizer: only then is it gone."),
    ),
    entry(
        "CM-14", "self-healing",
        ko=("제어 루프: 관찰(Observe)", "인포머의 캐시에서 지금 있는 파드를 봅니다. 무엇을 보았는지가 기록됩니다."),
        en=("The loop: observe",
            "Looks at the Pods that there are, in its informers' caches. What it saw is recorded."),
    ),
    entry(
        "CM-15", "self-healing",
        ko=("제어 루프: 비교(Diff)", "원하는 수와 있는 수의 차이를 계산합니다. 차이가 없으면 아무것도 하지 않습니다."),
        en=("The loop: diff",
            "Works out the difference between what is wanted and what is. Where there is none it does nothing."),
    ),
    entry(
        "CM-16", "self-healing",
        ko=("제어 루프: 행동(Act)",
            "차이만큼 API 서버에 쓰기를 보냅니다. 실패하면 점점 더 기다렸다가 다시 시도합니다."),
        en=("The loop: act",
            "Sends the API server as many writes as there are differences. What fails is tried again, ever later."),
    ),
    entry(
        "CM-17", "self-healing",
        ko=("제어 루프: 계속(Loop)", "한 번 맞춘 것으로 끝나지 않습니다. 또 지우면 또 만듭니다."),
        en=("The loop: keep watching", "Once right is not the end of it: delete again, and it makes another again."),
    ),
)
