"""Server-side printing: what ``kubectl get`` shows, transcript by transcript."""

from __future__ import annotations

from typing import Any

import pytest

from orrery.machinery import resources as r
from orrery.machinery.tables import columns, partial_metadata_list, pod_status, table

NOW_S = 1_767_225_600 + 3600  # an hour after the first instant of 2026
CREATED = "2026-01-01T00:56:48Z"  # 3m12s earlier


def printed(resource: r.Resource, *objects: dict[str, Any], wide: bool = False) -> str:
    """The table as kubectl prints it."""
    document = table(resource, objects, now_s=NOW_S)
    shown = [i for i, column in enumerate(document["columnDefinitions"]) if wide or column["priority"] == 0]
    lines = [[document["columnDefinitions"][i]["name"].upper() for i in shown]]
    lines += [[str(row["cells"][i]) for i in shown] for row in document["rows"]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(shown))]
    padded = ("   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n" + "\n".join(line.rstrip() for line in padded) + "\n"


def named(name: str, **fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "demo", "creationTimestamp": CREATED}, **fields}


def running(ready: bool = True, restarts: int = 0, finished: str = "") -> dict[str, Any]:
    status: dict[str, Any] = {"name": "c", "ready": ready, "restartCount": restarts, "state": {"running": {}}}
    if finished:
        status["lastState"] = {"terminated": {"exitCode": 1, "finishedAt": finished}}
    return status


def waiting(reason: str) -> dict[str, Any]:
    return {"name": "c", "ready": False, "restartCount": 0, "state": {"waiting": {"reason": reason}}}


def ended(code: int, reason: str = "", signal: int = 0) -> dict[str, Any]:
    state = {"exitCode": code} | ({"reason": reason} if reason else {}) | ({"signal": signal} if signal else {})
    return {"name": "c", "ready": False, "restartCount": 0, "state": {"terminated": state}}


def pod(phase: str = "Running", *statuses: dict[str, Any], **more: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "c"}] * max(1, len(statuses)), **more.pop("spec", {})}
    metadata = {"name": "web", "creationTimestamp": CREATED, **more.pop("metadata", {})}
    status = {"phase": phase, "containerStatuses": [*statuses], **more.pop("status", {})}
    assert not more
    return {"metadata": metadata, "spec": spec, "status": status}


def initializing(*statuses: dict[str, Any], **spec: Any) -> dict[str, Any]:
    init = [{"name": f"i{index}"} for index in range(len(statuses))]
    given = [status | {"name": f"i{index}"} for index, status in enumerate(statuses)]
    return pod(
        "Pending",
        waiting("PodInitializing"),
        spec={"initContainers": init, **spec},
        status={"initContainerStatuses": given},
    )


READY = {"conditions": [{"type": "Ready", "status": "True"}]}


@pytest.mark.parametrize(
    ("status", "subject"),
    [
        ("Pending", pod("Pending")),
        ("ContainerCreating", pod("Pending", waiting("ContainerCreating"))),
        ("ErrImagePull", pod("Pending", waiting("ErrImagePull"))),
        ("CrashLoopBackOff", pod("Running", waiting("CrashLoopBackOff"))),
        ("Running", pod("Running", running())),
        ("Running", pod("Running", running(ready=False))),
        ("Completed", pod("Succeeded", ended(0, "Completed"))),
        ("Error", pod("Failed", ended(1, "Error"))),
        ("ExitCode:3", pod("Failed", ended(3))),
        ("Signal:9", pod("Failed", ended(137, signal=9))),
        ("Running", pod("Running", ended(0, "Completed"), running(), status=READY)),
        ("NotReady", pod("Running", ended(0, "Completed"), running())),
        ("Error", pod("Running", ended(1, "Error"), running())),
        ("Evicted", pod("Failed", status={"reason": "Evicted"})),
        ("Terminating", pod("Running", running(), metadata={"deletionTimestamp": CREATED})),
        ("Completed", pod("Succeeded", ended(0, "Completed"), metadata={"deletionTimestamp": CREATED})),
        ("Unknown", pod("Running", metadata={"deletionTimestamp": CREATED}, status={"reason": "NodeLost"})),
        ("Init:0/2", initializing(waiting("PodInitializing"), waiting("PodInitializing"))),
        ("Init:1/2", initializing(ended(0), running())),
        ("Init:Error", initializing(ended(1, "Error"))),
        ("Init:ExitCode:2", initializing(ended(2))),
        ("Init:Signal:15", initializing(ended(143, signal=15))),
        ("Init:CrashLoopBackOff", initializing(waiting("CrashLoopBackOff"))),
        ("PodInitializing", initializing(ended(0))),
        (
            "SchedulingGated",
            pod("Pending", status={"conditions": [{"type": "PodScheduled", "reason": "SchedulingGated"}]}),
        ),
    ],
)
def test_status_of_a_pod_is_the_most_telling_word(status: str, subject: dict[str, Any]) -> None:
    assert pod_status(subject) == status


