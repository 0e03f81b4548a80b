"""A few words for a message on the stage, in the field's own terms: "POST pods/binding web-1", "append 41-42".

One function a protocol, and one line in LABELS.
"""

from collections.abc import Callable, Mapping
from typing import Any

from orrery.kernel import MessageSent
from orrery.raft import Append, AppendAnswer, Ballot, VoteRequest


def label(event: MessageSent) -> str:
    """What the message is, in at most about forty characters."""
    make = LABELS.get(event.protocol)
    text = make(event) if make is not None else event.kind
    return text if len(text) <= 48 else text[:47] + "…"


def name_of(body: object) -> str:
    """The name of the object that a body is or carries; empty if there is none."""
    if isinstance(body, Mapping):
        metadata = body.get("metadata")
        if isinstance(metadata, Mapping):
            return str(metadata.get("name") or metadata.get("generateName") or "")
    return ""


def _api(event: MessageSent) -> str:
    if event.part in ("response", "error"):
        code = getattr(event.body, "code", "")
        name = name_of(getattr(event.body, "body", None))
        return f"{code} {name}".strip() or event.kind
    method, _, path = event.kind.partition(" ")
    parts = [part for part in path.partition("?")[0].split("/") if part]
    if parts[:1] == ["api"]:
        parts = parts[2:]
    elif parts[:1] == ["apis"]:
        parts = parts[3:]
    if parts[:1] == ["namespaces"] and len(parts) > 2:
        parts = parts[2:]
    name = name_of(getattr(event.body, "body", None)) if len(parts) == 1 else ""
    return " ".join(filter(None, (method, "/".join(parts) or path, name)))


def _watch(event: MessageSent) -> str:
    body: Any = event.body
    if isinstance(body, Mapping):
        return f"{body.get('type', '')} {name_of(body.get('object'))}".strip()
    return event.kind


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _etcd(event: MessageSent) -> str:
    body: Any = event.body
    key = getattr(body, "key", None)
    if key:
        return f"{event.kind} {_text(key).rsplit('/', 1)[-1]}"
    changes = getattr(body, "success", None)
    if changes and getattr(changes[0], "key", None):  # a transaction, by what it does first
        return f"{event.kind} {_text(changes[0].key).rsplit('/', 1)[-1]}"
    events = getattr(body, "events", None)
    if events:
        first = getattr(events[0], "kv", None)
        return f"{events[0].type} {_text(getattr(first, 'key', '')).rsplit('/', 1)[-1]}"
    return event.kind


def _raft(event: MessageSent) -> str:
    body = event.body
    if isinstance(body, Append) and body.entries:
        first, last = body.entries[0].index, body.entries[-1].index
        return f"{event.kind} {first}" if first == last else f"{event.kind} {first}–{last}"
    if isinstance(body, AppendAnswer):
        return f"{event.kind} {body.index}" if body.accepted else f"{event.kind} {body.index} refused"
    if isinstance(body, Ballot):
        return f"{event.kind} {'granted' if body.granted else 'refused'}"
    if isinstance(body, VoteRequest):
        return f"{event.kind} term {body.term}"
    return event.kind


def _plain(event: MessageSent) -> str:
    body: Any = event.body
    image = body.get("image") if isinstance(body, Mapping) else getattr(body, "image", None)
    return f"{event.kind} {image}" if isinstance(image, str) and event.part == "request" else event.kind


LABELS: dict[str, Callable[[MessageSent], str]] = {
    "api": _api,
    "watch": _watch,
    "etcd": _etcd,
    "raft": _raft,
    "cri": _plain,
    "cni": _plain,
    "image": _plain,
}
