"""Genes as bit strings, and their crossover and mutation.

A gene of b bits is an integer k, that stands for low + (high - low) k / (2^b - 1). The code is k in
base two, or its reflected Gray code k ^ (k >> 1), in which neighbours differ in one bit. A string
of b bits is held in one uint32, its first bit the highest, and a chromosome is the strings of its
genes one after the other: matrices of codes are (population, genes), as those of genomes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.optimizers.crossover import Pair
from evornn.optimizers.distinct import distinct

#: the most bits of a gene
LONGEST = 32


@dataclass(frozen=True)
class Code:
    """`bits` per gene for values from `low` to `high`, in Gray code or base two."""

    bits: int
    low: float
    high: float
    gray: bool

    @property
    def step(self) -> float:
        """The distance of neighbouring values."""
        return (self.high - self.low) / (2**self.bits - 1)

    def encode(self, genomes: np.ndarray) -> np.ndarray:
        """Codes of the nearest values; what lies beyond the range is put at its end."""
        integers = np.rint((np.clip(genomes, self.low, self.high) - self.low) / self.step)
        codes = integers.astype(np.uint32)
        return codes ^ (codes >> 1) if self.gray else codes

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """Values, float64, of codes."""
        integers = codes
        shift = 1
        while self.gray and shift < self.bits:  # each bit is the parity of all from the first on
            integers = integers ^ (integers >> shift)
            shift *= 2
        return self.low + self.step * integers


def n_point(
    first: np.ndarray, second: np.ndarray, bits: int, points: int, rng: np.random.Generator
) -> Pair:
    """Swap every other part between cuts, `points` different ones in each pair (De Jong 1975)."""
    pairs, genes = first.shape
    places = genes * bits - 1
    swapped = np.zeros(first.shape, dtype=np.uint32)
    for cuts in distinct(rng, pairs, (places,) * min(points, places)):
        cut, place = np.divmod(cuts + 1, bits)
        swapped[np.arange(genes) > cut[:, None]] ^= last(bits)
        swapped[np.arange(pairs), cut] ^= last(bits - place)
    return swap(first, second, swapped)


def uniform(first: np.ndarray, second: np.ndarray, bits: int, rng: np.random.Generator) -> Pair:
    """Every bit changes sides with probability 1/2 (G. Syswerda 1989)."""
    words = rng.integers(2**LONGEST, size=first.shape, dtype=np.uint32)
    return swap(first, second, words & last(bits))


def swap(first: np.ndarray, second: np.ndarray, swapped: np.ndarray) -> Pair:
    """Exchange the bits that are set in `swapped`."""
    exchanged = (first ^ second) & swapped
    return first ^ exchanged, second ^ exchanged


def flip(codes: np.ndarray, bits: int, probability: float, rng: np.random.Generator) -> np.ndarray:
    """Every bit flips with `probability`."""
    count = codes.size * bits
    flipped = rng.choice(count, rng.binomial(count, probability), replace=False, shuffle=False)
    gene, place = np.divmod(flipped, bits)
    mutants = codes.copy()
    np.bitwise_xor.at(mutants.reshape(-1), gene, np.uint32(1) << place.astype(np.uint32))
    return mutants


def last(count: int | np.ndarray) -> np.ndarray:
    """Strings whose last `count` bits are set."""
    return (np.left_shift(np.uint64(1), np.uint64(count)) - np.uint64(1)).astype(np.uint32)
