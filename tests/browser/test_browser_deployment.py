"""A Deployment, from the click to running Pods: by a button, by pasted YAML, by real kubectl."""

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from conftest import Stage

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  replicas: 1
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers: [{name: c, image: 'nginx:1.27'}]
"""

# Writes down what the screen shows, frame by frame: what the sentence on top says; what each Pod says and on which card
# it stands, once it has stood there for a while; and of each message of the focused flow where on its lit link it is.
RECORD = """
() => {
  const seen = window.seen = {said: [], pods: {}, hops: {}, order: []};
  const steady = {};
  const gap = (point, box) => Math.hypot(
    Math.max(box.left - point.x, 0, point.x - box.right), Math.max(box.top - point.y, 0, point.y - box.bottom));
  const card = (id) => document.querySelector(`[data-testid='component-${id}']`)?.getBoundingClientRect();
  const onPage = ({x, y}, stage) => ({x: x + stage.left, y: y + stage.top});
  const sentence = () => {
    const text = document.querySelector("[data-testid='narration']").innerText;
    if (seen.said.at(-1) !== text) seen.said.push(text);
  };
  const pods = (now) => {
    if (document.documentElement.lang !== 'ko') return;
    for (const pod of (PODS)()) {
      if (!pod.name.startsWith('web-')) continue;
      const says = [pod.said, pod.node];
      const before = steady[pod.name];
      if (!before || before.key !== says.join()) steady[pod.name] = {key: says.join(), since: now};
      const story = seen.pods[pod.name] ??= [];
      if (now - steady[pod.name].since > 350 && story.at(-1)?.join() !== says.join()) story.push(says);
    }
  };
  const hops = () => {
    const stage = document.querySelector("[data-testid='stage'] canvas").getBoundingClientRect();
    for (const glyph of document.querySelectorAll('[data-message]')) {
      const {message, source, target, protocol, flow, focused} = glyph.dataset;
      let hop = seen.hops[message];
      if (!hop) {
        hop = seen.hops[message] = {
          id: Number(message), flow: Number(flow), source, target, protocol, focused: false, shares: [], gaps: []};
        seen.order.push(Number(message));
      }
      if (focused !== 'true') continue;
      hop.focused = true;
      const cards = [card(source), card(target)];
      if (!glyph.spot.lit || !cards[0] || !cards[1]) continue;  // a host may be the end of a message
      const {u, from, to} = glyph.spot;
      hop.shares.push(u);
      hop.gaps = [gap(onPage(from, stage), cards[0]), gap(onPage(to, stage), cards[1])];
    }
  };
  const look = (now) => {
    sentence();
    pods(now);
    hops();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


def test_a_deployment_travels_from_kubectl_to_running_pods_and_every_hop_is_seen(stage: Stage) -> None:
    stage.open(language="ko")
    stage.record(RECORD)
    stage.part("run-deployment").click()
    stage.wait("a Pod waits for a node", lambda: any("대기" in pod["said"] for pod in stage.pods("web-")))
    calm = max(stage.messages)  # until here no screenshot has held up the frames
    stage.see("1-deployment-pending")
    stage.wait("one starts", lambda: any("시작 중" in pod["said"] for pod in stage.pods("web-")))
    stage.see("1-deployment-starting")
    stage.wait("all three run", lambda: stage.run_all("web-", 3, "실행 중"), 90)
    stage.page.wait_for_timeout(600)
    seen = stage.page.evaluate("() => window.seen")
    stage.see("1-deployment-running")
    assert len(seen["said"]) >= 6, "the sentence on top follows what happens"
    for story in seen["pods"].values():
        _check_story(story)
    assert any("대기" in story[0][0] and story[0][1] == "" for story in seen["pods"].values())
    hops = [seen["hops"][str(number)] for number in seen["order"]]
    flow = next(hop["flow"] for hop in hops if hop["source"].endswith("/kubectl"))
    _check_order([hop for hop in hops if hop["flow"] == flow])
    _check_paths([hop for hop in hops if hop["focused"]])
    _check_truth(stage, hops, flow, calm)


def _check_story(story: list[list[str]]) -> None:
    """Pending on no card, then starting on a worker's, then running on the same; the first may have gone by while a
    screenshot was taken."""
    order = ["대기", "시작 중", "실행 중"]
    words = [next(word for word in (*order, "준비") if word in said) for said, _ in story]
    places = [order.index(word) for word in words if word in order]
    assert places == sorted(places) and {1, 2} <= set(places), story
    assert all(card == "" for word, (_, card) in zip(words, story, strict=True) if word == "대기"), story
    cards = {card for word, (_, card) in zip(words, story, strict=True) if word != "대기" and card}  # or on its way
    assert len(cards) == 1 and cards.pop().startswith("worker-"), story


def _check_order(hops: list[dict[str, Any]]) -> None:
    """The first time that each kind of hop is seen, in the order of the lecture."""
    ends = [(_role(hop["source"]), _role(hop["target"])) for hop in hops]
    way = [
        ("kubectl", "load-balancer"), ("load-balancer", "kube-apiserver"), ("kube-apiserver", "etcd"),
        ("etcd", "kube-apiserver"), ("kube-apiserver", "load-balancer"), ("load-balancer", "kubectl"),
    ]
    places = [ends.index(hop) for hop in way]
    assert places == sorted(places)
    protocols = [(*end, hop["protocol"]) for end, hop in zip(ends, hops, strict=True)]
    told = protocols.index(("kube-apiserver", "kube-controller-manager", "watch"))
    made = protocols.index(("kube-controller-manager", "kube-apiserver", "api"))
    bound = protocols.index(("kube-scheduler", "kube-apiserver", "api"))
    kubelet = protocols.index(("load-balancer", "kubelet", "watch"))
    run = protocols.index(("kubelet", "containerd", "cri"))
    assert places[2] < told < made < bound < kubelet < run


def _role(component: str) -> str:
    return component.partition("/")[2]


def _check_paths(hops: list[dict[str, Any]]) -> None:
    """Along a lit link that goes from the sender's card to the receiver's, never back."""
    followed = 0
    for hop in hops:
        shares = hop["shares"]
        # While the window changes its size for a screenshot, cards are on their way to where the link ends.
        if len(shares) < 6 or max(hop["gaps"]) > 16:
            continue
        assert all(later > share - 0.03 for share, later in pairwise(shares)), hop
        followed += shares[-1] - shares[0] > 0.5
    assert followed >= 30


def _check_truth(stage: Stage, hops: list[dict[str, Any]], flow: int, calm: int) -> None:
    """Nothing is drawn that was not sent; what the flow sent is drawn."""
    for hop in hops:
        sent = stage.messages[hop["id"]]
        assert (hop["source"], hop["target"], hop["protocol"]) == (sent["source"], sent["target"], sent["protocol"])
    for hop in hops[:: max(1, len(hops) // 12)]:
        status, event = stage.server.get(f"/api/event/{stage.messages[hop['id']]['event']}")
        assert (status, event["type"], event["source"], event["flow"]) == (
            200, "MessageSent", hop["source"], hop["flow"])  # fmt: skip
    drawn = {hop["id"] for hop in hops}
    told = [sent for sent in stage.messages.values() if sent["flow"] == flow and not sent["quiet"]]
    sent_ids = [sent["id"] for sent in told if sent["id"] < calm]
    missed = [stage.messages[number] for number in sent_ids if number not in drawn]
    assert len(sent_ids) > 60 and len(missed) <= 0.03 * len(sent_ids), (len(sent_ids), missed[:5])


def test_a_deployment_runs_from_pasted_yaml_and_bad_yaml_is_told_in_a_sentence(stage: Stage) -> None:
    stage.open()
    stage.control(action="factor", factor=4)
    stage.apply("kind: Pod\nmetadata: [")
    error = stage.wait("what is wrong is said", lambda: stage.part("yaml-error").count() and stage.text("yaml-error"))
    assert "line" in error and "\n" not in error.strip()
    stage.see("1-yaml-error")
    stage.part("yaml-text").fill(DEPLOYMENT.replace("NAME", "pasted"))
    stage.part("yaml-apply").click()
    stage.wait("the dialog closes", lambda: not stage.part("yaml-dialog").is_visible())
    stage.wait("its Pod runs", lambda: stage.run_all("pasted-", 1), 60)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="this machine has no kubectl")
def test_a_deployment_that_real_kubectl_applies_runs_on_the_stage(stage: Stage, tmp_path: Path) -> None:
    stage.open()
    stage.control(action="factor", factor=4)
    file = tmp_path / "visitor.yaml"
    file.write_text(DEPLOYMENT.replace("NAME", "visitor"))
    answer = subprocess.run(
        ["kubectl", "--kubeconfig", str(stage.server.kubeconfig), "apply", "-f", str(file)], check=True,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert answer.stdout == "deployment.apps/visitor created\n"
    stage.wait("its Pod runs", lambda: stage.run_all("visitor-", 1), 60)
    assert any(sent["source"] == "client/kubectl" and "visitor" in sent["label"] for sent in stage.messages.values())
