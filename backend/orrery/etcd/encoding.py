"""Bytes for the disk: MessagePack."""

from __future__ import annotations

from typing import Any

import msgpack  # type: ignore[import-untyped]


def pack(value: object) -> bytes:
    return bytes(msgpack.packb(value))


def unpack(data: bytes) -> Any:
    return msgpack.unpackb(data, strict_map_key=False)
