"""CMD: the lecture's commands."""

from orrery.theatre.atlas.entry import entry

ENTRIES = (
    entry(
        "CMD-01", "commands",
        ko=("kubectl get nodes -o wide", "노드의 상태와 주소, 운영 체제, 런타임을 한 줄에 하나씩 보여 줍니다."),
        en=("kubectl get nodes -o wide", "One line a node: state, address, operating system, runtime."),
    ),
    entry(
        "CMD-02", "commands",
        ko=("kubectl get pods -n kube-system",
            "컨트롤 플레인도 파드로 보입니다. kubelet이 직접 띄운 스태틱 파드를 API 서버에 비춘 것(미러 파드)입니다."),
        en=("kubectl get pods -n kube-system",
            "The control plane is seen as Pods, too: mirrors of static Pods, which the kubelets start by themselves."),
    ),
    entry(
        "CMD-03", "commands",
        ko=("kubectl exec … etcdctl endpoint health",
            "API 서버와 kubelet을 거쳐 etcd 컨테이너 안에서 etcdctl을 실행합니다. 정족수가 있어야 healthy입니다."),
        en=("kubectl exec … etcdctl endpoint health",
            "Runs etcdctl in etcd's container, by way of API server and kubelet. Healthy: there is a quorum."),
    ),
    entry(
        "CMD-04", "commands",
        ko=("kubectl get --raw='/healthz'",
            "API 서버가 스스로 건강한지 답합니다. 건강하면 ok 한마디입니다. 요즘은 /livez와 /readyz를 씁니다."),
        en=("kubectl get --raw='/healthz'",
            "The API server says whether it is well, in one word. Today one asks /livez and /readyz."),
    ),
    entry(
        "CMD-05", "commands",
        ko=("kubectl get endpoints kube-scheduler",
            "예전에는 리더가 Endpoints의 주석에 적혔습니다. 1.20부터는 Lease에 적히므로 이 명령은 NotFound로 끝나고, "
            "kubectl get lease가 holderIdentity를 보여 줍니다."),
        en=("kubectl get endpoints kube-scheduler",
            "The leader used to stand in an annotation of Endpoints. Since 1.20 it stands in a Lease: this ends with "
            "NotFound, and kubectl get lease shows the holderIdentity."),
    ),
    entry(
        "CMD-06", "commands",
        ko=('tail -f /var/log/audit.log | grep "Pod"',
            "API 서버가 자기 호스트의 디스크에 쓰는 감사 로그를 따라갑니다. 서버마다 자기 로그가 따로 있습니다."),
        en=('tail -f /var/log/audit.log | grep "Pod"',
            "Follows the audit log that an API server writes to its host's disk. Each server has its own."),
    ),
    entry(
        "CMD-07", "commands",
        ko=("journalctl -u kubelet -f",
            "kubelet이 남기는 로그를 따라갑니다. SyncLoop ADD로 파드를 받고, PLEG가 컨테이너의 변화를 알립니다."),
        en=("journalctl -u kubelet -f",
            "Follows what the kubelet logs: SyncLoop ADD when it is given a Pod, PLEG when its containers change."),
    ),
    entry(
        "CMD-08", "commands",
        ko=("tcpdump -i any port 6443 -n",
            "6443 포트로 오가는 메시지를 하나씩 찍습니다. 내용은 TLS라 보이지 않고, 누가 누구에게 얼마나 보냈는지만 "
            "보입니다."),
        en=("tcpdump -i any port 6443 -n",
            "One line a message over port 6443. TLS hides what it says: one sees who sent how much to whom."),
    ),
    entry(
        "CMD-09", "commands",
        ko=("etcdctl watch --prefix /registry/pods/",
            "파드가 바뀔 때마다 etcd에 쓰인 키와 값을 찍습니다. 실제 값은 protobuf이고, 여기서는 JSON입니다."),
        en=("etcdctl watch --prefix /registry/pods/",
            "Each change of a Pod, as key and value in etcd. The real value is protobuf; here it is JSON."),
    ),
)
