"""How etcdctl prints: tables as tablewriter draws them, sizes as go-humanize words them, identifiers as in etcd."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import orjson

from orrery.etcd import KeyValue

VERSION = "3.5.21"
_UNITS = ("B", "kB", "MB", "GB", "TB")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Headings in capitals and centred, cells to the right."""
    header = [title.upper() for title in header]
    widths = [
        max(len(header[i]), *(len(row[i]) for row in rows)) if rows else len(header[i]) for i in range(len(header))
    ]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    heading = "| " + " | ".join(_centred(title, width) for title, width in zip(header, widths, strict=True)) + " |"
    lines = [
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([rule, heading, rule, *lines, rule])


def _centred(text: str, width: int) -> str:
    """What cannot be halved goes to the right."""
    return (" " * ((width - len(text)) // 2) + text).ljust(width)


def size(count: int) -> str:
    """12 B, 1.2 kB, 25 kB, 1.4 MB."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit and value < 10 else f"{value:.0f} {_UNITS[unit]}"


def member_id(member: str) -> int:
    """An identifier made of the name, as etcd makes one of the peer URLs: the first eight bytes of a SHA-1."""
    return int.from_bytes(hashlib.sha1(member.encode()).digest()[:8], "big")


def cluster_id(members: Sequence[str]) -> int:
    joined = b"".join(member_id(member).to_bytes(8, "big") for member in sorted(members, key=member_id))
    return int.from_bytes(hashlib.sha1(joined).digest()[:8], "big")


def duration(span_ns: int) -> str:
    """As Go prints a time.Duration."""
    if span_ns >= 1_000_000_000:
        return f"{_trimmed(span_ns / 1e9)}s"
    if span_ns >= 1_000_000:
        return f"{_trimmed(span_ns / 1e6)}ms"
    if span_ns >= 1000:
        return f"{_trimmed(span_ns / 1e3, 3)}µs"
    return f"{span_ns}ns"


def key_value(kv: KeyValue) -> dict[str, Any]:
    """As it stands in JSON: keys and values in base64, what is zero left out."""
    document: dict[str, Any] = {
        "key": b64encode(kv.key).decode(),
        "create_revision": kv.create_revision,
        "mod_revision": kv.mod_revision,
        "version": kv.version,
        "value": b64encode(kv.value).decode(),
        "lease": kv.lease,
    }
    return {name: value for name, value in document.items() if value}


def as_json(document: object) -> str:
    return orjson.dumps(document).decode()


def _trimmed(value: float, digits: int = 6) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")
