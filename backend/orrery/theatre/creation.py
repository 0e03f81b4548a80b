"""The lecture's sixteen messages, from a request to create a Pod to a container that runs, found in a trace.

Twelve of them lie on one chain of causes (`ON_THE_CHAIN`), from the request to the storing of Running. Where writes of
several Pods travel in one Raft entry, its cause is one of them: after a commit the Pod's name carries the thread on.
The other four are answers (4, 5) and the two watches (6, 11), which were opened long before, and on whose streams 7
and 12 came.

`Creations` is fed a trace event by event and follows each Pod that is being made; what has not happened yet is not
there yet. Who asks may be kubectl or a controller: to the API server they are the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from orrery.apiserver import RequestAuthorized
from orrery.etcd.requests import Put, Txn
from orrery.kernel import MessageSent, TraceEvent
from orrery.machinery.resources import PODS
from orrery.scheduler.events import SchedulingDecision

REGISTRY = PODS.key_prefix().encode()
Steps = dict[int, Any]  # the lecture's number -> the event


class _Reached(NamedTuple):
    """How far along the lecture's chain an event lies: the latest step before or at it. `pod` is known from 3 on."""

    number: int
    event: TraceEvent
    before: "_Reached | None"
    call: int  # of the request that creates the Pod
    pod: str


def component(name: str) -> str:
    """The part of a component's name that says what it is: "kubelet"."""
    return name.partition("/")[2]


def is_message(
    event: TraceEvent, protocol: str, part: str, *, source: str = "", target: str = "", kind: str = ""
) -> bool:
    """Whether it is the sending of such a message; `source` and `target` without their hosts, `kind` by its
    beginning."""
    return (
        isinstance(event, MessageSent) and event.protocol == protocol and event.part == part
        and (not source or component(event.source) == source) and (not target or component(event.target) == target)
        and event.kind.startswith(kind)
    )


def pod_stored(event: TraceEvent) -> tuple[str, dict[str, Any]] | None:
    """The key ("default/solo") of a Pod and how a request to etcd would store it."""
    if is_message(event, "etcd", "request", source="kube-apiserver", target="etcd", kind="Txn"):
        assert isinstance(event, MessageSent)
        if isinstance(event.body, Txn):
            for op in event.body.success:
                if isinstance(op, Put) and op.key.startswith(REGISTRY):
                    return op.key[len(REGISTRY):].decode(), orjson.loads(op.value)
    return None


def creates_pod(event: TraceEvent) -> bool:
    """Whether it is a request for a new Pod."""
    if type(event) is not MessageSent or event.protocol != "api" or event.part != "request":
        return False
    method, _, path = event.kind.partition(" ")
    return method == "POST" and path.startswith("/api/v1/namespaces/") and path.partition("?")[0].endswith("/pods")


def _authorized(event: TraceEvent, at: _Reached) -> bool:
    return isinstance(event, RequestAuthorized) and event.call == at.call


def _selected(event: TraceEvent, at: _Reached) -> bool:
    return isinstance(event, SchedulingDecision) and event.selected is not None and event.pod == at.pod


def _told(event: TraceEvent, who: str) -> str | None:
    """The key of the object that a watch tells `who` is new."""
    if not is_message(event, "watch", "item", target=who, kind="ADDED"):
        return None
    body: Any = event.body  # type: ignore[attr-defined]
    metadata = body["object"]["metadata"] if isinstance(body, Mapping) else {}
    return f"{metadata.get('namespace')}/{metadata.get('name')}"


def _asks(event: TraceEvent, at: _Reached, who: str, method: str, subresource: str) -> bool:
    namespace, _, name = at.pod.partition("/")
    path = f"{method} {PODS.path(namespace)}/{name}/{subresource}"
    return is_message(event, "api", "request", source=who, kind=path)


def _stores(event: TraceEvent, at: _Reached) -> dict[str, Any]:
    found = pod_stored(event)
    return found[1] if found is not None and found[0] == at.pod else {}


