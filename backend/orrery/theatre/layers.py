"""A message by its layers, from the wire up: the link that it crossed, the connection, the call that it is a part of,
what it says. Facts are keys, for which the page has words, with a text, a span of time or an event to open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from orrery.kernel import Kernel, MessageDelayed, MessageDropped, MessageSent
from orrery.kernel.trace import json_of
from orrery.machinery.wire import ApiRequest, ApiResponse
from orrery.theatre.labels import name_of
from orrery.theatre.records import Fact, Layer

if TYPE_CHECKING:
    from orrery.theatre.recorder import Recorder

HEADERS = ("user-agent", "content-type", "accept")


def layers(event: MessageSent, recorder: Recorder, kernel: Kernel) -> tuple[Layer, ...]:
    """The four layers, the lowest first; a datagram has no connection and no call."""
    found = [
        Layer(name="link", facts=tuple(_link(event, recorder, kernel))),
        Layer(name="connection", facts=tuple(_connection(event, kernel))),
        Layer(name="call", facts=tuple(_call(event))),
        Layer(name="content", facts=tuple(_content(event))),
    ]
    return tuple(layer for layer in found if layer.facts)


def _host(component: str, kernel: Kernel) -> str:
    host = kernel.hosts.get(component.partition("/")[0])
    return f"{host.name} ({host.ip})" if host is not None else component


def _link(event: MessageSent, recorder: Recorder, kernel: Kernel) -> Iterator[Fact]:
    yield Fact(key="from", text=_host(event.source, kernel))
    yield Fact(key="to", text=_host(event.target, kernel))
    yield Fact(key="sent", ns=event.time_ns)
    yield Fact(key="latency", ns=event.arrives_ns - event.time_ns)
    for effect in recorder.direct_effects(event.id):
        if isinstance(effect, MessageDelayed) and effect.message == event.message:
            yield Fact(key="held", text=effect.reason, ns=effect.time_ns, event=effect.id)
        elif isinstance(effect, MessageDropped) and effect.message == event.message:
            yield Fact(key="dropped", text=effect.reason, ns=effect.time_ns, event=effect.id)
    arrival = recorder.arrival(event.id)
    if arrival is not None:
        yield Fact(key="arrived", ns=arrival[1])


def _connection(event: MessageSent, kernel: Kernel) -> Iterator[Fact]:
    if event.part == "datagram":
        yield Fact(key="transport", text="datagram")
        return
    yield Fact(key="transport", text="TCP")
    answers = event.part in ("response", "error", "end", "pong", "syn-ack")
    server = event.source if answers else event.target
    host = kernel.hosts.get(server.partition("/")[0])
    ports = [port for port, at in host.listeners.items() if at.process.id == server] if host is not None else []
    if ports:
        yield Fact(key="server", text=f"{server}:{','.join(str(port) for port in sorted(ports))}")
    request = event.body
    if isinstance(request, ApiRequest) and request.user:
        yield Fact(key="user", text=request.user)
        if request.groups:
            yield Fact(key="groups", text=", ".join(request.groups))


def _call(event: MessageSent) -> Iterator[Fact]:
    yield Fact(key="protocol", text=event.protocol)
    yield Fact(key="part", text=event.part)
    if event.call:
        yield Fact(key="call", text=str(event.call))
    body = event.body
    if isinstance(body, ApiRequest):
        yield Fact(key="method", text=body.method)
        yield Fact(key="path", text=body.path)
        query = "&".join(f"{key}={value}" for key, value in body.query.items())
        if query:
            yield Fact(key="query", text=query)
        for name in HEADERS:
            if body.headers.get(name):
                yield Fact(key="header", text=f"{name}: {body.headers[name]}")
    else:
        yield Fact(key="kind", text=event.kind)
        if isinstance(body, ApiResponse):
            yield Fact(key="code", text=str(body.code))


def _content(event: MessageSent) -> Iterator[Fact]:
    body: Any = event.body
    if isinstance(body, ApiRequest | ApiResponse):
        body = body.body
    if body is None or body == "" or body == b"":
        return
    yield Fact(key="size", text=f"{len(json_of(body)):,} B")
    if isinstance(body, Mapping):
        carried = body.get("object") if isinstance(body.get("object"), Mapping) else body
        assert isinstance(carried, Mapping)
        if carried is not body and body.get("type"):
            yield Fact(key="change", text=str(body["type"]))
        if carried.get("kind"):
            yield Fact(key="object", text=f"{carried['kind']} {name_of(carried)}".strip())
        version = (carried.get("metadata") or {}).get("resourceVersion")
        if version:
            yield Fact(key="version", text=str(version))
        return
    for key, name in (("key", "key"), ("revision", "revision"), ("term", "term"), ("commit", "commit")):
        value = getattr(body, name, None)
        if value not in (None, "", b"", 0):
            yield Fact(key=key, text=value.decode() if isinstance(value, bytes) else str(value))
    entries = getattr(body, "entries", None)
    if entries:
        yield Fact(key="entries", text=str(len(entries)))
