"""Quantities: exact, canonical, and rounded as Kubernetes rounds them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orrery.machinery import quantity

SUFFIXES = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "Ki": Fraction(2**10),
    "Mi": Fraction(2**20),
    "Gi": Fraction(2**30),
    "e3": Fraction(1000),
    "E-2": Fraction(1, 100),
}


@pytest.mark.parametrize(
    ("text", "milli", "units", "canonical"),
    [
        ("100m", 100, 1, "100m"),
        ("0.5", 500, 1, "500m"),
        ("1000m", 1000, 1, "1"),
        ("1Gi", 1073741824000, 1073741824, "1Gi"),
        ("1024Mi", 1073741824000, 1073741824, "1Gi"),
        ("1.5Gi", 1610612736000, 1610612736, "1536Mi"),
        ("0.5Ki", 512000, 512, "512"),
        ("1e3", 1000000, 1000, "1e3"),
        ("12E6", 12000000000, 12000000, "12e6"),
        ("1E", 10**21, 10**18, "1E"),
        ("5000", 5000000, 5000, "5k"),
        ("0.1n", 1, 1, "1n"),
        ("-1500m", -1500, -2, "-1500m"),
        ("0", 0, 0, "0"),
        (2, 2000, 2, "2"),
        (0.25, 250, 1, "250m"),
    ],
)
def test_a_quantity_is_read_exactly_and_has_one_canonical_spelling(
    text: str | float, milli: int, units: int, canonical: str
) -> None:
    assert (quantity.milli(text), quantity.units(text), quantity.canonical(text)) == (milli, units, canonical)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "--1", "1 Gi", "1Xi", "1m5", "1e", "1e99999", " 1", "9" * 5000])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    assert not quantity.is_valid(text)
    with pytest.raises(ValueError, match=r"quantities must match|unable to parse quantity's suffix"):
        quantity.milli(text)


def test_a_truth_value_is_no_quantity() -> None:
    assert not quantity.is_valid(True)
    assert not quantity.is_valid(None)


spelled = st.builds(
    lambda whole, part, suffix: (f"{whole}.{part:03d}{suffix}", (whole + Fraction(part, 1000)) * SUFFIXES[suffix]),
    st.integers(0, 10**6),
    st.integers(0, 999),
    st.sampled_from(sorted(SUFFIXES)),
)


@given(spelled)
def test_values_are_rounded_up_to_the_unit_that_is_asked_for(item: tuple[str, Fraction]) -> None:
    text, exact = item
    nano = -(-exact * 10**9 // 1)
    assert quantity.nano(text) == nano
    assert quantity.milli(text) == -(-nano // 10**6)
    assert quantity.units(text) == -(-nano // 10**9)


@given(spelled)
def test_the_canonical_spelling_of_a_canonical_spelling_is_itself(item: tuple[str, Fraction]) -> None:
    once = quantity.canonical(item[0])
    assert quantity.canonical(once) == once


@given(spelled, spelled)
def test_sums_and_order_are_those_of_the_numbers(one: tuple[str, Fraction], other: tuple[str, Fraction]) -> None:
    total = quantity.nano(one[0]) + quantity.nano(other[0])
    assert abs(quantity.nano(quantity.add(one[0], other[0])) - total) < 10**9
    difference = quantity.nano(one[0]) - quantity.nano(other[0])
    assert quantity.compare(one[0], other[0]) == (difference > 0) - (difference < 0)


def test_a_sum_keeps_the_format_of_its_first_part() -> None:
    assert quantity.add("1Gi", "512Mi") == "1536Mi"
    assert quantity.add("1", "500m") == "1500m"
    assert quantity.add("0", "1Mi") == "1Mi"
    assert quantity.subtract("2Gi", "1Gi") == "1Gi"


def test_integers_are_written_as_quantities() -> None:
    assert quantity.format_milli(1500) == "1500m"
    assert quantity.format_milli(2000) == "2"
    assert quantity.format_units(110) == "110"
    assert quantity.format_bytes(16 * 2**30) == "16Gi"
    assert quantity.format_bytes(1000) == "1k"
