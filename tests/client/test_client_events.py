"""Which Events are counted, combined or dropped, and how they end up in the API server.

Source: client-go, tools/record/events_cache.go.
"""

from typing import Any

from apiserver_lab import Lab

from orrery.client import ApiClient, EventRecorder
from orrery.client.correlator import ALIKE_MOST, ALIKE_WITHIN_NS, BURST, REFILL_NS, Correlator
from orrery.kernel import SECOND, Address
from orrery.machinery.resources import EVENTS

Document = dict[str, Any]


class Desk:
    """A correlator, and events about one object."""

    def __init__(self) -> None:
        self.correlator = Correlator()
        self.number = 0

    def say(self, message: str, at_ns: int = 0, *, name: str = "web", reason: str = "Scaled") -> Document | None:
        self.number += 1
        involved = {"kind": "Pod", "namespace": "default", "name": name, "uid": name, "apiVersion": "v1"}
        return self.correlator.observe({
            "metadata": {"name": f"{name}.{self.number}"}, "involvedObject": involved, "source": {"component": "c"},
            "type": "Normal", "reason": reason, "message": message, "count": 1,
            "firstTimestamp": at_ns, "lastTimestamp": at_ns,
        }, at_ns)


def test_the_same_again_raises_the_count_of_the_first_and_keeps_its_name_and_beginning() -> None:
    desk = Desk()
    first = desk.say("pulled", 1)
    again = desk.say("pulled", 2)
    assert first is not None and again is not None
    assert again["metadata"] == first["metadata"] == {"name": "web.1"}
    assert (again["count"], again["firstTimestamp"], again["lastTimestamp"]) == (2, 1, 2)


def test_of_another_object_or_for_another_reason_it_is_another_event() -> None:
    desk = Desk()
    said = [desk.say("pulled"), desk.say("pulled", name="api"), desk.say("pulled", reason="Killed")]
    assert [event["count"] for event in said if event is not None] == [1, 1, 1]


def test_the_tenth_that_differs_in_its_message_alone_stands_for_all_that_follow() -> None:
    desk = Desk()
    said = [desk.say(f"scaled to {number}") for number in range(ALIKE_MOST + 2)]
    messages = [event["message"] for event in said if event is not None]
    assert messages[:9] == [f"scaled to {number}" for number in range(9)]
    assert messages[9:] == [f"(combined from similar events): scaled to {number}" for number in (9, 10, 11)]
    last = said[-1]
    assert last is not None and last["count"] == 3 and last["metadata"] == {"name": "web.10"}


def test_messages_with_long_pauses_between_them_are_not_combined() -> None:
    desk = Desk()
    said = [desk.say(f"scaled to {number}", number * (ALIKE_WITHIN_NS + 1)) for number in range(20)]
    assert all(event is not None and "combined" not in event["message"] for event in said)


def test_more_than_a_burst_about_one_object_is_dropped_until_time_allows_one_more() -> None:
    desk = Desk()
    said = [desk.say("failed", number) for number in range(BURST + 5)]
    assert [event is not None for event in said] == [True] * BURST + [False] * 5
    assert desk.say("failed", REFILL_NS - SECOND) is None
    assert desk.say("failed", name="api") is not None, "other objects have a measure of their own"
    late = desk.say("failed", REFILL_NS + SECOND)
    assert late is not None and late["count"] == BURST + 7, "what was dropped is counted"


def test_a_recorder_writes_one_event_and_counts_on_it_and_makes_it_anew_once_it_has_expired() -> None:
    lab = Lab()
    api = ApiClient(lab.client, Address("cp-1", 6443), user="kubernetes-admin", groups=("kubeadm:cluster-admins",))
    recorder = EventRecorder(api, component="tester", host="client")
    about = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "default", "uid": "u"}}

    def say() -> list[Document]:
        lab.client.call_later(0, recorder.event, about, "Warning", "BackOff", "Back-off restarting")
        lab.settle(1)
        items: list[Document] = lab.ok("GET", EVENTS.path("default"))["items"]
        return items

    [first] = say()
    assert (first["count"], first["type"], first["reason"]) == (1, "Warning", "BackOff")
    assert first["source"] == {"component": "tester", "host": "client"}
    assert first["involvedObject"]["uid"] == "u"
    [second] = say()
    assert second["metadata"]["name"] == first["metadata"]["name"] and second["count"] == 2
    lab.ok("DELETE", EVENTS.path("default", second["metadata"]["name"]))
    [third] = say()
    assert third["count"] == 3 and third["metadata"]["uid"] != first["metadata"]["uid"]
