"""Kubernetes quantities: ``100m`` of CPU, ``1Gi`` of memory, as exact integers.

A quantity is kept as an integer count of 1e-9, the finest that Kubernetes knows; finer input is rounded up.
``milli`` and ``units`` round up as Kubernetes' ``MilliValue`` and ``Value`` do.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Format = Literal["DecimalSI", "BinarySI", "DecimalExponent"]

_NANO = 10**9
_LONGEST = 64
_PATTERN = re.compile(r"([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)([a-zA-Z]{0,2})([+-]?[0-9]*)")
_DECIMAL_POWERS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY_POWERS = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIXES = {power: suffix for suffix, power in _DECIMAL_POWERS.items()}
_BINARY_SUFFIXES = ("", *_BINARY_POWERS)

FORMAT_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIX_ERROR = "unable to parse quantity's suffix"


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[int, Format]:
    match = _PATTERN.fullmatch(text)
    if match is None or len(text) > _LONGEST:
        raise ValueError(FORMAT_ERROR)
    sign, number, suffix, exponent = match.groups()
    whole, _, fraction = number.partition(".")
    digits = int((whole + fraction) or "0")
    power, shift, form = -len(fraction), 0, "DecimalSI"
    if suffix in ("e", "E") and exponent not in ("", "+", "-"):
        power += int(exponent)
        form = "DecimalExponent"
    elif exponent:
        raise ValueError(SUFFIX_ERROR)
    elif suffix in _BINARY_POWERS:
        shift = _BINARY_POWERS[suffix]
        form = "BinarySI"
    elif suffix in _DECIMAL_POWERS:
        power += _DECIMAL_POWERS[suffix]
    else:
        raise ValueError(SUFFIX_ERROR)
    if abs(power) > 100:
        raise ValueError(SUFFIX_ERROR)
    scaled = (digits << shift) * _NANO
    value = scaled * 10**power if power >= 0 else _ceil_div(scaled, 10**-power)
    return (-value if sign == "-" else value), form  # type: ignore[return-value]


def _ceil_div(value: int, divisor: int) -> int:
    return -(-value // divisor)


def _away_from_zero(value: int, divisor: int) -> int:
    return _ceil_div(value, divisor) if value >= 0 else -_ceil_div(-value, divisor)


def _text(quantity: str | int | float) -> str:
    if isinstance(quantity, str):
        return quantity
    return str(quantity) if isinstance(quantity, int) else repr(quantity)


def nano(quantity: str | int | float) -> int:
    """The quantity in units of 1e-9; ValueError, in Kubernetes' words, for what is no quantity."""
    return _parse(_text(quantity))[0]


def milli(quantity: str | int | float) -> int:
    """The quantity in thousandths, rounded up: what CPU is counted in."""
    return _away_from_zero(_parse(_text(quantity))[0], 10**6)


def units(quantity: str | int | float) -> int:
    """The quantity in whole units, rounded up: bytes of memory, a number of Pods."""
    return _away_from_zero(_parse(_text(quantity))[0], _NANO)


def is_valid(quantity: object) -> bool:
    """Whether this is a quantity at all."""
    if isinstance(quantity, bool) or not isinstance(quantity, (str, int, float)):
        return False
    try:
        _parse(_text(quantity))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    return _format(*_parse(text))


def canonical(quantity: str | int | float) -> str:
    """The one way to write this quantity: ``0.5`` is ``500m``, ``1024Mi`` is ``1Gi``."""
    return _canonical(_text(quantity))


def compare(one: str | int | float, other: str | int | float) -> int:
    """-1, 0 or 1 as ``one`` is less than, equal to or more than ``other``."""
    difference = nano(one) - nano(other)
    return (difference > 0) - (difference < 0)


def add(one: str | int | float, other: str | int | float) -> str:
    """The sum, written in the format of ``one`` (of ``other`` where ``one`` is zero)."""
    value, form = _parse(_text(one))
    more, other_form = _parse(_text(other))
    return _format(value + more, form if value else other_form)


def subtract(one: str | int | float, other: str | int | float) -> str:
    """The difference, written in the format of ``one``."""
    value, form = _parse(_text(one))
    return _format(value - nano(other), form)


def format_milli(value: int) -> str:
    """Thousandths as a decimal quantity: 1500 is ``1500m``, 2000 is ``2``."""
    return _format(value * 10**6, "DecimalSI")


def format_units(value: int) -> str:
    """A whole number as a decimal quantity: 110 is ``110``, 5000 is ``5k``."""
    return _format(value * _NANO, "DecimalSI")


def format_bytes(value: int) -> str:
    """Bytes as a binary quantity: 1073741824 is ``1Gi``."""
    return _format(value * _NANO, "BinarySI")


def _format(value: int, form: Format) -> str:
    if value == 0:
        return "0"
    sign, rest = ("-", -value) if value < 0 else ("", value)
    if form == "BinarySI" and rest >= 1024 * _NANO:
        amount, level = _ceil_div(rest, _NANO), 0
        while amount % 1024 == 0 and level < len(_BINARY_SUFFIXES) - 1:
            amount, level = amount // 1024, level + 1
        return f"{sign}{amount}{_BINARY_SUFFIXES[level]}"
    power = -9
    while rest % 1000 == 0 and (power < 18 or form == "DecimalExponent"):
        rest, power = rest // 1000, power + 3
    if form == "DecimalExponent":
        return f"{sign}{rest}" if power == 0 else f"{sign}{rest}e{power}"
    return f"{sign}{rest}{_DECIMAL_SUFFIXES[power]}"
