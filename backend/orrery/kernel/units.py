"""Virtual time is counted in whole nanoseconds; these are its larger units, and how people write them."""

import re

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_UNITS_NS = {"us": MICROSECOND, "ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)")


def parse_span_ns(text: str) -> int | None:
    """ "1h30m" in nanoseconds; None if it is not a span."""
    total, end = 0.0, 0
    for part in _SPAN.finditer(text):
        if part.start() != end:
            return None
        total += float(part[1]) * _UNITS_NS[part[2]]
        end = part.end()
    return round(total) if text and end == len(text) else None
