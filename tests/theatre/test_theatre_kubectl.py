"""The terminal's kubectl inside the simulation, where there need be no real one: the lecture's commands, logs and exec,
what Tab offers, and what is said when nobody answers."""

from collections.abc import Iterator

import pytest

from orrery.cluster.config import default_config
from orrery.kernel import SECOND, Task
from orrery.theatre.production import Production
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.kubectl import complete, kubectl


class Desk:
    """A cluster whose control planes are Nodes, and a person at its client."""

    def __init__(self) -> None:
        self.production = Production(7, default_config().replace(control_plane_nodes=True))
        self.run_for(3)

    def run_for(self, seconds: float) -> None:
        self.production.kernel.run_for(int(seconds * SECOND))

    def invocation(self, line: str, out: list[str], err: list[str]) -> Invocation:
        words = line.split(" -- ")
        arguments = words[0].split() + (["--", *words[1].split()] if len(words) > 1 else [])
        return Invocation(tuple(arguments), self.production.cluster.client, out.append, err.append)

    def begin(self, line: str, out: list[str], err: list[str], ends: list[int]) -> Task:
        async def work() -> None:
            ends.append(await kubectl(self.invocation(line, out, err)))

        return self.production.cluster.client.spawn(work(), name=line)

    def type(self, line: str) -> tuple[int, str, str]:
        out: list[str] = []
        err: list[str] = []
        ends: list[int] = []
        self.begin(line, out, err, ends)
        for _ in range(400):
            if ends:
                return ends[0], "".join(out), "".join(err)
            self.run_for(0.2)
        raise AssertionError(f"{line} did not end: {out} {err}")

    def tab(self, *words: str) -> list[str]:
        found: list[list[str]] = []

        async def work() -> None:
            found.append(await complete(self.invocation("", [], []), words))

        self.production.cluster.client.spawn(work(), name="tab")
        self.run_for(1)
        return found[0]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    yield Desk()


def test_control_planes_are_nodes_that_take_nobody(desk: Desk) -> None:
    code, out, _ = desk.type("get nodes")
    rows = [row.split() for row in out.splitlines()[1:]]
    assert code == 0 and [row[0] for row in rows][:4] == ["cp-1", "cp-2", "cp-3", "worker-1"]
    assert [row[2] for row in rows[:4]] == ["control-plane"] * 3 + ["<none>"]
    assert "node-role.kubernetes.io/control-plane:NoSchedule" in desk.type("describe node cp-1")[1]
    desk.type("create deployment spread --image=nginx:1.27 --replicas=6")
    desk.type("rollout status deployment/spread")
    assert "cp-" not in desk.type("get pods -o jsonpath={.items[*].spec.nodeName}")[1]


def test_the_lectures_commands_work_as_it_writes_them(desk: Desk) -> None:
    code, out, _ = desk.type("get pods -n kube-system")
    names = [row.split()[0] for row in out.splitlines()[1:]]
    components = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
    assert code == 0 and names == [f"{component}-cp-{n}" for component in components for n in (1, 2, 3)]
    health = "exec -n kube-system etcd-cp-1 -- etcdctl --endpoints=https://127.0.0.1:2379 endpoint health"
    code, out, _ = desk.type(health)
    assert code == 0 and out.startswith("https://127.0.0.1:2379 is healthy: successfully committed proposal")
    assert desk.type("get --raw=/healthz") == (0, "ok", "")
    code, _, err = desk.type("get endpoints kube-scheduler -n kube-system -o yaml")
    assert code == 1 and 'endpoints "kube-scheduler" not found' in err
    assert "holderIdentity: cp-" in desk.type("get lease kube-scheduler -n kube-system -o yaml")[1]


