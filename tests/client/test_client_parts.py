"""Informers, work queues and leader election, against a real API server."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
from apiserver_lab import Lab

from orrery.client import ApiClient, CacheSynced, Informer, LeaderElector, LeadershipChanged, WorkQueue
from orrery.kernel import MILLISECOND, SECOND, Address, Call, Cause, DeadlineExceeded, Process, sleep
from orrery.machinery.resources import CONFIGMAPS, EVENTS, LEASES
from orrery.machinery.wire import ApiResponse, StatusError

NAMESPACED = "/api/v1/namespaces/default/configmaps"


def config_map(name: str, value: str = "1") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"},
            "data": {"value": value}}


def client(lab: Lab, process: Process | None = None, server: int = 1) -> ApiClient:
    return ApiClient(
        process or lab.client, Address(f"cp-{server}", 6443), user="kubernetes-admin",
        groups=("kubeadm:cluster-admins",), user_agent="test",
    )


def inside(lab: Lab, work: Callable[[], Awaitable[Any]]) -> Any:
    """Runs a coroutine in the client process to its end."""

    async def join() -> Any:
        return await lab.client.spawn(_held(), name="work").join()

    box: list[Any] = []

    async def _held() -> None:
        try:
            box.append((await work(), None))
        except StatusError as error:
            box.append((None, error))

    lab.run(join())
    result, error = box[0]
    if error is not None:
        raise error
    return result


class Diary:
    """What an informer told its handlers."""

    def __init__(self, informer: Informer) -> None:
        self.lines: list[str] = []
        informer.add_handlers(
            lambda obj: self.lines.append(f"+{obj['metadata']['name']}={obj['data']['value']}"),
            lambda old, new: self.lines.append(f"~{new['metadata']['name']}={new['data']['value']}"),
            lambda obj: self.lines.append(f"-{obj['metadata']['name']}"),
        )


def started(lab: Lab, **options: Any) -> tuple[Informer, Diary]:
    informer = Informer(client(lab), CONFIGMAPS, namespace="default", **options)
    diary = Diary(informer)
    lab.client.call_later(0, informer.start)
    lab.settle(2)
    assert informer.has_synced
    return informer, diary


def test_verbs_do_what_they_say_and_failures_are_status_errors() -> None:
    lab = Lab()
    api = client(lab)

    async def work() -> None:
        made = await api.create(CONFIGMAPS, config_map("a"))
        assert (await api.get(CONFIGMAPS, "a", "default")) == made
        changed = await api.patch(CONFIGMAPS, "a", {"data": {"value": "2"}}, "default")
        assert changed["data"] == {"value": "2"}
        with pytest.raises(StatusError) as conflict:
            await api.update(CONFIGMAPS, made)
        assert conflict.value.code == 409
        items, version = await api.list(CONFIGMAPS, "default")
        assert [item["data"]["value"] for item in items] == ["2"] and int(version) > 0
        await api.delete(CONFIGMAPS, "a", "default", uid=made["metadata"]["uid"])
        with pytest.raises(StatusError) as missing:
            await api.get(CONFIGMAPS, "a", "default")
        assert (missing.value.code, missing.value.message) == (404, 'configmaps "a" not found')

    inside(lab, work)


def test_an_informer_lists_then_follows_each_change() -> None:
    lab = Lab()
    lab.ok("POST", NAMESPACED, config_map("a"))
    informer, diary = started(lab)
    lab.ok("POST", NAMESPACED, config_map("b"))
    lab.ok("PUT", f"{NAMESPACED}/a", config_map("a", "2"))
    lab.ok("DELETE", f"{NAMESPACED}/b")
    lab.settle()
    assert diary.lines == ["+a=1", "+b=1", "~a=2", "-b"]
    assert [obj["data"]["value"] for obj in informer.cache.list()] == ["2"]
    late = Diary(informer)
    assert late.lines == ["+a=2"]


def test_indexes_follow_what_is_cached() -> None:
    lab = Lab()
    informer, _ = started(lab, indexes={"value": lambda obj: [obj["data"]["value"]]})
    for name, value in (("a", "1"), ("b", "1"), ("c", "2")):
        lab.ok("POST", NAMESPACED, config_map(name, value))
    lab.ok("PUT", f"{NAMESPACED}/b", config_map("b", "2"))
    lab.settle()
    assert [o["metadata"]["name"] for o in informer.cache.by_index("value", "1")] == ["a"]
    assert [o["metadata"]["name"] for o in informer.cache.by_index("value", "2")] == ["c", "b"]
    assert informer.cache.by_index("value", "3") == []


def test_an_informer_goes_on_after_its_api_server_crashed_and_misses_nothing() -> None:
    lab = Lab(servers=2)
    informer, diary = started(lab)
    lab.kernel.faults.apply("crash-process", component="cp-1/kube-apiserver")
    lab.ok("POST", NAMESPACED, config_map("meanwhile"), server=2)
    lab.ok("POST", NAMESPACED, config_map("brief"), server=2)
    lab.ok("DELETE", f"{NAMESPACED}/brief", server=2)
    lab.settle(3)
    assert diary.lines == []
    lab.kernel.faults.apply("restart-process", component="cp-1/kube-apiserver")
    lab.settle(60)
    assert diary.lines == ["+meanwhile=1", "+brief=1", "-brief"] or diary.lines == ["+meanwhile=1"]
    assert [o["metadata"]["name"] for o in informer.cache.list()] == ["meanwhile"]


def test_an_informer_whose_version_is_too_old_lists_anew_and_tells_the_difference() -> None:
    lab = Lab(servers=2, watch_window=4)
    for name in ("gone", "changed", "same"):
        lab.ok("POST", NAMESPACED, config_map(name))
    informer, diary = started(lab)
    synced = lab.collect(CacheSynced)
    del diary.lines[:]
    lab.kernel.faults.apply("crash-process", component="cp-1/kube-apiserver")
    lab.ok("DELETE", f"{NAMESPACED}/gone", server=2)
    lab.ok("PUT", f"{NAMESPACED}/changed", config_map("changed", "2"), server=2)
    for name in ("a", "b", "c", "d", "e"):
        lab.ok("POST", NAMESPACED, config_map(name), server=2)
        lab.ok("DELETE", f"{NAMESPACED}/{name}", server=2)
    lab.ok("POST", NAMESPACED, config_map("new"), server=2)
    lab.kernel.faults.apply("restart-process", component="cp-1/kube-apiserver")
    lab.settle(60)
    assert sorted(diary.lines) == ["+new=1", "-gone", "~changed=2"]
    assert sorted(obj["metadata"]["name"] for obj in informer.cache.list()) == ["changed", "new", "same"]
    assert [event.relisted.startswith("too old resource version") for event in synced] == [True]


def test_a_request_that_comes_too_often_waits_as_long_as_it_is_told_and_tries_again() -> None:
    lab = Lab()
    asked_ns: list[int] = []

    async def answer(call: Call) -> ApiResponse:
        asked_ns.append(lab.kernel.now_ns)
        if len(asked_ns) <= 2:
            return StatusError.too_many_requests("slow down", retry_after_s=3).response()
        return ApiResponse(200, config_map("a"))

    async def serve(process: Process) -> None:
        process.serve(6443, answer, protocol="api")
        await process.event().wait()

    lab.kernel.add_host("busy", ip="10.1.0.1").add_process("kube-apiserver", serve)
    api = ApiClient(lab.client, Address("busy", 6443), user="kubernetes-admin")

    async def work() -> dict[str, Any]:
        return await api.get(CONFIGMAPS, "a", "default")

    assert inside(lab, work)["metadata"]["name"] == "a"
    assert [round((later - sooner) / SECOND) for sooner, later in pairwise(asked_ns)] == [3, 3]


def test_a_request_that_nobody_answers_in_time_fails_as_one_of_which_nobody_knows() -> None:
    lab = Lab()
    api = ApiClient(
        lab.client, Address("cp-1", 6443), user="kubernetes-admin", groups=("kubeadm:cluster-admins",),
        timeout_ns=5 * SECOND,
    )
    lab.kernel.faults.apply("hang-process", component="cp-1/kube-apiserver")

    async def work() -> float:
        begun_ns = lab.kernel.now_ns
        with pytest.raises(DeadlineExceeded):
            await api.get(CONFIGMAPS, "a", "default")
        return (lab.kernel.now_ns - begun_ns) / SECOND

    assert inside(lab, work) == 5


def test_handlers_run_under_the_cause_of_the_change() -> None:
    lab = Lab()
    informer = Informer(client(lab), CONFIGMAPS, namespace="default")
    flows: list[int] = []
    informer.add_handlers(lambda obj: flows.append(lab.kernel.cause.flow))
    lab.client.call_later(0, informer.start)
    lab.settle(2)

    async def create() -> int:
        flow = lab.client.start_flow(kind="request", title="create a", subject="a")
        await client(lab).create(CONFIGMAPS, config_map("a"))
        return flow

    flow = inside(lab, create)
    lab.settle()
    assert flows == [flow]


def _queue(lab: Lab) -> WorkQueue[str]:
    return WorkQueue(lab.client)


def test_a_queue_works_on_a_key_once_however_often_it_was_added_and_again_if_added_meanwhile() -> None:
    lab = Lab()
    queue = _queue(lab)

    async def work() -> list[str]:
        for key in ("a", "b", "a"):
            queue.add(key)
        order = [await queue.get()]
        queue.add("a")  # while it is worked on
        order.append(await queue.get())
        queue.done("b")
        assert len(queue) == 0
        queue.done("a")
        order.append(await queue.get())
        return order

    assert inside(lab, work) == ["a", "b", "a"]


def test_a_key_carries_the_cause_that_added_it_first() -> None:
    lab = Lab()
    queue = _queue(lab)

    async def work() -> Cause:
        lab.kernel.cause = Cause(5, 50)
        queue.add("a")
        lab.kernel.cause = Cause(6, 60)
        queue.add("a")
        await queue.get()
        return lab.kernel.cause

    assert inside(lab, work) == Cause(5, 50)


def test_failures_back_off_and_success_forgets_them() -> None:
    lab = Lab()
    queue = _queue(lab)

    async def work() -> list[int]:
        waits = []
        for _ in range(4):
            begun_ns = lab.kernel.now_ns
            queue.add_rate_limited("a")
            queue.done(await queue.get())
            waits.append((lab.kernel.now_ns - begun_ns) // MILLISECOND)
        queue.forget("a")
        begun_ns = lab.kernel.now_ns
        queue.add_rate_limited("a")
        await queue.get()
        return [*waits, (lab.kernel.now_ns - begun_ns) // MILLISECOND]

    assert inside(lab, work) == [5, 10, 20, 40, 5]


def test_of_two_delays_the_earlier_stands() -> None:
    lab = Lab()
    queue = _queue(lab)

    async def work() -> tuple[int, int]:
        begun_ns = lab.kernel.now_ns
        queue.add_after("a", 5 * SECOND)
        queue.add_after("a", 2 * SECOND)
        queue.add_after("a", 9 * SECOND)
        queue.done(await queue.get())
        at_ns = lab.kernel.now_ns - begun_ns
        await sleep(20 * SECOND)
        return at_ns, len(queue)

    assert inside(lab, work) == (2 * SECOND, 0)


class Candidates:
    """Three processes that stand for one lease."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.leading: dict[str, bool] = {}
        self.changes = lab.collect(LeadershipChanged)
        for number in range(3):
            host = lab.kernel.add_host(f"node-{number}", ip=f"10.1.0.{number + 1}")
            host.add_process("candidate", self._main)

    async def _main(self, process: Process) -> None:
        name = process.id
        self.leading[name] = False

        def started() -> None:
            self.leading[name] = True

        elector = LeaderElector(
            client(self.lab, process), "kube-system", "thing", on_started_leading=started,
            on_stopped_leading=lambda: self.leading.update({name: False}),
        )
        await elector.run()

    @property
    def leaders(self) -> list[str]:
        alive = self.lab.kernel.process
        return [name for name, leads in self.leading.items() if leads and alive(name).state == "running"]


