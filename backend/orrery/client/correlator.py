"""What becomes of an Event before it is written: the same again is counted, many alike are told as one, too many are
dropped.

    the same again   equal in all but the time: one Event, whose count rises
    many alike       from the tenth on that differs in its message alone, with less than ten minutes between any two:
                     the latest stands for them all
    too many         of one component about one object: 25 at once, then one in five minutes

Plain state, without a clock. Source: client-go, tools/record/events_cache.go.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, TypeVar

from orrery.kernel import MINUTE
from orrery.machinery.objects import dig

Document = dict[str, Any]

KNOWN_MOST = 4_096  # entries of each kind that are remembered; the least used is forgotten first
ALIKE_MOST = 10
ALIKE_WITHIN_NS = 10 * MINUTE
BURST = 25
REFILL_NS = 5 * MINUTE
COMBINED = "(combined from similar events): "

_Key = tuple[str, ...]
_INVOLVED = ("kind", "namespace", "name", "uid", "apiVersion")
K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Alike:
    """Messages of one reason about one object, and when the last came."""

    last_ns: int
    messages: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class _Bucket:
    """How many more Events may be written, as of a moment."""

    left: float
    since_ns: int


class Correlator:
    """Remembers the Events of one component."""

    def __init__(self) -> None:
        self._alike: OrderedDict[_Key, _Alike] = OrderedDict()
        self._counted: OrderedDict[_Key, Document] = OrderedDict()
        self._buckets: OrderedDict[_Key, _Bucket] = OrderedDict()

    def observe(self, event: Document, now_ns: int) -> Document | None:
        """The Event as it is to be written, or None: one with a count above 1 is known to the server by its name.

        ``event`` is new, has a count of 1 and a name of its own.
        """
        event, key = self._combined(event, now_ns)
        known = self._counted.get(key)
        if known is not None:
            event = {
                **event, "metadata": known["metadata"], "firstTimestamp": known["firstTimestamp"],
                "count": known["count"] + 1,
            }
        _remember(self._counted, key, event)
        return event if self._may_write(event, now_ns) else None

    def _combined(self, event: Document, now_ns: int) -> tuple[Document, _Key]:
        """The Event, or what stands for it and all those like it; and the key under which it is counted."""
        about = (*_subject(event), event["type"], event["reason"])
        alike = self._alike.get(about)
        if alike is None or now_ns - alike.last_ns > ALIKE_WITHIN_NS:
            alike = _Alike(now_ns)
        alike.last_ns = now_ns
        alike.messages[event["message"]] = None
        _remember(self._alike, about, alike)
        if len(alike.messages) < ALIKE_MOST:
            return event, (*about, str(dig(event, "involvedObject", "fieldPath", default="")), event["message"])
        del alike.messages[next(iter(alike.messages))]
        return {**event, "message": COMBINED + event["message"]}, about

    def _may_write(self, event: Document, now_ns: int) -> bool:
        subject = _subject(event)
        bucket = self._buckets.get(subject) or _Bucket(BURST, now_ns)
        bucket.left = min(BURST, bucket.left + (now_ns - bucket.since_ns) / REFILL_NS)
        bucket.since_ns = now_ns
        _remember(self._buckets, subject, bucket)
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True


def _subject(event: Document) -> _Key:
    """Who speaks about what."""
    source, involved = event["source"], event["involvedObject"]
    return (source["component"], source.get("host", ""), *(involved.get(name, "") for name in _INVOLVED))


def _remember(known: OrderedDict[K, V], key: K, value: V) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > KNOWN_MOST:
        known.popitem(last=False)