def test_a_mirror_pod_shows_its_process_and_comes_back_when_it_is_deleted(desk: Desk) -> None:
    scheduler = desk.production.kernel.process("cp-2/kube-scheduler")
    scheduler.crash()
    desk.run_for(3)
    assert "CrashLoopBackOff" in desk.type("get pod kube-scheduler-cp-2 -n kube-system")[1]
    scheduler.start()
    desk.run_for(3)
    ready, status, restarts = desk.type("get pod kube-scheduler-cp-2 -n kube-system --no-headers")[1].split()[1:4]
    assert (ready, status, restarts) == ("1/1", "Running", "1")
    uid = "get pod etcd-cp-1 -n kube-system -o jsonpath={.metadata.uid}"
    before = desk.type(uid)[1]
    assert desk.type("delete pod etcd-cp-1 -n kube-system")[0] == 0
    desk.run_for(3)
    code, after, _ = desk.type(uid)
    assert code == 0 and after != before
    assert desk.production.kernel.process("cp-1/etcd").restarts == 0


def test_logs_and_exec_go_through_the_kubelet(desk: Desk) -> None:
    desk.type("run web --image=nginx:1.27")
    desk.type("wait --for=condition=Ready pod/web")
    desk.run_for(1)
    assert "Configuration complete; ready for start up" in desk.type("logs web")[1]
    assert desk.type("logs web --tail=1")[1].count("\n") == 1
    assert desk.type("exec web -- hostname") == (0, "web\n", "")
    assert desk.type("exec web -- false") == (1, "", "command terminated with exit code 1\n")
    code, _, err = desk.type("exec web -- nonsense")
    assert code == 1 and 'exec: "nonsense": executable file not found in $PATH' in err
    code, _, err = desk.type("exec -n kube-system kube-apiserver-cp-1 -- ls")
    assert code == 1 and "executable file not found" in err


def test_a_log_is_followed_until_an_interrupt(desk: Desk) -> None:
    out: list[str] = []
    following = desk.begin("logs -f web", out, [], [])
    desk.run_for(2)
    assert not following.done and "".join(out).count("\n") == 6
    following.cancel()
    desk.run_for(1)
    assert following.done


def test_tab_offers_commands_flags_types_and_names(desk: Desk) -> None:
    assert desk.tab("ro") == ["rollout"]
    assert desk.tab("rollout", "st") == ["status"]
    assert desk.tab("get", "pods", "--all") == ["--all-namespaces"]
    assert desk.tab("get", "dep") == ["deployments"]
    assert desk.tab("get", "nodes", "cp") == ["cp-1", "cp-2", "cp-3"]
    assert desk.tab("get", "pods", "-n", "kube-s") == ["kube-system"]
    assert desk.tab("describe", "node/worker-") == [f"node/worker-{number}" for number in (1, 2, 3, 4)]
    assert desk.tab("cordon", "worker-1") == ["worker-1"]


def test_every_command_has_help_and_unknown_ones_are_refused(desk: Desk) -> None:
    code, out, _ = desk.type("--help")
    assert code == 0 and "Troubleshooting and Debugging Commands:" in out
    for line in ("get", "apply", "rollout status", "create deployment", "auth can-i", "logs"):
        code, out, err = desk.type(f"{line} --help")
        assert code == 0 and f"Usage:\n  kubectl {line}" in out and not err
    code, _, err = desk.type("gett pods")
    assert code == 1 and err.startswith('error: unknown command "gett" for "kubectl"')


def test_an_api_that_does_not_answer_is_said_in_kubectls_words(desk: Desk) -> None:
    for host in ("cp-1", "cp-2", "cp-3"):
        desk.production.kernel.process(f"{host}/kube-apiserver").crash()
    desk.run_for(15)
    code, out, err = desk.type("get pods")
    assert (code, out) == (1, "")
    assert err.startswith(("Unable to connect to the server", "The connection to the server"))
    desk.production.kernel.process("lb/load-balancer").crash()
    code, _, err = desk.type("get pods")
    refused = "The connection to the server k8s-api:6443 was refused - did you specify the right host or port?\n"
    assert (code, err) == (1, refused)
