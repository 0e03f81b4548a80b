"""What the page is told of scheduling: small records, each decision whole and sent once."""

from __future__ import annotations

from typing import Any, get_args

from orrery.scheduler import schedule
from orrery.scheduler.cache import Cache
from orrery.scheduler.decision import Decision
from orrery.scheduler.describe import constraints_of, requests_of
from orrery.scheduler.events import SchedulerStarted, SchedulingDecision
from orrery.scheduler.nodeinfo import PodInfo
from orrery.scheduler.plugins import default_framework
from orrery.scheduler.remedies import SENTENCES
from orrery.theatre.projections.scheduling import decision_record
from orrery.theatre.records import DecisionRecord, Remedy

Object = dict[str, Any]
LARGEST_BYTES = 8_000
"""A decision over fifty nodes on the wire, before the websocket compresses it."""


def a_pod(**spec: Any) -> PodInfo:
    resources = {"requests": {"cpu": "1", "memory": "512Mi"}}
    containers = [{"name": "c", "image": "nginx", "resources": resources}]
    metadata = {"name": "web-5d9c7b5f4c-x2x7l", "namespace": "default", "uid": "u"}
    return PodInfo({"metadata": metadata, "spec": {"containers": containers, **spec}})


def a_decision(pod: PodInfo, cpus: list[str], **labels: str) -> SchedulingDecision:
    cache = Cache()
    for number, cpu in enumerate(cpus):
        name = f"worker-{number + 1}"
        allocatable = {"cpu": cpu, "memory": "8Gi", "pods": "110"}
        cache.set_node({"metadata": {"name": name, "labels": labels}, "status": {"allocatable": allocatable}})
    decision = schedule(pod, cache.snapshot(), default_framework(), _First())
    event = SchedulingDecision(
        pod=pod.key, uid=pod.uid, attempts=1, began_ns=0, priority=0, requests=requests_of(pod),
        constraints=constraints_of(pod),
        **{name: getattr(decision, name) for name in Decision.__slots__ if name in SchedulingDecision.__slots__
           and name not in ("pod", "uid")},
    )  # fmt: skip
    event.source, event.id, event.time_ns, event.flow = "cp-1/kube-scheduler", 9, 10, 3
    return event


class _First:
    def below(self, bound: int, /) -> int:
        return 0


def a_record(event: SchedulingDecision) -> DecisionRecord:
    framework = default_framework()
    weights = tuple(framework.weights.items())
    return decision_record(event, SchedulerStarted(profile="p", points=framework.points, weights=weights, hints=()))


def test_a_decision_over_fifty_nodes_is_small_whether_it_chose_or_refused() -> None:
    chosen = a_record(a_decision(a_pod(), [str(2 + number % 7) for number in range(50)]))
    assert chosen.selected is not None
    assert len(chosen.model_dump_json()) < LARGEST_BYTES
    refused = a_record(a_decision(a_pod(nodeSelector={"zone": "a"}), [f"{100 + number}m" for number in range(50)]))
    assert refused.selected is None
    assert len(refused.refusals) == 1
    assert len(refused.model_dump_json()) < 2 * LARGEST_BYTES


def test_columns_stand_in_the_order_of_the_cycle_and_say_which_had_nothing_to_do() -> None:
    record = a_record(a_decision(a_pod(), ["2", "4"]))
    assert [(each.plugin, each.skipped) for each in record.filters] == [
        ("NodeUnschedulable", False), ("NodeName", False), ("TaintToleration", False), ("NodeAffinity", True),
        ("NodeResourcesFit", False),
    ]  # fmt: skip
    assert [each.plugin for each in record.scorers if each.skipped] == ["NodeAffinity"]
    ran = [each for each in record.scorers if not each.skipped]
    for node in record.nodes:
        assert len(node.raw) == len(node.normalized) == len(node.weighted) == len(ran)
        assert node.total == sum(node.weighted)
        assert node.weighted == tuple(n * each.weight for n, each in zip(node.normalized, ran, strict=True))


def test_refused_nodes_refer_to_what_they_share() -> None:
    record = a_record(a_decision(a_pod(), ["500m", "500m", "750m"]))
    assert [node.refusal for node in record.nodes] == [0, 0, 0]
    assert record.refusals[0].reasons == ("Insufficient cpu",)
    assert [record.remedies[index].arguments["amount"] for node in record.nodes for index in node.remedies] == [
        500, 500, 250,
    ]  # fmt: skip
    assert record.way_in is not None
    assert (record.way_in.node, record.way_in.nodes) == ("worker-3", 3)


def test_the_pod_in_hand_is_described_by_what_it_asks_for() -> None:
    term = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    tolerations = [
        {"key": "dedicated", "value": "db", "effect": "NoSchedule"},
        {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300, "effect": "NoExecute"},
    ]
    pod = a_pod(nodeSelector={"disk": "ssd"}, affinity={"nodeAffinity": required}, tolerations=tolerations)
    record = a_record(a_decision(pod, ["2"]))
    assert [(each.resource, each.amount) for each in record.requests] == [("cpu", "1"), ("memory", "512Mi")]
    assert [(each.field, each.text) for each in record.constraints] == [
        ("nodeSelector", "disk=ssd"), ("required", "zone in (a, b)"), ("toleration", "dedicated=db:NoSchedule"),
    ]  # fmt: skip


def test_the_wire_knows_every_kind_of_remedy() -> None:
    assert set(get_args(Remedy.model_fields["kind"].annotation)) == set(SENTENCES)
