"""Tasks of random bit vectors that must be said again: those of the first networks with a memory.

The number of vectors is drawn anew for each training sequence; the test sequences are longer than
any of these. Bits are 0 and 1 at the inputs and in the targets, the outputs are logits, and only
the steps of the answer are judged. As in the papers the result is counted in wrong bits a sequence.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property
from typing import ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.tasks.drawn import TEST, DrawnSplits
from evornn.tasks.sequences import Sequences
from evornn.tasks.task import Solved

#: inputs and targets (time, feature), judged (time,)
Part = tuple[np.ndarray, np.ndarray, np.ndarray]


class BitVectors(DrawnSplits):
    """Base of these tasks: a frozen dataclass with at least these options."""

    bits: int
    length: int
    test_length: int

    #: the least length of a sequence
    shortest: ClassVar[int] = 1

    @abstractmethod
    def sequence(self, rng: np.random.Generator, length: int) -> Part:
        """One sequence of `length` vectors, or of as many other units as the task has."""

    def check_bit_vectors(self) -> None:
        """The options must be valid; for ``__post_init__``."""
        check_size("bits", self.bits)
        check_size("length", self.length, least=self.shortest)
        check_size("test_length", self.test_length, least=self.shortest)
        self.check_splits()

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        lengths = rng.integers(self.shortest, self.length, count, endpoint=True)
        return self.of_lengths(rng, lengths)

    def of_lengths(self, rng: np.random.Generator, lengths: np.ndarray) -> Sequences:
        """One sequence of each of the `lengths` (sequence,)."""
        parts = [self.sequence(rng, int(length)) for length in lengths]
        inputs, targets, judged = (list(column) for column in zip(*parts, strict=True))
        return Sequences(inputs, targets, judged, loss_function="binary_cross_entropy")

    @cached_property
    def test(self) -> Sequences | None:
        """Sequences of `test_length`."""
        rng = np.random.default_rng([self.seed, TEST])
        lengths = np.full(self.test_sequences, self.test_length)
        return self.of_lengths(rng, lengths) if self.test_sequences else None

    @property
    def solved(self) -> Solved:
        # A wrong bit costs at least log 2 nats.
        return Solved(
            0.01 * math.log(2.0),
            "at least 99 % of the bits are right: each wrong one costs log 2 or more, so their "
            "share is at most the cross-entropy over log 2",
        )


def random_vectors(rng: np.random.Generator, count: int, bits: int) -> np.ndarray:
    """Vectors (count, bits) of fair bits."""
    return rng.integers(0, 2, (count, bits)).astype(np.float64)


def wrong_bits(sequences: Sequences, outputs: np.ndarray) -> np.ndarray:
    """Number of judged bits of each sequence (sequence,) that the logits `outputs` have wrong.

    `outputs` is (sequence, time, output). A logit of 0 is a wrong bit, and so is NaN.
    """
    right = np.where(sequences.targets > 0.5, outputs > 0.0, outputs < 0.0)
    return (~right & (sequences.judged > 0.0)[:, :, np.newaxis]).sum(axis=(1, 2))
