"""Repeat copy: hear a sequence of bit vectors and a number, say it so many times, and stop.

The vectors come in at the first `bits` inputs, one a step; the step after them carries the number
of repeats at the last input, divided by the largest of the training data. Nothing is heard any more
while the network answers. Its last output is an end marker, 1 at the step after the last repeat
and 0 before, for which it has to count.

Graves, Wayne & Danihelka (2014) have 1 to 10 vectors of 8 bits and 1 to 10 repeats, and normalise
the number to mean 0 and variance 1, where one of the numbers may look like no input at all; the
division by a constant is that of DeepMind's DNC (github.com/google-deepmind/dnc, repeat_copy.py).

References
----------
A. Graves, G. Wayne & I. Danihelka 2014, "Neural Turing machines", arXiv 1410.5401, section 4.2.
A. Graves et al. 2016, "Hybrid computing using a neural network with dynamic external memory",
    Nature 538.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.tasks.bit_vectors import BitVectors, Part, random_vectors


@dataclass(frozen=True)
class RepeatCopy(BitVectors):
    """Say a sequence of bit vectors as often as told.

    Parameters
    ----------
    bits
        Bits of a vector; 8 in the paper.
    length, test_length
        Most vectors of a training and validation sequence, which has at least 1; number of vectors
        of every test sequence.
    repeats
        Most repeats of a sequence, which has at least 1.
    sequences, validation_sequences, test_sequences
        Sequences in each split.
    seed
        Of bits, lengths and repeats.
    """

    bits: int = 8
    length: int = 10
    test_length: int = 20
    repeats: int = 10
    sequences: int = 1000
    validation_sequences: int = 100
    test_sequences: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        self.check_bit_vectors()
        check_size("repeats", self.repeats)

    @property
    def input_size(self) -> int:
        return self.bits + 1

    @property
    def output_size(self) -> int:
        return self.bits + 1

    def sequence(self, rng: np.random.Generator, length: int) -> Part:
        vectors = random_vectors(rng, length, self.bits)
        repeats = int(rng.integers(1, self.repeats, endpoint=True))
        heard, steps = length + 1, length + 1 + repeats * length + 1
        inputs = np.zeros((steps, self.input_size))
        inputs[:length, : self.bits] = vectors
        inputs[length, self.bits] = repeats / self.repeats
        targets = np.zeros((steps, self.output_size))
        targets[heard:-1, : self.bits] = np.tile(vectors, (repeats, 1))
        targets[-1, self.bits] = 1.0
        return inputs, targets, np.arange(steps) >= heard
