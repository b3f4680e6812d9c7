"""Associative recall: hear a list of items, then one of them again, and say the one that followed.

An item is a few bit vectors, one a step. A delimiter at the first of two more inputs precedes each
item; one at the second input stands before and after the item of the question, which is any but the
last. Nothing is heard any more while the network answers. Graves, Wayne & Danihelka (2014) have
items of three vectors of 6 bits, 2 to 6 in training and up to 20 in the test.

Reference: A. Graves, G. Wayne & I. Danihelka 2014, "Neural Turing machines", arXiv 1410.5401,
section 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evornn.checks import check_size
from evornn.tasks.bit_vectors import BitVectors, Part, random_vectors


@dataclass(frozen=True)
class AssociativeRecall(BitVectors):
    """Say the item that followed the one in question.

    Parameters
    ----------
    bits, vectors
        Bits of a vector and vectors of an item; 6 and 3 in the paper.
    length, test_length
        Most items of a training and validation sequence, which has at least 2; number of items of
        every test sequence.
    sequences, validation_sequences, test_sequences
        Sequences in each split.
    seed
        Of bits, lengths and questions.
    """

    bits: int = 6
    vectors: int = 3
    length: int = 6
    test_length: int = 12
    sequences: int = 1000
    validation_sequences: int = 100
    test_sequences: int = 100
    seed: int = 0

    shortest: ClassVar[int] = 2

    def __post_init__(self) -> None:
        self.check_bit_vectors()
        check_size("vectors", self.vectors)

    @property
    def input_size(self) -> int:
        return self.bits + 2

    @property
    def output_size(self) -> int:
        return self.bits

    def sequence(self, rng: np.random.Generator, length: int) -> Part:
        items = random_vectors(rng, length * self.vectors, self.bits)
        items = items.reshape(length, self.vectors, self.bits)
        asked = int(rng.integers(length - 1))
        item, question = self._delimiter(0), self._delimiter(1)
        heard = [part for i in range(length) for part in (item, self._heard(items[i]))]
        heard += [question, self._heard(items[asked]), question]
        silence = np.zeros((self.vectors, self.input_size))
        inputs = np.concatenate([*heard, silence])
        targets = np.zeros((len(inputs), self.bits))
        targets[-self.vectors :] = items[asked + 1]
        return inputs, targets, np.arange(len(inputs)) >= len(inputs) - self.vectors

    def _delimiter(self, channel: int) -> np.ndarray:
        step = np.zeros((1, self.input_size))
        step[0, self.bits + channel] = 1.0
        return step

    def _heard(self, item: np.ndarray) -> np.ndarray:
        return np.hstack([item, np.zeros((self.vectors, 2))])
