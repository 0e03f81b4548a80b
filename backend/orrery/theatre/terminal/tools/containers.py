"""crictl: asks the container runtime of this host over CRI, as the kubelet does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from orrery.kernel import SECOND, Channel, RpcError
from orrery.node import cri
from orrery.theatre.terminal.command import Invocation
from orrery.theatre.terminal.options import UsageError, read
from orrery.theatre.terminal.toolbox import Place

_FLAGS = {
    "all": False,
    "quiet": False,
    "name": True,
    "namespace": True,
    "state": True,
    "output": True,
    "no-trunc": False,
    "runtime-endpoint": True,
    "image-endpoint": True,
    "pod": True,
    "timeout": True,
}
_SHORT = {
    "a": "all",
    "q": "quiet",
    "o": "output",
    "r": "runtime-endpoint",
    "i": "image-endpoint",
    "p": "pod",
    "t": "timeout",
}


async def crictl(place: Place, invocation: Invocation) -> int:
    options = read(invocation.arguments, _FLAGS, _SHORT)
    name = options.rest[0] if options.rest else ""
    ask = {"ps": _ps, "pods": _pods, "images": _images, "image": _images, "info": _info, "inspect": _inspect}.get(name)
    if ask is None:
        raise UsageError(f"{name or 'no command'}: it is one of ps, pods, images, inspect, info")
    channel = invocation.process.dial(cri.address(invocation.process.host.name), protocol=cri.PROTOCOL)
    try:
        return await ask(invocation, options, channel)
    except RpcError as error:
        if "containerd" not in invocation.process.host.processes:
            invocation.stderr(_no_runtime(place) + "\n")
        else:
            invocation.stderr(
                "FATA[0000] validate service connection: validate CRI v1 runtime API for endpoint "
                f'"unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = {error}\n'
            )
        return 1
    finally:
        channel.close()


def _no_runtime(place: Place) -> str:
    hosts = [host.name for host in place.world.kernel.hosts.values() if "containerd" in host.processes]
    where, first = place.host.name, hosts[0] if hosts else ""
    ko, en = (
        f"crictl: {where}에는 containerd가 없습니다: ssh {first}",
        f"crictl: {where} runs no containerd: ssh {first}",
    )
    return place.said(ko, en) if hosts else "crictl: no runtime"


async def _call(channel: Channel, kind: str, **body: Any) -> Any:
    return await channel.call(kind, body, timeout_ns=2 * SECOND, quiet=True)


async def _ps(invocation: Invocation, options: Any, channel: Channel) -> int:
    containers: list[cri.ContainerStatus] = await _call(channel, "ListContainers")
    sandboxes: list[cri.SandboxStatus] = await _call(channel, "ListPodSandbox")
    pods = {sandbox.id: sandbox for sandbox in sandboxes}
    kept = [
        c
        for c in sorted(containers, key=lambda c: -c.created_ns)
        if ("all" in options or c.state == cri.RUNNING)
        and options.last("name") in c.name
        and c.sandbox_id.startswith(options.last("pod"))
    ]
    if "quiet" in options:
        invocation.stdout("".join(f"{c.id}\n" for c in kept))
        return 0
    rows = [
        [
            c.id[:13],
            _image(c),
            _ago(invocation, c.created_ns),
            c.state.removeprefix("CONTAINER_").capitalize(),
            c.name,
            str(c.attempt),
            c.sandbox_id[:13],
            c.pod.partition("/")[2],
            pods[c.sandbox_id].namespace if c.sandbox_id in pods else "",
        ]
        for c in kept
    ]
    _table(
        invocation, ["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"], rows
    )
    return 0


async def _pods(invocation: Invocation, options: Any, channel: Channel) -> int:
    sandboxes: list[cri.SandboxStatus] = await _call(channel, "ListPodSandbox")
    kept = [
        s
        for s in sorted(sandboxes, key=lambda s: -s.created_ns)
        if options.last("namespace") in s.namespace
        and options.last("name") in s.name
        and options.last("state").lower() in s.state.lower().removeprefix("sandbox_")
    ]
    if "quiet" in options:
        invocation.stdout("".join(f"{s.id}\n" for s in kept))
        return 0
    rows = [
        [
            s.id[:13],
            _ago(invocation, s.created_ns),
            "Ready" if s.state == cri.SANDBOX_READY else "NotReady",
            s.name,
            s.namespace,
            str(s.attempt),
            "(default)",
        ]
        for s in kept
    ]
    _table(invocation, ["POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"], rows)
    return 0


async def _images(invocation: Invocation, options: Any, channel: Channel) -> int:
    images: list[cri.Image] = await _call(channel, "ListImages")
    rows = []
    for image in sorted(images, key=lambda image: image.reference):
        repository, _, tag = image.reference.rpartition(":")
        size = image.size_bytes / 1e6
        rows.append([repository, tag, image.image_id.removeprefix("sha256:")[:13], f"{size:.3g}MB"])
    _table(invocation, ["IMAGE", "TAG", "IMAGE ID", "SIZE"], rows)
    return 0


async def _info(invocation: Invocation, options: Any, channel: Channel) -> int:
    status = await _call(channel, "Status")
    conditions = [
        {"type": "RuntimeReady", "status": status["runtime_ready"], "reason": "", "message": ""},
        {"type": "NetworkReady", "status": status["network_ready"], "reason": "", "message": ""},
    ]
    document = {"status": {"conditions": conditions}}
    invocation.stdout(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


async def _inspect(invocation: Invocation, options: Any, channel: Channel) -> int:
    if len(options.rest) != 2:
        raise UsageError("inspect: ID cannot be empty")
    containers: list[cri.ContainerStatus] = await _call(channel, "ListContainers")
    found = next((c for c in containers if c.id.startswith(options.rest[1])), None)
    if found is None:
        invocation.stderr(
            f'E0000 "ContainerStatus from runtime service failed" err="container \\"{options.rest[1]}\\" not found"\n'
        )
        return 1
    document = {
        "status": {
            "id": found.id,
            "metadata": {"attempt": found.attempt, "name": found.name},
            "state": found.state,
            "createdAt": found.created_ns,
            "startedAt": found.started_ns,
            "finishedAt": found.finished_ns,
            "exitCode": found.exit_code,
            "image": {"image": found.image},
            "imageRef": found.image_id,
            "reason": found.reason,
            "message": found.message,
        }
    }
    invocation.stdout(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


def _image(container: cri.ContainerStatus) -> str:
    return container.image_id.removeprefix("sha256:")[:13]


def _ago(invocation: Invocation, then_ns: int) -> str:
    """As crictl words an age (go-units HumanDuration)."""
    seconds = max(0, invocation.process.wall_ns() - then_ns) // SECOND
    if seconds < 1:
        return "Less than a second ago"
    if seconds < 60:
        return f"{seconds} second{'s' if seconds > 1 else ''} ago"
    if seconds < 120:
        return "About a minute ago"
    if seconds < 3600:
        return f"{seconds // 60} minutes ago"
    return (
        "About an hour ago"
        if seconds < 7200
        else f"{seconds // 3600} hours ago"
        if seconds < 172800
        else f"{seconds // 86400} days ago"
    )


def _table(invocation: Invocation, header: Sequence[str], rows: list[list[str]]) -> None:
    """Columns as wide as their widest cell and four more, at least twenty."""
    widths = [max(20, *(len(row[i]) + 4 for row in [list(header), *rows])) for i in range(len(header))]
    for row in [list(header), *rows]:
        invocation.stdout("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
