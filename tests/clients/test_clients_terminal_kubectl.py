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
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c0}\ndata: {a: '1', b: '2'}\n"
FILES = {"web.yaml": WEB, "cm.yaml": CONFIG, "changed.yaml": CONFIG.replace("a: '1'", "a: '9'")}

# Both ask for the same thing: every byte is compared.
READS = r"""
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
get nodes worker-1 nope worker-2
get nodes worker-1 nope -o name
get node worker-1 -o json
get pods -A -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName
get pods -n real -o custom-columns=N:.metadata.name,I:.spec.containers[*].image,L:.metadata.labels --no-headers
get nodes -o jsonpath={.items[*].metadata.name}
get nodes -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.status.nodeInfo.kubeletVersion}{"\n"}{end}'
get nodes -o jsonpath='{.items[?(@.metadata.name=="worker-2")].status.addresses[0].address}'
get nodes -o jsonpath='{.items[0].status.addresses[?(@.type=="InternalIP")].address}'
get nodes -o jsonpath='{.items[0:2].metadata.name}'
get node worker-1 -o jsonpath='{.metadata.labels}'
get node worker-1 -o jsonpath='{.metadata.labels.kubernetes\.io/hostname}'
get nodes -o go-template='{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}'
get deploy web -n real -o jsonpath='{.spec.replicas}'
get deploy web -n real -o jsonpath='{.nope}'
get deploy web -n real -o jsonpath='{.spec'
get deploy web -n real -o custom-columns=A
get deploy web -n real -o go-template
get ns/default svc/kubernetes
get --raw=/healthz
get --raw /nope
get --raw /api/v1/namespaces/real
get pods -n real -o yaml
get pods -n real -o json
get pods -n real -o name
get deploy web -n real -o yaml
get events -n real -o yaml
get events -n real
get events --field-selector=foo=x
get endpoints kube-scheduler -n kube-system -o yaml
get lease kube-scheduler -n kube-system -o yaml
get leases -A
get deploy,svc -n real -l app=web
get deploy/web svc/web -n real
get po,deploy,rs,svc,ep,cm -n real
get deployments.apps -n real
get deployments.v1.apps -n real
get Pods -n real --show-labels
get pods -n real -l '!app'
get pods -n real --field-selector=status.phase=Running
get pods -n real --sort-by=.nope
get pods -n real --sort-by=.metadata.creationTimestamp
get pods -l 'app in (web'
get pods nope --ignore-not-found
get ns -o yaml
describe pods nope
describe
describe cm kube-root-ca.crt -n real
describe ns real
explain
explain foo
explain pods
explain deploy.spec.replicas
explain pod.spec.containers
explain pod.spec --recursive
explain node.status.capacity
explain lease
api-resources
api-resources -o wide
api-resources -o name
api-resources --namespaced=false
api-versions
auth can-i create pods
auth can-i delete nodes
auth can-i foo bar
auth can-i get /healthz
auth can-i '*' '*'
auth can-i --list
auth whoami
top nodes
events -n nope
diff
edit
apply
apply -f nope.yaml
create deployment x --image=a/b --image=redis --port=80 -o yaml -- sleep 5
delete
delete pod nope
delete pods
delete foo bar
expose
cordon
drain nope
drain worker-1 --dry-run=client
label node worker-1
taint nodes worker-1 a=b
taint nodes worker-1 a-
rollout status
rollout status deploy/nope
set image deploy/web -n real
scale deploy/web --replicas=2 --current-replicas=9 -n real
wait pod/p1 --for=foo
wait --for=condition=Available deploy/web -n real
rollout history deploy/web -n real
rollout status deploy/web -n real
logs deploy/web --tail=1 -n real
logs -l app=web --prefix --tail=1 -n real
"""

