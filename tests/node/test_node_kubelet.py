"""The kubelet at work, with a real API server, runtime and registry in virtual time."""

from typing import Any

import pytest
from kubelet_lab import KubeletLab

from orrery.machinery.objects import find_condition
from orrery.machinery.resources import ENDPOINTSLICES, LEASES, NODES, SERVICES


@pytest.fixture
def lab() -> KubeletLab:
    return KubeletLab()


def nginx(**more: Any) -> dict[str, Any]:
    return {"name": "nginx", "image": "nginx:1.27", **more}


def shell(script: str, name: str = "main", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": "busybox:1.36", "command": ["sh", "-c", script], **more}


# -- the node


def test_a_node_registers_and_becomes_ready(lab: KubeletLab) -> None:
    node = lab.node()
    ready = find_condition(node, "Ready")
    assert ready is not None
    assert (ready["status"], ready["reason"]) == ("True", "KubeletReady")
    assert node["status"]["nodeInfo"]["kubeletVersion"] == "v1.37.0"
    assert node["spec"]["podCIDR"] == "10.244.1.0/24"
    assert lab.events("worker-1")[0] == "Starting: Starting kubelet."
    assert "NodeReady: Node worker-1 status is now: NodeReady" in lab.events("worker-1")


def test_its_lease_is_renewed_every_ten_seconds_and_belongs_to_it(lab: KubeletLab) -> None:
    first = lab.do(lab.api.get(LEASES, "worker-1", "kube-node-lease"))
    lab.run(10)
    second = lab.do(lab.api.get(LEASES, "worker-1", "kube-node-lease"))
    assert first["spec"]["renewTime"] < second["spec"]["renewTime"]
    assert second["spec"]["leaseDurationSeconds"] == 40
    assert second["metadata"]["ownerReferences"][0]["name"] == "worker-1"


def test_a_status_that_does_not_change_is_reported_every_five_minutes(lab: KubeletLab) -> None:
    lab.run(30)
    version = lab.node()["metadata"]["resourceVersion"]
    lab.run(200)
    assert lab.node()["metadata"]["resourceVersion"] == version
    lab.run(110)
    assert lab.node()["metadata"]["resourceVersion"] != version


def test_a_node_whose_runtime_is_down_is_not_ready_until_it_is_back(lab: KubeletLab) -> None:
    lab.fault("crash-process", component="worker-1/containerd")
    lab.run(45)
    ready = find_condition(lab.node(), "Ready")
    assert ready is not None
    assert (ready["status"], ready["message"]) == ("False", "container runtime is down")
    lab.fault("restart-process", component="worker-1/containerd")
    lab.run(10)
    ready = find_condition(lab.node(), "Ready")
    assert ready is not None and ready["status"] == "True"


def test_a_node_that_was_deleted_registers_again(lab: KubeletLab) -> None:
    lab.do(lab.api.delete(NODES, "worker-1"))
    lab.run(15)
    assert lab.node()["metadata"]["name"] == "worker-1"


# -- a Pod's life


def test_a_pod_runs_and_its_story_is_told_in_events(lab: KubeletLab) -> None:
    lab.pod("web", nginx())
    lab.until("web", "Running")
    assert lab.reasons("web") == ["Pulling", "Pulled", "Created", "Started"]
    status = lab.see("web")["status"]
    assert (status["podIP"], status["hostIP"]) == ("10.244.1.2", "10.0.0.21")
    assert [event.state for event in lab.traced("SandboxChanged")] == ["ready"]
    assert [event.state for event in lab.traced("ContainerChanged")] == ["created", "running"]


def test_each_container_has_events_of_its_own(lab: KubeletLab) -> None:
    lab.pod("two", nginx(), shell("sleep 60", "side"))
    lab.until("two", "Running")
    lab.run(1)
    assert lab.reasons("two").count("Started") == 2


def test_an_image_that_is_there_is_not_pulled_again(lab: KubeletLab) -> None:
    lab.pod("one", nginx())
    lab.until("one", "Running")
    lab.pod("two", nginx())
    assert lab.until("two", "Running") < 1
    assert lab.events("two")[0] == (
        'Pulled: Container image "nginx:1.27" already present on machine and can be accessed by the pod'
    )


def test_a_deleted_pod_has_its_grace_and_is_gone_when_its_containers_are(lab: KubeletLab) -> None:
    lab.pod("stubborn", shell("sleep 3600"), terminationGracePeriodSeconds=10)
    lab.until("stubborn", "Running")
    lab.delete("stubborn")
    assert lab.word("stubborn") == "Terminating"
    assert lab.until("stubborn", "gone") == pytest.approx(10, abs=0.5)
    assert lab.reasons("stubborn")[-1] == "Killing"
    assert lab.kubelet.workers == {}
    assert lab.kubelet.runtime.pods == {}


def test_a_second_deletion_can_shorten_the_grace(lab: KubeletLab) -> None:
    lab.pod("stubborn", shell("sleep 3600"))
    lab.until("stubborn", "Running")
    lab.delete("stubborn")
    lab.run(3)
    lab.delete("stubborn", grace_s=2)
    assert lab.until("stubborn", "gone") == pytest.approx(2, abs=0.5)


def test_a_server_heeds_sigterm_and_is_gone_at_once(lab: KubeletLab) -> None:
    lab.pod("web", nginx())
    lab.until("web", "Running")
    lab.delete("web")
    assert lab.until("web", "gone") < 1


def test_deleting_a_pod_that_still_pulls_its_image_does_not_wait_for_the_pull(lab: KubeletLab) -> None:
    lab.pod("db", {"name": "db", "image": "mysql:8"})
    lab.run(2)
    lab.delete("db")
    assert lab.until("db", "gone") < 1


def test_a_forced_deletion_leaves_nothing_running(lab: KubeletLab) -> None:
    lab.pod("web", nginx())
    lab.until("web", "Running")
    lab.delete("web", grace_s=0)
    assert lab.word("web") == "gone"
    lab.run(3)
    assert lab.kubelet.runtime.pods == {}


@pytest.mark.parametrize(
    ("policy", "script", "word"),
    [("Never", "sleep 3", "Completed"), ("Never", "exit 3", "Error"), ("OnFailure", "sleep 3", "Completed")],
)
def test_a_pod_that_has_run_to_its_end_says_how(lab: KubeletLab, policy: str, script: str, word: str) -> None:
    lab.pod("job", shell(script), restartPolicy=policy)
    lab.until("job", word)
    lab.run(30)
    assert lab.word("job") == word
    lab.delete("job")
    lab.run(1)
    assert lab.word("job") == "gone"


def test_a_container_that_keeps_failing_is_restarted_ever_more_slowly(lab: KubeletLab) -> None:
    lab.pod("crash", shell("exit 1"))
    lab.until("crash", "CrashLoopBackOff")
    waiting = lab.container("crash")["state"]["waiting"]
    assert waiting["message"].startswith("back-off 10s restarting failed container=main pod=crash_default(")
    assert lab.container("crash")["lastState"]["terminated"]["exitCode"] == 1
    lab.run(180)
    starts = [e.time_ns for e in lab.traced("ContainerChanged") if e.state == "running"]
    gaps = [round((b - a) / 1e9) for a, b in zip(starts, starts[1:], strict=False)]
    assert gaps == [pytest.approx(expected, abs=1) for expected in (0, 10, 20, 40, 80)]
    assert lab.see("crash")["status"]["phase"] == "Running"


def test_an_image_that_nobody_has_is_tried_again_after_a_back_off(lab: KubeletLab) -> None:
    lab.pod("typo", {"name": "main", "image": "nginx:does-not-exist"})
    lab.until("typo", "ErrImagePull")
    lab.until("typo", "ImagePullBackOff")
    lines = lab.events("typo")
    assert (
        'Failed: Failed to pull image "nginx:does-not-exist": rpc error: code = NotFound desc = failed to pull and '
        'unpack image "docker.io/library/nginx:does-not-exist": failed to resolve reference '
        '"docker.io/library/nginx:does-not-exist": docker.io/library/nginx:does-not-exist: not found'
    ) in lines
    assert 'BackOff: Back-off pulling image "nginx:does-not-exist"' in lines
    lab.run(60)
    assert sum(event.kind.startswith("GET /v2/library/nginx/manifests") for event in lab.traced("MessageSent")) == 3


def test_a_reference_that_is_none_is_told_so(lab: KubeletLab) -> None:
    lab.pod("upper", {"name": "main", "image": "NGINX"})
    lab.until("upper", "InvalidImageName")


def test_init_containers_run_one_after_the_other_before_the_rest(lab: KubeletLab) -> None:
    lab.pod("web", nginx(), initContainers=[shell("sleep 2", "first"), shell("sleep 2", "second")])
    lab.until("web", "Init:0/2")
    lab.until("web", "Init:1/2")
    lab.until("web", "Running")
    order = [e.container for e in lab.traced("ContainerChanged") if e.state == "running"]
    assert order == ["first", "second", "nginx"]


def test_an_init_container_that_fails_holds_the_pod_back(lab: KubeletLab) -> None:
    lab.pod("web", nginx(), initContainers=[shell("exit 1", "first")])
    lab.until("web", "Init:CrashLoopBackOff")
    assert lab.see("web")["status"]["phase"] == "Pending"


def test_a_pod_for_which_there_is_no_room_is_rejected(lab: KubeletLab) -> None:
    lab.pod("big", nginx(resources={"requests": {"cpu": "64"}}))
    lab.until("big", "OutOfcpu")
    assert lab.see("big")["status"]["phase"] == "Failed"


@pytest.mark.parametrize("after_ms", [1, 5, 30, 80, 150, 200, 240, 280, 320, 400, 3300, 3400, 5000])
def test_a_pod_that_is_deleted_at_whatever_moment_leaves_nothing_behind(after_ms: int) -> None:
    lab = KubeletLab()
    lab.pod("warm", shell("exit 0"), restartPolicy="Never")
    lab.until("warm", "Completed")
    lab.delete("warm")
    lab.pod("job", shell("sleep 3"), restartPolicy="Never", terminationGracePeriodSeconds=1)
    lab.run(after_ms / 1000)
    lab.delete("job")
    lab.run(10)
    assert lab.word("job") == "gone"
    assert lab.kubelet.workers == {}
    assert lab.kubelet.runtime.pods == {}
    assert lab.worker.disk.list("/var/lib/cni/networks/") == []
    assert lab.worker.disk.list("/var/lib/containerd/sandboxes/") == []


# -- probes


def test_a_pod_is_ready_when_its_readiness_probe_succeeds(lab: KubeletLab) -> None:
    probe = {"httpGet": {"path": "/", "port": 80}, "initialDelaySeconds": 5, "periodSeconds": 2}
    lab.pod("web", nginx(readinessProbe=probe))
    lab.until("web", "Running")
    assert not lab.container("web")["ready"]
    lab.run(8)
    assert lab.container("web")["ready"]


def test_a_readiness_probe_that_fails_is_an_event_and_no_restart(lab: KubeletLab) -> None:
    lab.pod("web", nginx(readinessProbe={"httpGet": {"path": "/healthz", "port": 80}, "periodSeconds": 2}))
    lab.until("web", "Running")
    lab.run(20)
    container = lab.container("web")
    assert (container["ready"], container["restartCount"]) == (False, 0)
    assert "Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404" in lab.events("web")


def test_a_container_that_fails_its_liveness_probe_is_restarted(lab: KubeletLab) -> None:
    script = "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"
    probe = {"exec": {"command": ["cat", "/tmp/healthy"]}, "initialDelaySeconds": 5, "periodSeconds": 5}
    lab.pod("sick", shell(script, livenessProbe=probe), terminationGracePeriodSeconds=5)
    lab.until("sick", "Running")
    lab.run(60)
    assert lab.container("sick")["restartCount"] == 1
    lines = lab.events("sick")
    assert any(line.startswith("Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy'") for line in lines)
    assert "Killing: Container main failed liveness probe, will be restarted" in lines


def test_a_slow_container_is_left_in_peace_until_its_startup_probe_succeeds(lab: KubeletLab) -> None:
    get = {"tcpSocket": {"port": 3306}}
    lab.pod("db", {
        "name": "db", "image": "mysql:8",
        "startupProbe": {**get, "periodSeconds": 2, "failureThreshold": 30},
        "livenessProbe": {**get, "periodSeconds": 2, "failureThreshold": 1},
    })  # fmt: skip
    lab.until("db", "Running")
    lab.run(20)
    container = lab.container("db")
    assert (container["restartCount"], container["started"]) == (0, True)


# -- faults


def test_pods_live_on_when_the_api_server_cannot_be_reached(lab: KubeletLab) -> None:
    lab.pod("crash", shell("sleep 20; exit 1"))
    lab.until("crash", "Running")
    lab.kernel.network.cut("cp-1", "worker-1")
    lab.run(60)
    restarts = sum(e.state == "running" for e in lab.traced("ContainerChanged"))
    assert restarts >= 2
    lab.kernel.network.heal("cp-1", "worker-1")
    lab.run(60)
    assert lab.container("crash")["restartCount"] >= 1


def test_a_kubelet_that_comes_back_finds_its_pods_as_they_are(lab: KubeletLab) -> None:
    lab.pod("web", nginx())
    lab.until("web", "Running")
    lab.fault("crash-process", component="worker-1/kubelet")
    lab.run(30)
    lab.fault("restart-process", component="worker-1/kubelet")
    lab.run(10)
    assert lab.word("web") == "Running"
    assert lab.container("web")["restartCount"] == 0


def test_what_was_deleted_while_the_kubelet_was_away_is_stopped_when_it_is_back(lab: KubeletLab) -> None:
    lab.pod("web", nginx())
    lab.until("web", "Running")
    lab.fault("crash-process", component="worker-1/kubelet")
    lab.delete("web", grace_s=0)
    lab.run(10)
    lab.fault("restart-process", component="worker-1/kubelet")
    lab.run(10)
    assert lab.kubelet.runtime.pods == {}


def test_after_a_power_cut_pods_get_a_new_sandbox_and_start_again(lab: KubeletLab) -> None:
    lab.pod("web", nginx())
    lab.until("web", "Running")
    lab.fault("crash-host", host="worker-1")
    lab.run(30)
    lab.fault("restart-host", host="worker-1")
    lab.run(20)
    assert lab.word("web") == "Running"
    container = lab.container("web")
    assert container["restartCount"] == 1
    assert container["lastState"]["terminated"]["exitCode"] == 255


def test_somebody_elses_word_about_a_pod_is_put_right(lab: KubeletLab) -> None:
    from orrery.machinery.resources import PODS

    lab.pod("web", nginx())
    lab.until("web", "Running")
    untrue = {"status": {"conditions": [{"type": "Ready", "status": "False", "reason": "NodeNotReady"}]}}
    lab.do(lab.api.patch(PODS, "web", untrue, "default", type="strategic", subresource="status"))
    lab.run(2)
    ready = find_condition(lab.see("web"), "Ready")
    assert ready is not None and ready["status"] == "True"


# -- kube-proxy


def test_kube_proxy_writes_rules_for_services_and_tells_what_changed(lab: KubeletLab) -> None:
    lab.do(lab.api.create(SERVICES, {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }))  # fmt: skip
    lab.run(3)
    assert lab.proxy.table.services["default/web"].jumps == ()
    lab.do(lab.api.create(ENDPOINTSLICES, {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"name": "web-1", "namespace": "default", "labels": {"kubernetes.io/service-name": "web"}},
        "ports": [{"port": 80}], "endpoints": [{"addresses": ["10.244.1.9"], "conditions": {"ready": True}}],
    }))  # fmt: skip
    lab.run(3)
    assert [str(jump.endpoint) for jump in lab.proxy.table.services["default/web"].jumps] == ["10.244.1.9:80"]
    assert [list(event.services) for event in lab.traced("ProxyRulesChanged")][-2:] == [["default/web"]] * 2