# What lies on the chain of causes after the request, in the lecture's order and with its numbers.
ON_THE_CHAIN: dict[int, Callable[[TraceEvent, _Reached], object]] = {
    2: _authorized,
    3: lambda event, at: pod_stored(event),
    7: lambda event, at: _told(event, "kube-scheduler") == at.pod,
    8: _selected,
    9: lambda event, at: _asks(event, at, "kube-scheduler", "POST", "binding"),
    10: lambda event, at: "nodeName" in _stores(event, at).get("spec", {}),
    12: lambda event, at: _told(event, "kubelet") == at.pod,
    13: lambda event, at: is_message(event, "cri", "request", source="kubelet", kind="CreateContainer"),
    14: lambda event, at: is_message(event, "cri", "response", target="kubelet", kind="StartContainer"),
    15: lambda event, at: _asks(event, at, "kubelet", "PATCH", "status"),
    16: lambda event, at: _stores(event, at).get("status", {}).get("phase") == "Running",
}
_NEXT = dict(zip((1, *ON_THE_CHAIN), ON_THE_CHAIN, strict=False))


class Creations:
    """Follows every Pod that is being made. Feed it events in their order, those that only carry causes too.

    `opened` gives the messages that opened a stream, by its call.
    """

    def __init__(self, opened: Callable[[int], tuple[MessageSent, ...]]) -> None:
        self._opened = opened
        self._reached: dict[int, _Reached] = {}  # by event
        self._furthest: dict[str, _Reached] = {}  # by Pod
        self._first: dict[tuple[str, int], _Reached] = {}  # by Pod and number, of the latest creation
        self._answers: dict[int, list[MessageSent]] = {}  # to the calls of 1 and 3

    def feed(self, event: TraceEvent) -> None:
        if isinstance(event, MessageSent) and event.part == "response" and event.call in self._answers:
            self._answers[event.call].append(event)
        at = self._by_name(event) or self._reached.get(event.parent)
        if creates_pod(event) and (at is None or event.call != at.call):  # type: ignore[attr-defined]
            at = _Reached(1, event, None, event.call, "")  # type: ignore[attr-defined]
            self._answers[at.call] = []
        elif at is None:
            return
        elif at.number in _NEXT and ON_THE_CHAIN[_NEXT[at.number]](event, at):
            at = self._advance(event, at)
        self._reached[event.id] = at

    def _advance(self, event: TraceEvent, at: _Reached) -> _Reached:
        stored = pod_stored(event) if not at.pod else None
        at = _Reached(_NEXT[at.number], event, at, at.call, stored[0] if stored else at.pod)
        if at.number == 3:
            self._answers[event.call] = []  # type: ignore[attr-defined]
        first = self._first.get((at.pod, at.number))
        if at.pod and (first is None or at.call > first.call):
            self._first[at.pod, at.number] = at
        furthest = self._furthest.get(at.pod)
        if at.pod and (furthest is None or (at.call, at.number) > (furthest.call, furthest.number)):
            self._furthest[at.pod] = at
        return at

    def _by_name(self, event: TraceEvent) -> _Reached | None:
        """Who is told of a Pod that was stored has it from that storing."""
        for who, number in (("kube-scheduler", 3), ("kubelet", 10)):
            pod = _told(event, who)
            if pod is not None:
                return self._first.get((pod, number))
        return None

    def pods(self) -> list[str]:
        """The Pods that were stored, in their order."""
        return list(self._furthest)

    def steps(self, pod: str) -> Steps:
        """What has happened of the sixteen for a Pod. A Pod that was made twice under one name: for the later."""
        found: Steps = {}
        at: _Reached | None = self._furthest.get(pod)
        while at is not None:
            found[at.number] = at.event
            at = at.before
        self._add_answers(found)
        for number, told, who in ((6, 7, "kube-scheduler"), (11, 12, "kubelet")):
            call = getattr(found.get(told), "call", 0)
            opening = next((m for m in self._opened(call) if component(m.source) == who), None)
            if opening is not None:
                found[number] = opening
        return dict(sorted(found.items()))

    def _add_answers(self, found: Steps) -> None:
        """4: etcd confirms; 5: who asked is told."""
        for number, asked in ((4, 3), (5, 1)):
            request = found.get(asked)
            if isinstance(request, MessageSent):
                answer = next((m for m in self._answers[request.call] if m.target == request.source), None)
                if answer is not None:
                    found[number] = answer