# Each does it in a namespace of its own (@); names that the cluster made up are masked.
WRITES = r"""
create deployment d1 --image=nginx:1.27 --replicas=2 -n @
create deployment d1 --image=nginx:1.27 --replicas=2 -n @
apply --server-side -f cm.yaml -n @
apply --server-side -f cm.yaml -n @
apply --server-side -f cm.yaml -n @ --field-manager=other
annotate cm c0 a=b -n @
apply --server-side -f changed.yaml -n @ --field-manager=other
apply --server-side --force-conflicts -f changed.yaml -n @ --field-manager=other
create cm c1 --from-literal=a=1 -n @
create secret generic s1 --from-literal=k=v -n @
create service nodeport n1 --tcp=80 -n @
run p1 --image=nginx:1.27 -n @
expose deploy d1 --port=80 --target-port=8080 -n @
expose deploy d1 -n @
wait --for=condition=Ready pod --all -n @
describe cm c1 -n @
describe secret s1 -n @
label pods p1 a=b -n @
label pods p1 a=b -n @
label pods p1 a=c -n @
label pods p1 a- -n @
label pods p1 nope- -n @
label pods p1 "a b=c" -n @
annotate pods p1 note=hi -n @
scale deploy/d1 --replicas=3 -n @
sleep 45
rollout status deploy/d1 -n @
set image deploy/d1 foo=bar -n @
set image deploy/d1 nginx=nginx:1.26 -n @
set image deploy/d1 nginx=nginx:1.26 -n @
rollout history deploy/d1 -n @
rollout history deploy/d1 --revision=2 -n @
rollout undo deploy/d1 --to-revision=99 -n @
rollout undo deploy/d1 -n @
rollout restart deploy d1 -n @
rollout pause deploy/d1 -n @
rollout pause deploy/d1 -n @
rollout undo deploy/d1 -n @
rollout resume deploy/d1 -n @
set env deploy/d1 A=b -n @
patch deploy d1 -p '{"spec":{"replicas":1}}' -n @
sleep 45
patch deploy d1 -p '{"spec":{"replicas":1}}' -n @
patch deploy d1 --type=json -p '[{"op":"replace","path":"/spec/replicas","value":2}]' -n @
wait pod/p1 --for=jsonpath='{.status.phase}'=Running -n @
wait pod/nope --for=condition=Ready -n @
logs p1 -n @
logs p1 -p -n @
logs p1 --tail=1 -n @
logs nope -n @
exec p1 ls -n @
exec nope -n @ -- ls
delete pod p1 --now -n @
delete pods -l app=zzz -n @
delete cm nope --ignore-not-found -n @
delete deploy/d1 -n @
delete -f web.yaml -n @
delete -f web.yaml -n @
"""

# How they tell of it depends on the client's own clock, and on the version: events have ages.
AGED = """
describe deploy web -n real
describe rs -l app=web -n real
describe svc web -n real
describe pod -l app=web -n real
describe node worker-1
describe lease kube-scheduler -n kube-system
describe endpointslices -n real
events -n real
"""
TRIES = 3  # a second may have passed between the two, or a heartbeat
NEW_WORDS = 35  # the minor version since which real kubectl words things as the terminal does


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
    for _ in range(TRIES):
        ours, real = both.ours(*words, files=FILES), both.real(*words, files=FILES)
        if ours == real:
            break
    assert ours == real


def masked(said: Said) -> Said:
    text = said.stdout.replace("real", "ours")
    text = re.sub(r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-xxxxx", text)
    if minor() < NEW_WORDS:
        text = text.replace(" from ours namespace", "")
    return Said(said.code, text, said.stderr.replace("real", "ours"))


def test_commands_that_change_things_say_the_same(both: SideBySide) -> None:
    for line in WRITES.strip().split("\n"):
        if line.startswith("sleep "):
            both.pass_time(float(line.removeprefix("sleep ")))
            continue
        real = both.real(*shlex.split(line.replace("@", "real")), files=FILES)
        ours = both.ours(*shlex.split(line.replace("@", "ours")), files=FILES)
        assert masked(ours) == masked(real), line


def test_descriptions_are_the_same_but_for_ages(both: SideBySide) -> None:
    if minor() < NEW_WORDS:
        pytest.skip("this kubectl is older than the terminal's")
    both.real("apply", "-n", "real", "-f", "web.yaml", files=FILES)
    both.pass_time(10)

    def ageless(text: str) -> list[str]:
        lines = (re.sub(r"(<invalid>|\b(\d+[smhd])+)(?= |$)", "AGE", line) for line in text.splitlines())
        plain = [re.sub(r" +|-{2,}", " ", line) for line in lines]
        return sorted(plain) if text.startswith("LAST SEEN") else plain  # Go's sort does not keep the order of equals

    for line in AGED.strip().split("\n"):
        words = shlex.split(line)
        real, ours = both.real(*words), both.ours(*words)
        assert (ours.code, ours.stderr) == (real.code, real.stderr)
        assert ageless(ours.stdout) == ageless(real.stdout), line


def test_a_watch_streams_and_ends_at_an_interrupt(both: SideBySide) -> None:
    both.ours("apply", "-n", "ours", "-f", "web.yaml", files=FILES)
    both.pass_time(10)
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
