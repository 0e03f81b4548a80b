"""What each filter refuses, with which code and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from scheduler_objects import a_container, a_node, a_pod, a_snapshot, taint, verdicts

from orrery.scheduler.framework import Code
from orrery.scheduler.plugins.node_affinity import NodeAffinity
from orrery.scheduler.plugins.node_name import NodeName
from orrery.scheduler.plugins.node_resources_fit import NodeResourcesFit
from orrery.scheduler.plugins.node_unschedulable import NodeUnschedulable
from orrery.scheduler.plugins.taint_toleration import TaintToleration

UNRESOLVABLE = Code.UNSCHEDULABLE_AND_UNRESOLVABLE


# NodeUnschedulable. Source: "Safely Drain a Node", "Manual Node administration".


@pytest.mark.parametrize(
    ("cordoned", "tolerations", "code"),
    [
        (False, [], Code.SUCCESS),
        (True, [], UNRESOLVABLE),
        (
            True,
            [{"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoSchedule"}],
            Code.SUCCESS,
        ),
        (True, [{"operator": "Exists"}], Code.SUCCESS),
        (True, [{"key": "other", "operator": "Exists"}], UNRESOLVABLE),
        (
            True,
            [{"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoExecute"}],
            UNRESOLVABLE,
        ),
    ],
)
def test_a_cordoned_node_takes_only_pods_that_tolerate_it(cordoned: bool, tolerations: list[Any], code: Code) -> None:
    snapshot = a_snapshot([a_node("n", unschedulable=cordoned)])
    [status] = verdicts(NodeUnschedulable(), a_pod(tolerations=tolerations), snapshot)
    assert status.code is code
    assert status.reasons == (() if code is Code.SUCCESS else ("node(s) were unschedulable",))


# NodeName


def test_a_pod_that_names_its_node_fits_only_there() -> None:
    snapshot = a_snapshot([a_node("a"), a_node("b")])
    first, second = verdicts(NodeName(), a_pod(node="b"), snapshot)
    assert (first.code, first.reasons) == (UNRESOLVABLE, ("node(s) didn't match the requested node name",))
    assert second.code is Code.SUCCESS
    assert all(status.code is Code.SUCCESS for status in verdicts(NodeName(), a_pod(), snapshot))


# TaintToleration. Source: "Taints and Tolerations".


@pytest.mark.parametrize(
    ("taints", "tolerations", "fits"),
    [
        ([], [], True),
        ([taint("k", value="v")], [], False),
        ([taint("k", value="v")], [{"key": "k", "operator": "Equal", "value": "v", "effect": "NoSchedule"}], True),
        ([taint("k", value="v")], [{"key": "k", "value": "v"}], True),  # the operator's default is Equal
        ([taint("k", value="v")], [{"key": "k", "operator": "Exists"}], True),
        ([taint("k", value="v")], [{"operator": "Exists"}], True),  # an empty key with Exists tolerates everything
        ([taint("k", value="v")], [{"key": "k", "operator": "Equal", "value": "w"}], False),
        ([taint("k", "NoExecute")], [{"key": "k", "operator": "Exists", "effect": "NoSchedule"}], False),
        ([taint("k", "NoExecute")], [], False),
        ([taint("k", "PreferNoSchedule")], [], True),  # only a wish: it costs score
        ([taint("a"), taint("b")], [{"key": "a", "operator": "Exists"}], False),
    ],
)
def test_a_hard_taint_refuses_pods_that_do_not_tolerate_it(taints: Any, tolerations: Any, fits: bool) -> None:
    snapshot = a_snapshot([a_node("n", taints=taints)])
    [status] = verdicts(TaintToleration(), a_pod(tolerations=tolerations), snapshot)
    assert status.code is (Code.SUCCESS if fits else UNRESOLVABLE)
    assert status.reasons == (() if fits else ("node(s) had untolerated taint(s)",))


# NodeAffinity. Source: "Assigning Pods to Nodes".


def required(*terms: Any) -> Any:
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}}


def expression(key: str, operator: str, *values: str) -> Any:
    requirement = {"key": key, "operator": operator}
    return {"matchExpressions": [requirement | ({"values": list(values)} if values else {})]}


LABELS = {"disk": "ssd", "cores": "16"}


@pytest.mark.parametrize(
    ("spec", "fits"),
    [
        ({}, True),
        ({"nodeSelector": {"disk": "ssd"}}, True),
        ({"nodeSelector": {"disk": "hdd"}}, False),
        ({"nodeSelector": {"disk": "ssd", "gpu": "yes"}}, False),
        ({"affinity": required(expression("disk", "In", "ssd", "nvme"))}, True),
        ({"affinity": required(expression("disk", "NotIn", "ssd"))}, False),
        ({"affinity": required(expression("gpu", "NotIn", "old"))}, True),  # NotIn holds where the label is missing
        ({"affinity": required(expression("gpu", "Exists"))}, False),
        ({"affinity": required(expression("gpu", "DoesNotExist"))}, True),
        ({"affinity": required(expression("cores", "Gt", "8"))}, True),
        ({"affinity": required(expression("cores", "Gt", "16"))}, False),
        ({"affinity": required(expression("cores", "Lt", "17"))}, True),
        ({"affinity": required(expression("disk", "Gt", "8"))}, False),  # not a number
        ({"affinity": required(expression("disk", "In"))}, False),  # malformed terms match nothing
        ({"affinity": required()}, False),  # and neither does no term
        ({"affinity": required({})}, False),  # nor an empty one
        ({"affinity": required({}, expression("disk", "Exists"))}, True),  # terms are alternatives
        (
            {"affinity": required({"matchExpressions": expression("disk", "Exists")["matchExpressions"]
                                   + expression("gpu", "Exists")["matchExpressions"]})},
            False,  # requirements inside a term must all hold
        ),
        ({"nodeSelector": {"disk": "hdd"}, "affinity": required(expression("disk", "Exists"))}, False),  # both count
    ],
)  # fmt: skip
def test_node_selector_and_required_affinity_must_both_match(spec: Any, fits: bool) -> None:
    [status] = verdicts(NodeAffinity(), a_pod(**spec), a_snapshot([a_node("n", labels=LABELS)]))
    assert status.code is (Code.SUCCESS if fits else UNRESOLVABLE)
    assert status.reasons == (() if fits else ("node(s) didn't match Pod's node affinity/selector",))


def field(operator: str, *names: str) -> Any:
    return {"matchFields": [{"key": "metadata.name", "operator": operator, "values": list(names)}]}


@pytest.mark.parametrize(
    ("terms", "fitting"),
    [
        ([field("In", "a")], ["a"]),
        ([field("NotIn", "a")], ["b", "c"]),
        ([field("In", "a"), field("In", "c")], ["a", "c"]),
        ([field("In", "a") | expression("disk", "Exists")], []),
    ],
)
def test_match_fields_select_nodes_by_name(terms: Any, fitting: list[str]) -> None:
    snapshot = a_snapshot([a_node("a"), a_node("b"), a_node("c")])
    statuses = verdicts(NodeAffinity(), a_pod(affinity=required(*terms)), snapshot)
    names = [node.name for node, status in zip(snapshot.nodes, statuses, strict=True) if status.code is Code.SUCCESS]
    assert names == fitting


def test_names_that_contradict_each_other_refuse_every_node_at_once() -> None:
    both = {"matchFields": field("In", "a")["matchFields"] + field("In", "b")["matchFields"]}
    [status, _] = verdicts(NodeAffinity(), a_pod(affinity=required(both)), a_snapshot([a_node("a"), a_node("b")]))
    assert (status.code, status.reasons) == (UNRESOLVABLE, ("pod affinity terms conflict",))


# NodeResourcesFit. Source: "Resource Management for Pods and Containers"; "Sidecar Containers"; "Pod Overhead".


@pytest.mark.parametrize(
    ("cpu", "memory", "code", "reasons"),
    [
        ("1", "1Gi", Code.SUCCESS, ()),
        ("3", "6Gi", Code.SUCCESS, ()),  # exactly what is left
        ("3001m", "1Gi", Code.UNSCHEDULABLE, ("Insufficient cpu",)),
        ("1", "7Gi", Code.UNSCHEDULABLE, ("Insufficient memory",)),
        ("3500m", "7Gi", Code.UNSCHEDULABLE, ("Insufficient cpu", "Insufficient memory")),
        ("5", "1Gi", UNRESOLVABLE, ("Insufficient cpu",)),  # more than the node has in all
        (None, None, Code.SUCCESS, ()),
    ],
)
def test_requests_must_fit_into_what_is_left(cpu: Any, memory: Any, code: Code, reasons: tuple[str, ...]) -> None:
    snapshot = a_snapshot([a_node("n", "4", "8Gi")], [a_pod("there", "1", "2Gi", node="n")])
    [status] = verdicts(NodeResourcesFit(), a_pod(cpu=cpu, memory=memory), snapshot)
    assert (status.code, status.reasons) == (code, reasons)


def test_the_number_of_pods_is_a_limit_too() -> None:
    snapshot = a_snapshot([a_node("n", "1", "8Gi", pods="1")], [a_pod("there", node="n")])
    [status] = verdicts(NodeResourcesFit(), a_pod(cpu="2"), snapshot)
    assert status.reasons == ("Too many pods", "Insufficient cpu")


@pytest.mark.parametrize(
    ("containers", "init", "more", "needs_milli"),
    [
        # containers run together; init containers one by one, so the largest counts
        ([a_container("1"), a_container("500m")], [], {}, 1500),
        ([a_container("1")], [a_container("2"), a_container("3")], {}, 3000),
        ([a_container("4")], [a_container("2")], {}, 4000),
        # a sidecar runs on beside the init containers after it and beside the containers
        ([a_container("1")], [a_container("1", restartPolicy="Always"), a_container("3")], {}, 4000),
        ([a_container("1")], [a_container("3"), a_container("1", restartPolicy="Always")], {}, 3000),
        ([a_container("3")], [a_container("1", restartPolicy="Always"), a_container("2")], {}, 4000),
        # overhead comes on top; Pod-level requests replace the sum
        ([a_container("1")], [], {"overhead": {"cpu": "250m"}}, 1250),
        ([a_container("1")], [], {"resources": {"requests": {"cpu": "2"}}, "overhead": {"cpu": "250m"}}, 2250),
    ],
)
def test_a_pod_needs_the_most_that_it_uses_at_once(containers: Any, init: Any, more: Any, needs_milli: int) -> None:
    pod = a_pod(containers=containers, initContainers=init, **more)
    enough = a_snapshot([a_node("n", f"{needs_milli}m")])
    short = a_snapshot([a_node("n", f"{needs_milli - 1}m")])
    assert verdicts(NodeResourcesFit(), pod, enough)[0].code is Code.SUCCESS
    assert verdicts(NodeResourcesFit(), pod, short)[0].reasons == ("Insufficient cpu",)


def test_extended_resources_are_counted_by_name() -> None:
    gpu = {"nvidia.com/gpu": "1"}
    pod = a_pod(containers=[a_container(requests=gpu)])
    nodes = [a_node("none"), a_node("one", more=gpu), a_node("taken", more=gpu)]
    there = a_pod("there", containers=[a_container(requests=gpu)], node="taken")
    none, one, taken = verdicts(NodeResourcesFit(), pod, a_snapshot(nodes, [there]))
    assert (none.code, none.reasons) == (UNRESOLVABLE, ("Insufficient nvidia.com/gpu",))
    assert one.code is Code.SUCCESS
    assert taken.code is Code.UNSCHEDULABLE


def test_extended_resources_can_be_left_to_an_extender() -> None:
    pod = a_pod(containers=[a_container(requests={"nvidia.com/gpu": "1"})])
    snapshot = a_snapshot([a_node("n")])
    for fit in (
        NodeResourcesFit(ignored_resources=["nvidia.com/gpu"]),
        NodeResourcesFit(ignored_groups=["nvidia.com"]),
    ):
        assert verdicts(fit, pod, snapshot)[0].code is Code.SUCCESS