def test_pods() -> None:
    placed = {"podIPs": [{"ip": "10.244.1.7"}]} | READY
    first = pod("Running", running(), spec={"nodeName": "worker-1"}, status=placed)
    second = pod("Running", running(ready=False, restarts=3, finished="2026-01-01T00:59:55Z"), running())
    assert (
        printed(r.PODS, first, second, wide=True)
        == """
NAME   READY   STATUS    RESTARTS     AGE     IP           NODE       NOMINATED NODE   READINESS GATES
web    1/1     Running   0            3m12s   10.244.1.7   worker-1   <none>           <none>
web    1/2     Running   3 (5s ago)   3m12s   <none>       <none>     <none>           <none>
"""
    )


def test_a_sidecar_counts_as_a_container() -> None:
    spec = {"initContainers": [{"name": "s", "restartPolicy": "Always"}]}
    sidecar = running(restarts=2) | {"name": "s", "started": True}
    subject = pod("Running", running(), spec=spec, status={"initContainerStatuses": [sidecar]} | READY)
    assert (
        printed(r.PODS, subject)
        == """
NAME   READY   STATUS    RESTARTS   AGE
web    2/2     Running   2          3m12s
"""
    )


def test_readiness_gates_are_counted() -> None:
    gates = {"readinessGates": [{"conditionType": "a"}, {"conditionType": "b"}]}
    subject = pod("Running", spec=gates, status={"conditions": [{"type": "a", "status": "True"}]})
    assert table(r.PODS, [subject], now_s=NOW_S)["rows"][0]["cells"][8] == "1/2"


def test_nodes() -> None:
    info = {
        "kubeletVersion": "v1.37.0",
        "osImage": "Debian GNU/Linux 13",
        "kernelVersion": "6.12",
        "containerRuntimeVersion": "containerd://2.1.0",
    }
    status = {"nodeInfo": info, "addresses": [{"type": "InternalIP", "address": "10.0.0.11"}]} | READY
    first = named("cp-1", status=status)
    first["metadata"]["labels"] = {"node-role.kubernetes.io/control-plane": "", "kubernetes.io/hostname": "cp-1"}
    lost = [{"type": "Ready", "status": "Unknown"}]
    second = named("worker-1", spec={"unschedulable": True}, status={"conditions": lost})
    third = named("worker-2")
    assert (
        printed(r.NODES, first, second, third)
        == """
NAME       STATUS                        ROLES           AGE     VERSION
cp-1       Ready                         control-plane   3m12s   v1.37.0
worker-1   NotReady,SchedulingDisabled   <none>          3m12s
worker-2   Unknown                       <none>          3m12s
"""
    )
    assert table(r.NODES, [first, third], now_s=NOW_S)["rows"][0]["cells"][5:] == [
        "10.0.0.11",
        "<none>",
        "Debian GNU/Linux 13",
        "6.12",
        "containerd://2.1.0",
    ]


TEMPLATE = {"spec": {"containers": [{"name": "a", "image": "nginx:1.27"}, {"name": "b", "image": "busybox"}]}}
SELECTOR = {"matchLabels": {"app": "web"}}


def test_deployments_and_replica_sets() -> None:
    spec = {"replicas": 3, "selector": SELECTOR, "template": TEMPLATE}
    status = {"replicas": 4, "readyReplicas": 2, "updatedReplicas": 1, "availableReplicas": 2}
    assert (
        printed(r.DEPLOYMENTS, named("web", spec=spec, status=status), wide=True)
        == """
NAME   READY   UP-TO-DATE   AVAILABLE   AGE     CONTAINERS   IMAGES               SELECTOR
web    2/3     1            2           3m12s   a,b          nginx:1.27,busybox   app=web
"""
    )
    assert (
        printed(r.REPLICASETS, named("web-5d9", spec=spec, status=status), wide=True)
        == """
NAME      DESIRED   CURRENT   READY   AGE     CONTAINERS   IMAGES               SELECTOR
web-5d9   3         4         2       3m12s   a,b          nginx:1.27,busybox   app=web
"""
    )


def test_services() -> None:
    ports = [{"port": 80, "nodePort": 30080, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]
    spec = {"clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"], "ports": ports}
    assert (
        printed(
            r.SERVICES,
            named("web", spec=spec | {"type": "NodePort", "selector": {"b": "2", "a": "1"}}),
            named("front", spec=spec | {"type": "LoadBalancer", "ports": []}),
            named("db", spec={"type": "ClusterIP", "clusterIP": "None"}),
            named("out", spec={"type": "ExternalName", "externalName": "example.com"}),
            wide=True,
        )
        == """
NAME    TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)               AGE     SELECTOR
web     NodePort       10.96.0.9    <none>        80:30080/TCP,53/UDP   3m12s   a=1,b=2
front   LoadBalancer   10.96.0.9    <pending>     <none>                3m12s   <none>
db      ClusterIP      None         <none>        <none>                3m12s   <none>
out     ExternalName   <none>       example.com   <none>                3m12s   <none>
"""
    )


