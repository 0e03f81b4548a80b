"""Randomness that belongs to the run: named streams, each a pure function of the seed and its name.

Two components never share a stream, so that a draw more in one of them leaves all others as they were.
Only integer draws of the Mersenne Twister are used: they are the same on every machine and Python version.
"""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# The letters of generated names: no vowels and nothing that looks like another letter (apimachinery's util/rand).
NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


class RandomStream:
    """One stream of draws."""

    __slots__ = ("_bits",)

    def __init__(self, seed: int, name: str) -> None:
        digest = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
        self._bits = random.Random(int.from_bytes(digest, "big")).getrandbits

    def bits(self, count: int) -> int:
        """An integer of `count` random bits."""
        return self._bits(count)

    def unit(self) -> float:
        """A float in [0, 1) with 53 bits."""
        return self._bits(53) / (1 << 53)

    def below(self, bound: int) -> int:
        """An integer in [0, bound), each equally likely."""
        if bound <= 0:
            raise ValueError(f"bound must be positive, not {bound}")
        width = bound.bit_length()
        draw = self._bits(width)
        while draw >= bound:
            draw = self._bits(width)
        return draw

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        """True with the given probability; no draw is spent on 0 or 1."""
        if probability <= 0.0:
            return False
        if probability >= 1.0:
            return True
        return self.unit() < probability

    def choice(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def hex(self, digits: int) -> str:
        return f"{self._bits(4 * digits):0{digits}x}"

    def suffix(self, length: int = 5) -> str:
        """The random end of a generated name, in Kubernetes' own alphabet."""
        return "".join(NAME_ALPHABET[self.below(len(NAME_ALPHABET))] for _ in range(length))

    def uuid(self) -> str:
        """A version 4 UUID (RFC 9562)."""
        value = self._bits(128) & ~(0xF << 76) | 4 << 76
        value = value & ~(0x3 << 62) | 2 << 62
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
