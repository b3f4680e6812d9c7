"""Delayed recall: say again what was heard `delay` steps ago.

    d(t) = u(t − delay),    u(t) = ±1 with equal chance

The memory task at its barest; how far back a network can recall is its short-term memory capacity.
A constant answer has a loss of 1, the variance of a fair sign.

Reference: H. Jaeger 2002, "Short term memory in echo state networks", GMD report 152.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evornn.checks import check_size
from evornn.tasks.drawn import Binary
from evornn.tasks.sequences import Sequences


@dataclass(frozen=True)
class DelayedRecall(Binary):
    """Answer each step with the input of `delay` steps ago.

    Parameters
    ----------
    delay
        Steps from hearing to saying. The first `delay` steps have no answer and are not judged.
    length, sequences, validation_sequences, test_sequences
        Steps per sequence and sequences in each split.
    seed
        Of the inputs.
    """

    delay: int = 3
    length: int = 100
    sequences: int = 10
    validation_sequences: int = 10
    test_sequences: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        check_size("delay", self.delay)
        self.check_drawn(shortest=self.delay + 1)

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        inputs = rng.choice([-1.0, 1.0], (count, self.length, 1))
        targets = np.roll(inputs, self.delay, axis=1)
        return Sequences(inputs, targets, np.arange(self.length) >= self.delay)