def test_endpoints_and_their_slices() -> None:
    addresses = [f"10.244.1.{index}" for index in range(1, 6)]
    subset = {"addresses": [{"ip": ip} for ip in addresses], "ports": [{"port": 80}]}
    assert (
        printed(r.ENDPOINTS, named("web", subsets=[subset]), named("none"))
        == """
NAME   ENDPOINTS                                               AGE
web    10.244.1.1:80,10.244.1.2:80,10.244.1.3:80 + 2 more...   3m12s
none   <none>                                                  3m12s
"""
    )
    full = named("web-x", addressType="IPv4", endpoints=[{"addresses": [ip]} for ip in addresses], ports=[{"port": 80}])
    assert (
        printed(r.ENDPOINTSLICES, full, named("web-y", addressType="IPv4"))
        == """
NAME    ADDRESSTYPE   PORTS     ENDPOINTS                                      AGE
web-x   IPv4          80        10.244.1.1,10.244.1.2,10.244.1.3 + 2 more...   3m12s
web-y   IPv4          <unset>   <unset>                                        3m12s
"""
    )


def test_config_maps_secrets_and_service_accounts() -> None:
    assert (
        printed(r.CONFIGMAPS, named("c", data={"a": "1"}, binaryData={"b": ""}))
        == """
NAME   DATA   AGE
c      2      3m12s
"""
    )
    assert (
        printed(r.SECRETS, named("s", type="Opaque", data={"a": ""}))
        == """
NAME   TYPE     DATA   AGE
s      Opaque   1      3m12s
"""
    )
    assert (
        printed(r.SERVICEACCOUNTS, named("default"))
        == """
NAME      SECRETS   AGE
default   0         3m12s
"""
    )


def test_events() -> None:
    event = named(
        "web.1",
        type="Warning",
        reason="BackOff",
        message="Back-off restarting failed container\n",
        involvedObject={"kind": "Pod", "name": "web", "fieldPath": "spec.containers{c}"},
        source={"component": "kubelet", "host": "worker-1"},
        firstTimestamp="2026-01-01T00:50:00Z",
        lastTimestamp="2026-01-01T00:59:58Z",
        count=7,
    )
    assert (
        printed(r.EVENTS, event)
        == """
LAST SEEN   TYPE      REASON    OBJECT    MESSAGE
2s          Warning   BackOff   pod/web   Back-off restarting failed container
"""
    )
    row = table(r.EVENTS, [event], now_s=NOW_S)["rows"][0]["cells"]
    assert row[4:6] + row[7:] == ["spec.containers{c}", "kubelet, worker-1", "10m", 7, "web.1"]


def test_a_new_kind_of_event_has_a_time_of_its_own() -> None:
    event = named("e", eventTime="2026-01-01T00:59:00.500000Z", reportingComponent="default-scheduler")
    row = table(r.EVENTS, [event], now_s=NOW_S)["rows"][0]["cells"]
    assert (row[0], row[5], row[8]) == ("59s", "default-scheduler", 1)


def test_namespaces_and_leases() -> None:
    assert (
        printed(r.NAMESPACES, named("demo", status={"phase": "Terminating"}))
        == """
NAME   STATUS        AGE
demo   Terminating   3m12s
"""
    )
    assert (
        printed(r.LEASES, named("kube-scheduler", spec={"holderIdentity": "cp-1_x"}))
        == """
NAME             HOLDER   AGE
kube-scheduler   cp-1_x   3m12s
"""
    )


def test_rows_carry_metadata_the_object_or_nothing() -> None:
    subject = named("c", data={})
    rows = {
        include: table(r.CONFIGMAPS, [subject], now_s=NOW_S, include_object=include)["rows"][0]["object"]
        for include in ("Metadata", "Object", "None")
    }
    assert rows == {
        "Metadata": {
            "kind": "PartialObjectMetadata",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": subject["metadata"],
        },
        "Object": subject,
        "None": None,
    }


def test_a_watch_sends_its_columns_once() -> None:
    later = table(r.PODS, [pod()], now_s=NOW_S, with_columns=False)
    assert later["columnDefinitions"] is None
    assert len(later["rows"]) == 1


def test_a_list_of_metadata_alone() -> None:
    listed = partial_metadata_list([named("a")], {"resourceVersion": "7"})
    assert (listed["kind"], listed["metadata"]) == ("PartialObjectMetadataList", {"resourceVersion": "7"})


@pytest.mark.parametrize("resource", r.RESOURCES, ids=lambda resource: resource.kind)
def test_every_kind_can_be_printed_bare(resource: r.Resource) -> None:
    document = table(resource, [{"metadata": {"name": "x"}}], now_s=NOW_S)
    assert len(document["rows"][0]["cells"]) == len(columns(resource)) == len(document["columnDefinitions"])
