"""An image registry, outside the cluster: manifests, and layers that take the time their size needs.

Calls, under the protocol "image":
- ``GET /v2/<repository>/manifests/<tag>`` answers the manifest: digest, layers, and what the image is;
- ``GET /v2/<repository>/blobs/<digest>`` is a stream of pieces. They come as fast as the client's line allows, which
  all of the client's downloads share, and as the registry's own line allows, which everybody shares.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orrery.kernel import MILLISECOND, SECOND, Address, Call, Process, RpcFailure, sleep
from orrery.node.images import CATALOGUE, MIB, ImageProfile, Reference, digest_of, exists, layers_of, profile_of

PORT = 443
PROTOCOL = "image"
PIECE_NS = 400 * MILLISECOND
_THINK_NS = 15 * MILLISECOND


@dataclass(frozen=True, slots=True)
class RegistryConfig:
    """``unknown``: whether images that the catalogue lacks exist all the same."""

    host: str = "registry"
    catalogue: tuple[ImageProfile, ...] = CATALOGUE
    unknown: bool = True
    line_bytes_per_s: int = 250 * MIB
    client_bytes_per_s: int = 40 * MIB

    @property
    def address(self) -> Address:
        return Address(self.host, PORT)


class Registry:
    """The registry's process; ``run`` is its main coroutine."""

    def __init__(self, process: Process, config: RegistryConfig | None = None) -> None:
        self._process = process
        self._config = config or RegistryConfig()
        self._downloads: dict[str, int] = {}  # by client

    async def run(self) -> None:
        self._process.serve(PORT, self._handle, protocol=PROTOCOL)
        await self._process.event().wait()

    async def _handle(self, call: Call) -> object:
        body = call.body
        assert isinstance(body, Mapping)
        if "layer" in body:
            await self._send_layer(call, int(body["size_bytes"]))
            return None
        await sleep(_THINK_NS)
        return self._manifest(Reference(**body["image"]))

    def _manifest(self, reference: Reference) -> dict[str, Any]:
        config = self._config
        if not exists(reference, config.catalogue, unknown=config.unknown):
            raise RpcFailure("NotFound", f"{reference}: not found")
        profile = profile_of(reference, config.catalogue)
        return {
            "digest": digest_of(reference),
            "layers": [{"digest": d, "size_bytes": size} for d, size in layers_of(reference, profile.size_bytes)],
            "profile": dataclasses.asdict(profile),
        }

    async def _send_layer(self, call: Call, size_bytes: int) -> None:
        downloads = self._downloads
        downloads[call.peer] = downloads.get(call.peer, 0) + 1
        try:
            left = size_bytes
            while left > 0:
                rate = self._rate(call.peer)
                piece = min(left, max(1, rate * PIECE_NS // SECOND))
                await sleep(piece * SECOND // rate)
                left -= piece
                call.push(f"{piece} bytes", {"bytes": piece, "left_bytes": left})
        finally:
            downloads[call.peer] -= 1
            if not downloads[call.peer]:
                del downloads[call.peer]

    def _rate(self, peer: str) -> int:
        """Bytes a second for one download of this client, at the present load."""
        config = self._config
        mine = config.client_bytes_per_s // self._downloads[peer]
        share = config.line_bytes_per_s // sum(self._downloads.values())
        return max(1, min(mine, share))
