"""A flow as a sequence diagram: who told whom what, when, and because of what."""

from typing import Literal

from orrery.theatre.records.base import Model, ProtocolName
from orrery.theatre.records.flows import FlowRecord, Outcome

SequencePart = Literal[
    "datagram", "request", "stream", "response", "error", "item", "end", "cancel", "ping", "pong", "syn", "syn-ack",
    "fin", "reset", "act",
]


class SequenceStep(Model):
    """A message, or (part "act") what a component did or decided by itself."""

    event: int
    cause: int                  # the step that led to it; 0: none of this flow
    t_ns: int                   # sent, or done
    arrives_ns: int             # if nothing happens to it; an act: t_ns
    source: str                 # component id; an act's may be a host
    target: str
    protocol: ProtocolName | None   # null: an act
    part: SequencePart
    call: int                   # joins the messages of one remote call; 0: none
    message: int                # 0: an act
    type: str                   # "MessageSent", "SchedulingDecision", …
    label: str


class LectureStep(Model):
    number: int                 # 1 to 16, as in the lecture
    event: int


class PodCreation(Model):
    """Which events are the lecture's sixteen for one Pod; those that have happened."""

    pod: str                    # "default/solo"
    steps: tuple[LectureStep, ...]


class SequenceReply(Model):
    """GET /api/sequence/<flow>?after=<event>: the steps after an event, heartbeats left out; the rest in full."""

    flow: FlowRecord
    whole: bool                 # the flow's beginning is still recorded
    upto: int                   # the next `after`
    more: bool                  # there is more already: ask again
    steps: tuple[SequenceStep, ...]
    opened: tuple[SequenceStep, ...]    # the watches on which the flow's steps 7 and 12 came, from before it
    outcomes: tuple[Outcome, ...]       # of messages that did not arrive as foreseen, in order
    pods: tuple[PodCreation, ...]
