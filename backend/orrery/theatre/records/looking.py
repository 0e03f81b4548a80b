"""Answers to those who look closer: an event with its causes and effects, a flow, an object."""

from __future__ import annotations

from orrery.theatre.records.base import Model, ProtocolName
from orrery.theatre.records.flows import FlowRecord


class EventBrief(Model):
    event: int
    t_ns: int
    type: str
    source: str
    target: str = ""
    protocol: ProtocolName | None = None
    title: str


class EventView(Model):
    """GET /api/event/<id>: one trace event, why it happened and what it caused."""
    event: int
    t_ns: int
    type: str                   # "MessageSent", "SchedulingDecision", …
    source: str
    flow: int
    title: str                  # one plain sentence, English
    fields: dict[str, object]   # the event as it is traced; a message's body under "body"
    causes: tuple[EventBrief, ...]    # from the nearest cause back to the flow's beginning
    effects: tuple[EventBrief, ...]   # what it directly caused
    answer: EventBrief | None = None  # the reply, where it is a request
    latency_ns: int | None = None


class ObjectReply(Model):
    """GET /api/object?resource=&namespace=&name=: an object as it is stored now."""

    text: str
    object: dict[str, object]


class FlowReply(Model):
    """GET /api/flow/<flow>: the messages and decisions of a flow in order, heartbeats left out."""

    flow: FlowRecord
    steps: tuple[EventBrief, ...]
