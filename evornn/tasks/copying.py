"""Copy: hear a sequence of bit vectors, then say it again.

The vectors come in at the first `bits` inputs, one a step; a delimiter, 1 at the last input, ends
them. Nothing is heard any more while the network answers. Graves, Wayne & Danihelka (2014) have 1
to 20 vectors of 8 bits and test on up to 120.

Reference: A. Graves, G. Wayne & I. Danihelka 2014, "Neural Turing machines", arXiv 1410.5401,
section 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.tasks.bit_vectors import BitVectors, Part, random_vectors


@dataclass(frozen=True)
class Copy(BitVectors):
    """Say a sequence of bit vectors again.

    Parameters
    ----------
    bits
        Bits of a vector; 8 in the paper.
    length, test_length
        Most vectors of a training and validation sequence, which has at least 1; number of vectors
        of every test sequence.
    sequences, validation_sequences, test_sequences
        Sequences in each split.
    seed
        Of the bits and the lengths.
    """

    bits: int = 8
    length: int = 20
    test_length: int = 40
    sequences: int = 1000
    validation_sequences: int = 100
    test_sequences: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_bit_vectors()

    @property
    def input_size(self) -> int:
        return self.bits + 1

    @property
    def output_size(self) -> int:
        return self.bits

    def sequence(self, rng: np.random.Generator, length: int) -> Part:
        vectors = random_vectors(rng, length, self.bits)
        inputs = np.zeros((2 * length + 1, self.bits + 1))
        inputs[:length, : self.bits] = vectors
        inputs[length, self.bits] = 1.0
        targets = np.zeros((2 * length + 1, self.bits))
        targets[length + 1 :] = vectors
        return inputs, targets, np.arange(2 * length + 1) > length
