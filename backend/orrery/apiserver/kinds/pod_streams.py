"""``pods/log`` and ``pods/exec``: the server asks the kubelet of the Pod's node, and hands on what it says.

A log that is followed, and every command, is a stream: first the answer, then its items, as the kubelet sends them.
"""

from __future__ import annotations

from typing import Any

from orrery.apiserver.exchange import Exchange
from orrery.apiserver.reading import announce
from orrery.apiserver.requests import is_true
from orrery.kernel import Address, Channel, RpcError, RpcFailure, Stream, StreamEnded
from orrery.machinery.objects import Document, dig, name_of, namespace_of, node_name_of
from orrery.machinery.resources import NODES
from orrery.machinery.wire import ApiResponse, StatusError

KUBELET_PORT = 10250
STREAMS = ("exec", "log")
TEXT = {"Content-Type": "text/plain"}

_NUMBERS = ("sinceSeconds", "tailLines", "limitBytes")


async def log(exchange: Exchange) -> ApiResponse:
    """``GET pods/NAME/log``, the log as it is now. StatusError 400, 404, 500."""
    address, body = await _asked(exchange)
    channel = exchange.server.process.dial(address, protocol="api")
    try:
        return ApiResponse(200, await channel.call(_title(address, "containerLogs", body), body), TEXT)
    except RpcError as error:
        raise _failure(address, "containerLogs", body, error) from None
    finally:
        channel.close()


async def refuse_exec(exchange: Exchange) -> ApiResponse:
    """A command needs a stream."""
    raise StatusError.bad_request("Upgrade request required")


class PodStream:
    """An open stream of the kubelet's, on its way through the server."""

    def __init__(self, channel: Channel, stream: Stream, first: Any) -> None:
        self._channel = channel
        self._stream = stream
        self._first = first

    async def relay(self, exchange: Exchange) -> None:
        """Hands on every item until the kubelet, or the client, ends it."""
        try:
            item = self._first
            while item is not None:
                exchange.call.push(exchange.info.subresource, item)
                item = await self._stream.next()
        except RpcError:
            pass  # the kubelet has ended it, or is lost
        finally:
            self._stream.close()
            self._channel.close()


async def begin(exchange: Exchange) -> PodStream:
    """Opens the stream; what the kubelet refuses is known before anything is answered. StatusError."""
    info = exchange.info
    resource = exchange.resource
    declared = resource.subresource(info.subresource)
    if declared is None or info.verb not in declared.verbs:
        raise StatusError.method_not_allowed(resource, info.verb)
    address, body = await _asked(exchange)
    verb = "containerLogs" if info.subresource == "log" else "exec"
    if verb == "exec":
        content = exchange.request.body
        command = content.get("command") if isinstance(content, dict) else None
        if not command:
            raise StatusError.bad_request("you must specify at least one command for the container")
        body["command"] = [str(word) for word in command]
    channel = exchange.server.process.dial(address, protocol="api")
    try:
        stream = await channel.stream(_title(address, verb, body), body)
        return PodStream(channel, stream, await stream.next())
    except StreamEnded:
        return PodStream(channel, stream, None)
    except RpcError as error:
        channel.close()
        raise _failure(address, verb, body, error) from None


async def _asked(exchange: Exchange) -> tuple[Address, dict[str, Any]]:
    """The kubelet, and what is asked of it. StatusError."""
    info, server = exchange.info, exchange.server
    announce(exchange, cached=False)
    pod = await server.storage.get(exchange.resource, info.namespace, info.name)
    if pod is None:
        raise StatusError.not_found(exchange.resource, info.name)
    container = _container(exchange, pod)
    node_name = node_name_of(pod)
    if not node_name:
        raise StatusError.bad_request(f"pod {info.name} does not have a host assigned")
    node = await server.storage.get(NODES, "", node_name)
    if node is None:
        raise StatusError.not_found(NODES, node_name)
    addresses = dig(node, "status", "addresses", default=())
    ip = next((one["address"] for one in addresses if one.get("type") == "InternalIP"), node_name)
    body: dict[str, Any] = {"namespace": namespace_of(pod), "pod": name_of(pod), "container": container}
    for field in _NUMBERS:
        text = exchange.query(field)
        if text:
            if not text.lstrip("-").isdecimal():
                raise StatusError.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
            body[field] = int(text)
    for field in ("previous", "timestamps"):
        if is_true(exchange.query(field)):
            body[field] = True
    return Address(ip, KUBELET_PORT), body


def _container(exchange: Exchange, pod: Document) -> str:
    spec = pod.get("spec") or {}
    names = [str(one["name"]) for one in spec.get("containers") or ()]
    every = [*names, *(str(one["name"]) for one in spec.get("initContainers") or ())]
    wanted = exchange.query("container")
    if wanted:
        if wanted not in every:
            raise StatusError.bad_request(f"container {wanted} is not valid for pod {exchange.info.name}")
        return wanted
    if len(names) != 1:
        raise StatusError.bad_request(
            f"a container name must be specified for pod {exchange.info.name}, choose one of: [{' '.join(names)}]"
        )
    return names[0]


def _title(address: Address, verb: str, body: dict[str, Any]) -> str:
    method = "POST" if verb == "exec" else "GET"
    return f"{method} /{verb}/{body['namespace']}/{body['pod']}/{body['container']}"


def _failure(address: Address, verb: str, body: dict[str, Any], error: RpcError) -> StatusError:
    if isinstance(error, RpcFailure):
        if error.code == "BadRequest":
            return StatusError.bad_request(error.message)
        return StatusError.internal_error(error.message)
    path = _title(address, verb, body).partition(" ")[2]
    method = "Post" if verb == "exec" else "Get"
    return StatusError.of(500, "", f'{method} "https://{address.host}:{address.port}{path}": {error}')
