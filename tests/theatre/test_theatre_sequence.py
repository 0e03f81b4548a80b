"""A flow as a sequence diagram: its steps, their causes, what became of them, and the lecture's sixteen among them."""

from typing import Any

import pytest

from orrery.cluster import default_config
from orrery.kernel import SECOND, MessageSent
from orrery.theatre.production import Production
from orrery.theatre.recorder import Recorder
from orrery.theatre.records import SequenceReply, SequenceStep
from orrery.theatre.sequence import Sequences

POD = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "solo"},
    "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]},
}
DEPLOYMENT = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
    "spec": {
        "replicas": 3, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD["spec"]},
    },
}


class Seat:
    """A cluster, and somebody who asks for its flows."""

    def __init__(self, *documents: dict[str, Any]) -> None:
        self.world = Production(7, default_config())
        self.recorder = Recorder(self.world.kernel)
        self.sequences = Sequences(self.world.kernel, self.recorder, self.world.projections)
        self.run(2)
        self.flow = self.world.acts.apply(list(documents))

    def run(self, seconds: float) -> None:
        self.world.kernel.run_for(round(seconds * SECOND))

    def reply(self, after: int = 0) -> SequenceReply:
        return self.sequences.reply(self.flow, after)

    def steps(self) -> dict[int, SequenceStep]:
        reply = self.reply()
        return {step.event: step for step in (*reply.opened, *reply.steps)}

    def sixteen(self, pod: str = "default/solo") -> dict[int, SequenceStep]:
        steps = self.steps()
        found = next(found for found in self.reply().pods if found.pod == pod)
        return {step.number: steps[step.event] for step in found.steps}


@pytest.fixture(scope="module")
def solo() -> Seat:
    seat = Seat(POD)
    seat.run(20)
    return seat


def _name(component: str) -> str:
    return component.partition("/")[2]


def test_the_steps_are_the_flows_messages_and_what_was_decided(solo: Seat) -> None:
    reply = solo.reply()
    sent = [e.id for e in solo.recorder.story(solo.flow) if isinstance(e, MessageSent) and not e.quiet]
    assert [step.event for step in reply.steps if step.message] == sent and len(sent) == reply.flow.steps > 100
    assert [step.t_ns for step in reply.steps] == sorted(step.t_ns for step in reply.steps)
    acts = {step.type for step in reply.steps if step.part == "act"}
    assert {"RequestAuthorized", "SchedulingDecision", "ImagePulled", "ContainerChanged"} <= acts
    assert reply.whole and not reply.more and reply.outcomes == ()


def test_each_step_names_the_step_that_led_to_it(solo: Seat) -> None:
    steps = solo.steps()
    for step in solo.reply().steps[1:]:
        if step.cause:
            cause = steps[step.cause]
            assert cause.event < step.event
            assert cause.arrives_ns <= step.t_ns and cause.target == step.source, (cause, step)
    roots = [step for step in solo.reply().steps if not step.cause]
    assert [step.source for step in roots] == ["client/kubectl"], "all goes back to what a person asked for"


def test_the_lectures_sixteen_are_found_with_their_ends(solo: Seat) -> None:
    found = {number: (_name(s.source), _name(s.target), s.part) for number, s in solo.sixteen().items()}
    assert found == {
        1: ("kubectl", "load-balancer", "request"), 2: ("kube-apiserver", "kube-apiserver", "act"),
        3: ("kube-apiserver", "etcd", "request"), 4: ("etcd", "kube-apiserver", "response"),
        5: ("load-balancer", "kubectl", "response"), 6: ("kube-scheduler", "kube-apiserver", "stream"),
        7: ("kube-apiserver", "kube-scheduler", "item"), 8: ("kube-scheduler", "kube-scheduler", "act"),
        9: ("kube-scheduler", "kube-apiserver", "request"), 10: ("kube-apiserver", "etcd", "request"),
        11: ("kubelet", "load-balancer", "stream"), 12: ("load-balancer", "kubelet", "item"),
        13: ("kubelet", "containerd", "request"), 14: ("containerd", "kubelet", "response"),
        15: ("kubelet", "load-balancer", "request"), 16: ("kube-apiserver", "etcd", "request"),
    }


def test_the_watches_stood_open_long_before(solo: Seat) -> None:
    sixteen = solo.sixteen()
    began = solo.reply().flow.started_ns
    assert sixteen[6].t_ns < began and sixteen[11].t_ns < began
    assert {step.event for step in solo.reply().opened} >= {sixteen[6].event, sixteen[11].event}
    order = [sixteen[number].event for number in (1, 2, 3, 7, 8, 9, 10, 12, 13, 14, 15, 16)]
    assert order == sorted(order)


def test_a_flow_that_grows_is_read_on_from_where_one_was() -> None:
    seat = Seat(POD)
    merged: list[SequenceStep] = []
    after, numbers = 0, []
    for _ in range(40):
        seat.run(0.1)
        reply = seat.reply(after)
        assert all(step.event > after for step in reply.steps)
        merged += reply.steps
        after = reply.upto
        numbers.append(sum(len(pod.steps) for pod in reply.pods))
    assert merged == list(seat.reply().steps)
    assert numbers == sorted(numbers) and numbers[-1] == 16


def test_every_pod_of_a_deployment_has_its_own_sixteen() -> None:
    seat = Seat(DEPLOYMENT)
    seat.run(30)
    pods = [pod.pod for pod in seat.reply().pods]
    assert len(pods) == 3
    for pod in pods:
        sixteen = seat.sixteen(pod)
        assert sorted(sixteen) == list(range(1, 17)), pod
        assert _name(sixteen[1].source) == _name(sixteen[5].target) == "kube-controller-manager"
        assert sixteen[8].label.startswith(pod)
    assert len({seat.sixteen(pod)[3].event for pod in pods}) == 3


def test_what_did_not_arrive_as_foreseen_is_told() -> None:
    seat = Seat(POD)
    for worker in range(1, 5):
        seat.world.acts.fault("cut-link", a="lb", b=f"worker-{worker}")
    seat.run(5)
    reply = seat.reply()
    steps = {step.message: step for step in reply.steps}
    held = [outcome for outcome in reply.outcomes if outcome.state == "delayed"]
    assert held and {outcome.reason for outcome in held} <= {"link cut", "behind a lost frame"}
    assert steps[held[0].message] == seat.sixteen()[12] and held[0].arrives_ns is None
    assert max(seat.sixteen()) == 12, "the kubelet has not been told"
    seat.world.acts.fault("heal-all")
    seat.run(30)
    again = [outcome for outcome in seat.reply().outcomes if outcome.reason == "sent again"]
    assert again and again[0].arrives_ns and max(seat.sixteen()) == 16


def test_a_message_to_a_process_that_hangs_waits_at_its_door() -> None:
    seat = Seat(POD)
    for worker in range(1, 5):
        seat.world.acts.fault("hang-process", component=f"worker-{worker}/containerd")
    seat.run(2)
    waiting = seat.reply().outcomes
    assert [(outcome.where, outcome.arrives_ns) for outcome in waiting] == [("target", None)]


def test_a_flow_that_nobody_knows_is_refused() -> None:
    seat = Seat(POD)
    seat.run(1)
    with pytest.raises(KeyError):
        seat.sequences.reply(999_999)
