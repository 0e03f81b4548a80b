"""Ports and addresses of simulated messages, as somebody who listens on the wire would see them.

The kernel knows who listens at which port. A client's own port it does not model: one is made of the two names, always
the same for the same two.
"""

from __future__ import annotations

from zlib import crc32

from orrery.kernel import MessageSent, Process

EPHEMERAL_FIRST, EPHEMERAL_COUNT = 32768, 28232
_PEER_PORT, _CLIENT_PORT = 2380, 2379
_FROM_CLIENT = ("request", "stream", "cancel", "ping", "syn", "datagram")


def ports_of(process: Process) -> list[int]:
    return [port for port, listener in process.host.listeners.items() if listener.process is process]


def port_of(process: Process, peer: Process) -> int:
    """The port of a process on a connection with another, whoever of them opened it."""
    own, theirs = ports_of(process), ports_of(peer)
    if own and (not theirs or _serves(process, peer)):
        return own[0]
    return ephemeral(process.id, peer.id)


def _serves(process: Process, peer: Process) -> bool:
    """Of two that both listen: who is the server."""
    order = ("etcd", "containerd", "registry", "kube-apiserver", "load-balancer")
    return (
        order.index(process.name) <= order.index(peer.name)
        if process.name in order and peer.name in order
        else process.name in order
    )


def ephemeral(client: str, server: str) -> int:
    return EPHEMERAL_FIRST + crc32(f"{client}>{server}".encode()) % EPHEMERAL_COUNT


def ports(message: MessageSent, source: Process | None, target: Process | None) -> tuple[int, int]:
    """Source and destination port of a message."""
    if message.protocol == "raft":
        return _PEER_PORT if message.part != "datagram" else ephemeral(message.source, message.target), _PEER_PORT
    to_server = _goes_to_server(message, source, target)
    server, client = (target, message.source) if to_server else (source, message.target)
    listening = ports_of(server) if server is not None else []
    port = _CLIENT_PORT if _CLIENT_PORT in listening else listening[0] if listening else 0
    own = ephemeral(client, message.target if to_server else message.source)
    return (own, port) if to_server else (port, own)


def _goes_to_server(message: MessageSent, source: Process | None, target: Process | None) -> bool:
    if message.part in _FROM_CLIENT:
        return True
    if message.part in ("fin", "reset"):
        return (
            target is not None
            and bool(ports_of(target))
            and (source is None or not ports_of(source) or _serves(target, source))
        )
    return False