def test_one_candidate_leads_and_another_takes_over_when_the_lease_has_run_out() -> None:
    lab = Lab()
    candidates = Candidates(lab)
    lab.settle(10)
    assert len(candidates.leaders) == 1
    first = candidates.leaders[0]
    lab.kernel.faults.apply("crash-process", component=first)
    lab.settle(12)
    assert candidates.leaders == [], "nobody may lead before the lease has run out"
    lab.settle(20)
    assert len(candidates.leaders) == 1 and candidates.leaders != [first]
    lease = lab.ok("GET", LEASES.path("kube-system", "thing"))
    assert lease["spec"]["leaseTransitions"] == 1
    messages = [e["message"] for e in lab.ok("GET", EVENTS.path("kube-system"))["items"]]
    assert len([m for m in messages if m.endswith("became leader")]) == 2


def test_a_leader_that_cannot_renew_steps_down_before_another_may_lead() -> None:
    lab = Lab()
    candidates = Candidates(lab)
    lab.settle(10)
    first = candidates.leaders[0]
    lab.kernel.faults.apply("cut-link", a=first.partition("/")[0], b="cp-1")
    overlaps = 0
    for _ in range(600):
        lab.settle(0.1)
        overlaps += len(candidates.leaders) > 1
    assert overlaps == 0 and len(candidates.leaders) == 1 and candidates.leaders != [first]


def test_clocks_that_disagree_do_no_harm_to_an_election() -> None:
    lab = Lab()
    candidates = Candidates(lab)
    for number, skew_s in enumerate((0, 300, -300)):
        lab.kernel.faults.apply("skew-clock", host=f"node-{number}", skew_ns=skew_s * SECOND)
    lab.settle(60)
    assert len(candidates.leaders) == 1
    assert len([c for c in candidates.changes if c.leads]) == 1
