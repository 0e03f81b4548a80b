"""Pulling an image: its manifest, then the layers that are not here yet, three at a time."""

from __future__ import annotations

from typing import Any

from orrery.kernel import MILLISECOND, SECOND, Channel, Process, RpcError, RpcFailure, StreamEnded, sleep
from orrery.node.containerd.store import Store, StoredImage
from orrery.node.events import ImagePulled
from orrery.node.images import MIB, ImageProfile, Reference

PARALLEL_LAYERS = 3
_UNPACK_BYTES_PER_S = 200 * MIB
_MANIFEST_TIMEOUT_NS = 30 * SECOND


async def pull(process: Process, registry: Channel, store: Store, reference: Reference) -> StoredImage:
    """Fetches and unpacks an image. Raises RpcFailure in containerd's words."""
    begin_ns = process.now_ns
    name = str(reference)
    fetched: dict[str, bool] = {}
    try:
        manifest = await _manifest(registry, reference)
        for layer in _in_groups(manifest["layers"]):
            async with process.task_group() as group:
                for digest, size_bytes in layer:
                    fetched[digest] = not store.has_layer(digest)
                    if fetched[digest]:
                        coro = _fetch(registry, store, reference, digest, size_bytes)
                        group.spawn(coro, name=f"layer {digest[7:19]}")
    except RpcFailure as failure:
        raise RpcFailure(failure.code, f'failed to pull and unpack image "{name}": {failure.message}') from None
    except RpcError as error:
        raise RpcFailure(
            "Unknown",
            f'failed to pull and unpack image "{name}": failed to copy: failed to do request: '
            f'Get "https://{reference.registry}/v2/{reference.repository}": {error}',
        ) from None
    size_bytes = sum(int(layer["size_bytes"]) for layer in manifest["layers"])
    image = StoredImage(name, str(manifest["digest"]), size_bytes, ImageProfile.of(dict(manifest["profile"])))
    await store.put_image(image)
    process.emit(
        ImagePulled(
            image=name, size_bytes=size_bytes, duration_ns=process.now_ns - begin_ns,
            layers=[(str(e["digest"]), int(e["size_bytes"]), fetched[str(e["digest"])]) for e in manifest["layers"]],
        )
    )
    return image


async def _manifest(registry: Channel, reference: Reference) -> dict[str, Any]:
    path = f"GET /v2/{reference.repository}/manifests/{reference.digest or reference.tag}"
    try:
        answer: dict[str, Any] = await registry.call(
            path, {"image": reference._asdict()}, timeout_ns=_MANIFEST_TIMEOUT_NS
        )
    except RpcFailure as failure:
        raise RpcFailure(failure.code, f'failed to resolve reference "{reference}": {failure.message}') from None
    except RpcError as error:
        raise RpcFailure(
            "Unknown",
            f'failed to resolve reference "{reference}": failed to do request: '
            f'Head "https://{reference.registry}/v2/{reference.repository}/manifests/{reference.tag}": {error}',
        ) from None
    return answer


async def _fetch(registry: Channel, store: Store, reference: Reference, digest: str, size_bytes: int) -> None:
    path = f"GET /v2/{reference.repository}/blobs/{digest[:19]}"
    stream = await registry.stream(path, {"layer": digest, "size_bytes": size_bytes})
    try:
        while True:
            await stream.next()
    except StreamEnded:
        pass
    finally:
        stream.close()
    await sleep(5 * MILLISECOND + size_bytes * SECOND // _UNPACK_BYTES_PER_S)
    await store.put_layer(digest)


def _in_groups(layers: list[dict[str, Any]]) -> list[list[tuple[str, int]]]:
    pairs = [(str(layer["digest"]), int(layer["size_bytes"])) for layer in layers]
    return [pairs[at : at + PARALLEL_LAYERS] for at in range(0, len(pairs), PARALLEL_LAYERS)]
