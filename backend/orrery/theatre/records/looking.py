"""Answers to those who look closer: an event with its causes and effects, a flow."""

from __future__ import annotations

from typing import Literal

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


class Fact(Model):
    """One thing about a layer; the page has words for the key."""
    key: str
    text: str = ""
    ns: int | None = None       # an instant (sent, held, dropped, arrived) or a span (latency)
    event: int | None = None    # a trace event that tells more


class Layer(Model):
    name: Literal["link", "connection", "call", "content"]
    facts: tuple[Fact, ...]


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
    layers: tuple[Layer, ...] = ()    # of a message, the lowest first


class FlowReply(Model):
    """GET /api/flow/<flow>: the messages and decisions of a flow in order, heartbeats left out."""

    flow: FlowRecord
    steps: tuple[EventBrief, ...]
