"""A Deployment, from the click to running Pods: by a button, by pasted YAML, by real kubectl."""

import shutil
import subprocess
from typing import Any

import pytest

from conftest import Stage  # type: ignore[import-not-found]

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: pasted}\nspec:\n  containers: [{name: c, image: 'nginx:1.27'}]\n"

# Follows every message of a flow on the screen, frame by frame, from the moment it is put there.
WATCH = """
() => {
  window.hops = new Map();
  const look = () => {
    for (const glyph of document.querySelectorAll('[data-message][data-focused="true"]')) {
      const box = glyph.getBoundingClientRect();
      const id = glyph.dataset.message;
      if (!window.hops.has(id)) {
        window.hops.set(id, {id: Number(id), source: glyph.dataset.source, target: glyph.dataset.target,
                             protocol: glyph.dataset.protocol, flow: Number(glyph.dataset.flow), points: []});
      }
      window.hops.get(id).points.push([box.x + box.width / 2, box.y + box.height / 2]);
    }
    window.watching = requestAnimationFrame(look);
  };
  look();
}
"""


def hops(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.page.evaluate("() => [...window.hops.values()]")
    return found


def centre(stage: Stage, component: str) -> tuple[float, float]:
    box = stage.part(f"component-{component}").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def distance(a: Any, b: Any) -> float:
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


def test_a_deployment_travels_from_kubectl_to_running_pods_and_every_hop_is_seen(stage: Stage) -> None:
    stage.open(language="ko")
    assert stage.page.locator("html").get_attribute("lang") == "ko"
    stage.page.evaluate(WATCH)
    before = stage.narration()
    stage.part("run-deployment").click()
    stage.wait("the sentence on top changes", lambda: stage.narration() != before)
    stage.wait("a Pod waits for a node", lambda: any(pod["look"] == "pending" for pod in stage.pods("web-")))
    stage.see("deployment-pending-1080p-dark-ko")
    stage.wait("it is bound and starts", lambda: any(pod["look"] == "starting" and pod["node"].startswith("worker-")
                                                    for pod in stage.pods("web-")))
    stage.see("deployment-starting-1080p-dark-ko")
    stage.wait("all three run", lambda: [pod["look"] for pod in stage.pods("web-")] == ["running"] * 3, 90)
    assert all("실행 중" in pod["text"] for pod in stage.pods("web-"))
    stage.see("deployment-running-1080p-dark-ko")
    _check_hops(stage)


def _check_hops(stage: Stage) -> None:
    seen = sorted(hops(stage), key=lambda hop: hop["id"])
    assert len(seen) > 60
    ends = [(hop["source"].partition("/")[2], hop["target"].partition("/")[2]) for hop in seen]
    order = [
        ("kubectl", "load-balancer"), ("load-balancer", "kube-apiserver"), ("kube-apiserver", "etcd"),
        ("etcd", "kube-apiserver"), ("kube-apiserver", "load-balancer"), ("load-balancer", "kubectl"),
    ]
    places = [ends.index(hop) for hop in order]
    assert places == sorted(places), "the first hops come in the order of the lecture"
    for later in (("kube-scheduler", "kube-apiserver"), ("load-balancer", "kubelet"), ("kubelet", "containerd")):
        assert later in ends
    status, told = stage.server.get(f"/api/flow/{seen[0]['flow']}")
    assert status == 200
    traced = {(step["source"], step["target"], step["protocol"]) for step in told["steps"] if step["protocol"]}
    for hop in seen:
        assert (hop["source"], hop["target"], hop["protocol"]) in traced, "nothing is drawn that was not sent"
    for hop in [hop for hop in seen if len(hop["points"]) >= 5][:20]:
        _check_path(stage, hop)


def _check_path(stage: Stage, hop: dict[str, Any]) -> None:
    """From its sender to its receiver: it begins nearer to the one and ends nearer to the other."""
    source, target = centre(stage, hop["source"]), centre(stage, hop["target"])
    first, last = hop["points"][0], hop["points"][-1]
    assert distance(first, source) < distance(last, source) or distance(last, target) < distance(first, target), hop
    assert distance(last, target) <= distance(first, target) + 40, hop


def test_pasted_yaml_is_applied_and_bad_yaml_is_told_in_a_sentence(stage: Stage) -> None:
    stage.open()
    stage.apply("kind: Pod\nmetadata: [")
    error = stage.wait("what is wrong is said", lambda: stage.text("yaml-error"))
    assert "line" in error and "\n" not in error.strip()
    stage.see("yaml-error-1080p-dark-en")
    stage.part("yaml-text").fill(POD)
    stage.part("yaml-apply").click()
    stage.wait("the Pod runs", lambda: [pod["look"] for pod in stage.pods("pasted")] == ["running"], 60)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="this machine has no kubectl")
def test_what_real_kubectl_does_is_seen_on_the_stage(stage: Stage) -> None:
    stage.open()
    stage.control(action="factor", factor=4)
    subprocess.run(
        ["kubectl", "--kubeconfig", str(stage.server.kubeconfig), "run", "visitor", "--image=nginx:1.27"], check=True,
        capture_output=True, timeout=60,
    )
    stage.wait("its Pod runs", lambda: [pod["look"] for pod in stage.pods("visitor")] == ["running"], 60)
