"""Real kubectl and the Python client against one API server, through a bridge that only tests have."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from apiserver_bridge import Bridge
from apiserver_lab import Lab

pytestmark = pytest.mark.clients
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1.27"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    bridge = Bridge(Lab(), tmp_path_factory.mktemp("bridge"))
    yield bridge
    bridge.close()


def kubectl(bridge: Bridge, *words: str, text: str | None = None, code: int = 0) -> str:
    environment = {**os.environ, "KUBECONFIG": str(bridge.kubeconfig), "HOME": str(bridge.kubeconfig.parent)}
    done = subprocess.run(
        ["kubectl", *words], input=text, capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@needs_kubectl
def test_kubectl_applies_prints_scales_labels_and_deletes(bridge: Bridge) -> None:
    assert kubectl(bridge, "apply", "-f", "-", text=WEB) == "deployment.apps/web created\nservice/web created\n"
    assert "service/web unchanged" in kubectl(bridge, "apply", "-f", "-", text=WEB)
    wide = kubectl(bridge, "get", "deploy,svc", "-o", "wide")
    assert "CONTAINERS" in wide and "nginx:1.27" in wide and "10.96.0.1" in wide
    assert kubectl(bridge, "scale", "deploy/web", "--replicas=5") == "deployment.apps/web scaled\n"
    assert "5 desired" in kubectl(bridge, "describe", "deploy", "web")
    assert kubectl(bridge, "label", "deploy/web", "tier=front") == "deployment.apps/web labeled\n"
    assert kubectl(bridge, "set", "image", "deploy/web", "nginx=nginx:1.28") == "deployment.apps/web image updated\n"
    assert "web" in kubectl(bridge, "get", "all")
    assert 'deployment.apps "web" deleted' in kubectl(bridge, "delete", "-f", "-", text=WEB)
    assert "NotFound" in kubectl(bridge, "get", "deploy", "web", code=1)


@needs_kubectl
def test_kubectl_creates_with_protobuf_bodies_and_explains(bridge: Bridge) -> None:
    assert kubectl(bridge, "create", "namespace", "team") == "namespace/team created\n"
    made = kubectl(bridge, "create", "deployment", "api", "--image=nginx:1.27", "-n", "team")
    assert made == "deployment.apps/api created\n"
    assert kubectl(bridge, "run", "solo", "--image=nginx:1.27") == "pod/solo created\n"
    assert "solo   0/1     Pending" in kubectl(bridge, "get", "pods")
    assert 'pod "solo" deleted' in kubectl(bridge, "delete", "pod", "solo")
    assert "RollingUpdate" in kubectl(bridge, "explain", "deployment.spec.strategy")
    assert kubectl(bridge, "get", "--raw", "/healthz") == "ok"


@needs_kubectl
def test_kubectl_is_told_what_is_wrong(bridge: Bridge) -> None:
    unknown = WEB.replace("replicas: 3", "replicsa: 3")
    assert 'strict decoding error: unknown field "spec.replicsa"' in kubectl(
        bridge, "apply", "-f", "-", text=unknown, code=1
    )
    wrong = WEB.replace("app: web}}\n  template", "app: other}}\n  template")
    assert "`selector` does not match template `labels`" in kubectl(bridge, "apply", "-f", "-", text=wrong, code=1)


@needs_kubectl
def test_kubectl_watches(bridge: Bridge) -> None:
    environment = {**os.environ, "KUBECONFIG": str(bridge.kubeconfig), "HOME": str(bridge.kubeconfig.parent)}
    words = ["kubectl", "get", "configmaps", "-w", "--request-timeout=4s"]
    watching = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        kubectl(bridge, "get", "configmaps")
        for _ in range(20):
            if any("configmaps?" in entry and "watch=true" in entry for entry in bridge.requests):
                break
            kubectl(bridge, "version")
        kubectl(bridge, "create", "configmap", "seen", "--from-literal=a=1")
        assert watching.stdout is not None
        head = [watching.stdout.readline() for _ in range(2)]
        assert head[0].split() == ["NAME", "DATA", "AGE"] and head[1].startswith("seen   1")
    finally:
        watching.terminate()
        watching.wait()


def test_the_python_client_creates_watches_and_deletes(bridge: Bridge) -> None:
    kubernetes = pytest.importorskip("kubernetes")
    kubernetes.config.load_kube_config(str(bridge.kubeconfig))
    core = kubernetes.client.CoreV1Api()
    version = core.list_namespaced_pod("default").metadata.resource_version
    container = {"name": "app", "image": "nginx:1.27"}
    made = core.create_namespaced_pod("default", {"metadata": {"name": "py"}, "spec": {"containers": [container]}})
    assert made.status.phase == "Pending" and made.spec.restart_policy == "Always"
    core.delete_namespaced_pod("py", "default")
    events = kubernetes.watch.Watch().stream(
        core.list_namespaced_pod, "default", resource_version=version, timeout_seconds=2
    )
    assert [(e["type"], e["object"].metadata.name) for e in events] == [
        ("ADDED", "py"), ("MODIFIED", "py"), ("DELETED", "py")
    ]
    with pytest.raises(kubernetes.client.ApiException) as caught:
        core.read_namespaced_pod("py", "default")
    assert caught.value.status == 404
    scale = kubernetes.client.AppsV1Api()
    labels = {"app": "py"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    body = {"metadata": {"name": "py"}, "spec": {"selector": {"matchLabels": labels}, "template": template}}
    scale.create_namespaced_deployment("default", body)
    assert scale.patch_namespaced_deployment_scale("py", "default", {"spec": {"replicas": 4}}).spec.replicas == 4
    assert scale.read_namespaced_deployment("py", "default").spec.replicas == 4
