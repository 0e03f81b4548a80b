"""What would let a refused Pod in: said by the plugin that refused, and true."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from scheduler_objects import MIB, a_container, a_node, a_pod, decide, taint

from orrery.scheduler.decision import Decision, NodeVerdict
from orrery.scheduler.framework import FilterPlugin
from orrery.scheduler.nodeinfo import PodInfo, Snapshot
from orrery.scheduler.plugins import PLUGINS
from orrery.scheduler.remedies import EFFORTS, SENTENCES, Remedy, joined

Object = dict[str, Any]
CORDONED = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def required(*terms: Object) -> Object:
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}}


def expressions(*requirements: tuple[str, str, list[str]]) -> Object:
    return {"matchExpressions": [{"key": k, "operator": o, "values": v} for k, o, v in requirements]}


def names(operator: str, *values: str) -> Object:
    return {"matchFields": [{"key": "metadata.name", "operator": operator, "values": list(values)}]}


def sentences(decision: Decision) -> dict[str, str]:
    """What each node that refused would need."""
    return {verdict.node: joined(verdict.remedies, verdict.node) for verdict in decision.nodes if verdict.remedies}


# Sentences, plugin by plugin.


@pytest.mark.parametrize(
    ("pod", "node", "sentence"),
    [
        (a_pod(cpu="2500m"), a_node("n", "1"), "would fit if it asked for 1,500m less cpu"),
        (a_pod(memory="300Mi"), a_node("n", memory="200Mi"), "would fit if it asked for 100Mi less memory"),
        (a_pod(memory="300Mi"), a_node("n", memory="0"), "would fit if it asked for no memory"),
        (a_pod(cpu="1"), a_node("n", pods="0"), "would fit if n allowed 1 Pods"),
        (
            a_pod(containers=[a_container(requests={"example.com/gpu": "2"})]),
            a_node("n", more={"example.com/gpu": "1"}),
            "would fit if it asked for 1 less example.com/gpu",
        ),
        (a_pod(), a_node("n", unschedulable=True), "would fit if n were uncordoned"),
        (a_pod(), a_node("n", unschedulable=True, taints=[CORDONED]), "would fit if n were uncordoned"),
        (a_pod(), a_node("n", taints=[taint("key", value="value")]), "would fit if it tolerated key=value:NoSchedule"),
        (
            a_pod(),
            a_node("n", taints=[taint("node.kubernetes.io/unreachable", each) for each in ("NoSchedule", "NoExecute")]),
            "would fit if n were Ready again",
        ),
        (
            a_pod(),
            a_node("n", taints=[taint("node.kubernetes.io/disk-pressure")]),
            "would fit if n were rid of node.kubernetes.io/disk-pressure",
        ),
        (a_pod(nodeSelector={"zone": "a"}), a_node("n"), "would fit if n had the label zone=a"),
        (
            a_pod(nodeSelector={"kubernetes.io/hostname": "m"}),
            a_node("n"),
            "would fit if its nodeSelector did not ask for kubernetes.io/hostname=m",
        ),
        (
            a_pod(affinity=required(expressions(("zone", "In", ["a", "b"])))),
            a_node("n", labels={"zone": "c"}),
            "would fit if n had the label zone=a",
        ),
        (
            a_pod(affinity=required(expressions(("old", "DoesNotExist", [])))),
            a_node("n", labels={"old": "yes"}),
            "would fit if n had no label old",
        ),
        (
            a_pod(affinity=required(expressions(("cores", "Gt", ["8"]), ("disk", "Exists", [])), names("In", "m"))),
            a_node("n", labels={"disk": "ssd"}),
            "would fit if n had the label cores=9",
        ),
        (a_pod(affinity=required(names("In", "m"))), a_node("n"), "would fit if its node affinity allowed n too"),
        (a_pod(node="m"), a_node("n"), "would fit if it named n as its node"),
    ],
)  # fmt: skip
def test_the_plugin_that_refused_names_the_smallest_change(pod: Object, node: Object, sentence: str) -> None:
    assert sentences(decide(pod, [node])) == {"n": sentence}


def test_a_node_that_is_full_of_pods_needs_one_to_leave() -> None:
    decision = decide(a_pod(), [a_node("n", pods="1")], [a_pod("there", node="n")])
    assert sentences(decision) == {"n": "would fit if default/there left n"}


def test_what_stands_behind_the_first_refusal_is_told_too() -> None:
    node = a_node("n", "1", taints=[taint("dedicated", value="db")], unschedulable=True)
    [verdict] = decide(a_pod(cpu="2"), [node]).nodes
    assert [filter.plugin for filter in verdict.filters] == ["NodeUnschedulable"]
    assert [(each.plugin, each.kind) for each in verdict.remedies] == [
        ("NodeUnschedulable", "uncordon"), ("TaintToleration", "tolerate"), ("NodeResourcesFit", "ask-less"),
    ]  # fmt: skip


def test_nodes_that_are_not_tried_at_all_say_what_would_help_as_well() -> None:
    decision = decide(a_pod(cpu="2", affinity=required(names("In", "a"))), [a_node("a", "1"), a_node("b", "1")])
    assert sentences(decision) == {
        "a": "would fit if it asked for 1,000m less cpu",
        "b": "would fit if its node affinity allowed b too and it asked for 1,000m less cpu",
    }


def test_the_way_in_for_the_whole_pod_is_the_one_that_takes_least() -> None:
    nodes = [
        a_node("cp", taints=[taint("node-role.kubernetes.io/control-plane")]),
        a_node("small", "1"),
        a_node("closed", unschedulable=True),
    ]
    decision = decide(a_pod(cpu="2"), nodes)
    assert decision.way_in is not None
    assert decision.way_in.node == "closed"
    assert joined(decision.way_in.remedies, "closed") == "would fit if closed were uncordoned"
    decision = decide(a_pod(cpu="2"), nodes[:2])
    assert decision.way_in is not None
    assert decision.way_in.node == "small"


def test_without_nodes_and_before_any_node_is_looked_at_there_is_a_way_in_too() -> None:
    empty = decide(a_pod(), [])
    assert empty.way_in is not None
    assert [each.kind for each in empty.way_in.remedies] == ["add-node"]
    contradiction = {"matchFields": [*names("In", "a")["matchFields"], *names("In", "b")["matchFields"]]}
    refused = decide(a_pod(affinity=required(contradiction)), [a_node("a"), a_node("b", unschedulable=True)])
    assert refused.nodes == ()
    assert refused.way_in is not None
    assert (refused.way_in.node, [each.kind for each in refused.way_in.remedies]) == ("a", ["drop-affinity"])


def test_a_pod_that_fits_somewhere_needs_no_way_in_but_refused_rows_keep_their_remedies() -> None:
    decision = decide(a_pod(cpu="2"), [a_node("large"), a_node("small", "1")])
    assert decision.way_in is None
    assert sentences(decision) == {"small": "would fit if it asked for 1,000m less cpu"}


def test_every_kind_has_a_sentence_and_an_effort() -> None:
    assert SENTENCES.keys() == EFFORTS.keys()


def test_every_filter_knows_remedies() -> None:
    for plugin in PLUGINS:
        if issubclass(plugin, FilterPlugin):
            check = plugin().pre_filter(PodInfo(a_pod(nodeSelector={"a": "b"})), Snapshot())
            assert "remedies" in type(check).__dict__, plugin.name


# The property: whatever the refusal, its remedies, applied, let the Pod in.


KEYS = ("zone", "disk", "cores")
VALUES = {"zone": ["a", "b", "c"], "disk": ["ssd", "hdd"], "cores": ["2", "8", "16"]}


def _requirement(chance: random.Random) -> tuple[str, str, list[str]]:
    key = chance.choice((*KEYS, "kubernetes.io/hostname"))
    operator = chance.choice(("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"))
    if operator in ("Exists", "DoesNotExist"):
        return key, operator, []
    if operator in ("Gt", "Lt"):
        return key, operator, [str(chance.randrange(20))]
    values = VALUES.get(key, ["n0", "n1"])
    return key, operator, chance.sample(values, chance.randint(1, len(values)))


def _term(chance: random.Random) -> Object:
    term: Object = expressions(*(_requirement(chance) for _ in range(chance.randint(0, 3))))
    if chance.random() < 0.3:
        term |= names(chance.choice(("In", "NotIn")), f"n{chance.randrange(4)}")
    return term


def _a_random_pod(chance: random.Random) -> Object:
    more: Object = {}
    if chance.random() < 0.4:
        more["nodeSelector"] = {key: chance.choice(VALUES[key]) for key in chance.sample(KEYS, chance.randint(1, 2))}
        if chance.random() < 0.2:
            more["nodeSelector"]["kubernetes.io/hostname"] = "n1"
    if chance.random() < 0.5:
        more["affinity"] = required(*(_term(chance) for _ in range(chance.randint(1, 3))))
    if chance.random() < 0.3:
        more["tolerations"] = [{"key": "dedicated", "operator": "Exists"}]
    containers = [
        a_container(f"{chance.randrange(0, 3000)}m", f"{chance.randrange(0, 6 * 1024 * MIB)}",
                    requests={"example.com/gpu": str(chance.randrange(3))} if chance.random() < 0.2 else {})
        for _ in range(chance.randint(1, 3))
    ]  # fmt: skip
    return a_pod(containers=containers, **more)


def _a_random_node(chance: random.Random, name: str) -> Object:
    taints = [
        taint(key, chance.choice(("NoSchedule", "NoExecute", "PreferNoSchedule")), chance.choice(("", "db")))
        for key in ("dedicated", "other", "node.kubernetes.io/unreachable", "node.kubernetes.io/memory-pressure")
        if chance.random() < 0.2
    ]
    labels = {key: chance.choice(VALUES[key]) for key in KEYS if chance.random() < 0.5}
    cordoned = chance.random() < 0.2
    if cordoned and chance.random() < 0.7:
        taints.append(dict(CORDONED))
    return a_node(
        name, f"{chance.randrange(0, 4)}", f"{chance.randrange(0, 8)}Gi", str(chance.choice((0, 1, 2, 110))),
        labels=labels, taints=taints, unschedulable=cordoned,
        more={"example.com/gpu": "1"} if chance.random() < 0.3 else {},
    )  # fmt: skip


def _without_taints(node: Object, *keys: str) -> None:
    node["spec"]["taints"] = [each for each in node["spec"].get("taints") or [] if each["key"] not in keys]


def _ask(pod: Object, resource: str, less: int | None) -> None:
    """Take ``less`` (in thousandths for cpu) from what the containers ask for; None: all of it."""
    for container in pod["spec"]["containers"]:
        requests = container["resources"].get("requests") or {}
        if resource not in requests:
            continue
        scale = 1000 if resource == "cpu" else 1
        text = str(requests[resource])
        has = int(text[:-1]) if text.endswith("m") else int(text) * scale
        taken = has if less is None else min(has, less)
        requests[resource] = f"{has - taken}m" if resource == "cpu" else str(has - taken)
        less = None if less is None else less - taken


def _apply(remedy: Remedy, pod: Object, node: Object, there: list[Object]) -> None:
    """Do what a remedy says, as a person would."""
    args: Any = dict(remedy.arguments)
    labels = node["metadata"]["labels"]
    match remedy.kind:
        case "uncordon":
            node["spec"].pop("unschedulable", None)
            _without_taints(node, CORDONED["key"])
        case "recover":
            _without_taints(node, "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
        case "relieve":
            _without_taints(node, args["taint"])
        case "tolerate":
            key, _, effect = args["taint"].rpartition(":")
            key, _, value = key.partition("=")
            pod["spec"].setdefault("tolerations", []).append({"key": key, "value": value, "effect": effect})
        case "ask-less":
            _ask(pod, args["resource"], args["amount"])
        case "ask-none":
            _ask(pod, args["resource"], None)
        case "pods-leave":
            there[:] = [each for each in there if f"default/{each['metadata']['name']}" not in args["pods"].split(", ")]
        case "allow-pods":
            node["status"]["allocatable"]["pods"] = str(args["count"])
        case "label":
            labels[args["key"]] = args["value"]
        case "unlabel":
            del labels[args["key"]]
        case "drop-selector":
            assert pod["spec"]["nodeSelector"].pop(args["key"]) == args["value"]
        case "allow-node":
            affinity = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
            affinity["nodeSelectorTerms"].append(names("In", node["metadata"]["name"]))
        case "drop-affinity":
            del pod["spec"]["affinity"]
        case other:
            raise AssertionError(f"nobody knows how to do {other}")


def _after(pod: Object, node: Object, there: list[Object], remedies: tuple[Remedy, ...]) -> Decision:
    pod, node, there = copy.deepcopy(pod), copy.deepcopy(node), list(there)
    for remedy in remedies:
        _apply(remedy, pod, node, there)
    return decide(pod, [node], there)


@pytest.mark.parametrize("seed", range(12))
def test_every_refusal_has_remedies_that_let_the_pod_in_and_none_too_many(seed: int) -> None:
    chance = random.Random(seed)
    kinds: dict[str, int] = {}
    for _ in range(60):
        pod = _a_random_pod(chance)
        nodes = [_a_random_node(chance, f"n{number}") for number in range(3)]
        there = {
            node["metadata"]["name"]: [
                a_pod(f"{node['metadata']['name']}-{number}", "500m", node=node["metadata"]["name"])
                for number in range(chance.randrange(3))
            ]
            for node in nodes
        }
        decision = decide(pod, nodes, [each for pods in there.values() for each in pods])
        for verdict in decision.nodes:
            node = nodes[int(verdict.node[1:])]
            _check(verdict, pod, node, there[verdict.node], kinds)
        if decision.selected is None:
            assert decision.way_in is not None
            node = nodes[int(decision.way_in.node[1:])]
            opened = _after(pod, node, there[decision.way_in.node], decision.way_in.remedies)
            assert opened.selected == decision.way_in.node
    assert len(kinds) > 8, kinds


def _check(verdict: NodeVerdict, pod: Object, node: Object, there: list[Object], kinds: dict[str, int]) -> None:
    refused = verdict.filters[-1].code.startswith("Unschedulable")
    assert bool(verdict.remedies) == refused
    if not refused:
        return
    for remedy in verdict.remedies:
        kinds[remedy.kind] = kinds.get(remedy.kind, 0) + 1
    assert _after(pod, node, there, verdict.remedies).selected == verdict.node, (verdict, pod, node)
    for left_out in range(len(verdict.remedies)):
        rest = verdict.remedies[:left_out] + verdict.remedies[left_out + 1 :]
        assert _after(pod, node, there, rest).selected is None, (verdict.remedies[left_out], verdict, pod, node)


@pytest.mark.parametrize("seed", range(4))
def test_asking_for_a_little_more_than_a_remedy_says_would_not_do(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        pod, node = _a_random_pod(chance), _a_random_node(chance, "n0")
        for verdict in decide(pod, [node]).nodes:
            for remedy in verdict.remedies:
                if remedy.kind == "ask-less":
                    args: Any = dict(remedy.arguments)
                    less = Remedy(remedy.kind, tuple((args | {"amount": args["amount"] - 1}).items()))
                    rest = tuple(each for each in verdict.remedies if each is not remedy)
                    assert _after(pod, node, [], (*rest, less)).selected is None
