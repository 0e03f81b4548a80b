"""Timestamps as the API writes them, and durations as kubectl prints them.

Instants are integers: nanoseconds since 1970 (``unix_ns``). No clock is read here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_SECOND_NS = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)")


def format_time(unix_ns: int) -> str:
    """``metav1.Time``: ``2026-01-01T00:00:00Z``, cut to the second."""
    moment = _EPOCH + timedelta(seconds=unix_ns // _SECOND_NS)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def format_micro_time(unix_ns: int) -> str:
    """``metav1.MicroTime``: ``2026-01-01T00:00:00.000000Z``, cut to the microsecond."""
    moment = _EPOCH + timedelta(microseconds=unix_ns // 1000)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> int:
    """Unix nanoseconds of an RFC 3339 timestamp; ValueError for anything else."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f'cannot parse "{text}" as an RFC 3339 timestamp')
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    seconds = int((moment - _EPOCH).total_seconds())
    zone = match[8]
    if zone not in "Zz":
        offset_s = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        seconds += offset_s if zone[0] == "-" else -offset_s
    fraction = (match[7] or "").ljust(9, "0")
    return seconds * _SECOND_NS + int(fraction or 0)


def human_duration(duration_ns: int) -> str:
    """The AGE of ``kubectl get``: ``5s``, ``3m12s``, ``47m``, ``5h20m``, ``2d3h``, ``400d``, ``2y30d``."""
    seconds = int(duration_ns / _SECOND_NS) if duration_ns < 0 else duration_ns // _SECOND_NS
    if seconds < -1:
        return "<invalid>"
    if seconds < 0:
        return "0s"
    if seconds < 120:
        return f"{seconds}s"
    minutes = seconds // 60
    if minutes < 10:
        return _pair(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    hours = minutes // 60
    if hours < 8:
        return _pair(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if hours < 192:
        return _pair(days, "d", hours % 24, "h")
    if hours < 24 * 365 * 2:
        return f"{days}d"
    years = days // 365
    if hours < 24 * 365 * 8:
        return _pair(years, "y", days % 365, "d")
    return f"{years}y"


def age(timestamp: str | None, now_ns: int) -> str:
    """The age of a timestamp as kubectl prints it; ``<unknown>`` where there is none."""
    if not timestamp:
        return "<unknown>"
    return human_duration(now_ns - parse_time(timestamp))


def go_duration(duration_ns: int) -> str:
    """A duration as Go prints it: ``1m30s``, ``1.5s``, ``250ms``, ``0s``."""
    if duration_ns == 0:
        return "0s"
    sign, rest = ("-", -duration_ns) if duration_ns < 0 else ("", duration_ns)
    if rest < _SECOND_NS:
        for unit, size in (("ms", 1_000_000), ("µs", 1000), ("ns", 1)):
            if rest >= size:
                return f"{sign}{_decimal(rest, size)}{unit}"
    hours, rest = divmod(rest, 3600 * _SECOND_NS)
    minutes, rest = divmod(rest, 60 * _SECOND_NS)
    text = f"{_decimal(rest, _SECOND_NS)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    if hours:
        text = f"{hours}h{text}"
    return sign + text


def _pair(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"


def _decimal(value: int, unit: int) -> str:
    whole, part = divmod(value, unit)
    if not part:
        return str(whole)
    digits = str(part).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}"
