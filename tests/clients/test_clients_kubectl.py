"""Real kubectl, where the machine has one, against a running server: the commands that people type."""

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from live_server import LiveServer

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(shutil.which("kubectl") is None, reason="this machine has no kubectl"),
]

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{containerPort: 80}]
        resources: {requests: {cpu: 100m, memory: 64Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 80}]
"""


class Kubectl:
    def __init__(self, server: LiveServer) -> None:
        server.real_time(5)
        self._kubeconfig = str(server.kubeconfig)

    def run(self, *arguments: str, text: str = "", timeout_s: float = 90) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["kubectl", "--kubeconfig", self._kubeconfig, *arguments], input=text, capture_output=True, text=True,
            timeout=timeout_s, check=False,
        )

    def ok(self, *arguments: str, text: str = "") -> str:
        result = self.run(*arguments, text=text)
        assert result.returncode == 0, (arguments, result.stdout, result.stderr)
        return result.stdout

    def fails(self, *arguments: str, text: str = "") -> str:
        result = self.run(*arguments, text=text)
        assert result.returncode != 0, result.stdout
        return result.stderr


@pytest.fixture(scope="module")
def kubectl(server: LiveServer) -> Kubectl:
    return Kubectl(server)


def test_apply_rolls_out_and_get_describe_scale_and_delete_work(kubectl: Kubectl) -> None:
    assert kubectl.ok("apply", "-f", "-", text=WEB) == "deployment.apps/web created\nservice/web created\n"
    assert "successfully rolled out" in kubectl.ok("rollout", "status", "deployment/web", "--timeout=80s")
    rows = kubectl.ok("get", "pods", "-l", "app=web", "-o", "wide").splitlines()
    assert rows[0].split()[:7] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"]
    assert len(rows) == 3 and all("1/1" in row and "Running" in row and "worker-" in row for row in rows[1:])
    described = kubectl.ok("describe", "deployment", "web")
    assert "Scaled up replica set" in described and "2 desired | 2 updated | 2 total | 2 available" in described
    pod = rows[1].split()[0]
    story = kubectl.ok("describe", "pod", pod)
    for reason in ("Scheduled", "Pulled", "Created", "Started"):
        assert reason in story
    assert kubectl.ok("apply", "-f", "-", text=WEB).count("unchanged") == 2
    assert "scaled" in kubectl.ok("scale", "deployment/web", "--replicas=4")
    assert "successfully rolled out" in kubectl.ok("rollout", "status", "deployment/web", "--timeout=80s")
    assert kubectl.ok("get", "deployment", "web").splitlines()[1].split()[1] == "4/4"
    addresses = kubectl.ok("get", "endpointslices", "-l", "kubernetes.io/service-name=web", "-o", "json")
    assert len(json.loads(addresses)["items"][0]["endpoints"]) == 4
    assert 'deployment.apps "web" deleted' in kubectl.ok("delete", "deployment", "web")
    assert kubectl.ok("wait", "--for=delete", "pods", "-l", "app=web", "--timeout=80s") is not None
    assert kubectl.ok("get", "pods", "-l", "app=web") == ""


def test_a_rolling_update_can_be_followed_and_undone(kubectl: Kubectl) -> None:
    kubectl.ok("create", "deployment", "roll", "--image=nginx:1.26", "--replicas=3")
    kubectl.ok("rollout", "status", "deployment/roll", "--timeout=80s")
    kubectl.ok("set", "image", "deployment/roll", "nginx=nginx:1.27")
    assert "successfully rolled out" in kubectl.ok("rollout", "status", "deployment/roll", "--timeout=80s")
    history = kubectl.ok("rollout", "history", "deployment/roll")
    assert [line.split()[0] for line in history.splitlines() if line[:1].isdigit()] == ["1", "2"]
    kubectl.ok("rollout", "undo", "deployment/roll")
    kubectl.ok("rollout", "status", "deployment/roll", "--timeout=80s")
    images = kubectl.ok("get", "pods", "-l", "app=roll", "-o", "jsonpath={.items[*].spec.containers[0].image}")
    assert set(images.split()) == {"nginx:1.26"}
    kubectl.ok("delete", "deployment", "roll")


def test_health_nodes_and_version(kubectl: Kubectl) -> None:
    assert kubectl.ok("get", "--raw", "/healthz") == "ok"
    rows = kubectl.ok("get", "nodes", "-o", "wide").splitlines()
    assert len(rows) == 5 and all(" Ready " in row and "containerd://" in row for row in rows[1:])
    assert "Server Version: v1.37" in kubectl.ok("version")
    assert "pods" in kubectl.ok("api-resources")


def test_a_watch_streams_what_happens(kubectl: Kubectl, server: LiveServer, tmp_path: Path) -> None:
    out = tmp_path / "watch.txt"
    with out.open("w") as file:
        watching = subprocess.Popen(
            ["kubectl", "--kubeconfig", str(server.kubeconfig), "get", "pods", "--watch"], stdout=file,
        )
        time.sleep(1.0)
        kubectl.ok("run", "seen", "--image=nginx:1.27")
        kubectl.ok("wait", "--for=condition=Ready", "pod/seen", "--timeout=60s")
        kubectl.ok("delete", "pod", "seen")
        time.sleep(1.0)
        watching.terminate()
        watching.wait(10)
    states = [line.split()[2] for line in out.read_text().splitlines() if line.startswith("seen")]
    assert states[0] == "Pending" and "ContainerCreating" in states and "Running" in states
    assert "Terminating" in states


def test_what_is_wrong_is_said_as_kubernetes_says_it(kubectl: Kubectl) -> None:
    assert 'pods "nobody" not found' in kubectl.fails("get", "pod", "nobody")
    unknown = WEB.replace("replicas: 2", "replicaz: 2")
    assert 'unknown field "spec.replicaz"' in kubectl.fails("apply", "-f", "-", text=unknown)
    wrong = WEB.replace("replicas: 2", "replicas: two")
    assert "replicas" in kubectl.fails("apply", "-f", "-", text=wrong)
    assert 'no matches for kind "Unicorn"' in kubectl.fails(
        "apply", "--validate=false", "-f", "-", text="apiVersion: v1\nkind: Unicorn\nmetadata: {name: u}\n"
    )
    kubectl.ok("create", "configmap", "twice", "--from-literal=a=1")
    assert "already exists" in kubectl.fails("create", "configmap", "twice", "--from-literal=a=1")


def test_cordon_and_drain_move_pods_elsewhere(kubectl: Kubectl) -> None:
    kubectl.ok("create", "deployment", "movers", "--image=nginx:1.27", "--replicas=4")
    kubectl.ok("rollout", "status", "deployment/movers", "--timeout=80s")
    nodes = "jsonpath={.items[*].spec.nodeName}"
    node = kubectl.ok("get", "pods", "-l", "app=movers", "-o", nodes).split()[0]
    assert "drained" in kubectl.ok("drain", node, "--ignore-daemonsets", "--timeout=80s")
    kubectl.ok("rollout", "status", "deployment/movers", "--timeout=80s")
    assert node not in kubectl.ok("get", "pods", "-l", "app=movers", "-o", nodes).split()
    kubectl.ok("uncordon", node)
    kubectl.ok("delete", "deployment", "movers")


def test_a_namespace_takes_everything_in_it_with_it(kubectl: Kubectl) -> None:
    kubectl.ok("create", "namespace", "short")
    kubectl.ok("create", "deployment", "gone", "-n", "short", "--image=nginx:1.27")
    kubectl.ok("rollout", "status", "deployment/gone", "-n", "short", "--timeout=80s")
    kubectl.ok("delete", "namespace", "short", "--timeout=80s")
    assert "NotFound" in kubectl.fails("get", "namespace", "short")
    assert "gone" not in kubectl.ok("get", "deployments,pods", "-A")
