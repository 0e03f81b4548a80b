"""The terminal's kubectl beside real kubectl: the same commands, on one cluster at one instant, print the same."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator

import pytest
from side_by_side import KUBECTL, Said, SideBySide

from orrery.cluster.config import default_config

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(KUBECTL is None, reason="this machine has no kubectl"),
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
FILES = {"web.yaml": WEB}

# Both ask for the same thing: every byte is compared.
READS = """
get pods -n real
get pods -n real -o wide
get all -n real
get foo
get
get pods nope
get pod/x deploy
get pods x -A
get pods -n nope
get pods,nope
get nodes -o wide
get nodes -L topology.kubernetes.io/zone
get nodes --sort-by=.metadata.name --no-headers
get nodes --show-labels
get pods -A -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName
get nodes -o jsonpath={.items[*].metadata.name}
get nodes -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.nodeInfo.kubeletVersion}{"\\n"}{end}'
get nodes -o go-template='{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'
get ns/default svc/kubernetes
get --raw=/healthz
get --raw /nope
get pods -n real -o yaml
get pods -n real -o json
get pods -n real -o name
get deploy web -n real -o yaml
get events -n real -o yaml
get events -n real
get endpoints kube-scheduler -n kube-system -o yaml
get lease kube-scheduler -n kube-system -o yaml
get leases -A
get deploy,svc -n real -l app=web
get pods -l 'app in (web'
describe pods nope
apply
apply -f nope.yaml
delete
delete pod nope
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SideBySide]:
    side = SideBySide(tmp_path_factory.mktemp("side"), default_config())
    for namespace in ("real", "ours"):
        assert side.real("create", "namespace", namespace).code == 0
    yield side
    side.close()


def minor() -> int:
    """The minor version of this machine's kubectl."""
    assert KUBECTL is not None
    said = subprocess.run([KUBECTL, "version", "--client"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"Client Version: v1\.(\d+)", said)
    return int(match.group(1)) if match else 0


def test_apply_says_the_same_and_makes_the_same(both: SideBySide) -> None:
    for outcome in ("created", "unchanged"):
        real = both.real("apply", "-n", "real", "-f", "web.yaml", files=FILES)
        ours = both.ours("apply", "-n", "ours", "-f", "web.yaml", files=FILES)
        assert real == ours == Said(0, f"deployment.apps/web {outcome}\nservice/web {outcome}\n", "")
    both.pass_time(10)
    shown = both.ours("get", "deploy", "web", "-o", "yaml", "-n", "ours").stdout
    twin = both.ours("get", "deploy", "web", "-o", "yaml", "-n", "real").stdout.replace("real", "ours")
    own = re.compile(r'uid: .*|resourceVersion: .*|".*T.*Z"|web-\w+')
    assert own.sub("", shown) == own.sub("", twin)


@pytest.mark.parametrize("line", READS.strip().split("\n"))
def test_a_command_that_asks_prints_the_same_bytes(both: SideBySide, line: str) -> None:
    words = shlex.split(line)
    assert both.ours(*words, files=FILES) == both.real(*words, files=FILES)


def test_a_watch_streams_and_ends_at_an_interrupt(both: SideBySide) -> None:
    watching = both.begin("get", "pods", "-n", "ours", "-w")
    both.pass_time(1)
    assert both.ours("delete", "pods", "--all", "-n", "ours").code == 0
    both.pass_time(5)
    rows = [row.split() for row in "".join(watching.out).splitlines()]
    assert rows[0] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    statuses = [row[2] for row in rows[1:]]
    assert statuses[:2] == ["Running", "Running"] and {"Terminating", "Pending", "ContainerCreating"} <= set(statuses)
    watching.interrupt()
    both.pass_time(1)
    assert watching.task is not None and watching.task.done
